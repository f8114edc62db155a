"""一次性创业补助, the one-off start-up grant: for a first business that has lasted a year and gives work.

Once for each household.
"""

from __future__ import annotations

from guildhall.incentives.engine.measures import lasts
from guildhall.incentives.tables import BUSINESS_FACTS, INPUTS
from guildhall.rules import Facts, Law, Node, Result, Text, all_of, any_of, is_in, months_between, pay, rule


def in_group(p: Facts) -> Node:
    """Returned home, or registered as unemployed and started in the countryside, or of another group the guide lists."""
    return any_of(p.returning_migrant, all_of(p.registered_unemployed, p.rural_entrepreneur), p.listed_group)


@rule(
    "startup_grant",
    title=Text("一次性创业补助", "One-off start-up grant"),
    facts=BUSINESS_FACTS,
    inputs=INPUTS[BUSINESS_FACTS.name],
    governed_by="applied_on",
    place="place",
    unit="fen",
    channel="claim",
    basis=("一次性创业补助办理指南（巴南区，2023-02-01）",),
    says={
        "kind": Text("是个体工商户或微型企业", "a business of one's own or a micro enterprise"),
        "first": Text("首次创办", "the owner's first business"),
        "representative": Text("本人是法定代表人或经营者", "the owner is its legal representative or proprietor"),
        "group": Text("本人属于规定的群体", "the owner belongs to one of the groups listed"),
        "household_register": Text("本市户籍，毕业生不限", "registered household in the city, unless a graduate"),
        "open": Text("申请日仍在经营", "still in business on the day of application"),
        "long_enough": Text("已经营满 {min_operating_months}", "in business for at least {min_operating_months}"),
        "recent_enough": Text("经营不足 {max_operating_months}", "in business for less than {max_operating_months}"),
        "jobs": Text(
            "除本人外至少 {min_jobs}按规定参保（现为 {insured_employees}）",
            "at least {min_jobs} insured besides the owner (so far {insured_employees})",
        ),
        "household_once": Text("本户没有领过", "not granted before to the household"),
    },
)
def startup_grant(p: Facts, c: Law) -> Result:
    """A sum for each household."""
    months = months_between(p.registered_on, p.applied_on)
    return pay(
        all_of(
            kind=is_in(p.kind, "self_employed", "micro"),
            first=p.first_business,
            representative=p.legal_representative,
            group=in_group(p),
            household_register=any_of(p.local_household, p.graduate),
            open=lasts(p.closed_on, p.applied_on),
            long_enough=months >= c.min_operating_months,
            recent_enough=months < c.max_operating_months,
            jobs=p.insured_employees >= c.min_jobs,
            household_once=p.household_grants < c.times_per_household,
        ),
        c.amount,
    )
