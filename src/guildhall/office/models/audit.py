"""The audit chain as rows: events, the head of each chain, and the seals over all of them. Nothing here is changed or removed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Index, UniqueConstraint

from guildhall.office.columns import PlainTextField


class AuditEvent(models.Model):
    """One thing done to one subject: by whom, for whom, when, why. `digest` covers every column and the event before it.

    `chain` names the subject (`worker:17`, `organisation:5`, `account:3`, `registry`); `details` is canonical JSON without
    personal data; `batch` names the import that brought the subject in, or that this event speaks of.
    """

    event_id = models.BigAutoField(primary_key=True)
    chain = PlainTextField()
    position = models.BigIntegerField()
    at = models.DateTimeField()
    actor = PlainTextField()
    role = PlainTextField()
    on_behalf = PlainTextField(default="")
    action = PlainTextField()
    reason = PlainTextField(default="")
    details = PlainTextField(default="{}")
    batch = models.BigIntegerField(null=True)
    previous = models.BinaryField()
    digest = models.BinaryField()

    class Meta:
        indexes: ClassVar = [
            Index(fields=["actor", "event_id"], name="audit_event_actor"),
            Index(fields=["action", "event_id"], name="audit_event_action"),
            Index(fields=["at"], name="audit_event_at"),
        ]
        constraints: ClassVar = [UniqueConstraint(fields=["chain", "position"], name="audit_event_once")]

    def __str__(self) -> str:
        return f"{self.chain}#{self.position} {self.action}"


class ChainHead(models.Model):
    """The last event of a chain: locked while the next one is added."""

    chain = PlainTextField(primary_key=True)
    position = models.BigIntegerField()
    digest = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.chain} at {self.position}"


class Seal(models.Model):
    """A signed Merkle head over the chains that grew since the seal before, and so over every event up to `last_event`.

    `events` counts those since the seal before. `heads` lists the ends of the chains that `root` stands for, compressed; it
    needs no signature of its own, as it either gives that root or is not the list that was sealed.
    """

    seal_id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    last_event = models.BigIntegerField()
    events = models.BigIntegerField()
    root = models.BinaryField()
    heads = models.BinaryField(default=b"")
    previous = models.BinaryField()
    digest = models.BinaryField()
    signature = models.BinaryField()

    def __str__(self) -> str:
        return f"seal {self.seal_id} up to event {self.last_event}"


class AuditCheck(models.Model):
    """What a verification of all chains found: how much is sealed, and each damage by kind, chain, position, event and seal."""

    at = models.DateTimeField()
    by = PlainTextField()
    events = models.BigIntegerField()
    unsealed = models.BigIntegerField()
    last_seal = models.BigIntegerField(default=0)
    sealed_at = models.DateTimeField(null=True)
    damages = models.JSONField(default=list)
    seconds = models.FloatField()

    def __str__(self) -> str:
        return f"check of {self.events} events: {len(self.damages)} damages"
