"""Facts about one employer in one year: for the job-stabilisation refund."""

from __future__ import annotations

from guildhall.incentives.tables.facts import APPLIED, ASKED, GRANTED, GRANTING, as_of, fact, facts_table
from guildhall.kernel.tables import CODE, COUNT, DATE, KEY, NAME
from guildhall.registry.tables import SIZES
from guildhall.rules.inputs import feed

PREMIUMS = feed("premiums_as_of", 120, at=ASKED)

FACTS = (
    fact("organisation_id", KEY, "用人单位", "employer", known=True, ref="registry.organisations"),
    fact("year", COUNT, "返还年度", "year of the refund", unit="year", known=True),
    fact("place", NAME, "所在地", "place of the employer", ref="registry.places"),
    fact("size", CODE, "规模", "size", values=SIZES),
    fact(
        "applied_on",
        DATE,
        "申请日期；尚未申请或免申即享的为查询日",
        "day of application; the day asked about where there is none",
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
    fact(
        "premiums",
        COUNT,
        "单位和职工上年度实际缴纳失业保险费",
        "unemployment premiums paid for the year before by employer and staff",
        PREMIUMS,
        unit="fen",
    ),
    fact(
        "months_paid",
        COUNT,
        "累计足额缴纳失业保险费月数；截至数据日期",
        "months for which premiums were paid in full; up to the day of the data",
        PREMIUMS,
        unit="months",
    ),
    fact("insured_people", COUNT, "上年度末参加失业保险人数", "people insured at the end of the year before", PREMIUMS, unit="persons"),
    fact("laid_off", COUNT, "上年度裁员人数", "people laid off in the year before", PREMIUMS, unit="persons"),
    as_of("premiums_as_of", "缴费和裁员数据日期", "day the data on premiums and layoffs speak of"),
    fact("refunds", COUNT, "该年度已返还次数", "refunds already granted for the year", GRANTED, unit="grants", known=True),
)
EMPLOYER_FACTS = facts_table(
    "incentives.employer_facts",
    "每个用人单位每个返还年度一行：判断稳岗返还所需的事实",
    "One row for each employer and year: what the job-stabilisation refund asks about",
    FACTS,
    ("organisation_id", "year"),
)
