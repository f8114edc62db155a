"""Until when what was decided can be objected to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from guildhall.incentives.models import Claim, Verdict
from guildhall.incentives.queries.terms import BEGINS


def objectable(claims: Iterable[Claim], today: date) -> dict[int, date]:
    """The last day to object to the decision on each claim that was refused or is claimed back, by its key, while that day lasts.

    A decision that was objected to before is not among them: each can be objected to once. The caller has made sure that the viewer may
    see the claims.
    """
    states = {row.pk: row.state for row in claims if row.state in BEGINS.values()}
    rows = Verdict.objects.filter(claim__in=states, state="final", what__in=BEGINS, appeal=None, remedy_until__gte=today).order_by("pk")
    return {row.claim_id: row.remedy_until for row in rows if row.remedy_until and BEGINS[row.what] == states[row.claim_id]}
