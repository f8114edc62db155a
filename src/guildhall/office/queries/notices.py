"""Notices as their reader sees them, in the reader's language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from guildhall.kernel.tables import Text
from guildhall.office.engine.notices import Fact, Message, filled
from guildhall.office.models import Notice
from guildhall.office.vault import vault
from guildhall.web.viewer import Viewer

TABLE, COLUMN = "office.notice", "facts"
PAGE = 30


@dataclass(frozen=True)
class Shown:
    """One notice: what it says, when it came, and whether it has been read; the number of the claim it speaks of, if of one."""

    pk: int
    message: Message
    template: str
    at: datetime
    read_at: datetime | None
    claim: int | None = None


@dataclass(frozen=True)
class Shelf:
    """A page of notices, newest first; `next` is the key to go on from, 0 at the end."""

    rows: tuple[Shown, ...]
    unread: int
    next: int


def mine(viewer: Viewer) -> QuerySet[Notice]:
    """The notices that a viewer reads in the house: to the account, and, in the role of a worker, to the person.

    Whoever acts for a person under a mandate reads none of that person's notices.
    """
    whose = Q(account_id=viewer.account) if viewer.account else Q(pk__in=[])
    if viewer.role == "worker" and viewer.worker and not viewer.mandate:
        whose |= Q(worker_id=viewer.worker)
    return Notice.objects.filter(whose, channel="app")


def unread(viewer: Viewer) -> int:
    """How many notices the viewer has not read: the number in the header."""
    return mine(viewer).filter(read_at=None).count() if viewer.account else 0


def notices(viewer: Viewer, *, before: int = 0, size: int = PAGE) -> Shelf:
    """The viewer's notices, newest first."""
    rows = mine(viewer).order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: size + 1])
    shown = tuple(_shown(row) for row in found[:size])
    return Shelf(shown, unread(viewer), found[size - 1].pk if len(found) > size else 0)


def _shown(row: Notice) -> Shown:
    facts = facts_of(row)
    message = filled(row.template, facts, get_language() or "zh-hans")
    claim = int(str(facts["number"])) if row.template.startswith("claim_") and "number" in facts else None
    return Shown(row.pk, message, row.template, row.created_at, row.read_at, claim)


def sealed_facts(key: str, channel: str, facts: dict[str, Fact]) -> bytes:
    """Facts as a row keeps them: JSON, sealed for this one notice."""
    told = {name: list(fact) if isinstance(fact, Text) else str(fact) for name, fact in facts.items()}
    return vault().seal(TABLE, COLUMN, f"{key}/{channel}", json.dumps(told, ensure_ascii=False))


def facts_of(row: Notice) -> dict[str, Fact]:
    """The facts that fill the gaps of a notice, opened."""
    told = json.loads(vault().open(TABLE, COLUMN, f"{row.key}/{row.channel}", row.facts_sealed))
    return {name: Text(*fact) if isinstance(fact, list) else fact for name, fact in told.items()}
