"""Files of other authorities into the registry: staged, applied and reconciled the way that rosters are."""

from __future__ import annotations

from guildhall.registry.operations.feeds.applying import apply
from guildhall.registry.operations.feeds.bringing import bring, receive, stage
from guildhall.registry.operations.feeds.foreseeing import foresee
from guildhall.registry.operations.feeds.jobs import AT_ONCE, AT_ONCE_BYTES, apply_later, check_later, read, run
from guildhall.registry.operations.feeds.reconciling import ManyEnd, is_many

__all__ = [
    "AT_ONCE",
    "AT_ONCE_BYTES",
    "ManyEnd",
    "apply",
    "apply_later",
    "bring",
    "check_later",
    "foresee",
    "is_many",
    "read",
    "receive",
    "run",
    "stage",
]
