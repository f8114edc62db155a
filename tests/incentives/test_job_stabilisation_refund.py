# ruff: noqa: E501  # a case is a row of a table, however wide
"""The job-stabilisation refund, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from guildhall.incentives.engine import RULEBOOK
from guildhall.incentives.tables import EMPLOYER_FACTS
from guildhall.rules.parameters import Parameters, Version
from tests.incentives.golden import Case, agrees, chongqing, decided, each

RULE = RULEBOOK["job_stabilisation_refund"]
BASE = {
    "year": 2024,
    "place": "cq-500103",
    "size": "small",
    "applied_on": date(2024, 6, 3),
    "premiums": 10_000_000,
    "months_paid": 24,
    "insured_people": 200,
    "laid_off": 0,
    "refunds": 0,
}
"""A small employer of 200 that paid premiums of 100,000 yuan in 2023 and laid nobody off."""

CASES = """
source     | case                                    | size   | year | applied_on | months_paid | insured_people | laid_off | premiums | refunds | outcome      | yuan   | because
inferred   | small: three fifths                     |        |      |            |             |                |          |          |         | entitled     | 60,000 |
inferred   | micro                                   | micro  |      |            |             |                |          |          |         | entitled     | 60,000 |
inferred   | medium                                  | medium |      |            |             |                |          |          |         | entitled     | 60,000 |
inferred   | large: three tenths                     | large  |      |            |             |                |          |          |         | entitled     | 30,000 |
-          | size not known                          | ?      |      |            |             |                |          |          |         | undetermined |        | size
cn-2024    | 11 of 200 laid off: just 5.5 %          |        |      |            |             | 200            | 11       |          |         | entitled     | 60,000 |
cn-2024    | 10 of 200                               |        |      |            |             | 200            | 10       |          |         | entitled     | 60,000 |
cn-2024    | 12 of 200                               |        |      |            |             | 200            | 12       |          |         | refused      |        | few_layoffs
cn-2024    | 6 of 30: just 20 %                      |        |      |            |             | 30             | 6        |          |         | entitled     | 60,000 |
cn-2024    | 7 of 30                                 |        |      |            |             | 30             | 7        |          |         | refused      |        | few_layoffs
cn-2024    | 5 of 29                                 |        |      |            |             | 29             | 5        |          |         | entitled     | 60,000 |
cn-2024    | 6 of 31: no longer a small firm         |        |      |            |             | 31             | 6        |          |         | refused      |        | few_layoffs
cn-2024    | 1 of 31                                 |        |      |            |             | 31             | 1        |          |         | entitled     | 60,000 |
-          | layoffs not known                       |        |      |            |             |                | ?        |          |         | undetermined |        | laid_off
cn-2024    | eleven months paid                      |        |      |            | 11          |                |          |          |         | refused      |        | paid
cn-2024    | twelve months paid                      |        |      |            | 12          |                |          |          |         | entitled     | 60,000 |
cn-2024    | thirteen months paid                    |        |      |            | 13          |                |          |          |         | entitled     | 60,000 |
-          | nothing was paid                        |        |      |            |             |                |          | 0        |         | refused      |        | premiums
-          | refunded before for the year            |        |      |            |             |                |          |          | 1       | refused      |        | once
-          | the last day of 2023                    |        | 2023 | 2023-12-31 |             |                |          |          |         | undetermined |        | higher_rate_offered
cn-2024    | the first day of 2024                   |        | 2024 | 2024-01-01 |             |                |          |          |         | entitled     | 60,000 |
cn-2025-18 | the last day of June 2025               |        | 2025 | 2025-06-30 |             |                |          |          |         | entitled     | 60,000 |
cn-2025-25 | from July the reserve decides: unknown  |        | 2025 | 2025-07-01 |             |                |          |          |         | undetermined |        | fund_reserve_months
-          | the first day of 2026                   |        | 2026 | 2026-01-01 |             |                |          |          |         | undetermined |        | min_paid_months
cn-2024    | the year before that of the application  | | 2023 | 2024-06-03 | | | | | | refused | | year
cn-2024    | the year of the application, its first day | | 2024 | 2024-01-01 | | | | | | entitled | 60,000 |
cn-2024    | the year of the application, its last day  | | 2024 | 2024-12-31 | | | | | | entitled | 60,000 |
cn-2024    | the year after                             | | 2025 | 2024-12-31 | | | | | | refused | | year
cn-2025-18 | on the first day of 2025 for 2024          | | 2024 | 2025-01-01 | | | | | | refused | | year
"""

HIGHER = """
source     | case                              | size  | year | applied_on | outcome  | yuan   | because
-          | before July, whatever the reserve |       | 2025 | 2025-06-30 | entitled | 60,000 |
cn-2025-25 | small, from July                  |       | 2025 | 2025-07-01 | entitled | {small} |
cn-2025-25 | large, from July                  | large | 2025 | 2025-07-01 | entitled | {large} |
"""


@each(CASES, EMPLOYER_FACTS)
def test_refund(case: Case) -> None:
    agrees(decided(RULE, BASE, case), case)


def reserve(months: int) -> Parameters:
    """The pack's parameters, as if the city had put on file how long its fund lasts."""
    own = chongqing().of(RULE.name)
    lasting = Version(months, date(2024, 1, 1), None, "50", "", "", "official")
    return replace(chongqing(), rules={RULE.name: {**own, "fund_reserve_months": replace(own["fund_reserve_months"], versions=(lasting,))}})


@each(HIGHER.format(small="60,000", large="30,000"), EMPLOYER_FACTS)
def test_a_reserve_of_less_than_a_year_keeps_the_lower_share(case: Case) -> None:
    agrees(decided(RULE, BASE, case, reserve(11)), case)


@pytest.mark.parametrize("months", [12, 13])
@each(HIGHER.format(small="90,000", large="50,000"), EMPLOYER_FACTS)
def test_a_reserve_of_a_year_gives_the_higher_share(case: Case, months: int) -> None:
    agrees(decided(RULE, BASE, case, reserve(months)), case)
