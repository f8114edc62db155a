"""Facts about one hire: for subsidies to the employer and for tax relief on hiring."""

from __future__ import annotations

from guildhall.incentives.tables.facts import (
    APPLICATION,
    BIRTH_MONTH,
    CLAIMED,
    DIED_ON,
    GRADUATES,
    GRADUATES_AS_OF,
    GRANTED,
    HARDSHIP,
    HARDSHIP_AS_OF,
    INSURANCE,
    INSURANCE_MONTHS,
    KEY_GROUP,
    UNEMPLOYMENT,
    UNEMPLOYMENT_AS_OF,
    Fact,
    as_of,
    fact,
    facts_table,
    unless,
)
from guildhall.kernel.tables import CODE, COUNT, DATE, FLAG, KEY, NAME
from guildhall.registry.tables import CONTRACTS, SECTORS, SIZES


def tax_year(subject_zh: str, subject_en: str) -> tuple[Fact, ...]:
    """What relief for one year asks about: its months, and what is payable of each tax, in the order in which relief is set off."""

    def due(name: str, zh: str, en: str) -> Fact:
        return fact(name, COUNT, f"当年尚应缴纳的{zh}", f"{en} still payable in the year", CLAIMED, unit="fen")

    return (
        fact("tax_year", COUNT, "减免所属年度", "calendar year of the relief", unit="year"),
        fact("months_in_year", COUNT, f"当年{subject_zh}的月数", f"months of the year in which {subject_en}", unit="months"),
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


HIRE = (
    fact("spell_id", KEY, "就业时段键", "key of the spell of employment", known=True, ref="registry.employment_spells"),
    fact("worker_id", KEY, "劳动者键", "person hired", known=True, ref="registry.workers"),
    fact("organisation_id", KEY, "用人单位", "employer", known=True, ref="registry.organisations"),
    fact("place", NAME, "入职日用人单位所在地", "place of the employer on the day of hiring", ref="registry.places"),
    fact("size", CODE, "用人单位规模", "size of the employer", values=SIZES),
    fact("sector", CODE, "用人单位行业", "sector of the employer", values=SECTORS),
    BIRTH_MONTH,
    fact("born_on", DATE, "出生日期；只在以月份无法判断时需要", "day of birth; needed only where the month leaves it open", CLAIMED),
    DIED_ON,
    fact("hired_on", DATE, "入职日期", "first day of the job", known=True),
    fact(
        "left_on",
        DATE,
        "离职后的第一天；空为在职",
        "first day after the job; empty while it lasts",
        unless("在职", "still employed"),
    ),
    fact("contract", CODE, "用工形式", "kind of contract", values=CONTRACTS),
    fact("contract_from", DATE, "劳动合同起始日期", "first day of the labour contract", CLAIMED),
    fact("contract_until", DATE, "劳动合同终止日期（不含）", "first day after the labour contract", CLAIMED),
    fact("open_ended", FLAG, "无固定期限劳动合同", "the labour contract has no end", CLAIMED),
    *APPLICATION,
)
INSURED = (
    fact(
        "insured_months",
        COUNT,
        "入职后由本单位连续缴纳社会保险的月数：最近一次连续缴纳",
        "months for which this employer has paid social insurance without a break since the hire, in the latest run of them",
        INSURANCE_MONTHS,
        unit="months",
    ),
    fact("insuring", FLAG, "本单位仍在连续缴纳", "that run of months still goes on", INSURANCE),
    fact(
        "longest_run",
        COUNT,
        "入职后由本单位连续缴纳社会保险最长的一次的月数",
        "months of the longest run for which this employer has paid without a break since the hire",
        INSURANCE,
        unit="months",
    ),
    fact(
        "paid_months",
        COUNT,
        "入职后由本单位缴纳社会保险的累计月数",
        "months for which this employer has paid social insurance since the hire, in all",
        INSURANCE_MONTHS,
        unit="months",
    ),
    fact("employed_before", FLAG, "毕业后、入职前曾参保就业", "was insured in another job between graduation and this hire", INSURANCE),
    as_of("insured_as_of", "社会保险数据日期", "day the insurance data speak of"),
    fact(
        "contribution_months",
        COUNT,
        "申请补贴的缴费月数，自入职起算",
        "months of contributions claimed, counted from the hire",
        CLAIMED,
        unit="months",
    ),
    fact(
        "individual_contributions",
        COUNT,
        "这些月份个人已缴社会保险费合计",
        "what the person hired paid for social insurance in those months",
        CLAIMED,
        unit="fen",
    ),
)
GROUPS = (
    fact("graduate", FLAG, "高等学校毕业生", "has completed higher education", GRADUATES),
    fact("graduated_on", DATE, "高等学校毕业日期", "day of graduation from higher education", GRADUATES),
    GRADUATES_AS_OF,
    fact("registered_unemployed", FLAG, "入职前为登记失业人员", "was registered as unemployed when hired", UNEMPLOYMENT),
    fact("unemployed_since", DATE, "该次失业登记日期", "day of that registration", UNEMPLOYMENT),
    UNEMPLOYMENT_AS_OF,
    fact(
        "unemployed",
        FLAG,
        "入职时处于失业状态（不论是否登记），有证明",
        "was unemployed when hired, registered or not, as a document shows",
        CLAIMED,
    ),
    fact("unemployed_from", DATE, "该失业状态的第一天", "first day of that unemployment", CLAIMED),
    fact("local_household", FLAG, "本市户籍", "registered household in the city", CLAIMED),
    fact("hard_to_employ", FLAG, "入职日为就业困难人员", "registered as hard to employ when hired", HARDSHIP),
    fact("monitored", FLAG, "入职日为防返贫监测对象", "monitored against falling back into poverty when hired", HARDSHIP),
    HARDSHIP_AS_OF,
    KEY_GROUP,
)
ALREADY = (
    fact(
        "hiring_grants",
        COUNT,
        "此人已被领取吸纳就业补贴次数（任何单位）",
        "hiring subsidies granted for this person to any employer",
        GRANTED,
        unit="grants",
        known=True,
    ),
    fact(
        "expansion_grants",
        COUNT,
        "此人已被领取扩岗补助次数（任何单位）",
        "job-expansion subsidies granted for this person to any employer",
        GRANTED,
        unit="grants",
        known=True,
    ),
    fact(
        "insurance_grants",
        COUNT,
        "此次入职已领社会保险补贴次数",
        "social-insurance subsidies granted for this hire",
        GRANTED,
        unit="grants",
        known=True,
    ),
    fact(
        "insurance_months",
        COUNT,
        "此次入职已领社会保险补贴的月数；有一次的月数不明即为空",
        "months of contributions already subsidised for this hire; empty while those of any grant are unknown",
        GRANTED,
        unit="months",
    ),
    fact(
        "graduate_grants",
        COUNT,
        "此人已被领取小微企业吸纳毕业生补贴次数",
        "subsidies of micro and small firms granted for this graduate",
        GRANTED,
        unit="grants",
        known=True,
    ),
)
FACTS = (*HIRE, *INSURED, *GROUPS, *ALREADY, *tax_year("在岗并参保", "the person worked and was insured here"))
HIRE_FACTS = facts_table(
    "incentives.hire_facts",
    "每次入职一行：判断用人单位补贴和吸纳重点群体税收减免所需的事实",
    "One row for each hire: what subsidies to the employer and tax relief on hiring ask about",
    FACTS,
    ("spell_id",),
)
