"""The tables of incentives: what only we keep, and one facts table for each subject of a rule."""

from __future__ import annotations

from guildhall.incentives.tables import businesses, certificates, employers, hires
from guildhall.incentives.tables.businesses import BUSINESS_FACTS
from guildhall.incentives.tables.certificates import CERTIFICATE_FACTS
from guildhall.incentives.tables.employers import EMPLOYER_FACTS
from guildhall.incentives.tables.facts import Fact, origins
from guildhall.incentives.tables.hires import HIRE_FACTS
from guildhall.incentives.tables.policy import EXTENTS, POLICY_FLOOR, RESULTS
from guildhall.incentives.tables.sources import BUSINESSES, COURSES, EMPLOYER_YEARS, GRANTS, SOURCES, STATEMENTS

__all__ = [
    "BUSINESSES",
    "BUSINESS_FACTS",
    "CERTIFICATE_FACTS",
    "COURSES",
    "EMPLOYER_FACTS",
    "EMPLOYER_YEARS",
    "FACTS",
    "GRANTS",
    "HIRE_FACTS",
    "INPUTS",
    "SOURCES",
    "STATEMENTS",
    "TABLES",
]

FACTS: dict[str, tuple[Fact, ...]] = {
    CERTIFICATE_FACTS.name: certificates.FACTS,
    HIRE_FACTS.name: hires.FACTS,
    EMPLOYER_FACTS.name: employers.FACTS,
    BUSINESS_FACTS.name: businesses.FACTS,
}
"""Each facts table with where its columns come from."""
INPUTS = {name: origins(facts) for name, facts in FACTS.items()}
"""Each facts table with the origins of what a rule may read."""
TABLES = (*SOURCES, CERTIFICATE_FACTS, HIRE_FACTS, EMPLOYER_FACTS, BUSINESS_FACTS, EXTENTS, *RESULTS, POLICY_FLOOR)
