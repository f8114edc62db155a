"""The people of a demonstration: who they are, and giving them their accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guildhall.cli.terminal import skipped, step

if TYPE_CHECKING:
    from datetime import datetime

    from guildhall.office.operations.demonstration import Part
    from guildhall.registry.queries.cast import Cast


def demonstration_accounts() -> None:
    """Gives the people of the demonstration their accounts and roles; nothing where they have them."""
    from django.utils import timezone

    from guildhall.kernel.errors import NotFound
    from guildhall.office.operations.demonstration import play
    from guildhall.registry.queries.cast import cast
    from guildhall.web.viewer import system

    now = timezone.now()
    today = timezone.localdate(now)
    try:
        found = cast(today)
    except NotFound:  # a city too small for two districts is shown all the same
        skipped("accounts")
        return
    with step("accounts"):
        play(parts=_parts(found), by=system("command:demo"), now=now, today=today)
        _take_into_care(found.worker, now)


def _take_into_care(worker: int, now: datetime) -> None:
    """The worker gives the broker leave to act for a year; nothing where it holds already."""
    from django.utils import timezone

    from guildhall.office.demonstration import PREFIX
    from guildhall.office.models import Grant
    from guildhall.office.operations.mandates import LONGEST, give_mandate
    from guildhall.office.queries.mandates import usable
    from guildhall.office.viewers import viewer_in

    today = timezone.localdate(now)
    broker = Grant.objects.filter(account__username=f"{PREFIX}broker", role="broker", revoked_at=None).first()
    if broker and not usable(today).filter(agent_id=broker.account_id, worker_id=worker).exists():
        until = today + LONGEST["broker"]
        give_mandate(worker_id=worker, purpose="certificates", consent="signed", until=until, by=viewer_in(broker), now=now)


def _parts(found: Cast) -> list[Part]:
    """Who works in which district and for whom; names are made up, like everybody else in this city."""
    from guildhall.office.operations.demonstration import Part

    officers = [
        Part(f"{role.split('_')[0]}-{number}", name, role, place)
        for number, place, names in (
            (1, found.district, ("陈静", "刘洋", "何伟")),
            (2, found.neighbour, ("杨帆", "黄敏", "周强")),
        )
        for role, name in zip(("assessor", "claims_officer", "arrears_officer"), names, strict=True)
    ]
    city = [Part(role, name, role, found.city) for role, name in (("planner", "吴芳"), ("administrator", "徐磊"), ("auditor", "孙丽"))]
    officers.append(Part("claims-3", "林涛", "claims_officer", found.district))  # the second pair of eyes of the first district
    city.append(Part("claims-city", "郑岚", "claims_officer", found.city))  # brings in what other authorities send
    city.append(Part("administrator-2", "罗敏", "administrator", found.city))  # confirms what takes two administrators
    others = [
        Part("broker", "马骏", "broker", found.district),
        Part("employer", "", "employer", organisation_id=found.employer),
        Part("worker-1", "", "worker", worker_id=found.worker),
        Part("worker-2", "", "worker", worker_id=found.neighbours_worker),
        Part("newcomer", ""),
    ]
    college = [Part("college", "", "college", organisation_id=found.college)] if found.college else []
    return [*officers, *city, *others, *college]
