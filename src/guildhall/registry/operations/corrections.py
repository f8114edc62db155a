"""Correction requests: lodged by the worker, decided by an officer whose authority answers today, applied through the right verb.

Article 46 of the Personal Information Protection Law gives the right; article 50 asks for reasons where it is refused.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.office.engine.chain import canonical
from guildhall.office.models import Attachment, AuditEvent
from guildhall.office.operations import attachments
from guildhall.office.operations.audit import record
from guildhall.office.operations.notices import notify
from guildhall.registry import tables
from guildhall.registry.engine import corrections as engine
from guildhall.registry.engine import documents
from guildhall.registry.engine.corrections import DENIAL, DENIED, LONGEST_WORDS, NOTE, Part, Subject
from guildhall.registry.engine.identity import normalise_number, normalise_phone
from guildhall.registry.engine.names import plain
from guildhall.registry.models import CorrectionRequest, NumberChange, Worker, vault
from guildhall.registry.operations import identity
from guildhall.registry.operations.doubts import confirm_by_insurance, take_denial_back, void
from guildhall.registry.operations.history import supersede
from guildhall.registry.operations.leavers import left
from guildhall.registry.operations.people import REVEAL, check_pace, note_view
from guildhall.registry.queries import corrections as queries
from guildhall.registry.queries import scope
from guildhall.registry.queries.corrections import CORRECTIONS, correctable_item, no_such_request
from guildhall.registry.queries.homes import homes
from guildhall.registry.queries.merged import leader, one_person
from guildhall.registry.queries.records import is_registrar
from guildhall.web.pack import city
from guildhall.web.viewer import Viewer

WEIGHTY = (tables.CERTIFICATES.name, tables.INSURANCE.name)
"""Tables on which levels and money hang: changed on a paper, or by two officers."""
SUPPORTED = "registry.support_correction"
MOST_OPEN = 20
"""Requests one person may have open at a time."""
STILL_SHOWN = timedelta(minutes=15)
"""How long a number that was shown stays beside the form that it was shown for."""
Paper = tuple[str, bytes]


def lodge(
    *, subject: str, wanted: str, why: str, by: Viewer, now: datetime, paper: Paper | None = None, title: str = ""
) -> CorrectionRequest:
    """Lodges a request about something on the viewer's own record; also by whoever acts for the worker under a mandate.

    `paper` is the name and the content of a document. Raises NotFound for what is not the worker's own; GuildhallError for an answer
    that cannot be written there, no reason, a request of the same kind that waits, or a paper that cannot be taken.
    """
    with transaction.atomic():
        about = correctable_item(by, subject).subject
        row = _lodged(about, _readable(about.part, wanted, timezone.localdate(now)), why, by, now)
        if paper:
            name, content = paper
            told = title.strip() or _("Paper for request %(number)s") % {"number": row.pk}
            attachments.add(subject=f"correction:{row.pk}", worker_id=row.worker_id, title=told, content=content, name=name, by=by, now=now)
    return row


def lodge_denial(*, spell_id: int, why: str, by: Viewer, now: datetime) -> CorrectionRequest:
    """Asks that an employment which the viewer denied be voided. Whoever calls this has looked that it is the viewer's own, and has
    written down the denial. Raises AlreadyDone where such a request waits.
    """
    with transaction.atomic():
        return _lodged(Subject(DENIED, spell_id), "", why, by, now)


def _lodged(about: Subject, value: str, why: str, by: Viewer, now: datetime) -> CorrectionRequest:
    worker = Worker.objects.select_for_update().get(pk=leader(by.worker or 0))
    _check_why(why)
    _refuse_repeated(worker.pk, about)
    told = {"value": value, "why": why.strip(), "was": _on_record(str(about), worker.pk)}
    row = _write(worker, str(about), told, by, now)
    details = {"request": row.pk, "table": about.part.table, "column": about.part.column}
    record(subject=f"worker:{worker.pk}", action="registry.lodge_correction", by=by, now=now, details=details)
    _tell(row, "correction_received", {"number": row.pk, "due": row.due_on.isoformat()}, now)
    return row


def withdraw(*, correction_id: int, by: Viewer, now: datetime) -> None:
    """Takes back the viewer's own request. Raises NotFound, or AlreadyDone where it was decided."""
    with transaction.atomic():
        mine = {asked.row.pk for asked in queries.own(by, timezone.localdate(now))}
        row = CorrectionRequest.objects.select_for_update().filter(pk=correction_id, pk__in=mine).first()
        if row is None:
            raise no_such_request()
        _refuse_decided(row)
        _undeny(row)
        _decide(row, "withdrawn", "", now)
        record(subject=f"worker:{row.worker_id}", action="registry.withdraw_correction", by=by, now=now, details={"request": row.pk})


def accept(*, correction_id: int, answer: str, document: str, by: Viewer, now: datetime) -> CorrectionRequest:
    """Grants a request: the record is changed as asked, and what it said is kept. Gives the request as it then stands.

    An identity number is proposed by the first officer who accepts and changed by the second; until then the request stays `open`. So it
    does where a certificate or insured months are to change and no paper is attached: the first officer supports it, the second decides.
    Whoever asked, for themselves or under a mandate, does not grant.
    `document` is the paper seen (operations.identity.SEEN), which a change of name or number needs. Raises NotFound, AlreadyDone, and
    GuildhallError where the record cannot say this, or where an answer is needed because nothing was changed.
    """
    with transaction.atomic():
        row = _locked(correction_id, by, now)
        _refuse_own(row, by)
        part, held = queries.target(row)
        if part.kind == NOTE and not answer.strip():
            raise GuildhallError(_("There is no answer"), next=_("say what was done about it: nothing is changed by itself"))
        if part.kind == "number" and _propose(row, held, part, document, by, now):
            return row
        if part.table in WEIGHTY and part.kind != NOTE and not _shown_by_paper(row) and _supported_first(row, by, now):
            return row
        _apply(row, part, held, document, by, now)
        _decide(row, "accepted", answer.strip(), now)
        _record(row, "registry.accept_correction", by, now, part, answer)
        _tell(row, "correction_accepted", {"number": row.pk}, now)
    return row


def _refuse_own(row: CorrectionRequest, by: Viewer) -> None:
    if row.lodged_by == by.name:
        raise GuildhallError(
            _("A colleague must decide this"),
            why=_("you asked for it yourself, for the person or as one"),
            next=_("ask a colleague who keeps this person's record"),
        )


def _shown_by_paper(row: CorrectionRequest) -> bool:
    """Whether a paper came with the request that is kept and was not refused as unsafe."""
    papers = Attachment.objects.filter(subject=f"correction:{row.pk}", removed_at=None)
    return papers.exclude(scan="refused").exists()


def _supported_first(row: CorrectionRequest, by: Viewer, now: datetime) -> bool:
    """Writes down that a first officer would grant the request, where nobody has; True where it then waits for a second one."""
    details = {"request": row.pk}
    said = AuditEvent.objects.filter(chain=f"worker:{row.worker_id}", action=SUPPORTED, details=canonical(details))
    actors = {*said.values_list("actor", flat=True)}
    if actors - {by.name}:
        return False
    if by.name in actors:
        raise GuildhallError(
            _("A second officer must accept this"),
            why=_("no paper came with the request, and money or a level may hang on it"),
            next=_("ask a colleague who keeps this person's record, or have the person bring the paper"),
        )
    record(subject=f"worker:{row.worker_id}", action=SUPPORTED, by=by, now=now, reason=_grounds(row), details=details)
    return True


def refuse(*, correction_id: int, answer: str, by: Viewer, now: datetime) -> None:
    """Refuses a request with a reason, which the worker is told beside how to object. Raises NotFound, AlreadyDone or GuildhallError."""
    with transaction.atomic():
        row = _locked(correction_id, by, now)
        if not answer.strip():
            raise GuildhallError(_("There is no reason"), why=_("the law asks for one"), next=_("say why the request is refused"))
        part = engine.subject(row.subject)
        for change in NumberChange.objects.filter(worker=leader(row.worker_id), state="proposed", reason=_grounds(row)):
            identity.refuse_number(change_id=change.pk, reason=_grounds(row), by=by, now=now)
        _undeny(row)
        _decide(row, "refused", answer.strip(), now)
        _record(row, "registry.refuse_correction", by, now, part.part if part else None, answer)
        _tell(row, "correction_refused", {"number": row.pk, "answer": row.answer}, now)


def _undeny(row: CorrectionRequest) -> None:
    """A denial that is withdrawn or refused is taken back: the employment counts as it did before."""
    about = engine.subject(row.subject)
    if about and about.part.kind == DENIAL:
        take_denial_back(spell_id=about.row)


def look(*, correction_id: int, by: Viewer, now: datetime) -> queries.Asked:
    """A request for an officer whose authority answers for it; that it was looked at is recorded with the person. Raises NotFound."""
    found = queries.request(by, correction_id, timezone.localdate(now))
    note_view(worker_ids=[found.leader], by=by, now=now)
    return found


def reveal_wanted(*, correction_id: int, by: Viewer, now: datetime) -> str:
    """The number or phone a request asks for, in full, to compare it with the paper; an event of the worker's, who sees it.

    The reason is the request itself. Raises NotFound, and TooOften where the officer had too many numbers shown.
    """
    with transaction.atomic():
        row = _locked(correction_id, by, now)
        part, _held = queries.target(row)
        if part.kind not in ("number", "phone"):
            raise no_such_request()
        check_pace(by, now)
        details = {"field": part.column, "reason": "correction", "request": row.pk}
        record(subject=f"worker:{row.worker_id}", action=REVEAL, by=by, now=now, reason="correction", details=details)
        return queries.wanted(row).value


def shown_again(*, correction_id: int, by: Viewer, now: datetime) -> str:
    """What the viewer had shown of this request a moment ago, for the answer to a form that was sent beside it; else empty.

    It was written down when it was shown; a form that comes back with a mistake is no second look.
    """
    row = queries.request(by, correction_id, timezone.localdate(now)).row
    looks = AuditEvent.objects.filter(chain=f"worker:{row.worker_id}", actor=by.name, action=REVEAL, at__gte=now - STILL_SHOWN)
    seen = row.state == "open" and any(json.loads(event.details).get("request") == row.pk for event in looks)
    return queries.wanted(row).value if seen else ""


def recompute_deadlines(*, by: Viewer, now: datetime) -> int:
    """Works out the due day of every open request again, as after a year's working days were published; how many moved.

    Raises NotFound for anyone but the city's machinery.
    """
    if by.role != "system":
        raise no_such_request()
    moved = 0
    with transaction.atomic():
        for row in CorrectionRequest.objects.select_for_update().filter(state="open").order_by("pk"):
            day = engine.due(city().calendar, timezone.localdate(row.lodged_at)).value
            if day != row.due_on:
                details = {"request": row.pk, "before": row.due_on.isoformat(), "due": day.isoformat()}
                record(subject=f"worker:{row.worker_id}", action="registry.move_deadline", by=by, now=now, details=details)
                row.due_on = day
                row.save(update_fields=["due_on"])
                moved += 1
    return moved


def _readable(part: Part, text: str, today: date) -> str:
    """What is wanted in the one spelling in which it is kept. Raises GuildhallError where it cannot stand there."""
    text = " ".join(text.split())
    if not text:
        if part.empty or part.kind == NOTE:
            return ""
        raise GuildhallError(_("It does not say what is right"), next=_("write what should be on record"))
    read = {"word": _word, "place": _home, "phone": _phone, "number": _number, "date": _day, "month": _day, "name": _called}.get(part.kind)
    value = read(part, text, today) if read else text
    if not value or len(value) > LONGEST_WORDS:
        raise GuildhallError(_("This cannot be on record there"), next=_("look at the hint beside the field, and write it once more"))
    return value


def _word(part: Part, text: str, today: date) -> str:
    return text if text in part.words else ""


def _home(part: Part, text: str, today: date) -> str:
    return text if any(place.pk == text for _district, inside in homes(today) for place in inside) else ""


def _phone(part: Part, text: str, today: date) -> str:
    return normalise_phone(text) or ""


def _number(part: Part, text: str, today: date) -> str:
    number = normalise_number(text)
    return number if documents.is_identity_number(number, made_up=settings.DEMONSTRATION) else ""


def _day(part: Part, text: str, today: date) -> str:
    found = engine.day_wanted(part, text, today)
    return found.isoformat() if found else ""


def _called(part: Part, text: str, today: date) -> str:
    return text if plain(text) and len(text) <= identity.LONGEST_NAME else ""


def _check_why(why: str) -> None:
    if not why.strip():
        raise GuildhallError(_("It does not say why"), next=_("write in a sentence how you know what is right"))
    if len(why) > LONGEST_WORDS:
        raise GuildhallError(_("The reason is too long"), next=_("use at most %(n)s characters") % {"n": LONGEST_WORDS})


def _refuse_repeated(worker_id: int, about: Subject) -> None:
    waiting = CorrectionRequest.objects.filter(worker_id=worker_id, state="open")
    if waiting.filter(subject=str(about)).exists():
        raise AlreadyDone(_("A request about this is open already"), next=_("wait for the answer, or withdraw it and ask again"))
    if about.part.kind != DENIAL and waiting.count() >= MOST_OPEN:  # how often somebody is reported is not theirs to say
        raise GuildhallError(_("Too many requests are open"), next=_("wait until some are answered, or withdraw some"))


def _on_record(subject: str, worker_id: int) -> str:
    """What stands there as the request is lodged: it is shown beside the answer also once the record says something else."""
    part, held = queries.target(CorrectionRequest(subject=subject, worker_id=worker_id))
    value = queries.recorded(part, held)
    return "" if value is None else str(value)


def _write(worker: Worker, subject: str, told: dict[str, str], by: Viewer, now: datetime) -> CorrectionRequest:
    row = CorrectionRequest.objects.create(
        worker=worker,
        subject=subject,
        wanted_sealed=b"",
        place_id=worker.residence_id,
        lodged_at=now,
        lodged_by=by.name,
        due_on=engine.due(city().calendar, timezone.localdate(now)).value,
    )
    words = json.dumps(told, ensure_ascii=False)
    row.wanted_sealed = vault().seal(CORRECTIONS, "wanted", row.pk, words)  # sealed for its own row, which has a key only now
    row.save(update_fields=["wanted_sealed"])
    return row


def _locked(correction_id: int, by: Viewer, now: datetime) -> CorrectionRequest:
    """An open request, locked, for an officer whose authority answers for it today."""
    places = scope.jurisdiction(by, timezone.localdate(now)) if is_registrar(by) else frozenset()
    row = CorrectionRequest.objects.select_for_update().filter(pk=correction_id).first()
    if row is None or (places is not None and row.place_id not in places):
        raise no_such_request()
    _refuse_decided(row)
    return row


def _refuse_decided(row: CorrectionRequest) -> None:
    if row.state != "open":
        raise AlreadyDone(_("This request was decided already"), next=_("see how it stands now"))


def _propose(row: CorrectionRequest, held: Any, part: Part, document: str, by: Viewer, now: datetime) -> bool:
    """Proposes the number that a request asks for, where nobody has and the record does not say it by now; True where the request
    must then wait for a second officer.
    """
    value = queries.wanted(row).value
    waiting = NumberChange.objects.filter(worker=leader(row.worker_id), state="proposed", reason=_grounds(row))
    if queries.recorded(part, held) == value or waiting.exists():
        return False
    identity.propose_number(worker_id=row.worker_id, number=value, reason=_grounds(row), document=document, by=by, now=now)
    return True


def _apply(row: CorrectionRequest, part: Part, held: Any, document: str, by: Viewer, now: datetime) -> None:
    """Changes the record through the verb that owns the column; a record that says so already stays as it is."""
    value, grounds, today = queries.wanted(row).value, _grounds(row), timezone.localdate(now)
    try:
        if part.kind == "number":
            for change in NumberChange.objects.filter(worker=leader(row.worker_id), state="proposed", reason=grounds):
                identity.confirm_number(change_id=change.pk, by=by, now=now)
        elif part.kind == "name":
            identity.rename(worker_id=row.worker_id, name=value, reason=grounds, document=document, on=today, by=by, now=now)
        elif part.kind == "phone":
            identity.change_phone(worker_id=row.worker_id, phone=value, reason=grounds, by=by, now=now)
        elif part.kind == DENIAL:
            void(spell=held, by=by, now=now)
        elif part.kind != NOTE:
            _change(held, part, value, now)
            if part.table == tables.INSURANCE.name:
                confirm_by_insurance(today=today, workers=one_person(row.worker_id))
            if (part.table, part.column) == (tables.EMPLOYMENT.name, "ended_on") and value:
                left(organisation_id=held.organisation_id, ended={held.worker_id: date.fromisoformat(value)}, by=by, now=now)
    except AlreadyDone:
        pass


def _change(held: Any, part: Part, value: str, now: datetime) -> None:
    column = "residence_id" if part.kind == "place" else part.column
    typed = (date.fromisoformat(value) if value else None) if part.kind in ("date", "month") else value
    try:
        with transaction.atomic():
            supersede(row=held, changes={column: typed}, now=now)
    except IntegrityError:
        raise GuildhallError(
            _("The record cannot say this"),
            why=_("it would contradict the rest of the row, such as an end before its beginning"),
            next=_("refuse the request and say why, or correct the other column first"),
        ) from None


def _grounds(row: CorrectionRequest) -> str:
    return f"correction:{row.pk}"


def _decide(row: CorrectionRequest, state: str, answer: str, now: datetime) -> None:
    row.state, row.answer, row.decided_at = state, answer, now
    row.save(update_fields=["state", "answer", "decided_at"])


def _record(row: CorrectionRequest, action: str, by: Viewer, now: datetime, part: Part | None, answer: str) -> None:
    """The answer stays with the request: people write names into answers, and an event is never changed."""
    details = {"request": row.pk, "table": part.table if part else "", "column": part.column if part else ""}
    record(subject=f"worker:{row.worker_id}", action=action, by=by, now=now, reason=_grounds(row), details=details)


def _tell(row: CorrectionRequest, template: str, facts: dict[str, Any], now: datetime) -> None:
    notify(key=f"correction:{row.pk}:{row.state}", template=template, facts=facts, now=now, worker_id=row.worker_id)
