"""The Merkle head against a slow reading of RFC 6962."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.office.engine import merkle

ENTRIES = st.lists(st.binary(max_size=6), max_size=40)


def reference(entries: list[bytes]) -> bytes:
    """Section 2.1 word by word: split at the largest power of two below the length."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return sha256(b"\x01" + reference(entries[:split]) + reference(entries[split:])).digest()


@given(ENTRIES)
def test_the_root_is_that_of_the_standard(entries: list[bytes]) -> None:
    assert merkle.root(entries) == reference(entries)


@given(ENTRIES, ENTRIES)
def test_two_lists_have_one_root_only_if_they_are_one(first: list[bytes], second: list[bytes]) -> None:
    """Also where one repeats its last entry, which trees that double an odd one confuse."""
    assert (merkle.root(first) == merkle.root(second)) == (first == second)
    if first:
        assert merkle.root([*first, first[-1]]) != merkle.root(first)


@given(ENTRIES.filter(bool), st.data())
def test_an_entry_and_its_path_give_the_root_and_nothing_else_does(entries: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(entries) - 1))
    path, root = merkle.path(entries, at), merkle.root(entries)
    assert merkle.root_by(entries[at], at, len(entries), path) == root
    assert merkle.root_by(entries[at] + b"x", at, len(entries), path) != root
    assert merkle.root_by(entries[at], at, len(entries), [*path, b"x"]) != root
    if path:
        assert merkle.root_by(entries[at], at, len(entries), path[:-1]) != root


def test_an_inner_node_is_no_entry() -> None:
    left, right = (sha256(b"\x00" + entry).digest() for entry in (b"a", b"b"))
    assert merkle.root([left + right]) != merkle.root([b"a", b"b"])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9])
def test_a_path_is_as_long_as_the_tree_is_high(size: int) -> None:
    assert len(merkle.path([b"%d" % n for n in range(size)], 0)) == (size - 1).bit_length()
