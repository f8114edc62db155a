"""Who someone is, changed by an officer who has seen the paper: names, phones, documents, and the identity number by two officers.

What is replaced stays on record and is still found: a former name by the same words, a former number by the same hash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.kernel.tables import Text
from guildhall.office.operations import public
from guildhall.office.operations.audit import record
from guildhall.office.operations.notices import Told, notify, notify_each
from guildhall.office.operations.reasons import no_personal_data
from guildhall.registry.engine import documents
from guildhall.registry.engine.duplicates import OLD_DIGITS, new_form
from guildhall.registry.engine.identity import normalise_number, normalise_phone
from guildhall.registry.engine.names import plain
from guildhall.registry.models import Identity, IdentityDocument, NumberChange, Worker, identity_fields, vault
from guildhall.registry.models.sealed import TABLE
from guildhall.registry.operations.history import supersede
from guildhall.registry.operations.merges import note_possible
from guildhall.registry.operations.people import REVEAL, check_pace, note_view
from guildhall.registry.queries.identity import Known, known
from guildhall.registry.queries.merged import one_person
from guildhall.registry.queries.phones import replaced_by
from guildhall.registry.queries.records import kept_by, no_such_person
from guildhall.web.viewer import Viewer

DOCUMENTS = "registry.identity_documents"
CHANGES = "registry.number_changes"
NUMBER = "identity_number"
"""The column under which every number is hashed, of whatever document: one look-up finds the person."""
LONGEST_NAME = 100
SEEN = ("identity_card", "household_register", "police_certificate", "court_decision", "passport", "permit")
"""Papers an officer may have seen before changing who someone is."""


class HeldByAnother(GuildhallError):
    """The number already leads to another record: nothing was changed, and the two are put up as possible duplicates."""


def look(*, worker_id: int, by: Viewer, now: datetime) -> Known:
    """What a person is known by, for an officer who may change it; that it was looked at is recorded. Raises NotFound."""
    found = known(by, worker_id, timezone.localdate(now))
    note_view(worker_ids=[found.worker.pk], by=by, now=now)
    return found


def rename(*, worker_id: int, name: str, reason: str, document: str, on: date, by: Viewer, now: datetime) -> None:
    """Gives a person another name from the day `on`; the name before stays sealed and is still found.

    `document` is one of SEEN. Raises NotFound for whom `by` may not change, AlreadyDone where the name is recorded already,
    and GuildhallError for an empty name, no reason, an unknown paper, or a day to come.
    """
    with transaction.atomic():
        worker = _locked(by, worker_id, now)
        name = " ".join(name.split())
        _check_name(name, on, now)
        check_grounds(reason, document)
        row = Identity.objects.select_for_update().get(pk=worker.pk)
        if not supersede(row=row, changes=identity_fields(worker.pk, name=name), now=now):
            raise AlreadyDone(_("This name is recorded already"), next=_("nothing needs to be changed"))
        details = {"columns": ["name"], "document": document, "on": on.isoformat()}
        _record(worker.pk, "registry.rename", by, now, reason, details)
        _tell(worker.pk, CALLED["name"], now)


def _check_name(name: str, on: date, now: datetime) -> None:
    if not plain(name) or len(name) > LONGEST_NAME:
        raise GuildhallError(_("This is no name"), why=_("it is empty or too long"), next=_("write the name as on the document"))
    if on > timezone.localdate(now):
        raise GuildhallError(_("The day lies ahead"), why=_("a name is changed once it holds"), next=_("give the day from which it holds"))


def change_phone(*, worker_id: int, phone: str, reason: str, by: Viewer, now: datetime) -> bool:
    """Records another phone, or none where it is empty. Raises as `rename` does, and GuildhallError for what is no phone number.

    True where the account that holds the record signed in by the phone before: it lost that phone, and the record waits to be linked to
    the new one (`claims.release_claim`, `claims.claim_at_counter`).
    """
    with transaction.atomic():
        worker = _locked(by, worker_id, now)
        check_reason(reason)
        number = normalise_phone(phone) if phone.strip() else ""
        if number is None:
            raise GuildhallError(_("This is no phone number"), next=_("write the digits, with the code of the country where it is another"))
        row = Identity.objects.select_for_update().get(pk=worker.pk)
        before = bytes(row.phone_hash) if row.phone_hash is not None else None
        earlier = vault().open(TABLE, "phone", worker.pk, row.phone_sealed) if row.phone_sealed is not None else ""
        if not supersede(row=row, changes=identity_fields(worker.pk, phone=number), now=now):
            raise AlreadyDone(_("This phone is recorded already"), next=_("nothing needs to be changed"))
        _record(worker.pk, "registry.change_phone", by, now, reason, {"columns": ["phone"]})
        _tell(worker.pk, CALLED["phone"], now, phones=[earlier] if earlier else ())
        return before is not None and _detached(worker.pk, before, by, now)


def _detached(worker_id: int, phone: bytes, by: Viewer, now: datetime) -> bool:
    """Whether somebody signed in to this record by a phone that is on record no more; they do so no longer, and are told."""
    account = public.detach_phone(records=one_person(worker_id), phone=phone, by=by, now=now)
    if account is None:
        return False
    facts = {"on": timezone.localdate(now).isoformat()}
    notify(key=f"phone:{account}:{now.isoformat()}", template="phone_detached", facts=facts, now=now, account=account)
    return True


def add_document(
    *, worker_id: int, kind: str, number: str, valid_until: date | None, by: Viewer, now: datetime, reason: str = ""
) -> IdentityDocument:
    """Records another document of a person. Raises as `rename` does; AlreadyDone where this person has it, HeldByAnother where
    another record has it: then the two are put up as possible duplicates, and nothing else is written.
    """
    number = normalise_number(number)
    with _one_holder(by, now):
        worker = _locked(by, worker_id, now)
        _check_document(kind, number)
        _refuse_held(worker.pk, number)
        return _add(worker.pk, kind, number, valid_until, by, now, reason)


def end_document(*, document_id: int, reason: str, by: Viewer, now: datetime) -> None:
    """Ends a document that no longer holds; it stays on record and is still found. Raises NotFound, or AlreadyDone where it has ended."""
    with transaction.atomic():
        document = IdentityDocument.objects.select_for_update().filter(pk=document_id).first()
        if document is None:
            raise NotFound(_("There is no such document"), next=_("see the documents of the person"))
        worker = _locked(by, document.worker_id, now)
        check_reason(reason)
        if document.ended_at:
            raise AlreadyDone(_("This document has ended already"), next=_("nothing needs to be changed"))
        supersede(row=document, changes={"ended_at": now}, now=now)
        details = {"document": document.kind, "number": document.pk}
        _record(worker.pk, "registry.end_document", by, now, reason, details)


def propose_number(*, worker_id: int, number: str, reason: str, document: str, by: Viewer, now: datetime) -> NumberChange:
    """Proposes another resident identity number; it holds once a second officer confirms it.

    Raises as `rename` does, HeldByAnother as `add_document` does, and GuildhallError where a proposal is waiting.
    """
    number = normalise_number(number)
    with _one_holder(by, now):
        worker = _locked(by, worker_id, now)
        check_grounds(reason, document)
        _check_identity_number(number)
        _refuse_held(worker.pk, number)
        if Identity.objects.filter(pk=worker.pk, number_hash=_hash(number)).exists():
            raise AlreadyDone(_("This number is recorded already"), next=_("nothing needs to be changed"))
        return _propose(worker.pk, number, reason, document, by, now)


def confirm_number(*, change_id: int, by: Viewer, now: datetime) -> None:
    """Puts a proposed number in force: the one before becomes an earlier number of the person, month of birth and sex follow.

    Raises NotFound; AlreadyDone where it was decided; GuildhallError where `by` proposed it; HeldByAnother where the number
    came onto another record meanwhile.
    """
    with _one_holder(by, now):
        change, worker = _open_change(change_id, by, now)
        if change.proposed_by == by.name or by.role == "system":
            raise GuildhallError(
                _("A second officer must confirm this"),
                why=_("an identity number is changed by two people, never by one"),
                next=_("ask a colleague who keeps this person's record"),
            )
        number = vault().open(CHANGES, NUMBER, worker.pk, change.number_sealed)
        _refuse_held(worker.pk, number)
        _change_number(worker, number, by, now)
        _decide(change, "confirmed", by, now)
        _record(worker.pk, "registry.confirm_number", by, now, "", {"change": change.pk, "columns": [NUMBER]})
        _tell(worker.pk, Text("身份证号", "identity number"), now)


def refuse_number(*, change_id: int, reason: str, by: Viewer, now: datetime) -> None:
    """Closes a proposed number without effect; also the officer who proposed it may. Raises NotFound or AlreadyDone."""
    with transaction.atomic():
        change, worker = _open_change(change_id, by, now)
        check_reason(reason)
        _decide(change, "refused", by, now)
        _record(worker.pk, "registry.refuse_number", by, now, reason, {"change": change.pk})


def reveal_proposed(*, change_id: int, by: Viewer, now: datetime) -> str:
    """A proposed number in full, for an officer who is to confirm or refuse it; an event of the worker's, who sees it.

    The reason is the change itself. Raises NotFound, AlreadyDone where it was decided, and TooOften.
    """
    with transaction.atomic():
        change, worker = _open_change(change_id, by, now)
        check_pace(by, now)
        details = {"field": NUMBER, "reason": "correction", "change": change.pk}
        _record(worker.pk, REVEAL, by, now, "correction", details)
        return vault().open(CHANGES, NUMBER, worker.pk, change.number_sealed)


def _locked(by: Viewer, worker_id: int, now: datetime) -> Worker:
    """The record that leads, locked, for an officer who may change it: two changes of one person come one after the other."""
    worker = kept_by(by, worker_id, now)
    return Worker.objects.select_for_update().get(pk=worker.pk)


def check_reason(reason: str) -> None:
    """Raises GuildhallError where no reason is given, or one that holds a number of somebody."""
    if not reason.strip():
        raise GuildhallError(_("No reason is given"), next=_("say why the record is changed"))
    no_personal_data(reason)


def check_grounds(reason: str, document: str) -> None:
    """Raises GuildhallError where an officer gives no reason, or names no paper (SEEN) that was shown."""
    check_reason(reason)
    if document not in SEEN:
        raise GuildhallError(_("No paper was seen"), next=_("choose the document that was shown to you"))


def _check_document(kind: str, number: str) -> None:
    if kind not in (*documents.SHAPES, "earlier_identity_number"):
        raise GuildhallError(_("There is no such kind of document"), next=_("choose one from the list"))
    if not documents.reads(kind, number, made_up=settings.DEMONSTRATION):
        raise GuildhallError(_("This number cannot stand on such a document"), next=_("compare it with the document, digit by digit"))


def _check_identity_number(number: str) -> None:
    if not documents.is_identity_number(number, made_up=settings.DEMONSTRATION):
        raise GuildhallError(
            _("This is no resident identity number"),
            why=_("it has 18 characters, the last is worked out from the others, and a day of birth stands in it"),
            next=_("compare it with the document, digit by digit"),
        )


def _hash(number: str) -> bytes:
    return vault().keyed_hash(NUMBER, number)


class _Held(Exception):
    """The number leads to the record `other`, not to `worker_id`."""

    def __init__(self, worker_id: int, other: int) -> None:
        super().__init__()
        self.worker_id, self.other = worker_id, other


@contextmanager
def _one_holder(by: Viewer, now: datetime) -> Iterator[None]:
    """One transaction in which a number finds its holder; where it has another, the two records are put up once all is undone."""
    try:
        with transaction.atomic():
            yield
    except _Held as held:
        raise _put_up(held, by, now) from None
    except IntegrityError:
        what = _("The number came onto another record at this very moment")
        raise GuildhallError(what, next=_("try once more, to see how it stands now")) from None


def _refuse_held(worker_id: int, number: str) -> None:
    """Raises _Held where the number, in either form, is the identity number or a document of another person."""
    hashes = [_hash(number)] + ([_hash(new_form(number))] if len(number) == OLD_DIGITS else [])
    own = one_person(worker_id)
    held = Identity.objects.filter(number_hash__in=hashes).exclude(pk__in=own).values_list("worker_id", flat=True)
    shown = IdentityDocument.objects.filter(number_hash__in=hashes, ended_at=None).exclude(worker_id__in=own)
    for other in [*held, *shown.values_list("worker_id", flat=True)]:
        raise _Held(worker_id, other)


def _put_up(held: _Held, by: Viewer, now: datetime) -> HeldByAnother:
    """Proposes the two records as duplicates, after the refused change has been undone; says so."""
    note_possible(first=held.worker_id, second=held.other, reason="document_refused", by=by, now=now)
    return HeldByAnother(
        _("This number is on another record already"),
        why=_("a number belongs to one person, so the two records may be one"),
        next=_("see the possible duplicates: the two records were put there. This record was not changed"),
    )


def _add(worker_id: int, kind: str, number: str, valid_until: date | None, by: Viewer, now: datetime, reason: str) -> IdentityDocument:
    own = one_person(worker_id)
    if IdentityDocument.objects.filter(worker_id__in=own, kind=kind, number_hash=_hash(number), ended_at=None).exists():
        raise AlreadyDone(_("This document is recorded already"), next=_("see the documents of the person"))
    row = IdentityDocument.objects.create(
        worker_id=worker_id, kind=kind, number_sealed=b"", number_hash=_hash(number), valid_until=valid_until, added_at=now
    )
    row.number_sealed = vault().seal(DOCUMENTS, "number", row.pk, number)  # sealed for its own row, which has a key only now
    row.save(update_fields=["number_sealed"])
    _record(worker_id, "registry.add_document", by, now, reason, {"document": kind, "number": row.pk})
    return row


def _propose(worker_id: int, number: str, reason: str, document: str, by: Viewer, now: datetime) -> NumberChange:
    if NumberChange.objects.filter(worker_id=worker_id, state="proposed").exists():
        raise GuildhallError(
            _("Another number waits to be confirmed already"), next=_("have that one confirmed or refused by a second officer first")
        )
    row = NumberChange.objects.create(
        worker_id=worker_id,
        number_sealed=vault().seal(CHANGES, NUMBER, worker_id, number),
        number_hash=_hash(number),
        reason=reason.strip(),
        document=document,
        proposed_by=by.name,
        proposed_at=now,
    )
    _record(worker_id, "registry.propose_number", by, now, reason, {"change": row.pk, "document": document})
    return row


def _open_change(change_id: int, by: Viewer, now: datetime) -> tuple[NumberChange, Worker]:
    """A proposal that waits, and the person, both locked; the person first, as everywhere."""
    found = NumberChange.objects.filter(pk=change_id).first()
    if found is None:
        raise no_such_person()
    worker = _locked(by, found.worker_id, now)
    change = NumberChange.objects.select_for_update().get(pk=change_id)
    if change.state != "proposed":
        raise AlreadyDone(_("This was decided already"), next=_("see the documents of the person"))
    return change, worker


def _change_number(worker: Worker, number: str, by: Viewer, now: datetime) -> None:
    identity = Identity.objects.select_for_update().get(pk=worker.pk)
    before = vault().open("registry.identity", NUMBER, worker.pk, identity.number_sealed)
    supersede(row=identity, changes=identity_fields(worker.pk, number=number), now=now)
    if not IdentityDocument.objects.filter(worker_id=worker.pk, number_hash=_hash(before), ended_at=None).exists():
        _add(worker.pk, "earlier_identity_number", before, None, by, now, "")
    said = documents.said_by(number)
    if said is not None:
        supersede(row=worker, changes={"birth_month": said.birth_month, "sex": said.sex}, now=now)


def _decide(change: NumberChange, state: str, by: Viewer, now: datetime) -> None:
    change.state, change.decided_by, change.decided_at = state, by.name, now
    change.save(update_fields=["state", "decided_by", "decided_at"])


def _record(worker_id: int, action: str, by: Viewer, now: datetime, reason: str, details: Mapping[str, object]) -> None:
    record(subject=f"worker:{worker_id}", action=action, by=by, now=now, reason=reason.strip(), details=details)


CALLED = {"name": Text("姓名", "name"), "phone": Text("手机号", "phone")}


def tell_of_import(*, batch: int, changed: Mapping[int, Collection[str]], now: datetime) -> None:
    """Tells people whose name or phone an import changed: the columns by record. Call it in the transaction that changes them.

    Of another phone the phone before is told as well: whoever holds it may be the person.
    """
    facts = {"on": timezone.localdate(now).isoformat()}
    before = replaced_by(batch, [worker for worker, columns in changed.items() if "phone" in columns])
    also = {(worker, "phone"): (phone,) for worker, phone in before.items()}
    told = [
        Told(
            f"identity:{worker}:{column}:import:{batch}",
            worker,
            {**facts, "what": CALLED[column]},
            phones=also.get((worker, column), ()),
        )
        for worker, columns in changed.items()
        for column in columns
        if column in CALLED
    ]
    notify_each(template="name_changed", told=told, now=now)


def _tell(worker_id: int, what: Text, now: datetime, phones: Collection[str] = ()) -> None:
    """The person is told of every change of who they are: a change nobody asked for is found out. `phones` are those on record before."""
    key = f"identity:{worker_id}:{what.en}:{now.isoformat()}"
    facts: dict[str, str | Text] = {"on": timezone.localdate(now).isoformat(), "what": what}
    notify(key=key, template="name_changed", facts=facts, now=now, worker_id=worker_id, phones=phones)
