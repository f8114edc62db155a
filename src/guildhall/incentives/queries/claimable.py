"""What somebody may claim a benefit for: the worker's own certificates and businesses, an employer's hires and years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from guildhall.incentives.engine.subjects import once
from guildhall.incentives.models import BenefitGrant, Business, EmployerYear
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.instalments import first_open
from guildhall.incentives.queries.standing import no_such_claim
from guildhall.kernel.errors import AlreadyDone, NotFound
from guildhall.office.queries.mandates import CLAIMS
from guildhall.registry.queries import organisation
from guildhall.registry.queries.merged import leader
from guildhall.registry.queries.scope import organisations_of, records
from guildhall.web.viewer import PUBLIC, Viewer


@dataclass(frozen=True)
class Claimable:
    """One thing a benefit can be claimed for, whose it is, who is paid, where it lies today, and what is paid once."""

    benefit: str
    kind: str
    subject: str
    worker: int | None
    organisation: int | None
    payee: str
    place: str
    once: str


def claimable(viewer: Viewer, benefit: str, subject: str, today: date) -> Claimable:
    """What the viewer would claim for. Raises NotFound for what is not the viewer's own, or a benefit not claimed here, and AlreadyDone
    for a year of an organisation that was granted.
    """
    kind = benefits.kind_of(benefit)
    if viewer.role == "system":
        return _automatic(benefit, kind, subject, today)
    as_worker = viewer.role == "worker" or viewer.mandate is not None
    if not viewer.may(CLAIMS) or not (as_worker or viewer.role == "employer"):
        raise no_such_claim()
    found = _FINDERS[kind](viewer, benefit, subject, today) if as_worker == (kind in ("certificate", "business")) else None
    if found is None:
        raise NotFound(_("There is nothing like this of yours to claim for"), next=_("choose from the list"))
    return found


def _automatic(benefit: str, kind: str, subject: str, today: date) -> Claimable:
    """What the city begins itself, for benefits paid without asking: a year of an organisation, written `ORGANISATION-YEAR`."""
    key, _dash, year = subject.partition("-")
    if benefits.rule_of(benefit).channel != "automatic" or kind != "year" or not key.isdigit():
        raise no_such_claim()
    row = organisation(PUBLIC, int(key))
    return _of_year(benefit, row.pk, row.place_id, year, today)


def _of_year(benefit: str, organisation_id: int, place: str, text: str, today: date) -> Claimable:
    """A year of an organisation that has come, for whose year before it is on record what was paid, and that was not granted to it."""
    year = _year_of(text)
    if year > today.year or not EmployerYear.objects.filter(organisation_id=organisation_id, year=year - 1).exists():
        raise no_such_claim()
    if BenefitGrant.objects.filter(benefit=benefit, organisation_id=organisation_id, year=year, revoked_on=None).exists():
        raise AlreadyDone(_("This year was granted already"), next=_("see the claims that stand, or ask the office for the grant"))
    subject = f"{organisation_id}-{year}"
    return Claimable(benefit, "year", subject, None, organisation_id, "organisation", place, once(benefit, "year", subject))


def _year_of(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == len("2026")):
        raise no_such_claim()
    return int(text)


def of_certificate(viewer: Viewer, benefit: str, subject: str, today: date) -> Claimable | None:
    """A certificate of a person whom the viewer sees, to be claimed for by that person."""
    key = int(subject) if subject.isascii() and subject.isdigit() else 0
    worker = records(viewer, today).filter(certificates__pk=key).first()
    if worker is None:
        return None
    return Claimable(
        benefit, "certificate", str(key), worker.pk, None, "worker", worker.residence_id, once(benefit, "certificate", str(key))
    )


def _business(viewer: Viewer, benefit: str, subject: str, today: date) -> Claimable | None:
    key = int(subject) if subject.isascii() and subject.isdigit() else 0
    row = Business.objects.filter(pk=key, worker__in=records(viewer, today)).first()
    if row is None:
        return None
    household = str(row.household) if row.household is not None else None
    return Claimable(
        benefit, "business", str(key), row.worker_id, None, "worker", row.place_id, once(benefit, "business", str(key), household=household)
    )


def _spell(viewer: Viewer, benefit: str, subject: str, today: date) -> Claimable | None:
    key = int(subject) if subject.isascii() and subject.isdigit() else 0
    own = organisations_of(viewer, today).first()
    spell = own.employment.filter(pk=key).first() if own else None
    if own is None or spell is None:
        return None
    paid_once = once(benefit, "spell", str(key), person=leader(spell.worker_id), month=first_open(benefit, str(key)))
    return Claimable(benefit, "spell", str(key), spell.worker_id, own.pk, "organisation", own.place_id, paid_once)


def _year(viewer: Viewer, benefit: str, subject: str, today: date) -> Claimable | None:
    own = organisations_of(viewer, today).first()
    return _of_year(benefit, own.pk, own.place_id, subject, today) if own else None


_FINDERS = {"certificate": of_certificate, "business": _business, "spell": _spell, "year": _year}
