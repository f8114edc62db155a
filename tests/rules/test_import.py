"""A rule that means nothing is refused when it is imported, by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest

from guildhall.kernel.tables import Text
from guildhall.rules import (
    Parameter,
    Result,
    Rulebook,
    RuleFault,
    add_months,
    all_of,
    any_of,
    bracket,
    count,
    exists,
    feed,
    is_empty,
    is_in,
    least,
    literal,
    lookup,
    months_between,
    not_,
    pay,
    records,
    rounded,
    rule,
    when,
)
from tests.rules.sample import ABOUT, HELD, sample, scalar, version

WRONG: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "an input that is not there": (lambda p, c: pay(all_of(a=p.insured_month >= 1), 1), "no input called insured_month"),
    "types that do not compare": (lambda p, c: pay(all_of(a=p.insured_months >= p.level), 1), "a whole is compared with a word"),
    "a date against a number": (lambda p, c: pay(all_of(a=p.issued_on >= 3), 1), "a date is compared with a whole"),
    "units that clash": (lambda p, c: pay(all_of(a=p.insured_months >= literal(3, "days")), 1), "units clash: months compared with days"),
    "units that clash in a sum": (lambda p, c: pay(all_of(a=p.shortage), p.fee + p.insured_months), "units clash: fen added to months"),
    "money times months": (lambda p, c: pay(all_of(a=p.shortage), p.fee * p.insured_months), "units clash: fen times months"),
    "money by months": (lambda p, c: pay(all_of(a=p.shortage), p.fee // p.insured_months), "units clash: fen divided by months"),
    "an amount of another unit": (lambda p, c: pay(all_of(a=p.shortage), p.insured_months), "the amount is in months, the rule is in fen"),
    "an amount not rounded": (lambda p, c: pay(all_of(a=p.shortage), p.fee / 2), "the amount is a ratio, not a whole"),
    "a number for a condition": (lambda p, c: pay(all_of(a=p.fee), 1), "the condition is a whole, not a flag"),
    "order of words": (lambda p, c: pay(all_of(a=p.level >= "L4"), 1), "word have no order"),
    "a word of no list": (lambda p, c: pay(all_of(a=p.level == "L9"), 1), "'L9' is none of the words of level"),
    "a member of no list": (lambda p, c: pay(all_of(a=is_in(p.level, "L9")), 1), "'L9' is none of the words of level"),
    "a key of no list": (lambda p, c: pay(all_of(a=p.shortage), lookup(p.level, {"L9": 1})), "'L9' is none of the words of level"),
    "if": (lambda p, c: pay(all_of(a=p.shortage), 1 if p.shortage else 2), "neither true nor false"),
    "and": (lambda p, c: pay(all_of(a=p.shortage and p.shortage), 1), "neither true nor false"),
    "a chain": (lambda p, c: pay(all_of(a=1 < p.insured_months < 9), 1), "neither true nor false"),
    "in": (lambda p, c: pay(all_of(a=p.level in ("L4", "L5")), 1), "neither true nor false"),
    "a loop": (lambda p, c: pay(all_of(*[x for x in p.grants]), 1), "cannot be looped over"),
    "a float": (lambda p, c: pay(all_of(a=p.shortage), rounded(p.fee * 0.5, "half_up")), "0.5 is a float"),
    "a moment": (lambda p, c: pay(all_of(a=p.issued_on < datetime(2024, 1, 1)), 1), "cannot stand in a rule"),  # noqa: DTZ001
    "no names": (lambda p, c: pay(all_of(p.shortage), 1), "have no names"),
    "half the names": (lambda p, c: pay(all_of(p.shortage, b=p.shortage), 1), "some parts are named"),
    "any at the top": (lambda p, c: pay(any_of(a=p.shortage), 1), "have no names"),
    "no result": (lambda p, c: p.fee, "the function gives no result"),
    "a rounding of no name": (lambda p, c: pay(all_of(a=p.shortage), rounded(p.fee, "nearest")), "no rounding called 'nearest'"),  # type: ignore[arg-type]
    "least of one": (lambda p, c: pay(all_of(a=p.shortage), least(p.fee)), "fewer than two"),
    "a falling scale": (lambda p, c: pay(all_of(a=p.shortage), bracket(p.fee, ((9, 1), (1, 2)))), "do not rise"),
    "emptiness that means nothing": (lambda p, c: pay(all_of(a=is_empty(p.fee)), 1), "nothing says what an empty fee means"),
    "a column rows have not": (lambda p, c: pay(all_of(a=exists(p.grants, lambda g: g.month == 1)), 1), "no column month"),
    "a group that is none": (lambda p, c: pay(all_of(a=count(p.fee) > 0), 1), "ask about a group of rows"),
    "months of a number": (lambda p, c: pay(all_of(a=months_between(p.fee, p.issued_on) > 1), 1), "the start is a whole, not a date"),
    "days added as months": (lambda p, c: pay(all_of(a=p.issued_on < add_months(p.issued_on, literal(3, "days"))), 1), "units clash"),
    "answers of two types": (lambda p, c: pay(all_of(a=p.shortage), when(p.shortage, 1, "L4")), "a whole and a word"),
    "not of a number": (lambda p, c: pay(all_of(a=not_(p.fee)), 1), "a condition is a whole"),
    "keys twice": (lambda p, c: pay(all_of(a=p.shortage), c.amount[p.level][p.shortage]), "looked up twice"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_means_nothing_is_refused_by_name(wrong: str) -> None:
    written, said = WRONG[wrong]
    with pytest.raises(RuleFault) as refused:
        rule("crooked", **ABOUT)(written)
    assert said in str(refused.value)
    assert refused.value.what.startswith("the rule crooked")


def test_whether_a_value_of_a_feed_is_empty_may_not_be_asked() -> None:
    """Where the feed is old, an empty value is not known to be empty."""
    held = {**ABOUT["inputs"], "insured_months": feed("insured_as_of", 62, empty=Text("无", "none"))}
    with pytest.raises(RuleFault, match="whether insured_months is empty may not be asked"):
        rule("crooked", **{**ABOUT, "inputs": held})(lambda p, c: pay(all_of(a=is_empty(p.insured_months)), 1))


def test_the_date_that_governs_must_be_a_date_of_the_table() -> None:
    with pytest.raises(RuleFault, match="governed_by names level, a word"):
        rule("crooked", **{**ABOUT, "governed_by": "level"})(_plain)
    with pytest.raises(RuleFault, match="governed_by names 'hired_on', which is no input"):
        rule("crooked", **{**ABOUT, "governed_by": "hired_on"})(_plain)


def test_inputs_are_columns_of_the_table() -> None:
    with pytest.raises(RuleFault, match="the rule crooked: the table spec.certificates has no column hired_on"):
        rule("crooked", **{**ABOUT, "inputs": {**ABOUT["inputs"], "hired_on": records()}})(_plain)


def test_a_sentence_belongs_to_a_condition_and_speaks_of_what_it_reads() -> None:
    with pytest.raises(RuleFault, match="a sentence is given for b"):
        rule("crooked", says={"b": Text("", "")}, **ABOUT)(_plain)
    with pytest.raises(RuleFault, match="speaks of fee, which the condition does not read"):
        rule("crooked", says={"a": Text("{fee}", "")}, **ABOUT)(_plain)


def test_two_rules_of_one_name_make_no_book() -> None:
    assert list(Rulebook((sample,))) == ["sample_subsidy"]
    with pytest.raises(RuleFault, match="two rules are called sample_subsidy"):
        Rulebook((sample, sample))


def test_units_are_checked_again_once_parameters_are_known() -> None:
    assert sample.check(HELD)["value"].unit == "fen"
    with pytest.raises(RuleFault, match="the rule sample_subsidy, condition insured: units clash: months compared with days"):
        sample.check({**HELD, "least_months": scalar("least_months", "days", 12)})
    with pytest.raises(RuleFault, match="the parameter amount is a scalar, read with keys"):
        sample.check({**HELD, "amount": scalar("amount", "fen", 12)})


def test_words_of_parameters_that_never_occur_are_told() -> None:
    odd = Parameter("amount", "fen", "table", (version(((("L9", True), 1), (("L4", True), 2))),), None, ("level", "shortage"))
    assert sample.unheard({**HELD, "amount": odd}) == ("amount names 'L9', which level never is",)
    assert sample.unheard(HELD) == ()


def test_a_table_is_read_with_its_own_keys() -> None:
    with pytest.raises(RuleFault, match="the table cap is read with 1 keys, its rows have"):
        sample.check({**HELD, "cap": Parameter("cap", "fen", "table", (version(((("L4", True), 1),)),))})
    with pytest.raises(RuleFault, match="has the key 'yes' where a flag is looked up"):
        sample.check({**HELD, "amount": Parameter("amount", "fen", "table", (version(((("L4", "yes"), 1),)),))})


def test_a_comparison_builds_a_node_and_keeps_both_sides() -> None:
    made = rule("fair", **ABOUT)(lambda p, c: pay(all_of(a=p.insured_months >= 3, b=Fraction(1, 2) * p.fee == 10), 1))
    assert [made.wording(node) for node in made.conditions.values()] == ["insured_months ≥ 3", "(1/2 × fee) = 10"]


def test_what_a_rule_reads_is_known_from_its_text() -> None:
    assert sample.parameters == ("least_months", "window", "amount", "cap")
    assert set(sample.reads) == {
        *("insured_months", "insured_as_of", "applied_on", "issued_on", "level", "grants", "fee", "shortage"),
        *("place", "birth_month", "died_on"),
    }


def _plain(p: Any, c: Any) -> Result:
    return pay(all_of(a=p.shortage), 1)
