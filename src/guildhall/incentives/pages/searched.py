"""What the search by night found for a person, in words: why a benefit is on the list, why not, and when; and which employer may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from guildhall.incentives.engine.candidates import LIKELY, NEAR, STATES
from guildhall.incentives.engine.subjects import SUBJECTS
from guildhall.incentives.models import Candidate
from guildhall.incentives.pages.codes import language
from guildhall.incentives.pages.subjects import Key
from guildhall.incentives.queries import benefits, candidates
from guildhall.kernel.tables import Text
from guildhall.registry.queries.authorities import organisation_names
from guildhall.registry.queries.consents import agreed_on
from guildhall.rules import sentences
from guildhall.web.templatetags.guildhall import text
from guildhall.web.viewer import Viewer

SIGNS = {LIKELY: "y", NEAR: "q"}


@dataclass(frozen=True)
class Listed:
    """One benefit on the list: for what, how it stands and since when, and the conditions that hold, are open, and do not hold."""

    row: Candidate
    title: Text
    about: str
    holds: tuple[str, ...]
    open: tuple[str, ...]
    fails: tuple[str, ...]

    @property
    def state(self) -> Text:
        return STATES[self.row.state]

    @property
    def sign(self) -> str:
        return SIGNS.get(self.row.state, "")

    @property
    def address(self) -> str:
        return reverse("benefit", args=[self.row.benefit, self.row.kind, self.row.key])


@dataclass(frozen=True)
class Named:
    """That an employer may see the person by name for a benefit: which, since when, and by which consent; None where it needs none."""

    row: Candidate
    title: Text
    employer: Text
    agreed_on: date | None


def searched(viewer: Viewer, today: date, titles: Mapping[Key, str]) -> dict[str, Any]:
    """What the page of a person's benefits says of the last search; `titles` are the words for what their own benefits are for."""
    run = candidates.latest()
    rows = candidates.candidates_of(viewer)
    return {"on": run.on if run else None, "rows": [_listed(row, titles) for row in rows], "named": _named(viewer, today)}


def _listed(row: Candidate, titles: Mapping[Key, str]) -> Listed:
    why = candidates.why(row)
    about = titles.get((row.kind, row.key)) or text(SUBJECTS[row.kind].title)
    return Listed(row, benefits.title(row.benefit), about, *(_said(row.benefit, part) for part in (why.holds, why.open, why.fails)))


def _said(benefit: str, names: Sequence[str]) -> tuple[str, ...]:
    rule = benefits.rulebook().get(benefit)
    held = benefits.parameters().of(benefit)
    known = candidates.conditions(benefit, names)
    return tuple(sentences.clause(rule, name, language(), held) for name in known) if rule else ()


def _named(viewer: Viewer, today: date) -> list[Named]:
    rows = candidates.shown_to_employers(viewer, today)
    if not rows:
        return []
    employers = organisation_names({row.organisation_id for row in rows if row.organisation_id is not None})
    given = agreed_on(candidates.EMPLOYER_MAY_KNOW, viewer.worker or 0)
    day = timezone.localdate(given) if given else None
    return [
        Named(row, benefits.title(row.benefit), employers[row.organisation_id or 0], None if row.open_to_employer else day) for row in rows
    ]
