"""Forms as the house asks: days that people read, and what an operation refuses said over the form it was asked with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError, NotFound

T = TypeVar("T")
ONE_DAY = timedelta(days=1)


class DayField(forms.DateField):
    """A day, picked in the browser's own way; without one it is written as year-month-day."""

    def __init__(self, **more: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more)


def day_after(last: date | None) -> date | None:
    """The first day something no longer holds, of which people say the last day it does."""
    return last + ONE_DAY if last else None


def attempt(form: forms.Form, work: Callable[[], T]) -> T | None:
    """What the work gives; None where it was refused, which then stands over the form. What may not be seen is not found (NotFound)."""
    try:
        return work()
    except NotFound:
        raise
    except GuildhallError as refused:
        form.add_error(None, said(refused))
        return None


def said(error: GuildhallError) -> str:
    """What happened, why, and what to do next, in one line."""
    return _("; ").join(part for part in (error.what, error.why, error.next) if part)
