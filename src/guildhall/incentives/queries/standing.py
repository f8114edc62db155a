"""Who sees which claims, and how somebody stands to one: as claimant, as the officer it lies with, as one who took part.

A claim belongs to the place where it was lodged; which authority answers for it is worked out for today through the successor table,
so that a merger of districts leaves none without an office.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives.engine.states import BEFORE, CASHIER, CLAIMANT, EMPLOYER, OF_CLAIMANTS, OFFICER, OTHER, PERSON, SECOND, SYSTEM
from guildhall.incentives.models import Appeal, Claim, Step, Verdict
from guildhall.kernel.errors import NotFound
from guildhall.office.models import Grant, Mandate
from guildhall.office.queries.mandates import CLAIMS, TASKS
from guildhall.registry.queries import scope
from guildhall.registry.queries.consents import agreed
from guildhall.registry.queries.merged import leaders, one_person
from guildhall.web.viewer import Viewer

FOREVER = datetime.max.replace(tzinfo=UTC)
CONSENT = "employer_claims"
"""The purpose a worker agrees to when an employer may lodge claims for them."""


def claims_seen(viewer: Viewer, today: date) -> QuerySet[Claim]:
    """The claims a viewer may see: the worker's own; an employer's own, and those for its workers while they agree; those of the
    jurisdiction for a claims officer, and to read for an auditor. Nobody else sees any.
    """
    every = Claim.objects.all()
    if viewer.role == "system":
        return every
    if viewer.mandate or viewer.role == "worker":
        return (
            every.filter(payee="worker", worker_id__in=one_person(viewer.worker)) if viewer.worker and viewer.may(CLAIMS) else every.none()
        )
    if viewer.role == "employer":
        return _of_employer(every, viewer)
    if viewer.role not in ("claims_officer", "auditor"):
        return every.none()
    places = scope.jurisdiction(viewer, today)
    rows = every.exclude(state__in=BEFORE).exclude(lodged_at=None)
    return rows if places is None else rows.filter(place_id__in=places)


def _of_employer(every: QuerySet[Claim], viewer: Viewer) -> QuerySet[Claim]:
    if not viewer.organisation or not viewer.may(CLAIMS):
        return every.none()
    own = every.filter(organisation_id=viewer.organisation)
    return own.filter(Q(payee="organisation") | Q(state="asked") | agreed(CONSENT, person="worker_id"))


def claim_seen(viewer: Viewer, claim_id: int, today: date) -> Claim:
    """One claim. Raises NotFound for what the viewer may not see."""
    found = claims_seen(viewer, today).filter(pk=claim_id).first()
    if found is None:
        raise no_such_claim()
    return found


def no_such_claim() -> NotFound:
    """What is said of a claim that does not exist, or that the viewer may not see."""
    return NotFound(_("There is no such claim"), why=_("or it is not one for the role you are in"), next=_("go back to your desk"))


def actors(viewer: Viewer, claim: Claim) -> frozenset[str]:
    """As what the viewer stands to a claim that they see: the words of engine.states. An auditor only reads.

    An employer lodges and completes for its worker; what comes after is between the worker and the office.
    """
    if viewer.role == "system":
        return frozenset({SYSTEM, CASHIER})
    if viewer.mandate or viewer.role == "worker":
        return frozenset({CLAIMANT} if viewer.mandate else {CLAIMANT, PERSON})
    if viewer.role == "employer":
        lodging = claim.payee == "organisation" or claim.state in ("asked", "draft", "lodged", "returned")
        return frozenset({EMPLOYER, CLAIMANT} if lodging else {EMPLOYER})
    if viewer.role != "claims_officer":
        return frozenset()
    if is_party(viewer, claim):
        return frozenset({CASHIER})
    found = {OFFICER, CASHIER}
    if not Verdict.objects.filter(claim=claim, state="proposed", proposed_by=viewer.name).exists():
        found.add(SECOND)
    if not took_part(viewer, claim):
        found.add(OTHER)
    return frozenset(found)


def is_party(viewer: Viewer, claim: Claim) -> bool:
    """Whether an officer is a party of the claim: see `parties`."""
    return claim.pk in parties(viewer, [claim])


def parties(viewer: Viewer, claims: Collection[Claim]) -> set[int]:
    """The claims of which an officer is a party, so that a colleague decides and pays: begun, lodged, completed, given another account or
    objected to by that officer for somebody; for whom the officer held a mandate for benefits since the claim began; or who the officer is.
    """
    rows, acted = {claim.pk: claim for claim in claims}, Step.objects.filter(by=viewer.name, verb__in=OF_CLAIMANTS)
    found = {claim.pk for claim in claims if viewer.name in (claim.begun_by, claim.lodged_by)}
    found.update(acted.filter(claim__in=rows).values_list("claim_id", flat=True))
    found.update(Appeal.objects.filter(verdict__claim__in=rows, lodged_by=viewer.name).values_list("verdict__claim_id", flat=True))
    if viewer.account is None:
        return found
    own = Grant.objects.filter(account_id=viewer.account, revoked_at=None)
    employers = set(own.filter(role="employer").values_list("organisation_id", flat=True)) - {None}
    held = _mandates(viewer.account)
    held |= {worker: FOREVER for worker in own.filter(role="worker").values_list("worker_id", flat=True) if worker is not None}
    leads = leaders({*held, *(claim.worker_id for claim in claims if claim.worker_id is not None)})
    until = dict[int, datetime]()
    for worker, end in held.items():
        until[leads[worker]] = max(end, until.get(leads[worker], end))
    for claim in claims:
        last = until.get(leads[claim.worker_id]) if claim.worker_id is not None else None
        if claim.organisation_id in employers or (last is not None and last >= claim.begun_at):
            found.add(claim.pk)
    return found


def _mandates(account: int) -> dict[int, datetime]:
    """For whom an account was ever given leave to claim, and until when it lasts or lasted."""
    purposes = [purpose for purpose, tasks in TASKS.items() if CLAIMS in tasks]
    found: dict[int, datetime] = {}
    for row in Mandate.objects.filter(agent_id=account, purpose__in=purposes):
        end = min(row.revoked_at or FOREVER, timezone.make_aware(datetime.combine(row.valid_until, time.min)))
        found[row.worker_id] = max(end, found.get(row.worker_id, end))
    return found


def own_accounts(claim: Claim) -> set[str]:
    """Under which names the person acts whose claim it is."""
    if claim.payee != "worker" or claim.worker_id is None:
        return set()
    grants = Grant.objects.filter(role="worker", worker_id__in=one_person(claim.worker_id))
    return {f"account:{account}" for account in grants.values_list("account_id", flat=True)}


def took_part(viewer: Viewer, claim: Claim) -> bool:
    """Whether the viewer has taken any step in a claim, or proposed or confirmed what was decided."""
    decided = Verdict.objects.filter(claim=claim).filter(Q(proposed_by=viewer.name) | Q(confirmed_by=viewer.name))
    return Step.objects.filter(claim=claim, by=viewer.name).exists() or decided.exists()


def chain(claim: Claim) -> str:
    """The chain of events that a claim belongs to: the person's whose money it is, else the organisation's."""
    return f"worker:{claim.worker_id}" if claim.payee == "worker" else f"organisation:{claim.organisation_id}"
