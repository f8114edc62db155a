"""一次性扩岗补助, the job-expansion subsidy: to an employer who takes on a graduate or a young unemployed person."""

from __future__ import annotations

from guildhall.incentives.engine.measures import aged, graduates, left_college
from guildhall.incentives.tables import HIRE_FACTS, INPUTS
from guildhall.rules import Facts, Law, Node, Result, Text, all_of, any_of, is_in, literal, pay, rule


def in_group(p: Facts, c: Law) -> Node:
    """A graduate or a young unemployed person. For how long after graduation one counts is not on file: there the answer stays open."""
    return any_of(
        all_of(is_in(literal("graduate"), c.groups), any_of(graduates(p, p.hired_on), left_college(p, p.hired_on, c.graduate_months))),
        all_of(is_in(literal("young_unemployed"), c.groups), p.registered_unemployed, aged(p, c.youngest, c.oldest, p.hired_on)),
    )


@rule(
    "job_expansion_subsidy",
    title=Text("一次性扩岗补助", "Job-expansion subsidy"),
    facts=HIRE_FACTS,
    inputs=INPUTS[HIRE_FACTS.name],
    governed_by="hired_on",
    place="place",
    unit="fen",
    channel="claim",
    basis=("一次性扩岗补助（凭记忆，未见文件）",),
    excludes=("hiring_subsidy",),
    says={
        "group": Text(
            "招用的是毕业生或 {youngest} 至 {oldest} 岁登记失业青年",
            "a graduate, or aged {youngest} to {oldest} and registered as unemployed",
        ),
        "once": Text("此人没有被领过这项补助", "no employer was granted it for this person"),
        "no_hiring_subsidy": Text("此人没有被领过吸纳就业补贴", "no hiring subsidy was granted for this person"),
    },
)
def job_expansion_subsidy(p: Facts, c: Law) -> Result:
    """A sum for each person, never beside the hiring subsidy."""
    return pay(
        all_of(group=in_group(p, c), once=p.expansion_grants == 0, no_hiring_subsidy=p.hiring_grants == 0),
        c.amount,
        cap=c.national_cap,
    )
