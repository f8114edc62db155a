"""Codes by text message: sent to a phone, kept as a keyed hash, good for five minutes, five attempts and one use.

Nothing here depends on whether anybody is known under the phone, so that no answer tells it.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError
from guildhall.office.carriers import Carrier, NotSent
from guildhall.office.engine.notices import filled
from guildhall.office.models import SmsCode
from guildhall.office.phones import phone_hash
from guildhall.office.vault import vault

DIGITS = 6
HOLDS = timedelta(minutes=5)
ATTEMPTS = 5


class WrongCode(GuildhallError):
    """The code is not the one that was sent, was used, guessed at too often, or is too old; which of these is not told."""


def send_code(*, phone: str, carrier: Carrier, language: str, now: datetime) -> str:
    """Sends a new code to a phone, and gives it back; only a demonstration shows it to anybody. The one before holds on, earlier ones end.

    `phone` has its one form already (kernel.phones.mobile). How often a code may be sent is for the door to limit. Raises
    GuildhallError where the gateway does not take it; no code is then good.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    before = SmsCode.objects.filter(phone_hash=phone_hash(phone), attempts__lt=ATTEMPTS).first()
    fields = {"code_hash": _hash(phone, code), "sent_at": now, "attempts": 0}
    # Whoever asks for a code for somebody else's phone must not end the one that its owner is just typing.
    fields |= {"earlier_hash": before.code_hash if before else None, "earlier_sent_at": before.sent_at if before else None}
    SmsCode.objects.update_or_create(phone_hash=phone_hash(phone), defaults=fields)
    said = filled("sign_in_code", {"code": code, "minutes": int(HOLDS.total_seconds() // 60)}, language)
    try:
        carrier.send(to=phone, subject=said.subject, body=said.body, key=f"code:{phone_hash(phone).hex()}:{now.timestamp()}")
    except NotSent:
        SmsCode.objects.filter(phone_hash=phone_hash(phone)).delete()
        raise GuildhallError(
            _("The text message could not be sent"),
            why=_("the gateway for text messages does not take it"),
            next=_("try again in a few minutes, or take another way to sign in"),
        ) from None
    return code


def use_code(*, phone: str, code: str, now: datetime) -> None:
    """Uses up the code that was sent to a phone. Raises WrongCode; the attempt counts whatever comes after."""
    with transaction.atomic():
        right = _take(phone, code, now)
    if not right:
        raise WrongCode(
            _("The code is not right, or it has expired"),
            why=_("a code holds for five minutes and five attempts"),
            next=_("type it again, or ask for a new one"),
        )


def _take(phone: str, code: str, now: datetime) -> bool:
    """Whether the code is right; an attempt is counted before it is looked at, so that two at once count twice."""
    rows = SmsCode.objects.select_for_update().filter(phone_hash=phone_hash(phone))
    rows.update(attempts=F("attempts") + 1)
    sent = rows.first()
    if sent is None or sent.attempts > ATTEMPTS:
        return False
    pairs = ((sent.code_hash, sent.sent_at), (sent.earlier_hash, sent.earlier_sent_at))
    good = [bytes(kept) for kept, at in pairs if kept and at and now < at + HOLDS]
    right = any([hmac.compare_digest(kept, _hash(phone, code)) for kept in good])
    if right:
        sent.delete()
    return right


def _hash(phone: str, code: str) -> bytes:
    return vault().keyed_hash("sms_code", f"{phone}:{code}")
