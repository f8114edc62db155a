# ruff: noqa: E501  # a case is a row of a table, however wide
"""Worked cases of recognition between levels, titles and schooling, each with the document it follows."""

from __future__ import annotations

from datetime import date

from guildhall.city import rule_parameters
from guildhall.evaluation.engine import RULEBOOK
from guildhall.evaluation.tables import RECOGNITION_FACTS, TITLE_FACTS
from guildhall.rules import decide
from tests.incentives.golden import Case, Facts, agrees, chongqing, city, decided, each

CERTIFICATE: Facts = {
    "certificate_id": 1,
    "worker_id": 1,
    "place": "cq",
    "birth_month": date(1988, 3, 1),
    "kind": "skill_level",
    "level": "L3",
    "sought": "assistant",
    "occupation": "6-31-01-02",
    "issued_on": date(2022, 3, 1),
    "valid_until": None,
    "applied_on": date(2024, 3, 1),
}
TITLE: Facts = {
    "worker_id": 1,
    "sought_level": "L2",
    "place": "cq",
    "birth_month": date(1988, 3, 1),
    "occupation": "6-31-01-02",
    "edition": "2023",
    "title_held": "intermediate",
    "title_since": date(2020, 5, 20),
    "worked_months": 12,
    "below_since": None,
    "applied_on": date(2025, 5, 20),
}


@each(
    """
    source       | case                      | place     | level | sought           | kind        | issued_on  | valid_until | applied_on | outcome      | because
    cn-2018-74   | (1) a day and more short  |           |       |                  |             |            |             | 2024-02-28 | refused      | years
    cn-2018-74   | (1) on the leap day       |           |       |                  |             |            |             | 2024-02-29 | refused      | years
    cn-2018-74   | (1) complete on the day   |           |       |                  |             |            |             | 2024-03-01 | entitled     |
    cn-2018-74   | a day after               |           |       |                  |             |            |             | 2024-03-02 | entitled     |
    cn-2018-74   | from a leap day, short    |           |       |                  |             | 2020-02-29 |             | 2022-02-27 | refused      | years
    cn-2018-74   | from a leap day, complete |           |       |                  |             | 2020-02-29 |             | 2022-02-28 | entitled     |
    cn-2018-74   | 3 years, short            |           | L2    | intermediate     |             | 2021-08-31 |             | 2024-08-30 | refused      | years
    cn-2018-74   | 3 years, complete         |           | L2    | intermediate     |             | 2021-08-31 |             | 2024-08-31 | entitled     |
    cn-2018-74   | end of a month            |           | L2    | intermediate     |             | 2021-02-28 |             | 2024-02-28 | entitled     |
    cn-2018-74   | 4 years, short            |           | L1    | associate_senior |             | 2020-02-29 |             | 2024-02-28 | refused      | years
    cn-2020-96   | (2) 4 years, no degree    |           | L1    | associate_senior |             | 2020-02-29 |             | 2024-02-29 | entitled     |
    cn-2018-74   | a title above the level   |           |       | intermediate     |             |            |             |            | refused      | level
    cn-2018-74   | a title below the level   |           | L1    | assistant        |             | 2010-01-01 |             |            | refused      | level
    cn-2018-74   | a level that opens none   |           | L4    |                  |             |            |             |            | refused      | level years
    cn-2018-74   | an appointment            |           | LT    | full_senior      | appointment | 2010-01-01 |             |            | refused      | certificate level years
    -            | ended on the day          |           |       |                  |             |            | 2024-03-01  |            | refused      | valid
    -            | ends a day later          |           |       |                  |             |            | 2024-03-02  |            | entitled     |
    sichuan-2021 | (4) Sichuan, 10 years     | 51        | L1    | full_senior      |             | 2014-03-01 |             |            | entitled     |
    sichuan-2021 | (4) Sichuan, a day short  | 51        | L1    | full_senior      |             | 2014-03-02 |             |            | refused      | years
    sichuan-2021 | not from L2               | 51        | L2    | full_senior      |             | 2010-03-01 |             |            | refused      | level
    -            | (4) here, 10 years        |           | L1    | full_senior      |             | 2014-03-01 |             |            | undetermined | months_to_full_senior
    -            | here, 30 years            | cq-500112 | L1    | full_senior      |             | 1994-03-01 |             |            | undetermined | months_to_full_senior
    -            | before the degree went    |           |       |                  |             | 2018-03-01 |             | 2020-12-31 | undetermined | degree_needed
    cn-2020-96   | on the day it went        |           |       |                  |             | 2018-03-01 |             | 2021-01-01 | entitled     |
    -            | before any text           |           |       |                  |             | 2015-03-01 |             | 2018-12-31 | undetermined | months_after
    """,
    RECOGNITION_FACTS,
)
def test_title_for_a_level(case: Case) -> None:
    agrees(decided(RULEBOOK["title_recognition"], CERTIFICATE, case), case)


@each(
    """
    source       | case                        | level | sought           | kind        | appointed | valid_until | applied_on | outcome      | because
    press-parity | (5) L2, not appointed       | L2    | intermediate     |             | no        |             |            | refused      | appointed
    press-parity | L2, appointed               | L2    | intermediate     |             | yes       |             |            | entitled     |
    press-parity | L2, nobody said             | L2    | intermediate     |             | ?         |             |            | undetermined | appointed
    press-parity | L3, appointed               |       |                  |             | yes       |             |            | entitled     |
    press-parity | L1, appointed               | L1    | associate_senior |             | yes       |             |            | entitled     |
    press-parity | L1, full senior             | L1    | full_senior      |             | yes       |             |            | refused      | on_par
    press-parity | LT                          | LT    | full_senior      | appointment | yes       |             |            | entitled     |
    press-parity | LT, the post ended          | LT    | full_senior      | appointment | yes       | 2024-03-01  |            | refused      | valid
    -            | LS, no text names it        | LS    | full_senior      | appointment | yes       |             |            | undetermined | parity
    -            | the day before any text     | L2    | intermediate     |             | yes       |             | 2020-12-31 | undetermined | parity
    press-parity | the first day on file       | L2    | intermediate     |             | yes       |             | 2021-01-01 | entitled     |
    """,
    RECOGNITION_FACTS,
)
def test_pay_on_a_par_with_a_title(case: Case) -> None:
    agrees(decided(RULEBOOK["title_parity"], CERTIFICATE | {"issued_on": date(2018, 1, 1)}, case), case)


def test_who_holds_a_level_unappointed_may_apply_all_the_same() -> None:
    facts = CERTIFICATE | {"level": "L2", "sought": "intermediate", "issued_on": date(2021, 3, 1), "appointed": False}
    answers = {
        name: decide(RULEBOOK[name], facts, parameters=chongqing(), on=date(2024, 3, 1)).outcome
        for name in ("title_recognition", "title_parity")
    }
    assert answers == {"title_recognition": "entitled", "title_parity": "refused"}, "case (5)"


@each(
    """
    source     | case                         | class_completed  | schooling_asked      | counted_for  | outcome      | because
    cn-2018-74 | (3) for the review           | technician_class | bachelor             | title_review | entitled     |
    cn-2018-74 | (3) in general               | technician_class | bachelor             | general      | refused      | review
    cn-2018-74 | a higher class, less asked   | technician_class | college              | title_review | entitled     |
    cn-2018-74 | senior class as college      | senior_class     | college              | title_review | entitled     |
    cn-2018-74 | senior class as bachelor     | senior_class     | bachelor             | title_review | refused      | worth
    cn-2018-74 | skilled class as secondary   | skilled_class    | secondary_vocational | title_review | entitled     |
    cn-2018-74 | skilled class as college     | skilled_class    | college              | title_review | refused      | worth
    -          | no such class                | none             | college              | title_review | refused      | technical worth
    -          | nobody said which class      | ?                | college              | title_review | undetermined | class_completed
    """,
    RECOGNITION_FACTS,
)
def test_schooling_of_a_class_in_title_review_alone(case: Case) -> None:
    agrees(decided(RULEBOOK["title_schooling"], CERTIFICATE, case), case)


@each(
    """
    source     | case                              | edition | sought_level | title_held       | title_since | worked_months | below_since | applied_on | outcome      | because
    rules-2023 | engineer, a year: L2              |         |              |                  |             |               |             |            | entitled     |
    rules-2023 | engineer, 11 months               |         |              |                  |             | 11            |             |            | refused      | title
    rules-2023 | engineer, L1                      |         | L1           |                  |             |               |             |            | refused      | title
    rules-2023 | junior title, a year: L3          |         | L3           | assistant        |             |               |             |            | entitled     |
    rules-2023 | junior title, 11 months: L3       |         | L3           | assistant        |             | 11            |             |            | refused      | title
    rules-2023 | senior title, a year: L1          |         | L1           | associate_senior |             |               |             |            | entitled     |
    rules-2023 | junior title, 5 years and L3, 1   |         |              | assistant        | 2020-05-20  |               | 2024-05-20  |            | entitled     |
    rules-2023 | junior title a day short          |         |              | assistant        | 2020-05-21  |               | 2024-05-20  |            | refused      | title
    rules-2023 | the level below a day short       |         |              | assistant        | 2020-05-20  |               | 2024-05-21  |            | refused      | title
    rules-2023 | no certificate of the level below |         |              | assistant        | 2010-05-20  |               |             |            | refused      | title
    rules-2023 | intermediate, 5 years and L2: L1  |         | L1           |                  | 2020-05-20  |               | 2024-05-20  |            | entitled     |
    rules-2018 | standard of 2018                  | 2018    |              |                  |             |               |             |            | refused      | open
    -          | edition not known                 | ?       |              |                  |             |               |             |            | undetermined | edition
    -          | title not known                   |         |              | ?                |             |               |             |            | undetermined | title_held
    -          | before the rules of 2023          |         |              |                  |             |               |             | 2022-12-31 | undetermined | open
    """,
    TITLE_FACTS,
)
def test_level_for_a_title(case: Case) -> None:
    agrees(decided(RULEBOOK["skill_recognition"], TITLE, case), case)


def test_a_near_miss_says_the_day_on_which_the_years_are_complete() -> None:
    facts = CERTIFICATE | {"applied_on": date(2024, 2, 28)}
    near = decide(RULEBOOK["title_recognition"], facts, parameters=chongqing(), on=date(2024, 2, 28)).near
    assert near is not None
    assert (near.turns_on, near.by) == (date(2024, 3, 1), 2)


def test_in_production_nothing_decides_before_this_city_confirmed_it() -> None:
    parameters = rule_parameters(city(), mode="production")
    found = decide(RULEBOOK["title_recognition"], CERTIFICATE, parameters=parameters, on=date(2024, 3, 1))
    assert found.outcome == "undetermined"
    assert "unconfirmed" in {missing.why for missing in found.missing}
