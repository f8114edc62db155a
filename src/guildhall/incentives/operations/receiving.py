"""At the counter: a claim is complete and taken up, which has it checked by rule; or it is returned once, with all that is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives.engine.defects import DEFECTS, LONGEST_NOTE
from guildhall.incentives.models import Claim
from guildhall.incentives.operations.checking import run
from guildhall.incentives.operations.moving import allow, locked, take
from guildhall.incentives.operations.stating import state
from guildhall.incentives.queries import neutral
from guildhall.incentives.queries.sealed import seal_defects
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.tables import Text
from guildhall.office.operations.reasons import no_personal_data
from guildhall.web.viewer import Viewer


def accept(*, claim_id: int, by: Viewer, now: datetime) -> Claim:
    """Takes a complete claim up, whose papers show what it says: that is known from now on. The rule is asked at once.

    Raises NotFound, AlreadyDone, and GuildhallError, also where an employer lodged without a consent or a paper that still stands.
    """
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        allow(claim, "accept", by)
        if not neutral.may_lodge(claim):
            raise GuildhallError(
                _("Nothing shows that the person agreed"),
                why=_("the paper by which the employer lodged it is gone, or was found unsafe"),
                next=_("return the claim, or refuse it"),
            )
        take(claim, "accept", by=by, now=now, told=("claim_accepted", {}))
        state(claim, timezone.localdate(now))
        run(claim, by, now)
        return claim


def send_back(*, claim_id: int, defects: Sequence[tuple[str, str]], by: Viewer, now: datetime) -> Claim:
    """Returns a claim with all that is missing: codes of engine.defects, each with a note or none. It can be done once.

    Raises NotFound, AlreadyDone where it was returned before, and GuildhallError for no defect, an unknown one, or one that needs words.
    """
    _check(defects)
    with transaction.atomic():
        claim = locked(claim_id, by, now)
        codes = [code for code, _note in defects]
        told = ("claim_returned", {"defects": _words(defects)})
        sealed = seal_defects(claim, [(code, note.strip()) for code, note in defects])
        take(claim, "return", by=by, now=now, details={"defects": codes}, told=told, defects_sealed=sealed)
        return claim


def _check(defects: Sequence[tuple[str, str]]) -> None:
    if not defects:
        raise GuildhallError(_("It does not say what is missing"), next=_("name everything at once: a claim is returned only once"))
    for code, note in defects:
        if code not in DEFECTS:
            raise GuildhallError(_("“%(code)s” is no defect on the list") % {"code": code}, next=_("choose from the list"))
        if len(note) > LONGEST_NOTE or code == "other" and not note.strip():
            raise GuildhallError(
                _("The note is empty or too long"), next=_("say in at most %(n)s characters what is missing") % {"n": LONGEST_NOTE}
            )
        no_personal_data(note)


def _words(defects: Sequence[tuple[str, str]]) -> Text:
    """All defects in one line, in both languages; notes stand as they were written."""
    told = [(DEFECTS[code], note.strip()) for code, note in defects]
    chinese = "；".join(f"{word.zh}（{note}）" if note else word.zh for word, note in told)
    return Text(chinese, "; ".join(f"{word.en} ({note})" if note else word.en for word, note in told))
