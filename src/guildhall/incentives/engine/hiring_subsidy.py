"""一次性吸纳就业补贴, the one-off hiring subsidy: to an employer who hires somebody from one of four groups."""

from __future__ import annotations

from guildhall.incentives.engine.measures import aged, contract_runs, graduates, left_college, unemployed_for
from guildhall.incentives.tables import HIRE_FACTS, INPUTS
from guildhall.rules import Facts, Law, Node, Result, Text, all_of, any_of, not_, pay, rule, when


def listed_group(p: Facts, c: Law) -> Node:
    """A graduate, a young unemployed person or somebody unemployed for long, as the page of 2023 lists them."""
    return any_of(
        graduates(p, p.hired_on),
        all_of(left_college(p, p.hired_on, c.graduate_months), not_(p.employed_before)),
        all_of(p.registered_unemployed, aged(p, c.youngest, c.oldest, p.hired_on)),
        all_of(p.local_household, unemployed_for(p, p.hired_on, c.min_unemployed_months)),
    )


@rule(
    "hiring_subsidy",
    title=Text("一次性吸纳就业补贴", "One-off hiring subsidy"),
    facts=HIRE_FACTS,
    inputs=INPUTS[HIRE_FACTS.name],
    governed_by="hired_on",
    place="place",
    unit="fen",
    channel="claim",
    basis=("重庆市人力资源和社会保障局就业政策服务页（2023-07-28）",),
    excludes=("job_expansion_subsidy",),
    says={
        "group": Text(
            "属于毕业年度或离校 {graduate_months}内未就业毕业生、{youngest} 至 {oldest} 岁登记失业青年、"
            "失业 {min_unemployed_months}以上的本市户籍人员或就业困难人员",
            "in the year of graduation or within {graduate_months} of it and not yet employed; aged {youngest} to {oldest} and registered "
            "as unemployed; of the city and unemployed for {min_unemployed_months}; or hard to employ",
        ),
        "contract": Text("劳动合同期不短于 {min_contract_months}", "the contract runs for at least {min_contract_months}"),
        "insured": Text(
            "由本单位连续缴纳社会保险满 {min_insured_months}（现为 {insured_months}）",
            "insured here for at least {min_insured_months} without a break (so far {insured_months})",
        ),
        "once": Text("此人没有被领过这项补贴", "no employer was granted it for this person"),
        "no_expansion": Text("此人没有被领过扩岗补助", "no job-expansion subsidy was granted for this person"),
    },
)
def hiring_subsidy(p: Facts, c: Law) -> Result:
    """A sum for each person, higher for those who are hard to employ."""
    return pay(
        all_of(
            group=any_of(p.hard_to_employ, listed_group(p, c)),
            contract=contract_runs(p, c.min_contract_months),
            insured=any_of(all_of(p.insuring, p.insured_months >= c.min_insured_months), p.longest_run >= c.min_insured_months),
            once=p.hiring_grants < c.times_per_person,
            no_expansion=p.expansion_grants == 0,
        ),
        c.amount[when(p.hard_to_employ, "in_difficulty", "listed")],
    )
