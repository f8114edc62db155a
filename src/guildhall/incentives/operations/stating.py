"""What claims said of their subjects and an officer saw on paper: from the day the claim is taken up it is known for other benefits and
for figures. What is found untrue is taken back, and stands again where that finding is set aside.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives.engine.subjects import IN_CLAIM_ALONE, OF_ITS_MONTHS
from guildhall.incentives.models import Claim, Statement, Step
from guildhall.incentives.models.sources import STATED, cell_of
from guildhall.incentives.queries.sealed import as_text, said_in
from guildhall.incentives.tables.sources import SUBJECTS
from guildhall.kernel.errors import GuildhallError
from guildhall.office.vault import vault


def state(claim: Claim, on: date) -> None:
    """Notes what a locked claim says that was seen on its papers; what it says stands in the place of what was said before."""
    for name, value in _told(claim).items():
        Statement.objects.update_or_create(**_of(claim), fact=name, defaults=_found(claim, name, value, on))


def take_back(claim: Claim, names: Collection[str]) -> None:
    """Forgets what a locked claim said under these names and was found untrue; what an earlier claim says otherwise stands again."""
    told = _told(claim)
    for name in (name for name in names if name in told):
        stated = Statement.objects.filter(**_of(claim), fact=name).first()
        if stated and stated.value == told[name]:
            stated.delete()
            _earlier(claim, name, told[name])


def restore(claim: Claim, names: Collection[str]) -> None:
    """Lets what a locked claim said under these names stand again where nothing was said since: it was not found untrue after all."""
    told, on = _told(claim), _taken_up(claim)
    if on is None:
        return
    for name in (name for name in names if name in told):
        Statement.objects.get_or_create(**_of(claim), fact=name, defaults=_found(claim, name, told[name], on))


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


def _found(claim: Claim, name: str, value: str, on: date) -> dict[str, Any]:
    sealed = vault().seal(*STATED, cell_of(claim.kind, int(claim.subject), name), value)
    return {"value_sealed": sealed, "worker_id": claim.worker_id, "said_on": on, "claim": claim}


def _of(claim: Claim) -> dict[str, Any]:
    return {"subject": claim.kind, "subject_id": int(claim.subject)}


def _told(claim: Claim) -> Mapping[str, str]:
    """What a claim says of its subject, as text; nothing of a year, which facts are not said of."""
    if claim.kind not in SUBJECTS:
        return {}
    kept = OF_ITS_MONTHS | IN_CLAIM_ALONE
    return {name: as_text(value) for name, value in said_in(claim).items() if name not in kept and value is not None}
