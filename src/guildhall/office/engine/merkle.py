"""The Merkle head of a list: one digest that stands for every entry and their order (RFC 6962, section 2.1).

Entries and inner nodes are hashed with different first bytes, so that no inner node can be passed off as an entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

ENTRY, NODE = b"\x00", b"\x01"


def root(entries: Sequence[bytes]) -> bytes:
    """32 bytes that stand for the entries; those of an empty list are SHA-256 of nothing."""
    level = [sha256(ENTRY + entry).digest() for entry in entries]
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else sha256().digest()


def _above(level: list[bytes]) -> list[bytes]:
    """The digests one level up; the last one of an odd number goes up as it is."""
    pairs = zip(level[::2], level[1::2], strict=False)
    return [sha256(NODE + left + right).digest() for left, right in pairs] + level[len(level) // 2 * 2 :]


def path(entries: Sequence[bytes], at: int) -> list[bytes]:
    """What must be known beside the entry at `at` to compute the root, from the bottom up."""
    level, found = [sha256(ENTRY + entry).digest() for entry in entries], []
    while len(level) > 1:
        beside = at ^ 1
        if beside < len(level):
            found.append(level[beside])
        level, at = _above(level), at // 2
    return found


def root_by(entry: bytes, at: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that an entry and its path give: that of the list, if and only if the list of `size` has the entry at `at`."""
    digest, rest, last = sha256(ENTRY + entry).digest(), list(path), size - 1
    while last > 0:
        if at % 2:
            digest = sha256(NODE + rest.pop(0) + digest).digest() if rest else b""
        elif at < last:
            digest = sha256(NODE + digest + rest.pop(0)).digest() if rest else b""
        at, last = at // 2, last // 2
    return digest if not rest else b""
