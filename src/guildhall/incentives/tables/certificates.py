"""Facts about one certificate: for the skill-upgrade subsidy, the training subsidy and the deductions for continuing education."""

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
    INSURANCE_CONTRADICTS,
    INSURANCE_MONTHS,
    UNEMPLOYMENT,
    UNEMPLOYMENT_AS_OF,
    as_of,
    fact,
    facts_table,
    unless,
)
from guildhall.kernel.tables import CODE, COUNT, DATE, FLAG, KEY, NAME, Text
from guildhall.registry.tables import CERTIFICATE_KINDS, CERTIFICATE_SOURCES, CERTIFIED
from guildhall.rules.inputs import claim

TRAININGS = ("catalogue", "off_catalogue", "new_occupation", "featured")
"""Courses of the published catalogue, outside it, for new occupations, and the city's featured courses: each is paid differently."""


CERTIFICATE = (
    fact("certificate_id", KEY, "证书键", "key of the certificate", known=True, ref="registry.certificates"),
    fact("worker_id", KEY, "劳动者键", "holder", known=True, ref="registry.workers"),
    fact(
        "place",
        NAME,
        "发证日的参保地：缴费或用人单位所在地，没有单位的为常住地",
        "where the holder was insured on the day of issue: the place of the paying employer, or of residence without one",
        ref="registry.places",
    ),
    BIRTH_MONTH,
    DIED_ON,
    fact("kind", CODE, "技能等级证书或岗位聘任", "skill-level certificate, or appointment to a post", known=True, values=CERTIFICATE_KINDS),
    fact("level", CODE, "等级", "level", known=True, values=CERTIFIED),
    fact("occupation", NAME, "职业编码", "occupation code", known=True, ref="skills.occupations"),
    fact("source", CODE, "企业自主评价或社会评价组织", "employer, or public assessment body", values=CERTIFICATE_SOURCES),
    fact("issued_on", DATE, "发证日期", "day of issue", known=True),
    fact(
        "valid_until",
        DATE,
        "失效日期（不含）；空为有效",
        "first day it no longer holds; empty while it does",
        unless("有效", "no end to it on record"),
    ),
    fact(
        "very_short_shown",
        FLAG,
        "申请所附材料证明该职业是否属于本市非常紧缺职业；空为以目录为准",
        "a document of the claim shows whether the city counts the occupation as very short of people; empty: the list decides",
        claim(empty=Text("以本市非常紧缺职业目录为准", "the city's list decides")),
    ),
    fact(
        "urgent_shown",
        FLAG,
        "申请所附材料证明该职业是否属于急需紧缺职业；空为以目录为准",
        "a document of the claim shows whether the occupation counts as urgently needed; empty: the list decides",
        claim(empty=Text("以急需紧缺职业目录为准", "the list of urgently needed occupations decides")),
    ),
    *APPLICATION,
)
INSURED = (
    fact(
        "insured_months",
        COUNT,
        "到申请日累计参加失业保险的月数",
        "months insured against unemployment, in all, up to the day of application",
        INSURANCE_MONTHS,
        unit="months",
    ),
    fact("insured", FLAG, "申请日在保", "insured on the day of application", INSURANCE),
    as_of("insured_as_of", "失业保险数据日期", "day the insurance data speak of"),
    INSURANCE_CONTRADICTS,
    fact("employer_here", FLAG, "申请日的用人单位在本市登记", "on the day of application works for an organisation registered in the city"),
    fact("drawing_benefit", FLAG, "申请日在领失业保险金", "drew unemployment benefit on the day of application", CLAIMED),
    fact("paid_in_full", FLAG, "失业保险费已足额缴纳", "contributions to unemployment insurance are paid in full", CLAIMED),
)
ALREADY = (
    fact(
        "grants_in_year",
        COUNT,
        "本人在发放年度已领技能提升补贴次数",
        "skill-upgrade subsidies the holder was granted in the calendar year of the grant, other than this one",
        GRANTED,
        unit="grants",
        known=True,
    ),
    fact(
        "ordinary_grants_in_year",
        COUNT,
        "其中非急需紧缺职业的次数；有一次不明即为空",
        "of these, those not granted as for an urgently needed occupation; empty while that is unknown of any",
        GRANTED,
        unit="grants",
    ),
    fact(
        "same_level_grants",
        COUNT,
        "本人因同一职业同一等级已领技能提升补贴次数（含旧证、换发的证）；有一次的职业或等级不明、又无已知的，为空",
        "skill-upgrade subsidies granted to the holder for this occupation and level, by any certificate; empty while that is open",
        GRANTED,
        unit="grants",
    ),
    fact(
        "higher_level_grants",
        COUNT,
        "本人因同一职业更高等级已领技能提升补贴次数；不明为空",
        "skill-upgrade subsidies granted to the holder for a higher level of this occupation; empty while that is open",
        GRANTED,
        unit="grants",
    ),
    fact(
        "skill_subsidies",
        COUNT,
        "本证书已领技能提升补贴次数",
        "skill-upgrade subsidies already granted for this certificate",
        GRANTED,
        unit="grants",
        known=True,
    ),
    fact(
        "training_subsidies",
        COUNT,
        "本证书已领职业培训补贴次数",
        "training subsidies already granted for this certificate",
        GRANTED,
        unit="grants",
        known=True,
    ),
)
TRAINED = (
    fact("trained", FLAG, "取证前参加了培训", "a course led to the certificate", CLAIMED),
    fact("training", CODE, "培训类别", "kind of course", CLAIMED, values=TRAININGS),
    fact("training_started_on", DATE, "培训开始日期", "first day of the course", CLAIMED),
    fact("training_days", COUNT, "培训天数", "days of the course", CLAIMED, unit="days"),
    fact("listed_cost", COUNT, "目录公布的培训费", "cost of the course as the catalogue lists it", CLAIMED, unit="fen"),
    fact("poor_trainee", FLAG, "符合生活费补贴条件的困难学员", "a trainee entitled to a living allowance for hardship", CLAIMED),
    fact(
        "allowances_in_year",
        COUNT,
        "本人在发放年度已领培训生活费补贴次数",
        "living allowances granted in the year",
        GRANTED,
        unit="grants",
        known=True,
    ),
)
GROUPS = (
    fact("monitored", FLAG, "培训开始日为防返贫监测对象", "monitored against falling back into poverty when the course began", HARDSHIP),
    fact("hard_to_employ", FLAG, "培训开始日为就业困难人员", "registered as hard to employ when the course began", HARDSHIP),
    HARDSHIP_AS_OF,
    fact("graduate", FLAG, "高等学校毕业生（含应届）", "has completed, or completes, higher education", GRADUATES),
    fact("graduated_on", DATE, "高等学校毕业日期", "day of graduation from higher education", GRADUATES),
    GRADUATES_AS_OF,
    fact("school_leaver", FLAG, "未继续升学的初高中毕业生", "left junior or senior school and did not go on", CLAIMED),
    fact("left_school_on", DATE, "初高中毕业日期", "day of leaving school", CLAIMED),
    fact("rural_transferred", FLAG, "农村转移就业劳动者", "moved from the land into a job"),
    fact("registered_unemployed", FLAG, "培训开始日为城镇登记失业人员", "registered as unemployed when the course began", UNEMPLOYMENT),
    UNEMPLOYMENT_AS_OF,
    fact("employed", FLAG, "培训开始日在岗", "employed when the course began"),
    fact("hired_on", DATE, "培训开始日所在岗位的入职日期", "first day of the job held when the course began"),
)
TAXED = (
    fact(
        "listed_qualification",
        FLAG,
        "证书在国家职业资格目录内",
        "the certificate stands in the national catalogue of qualifications",
        CLAIMED,
    ),
    fact("deducted_already", FLAG, "当年已因其他证书扣除", "deducted for another certificate in the same year", CLAIMED),
    fact("studying", FLAG, "当年在接受学历（学位）继续教育", "studies for a degree beside work in the year of the certificate", CLAIMED),
    fact("study_months", COUNT, "当年学历继续教育月数", "months of that study in the year", CLAIMED, unit="months"),
    fact(
        "study_months_before", COUNT, "该学历此前已扣除月数", "months deducted for the same degree in earlier years", CLAIMED, unit="months"
    ),
)
FACTS = (*CERTIFICATE, *INSURED, *ALREADY, *TRAINED, *GROUPS, *TAXED)
CERTIFICATE_FACTS = facts_table(
    "incentives.certificate_facts",
    "每张证书一行：判断技能提升补贴、职业培训补贴和继续教育扣除所需的事实",
    "One row for each certificate: what the skill-upgrade subsidy, the training subsidy and the deductions for education ask about",
    FACTS,
    ("certificate_id",),
)
