"""What is wrong with a row before any rule is asked: fields and types that are a mistake of the caller, values that cannot be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from guildhall.kernel.errors import Fault, FaultsFound
from guildhall.rules.decisions import Bad, Missing
from guildhall.rules.inputs import LARGEST, Input
from guildhall.rules.months import FIRST, LAST
from guildhall.rules.rulebook import Rule

SAID: Mapping[Bad, tuple[str, str]] = {
    "negative": ("{value} is negative", "give a number of zero or more"),
    "too_large": ("{value} is larger than any such number can be", "check the unit; money is in fen"),
    "word": ("{value!r} is not a word of this column", "one of {words}"),
    "date_out_of_range": ("{value} lies outside " + f"{FIRST} to {LAST}", "correct the date"),
    "before_birth": ("{value} lies before the birth on {born}", "correct this date, or the date of birth"),
    "not_born": ("the person, born on {born}, was not yet born on {event}, which decides", "correct one of the two dates"),
    "dead": ("the person died on {value}, before {event}, which decides", "check the record of death, or the date"),
    "contradicted": ("the records contradict each other: {doc}", "give the facts once the records were put right"),
}


def refuse_wrong_fields(rule: Rule, facts: Mapping[str, object], *, file: str = "", row: int = 0) -> None:
    """Raises FaultsFound, naming file, row and rule, where a field is unknown or of the wrong type: no decision can be made at all."""
    found = list(_wrong_fields(rule.inputs, facts, file or rule.facts, row, rule.columns))
    if found:
        raise FaultsFound(f"The facts given to the rule {rule.name} do not fit", found, next=f"see the columns of {rule.facts}")


def faults(rule: Rule, facts: Mapping[str, object], *, file: str, row: int = 0) -> list[Fault]:
    """Everything wrong with one row, each with its own message: unknown fields, wrong types, and values that cannot be right."""
    if found := list(_wrong_fields(rule.inputs, facts, file, row, rule.columns)):
        return found
    bad = dict.fromkeys(missing for missing in unusable(rule, facts, None).values() if missing.why == "bad")
    return [Fault(file, row, missing.name, *_said(rule, facts, missing)) for missing in bad]


def _said(rule: Rule, facts: Mapping[str, object], missing: Missing) -> tuple[str, str]:
    given = rule.inputs[missing.name]
    value = facts.get(missing.name)
    shown = "a row of it" if given.type == "rows" else value
    about = {"value": shown, "born": _born(rule, facts), "event": facts.get(rule.governed_by), "words": ", ".join(given.values)}
    about["doc"] = given.doc.en
    what, next_ = SAID[missing.detail]
    return f"{what.format(**about)} (rule {rule.name})", next_.format(**about)


def unusable(rule: Rule, facts: Mapping[str, object], on: date | None) -> dict[str, Missing]:
    """The inputs the rule reads that may not be used, each with what is wrong: bad ones, and those stale on `on` (unset: none is stale).

    Bad: negative, too large, an unknown word, a date outside 1900 to 2199 or before the birth; a person not yet born, or dead,
    on the governing date; and what rests on records that contradict each other, which is said once, under the flag that says so.
    One bad value leaves the whole row undetermined; a stale one is merely not known.
    """
    found = {name: missing for name in rule.reads if (missing := _unusable(rule, facts, name, on))}
    event, died = facts.get(rule.governed_by), facts.get(rule.died)
    if isinstance(event, date) and isinstance(died, date) and died < event:
        found.setdefault(rule.died, Missing(rule.died, "bad", "dead"))
    return found


def _unusable(rule: Rule, facts: Mapping[str, object], name: str, on: date | None) -> Missing | None:
    value = facts.get(name)
    if value is None:
        return None
    given = rule.inputs[name]
    detail = _bad(given, value) or _too_early(rule, facts, name, value)
    if detail:
        return Missing(name, "bad", detail)
    flag = name if name in rule.doubting else given.origin.contradicted
    if flag and facts.get(flag) is True:
        return Missing(flag, "bad", "contradicted")
    return _stale(given, facts, on) if on is not None and given.origin.as_of else None


def _stale(given: Input, facts: Mapping[str, object], on: date) -> Missing | None:
    """Too old for the day the facts are asked for, or of no day."""
    as_of, at = facts.get(given.origin.as_of), facts.get(given.origin.at)
    asked = at if isinstance(at, date) else on
    if not isinstance(as_of, date):
        return Missing(given.name, "stale")
    return Missing(given.name, "stale", as_of=as_of) if (asked - as_of).days > given.origin.days else None


def _bad(given: Input, value: Any) -> Bad:
    if given.type == "whole":
        return "negative" if value < 0 else "too_large" if value > LARGEST else ""
    if given.type == "word":
        return "word" if given.values and value not in given.values else ""
    if given.type == "date":
        return "" if FIRST <= value <= LAST else "date_out_of_range"
    if given.type == "rows":
        parts = (_bad(part, row[part.name]) for row in value for part in given.fields if row.get(part.name) is not None)
        return next((detail for detail in parts if detail), "")
    return ""


def _too_early(rule: Rule, facts: Mapping[str, object], name: str, value: object) -> Bad:
    """A date of the person's life before it began. The day a feed speaks of is none of the person's."""
    if not rule.born or rule.inputs[name].type != "date" or name in rule.born or name in rule.dating:
        return ""
    born = _born(rule, facts)
    if born is None or not isinstance(value, date) or value >= born:
        return ""
    return "not_born" if name == rule.governed_by else "before_birth"


def _born(rule: Rule, facts: Mapping[str, object]) -> date | None:
    known = [day for name in rule.born if isinstance(day := facts.get(name), date)]
    return max(known, default=None)


FEW = 8
"""Fields of a list that a message names one by one."""
WANTED: Mapping[str, str] = {
    "flag": "true or false",
    "whole": "a whole number",
    "date": "a day, YYYY-MM-DD",
    "word": "text",
    "rows": "a list of rows",
}
KINDS: Mapping[type, str] = {
    str: "text",
    bool: "a yes or no",
    int: "a whole number",
    float: "a number with decimals",
    date: "a day",
    datetime: "a moment",
    list: "a list",
    dict: "an object",
}
_TYPES: Mapping[str, tuple[type, ...]] = {"flag": (bool,), "whole": (int,), "date": (date,), "word": (str,), "rows": (list, tuple)}


def _wrong_fields(
    inputs: Mapping[str, Input], facts: Mapping[str, object], file: str, row: int, known: frozenset[str] = frozenset()
) -> Iterator[Fault]:
    for name, value in facts.items():
        given = inputs.get(name)
        if given is None:
            if name not in known:
                yield Fault(file, row, name, "unknown field", _meant(name, inputs))
        elif value is not None:
            if not _is(value, given.type):
                yield Fault(file, row, name, f"{_told(value)} is {kind_of(value)}", f"give {WANTED[given.type]}")
            elif given.type == "rows":
                yield from _wrong_rows(given, value, file, row)


def _meant(name: str, inputs: Mapping[str, Input]) -> str:
    """The fields that are called much the same; all of a short list; else where they stand."""
    near = get_close_matches(name, inputs, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]}?"
    return f"one of {', '.join(inputs)}" if len(inputs) <= FEW else "`guildhall rules show` lists what the rule asks, each with its field"


def _told(value: object) -> str:
    """A value as it stands in the file."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


def kind_of(value: object) -> str:
    """What a value is, as whoever writes a file calls it."""
    return next((words for kind, words in KINDS.items() if type(value) is kind), f"a {type(value).__name__}")


def _wrong_rows(given: Input, rows: Any, file: str, row: int) -> Iterator[Fault]:
    parts: Sequence[object] = rows
    fields = {part.name: part for part in given.fields}
    for part in parts:
        if not isinstance(part, Mapping):
            yield Fault(file, row, given.name, f"{_told(part)} is {kind_of(part)}", f"give rows of {', '.join(fields)}")
            continue
        for fault in _wrong_fields(fields, part, file, row):
            yield Fault(file, row, f"{given.name}.{fault.column}", fault.what, fault.next)


def _is(value: object, type_: str) -> bool:
    if isinstance(value, bool):
        return type_ == "flag"
    return isinstance(value, _TYPES[type_]) and not isinstance(value, datetime)
