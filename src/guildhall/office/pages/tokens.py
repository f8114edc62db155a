"""Keys for programs: which there are, a new one, and revoking one."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.kernel.errors import AlreadyDone, NotFound
from guildhall.office.operations import tokens as operations
from guildhall.office.queries import tokens as queries
from guildhall.web import words
from guildhall.web.doors import for_roles
from guildhall.web.forms import DayField, attempt, day_after
from guildhall.web.viewer import viewer_of

USUAL = timedelta(days=90)


class TokenForm(forms.Form):
    """What a key is for, and until when."""

    name = forms.CharField(
        label=gettext_lazy("Which program uses it"), max_length=operations.LONGEST_NAME, help_text=gettext_lazy("so that you know it again")
    )
    scopes = forms.MultipleChoiceField(label=gettext_lazy("What it may do"), widget=forms.CheckboxSelectMultiple)
    last = DayField(label=gettext_lazy("Last day"), help_text=gettext_lazy("a year ahead at most"))

    def __init__(self, request: HttpRequest, asked: bool, today: date) -> None:
        super().__init__(request.POST if asked else None, initial={"last": today + USUAL})
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = [(task, words.word("task", task)) for task in queries.offered(viewer_of(request))]


@for_roles(*queries.TASKS)
def tokens(request: HttpRequest) -> HttpResponse:
    """Which programs act for the account? A new key is shown once, in the answer to the form; revoking one takes effect at once."""
    viewer, now = viewer_of(request), timezone.now()
    today = timezone.localdate(now)
    if "revoke" in request.POST:
        return _revoked(request)
    form, key = TokenForm(request, request.method == "POST", today), ""
    if form.is_valid():
        given = form.cleaned_data
        until = day_after(given["last"]) or today
        work = partial(operations.issue_token, name=given["name"], scopes=given["scopes"], until=until, by=viewer, now=now)
        if issued := attempt(form, work):
            form, key = TokenForm(request, False, today), issued[1]
    rows = [(row, queries.holds(row, today)) for row in queries.tokens(viewer, today)]
    context = {"form": form, "key": key, "rows": rows, "tasks": queries.offered(viewer)}
    return render(request, "office/tokens.html", context)


def _revoked(request: HttpRequest) -> HttpResponse:
    asked = request.POST["revoke"]
    if not asked.isdecimal():
        raise NotFound(_("There is no such key"), next=_("see the list of your keys"))
    try:
        operations.revoke_token(token_id=int(asked), by=viewer_of(request), now=timezone.now())
        messages.success(request, _("The key opens nothing any more."))
    except AlreadyDone:
        messages.info(request, _("It is revoked already."))
    return redirect("tokens")
