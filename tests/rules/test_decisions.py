"""One row: its trace, what is missing, what would change it, and the same bytes from what was stored."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from guildhall.rules import Decision, Law, Near, Parameters, Result, all_of, any_of, attest, decide, months_between, pay, replay, rule
from guildhall.rules.decisions import digest
from guildhall.rules.serial import NotReadable, inputs_json, load_inputs, load_rulebook, rulebook_digest, rulebook_json
from tests.rules.sample import ABOUT, HELD, LAW, TODAY, WORKER, sample, scalar

STORED = Path(__file__).parent / "stored"


def decided(**changes: object) -> Decision:
    return decide(sample, {**WORKER, **changes}, parameters=LAW, on=TODAY)


def test_entitled_above_the_national_cap_shows_cap_and_uplift() -> None:
    found = decided()
    assert (found.outcome, found.value, found.cap, found.uplift) == ("entitled", 180000, 150000, "样例〔2023〕2号")
    assert (decided(shortage=False).value, decided(shortage=False).uplift) == (150000, None)


def test_the_trace_names_each_operand_with_its_source() -> None:
    insured = decided().conditions[0]
    months, least = insured.operands
    assert (insured.name, insured.state) == ("insured", True)
    assert (months.kind, months.name, months.value, months.unit, months.origin, months.as_of) == (
        *("input", "insured_months", 14, "months", "feed"),
        date(2024, 8, 31),
    )
    assert (least.kind, least.name, least.value, least.valid_from, least.valid_until) == (
        *("parameter", "least_months", 12),
        *(date(2023, 1, 1), date(2026, 1, 1)),
    )
    assert (least.jurisdiction, least.document, least.article, least.status) == ("CN", "样例〔2023〕1号", "第三条", "official")


def test_what_is_worked_out_is_in_the_trace_with_its_formula() -> None:
    in_time = decided().conditions[1]
    assert [(each.kind, each.name, each.value) for each in in_time.operands] == [
        ("input", "applied_on", TODAY),
        ("input", "issued_on", date(2024, 5, 10)),
        ("parameter", "window", 12),
        ("computed", "add_months(issued_on, window)", date(2025, 5, 10)),
    ]


def test_the_table_row_that_set_the_amount_is_in_the_trace() -> None:
    amount = next(each for each in decided().value_operands if each.name == "amount")
    assert (amount.keys, amount.value, amount.jurisdiction) == (("L4", True), 180000, "50")


def test_a_parameter_that_selects_nothing_says_so_once_for_each_name() -> None:
    found = decided(issued_on=date(2026, 3, 1), applied_on=date(2026, 4, 1))
    assert found.outcome == "undetermined"
    assert {(each.name, each.why) for each in found.missing} == {(name, "no_parameter") for name in HELD}


@pytest.mark.parametrize(
    ("changes", "name", "why"),
    [
        ({"insured_months": None}, "insured_months", "absent"),
        ({"insured_as_of": date(2024, 6, 30)}, "insured_months", "stale"),
        ({"insured_as_of": None}, "insured_months", "stale"),
        ({"place": None}, "place", "absent"),
        ({"issued_on": None}, "issued_on", "absent"),
        ({"fee": -1}, "fee", "bad"),
        ({"level": "L3", "fee": None}, "fee", "absent"),
    ],
)
def test_what_is_missing_is_named_with_why(changes: dict[str, object], name: str, why: str) -> None:
    found = decided(**changes)
    if changes.get("level") == "L3":
        assert found.outcome == "refused"
        assert {(each.name, each.why) for each in found.conditions[4].missing} == {(name, why)}
    else:
        assert found.outcome == "undetermined"
        assert (name, why) in {(each.name, each.why) for each in found.missing}


def test_what_would_not_matter_is_not_called_missing() -> None:
    either = rule("either", **ABOUT)(lambda p, c: pay(all_of(who=any_of(p.shortage, p.fee > c.not_on_file), paid=p.fee > 0), 1))
    found = decide(either, {**WORKER, "insured_months": None, "fee": None}, parameters=LAW, on=TODAY)
    assert [each.name for each in found.missing] == ["fee"]


def test_near_by_months_with_the_day_it_turns() -> None:
    assert decided(insured_months=9).near == Near("insured", "insured_months", 3, "months", 180000, date(2024, 12, 1))


def test_near_without_a_day_where_another_condition_lapses_meanwhile() -> None:
    """Three months on, the window for this certificate has closed: more months would do, waiting does not."""
    near = decided(insured_months=9, issued_on=date(2023, 11, 1), grants=[]).near
    assert near == Near("insured", "insured_months", 3, "months", 180000, None)


def test_near_only_where_one_condition_fails_and_all_are_known() -> None:
    assert decided(insured_months=9, fee=0).near is None
    assert decided(insured_months=9, fee=None).near is None
    assert decided(grants=[{"year": 2024}]).near is None


def test_near_by_an_amount_that_does_not_grow_has_no_day() -> None:
    assert decided(fee=0).near == Near("paid", "fee", 1, "fen", 180000, None)


def test_near_by_waiting_for_a_date() -> None:
    waits = rule("waits", **ABOUT)(lambda p, c: attest(all_of(waited=months_between(p.issued_on, p.applied_on) >= 24)))
    facts = {"issued_on": date(2022, 3, 1), "applied_on": date(2024, 2, 28)}
    found = decide(waits, facts, parameters=LAW, on=date(2024, 2, 28))
    assert (found.outcome, found.near) == ("refused", Near("waited", "applied_on", 2, "days", None, date(2024, 3, 1)))
    early = decide(waits, {**facts, "applied_on": date(2024, 1, 15)}, parameters=LAW, on=date(2024, 1, 15))
    assert early.near == Near("waited", "applied_on", 2, "months", None, date(2024, 3, 1))
    assert decide(waits, {**facts, "applied_on": date(2024, 3, 1)}, parameters=LAW, on=date(2024, 3, 1)).outcome == "entitled"


def test_near_of_alternatives_is_the_one_that_comes_first() -> None:
    either = rule("either", **ABOUT)(lambda p, c: pay(all_of(who=any_of(p.fee >= 9000, p.insured_months >= 16)), 7))
    found = decide(either, WORKER, parameters=LAW, on=TODAY)
    assert found.near == Near("who", "insured_months", 2, "months", 7, date(2024, 11, 1))


def test_a_deduction_and_an_attestation_are_no_payment() -> None:
    def written(p: object, c: Law) -> Result:
        return attest(all_of(shortage=p.shortage))  # type: ignore[attr-defined]

    found = decide(rule("shown", **ABOUT)(written), WORKER, parameters=Parameters({}), on=TODAY)
    assert (found.kind, found.outcome, found.value) == ("attest", "entitled", None)


def test_a_decision_made_again_from_what_was_stored_has_the_same_bytes() -> None:
    for changes in ({}, {"insured_months": 9}, {"insured_months": None}, {"fee": -1}, {"grants": [{"year": None}]}):
        found = decided(**changes)
        facts = {**WORKER, **changes}
        again = replay(rulebook_json(sample, LAW), inputs_json(sample, facts), on=TODAY)
        assert again.to_json() == found.to_json()
        assert (found.rulebook, found.inputs) == (digest(rulebook_json(sample, LAW)), digest(inputs_json(sample, facts)))


def test_a_decision_of_years_ago_still_has_its_bytes() -> None:
    """Files of an earlier day: where this fails, what cities have stored can no longer be made again."""
    again = replay((STORED / "rulebook.json").read_text("utf-8"), (STORED / "inputs.json").read_text("utf-8"), on=TODAY)
    assert again.to_json() == (STORED / "decision.json").read_text("utf-8")


def test_stored_rules_of_another_schema_are_refused() -> None:
    other = rulebook_json(sample, LAW).replace("guildhall.rules/1", "guildhall.rules/99")
    with pytest.raises(NotReadable, match="this version reads guildhall.rules/1"):
        load_rulebook(other)
    with pytest.raises(NotReadable, match="which this version cannot read"):
        load_rulebook(rulebook_json(sample, LAW).replace('"$":"Shifted"', '"$":"Shoved"'))
    with pytest.raises(NotReadable, match="not JSON"):
        load_rulebook("no")


def test_the_digest_follows_rule_parameters_places_and_mode_and_nothing_else() -> None:
    known = rulebook_digest(sample, LAW)
    changed = Parameters({"sample_subsidy": {**HELD, "window": scalar("window", "months", 13)}}, links=LAW.links)
    unread = Parameters({"sample_subsidy": {**HELD, "other": scalar("other", "", 1)}, "another": {}}, links=LAW.links)
    assert rulebook_digest(sample, unread) == known
    assert len({known, *(rulebook_digest(sample, each) for each in (changed, Parameters(LAW.rules)))}) == 3
    assert rulebook_digest(sample, Parameters(LAW.rules, "production", LAW.links)) != known
    assert rulebook_digest(replace(sample, unit="days"), LAW) != known


def test_only_what_the_rule_asks_is_kept() -> None:
    kept = json.loads(inputs_json(sample, {**WORKER, "died_on": None}))
    assert "certificate_id" not in kept
    assert "died_on" not in kept
    assert load_inputs(sample, inputs_json(sample, WORKER)) == {name: WORKER[name] for name in kept}
