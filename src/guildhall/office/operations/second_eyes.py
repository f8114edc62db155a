"""What takes two administrators: whether whoever confirms is really another one, and not somebody whom the first has just made.

Giving a role that decides on access, on its control or on money, and letting its owner begin anew, each take one who asks and
another who confirms. One person with two accounts would be both; so the second has been administrator for longer than a wish
waits, and neither of the two owes the role to the other alone.
"""

from __future__ import annotations

from datetime import datetime, time

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.office.models import Grant
from guildhall.office.queries.accounts import WISH_HOLDS, holding
from guildhall.web.viewer import Viewer

COMMAND = "command:"


def check_second(*, asked_by: int, by: Viewer, now: datetime) -> None:
    """Raises AlreadyDone for whoever asked, and GuildhallError for one who may not be the second; the command always may."""
    if by.role == "system":
        return
    if asked_by == by.account:
        raise AlreadyDone(_("You have asked for this already"), next=_("another administrator has to confirm it, on this page"))
    own = Grant.objects.get(pk=by.grant or 0)
    if not _is_old(own, now):
        raise GuildhallError(
            _("You have not been administrator for long enough to confirm this"),
            why=_("whoever confirms has been one for more than %(days)s days") % {"days": WISH_HOLDS.days},
            next=_("ask another administrator, or whoever runs the system"),
        )
    if own.granted_by == f"account:{asked_by}" or _made_by(asked_by, by, now):
        raise GuildhallError(
            _("One of you two made the other administrator"),
            why=_("a second pair of eyes must not depend on the first"),
            next=_("ask another administrator, or whoever runs the system"),
        )


def still_administrator(account: int, now: datetime) -> bool:
    """Whether somebody who asked for something is an administrator today: a wish of one who no longer is has run out."""
    return _roles(account, now).exists()


def _made_by(asked_by: int, by: Viewer, now: datetime) -> bool:
    """Whether who asked is administrator by the word of `by`, and not confirmed by whoever runs the system."""
    given = _roles(asked_by, now).filter(granted_by=by.name)
    return given.exclude(seconded_by__startswith=COMMAND).exists()


def _roles(account: int, now: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(holding(timezone.localdate(now)), account=account, account__is_active=True, role="administrator")


def _is_old(grant: Grant, now: datetime) -> bool:
    """Whether a role was given, and began, longer ago than a wish waits."""
    began = datetime.combine(grant.valid_from, time(), timezone.get_current_timezone())
    return max(began, grant.given_at or began) + WISH_HOLDS < now
