# ruff: noqa: E501  # a case is a row of a table, however wide
"""Subsidies to an employer for a hire, case by case: the one-off hiring subsidy, job expansion, social insurance."""

from __future__ import annotations

from datetime import date

from guildhall.incentives.engine import RULEBOOK
from guildhall.incentives.tables import HIRE_FACTS
from tests.incentives.golden import Case, agrees, decided, each

HIRING, EXPANSION = RULEBOOK["hiring_subsidy"], RULEBOOK["job_expansion_subsidy"]
INSURANCE, GRADUATE = RULEBOOK["social_insurance_subsidy"], RULEBOOK["small_firm_graduate_subsidy"]
BASE = {
    "place": "cq-500103",
    "size": "small",
    "sector": "manufacturing",
    "birth_month": date(1990, 3, 1),
    "hired_on": date(2024, 3, 1),
    "contract": "regular",
    "contract_from": date(2024, 3, 1),
    "contract_until": date(2025, 3, 1),
    "open_ended": False,
    "applied_on": date(2024, 9, 20),
    "insured_months": 6,
    "insuring": True,
    "longest_run": 6,
    "paid_months": 6,
    "employed_before": False,
    "graduate": False,
    "registered_unemployed": False,
    "unemployed": False,
    "local_household": True,
    "hard_to_employ": False,
    "monitored": False,
    "hiring_grants": 0,
    "expansion_grants": 0,
    "insurance_grants": 0,
    "insurance_months": 0,
    "graduate_grants": 0,
}
"""A small manufacturer in Yuzhong hired somebody aged 34 in March 2024, who belongs to no group, for a year."""

GROUPS = """
source         | case                                            | graduate | graduated_on | employed_before | registered_unemployed | unemployed_since | unemployed | unemployed_from | local_household | hard_to_employ | outcome      | yuan  | because
cq-2023-hiring | of no group                                     |          |              |                 |                       |                  |            |                 |                 |                | refused      |       | group
cq-2023-hiring | hard to employ                                  |          |              |                 |                       |                  |            |                 |                 | yes            | entitled     | 6,000 |
cq-2023-hiring | hard to employ, not known                       |          |              |                 |                       |                  |            |                 |                 | ?              | undetermined |       | hard_to_employ
cq-2023-hiring | hard to employ and a graduate: the higher       | yes      | 2024-06-30   |                 |                       |                  |            |                 |                 | yes            | entitled     | 6,000 |
cq-2023-hiring | graduates at the end of the year of hire        | yes      | 2024-12-31   |                 |                       |                  |            |                 |                 |                | entitled     | 2,000 |
cq-2023-hiring | graduates on the first day of the next          | yes      | 2025-01-01   |                 |                       |                  |            |                 |                 |                | refused      |       | group
cq-2023-hiring | two years after, to the day                     | yes      | 2022-03-01   |                 |                       |                  |            |                 |                 |                | entitled     | 2,000 |
cq-2023-hiring | two years after, less a day                     | yes      | 2022-03-02   |                 |                       |                  |            |                 |                 |                | entitled     | 2,000 |
cq-2023-hiring | two years and a day after                       | yes      | 2022-02-28   |                 |                       |                  |            |                 |                 |                | refused      |       | group
cq-2023-hiring | two years after, but had another job            | yes      | 2022-06-30   | yes             |                       |                  |            |                 |                 |                | refused      |       | group
cq-2023-hiring | two years after, other jobs not known           | yes      | 2022-06-30   | ?               |                       |                  |            |                 |                 |                | undetermined |       | employed_before
cq-2023-hiring | unemployed six months, to the day               |          |              |                 | yes                   | 2023-09-01       |            |                 |                 |                | entitled     | 2,000 |
cq-2023-hiring | unemployed six months and a day                 |          |              |                 | yes                   | 2023-08-31       |            |                 |                 |                | entitled     | 2,000 |
cq-2023-hiring | unemployed six months less a day                |          |              |                 | yes                   | 2023-09-02       |            |                 |                 |                | refused      |       | group
cq-2023-hiring | unemployed for long, from elsewhere             |          |              |                 | yes                   | 2023-01-05       |            |                 | no              |                | refused      |       | group
cq-2023-hiring | unemployed for long, household not known        |          |              |                 | yes                   | 2023-01-05       |            |                 | ?               |                | undetermined |       | local_household
cq-2023-hiring | not registered: whether unemployed is not known |          |              |                 |                       |                  | ?          |                 |                 |                | undetermined |       | unemployed
cq-2023-hiring | not registered: shown, six months to the day    |          |              |                 |                       |                  | yes        | 2023-09-01      |                 |                | entitled     | 2,000 |
cq-2023-hiring | not registered: shown, six months and a day     |          |              |                 |                       |                  | yes        | 2023-08-31      |                 |                | entitled     | 2,000 |
cq-2023-hiring | not registered: shown, six months less a day    |          |              |                 |                       |                  | yes        | 2023-09-02      |                 |                | refused      |       | group
cq-2023-hiring | registered late: whether longer is not known    |          |              |                 | yes                   | 2024-01-05       | ?          |                 |                 |                | undetermined |       | unemployed
cq-2023-hiring | registered late, shown to be longer             |          |              |                 | yes                   | 2024-01-05       | yes        | 2023-05-01      |                 |                | entitled     | 2,000 |
"""

LEAP = """
source         | case                                         | hired_on   | unemployed_since | outcome  | yuan  | because
cq-2023-hiring | six months from 31 August, to the leap day   | 2024-02-29 | 2023-08-31       | entitled | 2,000 |
cq-2023-hiring | the day before                               | 2024-02-28 | 2023-08-31       | refused  |       | group
cq-2023-hiring | the day after                                | 2024-03-01 | 2023-08-31       | entitled | 2,000 |
cq-2023-hiring | six months from 31 August, in a common year  | 2025-02-28 | 2024-08-31       | entitled | 2,000 |
cq-2023-hiring | the day before                               | 2025-02-27 | 2024-08-31       | refused  |       | group
"""

AGES = """
source         | case                                            | birth_month | born_on    | local_household | outcome      | yuan  | because
cq-2023-hiring | 16 the month before                             | 2008-02-01  |            | no              | entitled     | 2,000 |
cq-2023-hiring | 16 this month, day not known                    | 2008-03-01  |            | no              | undetermined |       | born_on
cq-2023-hiring | 16 on the day                                   | 2008-03-01  | 2008-03-01 | no              | entitled     | 2,000 |
cq-2023-hiring | 16 the day after                                | 2008-03-01  | 2008-03-02 | no              | refused      |       | group
cq-2023-hiring | 16 next month                                   | 2008-04-01  |            | no              | refused      |       | group
cq-2023-hiring | 25 the month before                             | 1999-02-01  |            | no              | refused      |       | group
cq-2023-hiring | 25 this month, day not known                    | 1999-03-01  |            | no              | undetermined |       | born_on
cq-2023-hiring | 25 on the day                                   | 1999-03-01  | 1999-03-01 | no              | refused      |       | group
cq-2023-hiring | still 24, for a day                             | 1999-03-01  | 1999-03-02 | no              | entitled     | 2,000 |
cq-2023-hiring | 25 next month                                   | 1999-04-01  |            | no              | entitled     | 2,000 |
"""

TERMS = """
source         | case                                     | hired_on   | contract_from | contract_until | open_ended | insured_months | longest_run | insuring | hiring_grants | expansion_grants | outcome      | yuan  | because
cq-2023-hiring | contract of a year less a day            |            |               | 2025-02-28     |            |                |             |          |               |                  | refused      |       | contract
cq-2023-hiring | contract of a year and a day             |            |               | 2025-03-02     |            |                |             |          |               |                  | entitled     | 6,000 |
cq-2023-hiring | contract of a year from the leap day     |            | 2024-02-29    | 2025-02-28     |            |                |             |          |               |                  | entitled     | 6,000 |
cq-2023-hiring | contract without end                     |            |               | ?              | yes        |                |             |          |               |                  | entitled     | 6,000 |
cq-2023-hiring | contract not known                       |            |               | ?              | ?          |                |             |          |               |                  | undetermined |       | open_ended contract_until
cq-2023-hiring | five months insured                      |            |               |                |            | 5              | 5           |          |               |                  | refused      |       | insured
cq-2023-hiring | seven months insured                     |            |               |                |            | 7              | 7           |          |               |                  | entitled     | 6,000 |
press-hiring   | a second employer for the same person    |            |               |                |            |                |             |          | 1             |                  | refused      |       | once
-              | job expansion was granted for the person |            |               |                |            |                |             |          |               | 1                | refused      |       | no_expansion
cq-2023-hiring | hired the day before the page            | 2023-07-27 |               |                |            |                |             |          |               |                  | undetermined |       | amount
cq-2023-hiring | hired on the day of the page             | 2023-07-28 |               |                |            |                |             |          |               |                  | entitled     | 6,000 |
-              | hired on the last day of 2025            | 2025-12-31 |               |                |            |                |             |          |               |                  | entitled     | 6,000 |
-              | hired on the first day of 2026           | 2026-01-01 |               |                |            |                |             |          |               |                  | undetermined |       | amount
cq-2023-hiring | broken after six months, two since       |            |               |                |            | 2              | 6           |          |               |                  | entitled     | 6,000 |
cq-2023-hiring | broken after three months, two since     |            |               |                |            | 2              | 3           |          |               |                  | refused      |       | insured
cq-2023-hiring | broken after three months, six since     |            |               |                |            | 6              | 6           |          |               |                  | entitled     | 6,000 |
cq-2023-hiring | six months, then none                    |            |               |                |            | 6              | 6           | no       |               |                  | entitled     | 6,000 |
"""

JOBS = """
source   | case                                      | birth_month | registered_unemployed | graduate | graduated_on | hiring_grants | expansion_grants | outcome      | yuan  | because
recalled | graduates in the year of the hire         |             |                       | yes      | 2025-06-30   |               |                  | entitled     | 1,500 |
recalled | graduated the year before: silent         |             |                       | yes      | 2024-06-30   |               |                  | undetermined |       | graduate_months
recalled | young and unemployed                      | 2003-05-01  | yes                   |          |              |               |                  | entitled     | 1,500 |
recalled | unemployed, not young                     |             | yes                   |          |              |               |                  | refused      |       | group
recalled | the hiring subsidy was granted            |             |                       | yes      | 2025-06-30   | 1             |                  | refused      |       | no_hiring_subsidy
recalled | a second employer for the same person     |             |                       | yes      | 2025-06-30   |               | 1                | refused      |       | once
"""

SHARES = """
source             | case                                                           | size   | sector       | graduate | graduated_on | registered_unemployed | unemployed_since | unemployed | monitored | contribution_months | paid_months | individual_contributions | applied_on | granted_on | insurance_grants | insurance_months | graduate_grants | outcome      | yuan     | because
hualong-2025-10-15 | four months' contributions, all paid                           |        |              | yes      | 2025-06-30   |                       |                  |            |           |                     |             |                          |            |            |                  |                  |                 | entitled     | 450      |
hualong-2025-10-15 | three of them                                                  |        |              | yes      | 2025-06-30   |                       |                  |            |           | 3                   |             | 1350                     |            |            |                  |                  |                 | entitled     | 337.50   |
hualong-2025-10-15 | thirteen months                                                |        |              | yes      | 2025-06-30   |                       |                  |            |           | 13                  | 13          | 5850                     |            |            |                  |                  |                 | refused      |          | months
hualong-2025-10-15 | a graduate of 2024, employed before                            |        |              | yes      | 2024-06-30   | no                    |                  |            |           |                     |             |                          |            |            |                  |                  |                 | refused      |          | group
hualong-2025-10-15 | an unemployed graduate of 2024                                 |        |              | yes      | 2024-06-30   | yes                   | 2025-05-01       |            |           |                     |             |                          |            |            |                  |                  |                 | entitled     | 450      |
hualong-2025-10-15 | an unemployed graduate of 2023                                 |        |              | yes      | 2023-06-30   | yes                   | 2025-05-01       |            |           |                     |             |                          |            |            |                  |                  |                 | entitled     | 450      |
hualong-2025-10-15 | an unemployed graduate of 2022                                 |        |              | yes      | 2022-06-30   | yes                   | 2025-05-01       |            |           |                     |             |                          |            |            |                  |                  |                 | refused      |          | group
hualong-2025-10-15 | unemployed six months, to the day                              |        |              |          |              | yes                   | 2025-01-14       |            |           |                     |             |                          |            |            |                  |                  |                 | entitled     | 450      |
hualong-2025-10-15 | unemployed six months less a day                               |        |              |          |              | yes                   | 2025-01-15       |            |           |                     |             |                          |            |            |                  |                  |                 | refused      |          | group
hualong-2025-10-15 | monitored against poverty                                      |        |              |          |              |                       |                  |            | yes       |                     |             |                          |            |            |                  |                  |                 | entitled     | 450      |
hualong-2025-10-15 | a medium employer                                              | medium |              |          |              |                       |                  |            | yes       |                     |             |                          |            |            |                  |                  |                 | entitled     | 450      |
hualong-2025-10-15 | a large employer                                               | large  |              |          |              |                       |                  |            | yes       |                     |             |                          |            |            |                  |                  |                 | refused      |          | size
hualong-2025-10-15 | another sector                                                 |        | construction |          |              |                       |                  |            | yes       |                     |             |                          |            |            |                  |                  |                 | refused      |          | sector
-                  | the sector is not known                                        |        | ?            |          |              |                       |                  |            | yes       |                     |             |                          |            |            |                  |                  |                 | undetermined |          | sector
hualong-2025-10-15 | applied for on the last day                                    |        |              |          |              |                       |                  |            | yes       |                     |             |                          | 2025-12-31 | 2025-12-31 |                  |                  |                 | entitled     | 450      |
hualong-2025-10-15 | applied for the day after                                      |        |              |          |              |                       |                  |            | yes       |                     |             |                          | 2026-01-01 | 2026-01-01 |                  |                  |                 | refused      |          | in_time
-                  | paid on the last day                                           |        |              |          |              |                       |                  |            | yes       |                     |             |                          |            | 2026-12-31 |                  |                  |                 | entitled     | 450      |
-                  | paid the day after: late for the office, no fault of the claim |        |              |          |              |                       |                  |            | yes       |                     |             |                          |            | 2027-01-01 |                  |                  |                 | entitled     | 450      |
hualong-2025-10-15 | rounded to the fen, half up                                    |        |              |          |              |                       |                  |            | yes       |                     |             | 1                        |            |            |                  |                  |                 | entitled     | 0.25     |
hualong-2025-10-15 | twelve months, all paid                                        |        |              |          |              |                       |                  |            | yes       | 12                  | 12          | 5400                     |            |            |                  |                  |                 | entitled     | 1,350    |
hualong-2025-10-15 | eleven months, all paid                                        |        |              |          |              |                       |                  |            | yes       | 11                  | 12          | 4950                     |            |            |                  |                  |                 | entitled     | 1,237.50 |
hualong-2025-10-15 | a month more than was paid                                     |        |              |          |              |                       |                  |            | yes       | 5                   | 4           |                          |            |            |                  |                  |                 | refused      |          | paid
hualong-2025-10-15 | as many as were paid                                           |        |              |          |              |                       |                  |            | yes       | 4                   | 4           |                          |            |            |                  |                  |                 | entitled     | 450      |
-                  | paid months not known                                          |        |              |          |              |                       |                  |            | yes       |                     | ?           |                          |            |            |                  |                  |                 | undetermined |          | paid_months
hualong-2025-10-15 | two granted, the other two paid since                          |        |              |          |              |                       |                  |            | yes       | 2                   |             | 900                      |            |            | 1                | 2                |                 | entitled     | 225      |
hualong-2025-10-15 | two granted, ten more: twelve in all                           |        |              |          |              |                       |                  |            | yes       | 10                  | 12          |                          |            |            | 1                | 2                |                 | entitled     | 450      |
hualong-2025-10-15 | two granted, eleven more: thirteen in all                      |        |              |          |              |                       |                  |            | yes       | 11                  | 13          |                          |            |            | 1                | 2                |                 | refused      |          | months
-                  | granted before, months not known                               |        |              |          |              |                       |                  |            | yes       |                     |             |                          |            |            | 1                | ?                |                 | undetermined |          | insurance_months
-                  | later months after the last day: silent                        |        |              |          |              |                       |                  |            | yes       | 2                   |             |                          | 2026-01-01 |            | 1                | 2                |                 | undetermined |          | later_months
-                  | the graduates' subsidy was granted: silent                     |        |              |          |              |                       |                  |            | yes       |                     |             |                          |            |            |                  |                  | 1               | undetermined |          | stacks
-                  | a graduate of 2024, not registered: not known                  |        |              | yes      | 2024-06-30   |                       |                  | ?          | no        |                     |             |                          |            |            |                  |                  |                 | undetermined |          | unemployed
hualong-2025-10-15 | a graduate of 2024, not registered: shown                      |        |              | yes      | 2024-06-30   |                       |                  | yes        | no        |                     |             |                          |            |            |                  |                  |                 | entitled     | 450      |
"""

SMALL_FIRMS = """
source           | case                                                           | size   | graduate | graduated_on | graduate_grants | insurance_grants | outcome      | yuan | because
-                | a graduate of the year of the hire: months of insurance silent | micro  | yes      | 2025-06-30   |                 |                  | undetermined |      | min_insured_months
-                | of the year before: silent                                     | micro  | yes      | 2024-06-30   |                 |                  | undetermined |      | earliest_graduation
press-2025-10-14 | a medium employer                                              | medium | yes      | 2025-06-30   |                 |                  | refused      |      | size
press-2025-10-14 | no graduate                                                    | micro  | no       | 2025-06-30   |                 |                  | refused      |      | graduate
-                | granted for the same person before                             | micro  | yes      | 2025-06-30   | 1               |                  | refused      |      | once
-                | contributions were subsidised: silent                          | micro  | yes      | 2025-06-30   |                 | 1                | undetermined |      | stacks min_insured_months
"""

UNEMPLOYED = BASE | {"registered_unemployed": True}
YOUNG = UNEMPLOYED | {"unemployed_since": date(2024, 2, 1)}
HARD = BASE | {"hard_to_employ": True}
OF_2025 = BASE | {
    "hired_on": date(2025, 7, 14),
    "contract_from": date(2025, 7, 14),
    "contract_until": date(2026, 7, 14),
    "applied_on": date(2025, 11, 20),
    "insured_months": 4,
    "longest_run": 4,
    "paid_months": 4,
    "contribution_months": 4,
    "individual_contributions": 180_000,
}
"""Hired in July 2025 and insured from August to November, for contributions of 450 yuan a month: the months up to the claim."""


@each(GROUPS, HIRE_FACTS)
def test_groups_of_the_hiring_subsidy(case: Case) -> None:
    agrees(decided(HIRING, BASE, case), case)


@each(LEAP, HIRE_FACTS)
def test_six_months_from_the_end_of_a_month(case: Case) -> None:
    agrees(decided(HIRING, UNEMPLOYED, case), case)


@each(AGES, HIRE_FACTS)
def test_ages_from_a_month_of_birth(case: Case) -> None:
    agrees(decided(HIRING, YOUNG, case), case)


@each(TERMS, HIRE_FACTS)
def test_terms_of_the_hiring_subsidy(case: Case) -> None:
    agrees(decided(HIRING, HARD, case), case)


@each(JOBS, HIRE_FACTS)
def test_job_expansion(case: Case) -> None:
    agrees(decided(EXPANSION, OF_2025, case), case)


@each(SHARES, HIRE_FACTS)
def test_social_insurance(case: Case) -> None:
    agrees(decided(INSURANCE, OF_2025, case), case)


@each(SMALL_FIRMS, HIRE_FACTS)
def test_graduates_in_small_firms(case: Case) -> None:
    agrees(decided(GRADUATE, OF_2025, case), case)


def test_an_employer_hears_how_many_months_of_insurance_are_still_needed() -> None:
    decision = decided(HIRING, HARD, Case({"source": "-"}, {"insured_months": 4, "longest_run": 4}))
    assert decision.near is not None
    assert (decision.near.condition, decision.near.by, decision.near.turns_on) == ("insured", 2, date(2024, 11, 20))


def test_no_day_is_promised_where_the_run_of_insurance_has_ended() -> None:
    ended = {"insured_months": 4, "longest_run": 4, "insuring": False}
    decision = decided(HIRING, HARD, Case({"source": "-"}, ended))
    assert decision.outcome == "refused"
    assert decision.near is None or decision.near.turns_on is None
