"""What a changed figure would do to one benefit: decided again over the kept facts, for planners, small counts withheld."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from guildhall.incentives.engine.policy import FACTS_RUNS, RULE_RUNS, disclosure
from guildhall.incentives.engine.policy.changes import Change, Figure, changed, figures
from guildhall.incentives.engine.policy.open_cases import change_of_open
from guildhall.incentives.engine.policy.outcomes import Law, change
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.policy import Policy, Shown, refuse_others, rule_of
from guildhall.incentives.tables.policy import EXTENTS
from guildhall.kernel.backends import open_tables
from guildhall.kernel.disclosure import THRESHOLD, WITHHELD
from guildhall.kernel.runs import Folder
from guildhall.rules.rulebook import Rule
from guildhall.web.viewer import Viewer

BEFORE, AFTER = "before", "after"
COUNTED = ("entitled", "undetermined", "unpriced", "low", "possible")


@dataclass(frozen=True)
class Turn:
    """What a change does to one part of the cases."""

    part: str
    before: Shown
    after: Shown
    winners: Shown
    losers: Shown
    low_before: Shown
    low_after: Shown


@dataclass(frozen=True)
class Side:
    """All cases together, before or after: see queries.policy.Outcome."""

    entitled: Shown
    undetermined: Shown
    unpriced: Shown
    low: Shown
    high: Shown


@dataclass(frozen=True)
class WhatIf:
    """What a change does: in all, with the interval before and after, and by one dimension."""

    total: Turn
    before: Side
    after: Side
    parts: tuple[Turn, ...]


def changeable(rule: Rule, on: date) -> list[Figure]:
    """The figures of a rule that can be changed."""
    return figures(benefits.parameters().of(rule.name), rule, on)


def what_if(viewer: Viewer, policy: Policy, asked: Change, by: str) -> WhatIf:
    """Decides one benefit twice over the kept facts, as it stands and with one figure changed. Raises NotFound, GuildhallError."""
    refuse_others(viewer)
    rows = _rows(policy, asked, by)
    secret = disclosure.of_changes(rows, by, policy.withheld(asked.rule))
    total = {"part": "", **{name: sum(row[name] for row in rows) for name in rows[0] if name != "part"}}
    whole = _turn(total, disclosure.ALL, secret)
    return WhatIf(
        whole, _side(total, BEFORE, whole.before), _side(total, AFTER, whole.after), tuple(_turn(row, by, secret) for row in rows)
    )


def _rows(policy: Policy, asked: Change, by: str) -> list[Mapping[str, Any]]:
    """The difference by a dimension; where the facts of the rule cannot be grouped so, in one row."""
    rule, parameters = rule_of(policy, asked.rule), benefits.parameters()
    before, after = Law(rule, parameters, policy.on), Law(rule, changed(parameters, asked, policy.on), policy.on)
    made, results = policy.folder.manifest.meta["inputs"], Path(settings.VAR) / "results"
    cases = Folder.open(results / RULE_RUNS / str(made[rule.name]))
    if policy.is_moved(rule.name) or not cases.has(EXTENTS):  # the run of an earlier version keeps cases otherwise
        with open_tables(Folder.open(results / FACTS_RUNS / str(made[rule.facts]))) as tables:
            return change(tables, before, after, by) or change(tables, before, after)
    whole = policy.counts(rule.name, by) or policy.counts(rule.name, disclosure.ALL)
    with open_tables(cases) as tables:
        return change_of_open(tables, before, after, asked.parameter, by, whole)


def _side(total: Mapping[str, Any], side: str, entitled: Shown) -> Side:
    counts = {name: int(total[f"{side}_{name}"]) for name in COUNTED}
    undetermined, unpriced, priced = (
        WITHHELD if 0 < number < THRESHOLD else number
        for number in (counts["undetermined"], counts["unpriced"], counts["undetermined"] - counts["unpriced"])
    )
    is_hidden = entitled is WITHHELD
    high = WITHHELD if is_hidden or priced is WITHHELD else counts["low"] + counts["possible"]
    return Side(entitled, undetermined, unpriced, WITHHELD if is_hidden else counts["low"], high)


def _turn(row: Mapping[str, Any], by: str, secret: frozenset[disclosure.Cell]) -> Turn:
    """A row as it is shown: money is hidden with the counts that it could give away."""

    def shown(name: str, *with_: str) -> Shown:
        return WITHHELD if any((by, row["part"], each) in secret for each in with_) else int(row[name])

    before, after, winners, losers = "before_entitled", "after_entitled", "winners", "losers"
    return Turn(
        part=row["part"],
        before=shown(before, before),
        after=shown(after, after),
        winners=shown(winners, winners),
        losers=shown(losers, losers),
        low_before=shown("before_low", before),
        low_after=shown("after_low", before, after, winners, losers),
    )
