"""Relief that is set off against taxes: a year's limit by the month, never more than the taxes payable, in the order the text names."""

from __future__ import annotations

from collections.abc import Mapping

from guildhall.rules import Facts, Law, Node, greatest, least, rounded

ORDER = ("vat_due", "construction_due", "education_due", "local_education_due", "income_tax_due")
"""Value-added tax, urban maintenance and construction tax, the two education surcharges, income tax: 公告2023年第15号."""


def payable(p: Facts) -> Node:
    """What is payable of the taxes that relief may be set off against."""
    return p.vat_due + p.construction_due + p.education_due + p.local_education_due + p.income_tax_due


def relief(p: Facts, c: Law) -> Node:
    """The year's limit for the months that count, no more than the taxes payable; what is left over lapses.

    Months count up to the last of the months that relief lasts.
    """
    months = least(p.months_in_year, greatest(c.months - p.months_before, 0))
    return least(rounded(c.amount * (months / c.months_a_year), "half_up"), payable(p))


def set_off(relief: int, due: Mapping[str, int]) -> dict[str, int]:
    """How much of each tax a relief, in fen, takes away: the taxes in their order, each to the end before the next."""
    taken: dict[str, int] = {}
    for tax in ORDER:
        taken[tax] = min(relief, due[tax])
        relief -= taken[tax]
    return taken
