# ruff: noqa: E501  # a case is a row of a table, however wide
"""The training subsidy and the living allowance of trainees, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from guildhall.incentives.engine import RULEBOOK
from guildhall.incentives.tables import CERTIFICATE_FACTS
from guildhall.rules.parameters import Parameters
from tests.incentives.golden import Case, agrees, chongqing, decided, each

RULE, ALLOWANCE = RULEBOOK["training_subsidy"], RULEBOOK["trainee_living_allowance"]
NOBODY = {
    "place": "cq-500103",
    "birth_month": date(1990, 3, 1),
    "kind": "skill_level",
    "level": "L4",
    "issued_on": date(2024, 5, 10),
    "applied_on": date(2024, 6, 3),
    "trained": True,
    "training": "off_catalogue",
    "training_started_on": date(2024, 4, 1),
    "training_days": 20,
    "listed_cost": 230_000,
    "employed": False,
    "monitored": False,
    "graduate": False,
    "school_leaver": False,
    "rural_transferred": False,
    "registered_unemployed": False,
    "hard_to_employ": False,
    "training_subsidies": 0,
    "skill_subsidies": 0,
    "poor_trainee": True,
    "allowances_in_year": 0,
}
"""A trainee of no group, with an L4 certificate of May 2024 after a course of 20 days from 1 April."""

GROUPS = """
source           | case                                       | monitored | graduate | graduated_on | school_leaver | left_school_on | rural_transferred | registered_unemployed | hard_to_employ | employed | hired_on   | skill_subsidies | training_subsidies | outcome      | yuan | because
cq-2024-training | of no group                                |           |          |              |               |                |                   |                       |                |          |            |                 |                    | refused      |      | group
cq-2024-training | monitored; no amount after 2021 is on file | yes       |          |              |               |                |                   |                       |                |          |            |                 |                    | undetermined |      | amount
cq-2024-training | moved from the land                        |           |          |              |               |                | yes               |                       |                |          |            |                 |                    | undetermined |      | amount
cq-2024-training | registered as unemployed                   |           |          |              |               |                |                   | yes                   |                |          |            |                 |                    | undetermined |      | amount
cq-2024-training | hard to employ                             |           |          |              |               |                |                   |                       | yes            |          |            |                 |                    | undetermined |      | amount
cq-2024-training | graduates at the end of the year           |           | yes      | 2024-12-31   |               |                |                   |                       |                |          |            |                 |                    | undetermined |      | amount
cq-2024-training | graduates in the next year                 |           | yes      | 2025-01-01   |               |                |                   |                       |                |          |            |                 |                    | refused      |      | group
cq-2024-training | graduated in the year before               |           | yes      | 2023-12-31   |               |                |                   |                       |                |          |            |                 |                    | refused      |      | group
cq-2024-training | left school a year ago, to the day         |           |          |              | yes           | 2023-04-01     |                   |                       |                |          |            |                 |                    | undetermined |      | amount
cq-2024-training | left school less than a year ago           |           |          |              | yes           | 2023-04-02     |                   |                       |                |          |            |                 |                    | undetermined |      | amount
cq-2024-training | left school a year and a day ago           |           |          |              | yes           | 2023-03-31     |                   |                       |                |          |            |                 |                    | refused      |      | group
cq-2024-training | hired a year before, to the day            | yes       |          |              |               |                |                   |                       |                | yes      | 2023-04-01 |                 |                    | undetermined |      | amount
cq-2024-training | hired a year and a day before              | yes       |          |              |               |                |                   |                       |                | yes      | 2023-03-31 |                 |                    | refused      |      | recently_hired
cq-2024-training | (3) the skill-upgrade subsidy was granted  | yes       |          |              |               |                |                   |                       |                |          |            | 1               |                    | refused      |      | no_double
-                | granted before for the certificate         | yes       |          |              |               |                |                   |                       |                |          |            |                 | 1                  | refused      |      | once
"""

AMOUNTS = """
source            | case                                | issued_on  | level | training       | training_days | outcome      | yuan  | because
cq-catalogue-2019 | the cost the catalogue lists        |            |       | catalogue      |               | entitled     | 2,300 |
cq-catalogue-2019 | outside it, L5                      |            | L5    |                |               | entitled     | 1,000 |
cq-catalogue-2019 | outside it, L4                      |            | L4    |                |               | entitled     | 1,500 |
cq-catalogue-2019 | outside it, L3                      |            | L3    |                |               | entitled     | 2,500 |
cq-catalogue-2019 | outside it, L2                      |            | L2    |                |               | entitled     | 3,500 |
cq-catalogue-2019 | outside it, L1                      |            | L1    |                |               | entitled     | 5,000 |
cq-catalogue-2019 | a new occupation, 29 days           |            |       | new_occupation | 29            | entitled     | 5,800 |
cq-catalogue-2019 | a new occupation, 30 days           |            |       | new_occupation | 30            | entitled     | 6,000 |
cq-catalogue-2019 | a new occupation, 31 days           |            |       | new_occupation | 31            | entitled     | 6,000 |
cq-catalogue-2019 | a featured course, 29 days          |            |       | featured       | 29            | entitled     | 3,770 |
cq-catalogue-2019 | a featured course, 30 days          |            |       | featured       | 30            | entitled     | 3,900 |
cq-catalogue-2019 | a featured course, 31 days          |            |       | featured       | 31            | entitled     | 3,900 |
cq-catalogue-2019 | the last day of 2021                | 2021-12-31 |       |                |               | entitled     | 1,500 |
cq-catalogue-2019 | the first day of 2022               | 2022-01-01 |       |                |               | undetermined |       | amount
"""

ALLOWANCES = """
source             | case                          | issued_on  | training_days | poor_trainee | allowances_in_year | outcome      | yuan  | because
cq-2021-allowance  | 20 days                       |            |               |              |                    | entitled     | 1,000 |
cq-2021-allowance  | 30 days                       |            | 30            |              |                    | entitled     | 1,500 |
cq-2021-allowance  | 31 days                       |            | 31            |              |                    | entitled     | 1,500 |
cq-2021-allowance  | not in hardship               |            |               | no           |                    | refused      |       | in_hardship
cq-2021-allowance  | hardship not known            |            |               | ?            |                    | undetermined |       | poor_trainee
cq-2021-allowance  | the second of the year        |            |               |              | 1                  | refused      |       | once_a_year
cq-2021-allowance  | the last day of 2020          | 2020-12-31 |               |              |                    | undetermined |       | daily
cq-2021-allowance  | the first day of 2022         | 2022-01-01 |               |              |                    | undetermined |       | daily
"""

OF_2021 = NOBODY | {
    "issued_on": date(2021, 6, 10),
    "training_started_on": date(2021, 5, 6),
    "applied_on": date(2021, 7, 1),
    "monitored": True,
}


@each(GROUPS, CERTIFICATE_FACTS)
def test_groups(case: Case) -> None:
    agrees(decided(RULE, NOBODY, case), case)


def test_in_2021_amounts_are_on_file_and_groups_are_not() -> None:
    decision = decided(RULE, OF_2021, Case({"source": "-"}, {}))
    assert decision.outcome == "undetermined"
    assert "groups" in {missing.name for missing in decision.missing}


@pytest.fixture(scope="module")
def groups_held_earlier() -> Parameters:
    """As if the groups of 2024 had been those of the catalogue's years, so that its amounts can be tried."""
    own = dict(chongqing().of(RULE.name))
    for name in ("groups", "school_leaver_months", "post_training_months"):
        version = next(one for one in own[name].versions if one.value is not None)
        own[name] = replace(own[name], versions=(replace(version, valid_from=date(2019, 1, 1)),))
    return replace(chongqing(), rules={RULE.name: own})


@each(AMOUNTS, CERTIFICATE_FACTS)
def test_amounts(case: Case, groups_held_earlier: Parameters) -> None:
    agrees(decided(RULE, OF_2021, case, groups_held_earlier), case)


@each(ALLOWANCES, CERTIFICATE_FACTS)
def test_living_allowance(case: Case) -> None:
    agrees(decided(ALLOWANCE, OF_2021, case), case)
