"""A worker follows claims: how each stands and what comes next; withdrawing, objecting, and answering an employer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guildhall.incentives.engine.defects import DEFECTS
from guildhall.incentives.engine.states import ENDED
from guildhall.incentives.operations import appeals, bundles, lodging, looking
from guildhall.incentives.operations.moving import LONGEST_REASON
from guildhall.incentives.pages.claiming import said_in_words
from guildhall.incentives.pages.codes import language
from guildhall.incentives.pages.in_words import Teller
from guildhall.incentives.pages.traces import opened
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries import claims as queries
from guildhall.incentives.queries.about import about
from guildhall.incentives.queries.answers import before_sending, claimed_by_employers
from guildhall.incentives.queries.claims import Full, Judged, Row
from guildhall.incentives.queries.objections import objectable
from guildhall.incentives.queries.standing import CONSENT, no_such_claim
from guildhall.incentives.queries.terms import term_of
from guildhall.incentives.queries.trace import trace
from guildhall.kernel.money import Fen, format_yuan
from guildhall.office.queries.mandates import CLAIMS
from guildhall.registry.engine.purposes import BY_KEY
from guildhall.web.doors import for_roles, of_the_person
from guildhall.web.forms import attempt
from guildhall.web.templatetags.guildhall import text
from guildhall.web.viewer import viewer_of

YOURS = ("asked", "draft", "returned", "failed")
"""States in which it is the claimant who has something to do."""
OBJECTIONS = ("appeal", "appeal_recall")
NEXT: Mapping[str, Any] = {
    "asked": gettext_lazy("Your employer would lodge this claim for you. Nothing happens before you answer."),
    "draft": gettext_lazy("The claim is not sent yet. Go on where you left it."),
    "lodged": gettext_lazy("The office takes it up, or tells you once all that is missing."),
    "returned": gettext_lazy("Something is missing. Complete it and send it again; after the day it ends, and you may claim anew."),
    "accepted": gettext_lazy("An officer reviews it and decides."),
    "proposed": gettext_lazy("A first officer would pay it; a second one looks at it."),
    "refusing": gettext_lazy("A first officer would refuse it; a second one looks at it."),
    "approved": gettext_lazy("It is approved and is next put on public notice, with most of your name hidden."),
    "noticed": gettext_lazy("It is on public notice. Where nobody objects, it is paid after that."),
    "batched": gettext_lazy("The bank has the order to pay."),
    "paid": gettext_lazy("The bank has paid it. There is nothing left to do."),
    "failed": gettext_lazy("The bank sent the money back. Give another account, and it is paid anew."),
    "refused": gettext_lazy("It was refused. If you think that is wrong, object: somebody who took no part decides anew."),
    "appealed": gettext_lazy("An officer who took no part looks at your objection and decides."),
    "withdrawn": gettext_lazy("You withdrew it. You may claim anew."),
    "lapsed": gettext_lazy("It was not completed in time and has ended. You may claim anew."),
    "recalling": gettext_lazy("An officer would claim the money back; a second one decides. You are told."),
    "recalled": gettext_lazy("The money is claimed back. Pay it back, or object."),
    "recall_appealed": gettext_lazy("You objected to the claim back. Somebody who took no part decides."),
    "repaid": gettext_lazy("The money was paid back. There is nothing left to do."),
}
"""What happens next, told to the claimant."""
CLOSED = gettext_lazy("Your objection was dismissed: here the decision stands. What remains is said beside the decision.")


class ReasonForm(forms.Form):
    """Why a claim is withdrawn."""

    reason = forms.CharField(
        label=gettext_lazy("Why? (may be left out)"),
        help_text=gettext_lazy("Write no numbers and no names."),
        max_length=LONGEST_REASON,
        required=False,
    )


class ObjectionForm(forms.Form):
    """Why a decision is wrong."""

    grounds = forms.CharField(
        label=gettext_lazy("What is wrong about the decision?"),
        help_text=gettext_lazy("In your own words. Papers can be added before and after."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 5}),
    )


@of_the_person(task=CLAIMS)
def claims(request: HttpRequest) -> HttpResponse:
    """My claims: how each stands, what comes next and by when."""
    viewer, today = viewer_of(request), timezone.localdate()
    rows = queries.claims_of(viewer, today)
    listed = [(row, text(about(row.claim)), NEXT[row.claim.state]) for row in rows]
    mine = sum(row.claim.state in YOURS for row in rows)
    until = objectable([row.claim for row in rows], today)
    context = {
        "open": [each for each in listed if each[0].claim.state not in (*ENDED, "paid")],
        "ended": [each for each in listed if each[0].claim.state in (*ENDED, "paid")],
        "until": until,
        "title": _title(rows, mine, until),
        "yours": YOURS,
        "employers": claimed_by_employers(viewer),
    }
    return render(request, "incentives/claims.html", context)


def _title(rows: list[Row], mine: int, until: Mapping[int, date]) -> str:
    if mine:
        return ngettext("%(n)s claim waits for you", "%(n)s claims wait for you", mine) % {"n": mine}
    running = sum(row.claim.state not in (*ENDED, "paid") for row in rows)
    if running:
        return ngettext("%(n)s claim is on its way", "%(n)s claims are on their way", running) % {"n": running}
    if until:
        one, more = _("A decision can be objected to until %(day)s"), _("%(n)s decisions can be objected to, the first until %(day)s")
        said = one if len(until) == 1 else more
        return said % {"n": len(until), "day": min(until.values())}
    return _("No claim is on its way")


@of_the_person(task=CLAIMS)
def claim_mine(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim: how it stands, what comes next and by when, what was decided and why, and all that is in it."""
    full = _full(request, claim_id)
    return render(request, "incentives/claim_mine.html", _context(full))


@of_the_person(task=CLAIMS)
def claim_withdraw(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Asks whether the claim shall end, and ends it."""
    full = _full(request, claim_id, "withdraw")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"reason": form.cleaned_data["reason"], "by": viewer_of(request), "now": timezone.now()}
        if attempt(form, lambda: lodging.withdraw(claim_id=claim_id, **given)) is not None:
            messages.success(request, _("The claim is withdrawn."))
            return redirect("claims")
    return render(request, "incentives/claim_withdraw.html", _context(full) | {"form": form, "list": "claims", "back": "claim_mine"})


@of_the_person(task=CLAIMS)
def claim_object(request: HttpRequest, claim_id: int) -> HttpResponse:
    """What is wrong about the decision? An objection to a refusal, or to being claimed back."""
    full = _full(request, claim_id, *OBJECTIONS)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"grounds": form.cleaned_data["grounds"], "by": viewer_of(request), "now": timezone.now()}
        if attempt(form, lambda: appeals.appeal(claim_id=claim_id, **given)) is not None:
            messages.success(request, _("Your objection was received."))
            return redirect("claim_mine", claim_id)
    return render(request, "incentives/claim_object.html", _context(full) | {"form": form, "list": "claims", "back": "claim_mine"})


@for_roles("worker", task=CLAIMS)
def claim_agree(request: HttpRequest, claim_id: int) -> HttpResponse:
    """May your employer lodge this claim for you? For the person alone: nobody agrees for somebody else."""
    full = _full(request, claim_id, "agree")
    viewer, now = viewer_of(request), timezone.now()
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and request.POST.get("said") == "no":
        if attempt(form, lambda: bundles.decline(claim_id=claim_id, by=viewer, now=now)) is not None:
            messages.success(request, _("You declined. Your employer is not told why, and you may claim yourself."))
            return redirect("claims")
    elif form.is_valid():
        wording = request.POST.get("wording", "")
        if attempt(form, lambda: bundles.agree(claim_id=claim_id, wording=wording, by=viewer, now=now)) is not None:
            messages.success(request, _("You agreed. Either of you can now complete and send the claim."))
            return redirect("claim_mine", claim_id)
    told = Teller(before_sending(viewer, claim_id, timezone.localdate(now)))
    return render(request, "incentives/claim_agree.html", _context(full) | {"form": form, "purpose": BY_KEY[CONSENT], "told": told})


def _full(request: HttpRequest, claim_id: int, *verbs: str) -> Full:
    """A claim of the viewer's own, as far as one of the steps can be taken. Raises NotFound."""
    found = looking.look(claim_id=claim_id, by=viewer_of(request), now=timezone.now())
    if found.row.claim.payee != "worker" or (verbs and not {move.verb for move in found.may}.intersection(verbs)):
        raise no_such_claim()
    return found


def decided(full: Full) -> Judged | None:
    """The last decision that stands."""
    final = [judged for judged in full.verdicts if judged.verdict.state == "final"]
    return final[-1] if final else None


def is_closed(full: Full) -> bool:
    """Whether a claim was refused and the objection to that dismissed: here nothing more can be done about it."""
    last = decided(full)
    return bool(full.row.claim.state == "refused" and last and last.appeal)


def may_object(full: Full) -> bool:
    """Whether the viewer can object to the last decision: each can be objected to once."""
    last = decided(full)
    return bool({move.verb for move in full.may}.intersection(OBJECTIONS)) and not (last and last.appeal)


def comes_next(full: Full, state: str) -> dict[str, Any]:
    """What comes next and by when, in the words for the claimant; `state` is the one that the viewer is told of."""
    if is_closed(full):
        return {"next": CLOSED, "row": replace(full.row, due_on=None), "term": None}
    return {"next": NEXT[state], "row": full.row, "term": term_of(state, full.row.claim.since)}


def _context(full: Full) -> dict[str, Any]:
    claim = full.row.claim
    return {
        **comes_next(full, claim.state),
        "full": full,
        "claim": claim,
        "about": text(about(claim)),
        "may": {move.verb for move in full.may},
        "objecting": may_object(full),
        "disputing": claim.state in lodging.DISPUTED and not is_closed(full),
        "said": said_in_words(full),
        "defects": [(DEFECTS.get(code, DEFECTS["other"]), note) for code, note in full.defects],
        "decided": decided(full),
        "verdicts": full.verdicts,
        "checked": opened(trace(full.checks[0].check)) if full.checks else None,
        "first": "claim_said" if benefits.asked(claim.benefit) else "claim_papers",
        "amount": format_yuan(Fen(claim.amount_fen), language()) if claim.amount_fen is not None else "",
    }
