"""The claims of a demonstration: some fifty, from 2023 to today, each taken along its way by those who would, one step at a time.

Nothing is written past the operations. All steps are taken in the order of their days, so that the events of a person, of an employer
and of a cash desk stand in the order in which they would have happened.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from guildhall.incentives.models import Check, Claim, Payment, PaymentBatch
from guildhall.incentives.operations import appeals, bundles, lodging, paying, receiving, review
from guildhall.incentives.operations.budgets import set_budget
from guildhall.incentives.operations.checking import check, latest
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.cast import SAID, SAID_OF_HIRES, UPGRADE
from guildhall.incentives.queries.payments import payable
from guildhall.incentives.queries.trace import trace
from guildhall.kernel.money import Fen, plain_yuan
from guildhall.rules import sentences
from guildhall.web.pack import city
from guildhall.web.viewer import Viewer, system

WAYS: Mapping[str, str] = {
    "paid": "lodge 4 accept 9 approve 3 confirm 2 publish 16 batch 1 send 4 pay",
    "completed": "lodge 4 return 9 mend 3 accept 9 approve 2 confirm 1 publish 16 batch 1 send 4 pay",
    "paid anew": "lodge 4 accept 9 approve 2 confirm 1 publish 16 batch 1 send 4 bounce 12 redirect 5 batch 1 send 4 pay",
    "refused": "lodge 4 accept 11 refuse",
    "objected in vain": "lodge 4 accept 11 refuse 20 object 25 dismiss",
    "objected with success": "lodge 4 accept 11 refuse 20 object 25 uphold 6 approve 2 confirm 1 publish 16 batch 1 send 4 pay",
    "withdrawn": "lodge 4 accept 3 withdraw",
    "not completed": "lodge 4 return 40 lapse",
    "paid back": "lodge 4 accept 9 approve 2 confirm 1 publish 16 batch 1 send 4 pay 150 recall 3 confirm_recall 30 repay",
    "kept after a doubt": "lodge 4 accept 9 approve 2 confirm 1 publish 16 batch 1 send 4 pay 90 recall 3 drop_recall",
    "to be claimed back": "lodge 4 accept 9 approve 2 confirm 1 publish 16 batch 1 send 4 pay @4 recall",
    "claimed back": "lodge 4 accept 9 approve 2 confirm 1 publish 16 batch 1 send 4 pay @30 recall 3 confirm_recall",
    "claim back disputed": "lodge 4 accept 9 approve 2 confirm 1 publish 16 batch 1 send 4 pay @40 recall 4 confirm_recall 20 object",
    "begun": "begin",
    "lodged": "lodge",
    "returned": "lodge 4 return",
    "lodged again": "lodge 4 return 6 mend",
    "in review": "lodge 4 accept",
    "proposed": "lodge 4 accept 8 approve",
    "to be refused": "lodge 4 accept 8 doubt",
    "approved": "lodge 4 accept 8 approve 3 confirm",
    "on notice": "lodge 4 accept 8 approve 3 confirm 2 publish",
    "with the bank": "lodge 4 accept 8 approve 3 confirm 2 publish 16 batch 1 send",
    "failed": "lodge 4 accept 8 approve 3 confirm 2 publish 16 batch 1 send 4 bounce",
    "disputed": "lodge 4 accept 11 refuse 15 object",
}
"""Steps in order, with days between them; `@n` waits until so many days before today."""
BANK = "匠城银行营业部"
ACCOUNT = "6222{:012d}"
SHARED = "6222900000000007"
"""The account that some claims share."""
UNDECIDED: Mapping[str, int] = {UPGRADE: 100_000, "hiring_subsidy": 600_000}
"""What is approved where the rule cannot say, in fen."""
DOCUMENT = "《演示用文件》（演示〔2000〕1号，并无此文）"
"""What that rests on: a made-up document, called so."""
REASONS = {
    "against": "证书查询结果暂未返回，按不予发放处理。",
    "doubt": "证书照片与查询结果不一致。",
    "approve": "所缺数据经材料核实，符合规定。",
    "object": "证书在查询平台可以查到，请重新审核。",
    "uphold": "经查证书有效，撤销原决定，重新审核。",
    "dismiss": "经复核，原决定依据充分，予以维持。",
    "recall": "事后核查发现同一证书此前已由原区县发放。",
    "drop_recall": "经核对，两笔为不同证书，不予追回。",
    "repay": "退款已到账，见财政收款单。",
    "withdraw": "准备换一张证书申领。",
}
DEFECTS = (("paper_unreadable", "证书照片反光，看不清编号"), ("account_of_another", ""))
BUDGETS = (3_000_000_00, 3_000_000_00, 50_000_00)
"""What there is for skill upgrades in the year before last, last year and this year, in fen."""
SHORT = 5_000_00
"""What there is this year for what employers claim most: less than a handful of their claims."""


@dataclass(frozen=True)
class Desk:
    """The officers of a place: one reviews, a second confirms and sends, another who took no part decides on objections.

    Where the place is younger than its claims, `before` are those who did so until the day it `began`.
    """

    place: str
    first: Viewer
    second: Viewer
    other: Viewer
    began: date | None = None
    before: Desk | None = None

    def on(self, now: datetime) -> Desk:
        """Those whose desk it was on a day."""
        then = self.before is not None and self.began is not None and timezone.localdate(now) < self.began
        return self.before if then and self.before is not None else self


@dataclass(frozen=True)
class Story:
    """One claim: for what, by whom, at which desk, from which day on, and its way.

    `odd` names what it shares with others: the `account` it is to be paid into, or a `paper`.
    """

    way: str
    benefit: str
    subject: str
    by: Viewer
    holder: str
    desk: Desk
    begins: date
    odd: tuple[str, ...] = ()


def tell(stories: Iterable[Story], asks: Iterable[tuple[str, tuple[str, ...], Viewer]], desks: Iterable[Desk], *, now: datetime) -> int:
    """Lets every story happen, all steps in the order of their days, in one transaction; how many claims there are then.

    `asks` are what employers would lodge for their workers: benefit, subjects, employer; asked last.
    """
    today, stories = timezone.localdate(now), list(stories)
    with transaction.atomic():
        mine: dict[str, set[int]] = {}
        ways = [_happens(_Told(story, mine.setdefault(story.desk.place, set())), today) for story in stories]
        ways += [_asks(benefit, subjects, by, now) for benefit, subjects, by in asks]
        _in_order([*ways, *(_budgets(desk, stories, today) for desk in desks)])
        return Claim.objects.count()


def _in_order(ways: Iterable[Iterator[datetime]]) -> None:
    """Takes the step that is due first, of all ways, until none is left. A way gives the moment of its next step, then takes it."""
    waiting = [(next(way), number, way) for number, way in enumerate(ways)]
    heapq.heapify(waiting)
    while waiting:
        _moment, number, way = heapq.heappop(waiting)
        for moment in way:
            heapq.heappush(waiting, (moment, number, way))
            break


def _happens(told: _Told, today: date) -> Iterator[datetime]:
    day = told.story.begins
    for word in WAYS[told.story.way].split():
        if word.isdigit():
            day += timedelta(int(word))
        elif word.startswith("@"):
            day = max(day, today - timedelta(int(word[1:])))
        else:
            now = _moment(day, today)
            yield now
            STEPS[word](told, now)


def _moment(day: date, today: date) -> datetime:
    """Ten in the morning of that day, or of the next working day where that is over as well."""
    working = city().calendar.next_working(day).value
    return datetime.combine(working if working < today else day, time(10), timezone.get_current_timezone())


def _asks(benefit: str, subjects: tuple[str, ...], by: Viewer, now: datetime) -> Iterator[datetime]:
    yield now
    bundles.bundle(benefit=benefit, subjects=subjects, by=by, now=now)


def _budgets(desk: Desk, stories: Iterable[Story], today: date) -> Iterator[datetime]:
    """What there is for skill upgrades in each year, noted in its January; and for what employers claim most this year, which is short."""
    noted = [(today.year - 2 + later, UPGRADE, amount) for later, amount in enumerate(BUDGETS)]
    others = Counter(story.benefit for story in stories if story.desk == desk and story.benefit != UPGRADE)
    noted += [(today.year, benefit, SHORT) for benefit, _count in others.most_common(1)]
    for year, benefit, amount in noted:
        day = min(date(year, 1, 15), today - timedelta(days=1))
        now = datetime.combine(day, time(9), timezone.get_current_timezone())
        yield now
        document = f"{year} 年{'失业保险基金' if benefit == UPGRADE else '就业补助资金'}预算（演示）"
        by = desk.on(now).first
        set_budget(place=desk.place, benefit=benefit, year=year, amount_fen=amount, document=document, by=by, now=now)


class _Told:
    """A story with its claim, once that is begun."""

    def __init__(self, story: Story, mine: set[int]) -> None:
        self.story, self.desk, self.by, self.key = story, story.desk, story.by, 0
        self.mine = mine
        """The claims of the same desk."""

    def banker(self, batch: PaymentBatch) -> Desk:
        """Whose batch it is: the officers who made it go on with it."""
        before = self.desk.before
        return before if before is not None and batch.made_by == before.first.name else self.desk

    @property
    def claim(self) -> Claim:
        return Claim.objects.get(pk=self.key)

    @property
    def check(self) -> Check:
        found = latest(self.claim)
        assert found is not None  # every way takes a claim up before it is decided
        return found


def _begin(told: _Told, now: datetime) -> None:
    story = told.story
    told.key = lodging.begin(benefit=story.benefit, subject=story.subject, by=story.by, now=now).pk
    told.mine.add(told.key)
    said = SAID if story.benefit == UPGRADE else SAID_OF_HIRES[story.benefit]
    asked = {given.name for given in benefits.asked(story.benefit)}
    if known := {name: value for name, value in said.items() if name in asked}:
        lodging.say(claim_id=told.key, said=known, by=story.by, now=now)


def _lodge(told: _Told, now: datetime) -> None:
    _begin(told, now)
    _account(told, now, 0)
    _paper(told, now)
    lodging.submit(claim_id=told.key, by=told.by, now=now)


def _account(told: _Told, now: datetime, number: int) -> None:
    """An account of the claimant's own: another for another `number`."""
    owner = told.claim.worker_id if told.claim.payee == "worker" else 10**9 + (told.claim.organisation_id or 0)
    account = SHARED if "account" in told.story.odd else ACCOUNT.format((owner or 0) + number * 10**10)
    lodging.give_account(claim_id=told.key, number=account, holder=told.story.holder, bank=BANK, by=told.by, now=now)


def _paper(told: _Told, now: datetime) -> None:
    """A paper of one page that says it is a sample."""
    title = "证书照片" if told.claim.kind == "certificate" else "毕业证书复印件"
    content = page("SAMPLE" if "paper" in told.story.odd else f"SAMPLE {told.key} {now:%Y-%m-%d}")
    own = told.by.role == "employer"
    lodging.add_paper(claim_id=told.key, title=title, content=content, name="paper.pdf", by=told.by, now=now, shows_group=own)


def page(text: str) -> bytes:
    """A PDF of one page with a line of plain letters on it."""
    drawn = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET"
    parts = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, starts = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        starts.append(len(out))
        out += f"{number} 0 obj{part}endobj\n"
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    size = len(parts) + 1
    return f"{out}xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF\n".encode()


def _accept(told: _Told, now: datetime) -> None:
    receiving.accept(claim_id=told.key, by=told.desk.on(now).first, now=now)


def _return(told: _Told, now: datetime) -> None:
    receiving.send_back(claim_id=told.key, defects=DEFECTS, by=told.desk.on(now).first, now=now)


def _mend(told: _Told, now: datetime) -> None:
    _account(told, now, 1)
    _paper(told, now)
    lodging.submit(claim_id=told.key, by=told.by, now=now)


def _approve(told: _Told, now: datetime) -> None:
    """As the rule says on that day; where it cannot say, an amount with the reason, which a second officer then confirms."""
    found = check(claim_id=told.key, by=told.desk.on(now).first, now=now)
    given: dict[str, Any] = {"claim_id": told.key, "check_id": found.pk, "by": told.desk.on(now).first, "now": now}
    if found.outcome == "entitled":
        review.approve(**given)
    else:
        amount = UNDECIDED.get(told.story.benefit, UNDECIDED[UPGRADE])
        review.approve(**given, amount_fen=amount, reason=REASONS["approve"], basis=(DOCUMENT,), uplift=DOCUMENT)


def _confirm(told: _Told, now: datetime) -> None:
    if told.claim.state == "proposed":
        review.confirm(claim_id=told.key, by=told.desk.on(now).second, now=now)


def _fails(found: Check) -> list[str]:
    """The conditions that do not hold, each in words."""
    told = trace(found)
    if told.decision is None or told.rule is None:
        return []
    failed = (condition for condition in told.decision.conditions if condition.state is False)
    return [sentences.sentence(told.rule, condition, "zh", told.parameters) for condition in failed]


def _refuse(told: _Told, now: datetime) -> None:
    """As the rule says on that day; where it says that all holds, a second officer confirms."""
    _against(told, now, "against")
    if told.claim.state == "refusing":
        review.confirm_refusal(claim_id=told.key, by=told.desk.on(now).second, now=now)


def _doubt(told: _Told, now: datetime) -> None:
    """A refusal that a second officer has not looked at yet."""
    _against(told, now, "doubt")


def _against(told: _Told, now: datetime, why: str) -> None:
    by = told.desk.on(now).first
    found = check(claim_id=told.key, by=by, now=now)
    reason, basis = "；".join(_fails(found)) or REASONS[why], (DOCUMENT,) if found.outcome == "entitled" else ()
    review.refuse(claim_id=told.key, reason=reason, basis=basis, by=by, now=now)


def _publish(told: _Told, now: datetime) -> None:
    paying.publish(claim_ids=[told.key], by=told.desk.on(now).first, now=now)


def _batch(told: _Told, now: datetime) -> None:
    """All of the desk that is to be paid by the day; a claim that went with another is in a batch already."""
    if told.claim.state == "noticed":
        due = payable(told.desk.on(now).first, timezone.localdate(now)).filter(pk__in=told.mine)
        paying.make_batch(by=told.desk.on(now).first, now=now, claim_ids=list(due.values_list("pk", flat=True)))


def _payment(told: _Told) -> Payment:
    return Payment.objects.select_related("batch").filter(claim=told.key).latest("pk")


def _send(told: _Told, now: datetime) -> None:
    batch = _payment(told).batch
    if batch.state == "made":
        paying.send_batch(batch_id=batch.pk, by=told.banker(batch).second, now=now)


def _answer(told: _Told, now: datetime, outcome: str, reason: str) -> None:
    """The bank's answer for the one line: it may come in parts."""
    paid = _payment(told)
    line = f"{paid.batch_id},{paid.line},{plain_yuan(Fen(paid.amount_fen))},{outcome},{reason}"
    content = f"batch,line,amount,outcome,reason\n{line}\n".encode()
    paying.reconcile(batch_id=paid.batch_id, content=content, name="answer.csv", by=told.banker(paid.batch).first, now=now)


def _pay(told: _Told, now: datetime) -> None:
    _answer(told, now, "成功", "")


def _bounce(told: _Told, now: datetime) -> None:
    _answer(told, now, "退回", "账户已销户")


def _redirect(told: _Told, now: datetime) -> None:
    _account(told, now, 2)


def _withdraw(told: _Told, now: datetime) -> None:
    lodging.withdraw(claim_id=told.key, reason=REASONS["withdraw"], by=told.by, now=now)


def _lapse(told: _Told, now: datetime) -> None:
    lodging.lapse_due(by=system("command:demo"), now=now)


def _object(told: _Told, now: datetime) -> None:
    appeals.appeal(claim_id=told.key, grounds=REASONS["object"], by=told.by, now=now)


def _uphold(told: _Told, now: datetime) -> None:
    appeals.decide_appeal(claim_id=told.key, uphold=True, answer=REASONS["uphold"], by=told.desk.on(now).other, now=now)


def _dismiss(told: _Told, now: datetime) -> None:
    appeals.decide_appeal(claim_id=told.key, uphold=False, answer=REASONS["dismiss"], by=told.desk.on(now).other, now=now)


def _recall(told: _Told, now: datetime) -> None:
    appeals.recall(claim_id=told.key, reason=REASONS["recall"], by=told.desk.on(now).first, now=now)


def _confirm_recall(told: _Told, now: datetime) -> None:
    appeals.decide_recall(claim_id=told.key, confirm=True, by=told.desk.on(now).second, now=now)


def _drop_recall(told: _Told, now: datetime) -> None:
    appeals.decide_recall(claim_id=told.key, confirm=False, reason=REASONS["drop_recall"], by=told.desk.on(now).second, now=now)


def _repay(told: _Told, now: datetime) -> None:
    appeals.note_repaid(claim_id=told.key, reason=REASONS["repay"], by=told.desk.on(now).first, now=now)


STEPS: Mapping[str, Callable[[_Told, datetime], None]] = {
    "begin": _begin, "lodge": _lodge, "accept": _accept, "return": _return, "mend": _mend, "approve": _approve, "confirm": _confirm,
    "doubt": _doubt, "refuse": _refuse, "publish": _publish, "batch": _batch, "send": _send, "pay": _pay, "bounce": _bounce,
    "redirect": _redirect, "withdraw": _withdraw, "lapse": _lapse, "object": _object, "uphold": _uphold, "dismiss": _dismiss,
    "recall": _recall, "confirm_recall": _confirm_recall, "drop_recall": _drop_recall, "repay": _repay,
}  # fmt: skip
