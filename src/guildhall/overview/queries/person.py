"""A person's own page: the level and how it was decided, what is on record, what is missing and where to bring it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guildhall.city.model import Level
from guildhall.kernel.tables import Text
from guildhall.office.models import Mandate
from guildhall.office.queries import mandates, notices
from guildhall.overview.queries.holdings import own_accounts, records_of
from guildhall.registry.engine import wordbook
from guildhall.registry.engine.minors import Band
from guildhall.registry.queries import corrections, insured, looks, minors
from guildhall.registry.queries.feeds import Freshness, freshness
from guildhall.registry.queries.insured import Insured
from guildhall.registry.queries.people.record import Person, person
from guildhall.registry.queries.vouched import unconfirmed
from guildhall.skills.queries import names_of
from guildhall.web.pack import city
from guildhall.web.viewer import PUBLIC, Viewer, system

SHOWN_NOTICES = 3


@dataclass(frozen=True)
class Rung:
    """One level of the ladder, and whether it lies below, is, or follows the one the person holds."""

    level: Level
    state: str


@dataclass(frozen=True)
class Missing:
    """Something the record lacks: what, what follows from that, and what to bring or do."""

    what: str
    why: str
    bring: str
    subject: str = ""


@dataclass(frozen=True)
class Me:
    """Everything on a person's own page."""

    person: Person
    in_person: bool
    parts: frozenset[str]
    level: Level | None
    rungs: tuple[Rung, ...]
    occupations: dict[str, Text]
    insured: Insured
    missing: tuple[Missing, ...]
    band: Band
    notices: tuple[notices.Shown, ...]
    unread: int
    looked: int
    unconfirmed: frozenset[int]
    mandates: tuple[Mandate, ...]
    corrections: tuple[corrections.Asked, ...]
    fresh: dict[str, Freshness]
    details: dict[int, Text | None]

    @property
    def open_corrections(self) -> int:
        return sum(asked.row.state == "open" for asked in self.corrections)

    @property
    def jobs(self) -> int:
        """Employers the person works for today."""
        return len(self.person.employers)


def me(viewer: Viewer, today: date) -> Me:
    """The page of the person that the viewer is, or acts for: then no more of it than the matter needs. Raises NotFound for others."""
    records = records_of(viewer, today)
    parts = frozenset(part for part in mandates.TASKS["record"] if viewer.may(part))
    found = _narrowed(person(system("own record"), records[0], today), parts)  # a person is shown all of their own record
    levels = sorted(city().levels, key=lambda level: level.ordinal)
    held = next((level for level in levels if level.code == found.level), None)
    shelf = notices.notices(viewer if viewer.mandate is None else PUBLIC, size=SHOWN_NOTICES)  # an agent's own are not the person's
    occupations = [held.row.occupation for held in found.certificates] + [claim.row.occupation or "" for claim in found.claims]
    occupations += [job.row.occupation or "" for job in found.employment]
    months = insured.insured(records[0], today) if mandates.INSURANCE in parts else Insured("", 0, None, False)
    return Me(
        person=found,
        in_person=viewer.mandate is None,
        parts=parts,
        level=held,
        rungs=tuple(Rung(level, _state(level, held)) for level in levels),
        occupations=names_of(occupations),
        insured=months,
        missing=tuple(_missing(found, months, parts)),
        band=minors.band(found.worker, today),
        notices=shelf.rows,
        unread=shelf.unread,
        looked=looks.count(records[0], today, own=own_accounts(records)) if mandates.WHOLE in parts else 0,
        unconfirmed=unconfirmed(records, today) if mandates.EMPLOYMENT in parts else frozenset(),
        mandates=_given(viewer, records, today) if mandates.WHOLE in parts else (),
        corrections=tuple(corrections.own(viewer, today)),
        fresh=freshness(today),
        details={job.row.pk: wordbook.reported(job.row.kind, job.row.detail) for job in found.reported},
    )


def _narrowed(found: Person, parts: frozenset[str]) -> Person:
    """The record without the parts that the matter does not need."""
    shut: dict[str, Any] = {"level": "", "certificates": (), "claims": ()} if mandates.CERTIFICATES not in parts else {}
    for part in (mandates.EMPLOYMENT, mandates.INSURANCE, mandates.REPORTED):
        shut |= {} if part in parts else {part: ()}
    if mandates.WHOLE not in parts:
        shut |= {"documents": (), "former_names": (), "records": (), "past": ()}
    return replace(found, **shut)


def _given(viewer: Viewer, records: tuple[int, ...], today: date) -> tuple[Mandate, ...]:
    return tuple(row for row in mandates.given_by(viewer, records) if row.revoked_at is None and row.valid_until > today)


def _state(level: Level, held: Level | None) -> str:
    at = held.ordinal if held else 0
    if level.ordinal <= at:
        return "now" if level.ordinal == at else "done"
    return "next" if level.ordinal == at + 1 else ""


def _missing(found: Person, months: Insured, parts: frozenset[str]) -> Iterator[Missing]:
    """What the record does not say. Nothing here is a "no": it cannot be said yet."""
    if mandates.CERTIFICATES in parts and not found.certificates and not found.claims:
        yield Missing(
            _("No certificate is on record"),
            _("so no level can be shown"),
            _("if you hold one, bring the paper and your identity card"),
        )
    if any(claim.row.confirmed_id is None for claim in found.claims):
        yield Missing(
            _("A certificate that your employer named is not confirmed"),
            _("it does not count until whoever issued it confirms it"),
            _("bring the paper itself"),
        )
    if not found.phone:
        yield Missing(_("No phone is on record"), _("so no text message reaches you"), _("tell it at the counter, with your identity card"))
    if mandates.WHOLE in parts and found.worker.education == "unknown":
        yield Missing(
            _("Your schooling is not on record"), _("some ways up the ladder rest on it"), _("bring your last diploma"), "education"
        )
    if mandates.INSURANCE in parts and months.as_of is None:
        yield Missing(
            _("Insured months are not on record"),
            _("the insurance authority has sent no data yet"),
            _("nothing from you; what rests on insured months cannot be said yet"),
        )
