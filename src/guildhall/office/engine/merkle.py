"""The Merkle head of a list of digests: one digest that stands for every entry, their order, and their number.

A tree of sixteen branches. A node is SHA-256 over one byte for its level (0 above the entries) and the up to sixteen digests below
it; the head is SHA-256 over the byte 255, the number of entries in eight bytes, and the topmost node. So no node can be passed off as
an entry or as one of another level, and no list as a longer one. Two branches would take sixteen times as many hashes, and
entries that are digests already need not be hashed by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

BRANCHES = 16
TOP = b"\xff"


def root(entries: Sequence[bytes]) -> bytes:
    """32 bytes that stand for the entries, digests of 32 bytes each."""
    levels = _levels(entries)
    return _head(len(entries), levels[-1][0] if entries else b"")


def _head(size: int, node: bytes) -> bytes:
    return sha256(TOP + size.to_bytes(8, "big") + node).digest()


def _levels(entries: Sequence[bytes]) -> list[Sequence[bytes]]:
    """The entries, and the nodes of every level above them up to the one topmost node."""
    levels = [entries]
    while len(levels[-1]) > 1 or len(levels) == 1 and entries:
        below, mark = levels[-1], bytes([len(levels) - 1])
        levels.append([sha256(mark + b"".join(below[at : at + BRANCHES])).digest() for at in range(0, len(below), BRANCHES)])
    return levels


def path(entries: Sequence[bytes], at: int) -> list[list[bytes]]:
    """What must be known beside the entry at `at` to compute the root: for each level the other digests of its node, in order."""
    found = []
    for level in _levels(entries)[:-1]:
        begin = at // BRANCHES * BRANCHES
        found.append([digest for n, digest in enumerate(level[begin : begin + BRANCHES], begin) if n != at])
        at //= BRANCHES
    return found


def root_by(entry: bytes, at: int, size: int, path: Sequence[Sequence[bytes]]) -> bytes:
    """The root that an entry and its path give: that of the list, if and only if the list of `size` has the entry at `at`."""
    digest, place, below = entry, at, size
    for level, others in enumerate(path):
        node = [*others[: place % BRANCHES], digest, *others[place % BRANCHES :]]
        if len(node) != min(BRANCHES, below - place // BRANCHES * BRANCHES):
            return b""
        digest = sha256(bytes([level]) + b"".join(node)).digest()
        place, below = place // BRANCHES, -(-below // BRANCHES)
    return _head(size, digest) if below == 1 and path else b""
