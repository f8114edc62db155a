"""What the facts of everybody share: persons over merged records, months as numbers, places at a day, and what was said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from guildhall.incentives.engine.facts.asked import Asked, unit_on
from guildhall.incentives.engine.facts.rows import DAY, OPEN, WHOLE
from guildhall.kernel.backends import Tables
from guildhall.kernel.tables import Column
from guildhall.registry.engine.places import READS as PLACES
from guildhall.registry.engine.places import territory

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression

Pair = tuple[Any, Any]


@dataclass(frozen=True)
class World:
    """The tables of a snapshot and what is asked of them."""

    tables: Tables
    asked: Asked

    @classmethod
    def of(cls, tables: Tables, on: date) -> World:
        """Everything as known on a day, with claims lodged on that day."""
        feeds = {row["kind"]: row["as_of"] for row in tables.rows(tables["registry.feeds"])}
        tree = territory(*(tables.fetch(tables[name]) for name in PLACES))
        return cls(tables, Asked(on, on, feeds, tree))

    @property
    def on(self) -> date:
        return self.asked.on

    def keep(self, name: str, build: Callable[[], Expression]) -> Expression:
        """An intermediate of this day, built and computed once."""
        return self.tables.once(f"incentives.{name}.{self.on:%Y%m%d}", lambda _: build())

    # Persons

    @cached_property
    def _merged(self) -> bool:
        return bool(self.tables.scalar(self.tables["registry.aliases"].count()))

    def of_persons(self, rows: Expression) -> Expression:
        """Rows with `person`, the record that leads for their worker."""
        if not self._merged:
            return rows.mutate(person=rows.worker_id)
        aliases = self.tables["registry.aliases"].select(merged="worker_id", leads="merged_into_id")
        joined = rows.left_join(aliases, rows.worker_id == aliases.merged)
        return joined.mutate(person=joined.leads.coalesce(joined.worker_id)).drop("merged", "leads")

    # Days

    def as_of(self, feed: str) -> Any:
        return self.day(self.asked.as_of(feed))

    def day(self, day: date | None) -> Any:
        return ibis.literal(day, type="date") if day else ibis.null("date")

    def heard(self, found: Any, feed: str, day: Any, *, before: bool = False) -> Any:
        """Yes where something is reported of a day, or of the day before it; no only up to the day the feed speaks of."""
        as_of = self.asked.as_of(feed)
        if as_of and before:
            as_of += timedelta(1)
        silent: Any = (day <= as_of).ifelse(False, ibis.null("boolean")) if as_of else ibis.null("boolean")
        return ibis.cases((found.fill_null(False), True), (day.isnull(), ibis.null("boolean")), else_=silent)

    # Insurance

    @cached_property
    def insured(self) -> Expression:
        """Spells of insurance: person, organisation (0: not known), first month and month after the last."""
        spells = self.of_persons(self.tables["registry.insurance_spells"])
        return spells.select(
            person=spells.person,
            organisation=spells.organisation_id.fill_null(0),
            start=month(spells.started_on).cast("int32"),
            end=month(spells.ended_on).fill_null(OPEN).cast("int32"),
        )

    # Places

    @cached_property
    def _breaks(self) -> list[date]:
        """The days on which a place can begin to count elsewhere."""
        tree = self.asked.territory
        days = {day for node in tree.nodes.values() for day in (node.valid_from, node.valid_until)}
        days |= {day for place in tree.nodes for edge in tree.parents_ever(place) for day in (edge.valid_from, edge.valid_until)}
        return sorted(
            {day for day in days if day} | {succession.effective_on for place in tree.nodes for succession in tree.successions(place)}
        )

    @cached_property
    def units(self) -> Expression:
        """Places under short numbers, so that large tables carry those, with the unit each counts towards between two breaks."""
        tree, breaks = self.asked.territory, self._breaks
        samples = [breaks[0] - timedelta(1), *breaks] if breaks else [self.on]
        places = self.tables["registry.places"]
        units = [[(place, unit_on(tree, place, day)) for place in tree.nodes] for day in samples]
        columns = {f"unit_{n}": cases(places.place_id, pairs, "string") for n, pairs in enumerate(units)}
        numbers = cases(places.place_id, [(place, n) for n, place in enumerate(tree.nodes)], "int32")
        return self.keep("units", lambda: places.select("place_id", place_number=numbers, **columns))

    def numbered(self, rows: Expression, place: str = "place") -> Expression:
        """Rows with the `place_number` of their place."""
        return beside(rows, place, self.units.select("place_number", numbered="place_id"), "numbered")

    def with_unit(self, rows: Expression, number: str, day: Any) -> Expression:
        """Rows with `unit`: what the place of a number counts towards on a day."""
        names = [f"unit_{n}" for n in range(len(self._breaks) + 1)]
        joined = beside(rows, number, self.units.select(*names, unit_of="place_number"), "unit_of")
        ends = zip(names, self._breaks, strict=False)
        unit = ibis.cases(*((day < end, joined[name]) for name, end in ends), else_=joined[names[-1]]) if self._breaks else joined.unit_0
        return joined.mutate(unit=unit).drop(*names)

    # What was said

    @cached_property
    def _said(self) -> dict[str, list[str]]:
        """Which facts were said of which subject."""
        said = self.tables["incentives.statements"]
        rows = self.tables.rows(said.filter(said.said_on <= self.on).select("subject", "fact").distinct())
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["subject"], []).append(row["fact"])
        return found

    def with_said(self, rows: Expression, subject: str, key: str, columns: Iterable[Column]) -> tuple[Expression, dict[str, Any]]:
        """Rows with what claims said of them, and the column of each fact that was said."""
        wanted = [column for column in columns if column.name in self._said.get(subject, ())]
        if not wanted:
            return rows, {}
        said = self.tables["incentives.statements"]
        said = said.filter(said.subject == subject, said.said_on <= self.on)
        values = {f"said_{column.name}": typed(column, said.value.max(where=said.fact == column.name)) for column in wanted}
        pivoted = self.keep(f"said.{subject}", lambda: said.group_by(said_of=said.subject_id).agg(**values))
        joined = beside(rows, key, pivoted, "said_of")
        return joined, {column.name: joined[f"said_{column.name}"] for column in wanted}


def beside(rows: Expression, key: str, others: Expression, other: str) -> Expression:
    """Each of the rows with the columns of the one among the others whose column `other` has the value of `key`, if there is one."""
    return rows.left_join(others, rows[key] == others[other]).drop(other)


def month(day: Any) -> Any:
    """Months since the year 0."""
    return day.year() * 12 + day.month()


def last_month(until: Any) -> Any:
    """The month of the day before."""
    return month(until) - (until.day() == 1).cast("int32")


def cases(value: Any, pairs: Iterable[Pair], type_: str) -> Any:
    """The second of the pair whose first is the value; null for every other."""
    branches = [(value == key, ibis.literal(found, type=type_)) for key, found in pairs if found is not None]
    return ibis.cases(*branches, else_=ibis.null(type_)) if branches else ibis.null(type_)


def typed(column: Column, text: Any) -> Any:
    """A text as the type of a column; null where it is none."""
    if pa.types.is_boolean(column.type):
        return ibis.cases((text == "true", True), (text == "false", False), else_=ibis.null("boolean"))
    if pa.types.is_date(column.type):
        return text.re_search(f"^{DAY}$").ifelse(text, ibis.null("string")).try_cast("date")
    if pa.types.is_integer(column.type):
        return text.re_search(f"^{WHOLE}$").ifelse(text, ibis.null("string")).try_cast("int64")
    return text.isin(column.values).ifelse(text, ibis.null("string")) if column.values else text
