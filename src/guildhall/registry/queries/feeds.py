"""Reads on what other authorities send: how each feed stands, how old its data are, and whether they are too old to decide."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.kernel.tables import Text
from guildhall.registry.engine.feeds import CONTRACTS, Contract
from guildhall.registry.engine.feeds.decisions import REPORTED, StagedRow
from guildhall.registry.models import Feed, ImportBatch, Organisation, days_of_feeds
from guildhall.registry.queries.imports import brings_feeds
from guildhall.web.viewer import Viewer

READERS = ("claims_officer", "assessor", "planner", "administrator")
"""Roles that see how feeds stand: counts and days, no person."""
FEED_OF = {report: kind for kind, report in REPORTED.items()}
"""The feed that each kind of reported fact comes from."""


@dataclass(frozen=True)
class Freshness:
    """The day the data of a feed speak of, their age in days and the limit; `as_of` is None where none have ever come."""

    kind: str
    as_of: date | None
    age: int | None
    limit: int

    @property
    def stale(self) -> bool:
        """Whether the data are too old to decide anything."""
        return self.age is not None and self.age > self.limit


@dataclass(frozen=True)
class Standing(Freshness):
    """How one feed stands: its contract, its state, its last file and what was wrong with the last attempt."""

    contract: Contract
    state: str
    tried_at: datetime | None
    batch: ImportBatch | None
    error: Text | None
    began: bool

    @property
    def none_taken(self) -> bool:
        """Whether the feed is broken because the last file could be read and no row of it could be taken."""
        batch = self.batch
        return bool(self.state == "broken" and batch and batch.rows and batch.rejected == batch.rows and batch.finished_at == self.tried_at)

    @property
    def reconciled(self) -> Mapping[str, int]:
        found: Mapping[str, int] = self.batch.forecast.get("reconciled", {}) if self.batch else {}
        return found


def days(today: date = date.max) -> dict[str, date]:
    """The day the data of each feed speak of; a feed that has never come is not in it."""
    return {kind: day for kind, day in days_of_feeds(today).items() if day}


def day_of(kind: str, today: date = date.max) -> date | None:
    """The day the data of a feed speak of: that of the authority's last file, or of the load that filled the register."""
    return days_of_feeds(today)[kind]


def freshness(today: date) -> dict[str, Freshness]:
    """Of each feed, and of each kind of fact that comes from one, how old its data are: the one place that says what is too old."""
    days = days_of_feeds(today)
    found = {kind: Freshness(kind, day, (today - day).days if day else None, CONTRACTS[kind].stale_after) for kind, day in days.items()}
    return found | {report: found[kind] for report, kind in FEED_OF.items()}


def standing(viewer: Viewer, today: date) -> list[Standing]:
    """How each feed stands, in the order of the contracts. Raises NotFound for roles that have no part in it."""
    if viewer.role not in (*READERS, "system") or viewer.mandate:
        raise NotFound(_("There is no such page"), why=_("or it is not one for the role you are in"), next=_("go back to your desk"))
    fresh, feeds = freshness(today), {feed.kind: feed for feed in Feed.objects.select_related("last_batch")}
    return [_standing(contract, fresh[kind], feeds.get(kind)) for kind, contract in CONTRACTS.items()]


def _standing(contract: Contract, fresh: Freshness, feed: Feed | None) -> Standing:
    error = json.loads(feed.error) if feed and feed.error else None
    return Standing(
        fresh.kind,
        fresh.as_of,
        fresh.age,
        fresh.limit,
        contract=contract,
        state=feed.state if feed else "none",
        tried_at=feed.last_tried_at if feed else None,
        batch=feed.last_batch if feed else None,
        error=Text(error["zh"], error["en"]) if error else None,
        began=bool(fresh.as_of and not (feed and feed.as_of == fresh.as_of)),
    )


def bringer(viewer: Viewer, kind: str, today: date) -> Contract:
    """The contract of a feed whose files the viewer may bring. Raises NotFound."""
    if kind not in CONTRACTS or not brings_feeds(viewer, today):
        raise NotFound(_("There is no such page"), why=_("or it is not one for the role you are in"), next=_("go back to your desk"))
    return CONTRACTS[kind]


def batches(viewer: Viewer, today: date) -> QuerySet[ImportBatch]:
    """The files of other authorities that a viewer may see the rows of."""
    found = ImportBatch.objects.filter(kind__in=CONTRACTS)
    return found if brings_feeds(viewer, today) else found.none()


def waiting(viewer: Viewer, today: date) -> list[ImportBatch]:
    """Files that wait to be confirmed or are being applied."""
    return list(batches(viewer, today).filter(state__in=("received", "staged", "applying")).order_by("-pk")[:20])


def batch(viewer: Viewer, batch_id: int, today: date) -> ImportBatch:
    """One of them. Raises NotFound."""
    found = batches(viewer, today).filter(pk=batch_id).first()
    if found is None:
        raise NotFound(_("There is no such import"), why=_("or it is not one of yours"), next=_("see how the files stand"))
    return found


@dataclass
class Cells:
    """The cells of rows that were read, under the header of their file, as they can be read again."""

    batch: ImportBatch
    codes: dict[int, str] = field(default_factory=dict)

    def again(self, row: StagedRow) -> tuple[str, ...]:
        """Those of one row."""
        fields = {header: name for name, header in self.batch.mapping["columns"].items()}
        return tuple(self._cell(row, fields.get(header, "")) for header in self.batch.mapping["header"])

    def _cell(self, row: StagedRow, name: str) -> str:
        if name in ("identity_number", "name"):
            return str(getattr(row, name) or "")
        if name == "as_of":
            return str(self.batch.as_of or "")
        value: Any = row.values.get(name)
        if name in ("issuer", "organisation", "school") and value:
            if value not in self.codes:
                self.codes[value] = Organisation.objects.values_list("code", flat=True).get(pk=value)
            return self.codes[value]
        if name == "ended_on" and value:  # half open inside, the last day outside
            return (date.fromisoformat(value) - timedelta(days=1)).isoformat()
        return str(value or "")
