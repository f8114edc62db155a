"""A made-up subsidy with everything a rule can have, and the facts of one worker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from guildhall.kernel.tables import CODE, COUNT, DATE, FLAG, KEY, NAME, Column, Table
from guildhall.rules import (
    Facts,
    Law,
    Link,
    Origin,
    Parameter,
    Parameters,
    Result,
    Text,
    Version,
    add_months,
    all_of,
    claim,
    count,
    feed,
    grants,
    is_in,
    pay,
    records,
    rows_of,
    rule,
    year_of,
)

TODAY = date(2024, 9, 1)
CERTIFICATES = Table(
    "spec.certificates",
    Text("证书", "certificates"),
    (
        Column("certificate_id", KEY, Text("证书键", "key")),
        Column("issued_on", DATE, Text("发证日期", "day of issue"), nullable=True),
        Column("applied_on", DATE, Text("申请日期；尚未申请的为查询日", "day of application; today without one"), nullable=True),
        Column("insured_months", COUNT, Text("参保月数", "months insured"), unit="months", nullable=True),
        Column("insured_as_of", DATE, Text("数据日期", "day the data speak of"), nullable=True),
        Column("level", CODE, Text("等级", "level"), values=("L5", "L4", "L3"), nullable=True),
        Column("shortage", FLAG, Text("紧缺职业", "occupation in shortage"), nullable=True),
        Column("place", NAME, Text("参保地", "place"), nullable=True),
        Column("fee", COUNT, Text("鉴定费", "fee paid"), unit="fen", nullable=True),
        Column("birth_month", DATE, Text("出生月份", "month of birth"), nullable=True),
        Column("died_on", DATE, Text("死亡日期", "day of death"), nullable=True),
        Column("grants", rows_of(Column("year", COUNT, Text("年度", "year"))), Text("已发放补贴", "earlier grants"), nullable=True),
    ),
    key=("certificate_id",),
)
INPUTS: Mapping[str, Origin] = {
    "issued_on": records(),
    "applied_on": claim(grows="day"),
    "insured_months": feed("insured_as_of", 62, grows="month"),
    "level": records(),
    "shortage": records(),
    "place": records(),
    "fee": claim(),
    "died_on": records(empty=Text("没有死亡记录", "no death on record")),
    "grants": grants(),
}
ABOUT: dict[str, Any] = {
    "facts": CERTIFICATES,
    "inputs": INPUTS,
    "governed_by": "issued_on",
    "place": "place",
    "unit": "fen",
    "channel": "claim",
    "title": Text("样例补贴", "Sample subsidy"),
    "basis": ("a document",),
}


@rule(
    "sample_subsidy",
    says={
        "insured": Text("已参保 {insured_months}，须满 {least_months}", "insured for {insured_months}; {least_months} are needed"),
        "in_time": Text("自发证之日起 {window} 内申请", "applied for within {window} of issue"),
    },
    **ABOUT,
)
def sample(p: Facts, c: Law) -> Result:
    """An amount by level, once a year."""
    return pay(
        all_of(
            insured=p.insured_months >= c.least_months,
            in_time=p.applied_on <= add_months(p.issued_on, c.window),
            level=is_in(p.level, "L5", "L4"),
            first=count(p.grants, lambda g: g.year == year_of(p.issued_on)) == 0,
            paid=p.fee > 0,
        ),
        c.amount[p.level, p.shortage],
        cap=c.cap[p.level],
    )


def version(value: Any, place: str = "CN", **more: Any) -> Version:
    return Version(value, date(2023, 1, 1), date(2026, 1, 1), place, "样例〔2023〕1号", "第三条", "official", **more)


def scalar(name: str, unit: str, value: object, title: Text | None = None) -> Parameter:
    return Parameter(name, unit, "scalar", (version(value),), title)


AMOUNTS = ((("L5", True), 120000), (("L5", False), 100000), (("L4", True), 180000), (("L4", False), 150000))
HELD = {
    each.name: each
    for each in (
        scalar("least_months", "months", 12, Text("最少参保月数", "insured months needed")),
        scalar("window", "months", 12),
        Parameter("amount", "fen", "table", (version(AMOUNTS, "50", uplift="样例〔2023〕2号"),), None, ("level", "shortage")),
        Parameter("cap", "fen", "table", (version(((("L5",), 100000), (("L4",), 150000))),), None, ("level",)),
    )
}
LAW = Parameters({"sample_subsidy": HELD}, links=(Link("district", "50"),))
WORKER: Mapping[str, object] = {
    "certificate_id": 7,
    "issued_on": date(2024, 5, 10),
    "applied_on": TODAY,
    "insured_months": 14,
    "insured_as_of": date(2024, 8, 31),
    "level": "L4",
    "shortage": True,
    "place": "district",
    "fee": 5000,
    "birth_month": date(1990, 2, 1),
    "grants": [{"year": 2023}],
}
