"""One person's rows as the tables publish them: what engines read of everybody, read of one, over every record merged into theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.kernel.tables import Table
from guildhall.registry import tables
from guildhall.registry.models import Alias, Certificate, EmploymentSpell, InsuranceSpell, Organisation, ReportedFact, Worker
from guildhall.registry.queries.merged import leader, leaders, one_person
from guildhall.registry.queries.scope import organisations_of, people
from guildhall.registry.queries.vouched import CONFIRMED
from guildhall.web.viewer import Viewer

Rows = dict[str, list[dict[str, Any]]]
OF_PERSONS: Mapping[Table, type[Model]] = {
    tables.CERTIFICATES: Certificate,
    tables.EMPLOYMENT: EmploymentSpell,
    tables.INSURANCE: InsuranceSpell,
    tables.REPORTED: ReportedFact,
}


def of_person(viewer: Viewer, worker_id: int, today: date) -> Rows:
    """Published rows of one person by table, the record that leads first in `registry.workers`, and the organisations they name.

    Employment that somebody doubts, or that the person denied, is not among them. Raises NotFound for whom the viewer may not see.
    """
    first = leader(worker_id)
    if not people(viewer, today).filter(pk=first).exists():
        raise NotFound(_("There is no such person"), why=_("or not one you may see"), next=_("search again"))
    records = one_person(first)
    found = {table.name: _of(table, model, records) for table, model in OF_PERSONS.items()}
    workers = _values(tables.WORKERS, Worker.objects.filter(pk__in=records).order_by("pk"))
    named = {row["organisation_id"] for name in (tables.EMPLOYMENT.name, tables.INSURANCE.name) for row in found[name]}
    return {
        **found,
        tables.WORKERS.name: sorted(workers, key=lambda row: row["worker_id"] != first),
        tables.ORGANISATIONS.name: _values(tables.ORGANISATIONS, Organisation.objects.filter(pk__in=named - {None})),
    }


def staff(viewer: Viewer, today: date, *, since: date = date.min, most: int = 100_000) -> list[dict[str, Any]]:
    """The employment that an employer itself put on record of those who work for it today, the latest hires first, with who `leads`.

    Nobody whose employment is doubted. Raises NotFound for other viewers.
    """
    if viewer.role != "employer" or not viewer.organisation:
        raise NotFound(_("There is no such organisation"), why=_("or not one of yours"), next=_("see the list of organisations"))
    lasting = Q(started_on__lte=today, started_on__gte=since) & (Q(ended_on=None) | Q(ended_on__gt=today))
    rows = EmploymentSpell.objects.filter(CONFIRMED, lasting, organisation_id=viewer.organisation).order_by("-started_on", "-pk")
    spells = _values(tables.EMPLOYMENT, rows[:most])
    first = leaders({row["worker_id"] for row in spells})
    return [{**row, "leads": first[row["worker_id"]]} for row in spells]


def of_staff(viewer: Viewer, spells: Iterable[Mapping[str, Any]], today: date) -> dict[int, Rows]:
    """What an employer itself put on record of some of its staff, by spell of employment.

    Of each: the spell, the person's own row, the organisation, and the insurance that this employer paid; nothing that others report.
    Raises NotFound for other viewers.
    """
    listed = list(spells)
    employer = of_organisation(viewer, viewer.organisation or 0, today)
    first = {row["worker_id"]: row["leads"] for row in listed}
    people = {row["worker_id"]: row for row in _values(tables.WORKERS, Worker.objects.filter(pk__in=first.values()))}
    paid: dict[int, list[dict[str, Any]]] = {}
    for row in _values(tables.INSURANCE, InsuranceSpell.objects.filter(worker_id__in=first, organisation_id=employer["organisation_id"])):
        paid.setdefault(first[row["worker_id"]], []).append(row)
    return {
        row["spell_id"]: {
            tables.EMPLOYMENT.name: [dict(row)],
            tables.WORKERS.name: [people[row["leads"]]],
            tables.ORGANISATIONS.name: [employer],
            tables.INSURANCE.name: paid.get(row["leads"], []),
            tables.CERTIFICATES.name: [],
            tables.REPORTED.name: [],
        }
        for row in listed
        if row["leads"] in people
    }


def certificates_of(workers: Collection[int], *, since: date | None = None, level: str = "") -> list[dict[str, Any]]:
    """The skill certificates of some people, each with the record that `leads`, the latest first; for whoever may see those people."""
    records = dict(Alias.objects.filter(merged_into_id__in=workers).values_list("worker_id", "merged_into_id")) | {
        key: key for key in workers
    }
    rows = Certificate.objects.filter(worker_id__in=records, kind="skill_level").order_by("-issued_on", "-pk")
    rows = rows.filter(issued_on__gte=since) if since else rows
    found = _values(tables.CERTIFICATES, rows.filter(level=level) if level else rows)
    return [{**row, "leads": records[row["worker_id"]]} for row in found]


def holder(table: Table, key: int) -> int | None:
    """The record of the person whose a row of such a table is, by the key of the row; for whoever then asks for that person."""
    return OF_PERSONS[table]._default_manager.filter(pk=key).values_list("worker_id", flat=True).first()


def of_organisation(viewer: Viewer, organisation_id: int, today: date) -> dict[str, Any]:
    """The published row of an organisation whose people the viewer may handle. Raises NotFound."""
    found = _values(tables.ORGANISATIONS, organisations_of(viewer, today).filter(pk=organisation_id))
    if not found:
        raise NotFound(_("There is no such organisation"), why=_("or not one of yours"), next=_("see the list of organisations"))
    return found[0]


def _of(table: Table, model: type[Model], records: Iterable[int]) -> list[dict[str, Any]]:
    rows = model._default_manager.filter(worker_id__in=records)
    return _values(table, rows.filter(CONFIRMED) if model is EmploymentSpell else rows)


def _values(table: Table, rows: Any) -> list[dict[str, Any]]:
    """Rows in the published columns: a key into another table stands under the name of its column."""
    fields = {field.column: field.attname for field in rows.model._meta.concrete_fields}
    found = rows.values_list(*(fields[column.name] for column in table.columns))
    return [dict(zip((column.name for column in table.columns), row, strict=True)) for row in found]
