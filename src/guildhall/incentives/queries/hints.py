"""Hints about a claim, worked out from the other claims when somebody reviews it: never stored, never a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from guildhall.incentives.engine.defects import is_of_another
from guildhall.incentives.engine.hints import Hint, Seen, hints
from guildhall.incentives.models import Claim, Step
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.inputs import denied
from guildhall.incentives.queries.sealed import account_of
from guildhall.kernel.tables import Text
from guildhall.office.models import Attachment
from guildhall.registry.queries import responsible_today
from guildhall.registry.queries.authorities import organisation_names
from guildhall.registry.queries.naming import names_of_people
from guildhall.web.viewer import PUBLIC

MOST_NAMED = 20
AGENT_DAYS = timedelta(days=30)


def hints_about(claim: Claim, today: date) -> tuple[Hint, ...]:
    """What is odd about a claim, each with its reason. For officers and auditors who see the claim."""
    return hints(_seen(claim, today))


def _seen(claim: Claim, today: date) -> Seen:
    others = Claim.objects.exclude(pk=claim.pk).exclude(lodged_at=None)
    lodged = timezone.localdate(claim.lodged_at) if claim.lodged_at else None
    people, claims = _same_account(claim, others)
    issued, elsewhere, rush = _certificate(claim, others, lodged, today)
    return Seen(
        account_people=people,
        account_claims=claims,
        paper_claims=_same_papers(claim),
        issued_on=issued,
        lodged_on=lodged,
        issuer_elsewhere=elsewhere,
        same_issuer_that_day=rush,
        agent_claims=_of_agent(claim, others),
        account_of_another=_held_by_another(claim),
        account_changed=Step.objects.filter(claim=claim, verb="redirect").exists(),
        denied=tuple(_denied(claim, today)),
    )


def _denied(claim: Claim, today: date) -> Iterator[tuple[Text, Text]]:
    """What the claim says and the records know to be otherwise, in words."""
    for name, (said, recorded) in denied(claim, today).items():
        yield benefits.stated(claim.benefit, name, said), benefits.in_words(claim.benefit, name, recorded)


def _held_by_another(claim: Claim) -> bool:
    account = account_of(claim)
    if account is None:
        return False
    if claim.payee == "worker":
        return is_of_another(account.holder, names_of_people([claim.worker_id or 0]).values())
    name = organisation_names([claim.organisation_id or 0]).get(claim.organisation_id or 0)
    return is_of_another(account.holder, (name.zh, name.en) if name else ())


def _same_account(claim: Claim, others: QuerySet[Claim]) -> tuple[int, tuple[int, ...]]:
    """How many people claim into the account, this one included, and the other claims; an employer's own account is one payee."""
    if not claim.account_hash or claim.payee != "worker" or claim.worker_id is None:
        return 0, ()
    same = others.filter(account_hash=claim.account_hash, payee="worker").exclude(worker_id=claim.worker_id)
    people = same.order_by().values("worker_id").distinct().count()
    return people + 1 if people else 0, tuple(same.order_by("-pk").values_list("pk", flat=True)[:MOST_NAMED])


def _same_papers(claim: Claim) -> tuple[int, ...]:
    """Other claims to which the very same file was brought."""
    own = Attachment.objects.filter(subject=f"claim:{claim.pk}").values_list("sha256", flat=True)
    same = Attachment.objects.filter(sha256__in=[digest for digest in own if digest], subject__startswith="claim:")
    keys = {int(subject.partition(":")[2]) for subject in same.values_list("subject", flat=True)}
    return tuple(sorted(keys - {claim.pk})[:MOST_NAMED])


def _certificate(claim: Claim, others: QuerySet[Claim], lodged: date | None, today: date) -> tuple[date | None, bool, int]:
    """The day of issue, whether the issuer stands where another authority answers, and claims of that issuer lodged the same day."""
    if claim.kind != "certificate" or claim.worker is None:
        return None, False, 0
    certificate: Any = claim.worker.certificates.filter(pk=claim.subject).select_related("issuer").first()
    if certificate is None:
        return None, False, 0
    elsewhere = responsible_today(PUBLIC, claim.place_id, today) != responsible_today(PUBLIC, certificate.issuer.place_id, today)
    if lodged is None:
        return certificate.issued_on, elsewhere, 0
    that_day = others.filter(kind="certificate", benefit=claim.benefit, lodged_at__date=lodged)
    keys = [int(subject) for subject in that_day.values_list("subject", flat=True)]
    return certificate.issued_on, elsewhere, certificate.issuer.issued.filter(pk__in=keys).count() + 1


def _of_agent(claim: Claim, others: QuerySet[Claim]) -> int:
    """How many claims whoever acted under a mandate lodged for others in the month before this one."""
    if claim.mandate_id is None or claim.lodged_at is None:
        return 0
    since = claim.lodged_at - AGENT_DAYS
    return (
        others.filter(lodged_by=claim.lodged_by, mandate_id__isnull=False, lodged_at__gte=since, lodged_at__lte=claim.lodged_at).count() + 1
    )
