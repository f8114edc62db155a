"""Erases what is due, rule by rule, in short chunks; each chunk is one transaction with one event that counts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from guildhall.incentives.operations import retention as incentives
from guildhall.kernel.errors import NotFound
from guildhall.office.operations import retention as office
from guildhall.office.operations.audit import record
from guildhall.office.operations.retention import Eraser, sweep_files
from guildhall.registry.operations import retention as registry
from guildhall.web.viewer import Viewer

ERASERS: tuple[Eraser, ...] = (*office.ERASERS, *incentives.ERASERS, *registry.ERASERS)
CHAIN = "retention"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Erased:
    """What came of one rule: rows dealt with, or with a dry run rows that are due."""

    rule: str
    rows: int


def erase_due(*, on: date, by: Viewer, clock: Callable[[], datetime], progress: Progress | None = None) -> list[Erased]:
    """Deals with everything that is due on a day, for the city's own machinery alone; killed and run again, it goes on.

    Gives the rules under which something was due. Raises NotFound for anybody else.
    """
    _refuse_others(by)
    found: dict[str, int] = {}
    for n, eraser in enumerate(ERASERS):
        for rows in _chunks(eraser, on, by, clock):
            found[eraser.rule] = found.get(eraser.rule, 0) + rows
            if progress:
                progress(n, len(ERASERS) + 1)
    if files := sweep_files(now=clock()):
        found["office.attachment"] = found.get("office.attachment", 0) + files
    if progress:
        progress(len(ERASERS) + 1, len(ERASERS) + 1)
    return [Erased(rule, rows) for rule, rows in found.items()]


def _chunks(eraser: Eraser, on: date, by: Viewer, clock: Callable[[], datetime]) -> Iterator[int]:
    """How many rows each chunk dealt with. Goes along the keys, so that a row that stays due for a reason of its own holds up nothing."""
    last: Any = None
    while True:
        rows = eraser.due(on).order_by("pk").values_list("pk", flat=True)
        keys = list((rows.filter(pk__gt=last) if last is not None else rows)[: eraser.chunk])
        if not keys:
            return
        last = keys[-1]
        with transaction.atomic():
            now = clock()
            count = eraser.erase(keys, now)
            if count:
                record(subject=CHAIN, action="overview.erase", by=by, now=now, details={"rule": eraser.rule, "rows": count, "on": str(on)})
        yield count


def due(*, on: date, by: Viewer) -> list[Erased]:
    """What would be dealt with on a day: counts by rule; nothing is written. Raises NotFound for others than the city's machinery."""
    _refuse_others(by)
    found: dict[str, int] = {}
    for eraser in ERASERS:
        if count := eraser.due(on).count():
            found[eraser.rule] = found.get(eraser.rule, 0) + count
    return [Erased(rule, rows) for rule, rows in found.items()]


def _refuse_others(by: Viewer) -> None:
    if by.role != "system":
        raise NotFound("Nobody erases by hand", why="it is done on schedule", next="see the page on how long what is kept")
