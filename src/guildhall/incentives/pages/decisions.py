"""The forms of the review: one for each step an officer takes, with what is missing said beside the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guildhall.incentives.engine.defects import DEFECTS, LONGEST_NOTE
from guildhall.incentives.models import Check
from guildhall.incentives.operations import appeals, checking, lodging, paying, receiving, review
from guildhall.incentives.operations.moving import LONGEST_REASON
from guildhall.kernel.money import Fen, NotMoney, parse_yuan, plain_yuan
from guildhall.web.templatetags.guildhall import text

NOT_BY_NAME = gettext_lazy("It is kept with the step. Write no names and no numbers of people.")


def _words(label: Any, hint: Any, *, required: bool = True, rows: int = 3) -> forms.CharField:
    area = forms.Textarea({"rows": rows})
    return forms.CharField(label=label, help_text=hint, max_length=LONGEST_REASON, required=required, widget=area)


def unstopped(words: str) -> str:
    """Words without the full stop they end with."""
    return words.strip().rstrip(".。 ")


class StepForm(forms.Form):
    """A step that asks for nothing."""

    verbs: ClassVar[tuple[str, ...]] = ()


class ReturnForm(StepForm):
    """Everything that is missing, ticked, each with words of the officer's own where it helps."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, words in DEFECTS.items():
            self.fields[code] = forms.BooleanField(label=text(words), required=False)
            self.fields[f"{code}_note"] = forms.CharField(
                label=_("In your own words: %(defect)s") % {"defect": text(words)},
                max_length=LONGEST_NOTE,
                required=False,
                widget=forms.TextInput({"autocomplete": "off"}),
            )

    @property
    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The tick and the words of each defect."""
        return [(self[code], self[f"{code}_note"]) for code in DEFECTS]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for code in DEFECTS:
            note = given.get(f"{code}_note", "")
            if note and not given.get(code):
                self.add_error(code, _("You wrote about it: tick it as well."))
        if given.get("other") and not given.get("other_note"):
            self.add_error("other_note", _("Say what else is missing."))
        if not any(given.get(code) for code in DEFECTS):
            self.add_error(None, _("Tick everything that is missing: a claim is returned only once."))
        return given

    @property
    def defects(self) -> list[tuple[str, str]]:
        return [(code, self.cleaned_data[f"{code}_note"]) for code in DEFECTS if self.cleaned_data[code]]


class ApproveForm(StepForm):
    """The amount, as the rule gives it; another only with a reason."""

    check_id = forms.IntegerField(widget=forms.HiddenInput)
    amount = forms.CharField(
        label=gettext_lazy("Amount in yuan"),
        help_text=gettext_lazy("As the rule gives it. Another amount needs a reason and a second officer."),
        max_length=30,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = _words(gettext_lazy("Why it differs from the rule"), gettext_lazy("Only where it does."), required=False)
    basis = forms.CharField(
        label=gettext_lazy("The document it then rests on"),
        help_text=gettext_lazy(
            "Only where it differs: one on file by its number, another as 《title》 with its number; and the article. One in a line."
        ),
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    uplift = forms.CharField(
        label=gettext_lazy("The document that allows more than the cap"),
        help_text=gettext_lazy(
            "Only above the cap or, where there is none, above what the rule gives; or where that is not known. Written in the same way."
        ),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, check: Check | None = None, **kwargs: Any) -> None:
        self.check = check
        amount = plain_yuan(Fen(check.value_fen)) if check and check.outcome == "entitled" and check.value_fen is not None else ""
        kwargs["initial"] = {"check_id": check.pk if check else None, "amount": amount}
        super().__init__(*args, **kwargs)

    def clean_amount(self) -> int:
        """In fen."""
        try:
            fen = parse_yuan(self.cleaned_data["amount"])
        except NotMoney:
            raise forms.ValidationError(_("This is no amount. Write digits, such as 1,500.00.")) from None
        if fen <= 0:
            raise forms.ValidationError(_("An amount to be paid is more than nothing."))
        return fen

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        differs = self.check is None or self.check.outcome != "entitled" or given.get("amount") != self.check.value_fen
        if "amount" in given and differs and not given.get("reason", "").strip():
            self.add_error("reason", _("It differs from the rule: say why."))
        if "amount" in given and differs and not given.get("basis", "").strip():
            self.add_error("basis", _("It differs from the rule: name the document it rests on."))
        return given


class UntrueForm(StepForm):
    """A decision against the claimant, with what the claim says and proved false; `said` are the names and words of what it says."""

    def __init__(self, *args: Any, said: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if said:
            self.fields["untrue"] = forms.MultipleChoiceField(
                label=_("What the claim says and proved untrue"),
                help_text=_("What you tick no longer counts for other benefits and figures. Tick nothing where none of it is false."),
                choices=said,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    @property
    def untrue_field(self) -> forms.BoundField | None:
        """The question what is untrue; none where the claim says nothing."""
        return self["untrue"] if "untrue" in self.fields else None

    @property
    def untrue(self) -> list[str]:
        return list(self.cleaned_data.get("untrue", []))


class RefuseForm(UntrueForm):
    """Why, and what it rests on, as the claimant reads it."""

    reason = _words(
        gettext_lazy("Reason"), gettext_lazy("The claimant reads this: say in a sentence what does not hold, and by how much."), rows=4
    )
    basis = forms.CharField(
        label=gettext_lazy("What it rests on"),
        help_text=gettext_lazy("Document and article, one in a line."),
        max_length=2_000,
        widget=forms.Textarea({"rows": 4}),
    )

    def clean_reason(self) -> str:
        """Without the full stop, which the letter sets itself."""
        return unstopped(self.cleaned_data["reason"])

    @property
    def rests(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["basis"].splitlines() if line.strip()]


class HandBackForm(StepForm):
    """Why the second officer does not confirm."""

    reason = _words(gettext_lazy("Why you hand it back"), NOT_BY_NAME)


class ReopenForm(StepForm):
    """What was objected to during the notice."""

    reason = _words(gettext_lazy("What was objected to"), NOT_BY_NAME)


class RecallForm(UntrueForm):
    """Why money is to be claimed back."""

    reason = _words(
        gettext_lazy("Why it is to be claimed back"), gettext_lazy("The claimant reads this once a second officer confirms it.")
    )

    def clean_reason(self) -> str:
        """Without the full stop, which the letter sets itself."""
        return unstopped(self.cleaned_data["reason"])


class DropForm(StepForm):
    """Why money is not claimed back after all."""

    reason = _words(gettext_lazy("Why it is not to be claimed back"), NOT_BY_NAME)


class RepaidForm(StepForm):
    """By which receipt the money came back."""

    reason = _words(gettext_lazy("By which receipt it came back"), NOT_BY_NAME, rows=2)


class AnswerForm(StepForm):
    """The answer to an objection."""

    answer = _words(
        gettext_lazy("Answer to the objection"), gettext_lazy("The claimant reads this: say what you looked at and what follows."), rows=5
    )


@dataclass(frozen=True)
class Action:
    """One thing an officer does on the page: the form it takes, the steps that lead here, the verb and what is said when it is done."""

    form: type[StepForm]
    steps: tuple[str, ...]
    work: Callable[..., Any]
    done: Any


def _return(form: Any, **who: Any) -> Any:
    return receiving.send_back(defects=form.defects, **who)


def _approve(form: Any, **who: Any) -> Any:
    given = form.cleaned_data
    more = {"reason": given["reason"], "basis": given["basis"].splitlines(), "uplift": given["uplift"]}
    return review.approve(check_id=given["check_id"], amount_fen=given["amount"], **more, **who)


def _refuse(form: Any, **who: Any) -> Any:
    return review.refuse(reason=form.cleaned_data["reason"], basis=form.rests, untrue=form.untrue, **who)


def _recall(form: Any, **who: Any) -> Any:
    return appeals.recall(reason=form.cleaned_data["reason"], untrue=form.untrue, **who)


def _publish(form: Any, *, claim_id: int, **who: Any) -> Any:
    return paying.publish(claim_ids=[claim_id], **who)


def _reasoned(verb: Callable[..., Any], **more: Any) -> Callable[..., Any]:
    return lambda form, **who: verb(reason=form.cleaned_data["reason"], **more, **who)


def _decided(*, uphold: bool) -> Callable[..., Any]:
    return lambda form, **who: appeals.decide_appeal(uphold=uphold, answer=form.cleaned_data["answer"], **who)


ACTIONS: Mapping[str, Action] = {
    "check": Action(StepForm, (), lambda form, **who: checking.check(**who), gettext_lazy("The rule was asked again.")),
    "accept": Action(
        StepForm, ("accept",), lambda form, **who: receiving.accept(**who), gettext_lazy("The claim is taken up; the rule was asked.")
    ),
    "return": Action(ReturnForm, ("return",), _return, gettext_lazy("The claim is returned; the claimant is told everything at once.")),
    "approve": Action(ApproveForm, ("approve", "propose"), _approve, gettext_lazy("The claim is approved.")),
    "confirm": Action(StepForm, ("confirm",), lambda form, **who: review.confirm(**who), gettext_lazy("You confirmed the approval.")),
    "reject": Action(HandBackForm, ("reject",), _reasoned(review.reject), gettext_lazy("The claim is handed back to be reviewed.")),
    "refuse": Action(
        RefuseForm, ("refuse", "propose_refusal"), _refuse, gettext_lazy("The claim is refused; the claimant has the letter.")
    ),
    "confirm_refusal": Action(
        StepForm,
        ("confirm_refusal",),
        lambda form, **who: review.confirm_refusal(**who),
        gettext_lazy("You confirmed the refusal; the claimant has the letter."),
    ),
    "publish": Action(StepForm, ("publish",), _publish, gettext_lazy("The claim is on public notice.")),
    "reopen": Action(
        ReopenForm, ("reopen",), _reasoned(review.reopen), gettext_lazy("The claim is in review again; the claimant is told.")
    ),
    "uphold": Action(
        AnswerForm,
        ("uphold", "uphold_recall_appeal"),
        _decided(uphold=True),
        gettext_lazy("The objection is upheld; the claimant has the answer."),
    ),
    "dismiss": Action(
        AnswerForm,
        ("dismiss", "dismiss_recall_appeal"),
        _decided(uphold=False),
        gettext_lazy("The decision stands; the claimant has the answer."),
    ),
    "recall": Action(
        RecallForm,
        ("recall",),
        _recall,
        gettext_lazy("It is proposed to claim the money back; a second officer decides."),
    ),
    "confirm_recall": Action(
        StepForm,
        ("confirm_recall",),
        lambda form, **who: appeals.decide_recall(confirm=True, **who),
        gettext_lazy("The money is claimed back; the claimant has the letter."),
    ),
    "drop_recall": Action(
        DropForm, ("drop_recall",), _reasoned(appeals.decide_recall, confirm=False), gettext_lazy("Nothing is claimed back.")
    ),
    "lapse": Action(
        StepForm, ("lapse",), lambda form, **who: lodging.lapse(**who), gettext_lazy("The claim is ended; the claimant is told.")
    ),
    "repay": Action(RepaidForm, ("repay",), _reasoned(appeals.note_repaid), gettext_lazy("It is noted that the money came back.")),
}
"""Every action of the review page by the name of its button."""
