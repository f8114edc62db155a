"""Who looked at a person's record, as that person may read it: which authority in which role, when, at what, and why.

The Personal Information Protection Law gives everyone the right to know how their information is handled (arts. 44 and 45).
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from guildhall.kernel.tables import Text
from guildhall.office.models import AuditEvent
from guildhall.registry.queries.authorities import behind
from guildhall.registry.queries.merged import one_person

WHAT = {
    "registry.view": Text("打开了您的记录", "opened your record"),
    "registry.search": Text("用证件号等完整号码查到了您", "found you by a whole number"),
    "registry.reveal": Text("查看了完整号码", "saw a number in full"),
    "office.begin_acting": Text("开始代您办事", "began to act for you"),
    "office.open_attachment": Text("打开了您提交的材料", "opened a paper you brought"),
    "incentives.open_claim": Text("打开了您的补贴申领", "opened a claim of yours"),
    "evaluation.open_recognition": Text("查看了您可申报的职称", "looked at which titles you may apply for"),
    "incentives.open_benefits": Text("查看了您可享受的补贴", "looked at which benefits are yours"),
}
"""Events that are looks."""
FIELDS = {
    "identity_number": Text("身份证号", "identity number"),
    "phone": Text("手机号", "phone"),
    "document": Text("其他证件号", "number of another document"),
    "certificate": Text("证书编号", "certificate number"),
    "claim": Text("待核实证书编号", "number of a certificate not confirmed"),
    "account": Text("收款账号", "number of the bank account"),
}
REASONS = {
    "counter": Text("本人在窗口办事", "you stood at the counter"),
    "contact": Text("需要联系您", "to get in touch with you"),
    "correction": Text("处理更正", "to handle a correction"),
    "assessment": Text("办理等级评价", "for an assessment"),
    "claim": Text("办理补贴申请", "for a claim"),
    "case": Text("办理欠薪等案件", "for a case"),
    "law": Text("法律规定的其他情形", "another ground by law"),
}
GROUNDS = {
    "counter": Text("本人在窗口办事", "the person stood at the counter"),
    "contact": Text("需要联系本人", "to get in touch with the person"),
    "correction": Text("处理更正申请", "to handle a correction request"),
    "assessment": REASONS["assessment"],
    "claim": REASONS["claim"],
    "case": REASONS["case"],
    "law": REASONS["law"],
    "taken back": Text("由代表人收回", "taken back by the representative"),
    "left": Text("已离开单位", "no longer works there"),
    "another representative": Text("另有法定代表人", "somebody else is the representative"),
}
"""The same reasons, and those of ended tasks, in the words for an auditor: of a person, and not to them."""
YEAR = timedelta(days=366)
PAGE = 50
COUNTED = 1_000
"""Counting stops here."""


@dataclass(frozen=True)
class Look:
    """One look: by whom, at what, and with which reason; empty where none was asked for."""

    at: datetime
    who: Text
    what: Text
    field: Text | None
    reason: Text | None
    note: str


@dataclass(frozen=True)
class Looks:
    """A page of looks, newest first; `next` is where to go on, 0 at the end."""

    rows: tuple[Look, ...]
    next: int


def looks(worker_id: int, *, own: Collection[int] = (), before: int = 0, size: int = PAGE) -> Looks:
    """Looks by others at a person and every record merged into theirs; `own` are the person's accounts. For the person alone."""
    rows = _looks(worker_id, own).order_by("-event_id")
    found = list((rows.filter(event_id__lt=before) if before else rows)[: size + 1])
    who = behind((event.actor for event in found[:size]), own=own)
    return Looks(tuple(_look(event, who) for event in found[:size]), found[size - 1].event_id if len(found) > size else 0)


def count(worker_id: int, today: date, *, own: Collection[int] = ()) -> int:
    """How many looks there were within a year, counted to one more than COUNTED at most."""
    since = timezone.make_aware(datetime.combine(today - YEAR, time.min))
    return _looks(worker_id, own).filter(at__gte=since)[: COUNTED + 1].count()


def _looks(worker_id: int, own: Collection[int]) -> QuerySet[AuditEvent]:
    chains = [f"worker:{key}" for key in one_person(worker_id)]
    return AuditEvent.objects.filter(chain__in=chains, action__in=WHAT).exclude(actor__in=[f"account:{key}" for key in own])


def _look(event: AuditEvent, who: dict[str, Text]) -> Look:
    details = json.loads(event.details or "{}")
    code = details.get("reason", "")
    note = "" if event.reason == code else event.reason
    return Look(event.at, who[event.actor], WHAT[event.action], FIELDS.get(details.get("field", "")), REASONS.get(code), note)
