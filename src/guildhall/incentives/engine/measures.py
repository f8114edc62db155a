"""Measures that several rules take: an age from a month of birth, a contract's length, a graduate, a sum for each of several."""

from __future__ import annotations

from guildhall.rules import Facts, Node, add_months, all_of, any_of, is_empty, literal, months_between, not_, year_of


def times(amount: Node, number: Node, unit: str) -> Node:
    """`amount` for each of `number`, which is counted in `unit`."""
    return amount * (number // literal(1, unit))


def aged(p: Facts, youngest: Node, oldest: Node, on: Node) -> Node:
    """At least `youngest` and at most `oldest` years old. Only in the month of a birthday that decides is the day of birth needed."""
    return all_of(reached(p, youngest, on), not_(reached(p, oldest + 1, on)))


def reached(p: Facts, age: Node, on: Node) -> Node:
    """Has had the birthday of that age. A birth month says so from the month after; in the month itself the day of birth does."""
    birthday = age * literal(12, "months")
    months = months_between(p.birth_month, on)
    return any_of(months > birthday, all_of(months == birthday, months_between(p.born_on, on) >= birthday))


def contract_runs(p: Facts, months: Node) -> Node:
    """The labour contract has no end, or lasts at least so many months."""
    return any_of(p.open_ended, p.contract_until >= add_months(p.contract_from, months))


def graduates(p: Facts, on: Node) -> Node:
    """Is in the year of graduation (毕业年度): the calendar year in which the diploma is dated, before or after that day."""
    return all_of(p.graduate, year_of(p.graduated_on) == year_of(on))


def left_college(p: Facts, on: Node, months: Node) -> Node:
    """Graduated not more than so many months ago."""
    return all_of(p.graduate, p.graduated_on <= on, on <= add_months(p.graduated_on, months))


def unemployed_for(p: Facts, on: Node, months: Node) -> Node:
    """Unemployed for at least so many months. A registration of that age proves it; without one a document of the claim may."""
    registered = all_of(p.registered_unemployed, months_between(p.unemployed_since, on) >= months)
    return any_of(registered, all_of(p.unemployed, months_between(p.unemployed_from, on) >= months))


def lasts(end: Node, on: Node) -> Node:
    """Has no end on record, or one after that day."""
    return any_of(is_empty(end), on < end)
