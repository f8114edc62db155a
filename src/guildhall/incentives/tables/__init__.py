"""The tables of incentives: one facts table for each subject of a rule."""

from __future__ import annotations

from guildhall.incentives.tables import businesses, certificates, employers, hires
from guildhall.incentives.tables.businesses import BUSINESS_FACTS
from guildhall.incentives.tables.certificates import CERTIFICATE_FACTS
from guildhall.incentives.tables.employers import EMPLOYER_FACTS
from guildhall.incentives.tables.facts import Fact, origins
from guildhall.incentives.tables.hires import HIRE_FACTS

__all__ = ["BUSINESS_FACTS", "CERTIFICATE_FACTS", "EMPLOYER_FACTS", "FACTS", "HIRE_FACTS", "INPUTS", "TABLES"]

FACTS: dict[str, tuple[Fact, ...]] = {
    CERTIFICATE_FACTS.name: certificates.FACTS,
    HIRE_FACTS.name: hires.FACTS,
    EMPLOYER_FACTS.name: employers.FACTS,
    BUSINESS_FACTS.name: businesses.FACTS,
}
"""Each facts table with where its columns come from."""
INPUTS = {name: origins(facts) for name, facts in FACTS.items()}
"""Each facts table with the origins of what a rule may read."""
TABLES = (CERTIFICATE_FACTS, HIRE_FACTS, EMPLOYER_FACTS, BUSINESS_FACTS)
