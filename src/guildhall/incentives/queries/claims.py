"""Claims as pages show them: to claimants their own, to officers a queue with the deadlines first, to an employer never why.

What an employer lodged for a worker it sees as far as “lodged” to “settled”; amounts, checks, reasons and papers are the worker's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guildhall.incentives.engine.defects import masked_account, masked_name
from guildhall.incentives.engine.hints import Hint
from guildhall.incentives.engine.states import BY_VERB, OF_CLAIMANTS, OPEN, PROPOSED, STATES, Move, steps
from guildhall.incentives.engine.terms import OFFICE, TERMS
from guildhall.incentives.models import Appeal, Check, Claim, Step, Verdict
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.hints import hints_about
from guildhall.incentives.queries.neutral import HIDDEN_STEPS, RECALLED, is_about_hire, is_for_worker, reason, shown_amount
from guildhall.incentives.queries.sealed import (
    Said,
    account_of,
    answer_of,
    check_text,
    defects_of,
    grounds_of,
    said_apart,
    said_in,
    told_in,
)
from guildhall.incentives.queries.standing import actors, claim_seen, claims_seen, own_accounts
from guildhall.incentives.queries.terms import BEGINS, OFFICES, decided_on, due, may_move, remedies
from guildhall.kernel.errors import NotFound
from guildhall.kernel.tables import Text
from guildhall.office.models import Attachment
from guildhall.office.queries.attachments import attachments
from guildhall.registry.queries.authorities import Office, behind, offices, organisation_names
from guildhall.registry.queries.naming import names_of_people
from guildhall.web.pack import city
from guildhall.web.viewer import Viewer

SETTLED = Text("已办结", "settled")
"""What an employer is told of a worker's claim once it is decided, however it was."""
CLAIMED_IT = Text("申领人", "the claimant")
BEFORE_DECISION = ("asked", "draft", "lodged", "returned", "accepted", "proposed", "refusing", "approved", "appealed")
REVIEWERS = ("claims_officer", "auditor", "system")
IN_REVIEW = (*PROPOSED, "approved", "appealed")
OWN = ("appeal", "appeal_recall", "withdraw")
"""Steps in a worker's claim that an employer which lodged it does not take."""
LARGEST_PAGE = 200
WORKS: Mapping[str, tuple[str, ...]] = {
    "first": ("lodged", "accepted", "approved", "returned"),
    "second": (*PROPOSED, "recalling"),
    "appeals": ("appealed", "recall_appealed"),
}
"""What an officer does with claims, and the states in which it waits: to review, to confirm as the second, to decide on objections.

What was returned waits for the claimant, and for an officer once its term has ended: to end it, or to wait longer.
"""


@dataclass(frozen=True)
class Proposal:
    """What an officer would grant beside what the rule says, in fen; `rule_fen` is None where the rule gives no amount."""

    rule_fen: int | None
    amount_fen: int

    @property
    def more(self) -> str:
        """By how much of the rule's amount the proposal is above or below it, in whole percent with its sign; empty without one."""
        if not self.rule_fen:
            return ""
        percent = round(Fraction(100 * (self.amount_fen - self.rule_fen), self.rule_fen))
        return f"{'+' if percent >= 0 else '−'}{abs(percent)} %"


@dataclass(frozen=True)
class Row:
    """A claim in a list. `said` is its state in words for this viewer; `days_left` are working days, negative once overdue."""

    claim: Claim
    title: Text
    said: Text
    who: str
    employer: Text | None
    due_on: date | None
    provisional: bool
    days_left: int | None
    hides: bool
    office: Office
    about_hire: bool = False
    proposal: Proposal | None = None

    @property
    def overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def days_over(self) -> int:
        """Working days since the last one; nothing before that."""
        return max(0, -(self.days_left or 0))

    @property
    def may_be_ended(self) -> bool:
        """Whether it was returned and not completed in time."""
        return bool(self.claim.state == "returned" and self.overdue)

    @property
    def pay_by(self) -> date | None:
        """By when the instrument has it paid, while that is for the office to do."""
        return self.claim.pay_by if self.claim.state in OFFICES and not self.hides else None

    @property
    def amount_fen(self) -> int | None:
        if self.hides:
            return None
        return shown_amount(self.claim) if self.about_hire else self.claim.amount_fen


@dataclass(frozen=True)
class Queue:
    """A page of claims, deadline first; how many wait in all, how many of them are overdue, and the cursor of the next page.

    `works` counts what waits for the viewer by kind of work: a word of WORKS.
    """

    rows: tuple[Row, ...]
    waiting: int
    overdue: int
    next: str
    works: Mapping[str, int]


@dataclass(frozen=True)
class Taken:
    """A step as a page shows it: what, when, and who as far as the viewer may know; the reason for officers and whoever gave it.

    Officers may name others in it; what a claimant is owed stands in the verdicts.
    """

    title: Text
    at: datetime
    who: Text
    reason: str


@dataclass(frozen=True)
class Judged:
    """A verdict with its reason in words, what it rests on and what it found untrue, and the objection to it if there is one.

    `provisional` says that the last day may move.
    """

    verdict: Verdict
    told: str
    basis: tuple[str, ...]
    untrue: tuple[Text, ...]
    appeal: Appeal | None
    grounds: str
    answer: str
    provisional: bool = False

    @property
    def proposal(self) -> Proposal:
        return proposal_of(self.verdict)


@dataclass(frozen=True)
class Checked:
    """A check by rule with the decision as JSON, empty once it was erased on schedule."""

    check: Check
    decision: str


@dataclass(frozen=True)
class Full:
    """Everything about one claim that a viewer may see, and what they may do with it now."""

    row: Row
    may: tuple[Move, ...]
    said: Mapping[str, Said]
    account: str
    holder: str
    bank: str
    defects: tuple[tuple[str, str], ...]
    papers: tuple[Attachment, ...]
    steps: tuple[Taken, ...]
    checks: tuple[Checked, ...]
    verdicts: tuple[Judged, ...]
    hints: tuple[Hint, ...]
    body: Text


@dataclass(frozen=True)
class Noticed:
    """One line of the public notice: number, benefit, a masked name or that of an organisation, whose office, amount and last day.

    What an employer claims for people it hired is one line for all of them, without a number: a line for each would tell of somebody in a
    small firm. `key` is where the list goes on after it.
    """

    key: int
    number: int | None
    benefit: Text
    who: Text
    office: Office
    amount_fen: int
    until: date


def claims_of(viewer: Viewer, today: date) -> list[Row]:
    """The claims of the viewer's own, or of their organisation, the latest first; nothing for anybody else."""
    if viewer.role not in ("worker", "employer") and not viewer.mandate:
        return []
    return rows_of(viewer, claims_seen(viewer, today).order_by("-pk")[:LARGEST_PAGE], today)


def queue(viewer: Viewer, today: date, *, work: str = "", state: str = "", benefit: str = "", after: str = "", size: int = 50) -> Queue:
    """The claims of the jurisdiction in which an officer has something to do, by deadline; of one kind of `work`, or in one `state`.

    What has no deadline comes the latest first. Raises NotFound for others than officers and auditors.
    """
    refuse_outsiders(viewer)
    mine = claims_seen(viewer, today)
    by_work = works(viewer, mine, today)
    waiting = by_work.get(work, mine.filter(state__in=OPEN))
    rows = mine.filter(state=state) if state in STATES else waiting
    rows = rows.filter(benefit=benefit) if benefit else rows
    size = max(1, min(size, LARGEST_PAGE))
    dated = state not in STATES or state in TERMS
    found, next = _by_deadline(rows, after, size) if dated else _by_number(rows, after, size)
    overdue = waiting.filter(due_on__lt=today).count()
    counts = {name: some.count() for name, some in by_work.items()}
    return Queue(tuple(rows_of(viewer, found, today)), waiting.count(), overdue, next, counts)


def counts(viewer: Viewer, today: date) -> dict[str, tuple[int, int]]:
    """How many claims wait for the viewer by kind of work, and how many of them are overdue. Raises NotFound as `queue` does."""
    refuse_outsiders(viewer)
    late = Count("pk", filter=Q(due_on__lt=today))
    found = {work: rows.aggregate(n=Count("pk"), late=late) for work, rows in works(viewer, claims_seen(viewer, today), today).items()}
    return {work: (row["n"], row["late"]) for work, row in found.items()}


def refuse_outsiders(viewer: Viewer) -> None:
    """Raises NotFound for whoever neither reviews claims nor audits the review."""
    if viewer.role not in REVIEWERS or viewer.mandate:
        raise NotFound(_("There is no such page"), next=_("go back to your desk"))


def works(viewer: Viewer, claims: QuerySet[Claim], today: date) -> dict[str, QuerySet[Claim]]:
    """Claims by the kind of work that waits, without what is for a colleague to do; an auditor reads them all."""
    claims = claims.exclude(Q(state="returned") & (Q(due_on=None) | Q(due_on__gte=today)))
    found = {work: claims.filter(state__in=states) for work, states in WORKS.items()}
    if viewer.role != "claims_officer":
        return found
    own = Exists(Verdict.objects.filter(claim=OuterRef("pk"), state="proposed", proposed_by=viewer.name))
    part = Exists(Step.objects.filter(claim=OuterRef("pk"), by=viewer.name))
    decided = Exists(Verdict.objects.filter(Q(proposed_by=viewer.name) | Q(confirmed_by=viewer.name), claim=OuterRef("pk")))
    mended = Exists(Step.objects.filter(claim=OuterRef("pk"), by=viewer.name, verb__in=OF_CLAIMANTS))
    found = {work: rows.exclude(Q(begun_by=viewer.name) | Q(lodged_by=viewer.name) | mended) for work, rows in found.items()}
    return {**found, "second": found["second"].exclude(own), "appeals": found["appeals"].exclude(part | decided)}


def _by_deadline(rows: QuerySet[Claim], after: str, size: int) -> tuple[list[Claim], str]:
    rows = rows.exclude(due_on=None)
    if after:
        day, key = _cursor(after)
        rows = rows.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=key))
    found = list(rows.order_by("due_on", "pk")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return found[:size], f"{last.due_on}.{last.pk}" if last else ""


def _by_number(rows: QuerySet[Claim], after: str, size: int) -> tuple[list[Claim], str]:
    if after:
        rows = rows.filter(pk__lt=_cursor(f"{date.min}.{after}")[1])
    found = list(rows.order_by("-pk")[: size + 1])
    return found[:size], str(found[size - 1].pk) if len(found) > size else ""


def claim(viewer: Viewer, claim_id: int, today: date, now: datetime) -> Full:
    """One claim with all that the viewer may see of it. Raises NotFound."""
    found = claim_seen(viewer, claim_id, today)
    row = rows_of(viewer, [found], today)[0]
    may = tuple(move for move in steps(found.state, actors(viewer, found)) if not (row.hides and move.verb in OWN))
    reviews = viewer.role in REVIEWERS and not viewer.mandate
    account = None if row.hides else account_of(found)
    return Full(
        row=row,
        may=may,
        said=said_apart(found)[1] if row.hides else said_in(found),
        account=masked_account(account.number) if account else "",
        holder=(masked_name(account.holder) if viewer.role == "auditor" else account.holder) if account else "",
        bank=found.bank,
        defects=tuple(defects_of(found)),
        papers=() if row.hides else tuple(attachments(viewer, f"claim:{found.pk}", now)),
        steps=() if row.hides else _steps(found, viewer),
        checks=tuple(_checks(found)) if reviews or not (row.hides or row.about_hire) else (),
        verdicts=() if row.hides else _verdicts(found, reviews, row.about_hire),
        hints=hints_about(found, today) if reviews else (),
        body=_remedies(found),
    )


def rows_of(viewer: Viewer, claims: Iterable[Claim], today: date) -> list[Row]:
    """Claims as lists show them to a viewer who may see them."""
    listed = list(claims)
    names = names_of_people({row.worker_id for row in listed if row.worker_id is not None})
    if viewer.role == "auditor":
        names = {key: masked_name(name) for key, name in names.items()}
    employers = organisation_names({row.organisation_id for row in listed if row.organisation_id is not None})
    where = offices({row.place_id for row in listed}, today)
    proposed = _proposals(viewer, listed)
    return [_row(viewer, row, names, employers, today, where[row.place_id], proposed.get(row.pk)) for row in listed]


def _proposals(viewer: Viewer, claims: Iterable[Claim]) -> dict[int, Proposal]:
    """What waits for a second officer, by claim; nothing for claimants."""
    keys = [row.pk for row in claims if row.state == "proposed"] if viewer.role in REVIEWERS and not viewer.mandate else []
    found = Verdict.objects.filter(claim__in=keys, state="proposed", what="approval").select_related("check_of")
    return {row.claim_id: proposal_of(row) for row in found}


def proposal_of(verdict: Verdict) -> Proposal:
    """What a verdict grants beside what the rule said to it."""
    check = verdict.check_of
    rule = check.value_fen if check is not None and check.outcome == "entitled" else None
    return Proposal(rule, verdict.amount_fen or 0)


def _row(
    viewer: Viewer,
    row: Claim,
    names: Mapping[int, str],
    employers: Mapping[int, Text],
    today: date,
    office: Office,
    proposal: Proposal | None,
) -> Row:
    hides = is_for_worker(viewer, row)
    settled = hides and row.state not in BEFORE_DECISION
    about_hire = is_about_hire(viewer, row)
    reviewed = (hides and row.state in IN_REVIEW) or (about_hire and row.state in PROPOSED)
    quiet = settled or (about_hire and row.state in PROPOSED)
    calendar = city().calendar
    ends = due(row)
    left = calendar.count(today, row.due_on).value if row.due_on and not quiet else None
    return Row(
        claim=row,
        title=benefits.title(row.benefit),
        said=SETTLED if settled else STATES["accepted" if reviewed else row.state],
        who=names.get(row.worker_id or 0, ""),
        employer=employers.get(row.organisation_id or 0),
        due_on=None if quiet else row.due_on,
        provisional=ends is not None and ends.provisional,
        days_left=left,
        hides=hides,
        office=office,
        about_hire=about_hire,
        proposal=proposal,
    )


def _steps(found: Claim, viewer: Viewer) -> tuple[Taken, ...]:
    rows = list(Step.objects.filter(claim=found).order_by("pk"))
    rows = [row for row in rows if row.verb not in HIDDEN_STEPS] if is_about_hire(viewer, found) else rows
    own = {viewer.account} if viewer.account else set()
    who = behind({row.by for row in rows}, own=own)
    told = viewer.role in REVIEWERS and not viewer.mandate
    if told:
        who |= dict.fromkeys(own_accounts(found), CLAIMED_IT)
    return tuple(Taken(BY_VERB[row.verb].title, row.at, who[row.by], row.reason if told or row.by == viewer.name else "") for row in rows)


def _checks(found: Claim) -> Iterable[Checked]:
    for row in Check.objects.filter(claim=found).order_by("-number"):
        yield Checked(row, check_text(row, "decision"))


def _verdicts(found: Claim, reviews: bool, about_hire: bool) -> tuple[Judged, ...]:
    every = tuple(judged for judged in _judged(found) if reviews or judged.verdict.state != "proposed")
    if not about_hire:
        return every
    known = (judged for judged in every if judged.verdict.state == "final" or judged.appeal)
    basis = benefits.basis(found.benefit)
    return tuple(replace(judged, told=_neutral(found, judged.verdict), basis=basis, answer="") for judged in known)


def _neutral(found: Claim, verdict: Verdict) -> str:
    """What an employer is told of a verdict on somebody it hired."""
    words = {"refusal": reason(found), "recall": RECALLED}.get(verdict.what)
    return words.in_(get_language() or "zh-hans") if words else ""


def _judged(found: Claim) -> Iterable[Judged]:
    said = said_in(found)
    for row in Verdict.objects.filter(claim=found).select_related("appeal", "check_of").order_by("pk"):
        appeal = getattr(row, "appeal", None)
        words = (grounds_of(appeal), answer_of(appeal)) if appeal else ("", "")
        untrue = tuple(benefits.stated(found.benefit, name, said.get(name)) for name in row.untrue)
        yield Judged(row, told_in(row), tuple(row.basis), untrue, appeal, *words, may_move(row))


def _remedies(found: Claim) -> Text:
    """Where the last decision that can be disputed can be, here and beside that."""
    last = Verdict.objects.filter(claim=found, state="final", what__in=BEGINS).order_by("-pk").first()
    return remedies(decided_on(last)) if last else OFFICE


def notice_board(
    today: date, *, places: Collection[str] | None = None, number: int | None = None, after: str = "", size: int = LARGEST_PAGE
) -> list[Noticed]:
    """What is on public notice today, for everybody: of people the first character of the name, of hires the employer and the sum.

    What ends first comes first; `after` is the last day and the key of the row before, as `2026-01-30.17`. A `number` finds no hire.
    """
    rows: QuerySet[Claim] = Claim.objects.filter(state="noticed", notice_from__lte=today, notice_until__gte=today)
    rows = rows if places is None else rows.filter(place_id__in=places)
    hires = rows.filter(payee="organisation", kind="spell") if number is None else rows.none()
    rows = rows.exclude(payee="organisation", kind="spell")
    rows = rows if number is None else rows.filter(pk=number)
    sums = hires.values("organisation_id", "benefit", "place_id").annotate(
        until=Min("notice_until"), key=Min("pk"), amount_fen=Sum("amount_fen")
    )
    if after:
        day, key = _cursor(after)
        rows = rows.filter(Q(notice_until__gt=day) | Q(notice_until=day, pk__gt=key))
        sums = sums.filter(Q(until__gt=day) | Q(until=day, key__gt=key))
    listed = list(rows.order_by("notice_until", "pk")[:size])
    summed = list(sums.order_by("until", "key")[:size])
    names = names_of_people({row.worker_id for row in listed if row.worker_id is not None and row.payee == "worker"})
    employers = organisation_names(
        {row.organisation_id for row in listed if row.organisation_id} | {row["organisation_id"] for row in summed}
    )
    where = offices({row.place_id for row in listed} | {row["place_id"] for row in summed}, today)
    found = [_noticed(row, names, employers, where[row.place_id]) for row in listed]
    found += [_of_hires(row, employers, where[row["place_id"]]) for row in summed]
    return sorted(found, key=lambda row: (row.until, row.key))[:size]


def _noticed(row: Claim, names: Mapping[int, str], employers: Mapping[int, Text], office: Office) -> Noticed:
    if row.payee == "organisation":
        who = employers[row.organisation_id or 0]
    else:
        hidden = masked_name(names.get(row.worker_id or 0, "")) or "*"
        who = Text(hidden, hidden)
    assert row.notice_until is not None
    return Noticed(row.pk, row.pk, benefits.title(row.benefit), who, office, row.amount_fen or 0, row.notice_until)


def _of_hires(row: Mapping[str, Any], employers: Mapping[int, Text], office: Office) -> Noticed:
    """All that an employer is about to be paid of a benefit for people it hired; one may object until the first of them ends."""
    who = employers[row["organisation_id"]]
    return Noticed(row["key"], None, benefits.title(row["benefit"]), who, office, row["amount_fen"] or 0, row["until"])


def _cursor(text: str) -> tuple[date, int]:
    day, _dot, key = text.partition(".")
    try:
        return date.fromisoformat(day), int(key[:18])
    except ValueError:
        raise NotFound(_("The page asked for is not one this list gave out"), next=_("start again at the first page")) from None
