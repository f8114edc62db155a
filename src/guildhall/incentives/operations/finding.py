"""What the search for candidates is given, and what becomes of whom it finds: tables without doubtful jobs, notices, reasons."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from guildhall.incentives.engine import candidates as engine
from guildhall.incentives.models import Candidate
from guildhall.incentives.queries import benefits, facts
from guildhall.kernel.backends import Tables
from guildhall.kernel.errors import NotFound
from guildhall.office.operations.notices import Told, notify_each
from guildhall.registry.queries.consents import agreed
from guildhall.registry.queries.scope import people
from guildhall.rules.rows import decide
from guildhall.rules.rulebook import Rule
from guildhall.web.viewer import system

if TYPE_CHECKING:
    from ibis.expr.types import Table as Expression

CITY = system("candidates")
TEMPLATE = "candidate_found"
REMINDERS = "reminders"
SPELLS = "registry.employment_spells"


class Undoubted(Tables):
    """The tables of a snapshot without the employment that somebody doubts or denies: nobody is a candidate by it."""

    def __init__(self, tables: Tables, doubted: Collection[int]) -> None:
        self.inner = tables
        spells = tables[SPELLS]
        self.spells = spells.filter(~spells.spell_id.isin(sorted(doubted))) if doubted else spells

    def __getitem__(self, name: str) -> Expression:
        return self.spells if name == SPELLS else self.inner[name]

    def __iter__(self) -> Any:
        return iter(self.inner)

    def __len__(self) -> int:
        return len(self.inner)

    def once(self, name: str, build: Callable[[Tables], Expression]) -> Expression:
        """The intermediate, built from these tables."""
        return self.inner.once(name, lambda _: build(self))

    def fetch(self, expression: Any) -> Any:
        """As of the tables beneath."""
        return self.inner.fetch(expression)


def tell_each(rows: Sequence[Candidate], *, now: datetime) -> int:
    """Tells people once of each benefit that may be theirs; by text message as well where they agreed to be reminded. How many."""
    workers = {row.worker_id for row in rows if row.worker_id is not None}
    reminded = (
        {*people(CITY, timezone.localdate(now)).filter(agreed(REMINDERS), pk__in=workers).values_list("pk", flat=True)}
        if workers
        else set()
    )
    told = [
        Told(
            f"candidate:{row.benefit}:{row.kind}:{row.subject}",
            row.worker_id,
            {"benefit": benefits.title(row.benefit)},
            ("app", "sms") if row.worker_id in reminded else ("app",),
        )
        for row in rows
        if row.worker_id is not None
    ]
    notify_each(template=TEMPLATE, told=told, now=now)
    return len(told)


def reasons_now(row: Candidate, rule: Rule, on: date) -> str:
    """Why the rule no longer puts somebody on the list, as kept with the row; nothing where what it was about is gone."""
    try:
        known = _facts(row, on)
    except NotFound:
        known = None
    if known is None:
        return json.dumps({"holds": [], "open": [], "fails": []})
    found = engine.reasons(rule, decide(rule, known, parameters=benefits.parameters(), on=on))
    return json.dumps({"holds": found.holds, "open": found.open, "fails": found.fails})


def _facts(row: Candidate, on: date) -> facts.Facts | None:
    if row.kind == "year":
        years = facts.of_employer(CITY, row.key, on=on, today=on)
        return next((year for year in years if year["year"] == row.year), None)
    return facts.of_subject(CITY, row.kind, row.key, on=on, today=on)
