"""A column of a facts table together with where its value comes from, as the language of rules wants to know it.

A facts table has one row for each subject of a rule. A rule reads one row of it and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from guildhall.kernel.tables import COUNT, DATE, FLAG, Column, Table, Text
from guildhall.rules.inputs import Origin, claim, feed, grants, records

RECORDED, GRANTED, CLAIMED = records(), grants(), claim()
APPLIED = claim(grows="day")
"""The day of the claim: while there is none it is the day asked about, and moves with it."""
GRANTING = grants(grows="day")
"""The day of the grant moves in the same way."""
ASKED = "applied_on"
"""The day that the facts of a claim are those of: data of other authorities are held against it, however late the claim is decided."""
CONTRADICTS = "insurance_contradicts"
INSURANCE = feed("insured_as_of", 45, at=ASKED)
INSURANCE_RUN = feed("insured_as_of", 45, at=ASKED, contradicted=CONTRADICTS)
INSURANCE_MONTHS = feed("insured_as_of", 45, at=ASKED, contradicted=CONTRADICTS, grows="month")
UNEMPLOYMENT = feed("unemployed_as_of", 45, at=ASKED)
HARDSHIP = feed("hardship_as_of", 190, at=ASKED)
GRADUATES = feed("graduates_as_of", 400, at=ASKED)
"""Each feed with the column that dates it and the days after which it is stale, as in the registry's contracts of feeds. What is counted
from spells of insurance is known only where these do not contradict each other."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One column of a facts table, with its origin."""

    column: Column
    origin: Origin

    @property
    def name(self) -> str:
        return self.column.name


def fact(
    name: str,
    type_: pa.DataType,
    zh: str,
    en: str,
    origin: Origin = RECORDED,
    *,
    unit: str = "",
    values: tuple[str, ...] = (),
    ref: str = "",
    known: bool = False,
) -> Fact:
    """A column of facts; empty where nobody has said, unless it is always `known`."""
    return Fact(Column(name, type_, Text(zh, en), unit=unit, nullable=not known, values=values, ref=ref), origin)


def as_of(name: str, zh: str, en: str) -> Fact:
    """The day that a feed speaks of; empty when it has never come."""
    return fact(name, DATE, zh, en)


def unless(zh: str, en: str) -> Origin:
    """Records in which an empty value is itself a fact: what it means."""
    return records(empty=Text(zh, en))


APPLICATION = (
    fact(
        "applied_on",
        DATE,
        "申请日期；尚未申请的为查询日",
        "day of application; the day asked about while there is none",
        APPLIED,
        known=True,
    ),
    fact(
        "granted_on",
        DATE,
        "发放日期；尚未发放的为查询日",
        "day of the grant; the day asked about while there is none",
        GRANTING,
        known=True,
    ),
)
"""The two days of a claim."""
BIRTH_MONTH = fact("birth_month", DATE, "出生月份的第一天", "first day of the month of birth")
DIED_ON = fact(
    "died_on",
    DATE,
    "死亡日期；空为没有记录",
    "day of death; empty: none on record",
    unless("没有死亡记录", "no death on record"),
)
KEY_GROUP = fact(
    "key_group", FLAG, "税收政策所称重点群体，有证明", "of a key group in the sense of the tax rules, as a document shows", CLAIMED
)
INSURANCE_CONTRADICTS = fact(
    CONTRADICTS,
    FLAG,
    "同一单位的两段参保记录有重叠的月份；由服务窗口请社会保险经办机构核实更正",
    "two spells of insurance with one employer overlap; the counter asks the social insurance agency which is right",
    INSURANCE,
)
GRADUATES_AS_OF = as_of("graduates_as_of", "毕业生数据日期", "day the data on graduates speak of")
UNEMPLOYMENT_AS_OF = as_of("unemployed_as_of", "登记失业数据日期", "day the data on registered unemployment speak of")
HARDSHIP_AS_OF = as_of("hardship_as_of", "困难群体数据日期", "day the data on hardship groups speak of")


def tax_year(subject_zh: str, subject_en: str, months: Origin = RECORDED) -> tuple[Fact, ...]:
    """What relief for one year asks about: its `months`, and what is payable of each tax, in the order in which relief is set off."""

    def due(name: str, zh: str, en: str) -> Fact:
        return fact(name, COUNT, f"当年尚应缴纳的{zh}", f"{en} still payable in the year", CLAIMED, unit="fen")

    return (
        fact("tax_year", COUNT, "减免所属年度", "calendar year of the relief", unit="year"),
        fact("months_in_year", COUNT, f"当年{subject_zh}的月数", f"months of the year in which {subject_en}", months, unit="months"),
        fact("tax_year_from", DATE, "减免所属年度的第一天", "first day of the calendar year of the relief", known=True),
        fact(
            "months_before",
            COUNT,
            "此前已享受减免的月数（含其他单位、其他经营主体）",
            "months of relief used before this year, here or elsewhere: the tax authority grants it, so no record here says",
            CLAIMED,
            unit="months",
        ),
        due("vat_due", "增值税", "value-added tax"),
        due("construction_due", "城市维护建设税", "tax for urban maintenance and construction"),
        due("education_due", "教育费附加", "education surcharge"),
        due("local_education_due", "地方教育附加", "local education surcharge"),
        due("income_tax_due", "所得税", "income tax"),
    )


def facts_table(name: str, zh: str, en: str, facts: Iterable[Fact], key: tuple[str, ...]) -> Table:
    """The declaration of a facts table."""
    return Table(name, Text(zh, en), tuple(fact.column for fact in facts), key)


def origins(facts: Iterable[Fact]) -> dict[str, Origin]:
    """The columns by name with their origins: what a rule on this table may read."""
    return {fact.name: fact.origin for fact in facts}
