"""Pages of the money: public notice and batches, the file for the bank and its answer, and what budgets have left."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guildhall.incentives.engine import bank
from guildhall.incentives.engine.defects import masked_account
from guildhall.incentives.models import PaymentBatch
from guildhall.incentives.operations import budgets as operations
from guildhall.incentives.operations import paying
from guildhall.incentives.queries import benefits, payments
from guildhall.incentives.queries import claims as claim_queries
from guildhall.incentives.queries.holdings import PAYMENT
from guildhall.incentives.queries.sealed import account_of
from guildhall.incentives.queries.standing import claims_seen
from guildhall.kernel.errors import FaultsFound, GuildhallError, NotFound
from guildhall.kernel.money import NotMoney, parse_yuan
from guildhall.kernel.tables import Text
from guildhall.office.queries.actors import called
from guildhall.registry.queries import division
from guildhall.web.doors import for_roles, no_such_page
from guildhall.web.forms import attempt, said
from guildhall.web.templatetags.guildhall import name as name_of
from guildhall.web.templatetags.guildhall import text, yuan
from guildhall.web.uploads import LARGEST, takes_file, was_too_large
from guildhall.web.viewer import Viewer, viewer_of

READERS = ("claims_officer", "auditor")
SHOWN = 200
BATCHES = 50
STATES: dict[str, Text] = {
    "made": Text("待第二人发送", "waits for a second officer to send it"),
    "sent": Text("已发送，待银行回执", "sent, waits for the bank"),
    "settled": Text("已对账", "reconciled"),
    "cancelled": Text("已撤销", "taken apart"),
}
TONES = {"made": "wait", "sent": "river", "settled": "ok", "cancelled": ""}
LINES = {"returned": "stop", "paid": "ok", "waiting": "wait"}


class ReasonForm(forms.Form):
    """Why a batch is taken apart."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it taken apart?"),
        help_text=gettext_lazy("In a sentence. Write no names and no numbers of people."),
        max_length=300,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class AnswerForm(forms.Form):
    """What the bank sent."""

    file = forms.FileField(
        label=gettext_lazy("The bank's answer"),
        help_text=gettext_lazy("A CSV file with the columns batch, line, amount, outcome, reason."),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        error_messages={"required": gettext_lazy("choose a file"), "empty": gettext_lazy("the file is empty")},
    )


@for_roles(*READERS)
def payments_(request: HttpRequest) -> HttpResponse:
    """What is to be put on notice, what is to be paid now, and what became of earlier batches?"""
    viewer, today = viewer_of(request), timezone.localdate()
    wrong = _done(request, viewer) if request.method == "POST" else ""
    if isinstance(wrong, HttpResponse):
        return wrong
    mine = claims_seen(viewer, today)
    due = payments.payable(viewer, today)
    ready, failed = mine.filter(state="approved"), mine.filter(state="failed")
    on_notice = mine.filter(state="noticed", notice_until__gte=today)
    batches = payments.batches(viewer, today).filter(state__in=("settled", "cancelled"))
    before = request.GET.get("before", "")
    rows = list((batches.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 17 else batches)[: BATCHES + 1])
    total, count = due.aggregate(total=Sum("amount_fen"))["total"] or 0, due.count()
    overdue = payments.waiting(viewer, today)[1]
    context = {
        "title": _payments_title(count, total, overdue),
        "ready": claim_queries.rows_of(viewer, ready.order_by("due_on", "pk")[:SHOWN], today),
        "due": claim_queries.rows_of(viewer, due.order_by("due_on", "pk")[:SHOWN], today),
        "failed": claim_queries.rows_of(viewer, failed.order_by("due_on", "pk")[:SHOWN], today),
        "due_count": count,
        "due_total": yuan(total),
        "ready_count": ready.count(),
        "on_notice": on_notice.count(),
        "first_over": on_notice.order_by("notice_until").values_list("notice_until", flat=True).first(),
        "open": payments.open_batches(viewer, today, SHOWN),
        "batches": rows[:BATCHES],
        "next": f"before={rows[BATCHES - 1].pk}" if len(rows) > BATCHES else "",
        "states": STATES,
        "tones": TONES,
        "wrong": wrong,
        "officer": viewer.role == "claims_officer",
    }
    return render(request, "incentives/payments.html", context)


def _payments_title(count: int, total: int, overdue: int) -> str:
    if overdue:
        one = ngettext("One claim should have been paid by now", "%(n)s claims should have been paid by now", overdue)
        return one % {"n": overdue}
    if not count:
        return _("Nothing is to be paid today")
    one = ngettext("One claim is to be paid now: %(total)s", "%(n)s claims are to be paid now: %(total)s", count)
    return one % {"n": count, "total": yuan(total)}


def _done(request: HttpRequest, viewer: Viewer) -> HttpResponse | str:
    """The page that follows, or what is wrong with what was asked."""
    if viewer.role != "claims_officer":
        raise no_such_page()
    keys = [int(key) for key in request.POST.getlist("claim") if key.isdecimal() and len(key) < 17]
    now, every = timezone.now(), "every" in request.POST
    if not keys and not every:
        return _("Tick at least one claim.")
    try:
        if "publish" in request.POST:
            count = paying.publish(claim_ids=keys, by=viewer, now=now)
            told = ngettext("One claim is on public notice.", "%(n)s claims are on public notice.", count)
            messages.success(request, told % {"n": count})
            return redirect("payments")
        batch = paying.make_batch(by=viewer, now=now, claim_ids=None if every else keys)
    except NotFound:
        raise
    except GuildhallError as refused:
        return said(refused)
    messages.success(request, _("The batch is put together. A second officer sends it."))
    return redirect("payment_batch", batch_id=batch.pk)


@for_roles(*READERS)
@takes_file
def payment_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What is in a batch, with totals and digest; sending it, the bank's answer, and what came back."""
    viewer, today = viewer_of(request), timezone.localdate()
    batch = payments.batch_seen(viewer, batch_id, today)
    form: forms.Form = forms.Form()
    faults: tuple[Any, ...] = ()
    if request.method == "POST":
        if viewer.role != "claims_officer":
            raise no_such_page()
        form, faults, done = _acted(request, batch, viewer)
        if done:
            messages.success(request, done)
            return redirect("payment_batch", batch_id=batch_id)
        batch.refresh_from_db()
    return render(request, "incentives/payment_batch.html", _batch_context(viewer, batch, form, faults, today))


def _given(batch: PaymentBatch, viewer: Viewer) -> dict[str, Any]:
    return {"batch_id": batch.pk, "by": viewer, "now": timezone.now()}


def _acted(request: HttpRequest, batch: PaymentBatch, viewer: Viewer) -> tuple[forms.Form, tuple[Any, ...], str]:
    """The form as it stands now, faults of a file, and what was done in words; empty where nothing was."""
    action, given = request.POST.get("action", ""), _given(batch, viewer)
    if action == "send":
        form = forms.Form(request.POST)
        return form, (), _("The batch is sent: take the file to the bank.") if attempt(form, partial(paying.send_batch, **given)) else ""
    if action == "cancel":
        form = ReasonForm(request.POST)
        taken = attempt(form, partial(paying.cancel_batch, reason=form.cleaned_data["reason"], **given)) if form.is_valid() else None
        return form, (), _("The batch is taken apart; its claims are to be paid as before.") if taken else ""
    if action != "answer":
        raise no_such_page()
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        if was_too_large(request):
            form.errors.pop("file", None)
            form.add_error("file", _("the file has more than %(most)s MB; split it into several") % {"most": LARGEST >> 20})
        return form, (), ""
    file: UploadedFile[Any] = form.cleaned_data["file"]
    try:
        counts = paying.reconcile(content=file.read(), name=(file.name or "")[:200], **given)
    except FaultsFound as found:
        return form, tuple(found.faults), ""
    except NotFound:
        raise
    except GuildhallError as refused:
        form.add_error("file", said(refused))
        return form, (), ""
    return form, (), _("The answer is taken in: %(paid)s paid, %(returned)s came back, %(waiting)s still wait.") % counts


def _batch_context(viewer: Viewer, batch: PaymentBatch, form: forms.Form, faults: tuple[Any, ...], today: Any) -> dict[str, Any]:
    every = sorted(payments.lines(viewer, batch.pk, today), key=lambda row: (row.state != "returned", row.line))
    shown = every[:SHOWN]
    rows = claim_queries.rows_of(viewer, [payment.claim for payment in shown], today)
    accounts = [account_of(payment.claim) for payment in shown]
    masked = [masked_account(account.number) if account else "" for account in accounts]
    counts = {state: sum(row.state == state for row in every) for state in ("paid", "returned", "waiting", "repaid", "cancelled")}
    sums = {state: yuan(sum(row.amount_fen for row in every if row.state == state)) for state in counts}
    return {
        "batch": batch,
        "total": yuan(batch.total_fen),
        "lines": list(zip(shown, rows, masked, [payments.why_returned(viewer, payment) for payment in shown], strict=True)),
        "more": max(0, len(every) - SHOWN),
        "counts": [(PAYMENT[state], counts[state], sums[state]) for state in counts if counts[state]],
        "payment_words": PAYMENT,
        "tones": LINES,
        "states": STATES,
        "tone": TONES[batch.state],
        "names": called([name for name in (batch.made_by, batch.sent_by) if name]),
        "own": batch.made_by == viewer.name,
        "officer": viewer.role == "claims_officer",
        "form": form,
        "cancel": form if isinstance(form, ReasonForm) else ReasonForm(),
        "answer": form if isinstance(form, AnswerForm) else AnswerForm(),
        "faults": faults,
        "columns": ", ".join(bank.COLUMNS),
        "outcomes": ", ".join(bank.OUTCOMES),
    }


@for_roles("claims_officer")
def payment_file(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The file for the bank; taking it along is recorded."""
    content = paying.bank_file(batch_id=batch_id, by=viewer_of(request), now=timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="batch-{batch_id}.csv"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


class BudgetForm(forms.Form):
    """What an authority has for a benefit in a year, and by which document."""

    place = forms.ChoiceField(label=gettext_lazy("Authority"))
    benefit = forms.ChoiceField(label=gettext_lazy("Benefit"))
    amount = forms.CharField(
        label=gettext_lazy("Amount in yuan"), max_length=30, widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
    )
    document = forms.CharField(
        label=gettext_lazy("Document that sets it"), max_length=operations.LONGEST_DOCUMENT, widget=forms.TextInput({"autocomplete": "off"})
    )

    def __init__(self, places: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        claimed = [(name, text(rule.title)) for name, rule in benefits.rulebook().items() if rule.channel in ("claim", "automatic")]
        for key, choices in (("place", places), ("benefit", claimed)):
            field = self.fields[key]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices if len(choices) == 1 else [("", _("choose one")), *choices]

    def clean_amount(self) -> int:
        """In fen."""
        try:
            fen = parse_yuan(self.cleaned_data["amount"])
        except NotMoney:
            raise forms.ValidationError(_("This is no amount. Write digits, such as 1,500.00.")) from None
        if fen < 0:
            raise forms.ValidationError(_("A budget is nothing or more."))
        return fen


@for_roles(*READERS)
def budgets(request: HttpRequest) -> HttpResponse:
    """What is committed, paid and left of each budget of a year; where one falls short, that is reported and delays nothing."""
    viewer, now = viewer_of(request), timezone.now()
    today, asked = timezone.localdate(now), request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else today.year
    form = BudgetForm(_places(viewer, today), request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if viewer.role != "claims_officer":
            raise no_such_page()
        if form.is_valid():
            given = form.cleaned_data
            told = {"place": given["place"], "benefit": given["benefit"], "amount_fen": given["amount"], "document": given["document"]}
            if attempt(form, partial(operations.set_budget, year=year, by=viewer, now=now, **told)):
                messages.success(request, _("The budget is noted."))
                return redirect(f"{request.path}?year={year}")
    found = payments.budgets(viewer, year, today)
    short = sum(one.short > 0 for one in found)
    unbudgeted = payments.unbudgeted(viewer, year, today)
    context = {
        "year": year,
        "years": range(today.year + 1, today.year - 4, -1),
        "title": _budget_title(year, len(found), short, len(unbudgeted)),
        "found": [_spent(one) for one in found],
        "without": [(benefits.title(one.benefit), yuan(one.paid), yuan(one.committed)) for one in unbudgeted],
        "form": form,
        "officer": viewer.role == "claims_officer",
    }
    return render(request, "incentives/budgets.html", context)


def _spent(one: payments.Spending) -> dict[str, Any]:
    """A budget as the page shows it, in yuan."""
    sums = {"amount": one.budget.amount_fen, "paid": one.paid, "committed": one.committed, "left": one.left, "short": one.short}
    said = {name: yuan(fen) for name, fen in sums.items()}
    return {**said, "budget": one.budget, "benefit": benefits.title(one.budget.benefit), "falls_short": one.short > 0}


def _budget_title(year: int, count: int, short: int, without: int) -> str:
    if not count:
        return _("No budget of %(year)s is on file") % {"year": year}
    if short:
        told = ngettext("One budget of %(year)s falls short", "%(n)s budgets of %(year)s fall short", short)
        return told % {"n": short, "year": year}
    if without:
        told = ngettext(
            "The budgets on file for %(year)s cover what they are for; one benefit has none",
            "The budgets on file for %(year)s cover what they are for; %(n)s benefits have none",
            without,
        )
        return told % {"n": without, "year": year}
    return _("The budgets of %(year)s cover what is decided") % {"year": year}


def _places(viewer: Viewer, today: Any) -> list[tuple[str, str]]:
    """The authorities whose budgets the viewer may note: their own, and for the whole city those of the districts."""
    found, own = division(viewer, today), payments.own_places(viewer, today)
    every = [*found.top, *found.units, *found.zones]
    return [(row.pk, name_of(row)) for row in every if row.pk == viewer.place or own is None]
