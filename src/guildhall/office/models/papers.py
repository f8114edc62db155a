"""Notices to people, and papers that people bring."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from guildhall.office.columns import PlainTextField, one_of

CHANNELS = ("app", "sms", "mail")
NOTICE_STATES = ("waiting", "sent", "failed", "cancelled")
SCANS = ("waiting", "clean", "refused")


class Notice(models.Model):
    """One message to one person through one channel. `key` makes sending the same thing twice impossible.

    What is said stands in a template of both languages; `facts_sealed` holds what fills its gaps, as sealed JSON. `to_sealed` is the
    phone it goes to where that is another than the one on record when it is carried.
    """

    key = PlainTextField()
    channel = PlainTextField()
    account = models.ForeignKey("office.Account", models.PROTECT, null=True, related_name="notices")
    worker_id = models.BigIntegerField(null=True)
    template = PlainTextField()
    facts_sealed = models.BinaryField()
    to_sealed = models.BinaryField(null=True)
    state = PlainTextField(default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = PlainTextField(default="")
    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            Index(fields=["state", "send_after"], name="notice_next"),
            Index(fields=["account", "created_at"], name="notice_account"),
            Index(fields=["worker_id", "created_at"], name="notice_worker"),
        ]
        constraints: ClassVar = [
            one_of("notice", "channel", CHANNELS),
            one_of("notice", "state", NOTICE_STATES),
            UniqueConstraint(fields=["key", "channel"], name="notice_once"),
            CheckConstraint(condition=Q(account__isnull=False) | Q(worker_id__isnull=False), name="notice_to_someone"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk} {self.template} by {self.channel}"


class Attachment(models.Model):
    """A paper someone brought, sealed in a file of its own; `subject` names what it belongs to, such as `correction:12`."""

    subject = PlainTextField()
    worker_id = models.BigIntegerField(null=True)
    title = PlainTextField()
    media_type = PlainTextField()
    size = models.BigIntegerField()
    sha256 = PlainTextField()
    file = PlainTextField(unique=True)
    scan = PlainTextField(default="waiting")
    added_by = PlainTextField()
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            Index(fields=["subject"], name="attachment_subject"),
            Index(fields=["worker_id"], name="attachment_worker"),
        ]
        constraints: ClassVar = [one_of("attachment", "scan", SCANS), CheckConstraint(condition=Q(size__gt=0), name="attachment_not_empty")]

    def __str__(self) -> str:
        return f"attachment {self.pk} of {self.subject}"
