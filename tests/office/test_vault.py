"""Personal fields at rest: they open where they were sealed, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.kernel.errors import GuildhallError
from guildhall.office.vault import FORMAT, HEAD_BYTES, Unsealable, Vault, WrongKey

KEY, OTHER = "a1" * 32, "b2" * 32
CELL = ("registry.identity", "phone", 7)


@given(st.text(), st.integers(min_value=1))
def test_a_value_opens_in_its_own_cell(value: str, row: int) -> None:
    vault = Vault(KEY)
    assert vault.open("t", "c", row, vault.seal("t", "c", row, value)) == value


@pytest.mark.parametrize("cell", [("registry.identity", "phone", 8), ("registry.identity", "name", 7), ("registry.other", "phone", 7)])
def test_a_value_moved_to_another_cell_does_not_open(cell: tuple[str, str, int]) -> None:
    vault = Vault(KEY)
    with pytest.raises(Unsealable, match="another row or column|does not open"):
        vault.open(*cell, vault.seal(*CELL, "13800000000"))


def test_every_changed_bit_is_noticed() -> None:
    vault = Vault(KEY)
    sealed = vault.seal(*CELL, "13800000000")
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises((Unsealable, WrongKey)):
            vault.open(*CELL, changed)
    for end in range(len(sealed)):
        with pytest.raises((Unsealable, WrongKey)):
            vault.open(*CELL, sealed[:end])


def test_another_key_is_named_as_the_reason() -> None:
    with pytest.raises(WrongKey, match="another key"):
        Vault(OTHER).open(*CELL, Vault(KEY).seal(*CELL, "x"))


def test_the_same_value_is_never_sealed_alike() -> None:
    vault = Vault(KEY)
    sealed = vault.seal_column("t", "c", [1] * 1000, ["x"] * 1000)
    assert len(set(sealed)) == 1000
    assert all(value is not None and value.startswith(FORMAT) and len(value) == HEAD_BYTES + 12 + 1 + 16 for value in sealed)


def test_columns_keep_their_gaps() -> None:
    vault = Vault(KEY)
    sealed = vault.seal_column("t", "c", [1, 2], [None, "x"])
    assert sealed[0] is None
    assert sealed[1] is not None
    assert vault.open("t", "c", 2, sealed[1]) == "x"
    assert vault.keyed_hashes("c", [None, "x"]) == [None, vault.keyed_hash("c", "x")]


def test_hashes_depend_on_column_and_key_and_hide_the_value() -> None:
    vault = Vault(KEY)
    assert vault.keyed_hash("phone", "1") == Vault(KEY).keyed_hash("phone", "1")
    assert len({vault.keyed_hash("phone", "1"), vault.keyed_hash("name", "1"), Vault(OTHER).keyed_hash("phone", "1")}) == 3


def test_a_short_key_is_refused() -> None:
    with pytest.raises(GuildhallError, match="too short"):
        Vault("secret")
