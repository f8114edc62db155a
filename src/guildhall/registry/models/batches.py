"""How rows came in: loads of folders, imports of files, and how far each is."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from guildhall.kernel.errors import GuildhallError
from guildhall.office.columns import PlainTextField, one_of
from guildhall.registry import tables
from guildhall.registry.models.places import Organisation

LOAD_STATES = ("loading", "done")


class LoadBatch(models.Model):
    """How far one table of one folder has come into the registry; moves in the same transaction as its rows."""

    digest = PlainTextField()
    table = PlainTextField()
    position = models.IntegerField()
    rows_total = models.BigIntegerField()
    rows_done = models.BigIntegerField(default=0)
    state = PlainTextField(default="loading")
    manifest = models.JSONField()
    started_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest", "table"], name="load_batch_once"),
            one_of("load_batch", "state", LOAD_STATES),
            CheckConstraint(condition=Q(rows_done__gte=0, rows_done__lte=F("rows_total")), name="load_batch_rows_done_range"),
            CheckConstraint(condition=~Q(state="done") | Q(rows_done=F("rows_total")), name="load_batch_done_is_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.table}: {self.rows_done} of {self.rows_total}"

    @classmethod
    def unfinished(cls) -> list[str]:
        """Digests of the folders whose load is not finished: at most one, as a load begins in an empty registry only."""
        return list(cls.objects.exclude(state="done").order_by("digest").values_list("digest", flat=True).distinct())


def refuse_unfinished() -> None:
    """Raises GuildhallError while a load is unfinished: half a registry is neither read out nor added to."""
    if LoadBatch.unfinished():
        raise GuildhallError(
            "A load is not finished",
            next="run the load again, it goes on where it stopped; or clear what came in with `guildhall load --abandon`",
        )


IMPORT_KINDS = ("roster", "certificates", "insurance", "unemployment", "hardship", "graduates", "visits")
IMPORT_STATES = ("received", "staged", "applying", "done", "abandoned")


class ImportBatch(models.Model):
    """One file brought in: received, staged whole, then applied chunk by chunk; `position` rows have been decided.

    `sha256` is of the file as it came; `mapping` says which column of it means what; `as_of` the day the file speaks of.
    `forecast` holds counts of what applying would do, as found when it was staged; `failure` why the file could not be read, as
    JSON in both languages; `corrects` is the earlier import whose rejected rows this file brings again.
    """

    kind = PlainTextField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="imports")
    place = PlainTextField(default="")
    name = PlainTextField()
    sha256 = PlainTextField()
    as_of = models.DateField(null=True)
    mapping = models.JSONField()
    sheet = PlainTextField(default="")
    encoding = PlainTextField(default="")
    forecast = models.JSONField(default=dict)
    failure = PlainTextField(default="")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrected_by")
    rows = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    state = PlainTextField(default="staged")
    brought_by = PlainTextField()
    brought_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            Index(fields=["organisation", "-id"], name="import_batch_organisation"),
            Index(fields=["kind", "-id"], name="import_batch_kind"),
        ]
        constraints: ClassVar = [
            one_of("import_batch", "kind", IMPORT_KINDS),
            one_of("import_batch", "state", IMPORT_STATES),
            CheckConstraint(
                condition=Q(position=F("accepted") + F("changed") + F("unchanged") + F("rejected")), name="import_batch_adds_up"
            ),
            CheckConstraint(condition=~Q(state="done") | Q(position=F("rows")), name="import_batch_done_is_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.position} of {self.rows}"


class ImportChunk(models.Model):
    """A run of staged rows, sealed; emptied once applied, when only the digest of each row and its subject remain.

    Numbers from 0 hold rows; negative ones hold the file as it came, piece by piece, until its rows are staged.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="chunks", db_index=False)
    number = models.IntegerField()
    rows = models.IntegerField()
    content_sealed = models.BinaryField(null=True)
    outcomes = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar = [UniqueConstraint(fields=["batch", "number"], name="import_chunk_once")]

    def __str__(self) -> str:
        return f"chunk {self.number} of batch {self.batch_id}"


class RejectedRow(models.Model):
    """A row that was not taken: where, what was wrong (column, masked value, reason, next), and its cells sealed."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rejected_rows", db_index=False)
    row = models.BigIntegerField()
    faults = models.JSONField()
    cells_sealed = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar = [UniqueConstraint(fields=["batch", "row"], name="rejected_row_once")]

    def __str__(self) -> str:
        return f"row {self.row} of batch {self.batch_id}"


class ColumnMapping(models.Model):
    """Which column of an organisation's files means what, as last confirmed."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="column_mappings")
    kind = PlainTextField()
    mapping = models.JSONField()
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [UniqueConstraint(fields=["organisation", "kind"], name="column_mapping_once")]

    def __str__(self) -> str:
        return f"{self.kind} columns of organisation {self.organisation_id}"


FEED_STATES = ("connected", "no_data", "broken", "none")


class Feed(models.Model):
    """A file another authority sends, and how it stands: the last file, the day it spoke of, the last failure."""

    kind = PlainTextField(primary_key=True)
    state = PlainTextField(default="none")
    as_of = models.DateField(null=True)
    last_batch = models.ForeignKey(ImportBatch, models.SET_NULL, null=True, related_name="+")
    last_tried_at = models.DateTimeField(null=True)
    error = PlainTextField(default="")

    class Meta:
        constraints: ClassVar = [one_of("feed", "state", FEED_STATES)]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"


BEGAN_WITH = {
    "certificates": tables.CERTIFICATES.name,
    "insurance": tables.INSURANCE.name,
    "unemployment": tables.REPORTED.name,
    "hardship": tables.REPORTED.name,
    "graduates": tables.REPORTED.name,
}
"""Of each feed, the table that a load can fill before any file comes."""


def days_of_feeds(today: date = date.max) -> dict[str, date | None]:
    """The day the data of each feed speak of: that of the authority's last file, or of a load that brought rows of its table."""
    told = dict(Feed.objects.values_list("kind", "as_of"))
    loads = LoadBatch.objects.filter(table__in=BEGAN_WITH.values()).order_by("pk").values_list("table", "manifest", "rows_total")
    began = {
        table: manifest.get("as_of")
        for table, manifest, rows in loads
        if isinstance(manifest, dict) and (rows or table != tables.REPORTED.name)  # an empty one says nothing of who is registered
    }
    found: dict[str, date | None] = {}
    for kind, table in BEGAN_WITH.items():
        said = began.get(table)
        days = [day for day in (told.get(kind), date.fromisoformat(said) if said else None) if day]
        found[kind] = min(max(days), today) if days else None
    return found
