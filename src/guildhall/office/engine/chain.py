"""The arithmetic of the audit chain: what the digest of an event covers, and what one digest over a whole batch covers.

An event is told as its fields in order, joined by U+001F, which no field may hold. Its digest is SHA-256 over the digest of
the event before it in the same chain, followed by what is told, in UTF-8. The encoding is plain enough for a database to put
together by itself, so that a verification reads one text per event instead of ten columns.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256

START = bytes(32)
"""What stands before the first event of a chain."""
SEPARATOR = "\x1f"
FIELDS = ("chain", "position", "at", "actor", "role", "on_behalf", "action", "reason", "details", "batch")
"""What is told of an event, in this order; `at` is UTC with microseconds, an empty `batch` is nothing."""
MOMENT = "%Y-%m-%d %H:%M:%S.%f"
ROWS_DIGEST = "rows_digest"
"""The key in the details of a bulk event under which the digest over its rows stands, in hexadecimal."""
_UNSPEAKABLE = str.maketrans(dict.fromkeys([*map(chr, range(32)), "\x7f"], " "))


def canonical(details: Mapping[str, object]) -> str:
    """JSON with one spelling only: keys sorted, no spaces, characters as they are."""
    return json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain(words: str) -> str:
    """Words that someone typed, on one line: control characters become spaces, what is no character a question mark."""
    return words.translate(_UNSPEAKABLE).encode(errors="replace").decode().strip()


def told(
    *,
    chain: str,
    position: int,
    at: datetime,
    actor: str,
    role: str,
    on_behalf: str,
    action: str,
    reason: str,
    details: str,
    batch: int | None,
) -> bytes:
    """The fields of an event as one text, in UTF-8. Raises ValueError where a field holds the separator."""
    moment = at.astimezone(UTC).strftime(MOMENT)
    fields = (chain, str(position), moment, actor, role, on_behalf, action, reason, details, "" if batch is None else str(batch))
    text = SEPARATOR.join(fields)
    if text.count(SEPARATOR) != len(FIELDS) - 1:
        raise ValueError("a field of an event holds the separator U+001F")
    return text.encode()


def chained(previous: bytes, text: bytes) -> bytes:
    """The digest of an event that is told as `text` and follows the event with the digest `previous`."""
    return sha256(previous + text).digest()


def batch_digest(pairs: Iterable[tuple[str, bytes]]) -> bytes:
    """One digest (32 bytes) over the subject and the row digest of every row of a batch, whatever their order.

    It is SHA-256 over the pairs in order of subject, then digest, each part preceded by its length in bytes.
    """
    whole = sha256()
    for subject, row in sorted(pairs):
        name = subject.encode()
        whole.update(b"%d:%s%d:%s" % (len(name), name, len(row), row))
    return whole.digest()
