"""Pages of possible duplicates: the queue, and two records side by side."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.kernel.errors import NotFound
from guildhall.kernel.tables import Text
from guildhall.registry.engine import wordbook
from guildhall.registry.models import DuplicatePair
from guildhall.registry.operations import merges
from guildhall.registry.pages.records import ReasonForm, guarded, said, taken
from guildhall.registry.queries import duplicates as queries
from guildhall.registry.queries.records import held_since
from guildhall.web.pack import city
from guildhall.web.viewer import Viewer, viewer_of

PAGE = 50
STATES = ("proposed", "merged", "different")
REASONS: dict[str, Text] = {
    "number_shared": Text("一人的证件号码也在另一人名下", "a number of one is a number of the other, too"),
    "number_old_form": Text("身份证号相同，一个是 15 位旧号", "the same identity number, one of them in the old form of 15 digits"),
    "number_near": Text(
        "姓名相同，身份证号只差一位或相邻两位互换", "one name, and identity numbers that differ by one digit or by two that changed places"
    ),
    "document_refused": Text("为一人登记证件时，号码已在另一人名下", "a number brought for one was already on record for the other"),
    "officer": Text("工作人员提出", "put up by an officer"),
    "phone_name": Text("姓名和手机号相同", "the same name and the same phone"),
    "phone_birth": Text("手机号和出生月份相同", "the same phone and the same month of birth"),
    "certificate_shared": Text("同一证书编号", "the same certificate number"),
    "name_birth_district": Text("姓名、性别、出生月份和区县相同", "the same name, sex, month of birth and district"),
    "common_name_birth_district": Text(
        "常见姓名，性别、出生月份和区县相同", "a common name, and the same sex, month of birth and district"
    ),
}
"""What speaks for one person, in words."""
LINES: dict[str, Text] = {
    "name": Text("姓名", "Name"),
    "number": Text("身份证号", "Identity number"),
    "phone": Text("手机号", "Phone"),
    "birth_month": Text("出生月份", "Month of birth"),
    "sex": Text("性别", "Sex"),
    "residence": Text("常住地", "Residence"),
    "education": Text("学历", "Schooling"),
}
BOOK = {"sex": wordbook.SEX, "education": wordbook.EDUCATION, "document": wordbook.DOCUMENT}


class SuggestForm(forms.Form):
    """Two records an officer takes for one person."""

    first = forms.IntegerField(label=gettext_lazy("One record"), min_value=1, max_value=2**53)
    second = forms.IntegerField(label=gettext_lazy("The other record"), min_value=1, max_value=2**53)


@guarded
def duplicates(request: HttpRequest) -> HttpResponse:
    """The pairs to be decided, the likeliest first; and those that were."""
    viewer, now = viewer_of(request), timezone.now()
    form = SuggestForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (pair := _suggested(form, viewer)):
        return redirect("duplicate", pair_id=pair.pk)
    state = request.GET.get("state", "proposed")
    if state not in STATES:
        raise NotFound(_("There is no such list"), next=_("see the queue of possible duplicates"))
    found = queries.queue(viewer, timezone.localdate(now), state=state, after=request.GET.get("after", ""), size=PAGE)
    context = {
        "found": found,
        "state": state,
        "form": form,
        "reasons": REASONS,
        "searched": queries.last_search(),
        "next": urlencode({"state": state, "after": found.next}) if found.next else "",
    }
    return render(request, "registry/duplicates.html", context)


def _suggested(form: SuggestForm, viewer: Viewer) -> DuplicatePair | None:
    try:
        return merges.suggest(**form.cleaned_data, by=viewer, now=timezone.now())
    except NotFound as nobody:
        form.add_error(None, said(nobody))
    return None


@guarded
def duplicate(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Are these two records one person? Both side by side, what agrees and what differs, and the decision."""
    viewer, now = viewer_of(request), timezone.now()
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decided(request, form, pair_id, viewer):
        return redirect("duplicate", pair_id=pair_id)
    pair = merges.look_at_pair(pair_id=pair_id, by=viewer, now=now)
    leads = request.POST.get("leads", "")
    levels = {row.code: row.name for row in city().levels}
    context = {"pair": pair, "form": form, "reasons": REASONS, "lines": LINES, "book": BOOK, "levels": levels}
    context["leads"] = int(leads) if leads.isdecimal() else 0
    context["accounts"] = (
        sum(held_since(side.worker.pk) is not None for side in (pair.first, pair.second) if side) if pair.may_decide else 0
    )
    return render(request, "registry/duplicate.html", context)


DONE: dict[str, Any] = {
    "merge": gettext_lazy("The two records are one person now. This can be undone here at any time."),
    "apart": gettext_lazy("These are two people. They will not be put up again."),
    "undo": gettext_lazy(
        "The merge is undone; both records are as they were. An account that lost its record by the merge has to claim it anew."
    ),
    "reopen": gettext_lazy("The pair is open again."),
}


def _decided(request: HttpRequest, form: ReasonForm, pair_id: int, viewer: Viewer) -> bool:
    """Carries out what the form says; False where it could not be done, with the form saying why."""
    action, leads = request.POST.get("action", ""), request.POST.get("leads", "")
    said = {"pair_id": pair_id, "reason": form.cleaned_data["reason"], "by": viewer, "now": timezone.now()}
    if action == "merge" and not (leads.isascii() and leads.isdigit() and len(leads) < 18):
        form.add_error(None, _("Choose the record that leads"))
        return False
    verbs = {
        "merge": lambda: merges.merge(leads=int(leads), **said),
        "apart": lambda: merges.tell_apart(**said),
        "undo": lambda: merges.undo(**said),
        "reopen": lambda: merges.reopen(**said),
    }
    if action not in verbs:
        raise NotFound(_("There is no such decision"), next=_("go back, load the page again and try once more"))
    done = taken(form, verbs[action])
    if done:
        messages.success(request, DONE[action])
    return done
