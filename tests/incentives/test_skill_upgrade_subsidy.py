# ruff: noqa: E501  # a case is a row of a table, however wide
"""The skill-upgrade subsidy, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from guildhall.incentives.engine import RULEBOOK
from guildhall.incentives.tables import CERTIFICATE_FACTS
from guildhall.rules.parameters import Parameters, Version
from tests.incentives.golden import Case, agrees, cases, chongqing, decided, each

RULE = RULEBOOK["skill_upgrade_subsidy"]
ORDINARY = "6-20-01-01"
BASE = {
    "place": "cq-500103",
    "birth_month": date(1990, 3, 1),
    "kind": "skill_level",
    "level": "L4",
    "occupation": ORDINARY,
    "very_short_shown": False,
    "urgent_shown": False,
    "issued_on": date(2024, 5, 10),
    "applied_on": date(2024, 6, 3),
    "insured_months": 14,
    "insured": True,
    "employer_here": True,
    "drawing_benefit": False,
    "paid_in_full": True,
    "grants_in_year": 0,
    "ordinary_grants_in_year": 0,
    "same_level_grants": 0,
    "higher_level_grants": 0,
    "training_subsidies": 0,
}
"""An employee in Yuzhong with an ordinary L4 certificate of May 2024, insured for 14 months, who never drew a subsidy."""

WORKED = """
source     | case                                      | level | very_short_shown | urgent_shown | issued_on  | applied_on | grants_in_year | ordinary_grants_in_year | training_subsidies | outcome      | yuan  | because
cq-2023-57 | (1) L4 very short of people, 14 months    | L4    | yes              |              | 2024-05-10 | 2024-06-03 |                |                         |                    | entitled     | 1,800 |
cn-2025-18 | (2) a second ordinary certificate in 2025 | L4    |                  |              | 2025-05-12 | 2025-06-03 | 1              | 1                       |                    | refused      |       | within_limit
cn-2025-18 | (2) the same in urgent need: second       | L4    |                  | yes          | 2025-05-12 | 2025-06-03 | 1              | 1                       |                    | entitled     | 1,500 |
cn-2025-18 | (2) in urgent need and very short         | L4    | yes              | yes          | 2025-05-12 | 2025-06-03 | 1              | 1                       |                    | entitled     | 1,800 |
cn-2025-18 | (2) very short is not urgent need         | L4    | yes              |              | 2025-05-12 | 2025-06-03 | 1              | 1                       |                    | refused      |       | within_limit
cn-2025-18 | (2) in urgent need: third of 2025         | L4    |                  | yes          | 2025-05-12 | 2025-06-03 | 2              | 1                       |                    | entitled     | 1,500 |
cn-2025-18 | (2) in urgent need: fourth of 2025        | L4    |                  | yes          | 2025-05-12 | 2025-06-03 | 3              | 1                       |                    | refused      |       | within_limit
-          | (2) second, urgent need not shown         | L4    |                  | ?            | 2025-05-12 | 2025-06-03 | 1              | 1                       |                    | undetermined |       | urgent_occupations
-          | very short not shown: the amount is open  | L4    | ?                |              |            |            |                |                         |                    | undetermined |       | very_short_occupations
-          | urgent need not shown: no matter for one  | L4    |                  | ?            |            |            |                |                         |                    | entitled     | 1,500 |
cn-2024    | (3) the training was subsidised           | L4    | yes              |              | 2024-05-10 | 2024-06-03 |                |                         | 1                  | refused      |       | no_double
-          | (6) L5 of March 2026                      | L5    |                  |              | 2026-03-02 | 2026-03-16 |                |                         |                    | undetermined |       | amount window_months min_insured_months open
cq-2023-57 | L5, ordinary                              | L5    |                  |              |            |            |                |                         |                    | entitled     | 1,000 |
cq-2023-57 | L4, ordinary                              | L4    |                  |              |            |            |                |                         |                    | entitled     | 1,500 |
cq-2023-57 | L3, ordinary                              | L3    |                  |              |            |            |                |                         |                    | entitled     | 2,000 |
cq-2023-57 | L5, very short                            | L5    | yes              |              |            |            |                |                         |                    | entitled     | 1,200 |
cq-2023-57 | L3, very short                            | L3    | yes              |              |            |            |                |                         |                    | entitled     | 2,500 |
recalled   | L2 is outside                             | L2    |                  |              |            |            |                |                         |                    | refused      |       | level
"""

WINDOW = """
source     | case                                         | issued_on  | applied_on | granted_on | outcome      | yuan  | because
recalled   | 12 months: the day before the last           | 2024-05-10 | 2025-05-09 | 2025-05-09 | entitled     | 1,500 |
recalled   | 12 months: the last day                      | 2024-05-10 | 2025-05-10 | 2025-05-10 | entitled     | 1,500 |
recalled   | 12 months: the day after                     | 2024-05-10 | 2025-05-11 | 2025-05-11 | refused      |       | in_time
recalled   | leap day: the day before the last            | 2024-02-29 | 2025-02-27 | 2025-02-27 | entitled     | 1,500 |
recalled   | leap day: the last day of February           | 2024-02-29 | 2025-02-28 | 2025-02-28 | entitled     | 1,500 |
recalled   | leap day: the first of March                 | 2024-02-29 | 2025-03-01 | 2025-03-01 | refused      |       | in_time
recalled   | to a leap: the day of the month              | 2024-02-28 | 2025-02-28 | 2025-02-28 | entitled     | 1,500 |
recalled   | to a leap: the day after                     | 2024-02-28 | 2025-03-01 | 2025-03-01 | refused      |       | in_time
recalled   | month end: the last day of a month           | 2024-08-31 | 2025-08-31 | 2025-08-31 | entitled     | 1,500 |
recalled   | month end: the first of the next             | 2024-08-31 | 2025-09-01 | 2025-09-01 | refused      |       | in_time
recalled   | issue: the day of issue                      | 2024-05-10 | 2024-05-10 | 2024-05-10 | entitled     | 1,500 |
recalled   | issue: before it was issued                  | 2024-05-10 | 2024-05-09 | 2024-05-09 | refused      |       | in_time
-          | year of law: issued on the last day of 2023  | 2023-12-31 | 2024-03-01 | 2024-03-01 | undetermined |       | national_cap
cn-2024    | year of law: issued on the first day of 2024 | 2024-01-01 | 2024-03-01 | 2024-03-01 | entitled     | 1,500 |
cn-2025-18 | year of law: issued on the last day of 2025  | 2025-12-31 | 2025-12-31 | 2025-12-31 | entitled     | 1,500 |
-          | year of law: applied for in the year after   | 2025-12-31 | 2026-11-20 | 2026-11-20 | undetermined |       | open
-          | year of law: issued on the first day of 2026 | 2026-01-01 | 2026-01-02 | 2026-01-02 | undetermined |       | amount
cq-2023-57 | city's page: the day before it               | 2023-07-27 | 2023-08-01 | 2023-08-01 | undetermined |       | amount
"""

INSURED = """
source     | case                                           | issued_on  | applied_on | insured_months | insured | employer_here | drawing_benefit | outcome      | yuan  | because
cn-2024    | 2024: one month short                          |            |            | 11             |         |               |                 | refused      |       | insured
cn-2024    | 2024: a year                                   |            |            | 12             |         |               |                 | entitled     | 1,500 |
cn-2024    | 2024: a month more                             |            |            | 13             |         |               |                 | entitled     | 1,500 |
cn-2024    | 2024: months not known                         |            |            | ?              |         |               |                 | undetermined |       | insured_months
cn-2017-40 | 2017-2018: one month short of 36               | 2018-12-31 | 2019-01-10 | 35             |         |               |                 | refused      |       | insured
cn-2017-40 | 2017-2018: 36 months, but no amount is on file | 2018-12-31 | 2019-01-10 | 36             |         |               |                 | undetermined |       | amount
cn-2024    | 2024: employer outside the city                |            |            |                |         | no            |                 | refused      |       | who
cn-2024    | 2024: employer not known                       |            |            |                |         | ?             |                 | undetermined |       | employer_here
cn-2024    | 2024: drawing benefit, not employed            |            |            |                | no      | no            | yes             | entitled     | 1,500 |
cn-2024    | 2024: neither, and benefit not known           |            |            |                | no      | no            | ?               | undetermined |       | drawing_benefit
cn-2017-40 | 2018: drawing benefit did not count            | 2018-06-01 | 2018-06-10 | 36             | no      | no            | yes             | refused      |       | who
"""

LIMITS = """
source     | case                                            | issued_on  | applied_on | granted_on | occupation | grants_in_year | ordinary_grants_in_year | same_level_grants | higher_level_grants | outcome      | yuan  | because
cn-2024    | 2024: two before                                |            |            |            |            | 2              | 2                       |                   |                     | entitled     | 1,500 |
cn-2024    | 2024: three before                              |            |            |            |            | 3              | 3                       |                   |                     | refused      |       | within_limit
cn-2024    | year end: second grant on the last day of 2024  | 2024-11-04 | 2024-12-20 | 2024-12-31 |            | 1              | 1                       |                   |                     | entitled     | 1,500 |
cn-2025-18 | year end: second grant on the first day of 2025 | 2024-11-04 | 2024-12-20 | 2025-01-01 |            | 1              | 1                       |                   |                     | refused      |       | within_limit
cn-2025-18 | year end: first grant of 2025, for one of 2024  | 2024-11-04 | 2024-12-20 | 2025-01-01 |            | 0              | 0                       |                   |                     | entitled     | 1,500 |
-          | no rule: first grant, on the last day of 2025   | 2025-11-04 | 2025-12-20 | 2025-12-31 |            | 0              | 0                       |                   |                     | entitled     | 1,500 |
-          | no rule: first grant, on the first day of 2026  | 2025-11-04 | 2025-12-20 | 2026-01-01 |            | 0              | 0                       |                   |                     | undetermined |       | open
-          | no rule: first grant, on the second day of 2026 | 2025-11-04 | 2025-12-20 | 2026-01-02 |            | 0              | 0                       |                   |                     | undetermined |       | open
-          | no rule: second grant of 2026: no limit on file | 2025-11-04 | 2025-12-20 | 2026-01-01 |            | 1              | 1                       |                   |                     | undetermined |       | yearly_limit open
cn-2025-18 | 2025: ordinary after two in shortage: silent    | 2025-05-12 | 2025-06-03 |            |            | 2              | 0                       |                   |                     | undetermined |       | ordinary_after_shortage
-          | renewed: the same occupation and level again    |            |            |            |            |                |                         | 1                 |                     | refused      |       | once
cn-2024    | lower: a higher level of it was granted         |            |            |            |            |                |                         |                   | 1                   | refused      |       | no_higher
cn-2024    | lower of 2025: the text of 2024, not verified   | 2025-05-12 | 2025-06-03 |            |            |                |                         |                   | 1                   | refused      |       | no_higher
-          | renewed: whether it was the same is not known   |            |            |            |            |                |                         | ?                 |                     | undetermined |       | same_level_grants
-          | 2025: which were for urgent need is not known   | 2025-05-12 | 2025-06-03 |            |            | 1              | ?                       |                   |                     | undetermined |       | ordinary_grants_in_year
"""

PAPERS = """
source     | case                                             | kind        | level | valid_until | very_short_shown | paid_in_full | on         | insured_as_of | died_on    | outcome      | yuan  | because
-          | certificate: an appointment to a post            | appointment | LT    |             |                |            |            |               |            | refused      |       | certificate level
-          | certificate: revoked from the day after          |             |       | 2024-06-04  |                |            |            |               |            | entitled     | 1,500 |
-          | certificate: revoked from the day itself         |             |       | 2024-06-03  |                |            |            |               |            | refused      |       | valid
cq-2023-57 | shortage: a document shows it                    |             |       |             | yes            |            |            |               |            | entitled     | 1,800 |
cq-2023-57 | shortage: a document shows the contrary          |             |       |             | no             |            |            |               |            | entitled     | 1,500 |
-          | feed: 45 days old at the application             |             |       |             |                |            |            | 2024-04-19    |            | entitled     | 1,500 |
-          | feed: 46 days old at the application             |             |       |             |                |            |            | 2024-04-18    |            | undetermined |       | insured insured_months
-          | feed: 45 days old, decided 100 days later        |             |       |             |                |            | 2024-09-11 | 2024-04-19    |            | entitled     | 1,500 |
-          | feed: 46 days old, decided 100 days later        |             |       |             |                |            | 2024-09-11 | 2024-04-18    |            | undetermined |       | insured insured_months
-          | person: died the day after the issue             |             |       |             |                |            |            |               | 2024-05-11 | entitled     | 1,500 |
-          | person: died the day before the issue            |             |       |             |                |            |            |               | 2024-05-09 | undetermined |       | died_on
-          | contributions of 2024: not known to be in full   |             |       |             |                | ?          |            |               |            | undetermined |       | full_contributions paid_in_full
-          | contributions of 2024: not in full               |             |       |             |                | no         |            |               |            | undetermined |       | full_contributions
"""


@each(WORKED, CERTIFICATE_FACTS)
def test_worked_cases(case: Case) -> None:
    agrees(decided(RULE, BASE, case), case)


@each(WINDOW, CERTIFICATE_FACTS)
def test_dates(case: Case) -> None:
    agrees(decided(RULE, BASE, case), case)


@each(INSURED, CERTIFICATE_FACTS)
def test_who_is_insured(case: Case) -> None:
    agrees(decided(RULE, BASE, case), case)


@each(LIMITS, CERTIFICATE_FACTS)
def test_limits(case: Case) -> None:
    agrees(decided(RULE, BASE, case), case)


@each(PAPERS, CERTIFICATE_FACTS)
def test_papers(case: Case) -> None:
    agrees(decided(RULE, BASE, case), case)


def test_the_amount_in_shortage_shows_the_cap_it_passes_and_the_document_that_lets_it() -> None:
    decision = decided(RULE, BASE, cases(WORKED, CERTIFICATE_FACTS)[0])
    assert (decision.value, decision.cap) == (180_000, 150_000)
    assert decision.uplift is not None
    assert "渝府办发〔2023〕57号" in decision.uplift


def test_who_lacks_months_hears_how_many_and_from_when() -> None:
    decision = decided(RULE, BASE, Case({"source": "-"}, {"insured_months": 9}))
    assert decision.near is not None
    assert (decision.near.condition, decision.near.by, decision.near.turns_on) == ("insured", 3, date(2024, 9, 3))
    assert decision.near.value == 150_000


MERGER = """
source | case                            | place         | issued_on  | applied_on | outcome  | yuan  | because
-      | Tongjing while it lay in Yubei  | cq-500112133  | 2026-01-24 | 2026-01-24 | entitled | 1,500 |
-      | Tongjing from the day of Beibei | cq-500112133  | 2026-01-25 | 2026-01-25 | entitled | 1,700 |
-      | the day after                   | cq-500112133  | 2026-01-26 | 2026-01-26 | entitled | 1,700 |
-      | Yubei that remained             | cq-liangjiang | 2026-01-25 | 2026-01-25 | entitled | 1,500 |
"""


@pytest.fixture(scope="module")
def beibei_pays_more() -> Parameters:
    """As if the rules of 2025 held on and Beibei had set an amount of its own: the district on the day of issue decides."""
    found = chongqing()
    own = found.of(RULE.name)
    versions = {name: tuple(_on(version) for version in each.versions if version.value is not None) for name, each in own.items()}
    last = versions["amount"][-1]
    keys = [(level, shortage) for level in ("L5", "L4", "L3") for shortage in (False, True)]
    versions["amount"] += (replace(last, jurisdiction="cq-500109", value=tuple((key, 170_000) for key in keys), uplift="Beibei"),)
    held = {name: replace(each, versions=versions[name]) for name, each in own.items()}
    return Parameters({RULE.name: held}, links=found.links)


def _on(version: Version) -> Version:
    """The version, for as long as wanted where it ended with 2025."""
    return replace(version, valid_until=None) if version.valid_until == date(2026, 1, 1) else version


@each(MERGER, CERTIFICATE_FACTS)
def test_the_district_on_the_day_of_issue_decides(case: Case, beibei_pays_more: Parameters) -> None:
    agrees(decided(RULE, BASE, case, beibei_pays_more), case)


def test_no_day_is_promised_beyond_the_end_of_the_instrument() -> None:
    """For grants of 2026 nothing was found: months that are full only then promise nothing."""
    base = Case({"source": "-"}, {"insured_months": 9, "issued_on": date(2025, 5, 12), "applied_on": date(2025, 11, 30)})
    decision = decided(RULE, {**BASE, "granted_on": date(2025, 11, 30)}, base)
    assert decision.outcome == "refused"
    assert decision.near is None or decision.near.turns_on is None
