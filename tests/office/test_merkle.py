"""The Merkle head against a slow reading of its definition."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.office.engine import merkle

ENTRIES = st.integers(0, 600).map(lambda size: [sha256(b"%d" % n).digest() for n in range(size)])
FEW = st.lists(st.binary(min_size=32, max_size=32), max_size=40)


def reference(entries: list[bytes]) -> bytes:
    """From the top down: as many levels as it takes for sixteen branches each to hold all entries."""
    levels = 1
    while 16**levels < len(entries):
        levels += 1

    def node(begin: int, level: int) -> bytes:
        span = 16 ** (level + 1)
        if level == 0:
            return sha256(b"\x00" + b"".join(entries[begin : begin + 16])).digest()
        below = range(begin, min(begin + span, len(entries)), span // 16)
        return sha256(bytes([level]) + b"".join(node(at, level - 1) for at in below)).digest()

    top = node(0, levels - 1) if entries else b""
    return sha256(b"\xff" + len(entries).to_bytes(8, "big") + top).digest()


@given(ENTRIES | FEW)
def test_the_root_is_that_of_the_definition(entries: list[bytes]) -> None:
    assert merkle.root(entries) == reference(entries)


@given(FEW, FEW)
def test_two_lists_have_one_root_only_if_they_are_one(first: list[bytes], second: list[bytes]) -> None:
    """Also where one repeats its last entry, which trees that double an odd one confuse."""
    assert (merkle.root(first) == merkle.root(second)) == (first == second)
    if first:
        assert merkle.root([*first, first[-1]]) != merkle.root(first)


@given(ENTRIES.filter(bool), st.data())
def test_an_entry_and_its_path_give_the_root_and_nothing_else_does(entries: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(entries) - 1))
    path, root, size = merkle.path(entries, at), merkle.root(entries), len(entries)
    assert merkle.root_by(entries[at], at, size, path) == root
    assert merkle.root_by(bytes(32), at, size, path) != root
    assert merkle.root_by(entries[at], at, size, [*path, [b"x"]]) != root
    assert merkle.root_by(entries[at], at, size, path[:-1]) != root
    assert merkle.root_by(entries[at], at, size + 1, path) != root
    other = data.draw(st.integers(0, size - 1))
    assert merkle.root_by(entries[at], other, size, path) != root or other == at


@pytest.mark.parametrize("size", [1, 2, 16, 17, 40])
def test_a_node_is_no_entry(size: int) -> None:
    entries = [sha256(b"%d" % n).digest() for n in range(size)]
    nodes = [sha256(b"\x00" + b"".join(entries[at : at + 16])).digest() for at in range(0, size, 16)]
    assert merkle.root(nodes) != merkle.root(entries)


@pytest.mark.parametrize(("size", "levels"), [(1, 1), (16, 1), (17, 2), (256, 2), (257, 3)])
def test_a_path_is_as_long_as_the_tree_is_high(size: int, levels: int) -> None:
    assert len(merkle.path([sha256(b"%d" % n).digest() for n in range(size)], 0)) == levels
