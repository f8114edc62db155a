"""The search for duplicates: reads keys, asks the engine, and puts up the pairs that officers then decide.

It opens identity numbers of people of one name who share a month of birth or a phone, and of nobody else: a mistyped number has a
hash of its own, so near numbers cannot be found by hashes. What it opens it compares and forgets. Run again it goes on to the
same end: what is decided stays decided, what no longer agrees is taken out of the queue, the rest is brought up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from guildhall.kernel.backends import open_arrow
from guildhall.kernel.errors import NotFound
from guildhall.office.bulk import one_state
from guildhall.office.operations.audit import record
from guildhall.registry.engine import duplicates as engine
from guildhall.registry.engine.duplicates import Proposal
from guildhall.registry.engine.names import plain
from guildhall.registry.models import DuplicatePair, refuse_unfinished
from guildhall.registry.queries import duplicates as queries
from guildhall.web.viewer import Viewer

BY_HAND = frozenset({"document_refused", "officer"})
"""Reasons that stand in no table: a pair put up for one of these stays until it is decided."""
CHUNK = 2_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Search:
    """What a search did: pairs that agree, those put up anew, brought up to date, left as they were, and taken out of the queue."""

    found: int
    proposed: int
    changed: int
    unchanged: int
    withdrawn: int
    opened: int


def find(*, by: Viewer, now: datetime, progress: Progress | None = None) -> Search:
    """Searches all records. Raises NotFound for anyone but the city's machinery, GuildhallError while a load is unfinished."""
    if by.role != "system":
        raise NotFound("There is no such work", next="ask the city's administrators")
    refuse_unfinished()
    found, opened = _evidence(now)
    leaders, settled = queries.settled()
    proposals = engine.proposals(found, leaders, settled)
    proposed, changed, unchanged = _write(proposals, now, progress)
    withdrawn = _withdraw({(pair.first, pair.second) for pair in proposals})
    result = Search(len(proposals), proposed, changed, unchanged, withdrawn, opened)
    record(subject="registry", action="registry.find_duplicates", by=by, now=now, details=vars(result))
    return result


def run(*, arguments: Mapping[str, Any], by: Viewer, clock: Callable[[], datetime], progress: Progress) -> None:
    """The search as background work; takes no arguments."""
    find(by=by, now=clock(), progress=progress)


def _evidence(now: datetime) -> tuple[list[tuple[int, int, str]], int]:
    """Every pair and reason, and how many records were opened for it."""
    with one_state():
        keyed = queries.keyed(timezone.localdate(now))
        with open_arrow(keyed) as tables:
            agreements = tables.fetch(engine.agreements(tables))
            comparable = tables.fetch(engine.comparable(tables))
        pairs = list(zip(comparable["first"].to_pylist(), comparable["second"].to_pylist(), strict=True))
        near = list(_near(pairs))
    told = zip(agreements["first"].to_pylist(), agreements["second"].to_pylist(), agreements["reason"].to_pylist(), strict=True)
    return [*told, *near], len({key for pair in pairs for key in pair})


def _near(pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """Pairs whose names are the same in full and whose numbers are near, some pairs opened at a time."""
    for at in range(0, len(pairs), CHUNK):
        chunk = pairs[at : at + CHUNK]
        opened = queries.opened_numbers(sorted({key for pair in chunk for key in pair}))
        alike = [(a, b) for a, b in chunk if plain(opened[a][0]) == plain(opened[b][0])]
        reasons = engine.near([opened[a][1] for a, _ in alike], [opened[b][1] for _, b in alike])
        yield from ((a, b, reason) for (a, b), reason in zip(alike, reasons, strict=True) if reason)


def _write(proposals: Sequence[Proposal], now: datetime, progress: Progress | None) -> tuple[int, int, int]:
    counts = [0, 0, 0]
    for at in range(0, len(proposals), CHUNK):
        for n, more in enumerate(_write_chunk(proposals[at : at + CHUNK], now)):
            counts[n] += more
        if progress:
            progress(min(at + CHUNK, len(proposals)), len(proposals))
    return counts[0], counts[1], counts[2]


def _write_chunk(proposals: Sequence[Proposal], now: datetime) -> tuple[int, int, int]:
    """Adds and updates some pairs in one transaction; a pair that an officer puts up or decides at this moment stays theirs."""
    with transaction.atomic():
        rows = DuplicatePair.objects.select_for_update().filter(first__in=[pair.first for pair in proposals]).order_by("pk")
        known = {(row.first_id, row.second_id): row for row in rows}
        fresh = [_row(pair, now) for pair in proposals if (pair.first, pair.second) not in known]
        DuplicatePair.objects.bulk_create(fresh, ignore_conflicts=True)
        changed = [row for pair in proposals if (row := known.get((pair.first, pair.second))) and _update(row, pair)]
        DuplicatePair.objects.bulk_update(changed, ["reasons", "score"])
    return len(fresh), len(changed), len(proposals) - len(fresh) - len(changed)


def _row(pair: Proposal, now: datetime) -> DuplicatePair:
    return DuplicatePair(first_id=pair.first, second_id=pair.second, reasons=list(pair.reasons), score=pair.score, proposed_at=now)


def _update(row: DuplicatePair, pair: Proposal) -> bool:
    """Brings an open pair up to date; whether anything changed. Reasons given by hand stay."""
    reasons = list(engine.strongest_first({*pair.reasons, *(BY_HAND & set(row.reasons))}))
    if row.state != "proposed" or row.reasons == reasons:
        return False
    row.reasons, row.score = reasons, engine.score(reasons)
    return True


def _withdraw(standing: Iterable[tuple[int, int]]) -> int:
    """Takes pairs out of the queue that nobody has decided and that agree in nothing any more; how many."""
    kept = set(standing)
    gone = []
    for row in DuplicatePair.objects.filter(state="proposed").order_by("pk").iterator():
        if (row.first_id, row.second_id) not in kept and not BY_HAND & set(row.reasons):
            gone.append(row.pk)
    for at in range(0, len(gone), CHUNK):
        DuplicatePair.objects.filter(pk__in=gone[at : at + CHUNK], state="proposed").delete()
    return len(gone)
