"""Every rule that any domain decides by. A new domain adds its own rulebook here and touches no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guildhall.evaluation.engine import RULEBOOK as EVALUATION
from guildhall.incentives.engine import RULEBOOK as INCENTIVES
from guildhall.rules import Rule, Rulebook
from guildhall.skills.engine import RULEBOOK as SKILLS

BOOKS: Final[Mapping[str, Rulebook]] = {"incentives": INCENTIVES, "evaluation": EVALUATION, "skills": SKILLS}
"""The rulebook of each domain, in the order pages show them."""
RULES: Final[Mapping[str, Rule]] = Rulebook(rule for book in BOOKS.values() for rule in book.values())
"""Every rule by name."""
