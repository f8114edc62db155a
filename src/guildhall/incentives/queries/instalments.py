"""What is paid by the month of a job in several claims: which months are covered, and with which one the next claim begins.

A claim covers its months from the approval and for as long as it is live, also while it is disputed whether it is claimed back.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from guildhall.incentives.engine.states import LIVE
from guildhall.incentives.engine.subjects import BY_MONTHS, month_of
from guildhall.incentives.models import BenefitGrant, Claim
from guildhall.incentives.queries.sealed import said_in
from guildhall.kernel.errors import GuildhallError

MONTHS = "contribution_months"
LONGEST = 120
"""No benefit is paid for more months of one job."""


def first_open(benefit: str, subject: str) -> int:
    """The first month of a job that neither a live claim nor a grant from before covers; 1 for what is not paid by months."""
    covered = _covered(benefit, subject) if benefit in BY_MONTHS else set()
    return next(month for month in range(1, LONGEST + 2) if month not in covered)


def refuse_covered(claim: Claim, first: int) -> None:
    """Raises GuildhallError where the months that a claim says, from its first one on, reach into months that another covers."""
    months = said_in(claim).get(MONTHS)
    if claim.benefit not in BY_MONTHS or not isinstance(months, int):
        return
    twice = sorted(_covered(claim.benefit, claim.subject, but=claim.pk).intersection(range(first, first + min(months, LONGEST))))
    if twice:
        raise GuildhallError(
            _("Month %(n)s of this job is claimed already") % {"n": twice[0]},
            why=_("each month is paid once"),
            next=_("claim the %(n)s months before it; those that follow in a claim of their own") % {"n": twice[0] - first},
        )


def _covered(benefit: str, subject: str, *, but: int = 0) -> set[int]:
    """The months that live claims cover, and as many from the first on as were granted before there were claims."""
    before = BenefitGrant.objects.filter(benefit=benefit, spell_id=int(subject), claim=None, revoked_on=None)
    covered = set(range(1, 1 + min(LONGEST, sum(months or 0 for months in before.values_list("months", flat=True)))))
    live = Claim.objects.filter(benefit=benefit, kind="spell", subject=subject, state__in=LIVE).exclude(pk=but)
    for once, months in live.values_list("once", "grant__months"):
        covered.update(range(month_of(once), month_of(once) + max(1, min(months or 1, LONGEST))))
    return covered
