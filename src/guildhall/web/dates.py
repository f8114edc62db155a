"""The one way a date is written in an address: year-month-day."""

from __future__ import annotations

import re
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError

WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day(text: object) -> date:
    """A date written year-month-day and in no other way. Raises ValueError."""
    if not isinstance(text, str) or not WRITTEN.fullmatch(text):
        raise ValueError("write it as year-month-day")
    return date.fromisoformat(text)


def asked_day(request: HttpRequest, default: date, name: str = "on") -> date:
    """The date that the address asks for (`?on=`), or `default`. Raises GuildhallError for what is no date."""
    text = request.GET.get(name, "").strip()
    try:
        return day(text) if text else default
    except ValueError:
        raise GuildhallError(
            _("“%(text)s” is not a date") % {"text": text}, next=_("write it as %(example)s") % {"example": default}
        ) from None
