"""Facts for a rule from a JSON file: one case or several, every mistake told with file, row and rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, Final

from guildhall.kernel.errors import Fault, FaultsFound
from guildhall.rules.rulebook import Rule
from guildhall.rules.serial import typed
from guildhall.rules.validity import WANTED, faults, kind_of

SPELLS: Final = "insurance_spells"
"""May stand beside the facts: the spells of insurance that the number of months was counted from. They are checked, not counted."""
MONTHS: Final = "insured_months"
SPANS: Final = (("issued_on", "valid_until"), ("borrowed_on", "loan_until"), ("hired_on", "contract_until"))
"""Columns that begin and end something."""
_SPELL: Final = ("from", "until")


@dataclass(frozen=True, slots=True)
class Case:
    """The facts of one case; `row` counts the cases of the file from 1."""

    row: int
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Spell:
    """Insured on every day d with start <= d < end; no end while it goes on. `number` counts the spells of the case from 1."""

    number: int
    start: date
    end: date | None

    @property
    def column(self) -> str:
        return f"{SPELLS}[{self.number}]"


def read_cases(rule: Rule, content: str, *, file: str) -> list[Case]:
    """The cases of a file: an object of facts, or a list of them. Raises FaultsFound with all that is wrong, in every case.

    Refused: a field the facts table does not have, a value of another type, one that cannot be right (see `validity.faults`), spells
    of insurance that overlap, end before they begin, begin before the birth, or do not add up to the months said.
    """
    parsed, found = _parsed(content, file, rule)
    rows = parsed if isinstance(parsed, list) else [parsed]
    cases: list[Case] = []
    for at, raw in enumerate(rows, start=1):
        if found:
            break
        cases.append(Case(at, _facts(rule, raw)))
    every = [*found, *(fault for case, raw in zip(cases, rows, strict=False) for fault in _faults(rule, case, raw, file))]
    if every:
        raise FaultsFound(f"The rule {rule.name} cannot read {file}", every, next="correct the file; docs/guide/rules.md has one to copy")
    return cases


def _parsed(content: str, file: str, rule: Rule) -> tuple[Any, list[Fault]]:
    """What the file holds, and why it cannot be read."""
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(name for name in dict.fromkeys(names) if names.count(name) > 1)
        return dict(pairs)

    try:
        parsed = json.loads(content, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        row = getattr(error, "lineno", 0)
        return None, [Fault(file, row, "", f"is not JSON: {error} (rule {rule.name})", 'write {"name of a column": value, …}')]
    if twice:
        return None, [Fault(file, 0, name, f"stands twice (rule {rule.name})", "keep one of them") for name in twice]
    if parsed == [] or not all(isinstance(row, dict) for row in (parsed if isinstance(parsed, list) else [parsed])):
        what = f"holds no facts for the rule {rule.name}"
        return None, [Fault(file, 0, "", what, 'write one object {"name of a column": value, …}, or a list of such')]
    return parsed, []


def _facts(rule: Rule, raw: Mapping[str, Any]) -> dict[str, object]:
    return {name: typed(rule.inputs.get(name), value) for name, value in raw.items() if name != SPELLS or name in rule.inputs}


def _faults(rule: Rule, case: Case, raw: Mapping[str, Any], file: str) -> Iterator[Fault]:
    for fault in faults(rule, case.facts, file=file, row=case.row):
        yield _named(rule, _clearer(rule, case, fault))
    yield from (_named(rule, fault) for fault in _ended_before(case, file))
    if SPELLS in raw and SPELLS not in rule.inputs:
        yield from (_named(rule, fault) for fault in _spell_faults(rule, case, raw[SPELLS], file))


def _ended_before(case: Case, file: str) -> Iterator[Fault]:
    """What ends on the day it begins, or before."""
    for first, last in SPANS:
        start, end = case.facts.get(first), case.facts.get(last)
        if isinstance(start, date) and isinstance(end, date) and end <= start:
            yield Fault(file, case.row, last, f"{end} is not after {first}, {start}", "correct one of the two dates")


def _named(rule: Rule, fault: Fault) -> Fault:
    said = f"(rule {rule.name})"
    return fault if said in fault.what else replace(fault, what=f"{fault.what} {said}")


def _clearer(rule: Rule, case: Case, fault: Fault) -> Fault:
    """The same fault in the words of whoever wrote the file: a date as text, money in fen."""
    given = rule.inputs.get(fault.column)
    if given is not None and given.type == "date" and isinstance(value := case.facts.get(fault.column), str):
        return replace(fault, what=f"{value!r} is no day", next="write YYYY-MM-DD")
    if given is not None and given.unit == "fen" and fault.next == f"give {WANTED['whole']}":
        return replace(fault, next="give money in fen, as a whole number: 1500.00 yuan are 150000")
    return fault


def _spell_faults(rule: Rule, case: Case, raw: object, file: str) -> Iterator[Fault]:
    """What is wrong with the spells of insurance, each by its number."""
    if not isinstance(raw, list):
        yield Fault(file, case.row, SPELLS, f"is {kind_of(raw)}", 'write a list of {"from": "YYYY-MM-DD", "until": "YYYY-MM-DD"}')
        return
    spells: list[Spell] = []
    for number, row in enumerate(raw, start=1):
        spell = _spell(row, number)
        if isinstance(spell, str):
            next_ = 'write {"from": "YYYY-MM-DD", "until": "YYYY-MM-DD"}; until is the first day no longer insured, null while it goes on'
            yield Fault(file, case.row, f"{SPELLS}[{number}]", spell, next_)
        else:
            spells.append(spell)
    if len(spells) == len(raw):
        yield from _overlaps(spells, case, file)
        yield from _lifetimes(rule, spells, case, file)
        yield from _sums(spells, case, file)


def _spell(row: object, number: int) -> Spell | str:
    """A spell, or what is wrong with it."""
    if not isinstance(row, dict) or not set(row) <= set(_SPELL) or not isinstance(row.get("from"), str):
        return f"is {row!r}"
    try:
        start, end = (date.fromisoformat(row[name]) if row.get(name) is not None else None for name in _SPELL)
    except (TypeError, ValueError):
        return f"is {row!r}"
    if start is None or (end is not None and end <= start):
        return f"ends {end}, not after it begins on {start}"
    return Spell(number, start, end)


def _overlaps(spells: list[Spell], case: Case, file: str) -> Iterator[Fault]:
    for before, after in pairwise(sorted(spells, key=lambda spell: (spell.start, spell.number))):
        if before.end is None or after.start < before.end:
            until = before.end or "further notice"
            what = f"begins on {after.start}, while spell {before.number} holds from {before.start} until before {until}"
            yield Fault(file, case.row, after.column, what, "two spells never cover one day: correct the dates, or write them as one spell")


def _lifetimes(rule: Rule, spells: list[Spell], case: Case, file: str) -> Iterator[Fault]:
    born = max((day for name in rule.born if isinstance(day := case.facts.get(name), date)), default=None)
    died = case.facts.get(rule.died)
    for spell in spells:
        if born is not None and spell.start < born:
            yield Fault(file, case.row, spell.column, f"begins on {spell.start}, before the birth on {born}", "correct one of the two")
        if isinstance(died, date) and spell.start > died:
            yield Fault(file, case.row, spell.column, f"begins on {spell.start}, after the death on {died}", "correct one of the two")


def _sums(spells: list[Spell], case: Case, file: str) -> Iterator[Fault]:
    """The months said are no more than the spells cover; how they are counted is for whoever says them."""
    months, until = case.facts.get(MONTHS), case.facts.get("applied_on")
    last = until if isinstance(until, date) else None
    if not isinstance(months, int) or any(spell.end is None for spell in spells) and last is None:
        return
    covered = {month for spell in spells for month in _months(spell, last)}
    if months > len(covered):
        what = f"says {months}, but the spells cover {len(covered)}"
        yield Fault(file, case.row, MONTHS, what, "correct the number or the spells")


def _months(spell: Spell, last: date | None) -> range:
    """The calendar months a spell touches, up to that of `last`."""
    ends = [day for day in (date.fromordinal(spell.end.toordinal() - 1) if spell.end else None, last) if day]
    end = min(ends)
    return range(spell.start.year * 12 + spell.start.month, end.year * 12 + end.month + 1)
