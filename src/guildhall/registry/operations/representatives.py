"""Who stands on an organisation's licence, and the account that this person begins with.

An officer who has the licence and the identity card before them confirms the legal representative; the person then claims the
organisation from their own account. What decides is the organisation's code, the name, the identity number, and a second fact:
the phone given at the counter is the one the account signs in with, or the account has claimed the record of this very person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.models import Account, AuditEvent, Grant
from guildhall.office.operations.audit import record, wait_in_line
from guildhall.office.operations.delegations import begin_representation, end_representation, rest_on
from guildhall.registry.engine.documents import said_by
from guildhall.registry.engine.identity import normalise_number, normalise_phone
from guildhall.registry.engine.names import plain
from guildhall.registry.models import Identity, Organisation, Representative, vault
from guildhall.registry.queries import scope, storable
from guildhall.registry.queries.merged import one_person
from guildhall.registry.queries.representatives import TABLE
from guildhall.web.viewer import Viewer

COLLEGES = ("college", "academy")
TRIES = 5
"""Claims of one account that may fail within a day."""
REFUSED = "registry.claim_organisation_refused"


@dataclass(frozen=True)
class Proof:
    """Who someone says they are: name and identity number as on the card, and a phone."""

    name: str
    number: str
    phone: str = ""


def confirm_representative(*, organisation_id: int, proof: Proof, by: Viewer, now: datetime) -> Representative:
    """The legal representative as an officer found it on the licence; the one before loses access at once.

    For officers in whose places the organisation lies; raises NotFound for others, AlreadyDone where the same person is on record
    already, GuildhallError for a number that cannot be one, and without a name or a phone.
    """
    organisation = _organisation(by, organisation_id, now)
    number, phone = _checked(proof)
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        before = Representative.objects.filter(organisation=organisation, ended_at=None).first()
        hashed = vault().keyed_hash("identity_number", number)
        if before and bytes(before.number_hash) == hashed and before.phone_hash and bytes(before.phone_hash) == _phone(phone):
            raise AlreadyDone(_("This person is on record as the representative already"))
        if before:
            before.ended_at = now
            before.save(update_fields=["ended_at"])
        found = Representative(organisation=organisation, number_hash=hashed, phone_hash=_phone(phone), source="counter", recorded_at=now)
        found.name_sealed = found.number_sealed = b""
        found.save()
        found.name_sealed = vault().seal(TABLE, "name", found.pk, proof.name.strip())
        found.number_sealed = vault().seal(TABLE, "identity_number", found.pk, number)
        found.save(update_fields=["name_sealed", "number_sealed"])
        if not _claimed_by(found):
            end_representation(organisation_id=organisation.pk, reason="another representative", by=by, now=now)
        details = {"representative": found.pk, "before": before.pk if before else None}
        record(subject=f"organisation:{organisation.pk}", action="registry.confirm_representative", by=by, now=now, details=details)
    return found


def claim_organisation(*, code: str, proof: Proof, by: Viewer, now: datetime) -> Grant:
    """The grant with which the account of the legal representative acts for the organisation.

    What does not agree is not told: a code, a name and a number are either all right or they are not. A claim that fails is recorded
    with the account; after five in a day the account waits. Raises AlreadyDone where somebody claimed it, GuildhallError otherwise.
    """
    account = Account.objects.filter(pk=by.account or 0, kind="public", is_active=True).first()
    if account is None or by.mandate:
        raise NotFound(_("There is no such page"), why=_("organisations are claimed by people who sign in for themselves"))
    with transaction.atomic():
        wait_in_line(by)
        _check_tries(account, now)
        found = _matching(code, proof, account)
        if found is None:
            record(subject=f"account:{account.pk}", action=REFUSED, by=by, now=now)
    if found is None:  # said after what was tried is on record
        raise GuildhallError(
            _("This does not agree with what is on record"),
            why=_("code, name, identity number and the phone you sign in with must all be those given when the licence was shown"),
            next=_("look at the licence once more, or bring it and your identity card to the district's counter"),
        )
    organisation, own = found
    role = "college" if organisation.kind in COLLEGES else "employer"
    return begin_representation(account_id=account.pk, organisation_id=organisation.pk, role=role, rests_on=own, by=by, now=now)


def _matching(code: str, proof: Proof, account: Account) -> tuple[Organisation, int | None] | None:
    """The organisation to which everything leads, and the record that was the second fact; None for a phone, which stands by itself."""
    organisation = Organisation.objects.filter(code=storable(normalise_number(code))).first()
    organisation = organisation or Organisation.objects.filter(code=storable(code.strip())).first()
    if organisation is None:
        return None
    held = Representative.objects.filter(organisation=organisation, ended_at=None).first()
    hashed = vault().keyed_hash("identity_number", normalise_number(proof.number))
    if held is None or bytes(held.number_hash) != hashed:
        return None
    if plain(vault().open(TABLE, "name", held.pk, held.name_sealed)) != plain(proof.name):
        return None
    if _by_phone(held, account):
        return organisation, None
    own = _by_record(account, hashed)
    return (organisation, own) if own else None


def _claimed_by(held: Representative) -> bool:
    """Whether the account that acts for the organisation is that of this very representative; what it rests on then is noted anew."""
    grant = Grant.objects.filter(organisation_id=held.organisation_id, is_representative=True, revoked_at=None).first()
    if grant is None:
        return False
    own = None if _by_phone(held, grant.account) else _by_record(grant.account, bytes(held.number_hash))
    if own is None and not _by_phone(held, grant.account):
        return False
    rest_on(grant=grant, record=own)
    return True


def _by_phone(held: Representative, account: Account) -> bool:
    """Whether the account signs in with the phone given at the counter."""
    return bool(held.phone_hash and account.phone_hash and bytes(held.phone_hash) == bytes(account.phone_hash))


def _by_record(account: Account, hashed: bytes) -> int | None:
    """The record of the same person that the account has claimed."""
    rows = Grant.objects.filter(account=account, role="worker", revoked_at=None).order_by("pk")
    for own in rows.values_list("worker_id", flat=True):
        if own is not None and Identity.objects.filter(worker_id__in=one_person(own), number_hash=hashed).exists():
            return own
    return None


def _check_tries(account: Account, now: datetime) -> None:
    since = now - timedelta(days=1)
    if AuditEvent.objects.filter(chain=f"account:{account.pk}", action=REFUSED, at__gt=since).count() >= TRIES:
        raise GuildhallError(
            _("That was tried too often today"), next=_("try again tomorrow, or bring the licence to the district's counter")
        )


def _organisation(by: Viewer, organisation_id: int, now: datetime) -> Organisation:
    found = None
    if by.role in scope.THROUGH and not by.mandate or by.role == "system":
        found = scope.organisations_of(by, timezone.localdate(now)).filter(pk=organisation_id).first()
    if found is None:
        raise NotFound(_("There is no such organisation"), why=_("or it lies in a place that is not yours"))
    return found


def _checked(proof: Proof) -> tuple[str, str]:
    number, phone = normalise_number(proof.number), normalise_phone(proof.phone)
    if not proof.name.strip():
        raise GuildhallError(_("The name is missing"), next=_("write it as it stands on the identity card"))
    if said_by(number) is None:
        raise GuildhallError(_("The identity number cannot be right"), next=_("compare it with the card, character by character"))
    if phone is None:
        raise GuildhallError(_("The phone number is missing"), why=_("the person signs in with it"), next=_("ask for it and write it down"))
    return number, phone


def _phone(phone: str) -> bytes:
    return vault().keyed_hash("phone", phone)
