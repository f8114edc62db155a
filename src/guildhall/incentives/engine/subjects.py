"""What a claim is for: a certificate, an employment, a business, or a year of an organisation; who claims; and what is paid once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guildhall.kernel.tables import Text


@dataclass(frozen=True)
class Subject:
    """One kind of thing that a benefit is claimed for: the facts table that has one row of it, and who claims (worker or organisation)."""

    kind: str
    table: str
    claimant: str
    title: Text


SUBJECTS: Mapping[str, Subject] = {
    subject.kind: subject
    for subject in (
        Subject("certificate", "incentives.certificate_facts", "worker", Text("证书", "certificate")),
        Subject("spell", "incentives.hire_facts", "organisation", Text("就业时段", "employment")),
        Subject("year", "incentives.employer_facts", "organisation", Text("单位年度", "year of an organisation")),
        Subject("business", "incentives.business_facts", "worker", Text("经营主体", "business")),
    )
}
BY_TABLE: Mapping[str, Subject] = {subject.table: subject for subject in SUBJECTS.values()}
ONCE_BY: Mapping[str, str] = {"startup_grant": "household", "hiring_subsidy": "person"}
"""Benefits that are paid once by something wider than what they are claimed for: a household, a person."""
CLAIMED_HERE = ("claim", "automatic")
"""Channels of which we pay; of the others we say what to bring and where to go."""


def once(benefit: str, kind: str, key: str, *, person: int | None = None, household: str | None = None) -> str:
    """What is paid once, as the text that the database holds unique: `skill_upgrade_subsidy:certificate:17`.

    Where a benefit is paid once by a person or a household, and that is known, it stands in the place of the key.
    """
    wider = ONCE_BY.get(benefit, "")
    if wider == "person" and person is not None:
        return f"{benefit}:person:{person}"
    if wider == "household" and household:
        return f"{benefit}:household:{household}"
    return f"{benefit}:{kind}:{key}"
