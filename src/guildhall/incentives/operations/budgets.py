"""What there is to spend: noted by document, compared with what is decided and paid. It holds no claim back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.incentives.models import Budget
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.payments import no_such_batch, own_places, refuse_others
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.money import LARGEST
from guildhall.office.operations.audit import record
from guildhall.web.viewer import Viewer

YEARS = (2000, 2099)
LONGEST_DOCUMENT = 200


def set_budget(*, place: str, benefit: str, year: int, amount_fen: int, document: str, by: Viewer, now: datetime) -> Budget:
    """Notes what an authority has for a benefit in a year, by which document; the same year again replaces it.

    Raises NotFound outside the jurisdiction or for an unknown benefit, GuildhallError where something is missing.
    """
    refuse_others(by)
    benefits.rule_of(benefit)
    places = own_places(by, timezone.localdate(now))
    if places is not None and place not in places:
        raise no_such_batch()
    if not 0 <= amount_fen <= LARGEST or not document.strip() or not YEARS[0] <= year <= YEARS[1]:
        raise GuildhallError(_("The budget is not complete"), next=_("give the year, an amount and the document that sets it"))
    told = {"amount_fen": amount_fen, "document": document.strip()[:LONGEST_DOCUMENT], "set_by": by.name, "set_at": now}
    with transaction.atomic():
        row, _made = Budget.objects.update_or_create(place_id=place, benefit=benefit, year=year, defaults=told)
        details = {"benefit": benefit, "year": year, "amount": amount_fen}
        record(subject=f"payments:{place}", action="incentives.set_budget", by=by, now=now, details=details)
    return row
