"""Who sees which claims, and how somebody stands to one: as claimant, as the officer it lies with, as one who took part.

A claim belongs to the place where it was lodged; which authority answers for it is worked out for today through the successor table,
so that a merger of districts leaves none without an office.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from guildhall.incentives.engine.states import BEFORE, CASHIER, CLAIMANT, EMPLOYER, OFFICER, OTHER, PERSON, SECOND, SYSTEM
from guildhall.incentives.models import Appeal, Claim, Step, Verdict
from guildhall.kernel.errors import NotFound
from guildhall.office.models import Grant
from guildhall.office.queries.mandates import CLAIMS
from guildhall.registry.queries import scope
from guildhall.registry.queries.consents import agreed
from guildhall.registry.queries.merged import one_person
from guildhall.web.viewer import Viewer

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
    """Whether an officer lodged the claim for somebody, or is its person: then a colleague decides."""
    if viewer.name in (claim.begun_by, claim.lodged_by) or Appeal.objects.filter(verdict__claim=claim, lodged_by=viewer.name).exists():
        return True
    if viewer.account is None:
        return False
    own = Grant.objects.filter(account_id=viewer.account, revoked_at=None)
    if claim.worker_id is not None and own.filter(role="worker", worker_id__in=one_person(claim.worker_id)).exists():
        return True
    return claim.organisation_id is not None and own.filter(role="employer", organisation_id=claim.organisation_id).exists()


def took_part(viewer: Viewer, claim: Claim) -> bool:
    """Whether the viewer has taken any step in a claim, or proposed or confirmed what was decided."""
    decided = Verdict.objects.filter(claim=claim).filter(Q(proposed_by=viewer.name) | Q(confirmed_by=viewer.name))
    return Step.objects.filter(claim=claim, by=viewer.name).exists() or decided.exists()


def chain(claim: Claim) -> str:
    """The chain of events that a claim belongs to: the person's whose money it is, else the organisation's."""
    return f"worker:{claim.worker_id}" if claim.payee == "worker" else f"organisation:{claim.organisation_id}"
