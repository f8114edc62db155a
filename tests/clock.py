"""The one reading of the clock in tests. Pages and commands read it, so what a test goes through them with must hold on the day it runs.

Whatever can be told the time is told the fixture `now` or `on` instead, and happens on the same day for ever.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def moment() -> datetime:
    """The moment at which pages are asked."""
    return timezone.now()


def today() -> date:
    """The day on which pages are asked."""
    return timezone.localdate()
