"""What claims said of their subjects and an officer saw on paper: from the day the claim is taken up it is known for other benefits and
for figures. What is found untrue is taken back, and stands again where that finding is set aside.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives.engine.subjects import OF_ITS_MONTHS
from guildhall.incentives.models import Claim, Statement, Step
from guildhall.incentives.queries.sealed import Said, said_in
from guildhall.incentives.tables.sources import SUBJECTS
from guildhall.kernel.errors import GuildhallError


def state(claim: Claim, on: date) -> None:
    """Notes what a locked claim says that was seen on its papers; what it says stands in the place of what was said before."""
    for name, value in _told(claim).items():
        found = {"value": value, "worker_id": claim.worker_id, "said_on": on, "claim": claim}
        Statement.objects.update_or_create(**_of(claim), fact=name, defaults=found)


def take_back(claim: Claim, names: Collection[str]) -> None:
    """Forgets what a locked claim said under these names and was found untrue; what an earlier claim says otherwise stands again."""
    told = _told(claim)
    for name in (name for name in names if name in told):
        gone, _each = Statement.objects.filter(**_of(claim), fact=name, value=told[name]).delete()
        if gone:
            _earlier(claim, name, told[name])


def restore(claim: Claim, names: Collection[str]) -> None:
    """Lets what a locked claim said under these names stand again where nothing was said since: it was not found untrue after all."""
    told, on = _told(claim), _taken_up(claim)
    for name in (name for name in names if name in told and on):
        found = {"value": told[name], "worker_id": claim.worker_id, "said_on": on, "claim": claim}
        Statement.objects.get_or_create(**_of(claim), fact=name, defaults=found)


def refuse_unsaid(claim: Claim, names: Collection[str]) -> list[str]:
    """The names of what was found untrue, in order. Raises GuildhallError for what the claim does not say."""
    if not said_in(claim).keys() >= {*names}:
        raise GuildhallError(_("The claim does not say this"), next=_("mark as untrue only what it says"))
    return sorted({*names})


def _earlier(claim: Claim, name: str, untrue: str) -> None:
    """What the latest other claim for the same subject said otherwise, once it was taken up."""
    others = Claim.objects.filter(kind=claim.kind, subject=claim.subject).exclude(pk=claim.pk)
    for other in others.filter(steps__verb="accept").order_by("-steps__pk"):
        if _told(other).get(name, untrue) != untrue:
            restore(other, [name])
            return


def _taken_up(claim: Claim) -> date | None:
    step = Step.objects.filter(claim=claim, verb="accept").order_by("-pk").first()
    return timezone.localdate(step.at) if step else None


def _of(claim: Claim) -> dict[str, Any]:
    return {"subject": claim.kind, "subject_id": int(claim.subject)}


def _told(claim: Claim) -> Mapping[str, str]:
    """What a claim says of its subject, as text; nothing of a year, which facts are not said of."""
    if claim.kind not in SUBJECTS:
        return {}
    return {name: _text(value) for name, value in said_in(claim).items() if name not in OF_ITS_MONTHS and value is not None}


def _text(value: Said) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
