# ruff: noqa: E501  # a case is a row of a table, however wide
"""The start-up grant, interest on start-up loans and their guarantee, case by case."""

from __future__ import annotations

from datetime import date

from guildhall.incentives.engine import RULEBOOK
from guildhall.incentives.tables import BUSINESS_FACTS
from tests.incentives.golden import Case, agrees, decided, each

GRANT, INTEREST, FEE = (RULEBOOK[name] for name in ("startup_grant", "loan_interest_subsidy", "guarantee_fee_subsidy"))
SHOP = {
    "place": "cq-500113",
    "kind": "self_employed",
    "registered_on": date(2023, 4, 10),
    "applied_on": date(2024, 6, 11),
    "first_business": True,
    "legal_representative": True,
    "insured_employees": 3,
    "household_grants": 0,
    "birth_month": date(1985, 9, 1),
    "local_household": True,
    "returning_migrant": True,
    "rural_entrepreneur": False,
    "listed_group": False,
    "graduate": False,
    "registered_unemployed": False,
}
"""A migrant worker came home to Banan and has run a shop for 14 months, with three insured employees."""

GRANTS = """
source     | case                                      | kind  | place     | registered_on | closed_on  | applied_on | insured_employees | household_grants | returning_migrant | rural_entrepreneur | registered_unemployed | local_household | graduate | outcome      | yuan  | because
banan-2023 | (5) 14 months, three jobs, no prior grant |       |           |               |            |            |                   |                  |                   |                    |                       |                 |          | entitled     | 8,000 |
banan-2023 | (5) the spouse's second shop              |       |           |               |            |            |                   | 1                |                   |                    |                       |                 |          | refused      |       | household_once
-          | the household is not known                |       |           |               |            |            |                   | ?                |                   |                    |                       |                 |          | undetermined |       | household_grants
banan-2023 | a year less a day                         |       |           | 2023-06-12    |            |            |                   |                  |                   |                    |                       |                 |          | refused      |       | long_enough
banan-2023 | a year                                    |       |           | 2023-06-11    |            |            |                   |                  |                   |                    |                       |                 |          | entitled     | 8,000 |
banan-2023 | a year and a day                          |       |           | 2023-06-10    |            |            |                   |                  |                   |                    |                       |                 |          | entitled     | 8,000 |
banan-2023 | three years less a day                    |       |           | 2021-06-12    |            |            |                   |                  |                   |                    |                       |                 |          | entitled     | 8,000 |
banan-2023 | three years                               |       |           | 2021-06-11    |            |            |                   |                  |                   |                    |                       |                 |          | refused      |       | recent_enough
banan-2023 | three years and a day                     |       |           | 2021-06-10    |            |            |                   |                  |                   |                    |                       |                 |          | refused      |       | recent_enough
banan-2023 | from a leap day: the day before a year    |       |           | 2024-02-29    |            | 2025-02-27 |                   |                  |                   |                    |                       |                 |          | refused      |       | long_enough
banan-2023 | from a leap day: the last of February     |       |           | 2024-02-29    |            | 2025-02-28 |                   |                  |                   |                    |                       |                 |          | entitled     | 8,000 |
banan-2023 | two jobs                                  |       |           |               |            |            | 2                 |                  |                   |                    |                       |                 |          | refused      |       | jobs
banan-2023 | four jobs                                 |       |           |               |            |            | 4                 |                  |                   |                    |                       |                 |          | entitled     | 8,000 |
banan-2023 | a micro enterprise                        | micro |           |               |            |            |                   |                  |                   |                    |                       |                 |          | entitled     | 8,000 |
banan-2023 | a small enterprise                        | small |           |               |            |            |                   |                  |                   |                    |                       |                 |          | refused      |       | kind
banan-2023 | closed on the day of application          |       |           |               | 2024-06-11 |            |                   |                  |                   |                    |                       |                 |          | refused      |       | open
banan-2023 | closed the day after                      |       |           |               | 2024-06-12 |            |                   |                  |                   |                    |                       |                 |          | entitled     | 8,000 |
banan-2023 | rural and registered as unemployed        |       |           |               |            |            |                   |                  | no                | yes                | yes                   |                 |          | entitled     | 8,000 |
banan-2023 | rural, not registered as unemployed       |       |           |               |            |            |                   |                  | no                | yes                | no                    |                 |          | refused      |       | group
banan-2023 | household elsewhere                       |       |           |               |            |            |                   |                  |                   |                    |                       | no              |          | refused      |       | household_register
banan-2023 | household elsewhere, but a graduate       |       |           |               |            |            |                   |                  |                   |                    |                       | no              | yes      | entitled     | 8,000 |
-          | the day before the guide                  |       |           | 2022-01-10    |            | 2023-01-31 |                   |                  |                   |                    |                       |                 |          | undetermined |       | amount
banan-2023 | the day of the guide                      |       |           | 2022-01-10    |            | 2023-02-01 |                   |                  |                   |                    |                       |                 |          | entitled     | 8,000 |
press-2025 | the last day of 2025                      |       |           | 2024-06-12    |            | 2025-12-31 |                   |                  |                   |                    |                       |                 |          | entitled     | 8,000 |
-          | the first day of 2026                     |       |           | 2024-06-12    |            | 2026-01-01 |                   |                  |                   |                    |                       |                 |          | undetermined |       | amount
banan-2023 | elsewhere in the city: not verified       |       | cq-500230 |               |            |            |                   |                  |                   |                    |                       |                 |          | entitled     | 8,000 |
"""

LOAN = SHOP | {
    "applied_on": date(2025, 12, 15),
    "has_loan": True,
    "local_project": True,
    "borrower": "person",
    "partners": 1,
    "borrowed_on": date(2025, 8, 4),
    "loan_until": date(2028, 8, 4),
    "principal": 30_000_000,
    "loan_rate": 350,
    "interest_paid": 350_000,
    "guarantee_fee": 100_000,
    "fee_months": 12,
    "other_loans": False,
    "retires_on": date(2048, 9, 1),
}
"""She borrowed 300,000 yuan at 3.5 % for three years and has paid 3,500 yuan of interest so far."""

LOANS = """
source     | case                                          | borrower    | partners | borrowed_on | principal | loan_rate | loan_until | retires_on | birth_month | born_on    | other_loans | has_loan | local_project | listed_group | returning_migrant | outcome      | yuan  | because
cq-2025-11 | half of the interest paid                     |             |          |             |           |           |            |            |             |            |             |          |               |              |                   | entitled     | 1,750 |
cq-2025-11 | a person: the limit                           |             |          |             | 500000    |           |            |            |             |            |             |          |               |              |                   | entitled     | 1,750 |
cq-2025-11 | a person: a yuan above                        |             |          |             | 500001    |           |            |            |             |            |             |          |               |              |                   | refused      |       | within_limit
cq-2025-11 | a company: the limit                          | company     |          |             | 6000000   |           |            |            |             |            |             |          |               |              |                   | entitled     | 1,750 |
cq-2025-11 | a company: a yuan above                       | company     |          |             | 6000001   |           |            |            |             |            |             |          |               |              |                   | refused      |       | within_limit
cq-2025-11 | two partners: the limit                       | partnership | 2        |             | 1100000   |           |            |            |             |            |             |          |               |              |                   | entitled     | 1,750 |
cq-2025-11 | two partners: a yuan above                    | partnership | 2        |             | 1100001   |           |            |            |             |            |             |          |               |              |                   | refused      |       | within_limit
cq-2025-11 | eleven partners: the limit together           | partnership | 11       |             | 6000000   |           |            |            |             |            |             |          |               |              |                   | entitled     | 1,750 |
cq-2025-11 | eleven partners: a yuan above                 | partnership | 11       |             | 6000001   |           |            |            |             |            |             |          |               |              |                   | refused      |       | within_limit
cq-2025-11 | a rate of 3.49 %                              |             |          |             |           | 349       |            |            |             |            |             |          |               |              |                   | entitled     | 1,750 |
cq-2025-11 | a rate of 3.51 %: too high, and after it      |             |          |             |           | 351       |            |            |             |            |             |          |               |              |                   | refused      |       | rate rate_after
cq-2025-11 | falls due the day before retirement           |             |          |             |           |           |            | 2028-08-05 |             |            |             |          |               |              |                   | entitled     | 1,750 |
cq-2025-11 | falls due on the day of retirement            |             |          |             |           |           |            | 2028-08-04 |             |            |             |          |               |              |                   | refused      |       | before_retirement
-          | day of retirement not known                   |             |          |             |           |           |            | ?          |             |            |             |          |               |              |                   | undetermined |       | retires_on
cq-2025-11 | 16 on the day                                 |             |          |             |           |           |            |            | 2009-08-01  | 2009-08-04 |             |          |               |              |                   | entitled     | 1,750 |
cq-2025-11 | 16 the day after                              |             |          |             |           |           |            |            | 2009-08-01  | 2009-08-05 |             |          |               |              |                   | refused      |       | old_enough
cq-2025-11 | other loans                                   |             |          |             |           |           |            |            |             |            | yes         |          |               |              |                   | refused      |       | no_other_loans
cq-2025-11 | no loan                                       |             |          |             |           |           |            |            |             |            |             | no       |               |              |                   | refused      |       | loan
-          | borrowed the day before the page              |             |          | 2025-06-16  |           |           |            |            |             |            |             |          |               |              |                   | undetermined |       | max_rate
cq-2025-11 | borrowed on the day of the page               |             |          | 2025-06-17  |           |           |            |            |             |            |             |          |               |              |                   | entitled     | 1,750 |
-          | borrowed in 2026: the LPR is not on file      |             |          | 2026-01-01  |           |           |            |            |             |            |             |          |               |              |                   | undetermined |       | max_rate
cq-2025-11 | not registered, or the project elsewhere      |             |          |             |           |           |            |            |             |            |             |          | no            |              |                   | refused      |       | local_project
-          | whether registered here is not known          |             |          |             |           |           |            |            |             |            |             |          | ?             |              |                   | undetermined |       | local_project
cq-2025-11 | a person of no group                          |             |          |             |           |           |            |            |             |            |             |          |               |              | no                | refused      |       | group
-          | a company of no group: not on file            | company     |          |             |           |           |            |            |             |            |             |          |               |              | no                | undetermined |       | owner_tests
-          | a company, owner past retirement: not on file | company     |          |             |           |           |            | 2026-01-01 |             |            |             |          |               |              |                   | undetermined |       | owner_tests
"""

FEES = """
source     | case                         | principal | guarantee_fee | fee_months | other_loans | born_on    | birth_month | outcome      | yuan   | because
cq-2025-11 | a fee below half a percent   | 300000    | 1000          | 12         |             |            |             | entitled     | 1,000  |
cq-2025-11 | a fee of just half a percent | 300000    | 1500          | 12         |             |            |             | entitled     | 1,500  |
cq-2025-11 | a fee above                  | 300000    | 1501          | 12         |             |            |             | entitled     | 1,500  |
cq-2025-11 | half a year                  | 300000    | 1501          | 6          |             |            |             | entitled     | 750    |
cq-2025-11 | rounded down to the fen      | 333333    | 9999          | 7          |             |            |             | entitled     | 972.22 |
cq-2025-11 | no fee                       | 300000    | 0             | 12         |             |            |             | refused      |        | fee
-          | the fee is not known         | 300000    | ?             | 12         |             |            |             | undetermined |        | guarantee_fee
cq-2025-11 | a loan of just the limit     | 500000    | 1000          | 12         |             |            |             | entitled     | 1,000  |
cq-2025-11 | a yuan above the limit       | 500001    | 1000          | 12         |             |            |             | refused      |        | within_limit
cq-2025-11 | other loans                  | 300000    | 1000          | 12         | yes         |            |             | refused      |        | no_other_loans
cq-2025-11 | 16 on the day                | 300000    | 1000          | 12         |             | 2009-08-04 | 2009-08-01  | entitled     | 1,000  |
cq-2025-11 | 16 the day after             | 300000    | 1000          | 12         |             | 2009-08-05 | 2009-08-01  | refused      |        | old_enough
"""


@each(GRANTS, BUSINESS_FACTS)
def test_start_up_grant(case: Case) -> None:
    agrees(decided(GRANT, SHOP, case), case)


@each(LOANS, BUSINESS_FACTS)
def test_interest(case: Case) -> None:
    agrees(decided(INTEREST, LOAN, case), case)


@each(FEES, BUSINESS_FACTS)
def test_guarantee_fee(case: Case) -> None:
    agrees(decided(FEE, LOAN, case), case)


def test_who_is_a_few_months_short_hears_the_day_it_turns() -> None:
    decision = decided(GRANT, SHOP, Case({"source": "-"}, {"registered_on": date(2023, 8, 31)}))
    assert decision.near is not None
    assert (decision.near.condition, decision.near.turns_on) == ("long_enough", date(2024, 8, 31))
