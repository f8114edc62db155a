"""Who signs in, in which roles, for whom else, and with which tokens."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from guildhall.office.columns import PlainTextField, after, one_of

STAFF = ("assessor", "arrears_officer", "claims_officer", "planner", "administrator", "auditor", "broker")
"""Roles with a jurisdiction: a place and everything under its authority today. A broker is a registered village labour broker: not
an official, but with a place, and signed in as strongly, for a broker handles what other people confide."""
ROLES = ("worker", "employer", "college", *STAFF)
ACCOUNT_KINDS = ("staff", "public")
MANDATE_KINDS = ("counter", "broker")
"""At the counter an officer acts for the person who stands there; a village labour broker for people in their care."""
CONSENTS = ("signed", "spoken", "message")


class Accounts(BaseUserManager["Account"]):
    """Finds accounts by the name they sign in with."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=username)


class Account(AbstractBaseUser):
    """Someone who signs in. Staff have a name and a work address; other people are known by their record in the registry."""

    username = PlainTextField(unique=True)
    kind = PlainTextField()
    name = PlainTextField(default="")
    email = PlainTextField(default="")
    phone_sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True, unique=True)
    language = PlainTextField(default="zh-hans")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = Accounts()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [one_of("account", "kind", ACCOUNT_KINDS), CheckConstraint(condition=~Q(username=""), name="account_named")]

    def __str__(self) -> str:
        return f"account {self.pk}"


class Reset(models.Model):
    """A wish that the owner of a powerful account begins anew with password and second factor, until another administrator confirms it."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="resets")
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["account"], condition=Q(done_at=None), name="reset_once"),
            CheckConstraint(condition=~Q(asked_by=F("confirmed_by")), name="reset_four_eyes"),
        ]

    def __str__(self) -> str:
        return f"reset {self.pk} of account {self.account_id}"


class Grant(models.Model):
    """One role of an account, between two dates: a worker's own record, an organisation, or a jurisdiction.

    `scopes` narrows a delegated grant to some tasks, words apart by spaces; empty means all of the role. `rests_on` is the record of
    the person to whom tasks of an organisation were given, or which was a representative's second fact: it ends with that record.
    `given_at` is when the row was written (unknown for the oldest), `seconded_by` who confirmed a role that takes two. A grant is
    ended by `valid_until` (half open) or revoked; it is never deleted.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="grants")
    role = PlainTextField()
    place = PlainTextField(default="")
    organisation_id = models.BigIntegerField(null=True)
    worker_id = models.BigIntegerField(null=True)
    scopes = PlainTextField(default="")
    is_representative = models.BooleanField(default=False)
    rests_on = models.BigIntegerField(null=True)
    granted_by = PlainTextField()
    seconded_by = PlainTextField(default="")
    given_at = models.DateTimeField(null=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            Index(fields=["organisation_id", "role"], name="grant_organisation"),
            Index(fields=["worker_id"], name="grant_worker"),
            Index(fields=["rests_on"], name="grant_rests_on"),
            Index(fields=["place", "role"], name="grant_place"),
        ]
        constraints: ClassVar = [
            one_of("grant", "role", ROLES),
            after("grant", "valid_until", "valid_from"),
            CheckConstraint(
                condition=(Q(role="worker", worker_id__isnull=False) | (~Q(role="worker") & Q(worker_id__isnull=True))),
                name="grant_of_worker",
            ),
            CheckConstraint(
                condition=(
                    Q(role__in=["employer", "college"], organisation_id__isnull=False)
                    | (~Q(role__in=["employer", "college"]) & Q(organisation_id__isnull=True))
                ),
                name="grant_of_organisation",
            ),
            CheckConstraint(condition=(Q(role__in=STAFF) & ~Q(place="")) | (~Q(role__in=STAFF) & Q(place="")), name="grant_of_place"),
            CheckConstraint(condition=Q(rests_on=None) | Q(role__in=["employer", "college"]), name="grant_rests"),
            UniqueConstraint(fields=["worker_id"], condition=Q(role="worker", revoked_at=None), name="grant_worker_once"),
            UniqueConstraint(
                fields=["organisation_id"], condition=Q(is_representative=True, revoked_at=None), name="grant_representative_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of account {self.account_id}"


class RoleWish(models.Model):
    """A wish that an account gets a role which takes two administrators, until the second one confirms it or somebody withdraws it.

    `grant` is the role that came of it; without one it was withdrawn or has run out.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="wishes")
    role = PlainTextField()
    place = PlainTextField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    grant = models.OneToOneField(Grant, models.PROTECT, null=True, related_name="wish")
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [Index(fields=["place"], condition=Q(done_at=None), name="role_wish_place")]
        constraints: ClassVar = [
            one_of("role_wish", "role", STAFF),
            after("role_wish", "valid_until", "valid_from"),
            UniqueConstraint(fields=["account", "role", "place"], condition=Q(done_at=None), name="role_wish_once"),
            CheckConstraint(condition=~Q(asked_by=F("confirmed_by")), name="role_wish_four_eyes"),
            CheckConstraint(condition=~Q(asked_by=F("account")), name="role_wish_not_own"),
        ]

    def __str__(self) -> str:
        return f"wish {self.pk} of a role for account {self.account_id}"


class Mandate(models.Model):
    """Leave to act for a worker: who acts, for whom, for what, how consent was given, and until when."""

    kind = PlainTextField()
    agent = models.ForeignKey(Account, models.PROTECT, related_name="mandates")
    worker_id = models.BigIntegerField()
    purpose = PlainTextField()
    consent = PlainTextField()
    consent_note = PlainTextField(default="")
    given_at = models.DateTimeField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [Index(fields=["agent", "worker_id"], name="mandate_agent"), Index(fields=["worker_id"], name="mandate_worker")]
        constraints: ClassVar = [
            one_of("mandate", "kind", MANDATE_KINDS),
            one_of("mandate", "consent", CONSENTS),
            after("mandate", "valid_until", "valid_from"),
            CheckConstraint(condition=~Q(purpose=""), name="mandate_has_purpose"),
        ]

    def __str__(self) -> str:
        return f"mandate {self.pk}: account {self.agent_id} for worker {self.worker_id}"


class ApiToken(models.Model):
    """A key with which a program acts as an account in one of its roles, within `scopes`; only its hash is kept."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="tokens")
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="tokens")
    name = PlainTextField()
    token_hash = models.BinaryField(unique=True)
    scopes = PlainTextField()
    created_at = models.DateTimeField()
    expires_on = models.DateField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"token {self.name} of account {self.account_id}"


class SmsCode(models.Model):
    """A code sent to a phone, kept as a hash until it is used, guessed at too often, or too old; and the one sent before it."""

    phone_hash = models.BinaryField(primary_key=True)
    code_hash = models.BinaryField()
    sent_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    earlier_hash = models.BinaryField(null=True)
    earlier_sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code sent at {self.sent_at}"
