"""What a person agrees to, purpose by purpose; and what a guardian agrees to for a child, before an officer."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.kernel.tables import Text
from guildhall.office.queries.mandates import WHOLE
from guildhall.registry.engine import minors
from guildhall.registry.engine.purposes import PURPOSES
from guildhall.registry.operations.consents import LONGEST, Guardian, give_consent, give_for_child, withdraw_consent
from guildhall.registry.queries import consents as queries
from guildhall.registry.queries.records import REGISTRARS, kept_by
from guildhall.web.doors import for_roles, of_the_person
from guildhall.web.templatetags.guildhall import text
from guildhall.web.viewer import viewer_of


@of_the_person(task=WHOLE)
def consents(request: HttpRequest) -> HttpResponse:
    """Each purpose with its words and ground; agreeing and withdrawing, one at a time."""
    viewer = viewer_of(request)
    found = queries.consents(viewer, viewer.worker or 0, timezone.localdate())
    if request.method == "POST":
        return _decide(request, found)
    given = sum(row.given_at is not None for row in found.rows)
    title = _("You have agreed to nothing beyond what the law asks for")
    if given:
        title = ngettext("You have agreed to %(n)s use of your record", "You have agreed to %(n)s uses of your record", given) % {
            "n": given
        }
    context = {"found": found, "title": title, "in_person": viewer.mandate is None, "child": minors.CHILD}
    return render(request, "registry/consents.html", context)


def _decide(request: HttpRequest, found: queries.Consents) -> HttpResponse:
    verb, _colon, asked = request.POST.get("decide", "").partition(":")
    purpose, _slash, _version = asked.partition("/")
    worker, by, now = found.worker.pk, viewer_of(request), timezone.now()
    try:
        if verb == "give":
            give_consent(worker_id=worker, purpose=purpose, wording=asked, by=by, now=now)
            messages.success(request, _("You have agreed. You can withdraw at any time."))
        elif verb == "withdraw":
            withdraw_consent(worker_id=worker, purpose=purpose, by=by, now=now)
            messages.success(request, _("Withdrawn. Nothing more is done on this ground."))
        else:
            raise NotFound(_("There is no such purpose"), next=_("see the list of purposes"))
    except AlreadyDone as done:
        messages.info(request, done.what)
    return redirect("consents")


class ForChild(forms.Form):
    """A guardian's consent, taken at the counter."""

    purpose = forms.ChoiceField(label=gettext_lazy("What the guardian agrees to"))
    name = forms.CharField(label=gettext_lazy("Name of the guardian"), max_length=LONGEST)
    relation = forms.CharField(
        label=gettext_lazy("What they are to the child"),
        help_text=gettext_lazy("mother, father, guardian named by a court"),
        max_length=LONGEST,
    )
    document = forms.CharField(
        label=gettext_lazy("Document they showed"),
        help_text=gettext_lazy("kind and where issued; not its number"),
        max_length=LONGEST,
    )
    seen = forms.BooleanField(label=gettext_lazy("I saw the document and the guardian, and read the words to them"))

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        choices = [(purpose.key, text(purpose.title)) for purpose in PURPOSES if purpose.needs_consent]
        self.fields["purpose"] = forms.ChoiceField(label=self.fields["purpose"].label, choices=choices)


@for_roles(*REGISTRARS)
def guardian_consent(request: HttpRequest, worker_id: int) -> HttpResponse:
    """A guardian's consent for a child of under 14; whoever is older decides alone, and the page says so."""
    viewer, now = viewer_of(request), timezone.now()
    worker = kept_by(viewer, worker_id, now)
    found = queries.consents(viewer, worker.pk, timezone.localdate(now))
    form = ForChild(request.POST or None)
    if request.method == "POST" and form.is_valid():
        guardian = Guardian(*(form.cleaned_data[field] for field in ("name", "relation", "document")))
        try:
            give_for_child(worker_id=worker.pk, purpose=form.cleaned_data["purpose"], guardian=guardian, by=viewer, now=now)
        except NotFound:
            raise
        except GuildhallError as error:
            form.add_error(None, f"{error.what}. {error.next}" if error.next else error.what)
        else:
            messages.success(request, _("The guardian's consent is on record."))
            return redirect("guardian_consent", worker_id)
    names: dict[str, Text] = {purpose.key: purpose.wording for purpose in PURPOSES if purpose.needs_consent}
    context = {"form": form, "found": found, "worker_id": worker_id, "wordings": names.items(), "child": minors.CHILD}
    return render(request, "registry/guardian_consent.html", context)
