"""Values that hold between two dates and say where they come from and how well they are known.

A parameter, a published figure or the validity of a place is never a bare number. Asking a timeline for a date on which
nothing is known gives `Missing`, an outcome of its own: the engine says "undetermined" and neither guesses nor denies.
Where a decision about a real person rests on the answer, `settled` does the same with a value that is not well enough known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, TypeVar

from guildhall.kernel.errors import Fault, FaultsFound
from guildhall.kernel.tables import Text

T = TypeVar("T")

STATUS_NAMES: Mapping[str, Text] = {
    "statute": Text("法律法规原文", "text of a law or regulation"),
    "official": Text("官方网页或文件", "official page or document"),
    "press": Text("新闻或二手资料", "press or secondary page"),
    "repository": Text("公共数据包或代码库", "public package or repository"),
    "computed": Text("由上述来源计算", "computed from other sources"),
    "unverified": Text("未经核实", "not verified"),
    "assumed": Text("模型假设", "assumption of the model"),
    "generated": Text("合成数据", "made up for the demonstration"),
    "unknown": Text("未知", "unknown"),
}
"""How well a value is known, best first, with the words shown to readers."""
STATUSES = tuple(STATUS_NAMES)
UNSETTLED = ("unverified", "assumed", "generated", "unknown")
"""Statuses no decision about a real person may rest on."""
EVIDENCE: Mapping[str, str] = {
    "L": "statute",
    "O": "official",
    "S": "press",
    "R": "repository",
    "C": "computed",
    "I": "unverified",
    "M": "unverified",
    "A": "assumed",
}
"""One-letter evidence codes of notes and parameter files → status; I (inference) and M (memory) are both unverified."""


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """`value` holds on every day d with valid_from <= d < valid_until; None leaves that end open."""

    value: T
    valid_from: date | None
    valid_until: date | None
    source: str
    status: str

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing is known for `on`: the day lies before the first value, after the last, or in a gap; or there is no value at all."""

    name: str
    on: date
    reason: Literal["empty", "before", "gap", "after"]

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return f"no value of {self.name} in force on {self.on}"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A value is known for `on`, but only of a status that no decision about a real person may rest on."""

    name: str
    on: date
    source: str
    status: str

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return f"no settled value of {self.name} on {self.on}: {STATUS_NAMES[self.status].en} (source {self.source})"


def settled(name: str, on: date, found: Dated[T] | Missing) -> Dated[T] | Missing | Unsettled:
    """What was found, but `Unsettled` in place of a value whose status is in `UNSETTLED`: what production mode may use."""
    if isinstance(found, Dated) and found.status in UNSETTLED:
        return Unsettled(name, on, found.source, found.status)
    return found


class Timeline(Generic[T]):
    """Dated values of one thing, in order and without overlap; gaps are allowed and answer `Missing`.

    Raises FaultsFound for overlaps, empty or reversed intervals and unknown statuses (see `faults`).
    """

    __slots__ = ("_starts", "name", "values")

    def __init__(self, name: str, values: Sequence[Dated[T]]) -> None:
        if found := faults(name, values, gaps=False):
            raise FaultsFound(f"The dated values of {name} contradict each other", found)
        self.name = name
        self.values = tuple(sorted(values, key=_start))
        self._starts = [_start(value) for value in self.values]

    def __iter__(self) -> Iterator[Dated[T]]:
        return iter(self.values)

    def at(self, day: date) -> Dated[T] | Missing:
        """The value in force on `day`, or `Missing` with the reason."""
        place = bisect_right(self._starts, day)
        if place and self.values[place - 1].holds_on(day):
            return self.values[place - 1]
        if not self.values:
            return Missing(self.name, day, "empty")
        if place == 0:
            return Missing(self.name, day, "before")
        return Missing(self.name, day, "after" if place == len(self.values) else "gap")


def faults(
    name: str, values: Sequence[Dated[T]], *, rows: Sequence[int] = (), column: str = "valid_from", gaps: bool = True
) -> list[Fault]:
    """Every fault of the dated values of one thing: unknown statuses, missing sources, reversed or overlapping intervals, and gaps.

    `name` is the file or thing to name in each fault; `rows` gives the file row of each value, in the same order. A gap
    can be honest (a rule lapsed and nothing followed), so `gaps=False` leaves gaps out.
    """
    numbered = list(zip(rows or [0] * len(values), values, strict=True))
    found = [fault for row, value in numbered for fault in _faults_of_one(name, row, value, column)]
    ordered = sorted((pair for pair in numbered if not _is_empty(pair[1])), key=lambda pair: (_start(pair[1]), _end(pair[1])))
    reach: date | None = None
    for row, value in ordered:
        start = _start(value)
        if reach is not None and start < reach:
            found.append(
                Fault(name, row, column, f"starts {start} while an earlier value holds until {_shown(reach)}", "end the earlier value")
            )
        elif gaps and reach is not None and start > reach:
            found.append(Fault(name, row, column, f"no value from {reach} to {start}", "add the value that held, or one of status unknown"))
        reach = _end(value) if reach is None else max(reach, _end(value))
    return found


def _faults_of_one(name: str, row: int, value: Dated[T], column: str) -> Iterator[Fault]:
    if value.status not in STATUS_NAMES:
        yield Fault(name, row, "status", f"unknown status {value.status!r}", f"one of {', '.join(STATUSES)}")
    if not value.source and value.status != "unknown":
        yield Fault(name, row, "source", "no source is named", "name the document, or set the status to unknown")
    if _is_empty(value):
        yield Fault(
            name,
            row,
            column,
            f"holds from {value.valid_from} until {value.valid_until}: no day at all",
            "valid_until is the first day after",
        )


def _start(value: Dated[T]) -> date:
    return value.valid_from or date.min


def _end(value: Dated[T]) -> date:
    return value.valid_until or date.max


def _is_empty(value: Dated[T]) -> bool:
    return _start(value) >= _end(value)


def _shown(day: date) -> str:
    return "further notice" if day == date.max else str(day)
