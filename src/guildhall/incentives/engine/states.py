"""The way of a claim as one table: which step leads from where to where, and who may take it. Nothing else moves a claim.

A claim is live from the day it is lodged until it is refused, withdrawn, lapsed or repaid; only one live claim stands for the same thing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from guildhall.kernel.tables import Text

CLAIMANT, PERSON, EMPLOYER, OFFICER = "claimant", "person", "employer", "officer"
SECOND, OTHER, CASHIER, SYSTEM = "second", "other", "cashier", "system"
"""Who may take a step: whoever claims; the person the claim is about, in person; an employer for its own people; a claims officer whose
authority answers today and who did not lodge it; an officer other than the one who proposed; an officer who took no part at all; any
claims officer or the machinery, for what follows from a batch and leaves nothing to decide; the city's machinery.
"""

STATES: dict[str, Text] = {
    "asked": Text("待本人同意", "waits for the person to agree"),
    "draft": Text("填写中", "being written"),
    "lodged": Text("已提交，待受理", "lodged, to be taken up"),
    "returned": Text("待补正", "returned to be completed"),
    "accepted": Text("已受理，审核中", "taken up, in review"),
    "proposed": Text("初审通过，待复核", "approved by one officer, waits for a second"),
    "refusing": Text("拟不予发放，待复核", "to be refused, waits for a second officer"),
    "approved": Text("审核通过，待公示", "approved, to be put on public notice"),
    "noticed": Text("公示中或待发放", "on public notice or to be paid"),
    "batched": Text("已列入发放批次", "in a payment batch"),
    "paid": Text("已发放", "paid"),
    "failed": Text("银行退回", "returned by the bank"),
    "refused": Text("不予发放", "refused"),
    "appealed": Text("复核中", "objected to, being reviewed anew"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "lapsed": Text("逾期未补正，已终止", "not completed in time, ended"),
    "recalling": Text("拟追回，待复核", "to be claimed back, waits for a second officer"),
    "recalled": Text("已决定追回", "claimed back"),
    "recall_appealed": Text("对追回有异议，复核中", "claimed back, objected to"),
    "repaid": Text("已退回", "paid back"),
}
"""Every state with its name, in the order of the way."""
ENDED = ("refused", "withdrawn", "lapsed", "repaid")
BEFORE = ("asked", "draft")
WRITABLE = ("draft", "returned")
"""States in which the claimant writes in the claim, and brings papers or takes them away."""
LIVE = tuple(state for state in STATES if state not in (*ENDED, *BEFORE))
"""States in which no second claim for the same thing may stand beside this one."""
PAID = ("paid", "recalling", "recalled", "recall_appealed")
"""Live states of a claim that was paid."""
UNDER_WAY = tuple(state for state in LIVE if state not in PAID)
"""Live states of a claim that is not paid yet: of these one stands for a thing, also where it is paid in several parts."""
PROPOSED = ("proposed", "refusing")
"""Proposed by one officer, to be confirmed by a second: not decided yet."""
COMMITTED = ("approved", "noticed", "batched", "failed")
"""Decided to be paid, and not paid yet: what a budget owes."""
GRANTED = (*COMMITTED, "paid", "recalling")
"""States in which a benefit counts as granted, for limits by year and for what excludes one another."""
OPEN = ("lodged", "accepted", "proposed", "refusing", "approved", "appealed", "recalling", "recall_appealed")
"""States in which an officer has something to do."""


@dataclass(frozen=True)
class Move:
    """One step: its verb, the states it may start from, the state it leads to, and who may take it."""

    verb: str
    before: tuple[str, ...]
    after: str
    by: tuple[str, ...]
    title: Text


def _move(verb: str, before: str, after: str, by: str, zh: str, en: str) -> Move:
    return Move(verb, tuple(before.split()), after, tuple(by.split()), Text(zh, en))


MOVES: tuple[Move, ...] = (
    _move("ask", "", "asked", EMPLOYER, "单位代为发起", "begun by the employer"),
    _move("agree", "asked", "draft", PERSON, "本人同意", "the person agreed"),
    _move("decline", "asked", "withdrawn", PERSON, "本人不同意", "the person did not agree"),
    _move("begin", "", "draft", CLAIMANT, "开始填写", "begun"),
    _move("submit", "draft", "lodged", CLAIMANT, "提交", "lodged"),
    _move("return", "lodged", "returned", OFFICER, "一次性告知补正", "returned once with all that is missing"),
    _move("mend", "returned", "lodged", CLAIMANT, "补正后提交", "completed and lodged again"),
    _move("lapse", "returned", "lapsed", f"{SYSTEM} {OFFICER}", "逾期终止", "ended, not completed in time"),
    _move("accept", "lodged", "accepted", OFFICER, "受理", "taken up"),
    _move("approve", "accepted", "approved", OFFICER, "审核通过", "approved"),
    _move("propose", "accepted", "proposed", OFFICER, "初审通过", "approved by a first officer"),
    _move("confirm", "proposed", "approved", SECOND, "复核通过", "confirmed by a second officer"),
    _move("reject", "proposed refusing", "accepted", SECOND, "复核退回", "handed back by the second officer"),
    _move("refuse", "lodged accepted", "refused", OFFICER, "不予发放", "refused"),
    _move("propose_refusal", "lodged accepted", "refusing", OFFICER, "拟不予发放", "to be refused against the rule"),
    _move("confirm_refusal", "refusing", "refused", SECOND, "复核同意不予发放", "the refusal was confirmed by a second officer"),
    _move("publish", "approved", "noticed", OFFICER, "开始公示", "put on public notice"),
    _move("reopen", "noticed", "accepted", OFFICER, "公示期有异议，重新审核", "taken back into review after an objection"),
    _move("batch", "noticed", "batched", OFFICER, "列入发放批次", "put into a payment batch"),
    _move("unbatch", "batched", "noticed", CASHIER, "移出发放批次", "taken out of a payment batch"),
    _move("pay", "batched", "paid", CASHIER, "银行已入账", "paid by the bank"),
    _move("bounce", "batched", "failed", CASHIER, "银行退回", "returned by the bank"),
    _move("redirect", "failed", "noticed", CLAIMANT, "更正收款账户", "another account was given"),
    _move(
        "withdraw",
        "asked draft lodged returned accepted proposed refusing approved noticed failed",
        "withdrawn",
        CLAIMANT,
        "撤回",
        "withdrawn",
    ),  # fmt: skip
    _move("appeal", "refused", "appealed", CLAIMANT, "申请复核", "objected to"),
    _move("uphold", "appealed", "accepted", OTHER, "复核成立，重新审核", "the objection was upheld: to be reviewed anew"),
    _move("dismiss", "appealed", "refused", OTHER, "维持原决定", "the objection was dismissed"),
    _move("recall", "paid", "recalling", OFFICER, "拟追回", "to be claimed back"),
    _move("confirm_recall", "recalling", "recalled", SECOND, "决定追回", "claimed back"),
    _move("drop_recall", "recalling", "paid", SECOND, "不予追回", "not claimed back"),
    _move("appeal_recall", "recalled", "recall_appealed", CLAIMANT, "对追回申请复核", "objected to being claimed back"),
    _move("uphold_recall_appeal", "recall_appealed", "paid", OTHER, "复核成立，撤销追回", "upheld: nothing is claimed back"),
    _move("dismiss_recall_appeal", "recall_appealed", "recalled", OTHER, "维持追回决定", "the claim back stands"),
    _move("repay", "recalled", "repaid", OFFICER, "款项已退回", "paid back"),
)
BY_VERB = {move.verb: move for move in MOVES}
FOUR_EYES = ("confirm", "reject", "confirm_refusal", "confirm_recall", "drop_recall")
"""Steps for an officer other than the one who proposed."""
APPEALS = ("uphold", "dismiss", "uphold_recall_appeal", "dismiss_recall_appeal")
"""Steps for an officer who took no part in what is objected to."""


OF_CLAIMANTS = tuple(move.verb for move in MOVES if {CLAIMANT, PERSON, EMPLOYER}.intersection(move.by))
"""Steps of whoever claims, which an officer may take for somebody under a mandate."""


def step(verb: str, state: str, actors: Collection[str]) -> Move | None:
    """The step that `verb` is from a state for somebody who stands to the claim as `actors`; None where the table does not allow it."""
    move = BY_VERB[verb]
    starts = state in move.before if move.before else not state
    return move if starts and set(actors).intersection(move.by) else None


def steps(state: str, actors: Collection[str]) -> tuple[Move, ...]:
    """What somebody may do with a claim in a state, in the order of the table."""
    return tuple(move for move in MOVES if move.before and step(move.verb, state, actors))
