"""How long everything about people is kept and why: the rules of every domain, gathered. Everyone may read them."""

from __future__ import annotations

from guildhall.incentives.engine import retention as incentives
from guildhall.kernel.retention import Rule
from guildhall.kernel.tables import Text
from guildhall.office.engine import retention as office
from guildhall.registry.engine import retention as registry

RULES: tuple[Rule, ...] = (*registry.RULES, *incentives.RULES, *office.RULES)


def kept() -> dict[str, Text]:
    """By rule, how long what it speaks of is kept."""
    return {rule.key: rule.kept for rule in RULES}
