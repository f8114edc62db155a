"""Who is a candidate for a benefit: what a decision must say for it, and which rows of everybody are worth deciding one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from guildhall.incentives.engine.subjects import BY_TABLE
from guildhall.kernel.tables import Text
from guildhall.rules.decisions import Decision, Near
from guildhall.rules.fold import BEYOND, column
from guildhall.rules.near import may_turn
from guildhall.rules.rulebook import Rule

LIKELY, NEAR, TAKEN_UP, OFF = "likely", "near", "taken_up", "off"
STATES: Mapping[str, Text] = {
    LIKELY: Text("可能符合，尚未申领", "open to claim"),
    NEAR: Text("接近符合", "nearly"),
    TAKEN_UP: Text("已申领或已享受", "claimed or received"),
    OFF: Text("不再符合", "no longer"),
}
WHOM = frozenset(
    {"certificate", "who", "group", "graduate", "key_group", "trained", "in_hardship", "studying", "loan", "self_employed", "kind"}
)
"""Conditions that say for whom a benefit is. Where they are not known to hold nobody is a candidate, whatever a claim might show."""
PUT_IN_BY_EMPLOYER = frozenset(
    {
        *("spell_id", "worker_id", "organisation_id", "place", "size", "sector", "birth_month", "hired_on", "left_on", "contract"),
        *("contract_from", "contract_until", "open_ended", "applied_on", "granted_on", "insured_months", "insured_as_of"),
        *("insuring", "longest_run", "paid_months", "insurance_months", "insurance_contradicts"),
        *("contribution_months", "individual_contributions", "key_group", "insurance_grants", "tax_year", "months_in_year"),
        *("months_before", "vat_due", "construction_due", "education_due", "local_education_due", "income_tax_due"),
    }
)
"""Facts of a hire that the employer itself put on record: its roster, the contributions it pays, what it said in its claims and shows by
documents, and what it was granted itself. All others are for other authorities and other employers to know.
"""
REPORTED = frozenset({"registered_unemployed", "unemployed_since", "hard_to_employ", "monitored"})
"""What other authorities report of hardship and unemployment: sensitive, and used to approach people only where they agreed."""


@dataclass(frozen=True)
class Found:
    """What a decision makes of somebody: the state, the amount, how near, and the names of conditions that hold, are open, or fail."""

    state: str
    amount: int | None
    near: Near | None
    holds: tuple[str, ...]
    open: tuple[str, ...]
    fails: tuple[str, ...]
    rests_on_reports: bool


def found(rule: Rule, decision: Decision) -> Found | None:
    """A candidate where the rule says yes, where nothing but what a claim would show is open, or where it is near; None else."""
    if any(condition.name in WHOM and condition.state is not True for condition in decision.conditions):
        return None
    if decision.outcome == "entitled":
        return _of(rule, decision, LIKELY)
    if decision.outcome == "refused":
        return _of(rule, decision, NEAR) if decision.near and decision.near.turns_on else None
    shown = all(missing.why == "absent" and _is_said(rule, missing.name) for missing in decision.missing)
    return _of(rule, decision, LIKELY) if decision.missing and shown and not decision.failed else None


def reasons(rule: Rule, decision: Decision) -> Found:
    """Why somebody is on the list no longer."""
    return _of(rule, decision, OFF)


def _of(rule: Rule, decision: Decision, state: str) -> Found:
    amount = decision.value if decision.near is None else decision.near.value
    holds = tuple(condition.name for condition in decision.conditions if condition.state)
    read = {operand.name for condition in decision.conditions for operand in condition.operands if operand.value not in (None, False)}
    return Found(state, amount, decision.near, holds, decision.unknown, decision.failed, not REPORTED.isdisjoint(read))


def own_facts(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts of a hire as far as the employer itself put them on record; all others are not known."""
    return {name: value if name in PUT_IN_BY_EMPLOYER else None for name, value in facts.items()}


def worth_deciding(rule: Rule, folded: Any) -> Any:
    """An Ibis test on a table folded with what claims say left `apart`: the row may be a candidate. It lets through too many, and never
    too few.
    """
    failed, unknown, bad, beyond = (folded[column(rule, what)] for what in ("failed", "unknown", "bad", BEYOND))
    known = (bad == 0) & (((failed | unknown) & _bits(rule, WHOM)) == 0)
    turning = _bits(rule, [name for name in rule.conditions if may_turn(rule, name)])
    near = (unknown == 0) & (failed > 0) & ((failed & (failed - 1)) == 0) & ((failed & turning) != 0)
    return known & (((failed == 0) & ~beyond) | near)


def said(rules: Iterable[Rule]) -> frozenset[str]:
    """The inputs of rules that a claim says."""
    return frozenset(name for rule in rules for name in rule.reads if _is_said(rule, name))


def claimant(rule: Rule) -> str:
    """Who claims it: worker or organisation."""
    return BY_TABLE[rule.facts].claimant


def _bits(rule: Rule, names: Collection[str]) -> int:
    return sum(1 << bit for bit, name in enumerate(rule.conditions) if name in names)


def _is_said(rule: Rule, name: str) -> bool:
    given = rule.inputs.get(name.partition(".")[0])
    return given is not None and given.origin.source == "claim"
