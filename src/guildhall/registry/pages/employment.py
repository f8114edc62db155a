"""What a person answers to an employer who reported them: yes, I work there, or no."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone
from guildhall.registry.operations.employment import confirm_employment, deny_employment, own_spell
from guildhall.web.doors import for_roles
from guildhall.web.viewer import viewer_of


@for_roles("worker")
def employment_said(request: HttpRequest, spell_id: int) -> HttpResponse:
    """Takes the answer; read on its own it leads back to the record."""
    viewer, now = viewer_of(request), timezone.now()
    own_spell(spell_id, viewer)
    with suppress(AlreadyDone):  # pressed twice: the page says how it stands
        if request.POST.get("said") == "yes":
            confirm_employment(spell_id=spell_id, by=viewer, now=now)
            messages.success(request, _("Thank you. The employer now sees your record as that of its people."))
        elif request.POST.get("said") == "no":
            deny_employment(spell_id=spell_id, by=viewer, now=now)
            said = _("Your district looks into it and answers you. Until then it does not count, and the employer does not see you.")
            messages.success(request, said)
    return redirect("me")
