"""Facts about one business and its owner: for relief for the self-employed, start-up loans and the start-up grant."""

from __future__ import annotations

from guildhall.incentives.tables.facts import (
    APPLICATION,
    CLAIMED,
    GRADUATES,
    GRADUATES_AS_OF,
    GRANTED,
    HARDSHIP,
    HARDSHIP_AS_OF,
    INSURANCE,
    KEY_GROUP,
    UNEMPLOYMENT,
    UNEMPLOYMENT_AS_OF,
    as_of,
    fact,
    facts_table,
    tax_year,
    unless,
)
from guildhall.kernel.tables import CODE, COUNT, DATE, FLAG, KEY, NAME

BUSINESS_KINDS = ("self_employed", "micro", "small", "medium")
"""A business of one's own (个体工商户), or an enterprise by size."""
BORROWERS = ("person", "partnership", "company")

BUSINESS = (
    fact("business_id", KEY, "经营主体键", "key of the business", known=True),
    fact("worker_id", KEY, "经营者", "owner", known=True, ref="registry.workers"),
    fact("organisation_id", KEY, "对应的组织，个体户可空", "the organisation it is, where it is one", ref="registry.organisations"),
    fact("place", NAME, "经营地", "place of business", ref="registry.places"),
    fact("kind", CODE, "类别", "kind", values=BUSINESS_KINDS),
    fact("registered_on", DATE, "登记日期", "day of registration", known=True),
    fact(
        "closed_on",
        DATE,
        "注销日期；空为存续",
        "first day it no longer exists; empty while it does",
        unless("存续", "still in business"),
    ),
    *APPLICATION,
    fact("first_business", FLAG, "首次创办", "the owner's first business", CLAIMED),
    fact("legal_representative", FLAG, "经营者为法定代表人或经营者本人", "the owner is its legal representative or proprietor", CLAIMED),
    fact(
        "insured_employees",
        COUNT,
        "除经营者外按规定参保的从业人数",
        "people besides the owner who work there insured as the rule demands",
        INSURANCE,
        unit="persons",
    ),
    as_of("insured_as_of", "社会保险数据日期", "day the insurance data speak of"),
    fact(
        "household_grants",
        COUNT,
        "本户已领一次性创业补助次数；户不明的为空",
        "start-up grants to the household; empty while the household is unknown",
        GRANTED,
        unit="grants",
    ),
)
OWNER = (
    fact("birth_month", DATE, "经营者出生月份的第一天", "first day of the owner's month of birth"),
    fact(
        "born_on",
        DATE,
        "经营者出生日期；只在以月份无法判断时需要",
        "owner's day of birth; needed only where the month leaves it open",
        CLAIMED,
    ),
    fact(
        "died_on",
        DATE,
        "经营者死亡日期；空为没有记录",
        "owner's day of death; empty: none on record",
        unless("没有死亡记录", "no death on record"),
    ),
    fact("retires_on", DATE, "经营者达到法定退休年龄的日期", "day the owner reaches the statutory age of retirement", CLAIMED),
    fact("local_household", FLAG, "经营者为本市户籍", "owner's registered household is in the city", CLAIMED),
    fact(
        "listed_group",
        FLAG,
        "属于有关规定所列的其他扶持群体，有证明",
        "belongs to another group that the rules on start-up support list, as a document shows",
        CLAIMED,
    ),
    fact("returning_migrant", FLAG, "返乡创业农民工", "a migrant worker who came home to start a business", CLAIMED),
    fact("rural_entrepreneur", FLAG, "农村自主创业者", "started a business in the countryside", CLAIMED),
    fact("graduate", FLAG, "高等学校毕业生", "owner has completed higher education", GRADUATES),
    fact("graduated_on", DATE, "毕业日期", "day of graduation", GRADUATES),
    GRADUATES_AS_OF,
    fact(
        "registered_unemployed",
        FLAG,
        "登记日前为登记失业人员",
        "was registered as unemployed when the business was registered",
        UNEMPLOYMENT,
    ),
    UNEMPLOYMENT_AS_OF,
    fact("monitored", FLAG, "登记日为防返贫监测对象", "monitored against falling back into poverty on that day", HARDSHIP),
    fact("hard_to_employ", FLAG, "登记日为就业困难人员", "registered as hard to employ on that day", HARDSHIP),
    fact("veteran", FLAG, "退役军人", "a veteran", HARDSHIP),
    HARDSHIP_AS_OF,
    KEY_GROUP,
)
LOAN = (
    fact(
        "local_project",
        FLAG,
        "已登记注册，且项目在本市",
        "registered, with a project in the city",
        CLAIMED,
    ),
    fact("has_loan", FLAG, "有创业担保贷款", "has a guaranteed start-up loan", CLAIMED),
    fact("borrower", CODE, "借款人", "borrower", CLAIMED, values=BORROWERS),
    fact("partners", COUNT, "合伙人数", "partners who borrow together", CLAIMED, unit="persons"),
    fact("borrowed_on", DATE, "贷款发放日期", "day the loan was paid out", CLAIMED),
    fact("loan_until", DATE, "贷款到期日期", "day the loan falls due", CLAIMED),
    fact("principal", COUNT, "贷款本金", "principal", CLAIMED, unit="fen"),
    fact("loan_rate", COUNT, "贷款年利率，万分之一", "rate of the loan in hundredths of a percent a year", CLAIMED, unit="basis points"),
    fact("interest_paid", COUNT, "本次申请所涉已付利息", "interest paid for the period claimed", CLAIMED, unit="fen"),
    fact("guarantee_fee", COUNT, "本次申请所涉已付担保费", "guarantee fee paid for the period claimed", CLAIMED, unit="fen"),
    fact("fee_months", COUNT, "担保费所涉月数", "months the guarantee fee covers", CLAIMED, unit="months"),
    fact("other_loans", FLAG, "有目录外的其他贷款", "has loans other than those the rule lets stand", CLAIMED),
)
FACTS = (*BUSINESS, *OWNER, *LOAN, *tax_year("经营", "the business was run"))
BUSINESS_FACTS = facts_table(
    "incentives.business_facts",
    "每个经营主体一行：判断自主创业税收减免、创业担保贷款贴息和创业补助所需的事实",
    "One row for each business: what relief for the self-employed, interest subsidy and the start-up grant ask about",
    FACTS,
    ("business_id",),
)
