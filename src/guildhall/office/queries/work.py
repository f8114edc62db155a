"""Background work as it stands."""

from __future__ import annotations

from django.db.models import QuerySet

from guildhall.office.models import Job


def unfinished() -> QuerySet[Job]:
    """What waits, runs or has failed, in the order in which it comes up."""
    return Job.objects.exclude(state="done").order_by("state", "run_after", "pk")


def is_known(kind: str, key: str) -> bool:
    """Whether there is a job of this kind and key, in whatever state."""
    return Job.objects.filter(kind=kind, key=key).exists()
