"""A paper somebody brought: handed out as a file, and taken away again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.office.models import ROLES
from guildhall.office.operations.attachments import remove, take_out
from guildhall.office.pages.addresses import onward
from guildhall.office.papers import ENDINGS
from guildhall.office.queries import attachments as queries
from guildhall.web.doors import for_roles
from guildhall.web.viewer import viewer_of


@for_roles(*ROLES)
def attachment(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """The paper as a download: never shown within the site, so that nothing in it acts there."""
    row, content = take_out(attachment_id=attachment_id, by=viewer_of(request), now=timezone.now())
    answer = HttpResponse(content, content_type=row.media_type)
    answer["Content-Disposition"] = f'attachment; filename="paper-{row.pk}.{ENDINGS[row.media_type]}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@for_roles(*ROLES)
def attachment_remove(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Asks whether the paper shall go, and takes it away."""
    viewer, now = viewer_of(request), timezone.now()
    row = queries.attachment(viewer, attachment_id, now)
    if request.method == "POST":
        remove(attachment_id=attachment_id, by=viewer, now=now)
        messages.success(request, _("The paper was destroyed."))
        return redirect(onward(request))
    return render(
        request, "office/paper_remove.html", {"paper": row, "own": row.added_by == viewer.name, "rests": not queries.is_removable(row)}
    )
