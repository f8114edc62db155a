"""Pages of the review: the queue by deadline, one claim with the trace beside the evidence, and an account in clear with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from guildhall.incentives.engine.defects import DEFECTS
from guildhall.incentives.engine.states import APPEALS, FOUR_EYES, OPEN, STATES
from guildhall.incentives.models import Check, Claim
from guildhall.incentives.operations import looking, review
from guildhall.incentives.operations.checking import UNDECIDED
from guildhall.incentives.pages.decisions import ACTIONS, AnswerForm, RecallForm, RefuseForm, StepForm, UntrueForm
from guildhall.incentives.pages.traces import Opened, opened
from guildhall.incentives.queries import benefits, neutral
from guildhall.incentives.queries import claims as queries
from guildhall.incentives.queries.about import about
from guildhall.incentives.queries.claims import Full, Queue
from guildhall.incentives.queries.holdings import OUTCOME, WHAT
from guildhall.incentives.queries.sealed import account_of
from guildhall.incentives.queries.standing import claim_seen, claims_seen, is_party, no_such_claim
from guildhall.incentives.queries.terms import last_day, remedies, term_of, until
from guildhall.incentives.queries.trace import trace
from guildhall.office.engine.notices import Fact, filled
from guildhall.registry.operations.people import LONGEST_NOTE, REASONS
from guildhall.registry.queries import looks
from guildhall.registry.queries.merged import leader
from guildhall.registry.queries.scope import people
from guildhall.rules import sentences
from guildhall.web.doors import for_roles, no_such_page
from guildhall.web.forms import attempt
from guildhall.web.templatetags.guildhall import text, yuan
from guildhall.web.viewer import Viewer, viewer_of

PAGE = 50
REVIEWERS = ("claims_officer", "auditor")
TONES = {
    "refused": "stop", "recalled": "stop", "failed": "stop", "lapsed": "stop",
    "paid": "ok", "approved": "ok", "noticed": "ok", "batched": "ok", "accepted": "river",
    "proposed": "wait", "refusing": "wait", "returned": "wait", "appealed": "wait", "recalling": "wait", "recall_appealed": "wait",
}  # fmt: skip
"""How a state is coloured; its words say it as well."""
QUESTIONS: dict[str, Any] = {
    "lodged": gettext_lazy("%(what)s for %(who)s: is the claim complete?"),
    "accepted": gettext_lazy("%(what)s for %(who)s: does it hold?"),
    "proposed": gettext_lazy("%(what)s for %(who)s: does a second officer agree?"),
    "refusing": gettext_lazy("%(what)s for %(who)s: does a second officer refuse it too?"),
    "approved": gettext_lazy("%(what)s for %(who)s: to be put on public notice"),
    "appealed": gettext_lazy("%(what)s for %(who)s: does the objection hold?"),
    "recall_appealed": gettext_lazy("%(what)s for %(who)s: does the objection hold?"),
    "recalling": gettext_lazy("%(what)s for %(who)s: is it to be claimed back?"),
    "late": gettext_lazy("%(what)s for %(who)s: it was not completed in time, shall it end?"),
}
HOW = gettext_lazy("%(what)s for %(who)s: how does it stand?")
WORDS: dict[str, Any] = {
    "first": gettext_lazy("To review"),
    "second": gettext_lazy("As second officer"),
    "appeals": gettext_lazy("Objections"),
}


@for_roles(*REVIEWERS)
def claims_queue(request: HttpRequest) -> HttpResponse:
    """Which claims wait, by legal deadline: to review, to confirm as the second officer, and objections, each apart."""
    asked = {name: request.GET.get(name, "") for name in ("work", "state", "benefit")}
    return _listed(request, asked["work"] if asked["work"] in queries.WORKS else "first", asked["state"], asked["benefit"])


@for_roles(*REVIEWERS)
def appeals(request: HttpRequest) -> HttpResponse:
    """Which objections wait for an officer who took no part?"""
    return _listed(request, "appeals", "", request.GET.get("benefit", ""))


def _listed(request: HttpRequest, work: str, state: str, benefit: str) -> HttpResponse:
    viewer, today = viewer_of(request), timezone.localdate()
    state = state if state in STATES else ""
    found = queries.queue(viewer, today, work=work, state=state, benefit=benefit, after=request.GET.get("after", ""), size=PAGE)
    kept = {"work": work, "state": state, "benefit": benefit}
    context = {
        "found": found,
        "title": _queue_title(found, work, state),
        "work": work,
        "state": state,
        "benefit": benefit,
        "works": [(key, words, found.works[key]) for key, words in WORDS.items()],
        "states": {code: word for code, word in STATES.items() if code not in ("asked", "draft")},
        "benefits": [(name, benefits.title(name)) for name, rule in benefits.rulebook().items() if rule.channel in ("claim", "automatic")],
        "tones": TONES,
        "next": urlencode({**{name: value for name, value in kept.items() if value}, "after": found.next}) if found.next else "",
        "reads": viewer.role == "auditor",
    }
    return render(request, "incentives/claims_queue.html", context)


def _queue_title(found: Queue, work: str, state: str) -> str:
    if state:
        return _("Which claims are %(state)s?") % {"state": text(STATES[state])}
    if found.overdue:
        one = ngettext("Decide on one claim first: it is overdue", "Decide on %(n)s claims first: they are overdue", found.overdue)
        return one % {"n": found.overdue}
    if not found.waiting:
        return _("No claim waits for you here")
    of_work = {
        "first": ngettext("One claim waits for review", "%(n)s claims wait for review", found.waiting),
        "second": ngettext("One claim waits for a second officer", "%(n)s claims wait for a second officer", found.waiting),
        "appeals": ngettext("One objection waits for an answer", "%(n)s objections wait for an answer", found.waiting),
    }
    return of_work[work] % {"n": found.waiting}


@for_roles(*REVIEWERS)
def claim_review(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim: who, what for, what the rule says beside the evidence, what happened so far; and what is to be done with it."""
    viewer, now = viewer_of(request), timezone.now()
    if request.method == "POST" and viewer.role != "claims_officer":
        raise no_such_page()
    found = looking.look(claim_id=claim_id, by=viewer, now=now)
    sent = request.POST.get("action", "")
    made_again = trace(found.checks[0].check) if found.checks else None
    shown = opened(made_again) if made_again else None
    every = _forms(request, found, shown, sent)
    if request.method == "POST":
        if sent not in every:
            raise no_such_claim()
        form = every[sent]
        if form.is_valid() and "preview" not in request.POST and (done := attempt(form, partial(_taken, sent, form, claim_id, viewer))):
            messages.success(request, _done(sent, done))
            return redirect("claim_review", claim_id=claim_id)
    context = _context(viewer, found, every, sent) | {"shown": shown, "standing": made_again.standing if made_again else ""}
    return render(request, "incentives/claim_review.html", context)


def _taken(sent: str, form: StepForm, claim_id: int, viewer: Viewer) -> Any:
    return ACTIONS[sent].work(form, claim_id=claim_id, by=viewer, now=timezone.now())


def _done(sent: str, done: Any) -> str:
    if sent == "approve" and done.state == "proposed":
        return _("The approval is proposed: a second officer has to confirm it.")
    if sent == "refuse" and done.state == "proposed":
        return _("The refusal is proposed: a second officer has to confirm it.")
    return str(ACTIONS[sent].done)


def _forms(request: HttpRequest, found: Full, shown: Opened | None, sent: str) -> dict[str, StepForm]:
    """The forms of what the viewer may do now; the one that was sent holds what was written."""
    verbs, claim = {move.verb for move in found.may}, found.row.claim
    offered = [name for name, action in ACTIONS.items() if verbs.intersection(action.steps)]
    if verbs and claim.state in UNDECIDED and claim.state not in ("returned", "refused"):
        offered.append("check")
    if claim.state == "lodged":
        offered = [name for name in offered if name != ("return" if found.defects else "refuse")]
    latest = found.checks[0].check if found.checks else None
    every = {}
    for name in offered:
        prefix = "appeal" if name in ("uphold", "dismiss") else name
        given: dict[str, Any] = {"prefix": prefix, "data": request.POST if name == sent else None}
        if name == "approve":
            given["check"] = latest
        elif name == "refuse":
            given["initial"] = _prefilled(claim, latest, shown)
        if issubclass(ACTIONS[name].form, UntrueForm):
            given["said"] = [(key, text(benefits.stated(claim.benefit, key, value))) for key, value in found.said.items()]
        every[name] = ACTIONS[name].form(**given)
    if neutral.is_for_hire(claim):
        _on_file_only(every.values())
    return every


def _on_file_only(forms: Iterable[StepForm]) -> None:
    """Of a claim for a hire, what officers write is for the file: the employer is told neither why nor what was answered."""
    for form in forms:
        for name in ("reason", "answer"):
            if name in form.fields and isinstance(form, (RefuseForm, RecallForm, AnswerForm)):
                form.fields[name].help_text = _("For the file: say what you looked at. The employer is not told what concerns the person.")


def _prefilled(claim: Claim, latest: Check | None, shown: Opened | None) -> dict[str, str]:
    """What the letter of a refusal would say by the rule: the conditions that do not hold, and the documents they rest on."""
    failed = shown.failed if shown else ()
    reason = _("These conditions do not hold: %(conditions)s") % {"conditions": _("; ").join(failed)} if failed else ""
    if latest and latest.outcome == "entitled":  # what it rests on against the rule is for the officer to name
        return {"reason": "", "basis": ""}
    return {"reason": reason, "basis": "\n".join(review.basis_of(claim, latest))}


def _context(viewer: Viewer, found: Full, every: dict[str, StepForm], sent: str) -> dict[str, Any]:
    claim, today = found.row.claim, timezone.localdate()
    hinted = {key for hint in found.hints for key in hint.claims}
    seen = claims_seen(viewer, today)
    question = QUESTIONS.get("late" if found.row.may_be_ended else claim.state, HOW)
    person = leader(claim.worker_id) if claim.worker_id is not None and viewer.role == "claims_officer" else None
    return {
        "found": found,
        "claim": claim,
        "title": str(question) % {"what": text(found.row.title), "who": _who(found)},
        "about": about(claim),
        "latest": found.checks[0].check if found.checks else None,
        "forms": every,
        "form": every.get(sent),
        "sent": sent,
        "outcomes": OUTCOME,
        "kinds": WHAT,
        "defects": DEFECTS,
        "letter": _letter(claim, every.get("refuse"), today),
        "second_from": yuan(settings.CLAIM_SECOND_FEN),
        "notice_days": settings.CLAIM_NOTICE_DAYS,
        "tone": TONES.get(claim.state, ""),
        "open": claim.state in OPEN,
        "stands_back": _stands_back(viewer, found),
        "hinted": set(seen.filter(pk__in=hinted).values_list("pk", flat=True)) if hinted else set(),
        "person": person if person and people(viewer, today).filter(pk=person).exists() else None,
        "reads": viewer.role == "auditor",
        "term": term_of(claim.state, claim.since),
        "said": _said(found),
        "reveals": viewer.role == "claims_officer" and bool(found.account),
    }


def _who(found: Full) -> str:
    """Whose money it is."""
    payee = found.row.claim.payee
    return text(found.row.employer) if payee == "organisation" and found.row.employer else found.row.who


def _said(found: Full) -> list[tuple[str, str]]:
    """What the claim says, under the names of the rule's inputs."""
    rule, language = benefits.rulebook().get(found.row.claim.benefit), get_language() or "zh-hans"
    if rule is None:
        return [(name, str(value)) for name, value in found.said.items()]
    told = ((name, value, rule.inputs[name].unit if name in rule.inputs else "") for name, value in found.said.items())
    return [(sentences.name_of(rule, name, language, {}), sentences.said(value, unit, language)) for name, value, unit in told]


def _stands_back(viewer: Viewer, found: Full) -> str:
    """Why the officer has nothing to do here although something waits; empty otherwise."""
    claim = found.row.claim
    if viewer.role != "claims_officer" or claim.state not in OPEN:
        return ""
    if is_party(viewer, claim):
        return _("A colleague decides: you lodged this claim, or it concerns you.")
    verbs = {move.verb for move in found.may}
    if claim.state in queries.WORKS["second"] and not verbs.intersection(FOUR_EYES):
        return _("You decided first. A second officer has to look at it; the same account never does both.")
    if claim.state in queries.WORKS["appeals"] and not verbs.intersection(APPEALS):
        return _("You took part before. An officer who took no part decides on the objection.")
    return ""


def _letter(claim: Claim, form: Any, today: Any) -> dict[str, Any] | None:
    """The letter of a refusal as it is sent, with what the form says so far; an employer's, of a hire, says nothing of the person."""
    if not isinstance(form, RefuseForm):
        return None
    due = last_day("refused", today)
    assert due is not None
    said = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
    basis = [line.strip() for line in str(said.get("basis", "")).splitlines() if line.strip()]
    facts: dict[str, Fact] = {
        "number": claim.pk, "benefit": benefits.title(claim.benefit), "reason": str(said.get("reason", "")).strip() or "…",
        "basis": "；".join(basis) or "…", "until": until("refused", today), "body": remedies(today),
    }  # fmt: skip
    message = filled("claim_refused", neutral.told(claim, "claim_refused", facts), get_language() or "zh-hans")
    term = term_of("refused", today)
    return {"message": message, "provisional": due.provisional, "term": term, "neutral": neutral.is_for_hire(claim)}


class AccountForm(forms.Form):
    """Why the number is needed."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why do you need it?"),
        choices=lambda: [(code, text(looks.REASONS[code])) for code in REASONS],
        widget=forms.RadioSelect,
        initial="claim",
    )
    note = forms.CharField(
        label=gettext_lazy("A note (may be left out)"),
        help_text=gettext_lazy("Such as the number of a file. Write no numbers of people."),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


@for_roles("claims_officer")
def account_shown(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Asks why the number of the account is needed, then shows it once; the person is told."""
    viewer, now = viewer_of(request), timezone.now()
    claim = claim_seen(viewer, claim_id, timezone.localdate(now))
    if account_of(claim) is None:
        raise no_such_claim()
    form = AccountForm(request.POST or None)
    value: Any = ""
    if form.is_valid():
        value = attempt(form, partial(looking.reveal_account, claim_id=claim_id, by=viewer, now=now, **form.cleaned_data)) or ""
    context = {"claim": claim, "form": form, "value": value, "back": reverse("claim_review", args=[claim_id])}
    return render(request, "incentives/account_shown.html", context)
