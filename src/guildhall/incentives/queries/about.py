"""What a claim is for, in a line: the certificate, the employment, the business or the year."""

from __future__ import annotations

from typing import Any

from guildhall.incentives.engine.subjects import SUBJECTS, month_of
from guildhall.incentives.models import Business, Claim
from guildhall.kernel.tables import Text
from guildhall.registry.queries.authorities import organisation_names
from guildhall.skills.queries import names_of
from guildhall.web.pack import city


def about(claim: Claim) -> Text:
    """What a claim is for, for whoever may see the claim; the kind and its key where the record is gone."""
    found = {"certificate": _certificate, "spell": _spell, "business": _business, "year": _year}[claim.kind](claim)
    kind = SUBJECTS[claim.kind].title
    return found or Text(f"{kind.zh} {claim.subject}", f"{kind.en} {claim.subject}")


def _certificate(claim: Claim) -> Text | None:
    row: Any = claim.worker.certificates.filter(pk=claim.subject).first() if claim.worker else None
    if row is None:
        return None
    level = next((level.name for level in city().levels if level.code == row.level), Text(row.level, row.level))
    occupation = names_of([row.occupation]).get(row.occupation, Text(row.occupation, row.occupation))
    return Text(f"{occupation.zh} {level.zh}，{row.issued_on} 发证", f"{occupation.en}, {level.en}, issued {row.issued_on}")


def _spell(claim: Claim) -> Text | None:
    row: Any = claim.worker.employment.filter(pk=claim.subject).first() if claim.worker else None
    if row is None:
        return None
    name, month = organisation_names([row.organisation_id])[row.organisation_id], month_of(claim.once)
    later = Text(f"，入职第 {month} 个月起", f", from month {month} of the job") if month > 1 else Text("", "")
    return Text(f"{row.started_on} 起受雇于{name.zh}{later.zh}", f"employed by {name.en} since {row.started_on}{later.en}")


def _business(claim: Claim) -> Text | None:
    row = Business.objects.filter(pk=claim.subject).first()
    return Text(f"{row.registered_on} 登记的经营主体", f"business registered on {row.registered_on}") if row else None


def _year(claim: Claim) -> Text:
    year = claim.subject.rpartition("-")[2]
    return Text(f"{year} 年度", f"the year {year}")
