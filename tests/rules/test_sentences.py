"""Decisions in plain words, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from guildhall.kernel.tables import Text
from guildhall.rules import (
    Decision,
    Missing,
    Near,
    all_of,
    any_of,
    claim,
    decide,
    deduct,
    feed,
    is_empty,
    lookup,
    not_,
    pay,
    rounded,
    rule,
    when,
)
from guildhall.rules.sentences import clause, nearly, needs, outcome, reading, said, sentence, source
from tests.rules.sample import ABOUT, HELD, LAW, TODAY, WORKER, sample


def decided(**changes: object) -> Decision:
    return decide(sample, {**WORKER, **changes}, parameters=LAW, on=TODAY)


def test_a_condition_has_its_own_sentence_with_the_numbers_of_the_case() -> None:
    insured, in_time, *_ = decided(insured_months=9).conditions
    assert sentence(sample, insured, "zh-hans") == "已参保 9 个月，须满 12 个月"
    assert sentence(sample, insured, "en") == "insured for 9 months; 12 months are needed"
    assert sentence(sample, in_time, "en") == "applied for within 12 months of issue"
    assert sentence(sample, decided(insured_months=None).conditions[0], "zh-hans") == "已参保 （不明），须满 12 个月"


def test_without_one_it_is_read_from_the_condition() -> None:
    bare = replace(sample, says={})
    words = [[sentence(bare, each, language, HELD) for each in decided().conditions] for language in ("zh", "en")]
    assert words == [
        [
            "参保月数（14 个月）不少于最少参保月数（12 个月）",
            "申请日期（2024-09-01）不晚于发证日期（2024-05-10）后window（12 个月）",
            "等级（L4）属于L5、L4",
            "已发放补贴（1 条）中满足“年度为发证日期（2024-05-10）所在年度”的条数为0",
            "鉴定费（50.00元）大于0",
        ],
        [
            "months insured (14 months) is at least insured months needed (12 months)",
            "day of application (2024-09-01) is not after window (12 months) after day of issue (2024-05-10)",
            "level (L4) is one of L5, L4",
            "the number of earlier grants (1 record) for which year is the year of day of issue (2024-05-10) is 0",
            "fee paid (¥50.00) is more than 0",
        ],
    ]


def test_a_clause_is_for_nobody_in_particular() -> None:
    assert clause(sample, "insured", "en", HELD, TODAY) == "insured for …; 12 months are needed"
    assert clause(sample, "insured", "zh", HELD, date(2026, 1, 1)) == "已参保 …，须满 …"
    assert clause(sample, "paid", "en") == "fee paid is more than 0"
    assert reading(sample, "insured", "en", HELD, TODAY) == "months insured is at least insured months needed (12 months)"


def test_a_bracket_with_nothing_known_in_it_is_not_said() -> None:
    says = {
        "insured": Text("参保满 {least_months}（现为 {insured_months}）", "insured for at least {least_months} (so far {insured_months})")
    }
    given = replace(sample, says=says)
    assert clause(given, "insured", "en", HELD, TODAY) == "insured for at least 12 months"
    assert clause(given, "insured", "zh", HELD, TODAY) == "参保满 12 个月"
    open_ = next(one for one in decided(insured_months=None).conditions if one.name == "insured")
    assert sentence(given, open_, "en", HELD) == "insured for at least 12 months"
    known = next(one for one in decided().conditions if one.name == "insured")
    assert sentence(given, known, "en", HELD) == "insured for at least 12 months (so far 14 months)"


def test_every_word_of_the_language_can_be_read_aloud() -> None:
    def written(p, c):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        return deduct(
            all_of(
                alive=is_empty(p.died_on),
                either=any_of(not_(p.shortage), all_of(p.fee < 5, when(p.shortage, p.fee >= 1, p.fee >= 2))),
                look=lookup(p.level, {"L5": 1}, 2) == 1,
                dated=p.applied_on < c.at(p.issued_on).window,
            ),
            rounded(p.fee * Fraction(1, 2), "half_up"),
        )

    spoken = rule("spoken", **{**ABOUT, "inputs": {**ABOUT["inputs"], "fee": claim()}})(written)
    choice = "fee paid is at least 1 where occupation in shortage, otherwise fee paid is at least 2"
    assert [reading(spoken, name, "en") for name in spoken.conditions] == [
        "day of death: no death on record",
        "it is not so that occupation in shortage, or (fee paid is less than 5, and " + choice + ")",
        "1 for L5, otherwise 2 (by level) is 1",
        "day of application is before window on day of issue",
    ]


def test_what_is_missing_is_said_with_why() -> None:
    assert needs(sample, Missing("insured_months", "absent"), "en") == "needs: months insured"
    assert needs(sample, Missing("insured_months", "stale", as_of=date(2024, 1, 1)), "zh") == "参保月数的数据截至 2024-01-01，已过时"
    assert needs(sample, Missing("insured_months", "stale"), "en") == "months insured: the data bear no date"
    assert needs(sample, Missing("shortage", "bad", "contradicted"), "zh") == "有关记录互相矛盾：紧缺职业"
    assert needs(sample, Missing("least_months", "no_parameter"), "zh", HELD) == "没有找到当日有效的规定：最少参保月数"
    assert needs(sample, Missing("fee", "bad", "negative"), "en") == "fee paid is negative"
    assert needs(sample, Missing("least_months", "unconfirmed"), "en", HELD).startswith(
        "a rule is on file, but this city has not confirmed"
    )


def test_what_is_too_old_says_for_which_day() -> None:
    inputs = {**ABOUT["inputs"], "insured_months": feed("insured_as_of", 62, at="applied_on")}
    asked = rule("asked", **{**ABOUT, "inputs": inputs})(lambda p, c: pay(all_of(insured=p.insured_months > 0), 1))
    old = Missing("insured_months", "stale", as_of=date(2024, 1, 1))
    assert needs(asked, old, "en") == "months insured: the data speak of 2024-01-01 and are too old for the day of application"
    assert needs(asked, old, "zh") == "参保月数的数据截至 2024-01-01，对申请日期来说已过时"


def test_what_would_change_it() -> None:
    near = Near("insured", "insured_months", 3, "months", 150000, date(2024, 12, 1))
    assert nearly(sample, near, "zh-hans") == "参保月数再多 3 个月，可得 1,500.00元，最早 2024-12-01"
    assert nearly(sample, near, "en") == "3 months more (months insured) would give ¥1,500.00, from 2024-12-01 at the earliest"
    waits = Near("in_time", "applied_on", 1, "days", None, date(2024, 12, 1))
    assert nearly(sample, waits, "zh") == "再过 1 天，最早 2024-12-01"


def test_a_deduction_is_never_said_as_money_paid() -> None:
    found = replace(decided(), kind="deduct", value=360000)
    assert outcome(found, "en") == "¥3,600.00 may be deducted from taxable income"
    assert outcome(found, "zh") == "可从应纳税所得额中扣除 3,600.00元"
    assert outcome(decided(), "zh") == "符合：1,800.00元"
    assert outcome(decided(fee=0), "en") == "not met"
    assert outcome(decided(fee=None), "zh") == "尚不能判断"
    near = Near("paid", "fee", 1, "fen", 360000, None)
    deducted = replace(sample, result=replace(sample.result, kind="deduct"))
    assert nearly(deducted, near, "en") == "¥0.01 more (fee paid) would allow a deduction of ¥3,600.00"


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (180000, "fen", "1,800.00元", "¥1,800.00"),
        (1, "months", "1 个月", "1 month"),
        (2, "months", "2 个月", "2 months"),
        (3, "persons", "3 人", "3 people"),
        (Fraction(1, 4), "", "25%", "25%"),
        (Fraction(55, 1000), "", "5.5%", "5.5%"),
        (Fraction(1, 3), "", "1/3", "1/3"),
        (Fraction(-1, 200), "", "-0.5%", "-0.5%"),
        (True, "", "是", "yes"),
        (date(2024, 5, 10), "", "2024-05-10", "2024-05-10"),
        (None, "months", "（不明）", "(not known)"),
        (2024, "", "2024", "2024"),
    ],
)
def test_values_as_people_read_them(value: object, unit: str, zh: str, en: str) -> None:
    assert (said(value, unit, "zh-hans"), said(value, unit, "en")) == (zh, en)


def test_the_source_of_a_parameter() -> None:
    least = decided().conditions[0].operands[1]
    assert source(least, "zh") == "样例〔2023〕1号 第三条（2023-01-01 起，2026-01-01 前有效）"
    assert source(replace(least, valid_until=None), "zh") == "样例〔2023〕1号 第三条（2023-01-01 起，长期有效）"
    assert source(replace(least, valid_until=None), "en") == "样例〔2023〕1号 第三条 (from 2023-01-01, until further notice)"
