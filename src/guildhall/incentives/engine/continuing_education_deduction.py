"""继续教育专项附加扣除: deductions from taxable income, for the year of a certificate and for months of degree study. Never money.

Whether a certificate of skill level counts, or only one of the national catalogue of qualifications, is disputed.
"""

from __future__ import annotations

from guildhall.incentives.engine.measures import times
from guildhall.incentives.tables import CERTIFICATE_FACTS, INPUTS
from guildhall.rules import Facts, Law, Result, Text, all_of, any_of, deduct, least, not_, rule


@rule(
    "continuing_education_deduction",
    title=Text("继续教育专项附加扣除（证书）", "Continuing-education deduction for a certificate"),
    facts=CERTIFICATE_FACTS,
    inputs=INPUTS[CERTIFICATE_FACTS.name],
    governed_by="issued_on",
    place="place",
    unit="fen",
    channel="tax",
    basis=("国发〔2018〕41号",),
    says={
        "certificate": Text("取得了证书，不是岗位聘任", "it is a certificate, not an appointment to a post"),
        "requires_tax_confirmation": Text(
            "证书在国家职业资格目录内，或经税务机关确认适用",
            "in the national catalogue of qualifications, or accepted by the tax authority",
        ),
        "once_a_year": Text("当年没有因其他证书扣除", "nothing was deducted for another certificate of the year"),
    },
)
def continuing_education_deduction(p: Facts, c: Law) -> Result:
    """A fixed deduction in the year of the certificate."""
    return deduct(
        all_of(
            certificate=p.kind == "skill_level",
            requires_tax_confirmation=any_of(p.listed_qualification, c.covers_skill_levels),
            once_a_year=not_(p.deducted_already),
        ),
        c.amount,
    )


@rule(
    "degree_study_deduction",
    title=Text("继续教育专项附加扣除（学历）", "Continuing-education deduction for degree study"),
    facts=CERTIFICATE_FACTS,
    inputs=INPUTS[CERTIFICATE_FACTS.name],
    governed_by="issued_on",
    place="place",
    unit="fen",
    channel="tax",
    basis=("国发〔2018〕41号",),
    says={
        "studying": Text("当年在接受学历（学位）继续教育", "studies for a degree in the year of the certificate"),
        "within_term": Text(
            "同一学历最多扣除 {max_months}（此前已扣 {study_months_before}）",
            "{max_months} at most for one degree (used before: {study_months_before})",
        ),
    },
)
def degree_study_deduction(p: Facts, c: Law) -> Result:
    """A deduction for each month of study; it may stand beside the one for a certificate."""
    return deduct(
        all_of(studying=p.studying, within_term=p.study_months_before < c.max_months),
        times(c.monthly, least(p.study_months, c.max_months - p.study_months_before), "months"),
    )
