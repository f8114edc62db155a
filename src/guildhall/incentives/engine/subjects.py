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
ONCE_BY: Mapping[str, str] = {"startup_grant": "household", "hiring_subsidy": "person", "job_expansion_subsidy": "person"}
"""Benefits that are paid once by something wider than what they are claimed for: a household, a person."""
BY_MONTHS = frozenset({"social_insurance_subsidy"})
"""Benefits paid for months of a job: what is paid once is each month, and several claims may follow one another."""
OF_ITS_MONTHS = frozenset({"contribution_months", "individual_contributions"})
"""What a claim says of the months it is for: not known of its subject, as the next claim is for other months."""
IN_CLAIM_ALONE = frozenset({"born_on"})
"""What a claim says for its own check and nothing else keeps: people are known by the month of birth."""
CLAIMED_HERE = ("claim", "automatic")
"""Channels of which we pay; of the others we say what to bring and where to go."""


def once(benefit: str, kind: str, key: str, *, person: int | None = None, household: str | None = None, month: int = 1) -> str:
    """What is paid once, as the text that the database holds unique: `skill_upgrade_subsidy:certificate:17`.

    Where a benefit is paid once by a person or a household, and that is known, it stands in the place of the key. A claim for later
    months of a job names the first of them: `social_insurance_subsidy:spell:17:from:7`.
    """
    wider = ONCE_BY.get(benefit, "")
    if wider == "person" and person is not None:
        return f"{benefit}:person:{person}"
    if wider == "household" and household:
        return f"{benefit}:household:{household}"
    return f"{benefit}:{kind}:{key}" + (f"{FROM}{month}" if month > 1 else "")


FROM = ":from:"


def month_of(once: str) -> int:
    """The month of the job with which a claim begins that is paid by months, the first being 1."""
    _key, _from, month = once.partition(FROM)
    return int(month or 1)
