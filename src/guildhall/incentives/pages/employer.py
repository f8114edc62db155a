"""What may we claim, and for whom? An employer's benefits over its roster, claims for several people at once, and its own claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guildhall.incentives.engine.defects import is_of_another
from guildhall.incentives.models import Bundle
from guildhall.incentives.operations import bundles, lodging, outreach
from guildhall.incentives.pages.claiming import OF_ANOTHER, AccountForm
from guildhall.incentives.pages.in_words import Teller
from guildhall.incentives.pages.worker import OnForm
from guildhall.incentives.queries import benefits, claims, roster
from guildhall.incentives.queries.answers import Answer
from guildhall.incentives.queries.asking import EVERY, asked_staff_at
from guildhall.incentives.queries.candidates import EMPLOYER_MAY_KNOW
from guildhall.incentives.queries.neutral import lack_consent
from guildhall.incentives.queries.roster import Benefit, Named, Narrowed, Tickable, Year
from guildhall.incentives.queries.standing import claims_seen, no_such_claim
from guildhall.kernel.errors import GuildhallError
from guildhall.office.queries.mandates import CLAIMS
from guildhall.registry.engine.purposes import BY_KEY
from guildhall.registry.queries.authorities import organisation_names
from guildhall.registry.tables import CERTIFIED
from guildhall.web.doors import for_roles
from guildhall.web.forms import DayField, attempt
from guildhall.web.pack import city
from guildhall.web.templatetags.guildhall import text
from guildhall.web.viewer import Viewer, viewer_of

BUNDLES, TO_A_PAGE = 50, 25


@dataclass(frozen=True)
class Shown:
    """One hire, or one year, in words."""

    of: Named | Year
    told: Teller


@dataclass(frozen=True)
class Part:
    """One benefit of the employer's own as the page shows it."""

    benefit: Benefit
    likely: tuple[Shown, ...]
    near: tuple[Shown, ...]
    refused: tuple[Shown, ...]
    may_tick: bool

    @property
    def open(self) -> tuple[Shown, ...]:
        """What may be claimed and is not yet."""
        return tuple(one for one in self.likely if one.of.claim is None)


class FilterForm(forms.Form):
    """What narrows a list to tick."""

    since = DayField(label=gettext_lazy("From which day on?"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("Level"), required=False)
    name = forms.CharField(label=gettext_lazy("Full name"), max_length=60, required=False)
    everybody = forms.BooleanField(label=gettext_lazy("Also those whom the rule does not fit by what is shown here"), required=False)

    def __init__(self, data: Any, *, with_level: bool) -> None:
        super().__init__(data)
        names = {level.code: level.name for level in city().levels}
        field = self.fields["level"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("every level")), *((code, f"{code} {text(names.get(code))}") for code in CERTIFIED if code in names)]
        if not with_level:
            del self.fields["level"]

    @property
    def narrowed(self) -> Narrowed:
        """What was asked for; without an answer, all whom the rule does not refuse by what the list shows."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return Narrowed(given.get("since"), given.get("level", ""), given.get("name", ""), not given.get("everybody"))


@for_roles("employer", task=CLAIMS)
def employer_benefits(request: HttpRequest) -> HttpResponse:
    """What may we claim over our roster, as of a day? By name only what we put on record ourselves or people agreed to."""
    viewer, today = viewer_of(request), timezone.localdate()
    form = OnForm(request.GET or None)
    on = form.is_valid() and form.cleaned_data["on"] or today
    found = roster.roster(viewer, on=on, today=today)
    parts = [_part(one) for one in found.benefits]
    years = [Shown(one, Teller(Answer(one.rule, "year", one.year, dict(one.facts), one.decision, one.claim))) for one in found.years]
    asked = asked_staff_at(viewer)
    context = {
        "asked": asked,
        "again": asked + EVERY if asked and asked + EVERY > timezone.now() else None,
        "form": OnForm({"on": on}) if form.is_valid() or not form.is_bound else form,
        "on": on,
        "today": today,
        "found": found,
        "parts": parts,
        "years": years,
        "title": _title(parts, years),
        "purpose": BY_KEY[EMPLOYER_MAY_KNOW],
        "most": roster.MOST_HIRES,
        "span": roster.YEARS,
    }
    return render(request, "incentives/employer_benefits.html", context)


def _part(one: Benefit) -> Part:
    likely, near, refused = (tuple(_hire(named) for named in group) for group in (one.likely, one.near, one.refused))
    return Part(one, likely, near, refused, one.rule.channel == "claim")


def _hire(one: Named) -> Shown:
    return Shown(one, Teller(Answer(one.rule, "spell", one.key, dict(one.facts or {}), one.decision, one.claim)))


def _title(parts: Iterable[Part], years: Iterable[Shown]) -> str:
    count = sum(len(part.open) for part in parts)
    count += sum(isinstance(one.of, Year) and one.of.open and one.of.rule.channel == "claim" for one in years)
    if count:
        return ngettext("%(n)s benefit is open to claim", "%(n)s benefits are open to claim", count) % {"n": count}
    return _("What may we claim for our people?")


@for_roles("employer", task=CLAIMS)
def employer_ask(request: HttpRequest) -> HttpResponse:
    """Asks all staff whether their employer may know when it can claim for having hired them."""
    try:
        asked = outreach.ask_staff(by=viewer_of(request), now=timezone.now())
    except GuildhallError as refused:
        messages.info(request, f"{refused.what}{_('; ')}{refused.next}")
    else:
        messages.success(request, ngettext("%(n)s person was asked.", "%(n)s people were asked.", asked) % {"n": asked})
    return redirect("employer_benefits")


@for_roles("employer", task=CLAIMS)
def employer_batch_new(request: HttpRequest, benefit: str) -> HttpResponse:
    """For whom shall claims be begun? Ticked by what the roster shows; a worker's own benefit waits for the worker to agree."""
    viewer, now = viewer_of(request), timezone.now()
    rule = benefits.rule_of(benefit)
    of_workers = roster.TICKED.get(rule.facts) == "certificate"
    narrowed = FilterForm(request.GET or None, with_level=of_workers)
    asked = set(request.GET.getlist("subject"))
    rows = sorted(roster.tickable(viewer, benefit, timezone.localdate(now), narrowed.narrowed), key=lambda row: str(row.key) not in asked)
    page = Paginator(rows, TO_A_PAGE).get_page(request.GET.get("page"))
    form = forms.Form(request.POST if request.method == "POST" else None)
    ticked = set(request.POST.getlist("subject"))
    if form.is_valid() and not ticked:
        form.add_error(None, _("nobody is ticked"))
    elif form.is_valid():
        made = attempt(form, lambda: bundles.bundle(benefit=benefit, subjects=ticked, by=viewer, now=now))
        if made is not None:
            messages.success(request, _("The claims are begun. Nothing is sent yet."))
            return redirect("employer_batch", made.pk)
    context = {
        "form": form,
        "narrowed": narrowed,
        "rule": rule,
        "of_workers": of_workers,
        "rows": [(row, str(row.key) in ticked if form.is_bound else _ticks(request, row)) for row in page],
        "page": page,
        "before": _asking(request, page=str(page.number - 1)),
        "after": _asking(request, page=str(page.number + 1)),
        "most": roster.MOST_TICKED,
        "all": _asking(request, tick="all"),
        "none": _asking(request, tick="none"),
    }
    return render(request, "incentives/employer_batch_new.html", context)


def _ticks(request: HttpRequest, row: Tickable) -> bool:
    return request.GET.get("tick") == "all" or str(row.key) in request.GET.getlist("subject")


def _asking(request: HttpRequest, **more: str) -> str:
    asked = request.GET.copy()
    asked.pop("subject", None)
    for name, value in more.items():
        asked[name] = value
    return asked.urlencode()


@for_roles("employer", task=CLAIMS)
def employer_claims(request: HttpRequest) -> HttpResponse:
    """How do our claims stand: batches, and each claim."""
    viewer, today = viewer_of(request), timezone.localdate()
    roster.refuse_others(viewer)
    made = Bundle.objects.filter(organisation_id=viewer.organisation or 0).order_by("-pk")[:BUNDLES]
    context = {
        "bundles": [(row, benefits.title(row.benefit), _progress(viewer, row, today)) for row in made],
        "rows": claims.claims_of(viewer, today),
    }
    return render(request, "incentives/employer_claims.html", context)


@dataclass(frozen=True)
class Progress:
    """How far a batch is: asked and not answered, ready to be sent, sent, and those of which nothing more is ours to see."""

    total: int
    asked: int
    ready: int
    sent: int

    @property
    def gone(self) -> int:
        return self.total - self.asked - self.ready - self.sent

    @property
    def answered(self) -> int:
        return self.total - self.asked


def _progress(viewer: Viewer, row: Bundle, today: date) -> Progress:
    states = list(claims_seen(viewer, today).filter(bundle=row).values_list("state", flat=True))
    asked, ready = states.count("asked"), states.count("draft")
    ended = states.count("withdrawn") + states.count("lapsed")
    return Progress(row.claims.count(), asked, ready, len(states) - asked - ready - ended)


@for_roles("employer", task=CLAIMS)
def employer_batch(request: HttpRequest, bundle_id: int) -> HttpResponse:
    """Who has answered, what is ready, and what has been sent? Sends what is ready, each claim by itself."""
    viewer, now = viewer_of(request), timezone.now()
    roster.refuse_others(viewer)
    today = timezone.localdate(now)
    row = Bundle.objects.filter(pk=bundle_id, organisation_id=viewer.organisation or 0).first()
    if row is None:
        raise no_such_claim()
    own = benefits.kind_of(row.benefit) == "spell"
    giving = request.method == "POST" and request.POST.get("do") == "account"
    form = AccountForm(request.POST if giving else None)
    left: dict[int, str] = {}
    if giving and own and form.is_valid() and attempt(form, lambda: _give(viewer, row, form.cleaned_data)) is not None:
        name = organisation_names([row.organisation_id])[row.organisation_id]
        if is_of_another(form.cleaned_data["holder"], (name.zh, name.en)):
            messages.warning(request, OF_ANOTHER)
        return redirect("employer_batch", row.pk)
    if request.method == "POST" and not giving:
        sent, left = bundles.submit_bundle(bundle_id=row.pk, by=viewer, now=now)
        if sent:
            messages.success(request, ngettext("%(n)s claim was sent.", "%(n)s claims were sent.", sent) % {"n": sent})
        if not left:
            return redirect("employer_batch", row.pk)
    rows = claims.rows_of(viewer, claims_seen(viewer, today).filter(bundle=row).order_by("pk"), today)
    unshown = lack_consent(one.claim for one in rows if one.claim.state == "draft")
    context = {
        "bundle": row,
        "benefit": benefits.title(row.benefit),
        "progress": _progress(viewer, row, today),
        "rows": [(one, left.get(one.claim.pk, "")) for one in rows],
        "own": own,
        "form": form,
        "left": len(left),
        "unshown": unshown,
        "purpose": BY_KEY[EMPLOYER_MAY_KNOW],
        "lacks": own and any(one.claim.state == "draft" and one.claim.account_sealed is None for one in rows),
    }
    return render(request, "incentives/employer_batch.html", context)


def _give(viewer: Viewer, row: Bundle, given: dict[str, str]) -> int:
    """The same account for every claim of the employer's own that is not sent; how many."""
    now, done = timezone.now(), 0
    for key in row.claims.filter(state="draft", payee="organisation").order_by("pk").values_list("pk", flat=True):
        lodging.give_account(claim_id=key, by=viewer, now=now, **given)
        done += 1
    return done
