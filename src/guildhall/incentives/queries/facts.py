"""What the rules ask, worked out from the records for one person or organisation, as of any day: the same as for everybody.

Facts that other authorities report are among them. An employer is therefore given none about its people, only those about itself;
what it may learn of its hires is for whoever counts them, or for the worker's consent, to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from guildhall.incentives import tables
from guildhall.incentives.engine import facts as engine
from guildhall.incentives.engine.facts import Asked
from guildhall.incentives.models import BenefitGrant, Business, EmployerYear, Statement, Training
from guildhall.kernel.errors import NotFound
from guildhall.kernel.tables import Table
from guildhall.registry.queries import feeds, published, territory
from guildhall.registry.queries.standing import kept
from guildhall.registry.tables import CERTIFICATES, EMPLOYMENT
from guildhall.web.viewer import PUBLIC, Viewer

Facts = dict[str, object]
KINDS: Mapping[str, tuple[Table, str]] = {
    "certificate": (tables.CERTIFICATE_FACTS, "certificate_id"),
    "spell": (tables.HIRE_FACTS, "spell_id"),
    "business": (tables.BUSINESS_FACTS, "business_id"),
}
"""What a person's rules are about, by the kind of their subject: the facts table, and the column that names the subject."""
READERS = ("worker", "claims_officer", "system")
"""Who is given what other authorities report of a person: the same roles that are shown it on the record."""


def asked(on: date, applied: date | None = None) -> Asked:
    """The question as of a day, with what feeds and places say; `applied` is the day a claim was first lodged, if one was."""
    tree = kept(("territory",), lambda: territory(PUBLIC))
    return Asked(on, applied or on, feeds.days(), tree)


def of_person(
    viewer: Viewer, worker_id: int, *, on: date, today: date, applied: date | None = None, said: Sequence[Facts] = ()
) -> dict[str, list[Facts]]:
    """Facts of all certificates, hires and businesses of a person as of a day, by facts table, each in the order of its keys.

    `said` are rows of statements that take the place of those on record about the same: what a claim
    says that is not taken up. Raises NotFound for whom the viewer may not see, and for employers.
    """
    if viewer.role not in READERS and not viewer.mandate:
        raise _no_such_person()
    rows = _rows(viewer, worker_id, today)
    rows[tables.STATEMENTS.name] = _replaced(rows[tables.STATEMENTS.name], said)
    question = asked(on, applied)
    certificates = [r for r in rows["registry.certificates"] if r["issued_on"] <= on]
    hires = [r for r in rows["registry.employment_spells"] if r["started_on"] <= on]
    own = [r for r in rows["own businesses"] if r["registered_on"] <= on]
    return {
        tables.CERTIFICATE_FACTS.name: [engine.certificate(rows, row, question) for row in _sorted(certificates, "certificate_id")],
        tables.HIRE_FACTS.name: [engine.hire(rows, row, question) for row in _sorted(hires, "spell_id")],
        tables.BUSINESS_FACTS.name: [engine.business(rows, row, question) for row in _sorted(own, "business_id")],
    }


def of_subject(
    viewer: Viewer, kind: str, key: int, *, on: date, today: date, applied: date | None = None, said: Sequence[Facts] = ()
) -> Facts:
    """Facts of one certificate, spell or business, `kind` being a word of engine.subjects; `said` as in `of_person`. Raises NotFound."""
    holder = _holder(kind, key)
    table, column = KINDS.get(kind, (None, ""))
    if holder is None or table is None:
        raise _no_such_person()
    for row in of_person(viewer, holder, on=on, today=today, applied=applied, said=said)[table.name]:
        if row[column] == key:
            return row
    raise NotFound(_("There was nothing of the kind on that day"), next=_("choose a later day"))


def of_employer(viewer: Viewer, organisation_id: int, *, on: date, today: date, applied: date | None = None) -> list[Facts]:
    """Facts of an employer for each year it can have a refund for, the last one last. Raises NotFound."""
    organisation = published.of_organisation(viewer, organisation_id, today)
    years = values_of(tables.EMPLOYER_YEARS, EmployerYear, Q(organisation_id=organisation_id, year__lt=on.year))
    grants = values_of(tables.GRANTS, BenefitGrant, Q(organisation_id=organisation_id))
    rows = {"registry.organisations": [organisation], "incentives.grants": grants}
    question = asked(on, applied)
    return [engine.employer(rows, row, question) for row in _sorted(years, "year")]


def _holder(kind: str, key: int) -> int | None:
    """The record of the person whose a subject is."""
    if kind == "business":
        return Business.objects.filter(pk=key).values_list("worker_id", flat=True).first()
    return published.holder({"certificate": CERTIFICATES, "spell": EMPLOYMENT}[kind], key) if kind in KINDS else None


def _rows(viewer: Viewer, worker_id: int, today: date) -> dict[str, list[dict[str, Any]]]:
    """Everything that facts of a person rest on, with the businesses of the whole household and the grants to them."""
    rows = published.of_person(viewer, worker_id, today)
    records = Q(worker_id__in=[row["worker_id"] for row in rows["registry.workers"]])
    own = values_of(tables.BUSINESSES, Business, records)
    household = values_of(tables.BUSINESSES, Business, records | Q(household__in={row["household"] for row in own} - {None}))
    certificates, spells = _keys(rows["registry.certificates"], "certificate_id"), _keys(rows["registry.employment_spells"], "spell_id")
    pointing = Q(certificate_id__in=certificates) | Q(spell_id__in=spells) | Q(business_id__in=_keys(household, "business_id"))
    said = (
        Q(subject="certificate", subject_id__in=certificates)
        | Q(subject="spell", subject_id__in=spells)
        | Q(subject="business", subject_id__in=_keys(own, "business_id"))
    )
    return {
        **rows,
        "own businesses": own,
        tables.BUSINESSES.name: household,
        tables.GRANTS.name: values_of(tables.GRANTS, BenefitGrant, records | pointing),
        tables.COURSES.name: values_of(tables.COURSES, Training, Q(certificate_id__in=certificates)),
        tables.STATEMENTS.name: statements(said),
    }


def statements(which: Q) -> list[dict[str, Any]]:
    """Statements in the columns of their published table, opened."""
    return [{column.name: getattr(row, column.name) for column in tables.STATEMENTS.columns} for row in Statement.objects.filter(which)]


def _replaced(stored: Sequence[Facts], said: Sequence[Facts]) -> list[dict[str, Any]]:
    """The statements on record, without those about which something is said instead, and that."""
    anew = {_about(row) for row in said}
    return [*(row for row in stored if _about(row) not in anew), *said]


def _about(row: Facts) -> tuple[object, ...]:
    return tuple(row[name] for name in tables.STATEMENTS.key)


def _keys(rows: list[dict[str, Any]], key: str) -> list[int]:
    return [row[key] for row in rows]


def values_of(table: Table, model: type[Model], which: Q) -> list[dict[str, Any]]:
    """Rows in the columns of their published table."""
    fields = {field.column: field.attname for field in model._meta.concrete_fields}
    names = [column.name for column in table.columns]
    found = model._default_manager.filter(which).values_list(*(fields[name] for name in names))
    return [dict(zip(names, row, strict=True)) for row in found]


def _sorted(rows: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row[key])


def _no_such_person() -> NotFound:
    return NotFound(_("There is no such person"), why=_("or not one you may see"), next=_("go back to your desk"))
