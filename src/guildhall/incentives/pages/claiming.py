"""A worker claims a benefit: what the claim must say, papers, the account, a look at it before sending; one thing to a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.incentives.engine import defects
from guildhall.incentives.engine.codes import CODES
from guildhall.incentives.engine.defects import DEFECTS, normal_account
from guildhall.incentives.operations import lodging
from guildhall.incentives.pages.codes import language
from guildhall.incentives.pages.in_words import Teller
from guildhall.incentives.queries import benefits, claims
from guildhall.incentives.queries.about import about
from guildhall.incentives.queries.answers import before_sending, standing_claim
from guildhall.incentives.queries.claims import Full
from guildhall.incentives.queries.sealed import Said
from guildhall.incentives.queries.standing import no_such_claim
from guildhall.kernel.errors import AlreadyDone
from guildhall.kernel.money import Fen, NotMoney, parse_yuan, plain_yuan
from guildhall.kernel.tables import Text
from guildhall.office.queries.mandates import CLAIMS
from guildhall.rules import sentences
from guildhall.rules.inputs import Input
from guildhall.web.doors import of_the_person
from guildhall.web.forms import DayField, attempt
from guildhall.web.templatetags.guildhall import text
from guildhall.web.uploads import takes_file, was_too_large
from guildhall.web.viewer import viewer_of

OF_ANOTHER = gettext_lazy("The account is held in another name than the claimant's. The office will ask about it: is that right?")
YES, NO = "yes", "no"
WRITTEN = ("submit", "mend")
"""Steps that whoever may write in a claim may take."""
UNITS: Mapping[str, Any] = {
    "fen": gettext_lazy("in yuan, such as 1,234.50"),
    "months": gettext_lazy("in months"),
    "days": gettext_lazy("in days"),
    "persons": gettext_lazy("how many people"),
    "basis points": gettext_lazy("in hundredths of a percent: 4.35 % is 435"),
}


class YuanField(forms.CharField):
    """An amount in yuan, as people write it; the value is in fen."""

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            amount = parse_yuan(typed)
        except NotMoney:
            raise forms.ValidationError(_("write digits with at most two decimals, such as 1,234.50")) from None
        if amount < 0 or amount > benefits.LARGEST:
            raise forms.ValidationError(_("such an amount cannot be claimed"))
        return int(amount)


class SaidForm(forms.Form):
    """What a claim may say: one question for each input that the rule takes from the claim. What is left open is not said."""

    def __init__(self, asked: tuple[Input, ...], said: Mapping[str, Said], data: Any = None) -> None:
        super().__init__(data, initial={given.name: _initial(given, said.get(given.name)) for given in asked})
        self.asked = asked
        self.fields.update({given.name: _field(given) for given in asked})

    def said(self) -> dict[str, Said]:
        """The answers, None for what was left open."""
        return {given.name: _value(given, self.cleaned_data[given.name]) for given in self.asked}


def _initial(given: Input, value: Said) -> object:
    if isinstance(value, bool):
        return YES if value else NO
    if given.unit == "fen" and isinstance(value, int):
        return plain_yuan(Fen(value))
    return value


def _field(given: Input) -> forms.Field:
    parts = text(given.doc).replace("；", ";").partition(";")
    named: dict[str, Any] = {"label": parts[0].strip().capitalize(), "help_text": parts[2].strip(), "required": False}
    if given.type == "flag":
        choices = [(YES, sentences.said(True, "", language())), (NO, sentences.said(False, "", language())), ("", _("left open"))]
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **named)
    if given.type == "date":
        return DayField(**named)
    if given.type == "word":
        words = CODES.get(given.name, {})
        choices = [(value, text(words.get(value, Text(value, value)))) for value in given.values]
        return forms.ChoiceField(choices=[("", _("left open")), *choices], **named)
    named["help_text"] = "; ".join(str(part) for part in (named["help_text"], UNITS.get(given.unit, "")) if part)
    if given.unit == "fen":
        return YuanField(widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}), **named)
    return forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.TextInput({"inputmode": "numeric"}), **named)


def _value(given: Input, cleaned: Any) -> Said:
    if given.type == "flag":
        return {YES: True, NO: False}.get(cleaned)
    value: Said = cleaned if cleaned != "" else None
    return value


class PaperForm(forms.Form):
    """A paper that shows what the claim says."""

    title = forms.CharField(label=gettext_lazy("What does it show?"), help_text=gettext_lazy("such as: labour contract"), max_length=80)
    file = forms.FileField(
        label=gettext_lazy("The file"),
        help_text=gettext_lazy("A photo (JPEG or PNG) or a PDF."),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,application/pdf"}),
        error_messages={"required": gettext_lazy("choose a file"), "empty": gettext_lazy("the file is empty")},
    )


class AccountForm(forms.Form):
    """The bank account into which the money goes."""

    number = forms.CharField(
        label=gettext_lazy("Number of the account or card"),
        help_text=gettext_lazy("8 to 32 digits; spaces do not matter. It is kept sealed, and shown masked."),
        max_length=60,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )
    holder = forms.CharField(
        label=gettext_lazy("In whose name is it?"),
        help_text=gettext_lazy("It must be the claimant's own name."),
        max_length=lodging.LONGEST_HOLDER,
    )
    bank = forms.CharField(label=gettext_lazy("Which bank?"), help_text=gettext_lazy("with its branch"), max_length=lodging.LONGEST_BANK)

    def clean_number(self) -> str:
        """The digits as they were typed, of which there are enough."""
        typed: str = self.cleaned_data["number"]
        if not normal_account(typed):
            raise forms.ValidationError(_("this is no account number: it has 8 to 32 digits"))
        return typed

    def clean_bank(self) -> str:
        """The name of a bank, which has two characters at least."""
        typed: str = self.cleaned_data["bank"]
        if len(typed.strip()) < 2:
            raise forms.ValidationError(_("write the name of the bank, as it stands on the card or the passbook"))
        return typed


@of_the_person(task=CLAIMS)
def claim_begin(request: HttpRequest) -> HttpResponse:
    """Begins a claim and goes to its first page; where one stands already, to that."""
    viewer, now = viewer_of(request), timezone.now()
    benefit, subject = request.POST.get("benefit", ""), request.POST.get("subject", "")
    try:
        claim = lodging.begin(benefit=benefit, subject=subject, by=viewer, now=now)
    except AlreadyDone:
        standing = standing_claim(viewer, benefit, subject, timezone.localdate(now))
        if standing is None:
            raise
        messages.info(request, _("This is claimed already: here is the claim."))
        return redirect("claim_mine", standing.pk)
    return redirect("claim_said" if benefits.asked(claim.benefit) else "claim_papers", claim.pk)


@of_the_person(task=CLAIMS)
def claim_said(request: HttpRequest, claim_id: int) -> HttpResponse:
    """What must the claim say? What the rule needs to know first, and what else it may be told."""
    viewer, now = viewer_of(request), timezone.now()
    full = _writable(request, claim_id)
    benefit, asked = full.row.claim.benefit, benefits.asked(full.row.claim.benefit)
    form = SaidForm(asked, full.said, request.POST or None)
    if request.method == "POST" and form.is_valid():
        written = attempt(form, lambda: lodging.say(claim_id=claim_id, said=form.said(), by=viewer, now=now))
        if written is not None:
            opened = _needed(request, claim_id) - {name for name, value in form.said().items() if value is not None}
            if "save" not in request.POST or not opened:
                return redirect("claim_papers", claim_id)
            return redirect("claim_said", claim_id)
    needed = _needed(request, claim_id) | {*full.said, *(name for name in form.errors if name in form.fields)}
    context = _context(full, "said") | {
        "form": form,
        "needed": [form[given.name] for given in asked if given.name in needed],
        "further": [form[given.name] for given in asked if given.name not in needed],
        "benefit_name": benefit,
    }
    return render(request, "incentives/claim_said.html", context)


@of_the_person(task=CLAIMS)
@takes_file
def claim_papers(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Which papers show it? Those that are there, and one more."""
    viewer, now = viewer_of(request), timezone.now()
    full = _full(request, claim_id)
    if not _may_bring(full):
        raise no_such_claim()
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and was_too_large(request):
        form.is_valid()
        form.errors.pop("file", None)
        form.add_error("file", _("the file is too large"))
    elif request.method == "POST" and form.is_valid():
        file: UploadedFile[Any] = form.cleaned_data["file"]
        given = {"title": form.cleaned_data["title"], "content": file.read(), "name": file.name or ""}
        if attempt(form, lambda: lodging.add_paper(claim_id=claim_id, by=viewer, now=now, **given)) is not None:
            messages.success(request, _("The paper is with the claim."))
            return redirect("claim_papers", claim_id)
    context = _context(full, "papers") | {"form": form, "own": viewer.name, "writing": _may_write(full)}
    return render(request, "incentives/claim_papers.html", context)


@of_the_person(task=CLAIMS)
def claim_account(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Into which account does the money go? Also where the bank sent it back."""
    viewer, now = viewer_of(request), timezone.now()
    full = _full(request, claim_id)
    again = any(move.verb == "redirect" for move in full.may)
    if not again and not _may_write(full):
        raise no_such_claim()
    form = AccountForm(request.POST or None, initial={"holder": full.holder, "bank": full.bank})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if attempt(form, lambda: lodging.give_account(claim_id=claim_id, by=viewer, now=now, **given)) is not None:
            if is_of_another(full, given["holder"]):
                messages.warning(request, OF_ANOTHER)
            if again:
                messages.success(request, _("Thank you. It is paid anew into that account."))
            return redirect("claim_mine" if again else "claim_check", claim_id)
    return render(request, "incentives/claim_account.html", _context(full, "account") | {"form": form, "again": again})


@of_the_person(task=CLAIMS)
def claim_check(request: HttpRequest, claim_id: int) -> HttpResponse:
    """What is sent, and what will the automatic check say? Sending is open whatever that is."""
    viewer, now = viewer_of(request), timezone.now()
    full = _writable(request, claim_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt(form, lambda: lodging.submit(claim_id=claim_id, by=viewer, now=now)) is not None:
        messages.success(request, _("The claim is sent."))
        return redirect("claim_mine", claim_id)
    told = Teller(before_sending(viewer, claim_id, timezone.localdate(now)))
    context = _context(full, "check") | {"form": form, "told": told, "said": said_in_words(full), "mending": _mends(full)}
    context["of_another"] = OF_ANOTHER if is_of_another(full, full.holder) else ""
    return render(request, "incentives/claim_check.html", context)


def is_of_another(full: Full, holder: str) -> bool:
    """Whether an account is held in another name than that of whoever is paid."""
    row = full.row
    employer = (row.employer.zh, row.employer.en) if row.employer else ()
    return defects.is_of_another(holder, [row.who] if row.claim.payee == "worker" else employer)


def said_in_words(full: Full) -> list[tuple[str, str]]:
    """What a claim says, question by question, in the reader's language; what was left open is left out."""
    found = []
    for given in benefits.asked(full.row.claim.benefit):
        value = full.said.get(given.name)
        if value is not None:
            found.append((text(given.doc).replace("；", ";").partition(";")[0], _worded(given, value)))
    return found


def _worded(given: Input, value: Said) -> str:
    if isinstance(value, str):
        return text(CODES.get(given.name, {}).get(value, Text(value, value)))
    return sentences.said(value, given.unit, language())


def _needed(request: HttpRequest, claim_id: int) -> set[str]:
    """The inputs that the rule does not know, as far as a claim can say them: also where it says no for another reason."""
    found = before_sending(viewer_of(request), claim_id, timezone.localdate())
    unknown = (condition.missing for condition in found.decision.conditions if condition.state is None)
    missing = {one.name for some in (found.decision.missing, *unknown) for one in some}
    return missing.intersection(given.name for given in benefits.asked(found.rule.name))


def _full(request: HttpRequest, claim_id: int) -> Full:
    now = timezone.now()
    found = claims.claim(viewer_of(request), claim_id, timezone.localdate(now), now)
    if found.row.claim.payee != "worker":
        raise no_such_claim()
    return found


def _writable(request: HttpRequest, claim_id: int) -> Full:
    found = _full(request, claim_id)
    if not _may_write(found):
        raise no_such_claim()
    return found


def _may_write(full: Full) -> bool:
    return any(move.verb in WRITTEN for move in full.may)


def _may_bring(full: Full) -> bool:
    return _may_write(full) or full.row.claim.state in ("refused", "appealed", "recalled", "recall_appealed")


def _mends(full: Full) -> bool:
    return str(full.row.claim.state) == "returned"


def _context(full: Full, step: str) -> dict[str, Any]:
    """What every page of a claim shows: which claim, for what, how far, and what was found missing."""
    claim = full.row.claim
    steps = [("said", _("What the claim says"))] if benefits.asked(claim.benefit) else []
    steps += [("papers", _("Papers")), ("account", _("Account")), ("check", _("Check and send"))]
    given = {name for name, held in (("said", full.said), ("papers", full.papers), ("account", full.account)) if held}
    return {
        "full": full,
        "claim": claim,
        "about": text(about(claim)),
        "steps": [(f"claim_{name}", title, "now" if name == step else "done" if name in given else "") for name, title in steps],
        "defects": [(DEFECTS.get(code, DEFECTS["other"]), note) for code, note in full.defects] if _mends(full) else [],
    }
