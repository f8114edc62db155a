"""职业培训补贴, the training subsidy, from the employment fund, and the living allowance of trainees in hardship.

The groups are those of the notice of 2024; the amounts are those of the catalogue of 2019 to 2021. No year has both on file.
"""

from __future__ import annotations

from guildhall.incentives.engine.measures import graduates, times
from guildhall.incentives.tables import CERTIFICATE_FACTS, INPUTS
from guildhall.rules import (
    Facts,
    Law,
    Node,
    Result,
    Text,
    add_months,
    all_of,
    any_of,
    is_in,
    least,
    literal,
    not_,
    pay,
    rounded,
    rule,
    when,
)


def in_group(p: Facts, c: Law) -> Node:
    """Belongs to one of the groups the notice lists."""
    leaver = all_of(p.school_leaver, p.training_started_on <= add_months(p.left_school_on, c.school_leaver_months))
    groups = {
        "poverty_watch": p.monitored,
        "graduate": graduates(p, p.training_started_on),
        "school_leaver": leaver,
        "rural_migrant": p.rural_transferred,
        "registered_unemployed": p.registered_unemployed,
        "in_difficulty": p.hard_to_employ,
    }
    return any_of(*(all_of(is_in(literal(group), c.groups), belongs) for group, belongs in groups.items()))


def course_amount(p: Facts, c: Law) -> Node:
    """The listed cost, a sum by the day up to a limit, or outside the catalogue a sum by level."""
    new = least(times(c.new_occupation_daily, p.training_days, "days"), c.new_occupation_cap)
    featured = least(times(c.featured_daily, p.training_days, "days"), c.featured_cap)
    return when(
        p.training == "catalogue",
        rounded(p.listed_cost * c.catalogue_share, "half_up"),
        when(p.training == "new_occupation", new, when(p.training == "featured", featured, c.amount[p.level])),
    )


@rule(
    "training_subsidy",
    title=Text("职业培训补贴", "Training subsidy"),
    facts=CERTIFICATE_FACTS,
    inputs=INPUTS[CERTIFICATE_FACTS.name],
    governed_by="issued_on",
    place="place",
    unit="fen",
    channel="claim",
    basis=("财社〔2023〕181号", "关于进一步做好职业技能培训和评价工作的通知（重庆，2024年）"),
    excludes=("skill_upgrade_subsidy",),
    says={
        "certificate": Text("取得了技能等级证书", "it is a certificate of skill level"),
        "trained": Text("证书是参加培训后取得的", "a course led to the certificate"),
        "group": Text("培训开始日属于规定的六类人员", "one of the six groups when the course began"),
        "recently_hired": Text(
            "未就业，或入职 {post_training_months}内参加培训", "not employed, or the course began within {post_training_months} of hiring"
        ),
        "once": Text("同一证书没有领过职业培训补贴", "not granted before for this certificate"),
        "no_double": Text("同一证书没有领过技能提升补贴", "no skill-upgrade subsidy was granted for this certificate"),
    },
)
def training_subsidy(p: Facts, c: Law) -> Result:
    """The cost of a course that led to a certificate, for people of six groups."""
    return pay(
        all_of(
            certificate=p.kind == "skill_level",
            trained=p.trained,
            group=in_group(p, c),
            recently_hired=any_of(not_(p.employed), p.training_started_on <= add_months(p.hired_on, c.post_training_months)),
            once=p.training_subsidies == 0,
            no_double=p.skill_subsidies == 0,
        ),
        course_amount(p, c),
    )


@rule(
    "trainee_living_allowance",
    title=Text("困难学员培训生活费补贴", "Living allowance for trainees in hardship"),
    facts=CERTIFICATE_FACTS,
    inputs=INPUTS[CERTIFICATE_FACTS.name],
    governed_by="issued_on",
    place="place",
    unit="fen",
    channel="claim",
    basis=("重庆市困难学员培训生活费补贴（2021年）",),
    says={
        "trained": Text("参加了培训", "took part in a course"),
        "in_hardship": Text("属于可领生活费补贴的困难学员", "counts as a trainee in hardship"),
        "once_a_year": Text("当年没有领过", "not granted before in the year"),
    },
)
def trainee_living_allowance(p: Facts, c: Law) -> Result:
    """A sum for each day of training, for a limited number of days, once a year."""
    return pay(
        all_of(trained=p.trained, in_hardship=p.poor_trainee, once_a_year=p.allowances_in_year == 0),
        times(c.daily, least(p.training_days, c.max_days), "days"),
    )
