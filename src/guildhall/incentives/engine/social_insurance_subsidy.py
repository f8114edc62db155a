"""社会保险补贴: part of the contributions of people newly hired by small employers in six sectors, and a sum for graduates in the smallest.

Measures of 2025. The share is taken of what the person hired pays, not of what the employer pays.
"""

from __future__ import annotations

from guildhall.incentives.engine.measures import contract_runs, unemployed_for
from guildhall.incentives.tables import HIRE_FACTS, INPUTS
from guildhall.rules import Facts, Law, Node, Result, Text, all_of, any_of, is_in, literal, pay, rounded, rule, year_of


def in_group(p: Facts, c: Law) -> Node:
    """A graduate of the year, an unemployed one of the two years before, unemployed for long, or monitored against poverty."""
    year = year_of(p.graduated_on)
    earlier = all_of(p.graduate, c.earliest_graduation <= year, year < c.latest_graduation, any_of(p.registered_unemployed, p.unemployed))
    groups = {
        "graduate": all_of(p.graduate, year == c.latest_graduation),
        "unemployed_graduate": earlier,
        "long_unemployed": unemployed_for(p, p.hired_on, c.min_unemployed_months),
        "poverty_watch": p.monitored,
    }
    return any_of(*(all_of(is_in(literal(group), c.groups), belongs) for group, belongs in groups.items()))


@rule(
    "social_insurance_subsidy",
    title=Text("社会保险补贴", "Social-insurance subsidy"),
    facts=HIRE_FACTS,
    inputs=INPUTS[HIRE_FACTS.name],
    governed_by="hired_on",
    place="place",
    unit="fen",
    channel="claim",
    basis=("重庆市2025年社会保险补贴扩围的报道（华龙网，2025-10-15）",),
    says={
        "size": Text("用人单位是中小微企业", "the employer is a micro, small or medium enterprise"),
        "sector": Text("用人单位属于所列行业", "the employer's sector is one of those listed"),
        "group": Text(
            "属于当年毕业生、此前两年的失业毕业生、失业 {min_unemployed_months}以上人员或防返贫监测对象",
            "a graduate of the year, an unemployed graduate of the two years before, unemployed for {min_unemployed_months}, or monitored",
        ),
        "contract": Text("劳动合同期不短于 {min_contract_months}", "the contract runs for at least {min_contract_months}"),
        "months": Text(
            "补贴最多 {months}（申请 {contribution_months}，此前已领 {insurance_months}）",
            "contributions of {months} at most (claimed: {contribution_months}; granted before: {insurance_months})",
        ),
        "paid": Text(
            "所申请的月份已经缴费（本单位累计缴费 {paid_months}）",
            "contributions of the months claimed have been paid (so far {paid_months})",
        ),
        "in_time": Text(
            "不晚于 {apply_until} 首次申请；此后月份能否续领以规定为准",
            "first applied for by {apply_until}; whether later months may follow is for the text to say",
        ),
        "stacks": Text(
            "此人没有被领过小微企业吸纳毕业生的补贴，或规定允许同时享受", "not granted the graduates' subsidy too, unless both may stand"
        ),
    },
)
def social_insurance_subsidy(p: Facts, c: Law) -> Result:
    """A share of the person's own contributions over the first months of the job."""
    return pay(
        all_of(
            size=is_in(p.size, c.sizes),
            sector=is_in(p.sector, c.sectors),
            group=in_group(p, c),
            contract=contract_runs(p, c.min_contract_months),
            months=p.contribution_months + p.insurance_months <= c.months,
            paid=p.contribution_months + p.insurance_months <= p.paid_months,
            in_time=any_of(p.applied_on <= c.apply_until, all_of(p.insurance_grants > 0, c.later_months)),
            stacks=any_of(p.graduate_grants == 0, c.stacks),
        ),
        rounded(p.individual_contributions * c.rate, "half_up"),
    )


@rule(
    "small_firm_graduate_subsidy",
    title=Text("小微企业吸纳毕业生社会保险补贴", "Social-insurance subsidy for graduates in micro and small firms"),
    facts=HIRE_FACTS,
    inputs=INPUTS[HIRE_FACTS.name],
    governed_by="hired_on",
    place="place",
    unit="fen",
    channel="claim",
    basis=("重庆市高校毕业生就业支持政策的报道（2025-10-14）",),
    says={
        "size": Text("用人单位是小微企业", "the employer is a micro or small enterprise"),
        "graduate": Text("招用的是高校毕业生", "the person hired is a graduate"),
        "which_graduates": Text("毕业年份符合规定", "graduated in a year the text covers"),
        "insured": Text(
            "由本单位参保的月数符合规定（现为 {paid_months}）", "insured here for as long as the text asks (so far {paid_months})"
        ),
        "once": Text("此人没有被领过这项补贴", "no employer was granted it for this person"),
        "stacks": Text(
            "此次招用没有领过社会保险补贴，或规定允许同时享受", "not granted the subsidy of contributions too, unless both may stand"
        ),
    },
)
def small_firm_graduate_subsidy(p: Facts, c: Law) -> Result:
    """A sum for each graduate. Which years of graduation count is not on file, except the year of the hire itself."""
    year = year_of(p.graduated_on)
    return pay(
        all_of(
            size=is_in(p.size, c.sizes),
            graduate=p.graduate,
            which_graduates=any_of(year == year_of(p.hired_on), year >= c.earliest_graduation),
            insured=p.paid_months >= c.min_insured_months,
            once=p.graduate_grants == 0,
            stacks=any_of(p.insurance_grants == 0, c.stacks),
        ),
        c.amount,
    )
