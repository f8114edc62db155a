"""稳岗返还, the job-stabilisation refund: part of last year's unemployment premiums, to employers who lay off few or none.

From July 2025 higher rates may be paid where the fund's reserve lasts long enough.
"""

from __future__ import annotations

from guildhall.incentives.tables import EMPLOYER_FACTS, INPUTS
from guildhall.rules import Facts, Law, Node, Result, Text, all_of, pay, rounded, rule, when, year_of


def share(p: Facts, c: Law) -> Node:
    """The share refunded by size of employer; the higher one while it is offered and the reserve allows it."""
    higher = when(c.fund_reserve_months >= c.min_fund_reserve_months, c.higher_rate[p.size], c.rate[p.size])
    return when(c.higher_rate_offered, higher, c.rate[p.size])


def layoff_limit(p: Facts, c: Law) -> Node:
    """The share of its insured staff an employer may have laid off; more in a small firm."""
    return when(p.insured_people <= c.small_firm_persons, c.max_layoff_rate_small, c.max_layoff_rate)


@rule(
    "job_stabilisation_refund",
    title=Text("稳岗返还", "Job-stabilisation refund"),
    facts=EMPLOYER_FACTS,
    inputs=INPUTS[EMPLOYER_FACTS.name],
    governed_by="applied_on",
    place="place",
    unit="fen",
    channel="automatic",
    basis=("人社部发〔2025〕18号", "国办发〔2025〕25号"),
    says={
        "year": Text(
            "返还上一年度的缴费：返还年度 {year} 即申请年度",
            "refunds premiums of the year before: the year {year} is that of the application",
        ),
        "paid": Text(
            "缴费满 {min_paid_months}（已缴 {months_paid}）", "premiums paid for at least {min_paid_months} (so far {months_paid})"
        ),
        "premiums": Text("上年度缴纳了失业保险费", "premiums were paid for the year before"),
        "few_layoffs": Text(
            "裁员率不超过规定（参保 {insured_people}，裁员 {laid_off}）",
            "few enough were laid off (insured: {insured_people}; laid off: {laid_off})",
        ),
        "once": Text("该年度没有返还过", "not refunded before for the year"),
    },
)
def job_stabilisation_refund(p: Facts, c: Law) -> Result:
    """A share of the year before's premiums, by size of employer."""
    return pay(
        all_of(
            year=p.year == year_of(p.applied_on),
            paid=p.months_paid >= c.min_paid_months,
            premiums=p.premiums > 0,
            few_layoffs=p.laid_off <= p.insured_people * layoff_limit(p, c),
            once=p.refunds == 0,
        ),
        rounded(p.premiums * share(p, c), "half_up"),
        cap=rounded(p.premiums * c.national_cap[p.size], "half_up"),
    )
