"""技能提升补贴, the skill-upgrade subsidy: paid to a worker for a certificate, from the unemployment insurance fund.

The certificate's day of issue selects the amounts, the months insured and the window. The day of the grant says whether anything may be
granted at all, and selects the yearly limit. Two kinds of shortage are asked about: they stand in different texts and have different lists.
"""

from __future__ import annotations

from guildhall.incentives.engine.measures import lasts
from guildhall.incentives.tables import CERTIFICATE_FACTS, INPUTS
from guildhall.rules import Facts, Law, Node, Result, Text, add_months, all_of, any_of, is_empty, is_in, not_, pay, rule, when

SAYS = {
    "open": Text("发放时有文件规定可以发放", "a text in force allows grants at the time of the grant"),
    "certificate": Text("持有的是技能等级证书，不是岗位聘任", "it is a certificate of skill level, not an appointment to a post"),
    "level": Text("{level} 属于补贴的等级", "level {level} is one the subsidy covers"),
    "valid": Text("申请日证书有效", "the certificate holds on the day of application"),
    "in_time": Text("自发证之日起 {window_months}内申请", "applied for within {window_months} of issue"),
    "who": Text(
        "本市单位的参保职工，或正在领取失业保险金", "insured and working for an employer in the city, or drawing unemployment benefit"
    ),
    "insured": Text(
        "参保满 {min_insured_months}（现为 {insured_months}）", "insured for at least {min_insured_months} (so far {insured_months})"
    ),
    "paid_in_full": Text("依规定足额缴纳失业保险费", "contributions are paid in full where the text asks for it"),
    "once": Text("同一职业同一等级只补一次", "not granted before for this occupation and level"),
    "no_higher": Text("同一职业没有领过更高等级的补贴", "not granted for a higher level of this occupation"),
    "no_double": Text("同一证书没有领过职业培训补贴", "no training subsidy was granted for this certificate"),
    "within_limit": Text(
        "发放当年的次数未到上限（已领 {grants_in_year}）", "the limit of the year of the grant leaves room (so far {grants_in_year})"
    ),
}


def very_short(p: Facts, c: Law) -> Node:
    """The city counts the occupation as very short of people (非常紧缺), which raises the amount: as a document of the claim shows, else as
    the city's list in force on the day of issue says."""
    return when(is_empty(p.very_short_shown), is_in(p.occupation, c.very_short_occupations), p.very_short_shown)


def urgent(p: Facts, c: Law) -> Node:
    """The occupation counts as urgently needed (急需紧缺), which leaves room for further grants: as a document or the list says."""
    return when(is_empty(p.urgent_shown), is_in(p.occupation, c.urgent_occupations), p.urgent_shown)


def within_limit(p: Facts, year: Law, needed: Node) -> Node:
    """The grants of the year leave room for another. A first grant fits under any limit, so a year without a known one refuses nobody that.

    Further grants are for urgently needed occupations. Whether such a grant uses up the ordinary one is not settled by the text of 2025.
    """
    return any_of(
        p.grants_in_year == 0,
        p.grants_in_year < year.yearly_limit,
        all_of(needed, p.grants_in_year < year.yearly_limit + year.extra_if_shortage),
        all_of(not_(needed), p.ordinary_grants_in_year < year.yearly_limit, year.ordinary_after_shortage),
    )


@rule(
    "skill_upgrade_subsidy",
    title=Text("技能提升补贴", "Skill-upgrade subsidy"),
    facts=CERTIFICATE_FACTS,
    inputs=INPUTS[CERTIFICATE_FACTS.name],
    governed_by="issued_on",
    place="place",
    unit="fen",
    channel="claim",
    basis=("人社部发〔2017〕40号", "渝人社发〔2017〕165号", "渝府办发〔2023〕57号", "人社部发〔2025〕18号"),
    excludes=("training_subsidy",),
    says=SAYS,
)
def skill_upgrade_subsidy(p: Facts, c: Law) -> Result:
    """An amount by level, higher for occupations very short of people."""
    year = c.at(p.granted_on)
    return pay(
        all_of(
            open=year.open,
            certificate=p.kind == "skill_level",
            level=is_in(p.level, c.levels),
            valid=lasts(p.valid_until, p.applied_on),
            in_time=all_of(p.issued_on <= p.applied_on, p.applied_on <= add_months(p.issued_on, c.window_months)),
            who=any_of(all_of(p.insured, p.employer_here), all_of(c.benefit_recipients, p.drawing_benefit)),
            insured=p.insured_months >= c.min_insured_months,
            paid_in_full=any_of(not_(c.full_contributions), p.paid_in_full),
            once=p.same_level_grants == 0,
            no_higher=any_of(p.higher_level_grants == 0, not_(c.higher_bars_lower)),
            no_double=any_of(p.training_subsidies == 0, not_(c.training_bars)),
            within_limit=within_limit(p, year, urgent(p, c)),
        ),
        c.amount[p.level, very_short(p, c)],
        cap=c.national_cap[p.level],
    )
