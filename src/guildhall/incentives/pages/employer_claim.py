"""One claim that an employer lodges: what it says, papers, the account where the money is its own, and sending it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.incentives.engine.defects import DEFECTS
from guildhall.incentives.engine.states import PROPOSED
from guildhall.incentives.engine.subjects import BY_MONTHS
from guildhall.incentives.operations import appeals, lodging
from guildhall.incentives.pages.claiming import OF_ANOTHER, WRITTEN, AccountForm, PaperForm, SaidForm, is_of_another, said_in_words
from guildhall.incentives.pages.following import OBJECTIONS, ObjectionForm, ReasonForm, comes_next, decided, is_closed, may_object
from guildhall.incentives.pages.traces import opened
from guildhall.incentives.queries import benefits, claims
from guildhall.incentives.queries.about import about
from guildhall.incentives.queries.candidates import EMPLOYER_MAY_KNOW
from guildhall.incentives.queries.claims import Full
from guildhall.incentives.queries.instalments import first_open
from guildhall.incentives.queries.neutral import is_for_hire, may_lodge
from guildhall.incentives.queries.standing import no_such_claim
from guildhall.incentives.queries.trace import trace
from guildhall.kernel.errors import NotFound
from guildhall.office.queries.mandates import CLAIMS
from guildhall.registry.engine.purposes import BY_KEY
from guildhall.web.doors import for_roles
from guildhall.web.forms import attempt
from guildhall.web.templatetags.guildhall import text
from guildhall.web.uploads import takes_file, was_too_large
from guildhall.web.viewer import viewer_of

SAY, PAPER, ACCOUNT, SEND = "say", "paper", "account", "send"
APPROVED = gettext_lazy("It is approved and is next put on public notice, with the name of your organisation.")


@for_roles("employer", task=CLAIMS)
@takes_file
def employer_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """What does this claim still need, and how does it stand? Of a worker's own claim no more than how far it is."""
    now = timezone.now()
    full = claims.claim(viewer_of(request), claim_id, timezone.localdate(now), now)
    given = _forms(request, full)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do and _is_open(full, do) and _done(request, full, do, given):
        return redirect("employer_claim", claim_id)
    shown = given.get(do) or forms.Form(request.POST or None)
    return render(request, "incentives/employer_claim.html", _context(full) | {"form": shown, "forms": given})


def _is_open(full: Full, do: str) -> bool:
    """Whether the step can be taken. Raises NotFound where it cannot, as for what does not exist."""
    verbs = {move.verb for move in full.may}
    is_own = full.row.claim.payee == "organisation"
    again = "redirect" in verbs and do == ACCOUNT
    if do == PAPER and _disputes(full):
        return True
    if again or (do in (SAY, PAPER, ACCOUNT, SEND) and verbs.intersection(WRITTEN) and (is_own or do != ACCOUNT)):
        return True
    raise NotFound(_("That cannot be done with this claim now"), next=_("look at how it stands"))


def _disputes(full: Full) -> bool:
    """Whether papers can be added to what was decided of the employer's own claim."""
    return full.row.claim.payee == "organisation" and full.row.claim.state in lodging.DISPUTED and not is_closed(full)


@for_roles("employer", task=CLAIMS)
def employer_object(request: HttpRequest, claim_id: int) -> HttpResponse:
    """What is wrong about the decision on a claim of the employer's own? An objection to a refusal, or to being claimed back."""
    viewer, now = viewer_of(request), timezone.now()
    full = claims.claim(viewer, claim_id, timezone.localdate(now), now)
    if full.row.claim.payee != "organisation" or not {move.verb for move in full.may}.intersection(OBJECTIONS):
        raise no_such_claim()
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"grounds": form.cleaned_data["grounds"], "by": viewer, "now": now}
        if attempt(form, lambda: appeals.appeal(claim_id=claim_id, **given)) is not None:
            messages.success(request, _("Your objection was received."))
            return redirect("employer_claim", claim_id)
    context = {
        "full": full,
        "claim": full.row.claim,
        "row": full.row,
        "about": text(about(full.row.claim)),
        "decided": decided(full),
        "form": form,
        "list": "employer_claims",
        "back": "employer_claim",
    }
    return render(request, "incentives/claim_object.html", context)


@for_roles("employer", task=CLAIMS)
def employer_withdraw(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Shall a claim of the employer's own end? Asks, and ends it."""
    viewer, now = viewer_of(request), timezone.now()
    full = claims.claim(viewer, claim_id, timezone.localdate(now), now)
    if not _may_withdraw(full):
        raise no_such_claim()
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"reason": form.cleaned_data["reason"], "by": viewer, "now": now}
        if attempt(form, lambda: lodging.withdraw(claim_id=claim_id, **given)) is not None:
            messages.success(request, _("The claim is withdrawn."))
            return redirect("employer_claim", claim_id)
    context = {"full": full, "claim": full.row.claim, "row": full.row, "about": text(about(full.row.claim)), "form": form}
    return render(request, "incentives/claim_withdraw.html", context | {"list": "employer_claims", "back": "employer_claim"})


def _may_withdraw(full: Full) -> bool:
    """Whether the claim is the employer's own and not with the bank or at its end."""
    return full.row.claim.payee == "organisation" and any(move.verb == "withdraw" for move in full.may)


class OwnPaperForm(PaperForm):
    """A paper of the employer's own, which may show whom it hired."""

    shows_group = forms.BooleanField(
        label=gettext_lazy("It is our own document that the person is of those the benefit is for"),
        help_text=gettext_lazy("Needed unless the person has agreed to the claim."),
        required=False,
    )


def _forms(request: HttpRequest, full: Full) -> dict[str, Any]:
    do = request.POST.get("do", "") if request.method == "POST" else ""
    asked = (benefits.asked_of_employer if full.row.hides else benefits.asked)(full.row.claim.benefit)
    paper = OwnPaperForm if is_for_hire(full.row.claim) and not _disputes(full) else PaperForm
    return {
        SAY: SaidForm(asked, full.said, request.POST if do == SAY else None),
        PAPER: paper(request.POST if do == PAPER else None, request.FILES if do == PAPER else None),
        ACCOUNT: AccountForm(request.POST if do == ACCOUNT else None, initial={"holder": full.holder, "bank": full.bank}),
        SEND: forms.Form(request.POST if do == SEND else None),
    }


def _done(request: HttpRequest, full: Full, do: str, given: dict[str, Any]) -> bool:
    """Whether the step was taken; what was wrong stands in its form."""
    form = given[do]
    more: dict[str, Any] = {"claim_id": full.row.claim.pk, "by": viewer_of(request), "now": timezone.now()}
    if do == PAPER and was_too_large(request):
        form.is_valid()
        form.errors.pop("file", None)
        form.add_error("file", _("the file is too large"))
    if not form.is_valid():
        return False
    taken: object
    if do == SAY:
        taken = attempt(form, lambda: lodging.say(said=form.said(), **more))
    elif do == PAPER:
        file: UploadedFile[Any] = form.cleaned_data["file"]
        taken = attempt(
            form,
            lambda: lodging.add_paper(
                title=form.cleaned_data["title"],
                content=file.read(),
                name=file.name or "",
                shows_group=form.cleaned_data.get("shows_group", False),
                **more,
            ),
        )
    elif do == ACCOUNT:
        taken = attempt(form, lambda: lodging.give_account(**form.cleaned_data, **more))
        if taken is not None and is_of_another(full, form.cleaned_data["holder"]):
            messages.warning(request, OF_ANOTHER)
    else:
        taken = attempt(form, lambda: lodging.submit(**more))
    if taken is not None:
        messages.success(request, _("The claim is sent.") if do == SEND else _("It is kept."))
    return taken is not None


def _context(full: Full) -> dict[str, Any]:
    claim, verbs = full.row.claim, {move.verb for move in full.may}
    is_own = claim.payee == "organisation"
    writing = bool(verbs.intersection(WRITTEN))
    state = "accepted" if full.row.about_hire and claim.state in PROPOSED else claim.state
    return {
        "full": full,
        "claim": claim,
        **comes_next(full, state),
        **({"next": APPROVED} if state == "approved" else {}),
        "objecting": is_own and may_object(full),
        "disputing": _disputes(full),
        "begins_with": first_open(claim.benefit, claim.subject) if writing and claim.benefit in BY_MONTHS else 0,
        "checked": opened(trace(full.checks[0].check)) if full.checks else None,
        "purpose": BY_KEY[EMPLOYER_MAY_KNOW],
        "about": text(about(claim)) if is_own else "",
        "own": is_own,
        "lacks_consent": writing and is_own and not may_lodge(claim),
        "writing": writing,
        "accounting": is_own and (writing or "redirect" in verbs),
        "withdrawing": _may_withdraw(full),
        "has_account": claim.account_sealed is not None,
        "said": said_in_words(full),
        "defects": [(DEFECTS.get(code, DEFECTS["other"]), note) for code, note in full.defects] if claim.state == "returned" else [],
    }
