"""What the city told the reader, and that it was read."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guildhall.kernel.errors import AlreadyDone, NotFound
from guildhall.office.models import ROLES
from guildhall.office.operations.notices import mark_read
from guildhall.office.queries import notices as queries
from guildhall.web.doors import for_roles
from guildhall.web.viewer import viewer_of

CLAIM_PAGES = {"worker": "claim_mine", "employer": "employer_claim"}
"""The page of one claim, by the role of whom a notice is to; the project hangs it."""


@for_roles(*ROLES)
def notices(request: HttpRequest) -> HttpResponse:
    """The reader's notices, newest first; marks one, or all of them, as read."""
    viewer = viewer_of(request)
    if viewer.mandate:  # what the city told a person is for that person
        raise NotFound(_("There is no such page"), why=_("notices are for the person themselves"), next=_("go back to your desk"))
    if request.method == "POST":
        return _mark(request)
    before = request.GET.get("before", "")
    found = queries.notices(viewer, before=int(before[:18]) if before.isdigit() else 0)
    title = _("You have read everything")
    if found.unread:
        title = ngettext("%(n)s notice is new", "%(n)s notices are new", found.unread) % {"n": found.unread}
    elif not found.rows:
        title = _("The city has told you nothing yet")
    door = CLAIM_PAGES.get(viewer.role, "")
    return render(request, "office/notices.html", {"found": found, "title": title, "claim_page": door})


def _mark(request: HttpRequest) -> HttpResponse:
    asked = request.POST.get("read", "")
    if asked != "all" and not asked.isdigit():
        raise NotFound(_("There is no such notice"), next=_("see the list of your notices"))
    with suppress(AlreadyDone):  # read in another window: the page that follows says so
        mark_read(notice=None if asked == "all" else int(asked[:18]), by=viewer_of(request), now=timezone.now())
    return redirect("notices")
