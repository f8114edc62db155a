"""Relief that is set off against taxes: a year's limit by the month, never more than the taxes payable, in the order the text names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from guildhall.rules import Facts, Law, Node, add_days, all_of, greatest, is_in, least, literal, months_between, rounded, when


def payable(p: Facts, c: Law, income_tax: str) -> Node:
    """What is payable of the taxes that relief may be set off against in the tax year, as the text in force in that year lists them."""
    taxes = c.at(p.tax_year_from).taxes
    named = {"vat": p.vat_due, "city_construction": p.construction_due, "education": p.education_due}
    named |= {"local_education": p.local_education_due, income_tax: p.income_tax_due}
    first, *others = (when(is_in(literal(tax), taxes), due, literal(0, "fen")) for tax, due in named.items())
    return sum(others, first)


def gone(p: Facts, start: Node) -> Node:
    """Months of the calendar from the one in which relief begins up to the beginning of the tax year; the first counts in full.

    From any day of a month to the 31st of January are as many whole months as from that month to January.
    """
    return months_between(start, add_days(p.tax_year_from, literal(30, "days")))


def within_term(p: Facts, c: Law, start: Node) -> Node:
    """Months of relief are left: of those used, here or elsewhere, and of the calendar since it began."""
    return all_of(gone(p, start) < c.months, p.months_before < c.months)


def counting(p: Facts, c: Law, start: Node) -> Node:
    """The months of the year that count: up to the last of the months that relief lasts, whether they were used or not."""
    return least(p.months_in_year, greatest(c.months - p.months_before, 0), greatest(c.months - gone(p, start), 0))


def relief(p: Facts, c: Law, start: Node, due: Node) -> Node:
    """The year's limit for the months that count, no more than the taxes payable; what is left over lapses."""
    return least(rounded(c.amount * (counting(p, c, start) / c.months_a_year), "half_up"), due)


def cap(p: Facts, c: Law, start: Node) -> Node:
    """The most the nation allows for the months that count: a year's amount is held against a year's cap."""
    return rounded(c.national_cap * (counting(p, c, start) / c.months_a_year), "half_up")


DUE: Mapping[str, str] = {
    "vat": "vat_due",
    "city_construction": "construction_due",
    "education": "education_due",
    "local_education": "local_education_due",
    "corporate_income": "income_tax_due",
    "personal_income": "income_tax_due",
}
"""What is payable of each tax that a text names, by the column of the facts."""


def set_off(relief: int, due: Mapping[str, int], order: Iterable[str]) -> dict[str, int]:
    """How much of each tax a relief, in fen, takes away: the taxes in the order that the text names, each to the end before the next."""
    taken: dict[str, int] = {}
    for tax in order:
        taken[tax] = min(relief, due[tax])
        relief -= taken[tax]
    return taken
