"""Claiming a record: a person shows by the identity number and a second fact that a record is theirs, or to an officer by the card.

What an employer says of a person is no second fact: whoever knows a number could report it and then answer with what was reported.
What a wrong claim answers is the same whether the number is on record or not, whichever fact was wrong, and how often it was tried
is limited and written down (Personal Information Protection Law, articles 45 and 51: access for the person, and safeguards).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.kernel.phones import mobile, normalise_phone
from guildhall.kernel.tables import Text
from guildhall.office.models import AuditEvent, ChainHead, Grant
from guildhall.office.operations import public
from guildhall.office.operations.audit import record
from guildhall.office.operations.notices import notify
from guildhall.office.phones import phone_of
from guildhall.registry.engine.identity import normalise_number
from guildhall.registry.engine.names import plain
from guildhall.registry.models import CertificateNumber, Identity, IdentityDocument, Worker, vault
from guildhall.registry.models.sealed import TABLE
from guildhall.registry.operations.identity import check_grounds, check_reason
from guildhall.registry.queries.merged import leader, one_person
from guildhall.registry.queries.phones import phones_on_record
from guildhall.registry.queries.records import kept_by
from guildhall.registry.queries.vouched import is_phone_vouched
from guildhall.web.viewer import Viewer

ATTEMPTS = 5
WITHIN = timedelta(hours=24)
REFUSED = "registry.claim_refused"


@dataclass(frozen=True)
class CertificateFact:
    """The number printed on a certificate of the person."""

    number: str

    kind = "certificate"


@dataclass(frozen=True)
class PhoneFact:
    """A phone the person has shown to hold: a code that was sent to it came back."""

    phone: str

    kind = "phone"


Fact = CertificateFact | PhoneFact


class NoMatch(GuildhallError):
    """What was told fits no record together; which part does not, or whether there is a record at all, is not said."""


class TooOften(GuildhallError):
    """This account has tried too often."""


def claim(*, name: str, number: str, fact: Fact, by: Viewer, now: datetime) -> Grant:
    """The role of a worker, for the account that acts, on the record which name, identity number and second fact lead to.

    The record is the one that leads, where several were merged. Raises NoMatch, TooOften after ATTEMPTS wrong claims in a day,
    AlreadyDone where another account (or this one) holds the record, and NotFound for accounts of the staff and for nobody.
    """
    if not by.account or not public.is_public(by.account):
        raise NotFound(_("There is no such page"))
    with transaction.atomic():
        _wait_in_line(by, now)
        worker_id = _matching(name, number, fact)
        if worker_id is None:
            record(subject=by.name, action=REFUSED, by=by, now=now, details={"fact": fact.kind})
    if worker_id is None:
        raise NoMatch(
            _("This does not lead to a record"),
            why=_("the name, the number and the second fact must all be as they are on record"),
            next=_("compare each with your papers, take another second fact, or come to the counter with your identity card"),
        )
    return _give(worker_id, fact, by, now)


def _wait_in_line(by: Viewer, now: datetime) -> None:
    """Counts the wrong claims of an account; its chain is locked meanwhile, so that many at once are counted one by one."""
    ChainHead.objects.select_for_update().filter(chain=by.name).first()
    tried = AuditEvent.objects.filter(chain=by.name, action=REFUSED, at__gt=now - WITHIN).count()
    if tried >= ATTEMPTS:
        raise TooOften(
            _("That was wrong too often"),
            why=_("five attempts a day are taken"),
            next=_("try again tomorrow, or come to the counter with your identity card"),
        )


def _matching(name: str, number: str, fact: Fact) -> int | None:
    """The record that leads to which everything fits, or None."""
    hashed = vault().keyed_hash("identity_number", normalise_number(number))
    found = Identity.objects.filter(number_hash=hashed).values_list("worker_id", flat=True).first()
    found = found or IdentityDocument.objects.filter(number_hash=hashed, ended_at=None).values_list("worker_id", flat=True).first()
    if found is None:
        return None
    people = one_person(found)
    fits = _fits(people, fact)
    return leader(found) if _named(found, name) and fits else None


def _named(worker_id: int, name: str) -> bool:
    identity = Identity.objects.get(pk=worker_id)
    return plain(vault().open(TABLE, "name", worker_id, identity.name_sealed)) == plain(name)


def _fits(people: tuple[int, ...], fact: Fact) -> bool:
    """Whether the second fact is on record for one of the records of the person, on more than an employer's word."""
    if isinstance(fact, CertificateFact):
        hashed = vault().keyed_hash("certificate_number", normalise_number(fact.number))
        return CertificateNumber.objects.filter(number_hash=hashed, certificate__worker_id__in=people).exists()
    hashed = vault().keyed_hash("phone", normalise_phone(fact.phone) or "")
    found = Identity.objects.filter(phone_hash=hashed, worker_id__in=people).values_list("worker_id", flat=True)
    return any(is_phone_vouched(record) for record in found)


def _give(worker_id: int, fact: Fact, by: Viewer, now: datetime) -> Grant:
    with _once(), transaction.atomic():
        _hold(worker_id)
        grant = public.give_record(worker_id=worker_id, account=by.account or 0, by=by, now=now)
        record(subject=f"worker:{worker_id}", action="registry.claim", by=by, now=now, details={"fact": fact.kind, "grant": grant.pk})
        _tell(grant, now)
    return grant


def _hold(worker_id: int) -> None:
    """Locks every record of a person, and refuses as `refuse_held` does."""
    list(Worker.objects.select_for_update().filter(pk__in=one_person(worker_id)).order_by("pk"))
    refuse_held(worker_id)  # read anew: a merge may have been waited for


def refuse_held(worker_id: int) -> None:
    """Raises AlreadyDone where an account holds the record, or another record of the same person."""
    if public.holders(records=one_person(worker_id)):
        raise _claimed()


def claim_at_counter(*, worker_id: int, phone: str, document: str, reason: str, by: Viewer, now: datetime) -> Grant:
    """The role of a worker for the account of the phone that a person at the counter holds, begun where there is none.

    Whoever calls this has seen the code that was sent to the phone. `document` is the paper seen (operations.identity.SEEN). Raises
    NotFound for whom `by` may not change, GuildhallError for no reason, an unknown paper or no mobile number, and AlreadyDone where an
    account holds the record, or another record of the same person.
    """
    with transaction.atomic():
        worker = kept_by(by, worker_id, now)
        _hold(worker.pk)
        check_grounds(reason, document)
        number = mobile(phone)
        if not number:
            raise GuildhallError(_("This is no mobile number"), next=_("write its eleven digits, as the person says them"))
        account = public.account_of_phone(phone=number, language=settings.LANGUAGE_CODE, now=now)
        if not account.is_active:
            raise GuildhallError(_("The account of this phone is closed"), next=_("take another phone of the person"))
        with _once(), transaction.atomic():
            grant = public.give_record(worker_id=worker.pk, account=account.pk, by=by, now=now)
        details = {"grant": grant.pk, "document": document}
        record(subject=f"worker:{worker.pk}", action="registry.claim_at_counter", by=by, now=now, reason=reason.strip(), details=details)
        _tell(grant, now)
    return grant


def release_claim(*, worker_id: int, reason: str, by: Viewer, now: datetime) -> None:
    """Takes a record back from the account that claimed it: the rightful person can claim it then.

    The sessions of the account end, and where it signs in by the phone on record it loses that phone. Raises NotFound for whom `by` may
    not change, GuildhallError for no reason, and AlreadyDone where nobody holds the record.
    """
    with transaction.atomic():
        worker = Worker.objects.select_for_update().get(pk=kept_by(by, worker_id, now).pk)
        check_reason(reason)
        records = one_person(worker.pk)
        hashes = Identity.objects.filter(pk__in=records, phone_hash__isnull=False).values_list("phone_hash", flat=True)
        accounts = public.take_record_back(records=records, phones={bytes(one) for one in hashes if one is not None}, by=by, now=now)
        if not accounts:
            raise AlreadyDone(_("Nobody holds this record"), next=_("the person can claim it"))
        details = {"accounts": accounts}
        event = record(
            subject=f"worker:{worker.pk}", action="registry.release_claim", by=by, now=now, reason=reason.strip(), details=details
        )
        facts = {"on": Text(f"{now:%Y-%m-%d}", f"{now:%Y-%m-%d}")}
        for account in accounts:
            notify(key=f"release:{event.pk}:{account}", template="record_released", facts=facts, now=now, account=account)
        notify(key=f"release:{event.pk}", template="record_released", facts=facts, now=now, worker_id=worker.pk, channels=("app", "sms"))


@contextmanager
def _once() -> Iterator[None]:
    """A record is claimed by one account: the database says so."""
    try:
        yield
    except IntegrityError:
        raise _claimed() from None


def _claimed() -> AlreadyDone:
    return AlreadyDone(
        _("This record is claimed already"),
        why=_("a record belongs to one account"),
        next=_("sign in as you did when you claimed it; if that was not you, come to the counter with your identity card"),
    )


def _tell(grant: Grant, now: datetime) -> None:
    """Tells whoever claimed it, and the phones on record: if it was not the person, the person learns it there."""
    assert grant.worker_id is not None
    told: dict[str, Any] = {"facts": {"on": Text(f"{now:%Y-%m-%d}", f"{now:%Y-%m-%d}")}, "channels": ("app", "sms")}
    phones = phones_on_record(one_person(grant.worker_id), now) - {phone_of(grant.account)}
    notify(key=f"claim:{grant.pk}", template="record_claimed", now=now, worker_id=grant.worker_id, phones=phones, **told)
