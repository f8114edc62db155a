"""All that incentives hold about one person: claims and what became of them, benefits granted, courses, businesses, what was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Model

from guildhall.incentives.engine.bank import RETURNED
from guildhall.incentives.engine.candidates import STATES as CANDIDATES
from guildhall.incentives.engine.defects import masked_account
from guildhall.incentives.engine.states import BY_VERB, STATES
from guildhall.incentives.engine.subjects import SUBJECTS
from guildhall.incentives.models import (
    Appeal,
    BenefitGrant,
    Bundle,
    Business,
    Candidate,
    CandidateRun,
    Check,
    Claim,
    Payment,
    Statement,
    Step,
    Training,
    Verdict,
)
from guildhall.incentives.queries import benefits, wording
from guildhall.incentives.queries.candidates import why
from guildhall.incentives.queries.sealed import account_of, answer_of, grounds_of, said_in, told_in
from guildhall.kernel.holdings import Heading, Held, Value
from guildhall.kernel.tables import Text
from guildhall.registry.queries.merged import one_person

DOMAIN = "incentives"
Rows = Iterable[Sequence[Value]]
OUTCOME = {
    "entitled": Text("符合", "entitled"),
    "refused": Text("不符合", "not entitled"),
    "undetermined": Text("无法判断", "cannot be said"),
}
WHAT = {"approval": Text("审核通过", "approved"), "refusal": Text("不予发放", "refused"), "recall": Text("追回", "claimed back")}
PAYMENT = {
    "waiting": Text("待银行回执", "waits for the bank"),
    "paid": Text("已入账", "paid"),
    "returned": Text("银行退回", "came back"),
    "cancelled": Text("已撤出批次", "taken out"),
    "repaid": Text("已退回", "paid back"),
}
APPEAL = {"open": Text("复核中", "open"), "upheld": Text("成立", "upheld"), "dismissed": Text("维持原决定", "dismissed")}
HANDLED = Text("办理您的补贴申领", "to handle your claims")
BEFORE = Text("判断您还能享受哪些补贴", "to see which benefits are open to you")


def held_about(worker_id: int, *, in_full: bool = False) -> list[Held]:
    """All that incentives hold about a person, over every record merged into theirs; accounts masked unless asked for in full.

    For the person alone: whoever calls has made sure of that.
    """
    people = one_person(worker_id)
    claims = list(Claim.objects.filter(worker__in=people).order_by("pk"))
    own = [claim for claim in claims if claim.payee == "worker"]
    return [
        _claims(claims, in_full),
        _steps(claims),
        _checks(own),
        _verdicts(own),
        _payments(own),
        _grants(people),
        _trainings(people),
        _businesses(people),
        _statements(people),
        _candidates(people),
    ]


def _held(table: str, rule: str, title: Text, why: Text, headings: Sequence[Heading], rows: Rows, *models: type[Model]) -> Held:
    labels = tuple(model._meta.label for model in models)
    return Held(DOMAIN, f"incentives.{table}", title, why, tuple(headings), tuple(tuple(row) for row in rows), labels, f"incentives.{rule}")


def _heading(name: str, zh: str, en: str, words: Mapping[str, Text] | None = None, resolve: str = "") -> Heading:
    return Heading(name, Text(zh, en), words or {}, resolve)


CLAIM = _heading("claim", "申领编号", "claim")
BENEFIT = _heading("benefit", "政策", "benefit")
RECORD = _heading("record", "记录号", "record")


def _claims(claims: Sequence[Claim], in_full: bool) -> Held:
    """Of what an employer claims for itself, the person sees that it was claimed with their employment, and not what it said."""
    headings = (
        CLAIM,
        BENEFIT,
        RECORD,
        _heading("organisation", "提交单位", "employer", resolve="organisation"),
        _heading("state", "状态", "state", STATES),
        _heading("begun_at", "开始", "begun"),
        _heading("lodged_at", "提交", "lodged"),
        _heading("amount_fen", "金额（分）", "amount in fen"),
        _heading("said", "所填内容", "what it says"),
        _heading("account", "收款账户", "account"),
        _heading("bank", "开户行", "bank"),
    )
    rows = [
        (
            claim.pk, benefits.title(claim.benefit), claim.worker_id, claim.organisation_id, claim.state, claim.begun_at, claim.lodged_at,
            *(_own(claim, in_full) if claim.payee == "worker" else (None, None, None, None)),
        )
        for claim in claims
    ]  # fmt: skip
    return _held("claims", "claim", Text("补贴申领", "Claims"), HANDLED, headings, rows, Claim, Bundle)


def _own(claim: Claim, in_full: bool) -> tuple[Value, ...]:
    account = account_of(claim)
    number = None if account is None else account.number if in_full else masked_account(account.number)
    return claim.amount_fen, wording.said(said_in(claim)), number, claim.bank


def _steps(claims: Sequence[Claim]) -> Held:
    headings = (
        CLAIM,
        _heading("verb", "步骤", "step", {verb: move.title for verb, move in BY_VERB.items()}),
        _heading("at", "时间", "when"),
        _heading("by", "办理人", "by", resolve="actor"),
    )
    rows = Step.objects.filter(claim__in=claims).order_by("claim", "pk").values_list("claim", "verb", "at", "by")
    return _held("steps", "payment", Text("申领的步骤", "Steps of claims"), HANDLED, headings, rows, Step)


def _checks(claims: Sequence[Claim]) -> Held:
    headings = (
        CLAIM,
        _heading("number", "第几次", "number"),
        _heading("on", "核验日期", "on"),
        _heading("outcome", "结论", "outcome", OUTCOME),
        _heading("inputs", "依据的情况", "inputs"),
        _heading("decision", "逐项条件", "condition by condition"),
        _heading("rulebook", "规则版本", "rulebook"),
    )
    rows = [
        (row.claim_id, row.number, row.on, row.outcome, *wording.checked(row), row.rulebook_id)
        for row in Check.objects.filter(claim__in=claims).select_related("rulebook").order_by("claim", "number")
    ]
    return _held("checks", "claim", Text("按规则核验", "Checks by rule"), HANDLED, headings, rows, Check)


def _verdicts(claims: Sequence[Claim]) -> Held:
    headings = (
        CLAIM,
        _heading("what", "决定", "decision", WHAT),
        _heading("at", "时间", "when"),
        _heading("by", "作出人", "by", resolve="actor"),
        _heading("confirmed_by", "复核人", "confirmed by", resolve="actor"),
        _heading("reason", "理由", "reason"),
        _heading("basis", "依据", "basis"),
        _heading("untrue", "经查不实", "found untrue"),
        _heading("until", "异议期限", "object until"),
        _heading("appeal", "异议", "objection", APPEAL),
        _heading("grounds", "异议理由", "grounds"),
        _heading("answer", "答复", "answer"),
    )
    rows = []
    for row in Verdict.objects.filter(claim__in=claims).select_related("appeal").order_by("claim", "pk"):
        appeal = getattr(row, "appeal", None)
        objection = (appeal.state, grounds_of(appeal), answer_of(appeal)) if appeal else (None, None, None)
        rows.append(
            (row.claim_id, row.what, row.proposed_at, row.proposed_by, row.confirmed_by or None, told_in(row), "；".join(row.basis),
             wording.names(row.untrue), row.remedy_until, *objection)
        )  # fmt: skip
    return _held("verdicts", "claim", Text("决定与异议", "Decisions and objections"), HANDLED, headings, rows, Verdict, Appeal)


def _payments(claims: Sequence[Claim]) -> Held:
    headings = (
        CLAIM,
        _heading("batch", "批次", "batch"),
        _heading("line", "行号", "line"),
        _heading("amount_fen", "金额（分）", "amount in fen"),
        _heading("state", "结果", "outcome", PAYMENT),
        _heading("reason", "退回原因", "why it came back", RETURNED),
        _heading("settled_at", "时间", "when"),
    )
    rows = Payment.objects.filter(claim__in=claims).order_by("pk")
    told = rows.values_list("claim", "batch", "line", "amount_fen", "state", "code", "settled_at")
    return _held("payments", "payment", Text("发放", "Payments"), HANDLED, headings, told, Payment)


def _grants(people: Sequence[int]) -> Held:
    headings = (
        RECORD,
        BENEFIT,
        _heading("amount", "金额（分）", "amount in fen"),
        _heading("granted_on", "日期", "granted"),
        _heading("revoked_on", "撤销", "revoked"),
    )
    rows = [
        (row.worker_id, benefits.title(row.benefit), row.amount, row.granted_on, row.revoked_on)
        for row in BenefitGrant.objects.filter(worker__in=people).order_by("pk")
    ]
    return _held("grants", "grant", Text("已享受的补贴", "Benefits granted"), BEFORE, headings, rows, BenefitGrant)


def _trainings(people: Sequence[int]) -> Held:
    headings = (
        RECORD,
        _heading("certificate", "证书", "certificate"),
        _heading("started_on", "开始", "first day"),
        _heading("days", "天数", "days"),
        _heading("subsidised_on", "补贴日期", "subsidised"),
    )
    rows = Training.objects.filter(worker__in=people).order_by("pk")
    told = rows.values_list("worker", "certificate", "started_on", "days", "subsidised_on")
    return _held("trainings", "grant", Text("取证前的培训", "Courses that led to a certificate"), BEFORE, headings, told, Training)


def _businesses(people: Sequence[int]) -> Held:
    headings = (
        RECORD,
        _heading("business", "经营主体", "business"),
        _heading("registered_on", "登记", "registered"),
        _heading("closed_on", "注销", "closed"),
        _heading("household", "户", "household"),
        _heading("has_loan", "有创业担保贷款", "has a start-up loan"),
        _heading("principal", "贷款本金（分）", "principal in fen"),
        _heading("borrowed_on", "贷款日期", "borrowed"),
        _heading("loan_until", "到期", "due"),
    )
    columns = ("worker", "pk", "registered_on", "closed_on", "household", "has_loan", "principal", "borrowed_on", "loan_until")
    rows = Business.objects.filter(worker__in=people).order_by("pk").values_list(*columns)
    return _held("businesses", "grant", Text("创办的经营主体", "Businesses"), BEFORE, headings, rows, Business)


def _statements(people: Sequence[int]) -> Held:
    headings = (
        RECORD,
        _heading("subject", "关于", "about", {kind: subject.title for kind, subject in SUBJECTS.items()}),
        _heading("fact", "项目", "what"),
        _heading("value", "内容", "value"),
        _heading("said_on", "日期", "said"),
        CLAIM,
    )
    found = Statement.objects.filter(worker__in=people).order_by("pk")
    rows = [
        (row.worker_id, row.subject, wording.called(row.fact), wording.valued(row.fact, row.value), row.said_on, row.claim_id)
        for row in found
    ]
    return _held("statements", "statement", Text("申领中说明的情况", "What was said in claims"), BEFORE, headings, rows, Statement)


def _candidates(people: Sequence[int]) -> Held:
    headings = (
        RECORD,
        BENEFIT,
        _heading("organisation", "可申领的单位", "employer that may claim", resolve="organisation"),
        _heading("state", "状态", "state", CANDIDATES),
        _heading("since", "自", "since"),
        _heading("on", "依据日期", "as of"),
        _heading("amount_fen", "金额（分）", "amount in fen"),
        _heading("turns_on", "预计符合日期", "would hold from"),
        _heading("reasons", "依据的条件", "conditions it rests on"),
    )
    found = Candidate.objects.filter(worker__in=people).exclude(run__finished_at=None).select_related("run").order_by("pk")
    rows = [
        (row.worker_id, benefits.title(row.benefit), row.organisation_id, row.state, row.since, row.run.on, row.amount_fen, row.turns_on,
         _reasons(row))
        for row in found
    ]  # fmt: skip
    return _held(
        "candidates", "candidate", Text("系统找出的补贴", "Benefits found for you"), BEFORE, headings, rows, Candidate, CandidateRun
    )


def _reasons(row: Candidate) -> Text | None:
    return wording.found(row.benefit, why(row))
