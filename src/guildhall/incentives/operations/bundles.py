"""Claims that an employer lodges together: it ticks people of its own roster, each of them agrees, and each claim goes its own way."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives.models import Bundle, Claim
from guildhall.incentives.operations.lodging import create, refuse_second, submit
from guildhall.incentives.operations.moving import allow, locked, take
from guildhall.incentives.operations.telling import tell
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.claimable import Claimable, claimable, of_certificate
from guildhall.incentives.queries.standing import CONSENT, no_such_claim
from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.kernel.tables import Text
from guildhall.office.operations.audit import record, wait_in_line
from guildhall.office.queries.mandates import CLAIMS
from guildhall.registry.engine.purposes import BY_KEY
from guildhall.registry.operations.consents import give_consent
from guildhall.registry.queries import organisation
from guildhall.registry.queries.consents import has_agreed
from guildhall.registry.queries.vouched import known_among
from guildhall.web.viewer import Viewer

MOST = 1_000


def bundle(*, benefit: str, subjects: Collection[str], by: Viewer, now: datetime) -> Bundle:
    """Begins a claim for each certificate or employment ticked, of people who work for the employer.

    What is the employer's own to claim is a draft at once. What is a worker's waits until that worker agrees, and whoever has agreed to
    the purpose before is asked nothing. What is claimed already is left out; nothing new left raises AlreadyDone. Raises NotFound for
    anything not of its own people, GuildhallError for too many.
    """
    kind = benefits.kind_of(benefit)
    if by.role != "employer" or not by.organisation or not by.may(CLAIMS) or kind not in ("certificate", "spell"):
        raise no_such_claim()
    if len(subjects) > MOST:
        raise GuildhallError(_("Too many people at once"), next=_("tick at most %(n)s") % {"n": MOST})
    with transaction.atomic():
        wait_in_line(by)
        row = Bundle.objects.create(organisation_id=by.organisation, benefit=benefit, made_by=by.name, made_at=now)
        begun = _own(row, benefit, subjects, by, now) if kind == "spell" else _of_workers(row, benefit, subjects, by, now)
        count = len(begun)
        if not count:
            raise AlreadyDone(_("All of these are claimed already"), next=_("see the claims that stand"))
        details = {"bundle": row.pk, "benefit": benefit, "claims": count}
        record(subject=f"organisation:{by.organisation}", action="incentives.bundle", by=by, now=now, details=details)
    return row


def _own(row: Bundle, benefit: str, subjects: Collection[str], by: Viewer, now: datetime) -> list[Claim]:
    """Drafts of what the employer claims itself; what is claimed already is left out."""
    begun = []
    for subject in sorted(set(subjects)):
        with suppress(AlreadyDone):
            found = claimable(by, benefit, subject, timezone.localdate(now))
            refuse_second(found)
            begun.append(create(found, "begin", by, now, bundle=row))
    return begun


def _of_workers(row: Bundle, benefit: str, subjects: Collection[str], by: Viewer, now: datetime) -> list[Claim]:
    """Claims of workers, in one order of the chains that their events go to; what is claimed already is left out."""
    found = [of_certificate(by, benefit, subject, timezone.localdate(now)) for subject in set(subjects)]
    people = {one.worker for one in found if one is not None and one.worker is not None}
    sure = known_among(by.organisation or 0, people, timezone.localdate(now))
    if None in found or people - sure:  # whose employment stands on the employer's word alone is nobody to claim for
        raise no_such_claim()
    begun = []
    mine = (replace(one, organisation=by.organisation) for one in found if one is not None)
    for one in sorted(mine, key=lambda one: (f"worker:{one.worker}", one.subject)):
        with suppress(AlreadyDone):
            refuse_second(one)
            begun.append(_asked(row, one, by, now))
    return begun


def _asked(row: Bundle, found: Claimable, by: Viewer, now: datetime) -> Claim:
    assert found.worker is not None
    if has_agreed(CONSENT, found.worker):
        return create(found, "begin", by, now, bundle=row)
    claim = create(found, "ask", by, now, bundle=row)
    name = organisation(by, row.organisation_id)
    facts = {"employer": Text(name.name_zh, name.name_en or name.name_zh)}
    tell(claim, "claim_asked", facts, now=now, key=f"claim:{claim.pk}:asked")
    return claim


def agree(*, claim_id: int, wording: str, by: Viewer, now: datetime) -> Claim:
    """The worker lets the employer lodge this claim, in the wording that was shown; that is the consent to the purpose, if not yet given.

    Raises NotFound for anybody else, AlreadyDone, and what registry.consents.give_consent raises.
    """
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        allow(claim, "agree", by)
        assert claim.worker_id is not None
        if not has_agreed(CONSENT, claim.worker_id):
            give_consent(worker_id=claim.worker_id, purpose=CONSENT, wording=wording or BY_KEY[CONSENT].version, by=by, now=now)
        take(claim, "agree", by=by, now=now)
        return claim


def decline(*, claim_id: int, by: Viewer, now: datetime) -> Claim:
    """The worker does not let the employer lodge this claim; no reason is asked for. Raises NotFound, AlreadyDone."""
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        take(claim, "decline", by=by, now=now)
        return claim


def submit_bundle(*, bundle_id: int, by: Viewer, now: datetime) -> tuple[int, dict[int, str]]:
    """Lodges every claim of a bundle that is ready, each by itself; how many, and why the others are not, by claim. Raises NotFound."""
    row = Bundle.objects.filter(pk=bundle_id, organisation_id=by.organisation or 0).first()
    if row is None or by.role != "employer" or not by.may(CLAIMS):
        raise no_such_claim()
    lodged, left = 0, dict[int, str]()
    for key in Claim.objects.filter(bundle=row, state="draft").order_by("pk").values_list("pk", flat=True):
        try:
            submit(claim_id=key, by=by, now=now)
            lodged += 1
        except GuildhallError as error:
            left[key] = error.what
    return lodged, left
