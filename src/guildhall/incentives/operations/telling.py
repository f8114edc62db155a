"""Who hears of a step: the person whose money it is, and the employer that claims or lodged; an employer never hears why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from guildhall.incentives.models import Claim
from guildhall.incentives.queries.benefits import title
from guildhall.incentives.queries.neutral import told
from guildhall.incentives.queries.standing import claims_seen
from guildhall.kernel.money import Fen, format_yuan
from guildhall.kernel.tables import Text
from guildhall.office.engine.notices import TEMPLATES, Fact
from guildhall.office.models import Grant
from guildhall.office.operations.notices import notify
from guildhall.office.queries.delegations import holds
from guildhall.registry.queries.merged import leader
from guildhall.web.viewer import Viewer

PLAIN = ("claim_lodged", "claim_returned", "claim_accepted", "claim_withdrawn", "claim_lapsed")
"""What an employer hears of a claim that is its worker's: how far it is, never what was decided or why."""
PRESSING = ("claim_returned", "claim_refused", "claim_failed", "claim_recalled")
"""Notices with a day by which something must be done: they also go out by text message."""


def tell(claim: Claim, template: str, facts: Mapping[str, Fact], *, now: datetime, key: str) -> None:
    """Writes a notice to all whom a step concerns. `facts` are taken as far as the template needs them, beside number and benefit."""
    known: dict[str, Fact] = {"number": claim.pk, "benefit": title(claim.benefit), **facts}
    if claim.due_on:
        known.setdefault("due", str(claim.due_on))
    needed = {name: known[name] for name in TEMPLATES[template].gaps}
    channels = ("app", "sms") if template in PRESSING else ("app",)
    if claim.payee == "worker" and claim.worker_id is not None:
        notify(key=key, template=template, facts=needed, now=now, worker_id=leader(claim.worker_id), channels=channels)
    if claim.organisation_id is not None and (claim.payee == "organisation" or template in PLAIN):
        for grant in employer_grants(claim.organisation_id, now):
            if _still_sees(grant, claim, now):
                own = told(claim, template, needed)
                notify(key=f"{key}:{grant.account_id}", template=template, facts=own, now=now, account=grant.account_id)


def employer_grants(organisation_id: int, now: datetime) -> list[Grant]:
    """One grant for each account that claims for an organisation today: its representative, and those given the task."""
    rows = Grant.objects.filter(organisation_id=organisation_id, role="employer", revoked_at=None).filter(
        Q(scopes="") | Q(scopes__contains="claims")
    )
    today = timezone.localdate(now)
    return list({row.account_id: row for row in rows.order_by("pk") if holds(row, today)}.values())


def _still_sees(grant: Grant, claim: Claim, now: datetime) -> bool:
    viewer = Viewer(name=f"account:{grant.account_id}", role="employer", account=grant.account_id, organisation=grant.organisation_id)
    return claims_seen(viewer, timezone.localdate(now)).filter(pk=claim.pk).exists()


def money(fen: int) -> Text:
    """An amount in both languages."""
    return Text(format_yuan(Fen(fen), "zh"), format_yuan(Fen(fen), "en"))
