"""Rosters into the registry: received, staged whole, then applied in short chunks that a kill cannot tear."""

from __future__ import annotations

from guildhall.registry.operations.imports.applying import apply
from guildhall.registry.operations.imports.batches import (
    DAY,
    abandon,
    begin,
    confirm,
    discard,
    keep_columns,
    tell,
)
from guildhall.registry.operations.imports.correcting import take_rejected
from guildhall.registry.operations.imports.foreseeing import TooOften, foresee, refuse_too_many
from guildhall.registry.operations.imports.jobs import AT_ONCE, apply_later, check_later, run
from guildhall.registry.operations.imports.receiving import receive
from guildhall.registry.operations.imports.staging import stage, stage_roster

__all__ = [
    "AT_ONCE",
    "DAY",
    "TooOften",
    "abandon",
    "apply",
    "apply_later",
    "begin",
    "check_later",
    "confirm",
    "discard",
    "foresee",
    "keep_columns",
    "receive",
    "refuse_too_many",
    "run",
    "stage",
    "stage_roster",
    "take_rejected",
    "tell",
]
