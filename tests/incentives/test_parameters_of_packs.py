"""Every rule finds its parameters in both built-in packs, with the types and units it reads them with."""

from __future__ import annotations

import pytest

from guildhall.city import load, rule_parameters
from guildhall.incentives.engine import RULEBOOK
from guildhall.rules import Rule


@pytest.mark.parametrize("pack", ["chongqing", "tiny"])
@pytest.mark.parametrize("rule", list(RULEBOOK.values()), ids=list(RULEBOOK))
def test_what_a_rule_reads_is_in_the_pack(rule: Rule, pack: str) -> None:
    city = load(pack)
    held = rule_parameters(city).of(rule.name)
    assert set(rule.parameters) <= set(held)
    assert rule.check(held)
    assert city.instrument[rule.name].channel == rule.channel
