"""Which duties must not lie in one hand."""

from __future__ import annotations

from collections.abc import Collection

APART: tuple[frozenset[str], ...] = (
    # Who gives access does not also judge how it was used (GB/T 22239-2019 §8.1.7.1: system administrator, auditor and
    # security administrator are separate posts).
    frozenset({"administrator", "auditor"}),
    # Who decides on money does not also give out the accounts that decide.
    frozenset({"administrator", "claims_officer"}),
    # Who handles other people's cases as an official does not broker work among them.
    frozenset({"broker", "assessor"}),
    frozenset({"broker", "claims_officer"}),
    frozenset({"broker", "arrears_officer"}),
    frozenset({"broker", "auditor"}),
    frozenset({"broker", "administrator"}),
)
"""Pairs of roles that one account never holds at the same time."""


def clash(held: Collection[str], role: str) -> str:
    """A role among those held that may not stand beside `role`; empty where there is none."""
    return next((other for other in sorted(held) if other != role and frozenset({other, role}) in APART), "")
