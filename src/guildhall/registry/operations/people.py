"""Looking for people and at them: reads that leave a trace, because the people concerned may know who looked.

A search by a whole number is recorded with whoever it found; opening somebody's page once a day; showing a number or a phone in
clear each time, with the reason given (个人信息保护法 §§ 5, 6, 44, 51: purpose, necessity, the person's right to know, records of access).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError
from guildhall.office.engine.free_text import holds_number
from guildhall.office.engine.notices import Fact
from guildhall.office.operations.audit import record, wait_in_line
from guildhall.office.operations.looks import note_look, times
from guildhall.office.operations.notices import notify
from guildhall.registry import tables
from guildhall.registry.models import CertificateNumber, ClaimedCertificate, Identity, IdentityDocument, Worker, vault
from guildhall.registry.queries import looks, scope
from guildhall.registry.queries.authorities import behind
from guildhall.registry.queries.merged import leader, one_person
from guildhall.registry.queries.people import Found, Question, search, shown_to
from guildhall.registry.queries.people.record import CERTIFICATE_NUMBERS, CLAIMS, DOCUMENTS, Person, person
from guildhall.registry.queries.records import no_such_person
from guildhall.web.viewer import Viewer

VIEW, SEARCH, REVEAL = "registry.view", "registry.search", "registry.reveal"
REASONS = ("counter", "contact", "correction", "assessment", "claim", "case", "law")
"""Why a number or a phone is shown in clear; said in words on the page."""
LONGEST_NOTE = 200
REVEALS_AN_HOUR = 30
"""What one officer may have shown in clear within an hour: enough for a busy counter, too little to copy a register."""


class TooOften(GuildhallError):
    """The same was done so often within the hour that it must wait."""


def find(*, question: Question, by: Viewer, now: datetime, after: str = "", size: int = 50) -> Found:
    """People who meet a question; a search by a whole number is recorded. Raises NotFound as `queries.people.search` does."""
    found = search(by, question, today=timezone.localdate(now), after=after, size=size)
    if found.asked.is_number and not found.hint and not after and by.role != "system":
        _record_search(found, by, now)
    return found


def _record_search(found: Found, by: Viewer, now: datetime) -> None:
    """With each person found, once a day; with the searcher, each time, where nobody was."""
    details = {"by": found.asked.kind, "found": len(found.rows)}
    for row in found.rows:
        note_look(subject=f"worker:{row.worker_id}", action=SEARCH, by=by, now=now, since=_midnight(now), details=details)
    if not found.rows:
        record(subject=by.name, action=SEARCH, by=by, now=now, details=details)


def look(*, worker_id: int, by: Viewer, now: datetime) -> Person:
    """One person's record, as far as `by` may see it; recorded once a day. Raises NotFound."""
    found = person(by, worker_id, timezone.localdate(now))
    note_view(worker_ids=[found.worker.pk], by=by, now=now)
    return found


def note_view(*, worker_ids: Iterable[int], by: Viewer, now: datetime) -> None:
    """Records that somebody had these people's records on the screen; once a day each. Call it with what was seen."""
    if by.role != "system":
        for key in sorted(worker_ids):
            note_look(subject=f"worker:{key}", action=VIEW, by=by, now=now, since=_midnight(now))


def hold(*, worker_id: int) -> None:
    """Locks a person's records until the transaction ends: for whoever counts what somebody was given before giving more."""
    list(Worker.objects.select_for_update().filter(pk__in=one_person(worker_id)).order_by("pk").values_list("pk", flat=True))


def reveal(*, worker_id: int, field: str, reason: str, by: Viewer, now: datetime, row: int | None = None, note: str = "") -> str:
    """A number or a phone in clear, recorded with the reason, and told to the person.

    `field` is one of FIELDS; `row` names the document or certificate.
    Raises NotFound for whom or what `by` may not see, GuildhallError for no reason, and TooOften.
    """
    _check_reason(reason, note)
    with transaction.atomic():
        sealed = _sealed(by, worker_id, field, row, now)
        check_pace(by, now)
        details = {"field": field, "reason": reason} | ({"row": row} if row else {})
        event = record(subject=f"worker:{worker_id}", action=REVEAL, by=by, now=now, reason=note.strip() or reason, details=details)
        facts: dict[str, Fact] = {"on": f"{timezone.localtime(now):%Y-%m-%d %H:%M}", "who": behind([by.name])[by.name]}
        facts |= {"field": looks.FIELDS[field], "reason": looks.REASONS[reason]}
        notify(key=f"reveal:{event.pk}", template="number_revealed", facts=facts, now=now, worker_id=leader(worker_id))
    return sealed()


def _check_reason(reason: str, note: str) -> None:
    if reason not in REASONS:
        raise GuildhallError(_("No reason is given"), next=_("choose why the number is needed"))
    if len(note) > LONGEST_NOTE or holds_number(note):
        raise GuildhallError(
            _("The note cannot be kept"),
            why=_("it is too long, or holds a number of somebody"),
            next=_("say in a few words what it is for, without numbers"),
        )


def check_pace(by: Viewer, now: datetime) -> None:
    """Raises TooOften where an officer has had as many numbers shown within the hour as one may. Requests at once are counted in turn."""
    wait_in_line(by)
    if times(action=REVEAL, by=by, since=now - timedelta(hours=1), most=REVEALS_AN_HOUR) >= REVEALS_AN_HOUR:
        raise TooOften(
            _("Too many numbers were shown within the hour"),
            why=_("%(most)s an hour are allowed to each officer") % {"most": REVEALS_AN_HOUR},
            next=_("go on in an hour; where that stops your work, ask the administrator"),
        )


def _sealed(by: Viewer, worker_id: int, field: str, row: int | None, now: datetime) -> Callable[[], str]:
    """What opens the value, for a viewer who may see it. Raises NotFound."""
    seen = scope.people(by, timezone.localdate(now)).filter(pk=leader(worker_id)).exists()
    part = PART_OF_FIELD.get(field, "")
    if not seen or not {"reveal", part} <= {*shown_to(by)}:
        raise no_such_person()
    cell = FIELDS[field](worker_id, row)
    if cell is None:
        raise no_such_person()
    return lambda: vault().open(*cell)


Cell = tuple[str, str, int, bytes | memoryview]
"""Table, column and row that a value was sealed for, and the sealed value."""


def _number(worker_id: int, row: int | None) -> Cell | None:
    found = Identity.objects.filter(pk=worker_id).first()
    return (tables.IDENTITY.name, "identity_number", found.pk, found.number_sealed) if found else None


def _phone(worker_id: int, row: int | None) -> Cell | None:
    found = Identity.objects.filter(pk=worker_id).first()
    return (tables.IDENTITY.name, "phone", found.pk, found.phone_sealed) if found and found.phone_sealed else None


def _document(worker_id: int, row: int | None) -> Cell | None:
    found = IdentityDocument.objects.filter(pk=row or 0, worker_id__in=one_person(worker_id)).first()
    return (DOCUMENTS, "number", found.pk, found.number_sealed) if found else None


def _certificate(worker_id: int, row: int | None) -> Cell | None:
    found = CertificateNumber.objects.filter(pk=row or 0, certificate__worker_id__in=one_person(worker_id)).first()
    return (CERTIFICATE_NUMBERS, "number", found.pk, found.number_sealed) if found else None


def _claim(worker_id: int, row: int | None) -> Cell | None:
    found = ClaimedCertificate.objects.filter(pk=row or 0, worker_id__in=one_person(worker_id)).first()
    return (CLAIMS, "number", found.pk, found.number_sealed) if found and found.number_sealed else None


FIELDS: dict[str, Callable[[int, int | None], Cell | None]] = {
    "identity_number": _number,
    "phone": _phone,
    "document": _document,
    "certificate": _certificate,
    "claim": _claim,
}
"""What can be shown in clear."""
PART_OF_FIELD = {
    "identity_number": "number",
    "phone": "phone",
    "document": "documents",
    "certificate": "certificates",
    "claim": "claims",
}


def _midnight(now: datetime) -> datetime:
    """The beginning of the city's day."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
