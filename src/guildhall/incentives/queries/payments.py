"""Payments as officers of a jurisdiction and auditors see them; and budgets beside what is decided and paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from guildhall.incentives.engine.bank import RETURNED
from guildhall.incentives.engine.states import COMMITTED
from guildhall.incentives.models import Budget, Claim, Payment, PaymentBatch
from guildhall.incentives.queries.sealed import reason_of
from guildhall.incentives.queries.standing import claims_seen
from guildhall.kernel.errors import NotFound
from guildhall.kernel.tables import Text
from guildhall.registry.queries import scope
from guildhall.web.pack import city
from guildhall.web.viewer import Viewer

PAID = ("paid", "recalling")
"""States in which the money is with the claimant."""


@dataclass(frozen=True)
class Spending:
    """A budget beside what was paid and what is decided and not paid yet, in fen. `short` is reported, and never a reason to wait."""

    budget: Budget
    paid: int
    committed: int

    @property
    def short(self) -> int:
        return max(0, self.paid + self.committed - self.budget.amount_fen)

    @property
    def left(self) -> int:
        return max(0, self.budget.amount_fen - self.paid - self.committed)


def refuse_others(viewer: Viewer) -> None:
    """Raises NotFound for whoever neither pays out nor is the city's machinery."""
    if viewer.role != "system" and (viewer.role != "claims_officer" or viewer.mandate):
        raise no_such_batch()


def no_such_batch() -> NotFound:
    """What is said of a batch that does not exist, or that the viewer may not see."""
    return NotFound(
        _("There is no such payment batch"), why=_("or it is not one for the role you are in"), next=_("see the list of batches")
    )


def own_places(viewer: Viewer, today: date) -> frozenset[str] | None:
    """The places whose money the viewer handles or reads; None for the whole city. Raises NotFound."""
    if viewer.role not in ("claims_officer", "auditor", "system") or viewer.mandate:
        raise no_such_batch()
    return scope.jurisdiction(viewer, today)


def payable(viewer: Viewer, today: date) -> QuerySet[Claim]:
    """Claims of the jurisdiction whose public notice is over."""
    return claims_seen(viewer, today).filter(state="noticed", notice_until__lt=today)


def batches(viewer: Viewer, today: date) -> QuerySet[PaymentBatch]:
    """The batches of the jurisdiction, the latest first. Raises NotFound.

    Those made there, and those made elsewhere whose every claim lies there today: a merged district's go to its successor.
    """
    places = own_places(viewer, today)
    rows = PaymentBatch.objects.order_by("-pk")
    if places is None:
        return rows
    lines = Payment.objects.filter(batch=OuterRef("pk"))
    inherited = Exists(lines.filter(claim__place_id__in=places)) & ~Exists(lines.exclude(claim__place_id__in=places))
    return rows.filter(Q(place_id__in=places) | inherited)


def batch_seen(viewer: Viewer, batch_id: int, today: date) -> PaymentBatch:
    """One batch. Raises NotFound."""
    found = batches(viewer, today).filter(pk=batch_id).first()
    if found is None:
        raise no_such_batch()
    return found


@dataclass(frozen=True)
class Open:
    """A batch that is not settled, with the first deadline among its claims; `days_left` are working days, negative once overdue."""

    batch: PaymentBatch
    due_on: date | None
    days_left: int | None

    @property
    def overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def days_over(self) -> int:
        """Working days since the last one; nothing before that."""
        return max(0, -(self.days_left or 0))


def open_batches(viewer: Viewer, today: date, most: int) -> list[Open]:
    """The batches to be sent, or that wait for the bank, by the first deadline of their claims. Raises NotFound."""
    waits = Min("payments__claim__due_on", filter=Q(payments__state="waiting"))
    rows = batches(viewer, today).filter(state__in=("made", "sent")).annotate(ends=waits)
    count = city().calendar.count
    return [
        Open(row, row.ends, count(today, row.ends).value if row.ends else None)
        for row in rows.order_by(F("ends").asc(nulls_last=True), "pk")[:most]
    ]


def waiting(viewer: Viewer, today: date) -> tuple[int, int]:
    """How many claims are to be paid or are late with the bank, and how many of all these are overdue."""
    due = payable(viewer, today)
    late = claims_seen(viewer, today).filter(state="batched", due_on__lt=today).count()
    return due.count() + late, due.filter(due_on__lt=today).count() + late


def lines(viewer: Viewer, batch_id: int, today: date) -> list[Payment]:
    """The lines of a batch in order. Raises NotFound."""
    return list(Payment.objects.filter(batch=batch_seen(viewer, batch_id, today)).select_related("claim").order_by("line"))


def why_returned(viewer: Viewer, payment: Payment) -> tuple[Text, str] | None:
    """Why a payment came back: in our own words, and for those who pay out in the bank's; None of any other payment."""
    if not payment.code:
        return None
    return RETURNED[payment.code], reason_of(payment) if viewer.role == "claims_officer" and not viewer.mandate else ""


def budgets(viewer: Viewer, year: int, today: date) -> list[Spending]:
    """The budgets of the jurisdiction for a year, those that fall short first. Raises NotFound.

    Money counts for the year of the approval, at the places for which the budget's authority answers today.
    """
    places = own_places(viewer, today)
    rows = Budget.objects.filter(year=year) if places is None else Budget.objects.filter(year=year, place_id__in=places)
    return sorted((_spending(row, today) for row in rows.order_by("place_id", "benefit")), key=lambda found: -found.short)


@dataclass(frozen=True)
class Unbudgeted:
    """What was paid and is decided of a benefit in a year for which no budget is on file, in fen."""

    benefit: str
    paid: int
    committed: int


def unbudgeted(viewer: Viewer, year: int, today: date) -> list[Unbudgeted]:
    """Benefits of the jurisdiction that money goes to in a year without a budget on file. Raises NotFound."""
    known = {found.budget.benefit for found in budgets(viewer, year, today)}
    claims = claims_seen(viewer, today).filter(grant__granted_on__year=year).exclude(benefit__in=known)
    spent: dict[str, dict[str, int]] = {}
    for benefit, state, total in claims.order_by().values_list("benefit", "state").annotate(total=Sum("amount_fen")):
        kind = "paid" if state in PAID else "committed" if state in COMMITTED else ""
        of = spent.setdefault(benefit, {"paid": 0, "committed": 0, "": 0})
        of[kind] += total or 0
    return [Unbudgeted(benefit, of["paid"], of["committed"]) for benefit, of in sorted(spent.items()) if of["paid"] or of["committed"]]


def _spending(row: Budget, today: date) -> Spending:
    land = scope.jurisdiction(Viewer(role="claims_officer", place=row.place_id), today)
    claims = Claim.objects.filter(benefit=row.benefit, grant__granted_on__year=row.year)
    claims = claims if land is None else claims.filter(place_id__in=land)
    return Spending(row, _sum(claims.filter(state__in=PAID)), _sum(claims.filter(state__in=COMMITTED)))


def _sum(claims: QuerySet[Claim]) -> int:
    return int(claims.aggregate(total=Sum("amount_fen"))["total"] or 0)
