"""How long incentives keep what they hold about people.

Vouchers of public money are kept (Accounting Law art. 23 and the rules on accounting files name lengths that we have not checked); who was
paid stands in them by an opaque key alone. What a claim said, its account and the inputs of a decision are kept for as long as a payment
can be questioned. Each length is our own assumption unless a law is named.
"""

from __future__ import annotations

from guildhall.kernel.retention import Period, Rule
from guildhall.kernel.tables import Text
from guildhall.office.engine.retention import CLAIMS, PURPOSE

VOUCHERS = Text(
    "财政资金支付凭证须留存；只存记录号，不含姓名账号；长期保存为本系统假设",
    "vouchers of public money must be kept; they hold an opaque key, no name and no account; to keep them for good is our own assumption",
)
QUESTIONED = Text(
    "支付可能被审计或追回；期限为本系统假设",
    "a payment may be audited or claimed back; the length is our own assumption",
)
RELIED_ON = Text(
    "判断能否再次享受所必需；长期保存为本系统假设",
    "needed to see what may be granted again; to keep them for good is our own assumption",
)

RULES: tuple[Rule, ...] = (
    Rule(
        "incentives.claim_draft",
        ("incentives.Claim", "incentives.Step"),
        Text("没有提交的申领", "Claims that were never lodged"),
        Text("开始填写", "the day it was begun"),
        "erased",
        PURPOSE,
        "assumed",
        Period(days=180),
    ),
    Rule(
        "incentives.claim_unpaid",
        ("incentives.Claim", "incentives.Check", "incentives.Verdict", "incentives.Appeal"),
        Text("未发放的申领：所填内容、账号、核验内容、理由", "Claims that led to no payment: what they said, account, checks and reasons"),
        Text("办结", "its end"),
        "emptied",
        CLAIMS,
        "assumed",
        Period(years=3),
    ),
    Rule(
        "incentives.claim",
        ("incentives.Claim", "incentives.Check", "incentives.Verdict", "incentives.Appeal"),
        Text("已发放的申领：所填内容、账号、核验内容、理由", "Claims that were paid: what they said, account, checks and reasons"),
        Text("发放或退回", "the payment, or paying back"),
        "emptied",
        QUESTIONED,
        "assumed",
        Period(years=10),
    ),
    Rule(
        "incentives.payment",
        (
            "incentives.Payment",
            "incentives.PaymentBatch",
            "incentives.Step",
            "incentives.Bundle",
            "incentives.Rulebook",
            "incentives.Budget",
        ),
        Text("申领的步骤、发放批次和规则文本", "Steps of claims, payment batches and the text of rules"),
        Text("", ""),
        "kept",
        VOUCHERS,
        "assumed",
    ),
    Rule(
        "incentives.grant",
        ("incentives.BenefitGrant", "incentives.Training", "incentives.Business", "incentives.EmployerYear"),
        Text("已享受的补贴、培训和经营主体", "Benefits granted, courses and businesses"),
        Text("", ""),
        "kept",
        RELIED_ON,
        "assumed",
    ),
    Rule(
        "incentives.statement",
        ("incentives.Statement",),
        Text("申领中说明并经核对的情况", "What was said in claims and seen on paper"),
        Text("说明", "the day it was said"),
        "erased",
        QUESTIONED,
        "assumed",
        Period(years=10),
    ),
    Rule(
        "incentives.candidate",
        ("incentives.Candidate", "incentives.CandidateRun"),
        Text("系统找出的可能符合的补贴", "Benefits that the search found for somebody"),
        Text("所依据的日期（每晚整体更新）", "the day it was worked out for; every night all of it is replaced"),
        "erased",
        PURPOSE,
        "assumed",
        Period(days=30),
    ),
)
