# ruff: noqa: E501  # a case is a row of a table, however wide
"""Relief from taxes and deductions from income, case by case."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from guildhall.incentives.engine import RULEBOOK
from guildhall.incentives.models import Business, Statement
from guildhall.incentives.models.sources import STATED, cell_of
from guildhall.incentives.queries import benefits, relief
from guildhall.incentives.queries.sealed import as_text
from guildhall.incentives.tables import BUSINESS_FACTS, CERTIFICATE_FACTS, HIRE_FACTS
from guildhall.office.models import Grant
from guildhall.office.vault import vault
from guildhall.registry.models import EmploymentSpell
from guildhall.rules.parameters import Parameters
from guildhall.web.viewer import Viewer
from tests import people
from tests.incentives.desk import Desk, desk
from tests.incentives.golden import Case, agrees, chongqing, decided, each

__all__ = ["desk"]
HIRING, SELF = RULEBOOK["key_group_hiring_relief"], RULEBOOK["self_employed_relief"]
CERTIFICATE, DEGREE = RULEBOOK["continuing_education_deduction"], RULEBOOK["degree_study_deduction"]
NO_TAX = dict.fromkeys(("vat_due", "construction_due", "education_due", "local_education_due", "income_tax_due"), 0)
HIRE = NO_TAX | {
    "place": "cq-500103",
    "birth_month": date(1990, 3, 1),
    "hired_on": date(2024, 7, 1),
    "contract_from": date(2024, 7, 1),
    "contract_until": date(2025, 7, 1),
    "open_ended": False,
    "applied_on": date(2025, 3, 3),
    "key_group": True,
    "tax_year_from": date(2024, 1, 1),
    "months_in_year": 6,
    "months_before": 0,
    "vat_due": 2_000_000,
}
"""Somebody of a key group, hired on 1 July 2024, of whom six months fall into the year; plenty of tax is payable."""

HIRES = """
source     | case                                                             | hired_on   | tax_year_from | key_group | contract_until | months_in_year | months_before | vat_due | construction_due | income_tax_due | outcome      | yuan  | because
recalled   | (4) six months of 7,800                                          |            |               |           |                |                |               |         |                  |                | entitled     | 3,900 |
cn-2023-15 | (4) taxes of 2,500 only                                          |            |               |           |                |                |               | 2500    |                  |                | entitled     | 2,500 |
cn-2023-15 | taxes of a yuan less than the limit                              |            |               |           |                |                |               | 3899    |                  |                | entitled     | 3,899 |
cn-2023-15 | taxes of just the limit                                          |            |               |           |                |                |               | 3900    |                  |                | entitled     | 3,900 |
cn-2023-15 | several taxes                                                    |            |               |           |                |                |               | 1000    | 70               | 500            | entitled     | 1,570 |
cn-2023-15 | no taxes                                                         |            |               |           |                |                |               | 0       |                  |                | refused      |       | tax_payable
cn-2023-15 | a tax not known                                                  |            |               |           |                |                |               |         |                  | ?              | undetermined |       | income_tax_due
cn-2023-15 | a full year                                                      |            |               |           |                | 12             |               |         |                  |                | entitled     | 7,800 |
cn-2023-15 | a month                                                          |            |               |           |                | 1              |               |         |                  |                | entitled     | 650   |
cn-2023-15 | no month                                                         |            |               |           |                | 0              |               |         |                  |                | refused      |       | insured
cn-2023-15 | the last month of 36                                             |            |               |           |                | 12             | 35            |         |                  |                | entitled     | 650   |
cn-2023-15 | 36 months used                                                   |            |               |           |                | 12             | 36            |         |                  |                | refused      |       | within_term
cn-2023-15 | of no key group                                                  |            |               | no        |                |                |               |         |                  |                | refused      |       | key_group
cn-2023-15 | contract of a year less a day                                    |            |               |           | 2025-06-30     |                |               |         |                  |                | refused      |       | contract
-          | hired on the last day of 2022                                    | 2022-12-31 |               |           |                |                |               |         |                  |                | undetermined |       | amount
cn-2023-15 | hired on the first day of 2023                                   | 2023-01-01 | 2023-01-01    |           |                |                |               |         |                  |                | entitled     | 3,900 |
-          | hired on the last day of 2027: taxes of the year are not on file | 2027-12-31 | 2027-01-01    |           |                |                |               |         |                  |                | undetermined |       | taxes
-          | hired on the first day of 2028                                   | 2028-01-01 | 2028-01-01    |           |                |                |               |         |                  |                | undetermined |       | amount
cn-2023-15 | the calendar: the 36th month, in part of the year                | 2023-01-08 | 2025-01-01    |           |                | 12             |               |         |                  |                | entitled     | 7,800 |
cn-2023-15 | the calendar: five months are left of 36                         | 2023-06-08 | 2025-01-01    |           |                | 12             |               |         |                  |                | entitled     | 7,800 |
-          | the calendar: 36 months are over                                 | 2023-01-08 | 2026-01-01    |           |                | 12             |               |         |                  |                | refused      |       | within_term
-          | the calendar: hired on the last day of the month                 | 2023-01-31 | 2026-01-01    |           |                | 12             |               |         |                  |                | refused      |       | within_term
-          | the calendar: a month is left, of a year without a text          | 2023-02-01 | 2026-01-01    |           |                | 12             |               |         |                  |                | undetermined |       | taxes
-          | months used elsewhere are not known                              |            |               |           |                |                | ?             |         |                  |                | undetermined |       | months_before
-          | the VAT law: the year it takes effect                            | 2025-01-02 | 2026-01-01    |           |                | 12             |               |         |                  |                | undetermined |       | taxes
cn-2023-15 | the VAT law: the year before                                     | 2025-01-02 | 2025-01-01    |           |                | 12             |               |         |                  |                | entitled     | 7,800 |
"""

SHOP = NO_TAX | {
    "place": "cq-500103",
    "kind": "self_employed",
    "birth_month": date(1990, 3, 1),
    "registered_on": date(2024, 1, 8),
    "applied_on": date(2025, 3, 3),
    "key_group": True,
    "tax_year_from": date(2024, 1, 1),
    "months_in_year": 12,
    "months_before": 0,
    "vat_due": 3_000_000,
}
"""A shop of somebody of a key group, registered in January 2024; more tax is payable than relief allows."""

SHOPS = """
source     | case                                                         | kind  | registered_on | tax_year_from | key_group | months_in_year | months_before | vat_due | outcome      | yuan   | because
recalled   | a full year                                                  |       |               |               |           |                |               |         | entitled     | 24,000 |
cn-2023-15 | half a year                                                  |       |               |               |           | 6              |               |         | entitled     | 12,000 |
cn-2023-15 | no more than the taxes payable                               |       |               |               |           |                |               | 18000   | entitled     | 18,000 |
cn-2023-15 | 35 months used                                               |       |               |               |           |                | 35            |         | entitled     | 2,000  |
cn-2023-15 | 36 months used                                               |       |               |               |           |                | 36            |         | refused      |        | within_term
cn-2023-15 | 37 months used                                               |       |               |               |           |                | 37            |         | refused      |        | within_term
cn-2023-15 | an enterprise                                                | micro |               |               |           |                |               |         | refused      |        | self_employed
cn-2023-15 | of no key group                                              |       |               |               | no        |                |               |         | refused      |        | key_group
cn-2023-15 | key group not shown                                          |       |               |               | ?         |                |               |         | undetermined |        | key_group
-          | registered on the last day of 2022                           |       | 2022-12-31    |               |           |                |               |         | undetermined |        | amount
cn-2023-15 | registered on the first day of 2023                          |       | 2023-01-01    | 2023-01-01    |           |                |               |         | entitled     | 24,000 |
-          | nine years after registration                                |       | 2023-01-08    | 2032-01-01    |           |                |               |         | refused      |        | within_term
cn-2023-15 | the calendar: the last of three years                        |       | 2023-01-08    | 2025-01-01    |           |                |               |         | entitled     | 24,000 |
-          | the calendar: the year after them                            |       | 2023-01-08    | 2026-01-01    |           |                |               |         | refused      |        | within_term
-          | the calendar: eleven months are left in 2026, without a text |       | 2023-12-31    | 2026-01-01    |           |                |               |         | undetermined |        | taxes
-          | months used elsewhere are not known                          |       |               |               |           |                | ?             |         | undetermined |        | months_before
"""

LEARNER = {
    "place": "cq-500103",
    "birth_month": date(1990, 3, 1),
    "kind": "skill_level",
    "level": "L3",
    "issued_on": date(2024, 5, 10),
    "applied_on": date(2025, 3, 3),
    "listed_qualification": True,
    "deducted_already": False,
    "studying": True,
    "study_months": 12,
    "study_months_before": 0,
}
CERTIFICATES = """
source     | case                                         | kind        | issued_on  | listed_qualification | deducted_already | outcome      | yuan  | because
tax-qa     | in the national catalogue                    |             |            |                      |                  | entitled     | 3,600 |
-          | a certificate of skill level: disputed       |             |            | no                   |                  | undetermined |       | covers_skill_levels
-          | not known whether in the catalogue           |             |            | ?                    |                  | undetermined |       | listed_qualification
tax-qa     | deducted for another of the year             |             |            |                      | yes              | refused      |       | once_a_year
-          | an appointment to a post                     | appointment |            |                      |                  | refused      |       | certificate
-          | the last day before it was found to hold     |             | 2018-12-31 |                      |                  | undetermined |       | amount
-          | the first day                                |             | 2019-01-01 |                      |                  | entitled     | 3,600 |
"""
DEGREES = """
source     | case                                   | studying | study_months | study_months_before | outcome  | yuan  | because
cn-2018-41 | a year of study                        |          |              |                     | entitled | 4,800 |
cn-2018-41 | 36 months before: the last full year   |          |              | 36                  | entitled | 4,800 |
cn-2018-41 | 47 months before: one is left          |          |              | 47                  | entitled | 400   |
cn-2018-41 | 48 months before                       |          |              | 48                  | refused  |       | within_term
cn-2018-41 | does not study                         | no       |              |                     | refused  |       | studying
"""


@each(HIRES, HIRE_FACTS)
def test_relief_for_hiring(case: Case) -> None:
    agrees(decided(HIRING, HIRE, case), case)


@each(SHOPS, BUSINESS_FACTS)
def test_relief_for_the_self_employed(case: Case) -> None:
    agrees(decided(SELF, SHOP, case), case)


@each(CERTIFICATES, CERTIFICATE_FACTS)
def test_deduction_for_a_certificate(case: Case) -> None:
    agrees(decided(CERTIFICATE, LEARNER, case), case)


@each(DEGREES, CERTIFICATE_FACTS)
def test_deduction_for_a_degree(case: Case) -> None:
    agrees(decided(DEGREE, LEARNER, case), case)


def test_both_deductions_may_stand_in_one_year_and_neither_is_money() -> None:
    both = [decided(rule, LEARNER, Case({"source": "-"}, {})) for rule in (CERTIFICATE, DEGREE)]
    assert sum(decision.value or 0 for decision in both) == 840_000  # yuan 8,400, as the tax bureau's answers say
    assert {(decision.kind, decision.channel) for decision in both} == {("deduct", "tax")}


def in_force(**changed: Any) -> Parameters:
    """The pack's parameters of relief for the self-employed, with the value of some replaced, and the taxes of 2025 held on."""
    own = dict(chongqing().of(SELF.name))
    for name, value in changed.items():
        own[name] = replace(own[name], versions=tuple(replace(one, value=value) for one in own[name].versions))
    first, *_ = own["taxes"].versions
    own["taxes"] = replace(own["taxes"], versions=(replace(first, valid_until=None),))
    return replace(chongqing(), rules={SELF.name: own})


@pytest.mark.parametrize(("start", "yuan"), [("2023-02-01", 2_000), ("2023-01-31", None), ("2023-03-31", 4_000), ("2023-12-31", 22_000)])
def test_months_that_count_end_with_the_36th_of_the_calendar(start: str, yuan: int | None) -> None:
    case = Case({"source": "-"}, {"registered_on": date.fromisoformat(start), "tax_year_from": date(2026, 1, 1)})
    decision = decided(SELF, SHOP, case, in_force())
    assert decision.value == (None if yuan is None else yuan * 100)


@pytest.mark.parametrize("months", [1, 6, 12])
def test_a_years_amount_is_held_against_a_years_cap(months: int) -> None:
    case = Case({"source": "-"}, {"months_in_year": months})
    assert decided(SELF, SHOP, case, in_force(amount=2_400_000)).value == 200_000 * months
    assert decided(SELF, SHOP, case, in_force(amount=2_400_012)).outcome == "undetermined", "a city's amount above the nation's"


# in which order


ALL_DUE = {"vat_due": 100_000, "construction_due": 7_000, "education_due": 3_000, "local_education_due": 2_000, "income_tax_due": 1_000_000}


def test_relief_lowers_the_taxes_in_the_order_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benefits, "parameters", chongqing)
    decision = decided(HIRING, HIRE, Case({"source": "-"}, ALL_DUE))
    found = [(part.tax, part.taken) for part in relief.parts(HIRING, HIRE | ALL_DUE, decision)]
    names = ["vat", "city_construction", "education", "local_education", "corporate_income"]
    assert found == list(zip(names, (100_000, 7_000, 3_000, 2_000, 278_000), strict=True))
    assert sum(taken for _tax, taken in found) == decision.value
    own = dict(chongqing().of(HIRING.name))
    turned = tuple(replace(one, value=tuple(reversed(names))) if one.value else one for one in own["taxes"].versions)
    own["taxes"] = replace(own["taxes"], versions=turned)
    monkeypatch.setattr(benefits, "parameters", lambda: replace(chongqing(), rules={HIRING.name: own}))
    first = relief.parts(HIRING, HIRE | ALL_DUE, decision)[0]
    assert (first.tax, first.taken, first.due) == ("corporate_income", 390_000, 1_000_000)


def test_what_is_not_relief_or_not_given_is_set_off_against_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benefits, "parameters", chongqing)
    assert relief.parts(HIRING, HIRE, decided(HIRING, HIRE, Case({"source": "-"}, {"key_group": False}))) == ()
    assert relief.parts(DEGREE, LEARNER, decided(DEGREE, LEARNER, Case({"source": "-"}, {}))) == ()


def _say(kind: str, key: int, worker: int, said: dict[str, Any]) -> None:
    for name, value in said.items():
        sealed = vault().seal(*STATED, cell_of(kind, key, name), as_text(value))
        Statement.objects.create(subject=kind, subject_id=key, fact=name, value_sealed=sealed, worker_id=worker, said_on=date(2024, 7, 2))


def test_the_pages_of_owner_and_employer_say_which_taxes_are_lowered(desk: Desk) -> None:
    side = desk.world.harbour
    shop = Business.objects.create(worker_id=side.worker, place_id=side.homes[0], kind="self_employed", registered_on=date(2024, 7, 1))
    said = {"key_group": True, "months_before": 0, **ALL_DUE}
    _say("business", shop.pk, side.worker, said)
    page = _page(desk.worker, reverse("benefit", args=["self_employed_relief", "business", shop.pk]))
    assert re.findall(r"<li>(.*?): (.*?) <small", page) == [
        ("value-added tax", "¥1,000.00"),
        ("tax for city construction", "¥70.00"),
        ("education surcharge", "¥30.00"),
        ("local education surcharge", "¥20.00"),
        ("personal income tax", "¥10,000.00"),
    ]
    assert "value-added tax, tax for city construction, education surcharge" in page, "the law beside it says the taxes in words"
    hired = EmploymentSpell.objects.get(pk=side.keys["spell"])
    EmploymentSpell.objects.filter(pk=hired.pk).update(started_on=date(2024, 7, 1))
    _say("spell", hired.pk, side.worker, said | {"open_ended": True})
    desk.agree("employer_hires")
    page = _page(desk.employer, reverse("employer_benefits"))
    assert "corporate income tax: ¥" in page


def _page(viewer: Viewer, address: str) -> str:
    client = people.signed_in(Grant.objects.get(pk=viewer.grant or 0))
    answer = client.get(re.sub("^/zh-hans/", "/en/", address) + "?on=2025-06-30")
    assert answer.status_code == 200
    return unescape(answer.content.decode())
