"""创业担保贷款贴息: part of the interest on a guaranteed start-up loan, and of its guarantee fee.

Asked of the bank, which settles with the finance bureau; nothing is paid here.
"""

from __future__ import annotations

from guildhall.incentives.engine.measures import reached
from guildhall.incentives.tables import BUSINESS_FACTS, INPUTS
from guildhall.rules import Facts, Law, Node, Result, Text, all_of, any_of, least, literal, not_, pay, rounded, rule, when


def limit(p: Facts, c: Law) -> Node:
    """The largest loan: for partners so much each, up to a limit together."""
    together = c.max_loan[p.borrower]
    each = c.max_per_head[p.borrower] * (p.partners // literal(1, "persons"))
    return when(p.borrower == "partnership", least(each, together), together)


def rate(p: Facts) -> Node:
    """The rate of the loan as a fraction of the principal a year."""
    return p.loan_rate / literal(10_000, "basis points")


def in_group(p: Facts) -> Node:
    """Returned home or started in the countryside, or belongs to another group the rules list, as a document shows."""
    return any_of(p.returning_migrant, p.rural_entrepreneur, p.listed_group)


def of_owner(p: Facts, c: Law, holds: Node) -> Node:
    """A condition on a person, where the text puts it to this kind of borrower. Whether it does to companies is not on file."""
    return any_of(holds, not_(c.owner_tests[p.borrower]))


def conditions(p: Facts, c: Law) -> dict[str, Node]:
    """What loan and borrower must be, for the interest as for the guarantee's fee."""
    return {
        "loan": p.has_loan,
        "local_project": p.local_project,
        "group": of_owner(p, c, in_group(p)),
        "within_limit": p.principal <= limit(p, c),
        "old_enough": of_owner(p, c, reached(p, c.min_age, p.borrowed_on)),
        "before_retirement": of_owner(p, c, p.loan_until < p.retires_on),
        "no_other_loans": not_(p.other_loans),
    }


SAYS = {
    "loan": Text("有创业担保贷款", "there is a guaranteed start-up loan"),
    "local_project": Text("已登记注册，项目在本市", "registered, with a project in the city"),
    "group": Text("借款人属于规定的群体", "the borrower belongs to one of the groups listed"),
    "within_limit": Text("本金 {principal} 不超过额度 {max_loan}", "the principal, {principal}, is within the limit of {max_loan}"),
    "old_enough": Text("借款时年满 {min_age} 岁", "at least {min_age} years old when borrowing"),
    "before_retirement": Text("贷款期内未达到退休年龄", "does not reach the age of retirement before the loan falls due"),
    "no_other_loans": Text("没有规定之外的其他贷款", "has no loans other than those the rules let stand"),
}


@rule(
    "loan_interest_subsidy",
    title=Text("创业担保贷款贴息", "Loan interest subsidy"),
    facts=BUSINESS_FACTS,
    inputs=INPUTS[BUSINESS_FACTS.name],
    governed_by="borrowed_on",
    place="place",
    unit="fen",
    channel="bank",
    basis=("渝人社规〔2025〕11号",),
    says=SAYS
    | {
        "rate": Text("利率不高于 {max_rate}", "the rate is {max_rate} at most"),
        "rate_after": Text("贴息后利率不高于 {max_rate_after}", "the rate left after the subsidy is {max_rate_after} at most"),
    },
)
def loan_interest_subsidy(p: Facts, c: Law) -> Result:
    """A share of the interest paid at the actual rate."""
    return pay(
        all_of(
            **conditions(p, c),
            rate=rate(p) <= c.max_rate,
            rate_after=rate(p) * (1 - c.subsidy_share[p.borrower]) <= c.max_rate_after,
        ),
        rounded(p.interest_paid * c.subsidy_share[p.borrower], "half_up"),
    )


@rule(
    "guarantee_fee_subsidy",
    title=Text("创业担保贷款担保费补贴", "Guarantee fee subsidy"),
    facts=BUSINESS_FACTS,
    inputs=INPUTS[BUSINESS_FACTS.name],
    governed_by="borrowed_on",
    place="place",
    unit="fen",
    channel="bank",
    basis=("渝人社规〔2025〕11号",),
    says=SAYS | {"fee": Text("缴纳了担保费", "a guarantee fee was paid")},
)
def guarantee_fee_subsidy(p: Facts, c: Law) -> Result:
    """The fee, up to a share of the principal a year."""
    years = p.fee_months / literal(12, "months")
    return pay(
        all_of(**conditions(p, c), fee=p.guarantee_fee > 0),
        least(p.guarantee_fee, rounded(p.principal * c.max_share * years, "floor")),
    )
