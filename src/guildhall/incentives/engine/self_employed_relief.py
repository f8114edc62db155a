"""重点群体个体经营税费减免: relief for somebody of a key group who runs a business of one's own. Declared to the tax authority."""

from __future__ import annotations

from guildhall.incentives.engine.taxes import cap, payable, relief, within_term
from guildhall.incentives.tables import BUSINESS_FACTS, INPUTS
from guildhall.rules import Facts, Law, Result, Text, all_of, pay, rule


@rule(
    "self_employed_relief",
    title=Text("重点群体个体经营税费减免", "Relief for the self-employed"),
    facts=BUSINESS_FACTS,
    inputs=INPUTS[BUSINESS_FACTS.name],
    governed_by="registered_on",
    place="place",
    unit="fen",
    channel="tax",
    basis=("公告2023年第15号",),
    says={
        "self_employed": Text("从事个体经营", "a business of one's own, not an enterprise"),
        "key_group": Text("经营者属于重点群体，有证明", "the owner is of a key group, as a document shows"),
        "operating": Text("当年在经营（{months_in_year}）", "the business was run in the year ({months_in_year})"),
        "within_term": Text(
            "自登记当月起 {months}内（此前已享受 {months_before}）",
            "within {months} from the month of registration (used before: {months_before})",
        ),
        "tax_payable": Text("当年有可抵减的税费", "there are taxes to set it off against"),
    },
)
def self_employed_relief(p: Facts, c: Law) -> Result:
    """A limit for each business and year, by the month, set off against taxes payable."""
    due = payable(p, c, "personal_income")
    return pay(
        all_of(
            self_employed=p.kind == "self_employed",
            key_group=p.key_group,
            operating=p.months_in_year > 0,
            within_term=within_term(p, c, p.registered_on),
            tax_payable=due > 0,
        ),
        relief(p, c, p.registered_on, due),
        cap=cap(p, c, p.registered_on),
    )
