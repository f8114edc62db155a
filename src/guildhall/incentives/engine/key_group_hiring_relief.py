"""招用重点群体税费减免: relief for an employer who hires somebody of a key group. Declared to the tax authority, not paid here."""

from __future__ import annotations

from guildhall.incentives.engine.measures import contract_runs
from guildhall.incentives.engine.taxes import cap, payable, relief, within_term
from guildhall.incentives.tables import HIRE_FACTS, INPUTS
from guildhall.rules import Facts, Law, Result, Text, all_of, pay, rule


@rule(
    "key_group_hiring_relief",
    title=Text("招用重点群体税费减免", "Relief for hiring key groups"),
    facts=HIRE_FACTS,
    inputs=INPUTS[HIRE_FACTS.name],
    governed_by="hired_on",
    place="place",
    unit="fen",
    channel="tax",
    basis=("公告2023年第15号",),
    says={
        "key_group": Text("招用的是重点群体人员，有证明", "the person hired is of a key group, as a document shows"),
        "contract": Text("劳动合同期不短于 {min_contract_months}", "the contract runs for at least {min_contract_months}"),
        "insured": Text("当年在岗并参保（{months_in_year}）", "worked and was insured in the year ({months_in_year})"),
        "within_term": Text(
            "自招用当月起 {months}内（此前已享受 {months_before}）",
            "within {months} from the month of hiring (used before: {months_before})",
        ),
        "tax_payable": Text("当年有可抵减的税费", "there are taxes to set it off against"),
    },
)
def key_group_hiring_relief(p: Facts, c: Law) -> Result:
    """A limit for each person and year, by the month, set off against taxes payable."""
    due = payable(p, c, "corporate_income")
    return pay(
        all_of(
            key_group=p.key_group,
            contract=contract_runs(p, c.min_contract_months),
            insured=p.months_in_year > 0,
            within_term=within_term(p, c, p.hired_on),
            tax_payable=due > 0,
        ),
        relief(p, c, p.hired_on, due),
        cap=cap(p, c, p.hired_on),
    )
