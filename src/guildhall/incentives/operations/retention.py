"""What incentives erase on schedule: drafts as a whole, the contents of claims long settled; steps, amounts and batches stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from guildhall.incentives.engine.retention import RULES
from guildhall.incentives.engine.states import BEFORE
from guildhall.incentives.models import Appeal, Candidate, CandidateRun, Check, Claim, Payment, Statement, Step, Verdict
from guildhall.incentives.queries.candidates import latest
from guildhall.kernel.retention import Rule
from guildhall.office.models import Attachment
from guildhall.office.operations.retention import Eraser, cut, deleted, destroy_papers, past

BY_KEY: Mapping[str, Rule] = {rule.key: rule for rule in RULES}
NOTHING = b""
PAID, UNPAID = ("paid", "repaid"), ("refused", "withdrawn", "lapsed")


def _drafts(on: date) -> QuerySet[Claim]:
    before = past(BY_KEY, "incentives.claim_draft", on)
    return Claim.objects.filter(Q(state__in=BEFORE) | Q(state="withdrawn"), lodged_at=None, begun_at__lt=before)


def _remove_drafts(keys: Sequence[Any], now: datetime) -> int:
    papers = Attachment.objects.filter(subject__in=[f"claim:{key}" for key in keys], removed_at=None)
    destroy_papers(list(papers.values_list("pk", flat=True)), now)
    Step.objects.filter(claim__in=keys).delete()
    return deleted(Claim.objects.filter(pk__in=keys))


def _settled(rule: str, states: Sequence[str], on: date) -> QuerySet[Claim]:
    """Claims that ended before the day, and of which anything is left to empty."""
    checks = Check.objects.filter(claim=OuterRef("pk")).exclude(inputs_sealed=NOTHING)
    verdicts = Verdict.objects.filter(claim=OuterRef("pk")).exclude(told_sealed=NOTHING)
    appeals = Appeal.objects.filter(verdict__claim=OuterRef("pk")).exclude(grounds_sealed=NOTHING)
    payments = Payment.objects.filter(claim=OuterRef("pk")).exclude(reason_sealed=NOTHING)
    left = Q(account_sealed__isnull=False) | ~Q(said_sealed=NOTHING) | ~Q(defects_sealed=NOTHING)
    ended = Claim.objects.filter(state__in=states, since__lt=cut(BY_KEY[rule], on)).exclude(lodged_at=None)
    return ended.filter(left | Q(Exists(checks)) | Q(Exists(verdicts)) | Q(Exists(appeals)) | Q(Exists(payments)))


def _paid(on: date) -> QuerySet[Claim]:
    return _settled("incentives.claim", PAID, on)


def _unpaid(on: date) -> QuerySet[Claim]:
    return _settled("incentives.claim_unpaid", UNPAID, on)


def _empty(keys: Sequence[Any], now: datetime) -> int:
    """What says something of a person goes; digests, outcomes, amounts and days stay as proof."""
    Check.objects.filter(claim__in=keys).update(inputs_sealed=NOTHING, decision_sealed=NOTHING)
    Verdict.objects.filter(claim__in=keys).update(told_sealed=NOTHING, untrue=[])
    Appeal.objects.filter(verdict__claim__in=keys).update(grounds_sealed=NOTHING, answer_sealed=NOTHING)
    Payment.objects.filter(claim__in=keys).update(reason_sealed=NOTHING)
    nothing = {"said_sealed": NOTHING, "defects_sealed": NOTHING, "account_sealed": None, "account_hash": None, "holder_sealed": None}
    return Claim.objects.filter(pk__in=keys).update(bank="", **nothing)


def _statements(on: date) -> QuerySet[Statement]:
    return Statement.objects.filter(said_on__lt=cut(BY_KEY["incentives.statement"], on))


def _remove_statements(keys: Sequence[Any], now: datetime) -> int:
    return deleted(Statement.objects.filter(pk__in=keys))


def _candidates(on: date) -> QuerySet[Candidate]:
    return Candidate.objects.filter(run__on__lt=cut(BY_KEY["incentives.candidate"], on))


def _remove_candidates(keys: Sequence[Any], now: datetime) -> int:
    gone = deleted(Candidate.objects.filter(pk__in=keys))
    last = latest()
    CandidateRun.objects.filter(rows=None, finished_at__lt=now).exclude(pk=last.pk if last else 0).delete()
    return gone


ERASERS: tuple[Eraser, ...] = (
    Eraser("incentives.claim_draft", _drafts, _remove_drafts),
    Eraser("incentives.claim_unpaid", _unpaid, _empty),
    Eraser("incentives.claim", _paid, _empty),
    Eraser("incentives.statement", _statements, _remove_statements),
    Eraser("incentives.candidate", _candidates, _remove_candidates),
)
"""In the order in which they run."""
