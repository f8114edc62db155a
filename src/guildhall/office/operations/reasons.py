"""Reasons that go into events, which are never changed: they hold no number of anybody."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError
from guildhall.office.engine.free_text import holds_number


def no_personal_data(text: str) -> None:
    """Raises GuildhallError where a reason or a note holds a number of somebody."""
    if holds_number(text):
        raise GuildhallError(
            _("This cannot be kept"),
            why=_("it holds a number of somebody, and what is kept with an event is never changed"),
            next=_("say it in a few words, without numbers"),
        )
