"""Confirming parameters of rules: an officer who holds the document says so, a second one where money hangs on it, and taking it back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.office.engine.citing import cites_document
from guildhall.office.engine.free_text import holds_persons_number
from guildhall.office.models import Attachment, ParameterConfirmation
from guildhall.office.operations import attachments
from guildhall.office.operations.audit import record
from guildhall.office.operations.reasons import no_personal_data
from guildhall.office.queries.parameters import Standing, live, may_confirm, no_such_parameter, standings
from guildhall.web.viewer import Viewer

LONGEST = 200


def confirm(
    *,
    rule: str,
    digests: Collection[str],
    reference: str,
    document: str = "",
    paper: tuple[str, bytes] | None = None,
    by: Viewer,
    now: datetime,
) -> list[ParameterConfirmation]:
    """Says that the city holds the document behind these versions and stands by them; all or none.

    `reference` is where the document lies in the city's files; `paper` (name, content) is a copy of it. Versions of instruments that
    are paid here decide only when a second officer has said the same. Raises NotFound for versions there are none of (or that changed
    meanwhile) and those `by` may not confirm, AlreadyDone for what is confirmed, GuildhallError for no version and no reference. Where
    the pack holds no document for them, `document` names the one that sets them.
    """
    chosen = _chosen(rule, digests, by)
    reference = _named(chosen, document) + _reference(reference)
    for standing in chosen:
        if standing.state != "waiting":
            raise AlreadyDone(_("This is confirmed already"), next=_("see the list: another officer may have been quicker"))
    try:
        with transaction.atomic():
            made = [_create(standing, reference, by, now) for standing in chosen]
            if paper:
                _attach(made, paper, by, now)
    except IntegrityError:
        raise AlreadyDone(_("This is confirmed already"), next=_("see the list: another officer may have been quicker")) from None
    return made


def second(*, rule: str, digests: Collection[str], by: Viewer, now: datetime) -> list[ParameterConfirmation]:
    """The second officer's word: from now on these versions decide. All or none.

    Raises NotFound as `confirm` does, AlreadyDone where two have spoken, and GuildhallError for the officer who spoke first.
    """
    with transaction.atomic():
        done = []
        for standing in _chosen(rule, digests, by):
            row = live().select_for_update(of=("self",)).filter(digest=standing.entry.digest).first()
            if row is None:
                raise no_such_parameter()
            if row.seconded_at or not row.two_needed:
                raise AlreadyDone(_("This is confirmed already"))
            if row.confirmed_by_id == by.account:
                raise GuildhallError(
                    _("You confirmed this yourself"), why=_("money hangs on it, so two officers look"), next=_("ask another officer")
                )
            row.seconded_by_id, row.seconded_at = by.account, now
            row.save(update_fields=["seconded_by", "seconded_at"])
            _note(row, "office.second_parameter", by, now)
            done.append(row)
    return done


def withdraw(*, confirmation_id: int, reason: str, by: Viewer, now: datetime) -> ParameterConfirmation:
    """Takes a confirmation back: from now on the version decides nothing in production. One officer is enough.

    Raises NotFound for a confirmation `by` may not touch, AlreadyDone for one that is withdrawn, GuildhallError without a reason.
    """
    if not reason.strip() or len(reason) > LONGEST:
        raise GuildhallError(_("A reason is missing"), next=_("say in a few words why the city no longer stands by it"))
    no_personal_data(reason)
    with transaction.atomic():
        row = ParameterConfirmation.objects.select_for_update(of=("self",)).filter(pk=confirmation_id).first()
        if row is None or not _may(row, by):
            raise no_such_parameter()
        if row.withdrawn_at:
            raise AlreadyDone(_("It is withdrawn already"))
        row.withdrawn_by_id, row.withdrawn_at, row.reason = by.account, now, reason.strip()
        row.save(update_fields=["withdrawn_by", "withdrawn_at", "reason"])
        _note(row, "office.withdraw_parameter", by, now, reason.strip())
    return row


def _chosen(rule: str, digests: Collection[str], by: Viewer) -> list[Standing]:
    if not digests:
        raise GuildhallError(_("Nothing was chosen"), next=_("tick the values that the document shows"))
    held = {standing.entry.digest: standing for standing in standings(by, rule)}
    found = [held[digest] for digest in dict.fromkeys(digests) if digest in held]
    allowed = all(may_confirm(by, standing.entry) and standing.state != "missing" for standing in found)
    if len(found) != len(set(digests)) or not allowed or not by.account:
        raise no_such_parameter()
    return found


def _may(row: ParameterConfirmation, by: Viewer) -> bool:
    """Whether `by` may take a confirmation back, also one of a version that has changed since."""
    held = [standing.entry for standing in standings(by) if standing.entry.version.jurisdiction == row.jurisdiction]
    return bool(by.account) and any(may_confirm(by, entry) for entry in held)


def _named(chosen: Collection[Standing], document: str) -> str:
    """The document an officer names for what the pack only recalls or assumes, to stand before where it lies."""
    if all(standing.entry.document is None or standing.entry.document.held for standing in chosen):
        return ""
    if not cites_document(document) or len(document) > LONGEST:
        raise GuildhallError(
            _("It is not said which document sets this"),
            why=_("the file of the city holds none: the value is recalled or assumed"),
            next=_("write its title as 《title》 or its number with the year, such as 渝人社规〔2025〕11号"),
        )
    return f"{_reference(document)} · "


def _reference(reference: str) -> str:
    if not reference.strip() or len(reference) > LONGEST:
        raise GuildhallError(_("It is not said where the document lies"), next=_("write its file number, in up to 200 characters"))
    if holds_persons_number(reference):
        raise GuildhallError(
            _("This cannot be kept"),
            why=_("it holds a number as long as a phone or an identity number"),
            next=_("write the number of the file"),
        )
    return " ".join(reference.split())


def _create(standing: Standing, reference: str, by: Viewer, now: datetime) -> ParameterConfirmation:
    entry = standing.entry
    row = ParameterConfirmation.objects.create(
        rule=entry.rule, parameter=entry.name, digest=entry.digest, jurisdiction=entry.version.jurisdiction, reference=reference,
        two_needed=standing.two_needed, confirmed_by_id=by.account or 0, confirmed_at=now,
    )  # fmt: skip
    _note(row, "office.confirm_parameter", by, now, reference=reference)
    return row


def _attach(made: list[ParameterConfirmation], paper: tuple[str, bytes], by: Viewer, now: datetime) -> None:
    """One copy of the document, which all that it was brought for point to."""
    name, content = paper
    kept: Attachment = attachments.add(
        subject=f"parameter:{made[0].pk}", worker_id=None, title=made[0].reference, content=content, name=name, by=by, now=now
    )
    for row in made:
        row.paper = kept
        row.save(update_fields=["paper"])


def _note(row: ParameterConfirmation, action: str, by: Viewer, now: datetime, reason: str = "", **more: str) -> None:
    details = {"confirmation": row.pk, "digest": row.digest, "jurisdiction": row.jurisdiction, **more}
    record(subject=f"parameter:{row.rule}.{row.parameter}", action=action, by=by, now=now, reason=reason, details=details)
