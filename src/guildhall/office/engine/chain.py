"""The arithmetic of the audit chain: what the digest of an event covers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

START = bytes(32)
"""What stands before the first event of a chain."""


def canonical(details: Mapping[str, object]) -> str:
    """JSON with one spelling only: keys sorted, no spaces, characters as they are."""
    return json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def event_digest(
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
    previous: bytes,
) -> bytes:
    """32 bytes (SHA-256) over every field of an event, each preceded by its length, and over the digest of the event before."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields = (chain, str(position), moment, actor, role, on_behalf, action, reason, details, "" if batch is None else str(batch))
    told = "".join(f"{len(field)}:{field}" for field in fields)
    return sha256(previous + told.encode()).digest()
