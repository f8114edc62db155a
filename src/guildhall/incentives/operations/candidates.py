"""Policy finds people: every night the rules are decided for every certificate, hire, employer and business, to list who could claim.

The search goes through a snapshot in short chunks. Each is one transaction, with how far the search is, so that a search that was killed
goes on where it stopped, over the same snapshot; over another one it begins anew. What it writes is shown once it has ended, and takes the
place of the list that was shown until then, of the night before or of the same day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives import tables as published
from guildhall.incentives.engine import candidates as engine
from guildhall.incentives.engine.candidates import LIKELY, OFF, TAKEN_UP, Found
from guildhall.incentives.engine.facts import facts
from guildhall.incentives.engine.subjects import BY_TABLE, CLAIMED_HERE
from guildhall.incentives.models import Candidate, CandidateRun
from guildhall.incentives.operations.finding import Undoubted, reasons_now, tell_each
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.candidates import CELL, COLUMN, cell_of, taken
from guildhall.incentives.queries.standing import no_such_claim
from guildhall.kernel.backends import Tables, open_tables
from guildhall.kernel.errors import AlreadyDone
from guildhall.kernel.runs import Folder
from guildhall.kernel.tables import Table
from guildhall.office.operations.audit import record
from guildhall.office.vault import vault
from guildhall.registry.queries.scope import organisations_of, people
from guildhall.registry.queries.vouched import confirmed_among, in_doubt
from guildhall.rules.digests import parameters_digest
from guildhall.rules.fold import fold_all
from guildhall.rules.parameters import Parameters
from guildhall.rules.rows import decide
from guildhall.rules.rulebook import Rule
from guildhall.web.viewer import Viewer

STAGES: tuple[tuple[Table, str], ...] = (
    (published.CERTIFICATE_FACTS, "certificate_id"),
    (published.HIRE_FACTS, "spell_id"),
    (published.EMPLOYER_FACTS, "organisation_id"),
    (published.BUSINESS_FACTS, "business_id"),
)
WORTH = "{}_worth"
CHUNK = 2_000
"""Rows of facts that are decided in one transaction."""
KEPT_OFF, KEPT_TAKEN = timedelta(days=30), timedelta(days=365)
"""How long somebody who is off the list, or has claimed, is still shown so."""
Progress = Callable[[int, int], None]
Row = dict[str, Any]
Subject = tuple[int, int, str]
"""Key, year (0 where it is for no year) and benefit."""


@dataclass
class Tally:
    """How many rows of each state a search wrote, and how many people were told."""

    on: date
    states: dict[str, int] = field(default_factory=dict)
    told: int = 0


def search(*, folder: Folder, on: date, by: Viewer, now: datetime, progress: Progress = lambda done, total: None) -> Tally:
    """Searches a snapshot for candidates as of a day; goes on where a search of that day over the same snapshot and rules stopped.

    For the city's machinery alone: raises NotFound for others, AlreadyDone where that day was searched to its end. The same records,
    rules and day give the same rows.
    """
    if by.role != "system":
        raise no_such_claim()
    parameters = benefits.parameters()
    run = _run(on, parameters_digest(parameters), folder.manifest.id, now)
    tally = Tally(on)
    with open_tables(folder) as opened:
        tables = Undoubted(opened, in_doubt())
        for stage in range(run.stage, len(STAGES)):
            _Stage(run, stage, tables, parameters, by, now, tally, progress).search()
            run.refresh_from_db()
    _finish(run, by, now)
    tally.states = Candidate.counts(run)
    return tally


def _run(on: date, rulebook: str, snapshot: str, now: datetime) -> CandidateRun:
    """The search of that day, begun anew where the rules or the records have changed since it was begun."""
    run = CandidateRun.objects.filter(on=on, finished_at=None).first()
    if run is None:
        if CandidateRun.objects.filter(on=on).exists():
            raise AlreadyDone(_("That day was searched already"), next=_("see the lists of the day"))
        told = {"rulebook": rulebook, "snapshot": snapshot, "begun_at": now}
        run, _made = CandidateRun.objects.get_or_create(on=on, finished_at=None, defaults=told)
    if (run.rulebook, run.snapshot) != (rulebook, snapshot):
        _clear(run)
        CandidateRun.objects.filter(pk=run.pk, finished_at=None).update(
            rulebook=rulebook, snapshot=snapshot, begun_at=now, stage=0, after=0
        )
        run.refresh_from_db()
    return run


def _clear(run: CandidateRun) -> None:
    """Deletes what a search wrote, some rows at a time."""
    while keys := list(run.rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        Candidate.objects.filter(pk__in=keys).delete()


@dataclass
class _Stage:
    """One facts table of one search."""

    run: CandidateRun
    number: int
    tables: Tables
    parameters: Parameters
    by: Viewer
    now: datetime
    tally: Tally
    progress: Progress

    def __post_init__(self) -> None:
        self.table, self.column = STAGES[self.number]
        self.kind = BY_TABLE[self.table.name].kind
        self.rules: dict[str, Rule] = {rule.name: rule for rule in benefits.rulebook().values() if rule.facts == self.table.name}
        self.earlier = CandidateRun.objects.filter(on__lte=self.run.on).exclude(finished_at=None).order_by("-on", "-pk").first()

    def search(self) -> None:
        """Decides the rows that are worth it, chunk after chunk, and steps on to the next table in the last transaction."""
        worth = self.tables.once(f"candidates.{self.table.name}", lambda tables: self._worth(tables))
        total = int(self.tables.scalar(worth.count()))
        done = 0
        for rows, last in self._chunks(worth):
            done += len(rows)
            self._chunk(rows, last)
            self.progress(done, total)

    def _worth(self, tables: Tables) -> Any:
        rows = facts(tables, on=self.run.on, only=(self.table.name,))[self.table.name]
        rules = [*self.rules.values()]
        folded = fold_all(rules, self.parameters, self.run.on, apart=engine.said(rules))(rows)
        tests = {WORTH.format(rule.name): engine.worth_deciding(rule, folded) for rule in rules}
        return folded.mutate(**tests).filter(lambda t: reduce(or_, (t[name] for name in tests))).select(*rows.columns, *tests)

    def _chunks(self, worth: Any) -> Iterator[tuple[list[Row], int | None]]:
        """Rows in the order of their keys, all rows of a key together, with the last key; None with the last of all."""
        while True:
            found = worth.filter(worth[self.column] > self.run.after).order_by(self.column).limit(CHUNK + 1)
            rows = self.tables.rows(found)
            if len(rows) <= CHUNK:
                yield rows, None
                return
            ends = [at for at, (one, other) in enumerate(pairwise(rows)) if one[self.column] != other[self.column]]
            rows = rows[: ends[-1] + 1]
            yield rows, rows[-1][self.column]

    def _chunk(self, rows: Sequence[Row], last: int | None) -> None:
        """Writes the candidates among some rows; those of the night before that lie between them are carried on or struck off."""
        seen = {(row[self.column], self._year(row), name): row for row in rows for name in self.rules if row.pop(WORTH.format(name))}
        with transaction.atomic():
            run = CandidateRun.objects.select_for_update().get(pk=self.run.pk)
            if (run.stage, run.after) != (self.number, self.run.after):
                raise AlreadyDone(_("Another search of that day is under way"), next=_("wait for it to end"))
            before = self._before(last)
            made = self._made(seen, before)
            Candidate.objects.bulk_create(made, batch_size=500)
            if self.run.on == timezone.localdate(self.now):  # nobody is told today of what the rules said of another day
                fresh = [row for row in made if row.state == LIKELY and cell_of(row) not in before and self._is_told(row)]
                self.tally.told += tell_each(fresh, now=self.now)
            run.stage, run.after = (self.number, last) if last is not None else (self.number + 1, 0)
            run.save(update_fields=["stage", "after"])
        self.run = run

    def _before(self, last: int | None) -> dict[Subject, Candidate]:
        """The rows of the night before with keys of this chunk."""
        if self.earlier is None:
            return {}
        rows = self.earlier.rows.filter(kind=self.kind, key__gt=self.run.after)
        return {cell_of(row): row for row in (rows if last is None else rows.filter(key__lte=last))}

    def _made(self, seen: dict[Subject, Row], before: dict[Subject, Candidate]) -> list[Candidate]:
        judged = {cell: found for cell, row in seen.items() if (found := self._judged(cell, row))}
        claimed = taken(self.kind, {*judged, *before})
        places = self._places([seen[cell] for cell in judged])
        made = [row for cell, (found, is_open) in judged.items() if (row := self._row(cell, seen[cell], found, is_open, places))]
        for row in made:
            if cell_of(row) in claimed:
                row.state, row.turns_on = TAKEN_UP, None
            earlier = before.get(cell_of(row))
            row.since = earlier.since if earlier and earlier.state == row.state else self.run.on
        present = {cell_of(row) for row in made}
        return made + [row for cell, old in before.items() if cell not in present and (row := self._carried(old, cell in claimed))]

    def _judged(self, cell: Subject, row: Row) -> tuple[Found, bool] | None:
        """What the rule makes of a row, and whether the employer could have worked it out from what it put on record itself."""
        rule = self.rules[cell[2]]
        found = engine.found(rule, decide(rule, row, parameters=self.parameters, on=self.run.on))
        if found is None or self.kind != "spell":
            return None if found is None else (found, self.kind == "year")
        told = engine.found(rule, decide(rule, engine.own_facts(row), parameters=self.parameters, on=self.run.on))
        return found, told is not None and told.state == found.state

    def _row(self, cell: Subject, row: Row, found: Found, is_open: bool, places: dict[str, str]) -> Candidate | None:
        key, year, benefit = cell
        worker, employer = row.get("worker_id"), row["organisation_id"] if self.kind in ("spell", "year") else None
        place = places.get(f"organisation:{employer}" if employer else f"worker:{worker}")
        if place is None or (self.kind == "spell" and f"spell:{key}" not in places) or (worker and f"worker:{worker}" not in places):
            return None
        why = json.dumps({"holds": found.holds, "open": found.open, "fails": found.fails})
        return Candidate(
            run=self.run, benefit=benefit, kind=self.kind, key=key, year=year, worker_id=worker, organisation_id=employer, place_id=place,
            state=found.state, since=self.run.on, amount_fen=found.amount, turns_on=found.near.turns_on if found.near else None,
            open_to_employer=is_open, rests_on_reports=found.rests_on_reports, why_sealed=vault().seal(*COLUMN, CELL.format(*cell), why),
        )  # fmt: skip

    def _carried(self, old: Candidate, is_claimed: bool) -> Candidate | None:
        """A row of the night before for which the rule says nothing tonight: claimed, or off the list, for as long as that is shown."""
        state = TAKEN_UP if is_claimed else OFF
        since = old.since if old.state == state else self.run.on
        if (old.state == TAKEN_UP and not is_claimed) or self.run.on - since > (KEPT_TAKEN if is_claimed else KEPT_OFF):
            return None
        row = Candidate(**{each.attname: getattr(old, each.attname) for each in Candidate._meta.concrete_fields if not each.primary_key})
        row.run, row.state, row.since, row.turns_on = self.run, state, since, None
        if state == OFF and old.state != OFF:
            row.why_sealed = vault().seal(*COLUMN, CELL.format(*cell_of(old)), reasons_now(old, self.rules[old.benefit], self.run.on))
        return row

    def _places(self, rows: Sequence[Row]) -> dict[str, str]:
        """Where each person and employer is at home, and which hires nobody doubts; who is not there any more is left out."""
        workers = {row["worker_id"] for row in rows if row.get("worker_id")}
        employers = {row["organisation_id"] for row in rows if self.kind in ("spell", "year")}
        found = dict(people(self.by, self.run.on).filter(pk__in=workers).values_list("pk", "residence_id"))
        homes = dict(organisations_of(self.by, self.run.on).filter(pk__in=employers).values_list("pk", "place_id"))
        sure = confirmed_among({row["spell_id"] for row in rows}) if self.kind == "spell" else set()
        named = {f"worker:{key}": str(place) for key, place in found.items()} | {
            f"organisation:{key}": place for key, place in homes.items()
        }
        return named | dict.fromkeys((f"spell:{key}" for key in sure), "")

    def _year(self, row: Row) -> int:
        return int(row["year"]) if self.kind == "year" else 0

    def _is_told(self, row: Candidate) -> bool:
        """Whether the person hears of it: what is the person's own to claim here."""
        rule = self.rules[row.benefit]
        return engine.claimant(rule) == "worker" and rule.channel in CLAIMED_HERE


def _finish(run: CandidateRun, by: Viewer, now: datetime) -> None:
    """Shows the rows of a search from now on, and deletes those of earlier searches."""
    with transaction.atomic():
        counts = Candidate.counts(run)
        CandidateRun.objects.filter(pk=run.pk).update(finished_at=now)
        record(subject="registry", action="incentives.search", by=by, now=now, details={"on": run.on.isoformat(), **counts})
    for old in CandidateRun.objects.filter(Q(on__lt=run.on) | Q(on=run.on, finished_at__isnull=False)).exclude(pk=run.pk):
        _clear(old)
        old.delete()


def begin_anew(*, on: date, by: Viewer, now: datetime) -> None:
    """Has the next search of a day begin anew, though the day was searched; its list is shown until then. For the city's machinery alone.

    Raises NotFound.
    """
    if by.role != "system":
        raise no_such_claim()
    # It names no rules and no snapshot: whatever it wrote is of another search.
    CandidateRun.objects.update_or_create(
        on=on, finished_at=None, defaults={"rulebook": "", "snapshot": ""}, create_defaults={"rulebook": "", "begun_at": now}
    )
