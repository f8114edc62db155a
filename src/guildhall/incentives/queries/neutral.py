"""What an employer is told of its claim for somebody it hired: granted or not, and what failed of its own facts; never what others know.

Whether somebody is hard to employ, was unemployed, graduated lately or was claimed for by another employer is for that person and the
office. So is the amount until it is granted, where it would tell the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from guildhall.incentives.engine.candidates import PUT_IN_BY_EMPLOYER
from guildhall.incentives.engine.states import GRANTED
from guildhall.incentives.models import Check, Claim
from guildhall.incentives.queries import benefits
from guildhall.incentives.queries.candidates import EMPLOYER_MAY_KNOW
from guildhall.incentives.queries.trace import trace
from guildhall.kernel.tables import Text
from guildhall.office.engine.notices import Fact
from guildhall.office.models import Attachment
from guildhall.registry.queries.consents import agreed, had_agreed, has_agreed
from guildhall.rules import sentences
from guildhall.rules.decisions import Condition
from guildhall.rules.rulebook import Rule
from guildhall.web.viewer import Viewer

NOT_GRANTED = Text(
    "条件未全部得到证实；涉及个人的情况只告知本人",
    "not every condition was shown to hold; what concerns the person is told to that person alone",
)
OWN = Text("单位提供的事实中未满足的：", "of what you put on record, these do not hold: ")
ANSWERED = Text("答复中涉及个人的内容只告知本人", "what the answer says of the person is told to that person alone")
RECALLED = Text(
    "经复核，不应发放；涉及个人的情况只告知本人",
    "it should not have been paid; what concerns the person is told to that person alone",
)
HIDDEN_STEPS = frozenset({"propose", "confirm", "reject", "propose_refusal", "confirm_refusal"})
"""Steps that tell how large an amount is before it is granted, or that a refusal differs from the rule: a second officer confirms."""


def is_about_hire(viewer: Viewer, claim: Claim) -> bool:
    """Whether the viewer is an employer looking at its own claim for a person."""
    return viewer.role == "employer" and is_for_hire(claim)


def is_for_worker(viewer: Viewer, claim: Claim) -> bool:
    """Whether the viewer is an employer at its worker's own claim: it sees what it wrote itself, and nothing of what the worker said."""
    return viewer.role == "employer" and claim.payee == "worker"


def is_about_person(viewer: Viewer, claim: Claim) -> bool:
    """Whether the viewer is an employer whose claim is about a person: what else is claimed for that person is not for it to know."""
    return viewer.role == "employer" and claim.worker_id is not None


def is_for_hire(claim: Claim) -> bool:
    """Whether an organisation claims for a person it hired."""
    return (claim.payee, claim.kind) == ("organisation", "spell")


def asks_others(rule: Rule) -> frozenset[str]:
    """What a rule on hires reads that other authorities or other employers report: neither put in by the employer nor said in a claim."""
    return frozenset(name for name in rule.reads if name not in PUT_IN_BY_EMPLOYER and rule.inputs[name].origin.source != "claim")


def may_lodge(claim: Claim) -> bool:
    """Whether a claim for a hire may be lodged: the person agreed, a paper of the employer's own stands, or nobody else is asked.

    The consent is that to being known as one for whom the employer can claim. That to having one's own benefits lodged by the employer
    says nothing of it: in its words the employer learns neither what is decided nor anything on record. What stood when a claim was lodged
    counts for it after it is withdrawn, and a paper only for as long as it is there.
    """
    if not is_for_hire(claim) or not asks_others(benefits.rule_of(claim.benefit)):
        return True
    return _has_agreed(claim) or _is_shown(claim)


def _has_agreed(claim: Claim) -> bool:
    if claim.worker_id is None:
        return False
    then = claim.lodged_at is not None and had_agreed(EMPLOYER_MAY_KNOW, claim.worker_id, claim.lodged_at)
    return then or has_agreed(EMPLOYER_MAY_KNOW, claim.worker_id)


def _is_shown(claim: Claim) -> bool:
    """Whether the paper by which the employer shows whom it hired is still there, and was not found unsafe."""
    papers = Attachment.objects.filter(subject=f"claim:{claim.pk}", removed_at=None).exclude(scan="refused")
    return claim.shown_by is not None and papers.filter(pk=claim.shown_by).exists()


def lack_consent(claims: Iterable[Claim]) -> set[int]:
    """The keys of those claims not lodged yet that lack a consent as well as the employer's own paper, as `may_lodge` has it."""
    asking = [row for row in claims if is_for_hire(row) and asks_others(benefits.rule_of(row.benefit))]
    among = Claim.objects.filter(pk__in=[row.pk for row in asking])
    willing = {*among.filter(agreed(EMPLOYER_MAY_KNOW, person="worker_id")).values_list("pk", flat=True)}
    papers = Attachment.objects.filter(pk__in=[row.shown_by for row in asking if row.shown_by is not None], removed_at=None)
    shown = {*papers.exclude(scan="refused").values_list("pk", "subject")}
    return {row.pk for row in asking if row.pk not in willing and (row.shown_by, f"claim:{row.pk}") not in shown}


def shown_amount(claim: Claim) -> int | None:
    """The amount once it is granted."""
    return claim.amount_fen if claim.state in GRANTED else None


def reason(claim: Claim) -> Text:
    """Why a claim was refused, as far as the employer put it on record itself."""
    found = Check.objects.filter(claim=claim).order_by("-number").first()
    kept = trace(found) if found else None
    if kept is None or kept.decision is None or kept.rule is None:
        return NOT_GRANTED
    failed = [condition for condition in kept.decision.conditions if condition.state is False and _is_own(condition)]
    if not failed:
        return NOT_GRANTED
    said = {language: [sentences.sentence(kept.rule, each, language, kept.parameters) for each in failed] for language in ("zh", "en")}
    return Text(f"{OWN.zh}{'；'.join(said['zh'])}", f"{OWN.en}{'; '.join(said['en'])}")


def _is_own(condition: Condition) -> bool:
    """Whether a condition reads nothing but what the employer put on record or said."""
    inputs = [part for part in condition.operands if part.kind == "input"]
    return bool(inputs) and all(part.name in PUT_IN_BY_EMPLOYER or part.origin == "claim" for part in inputs)


def told(claim: Claim, template: str, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """The facts of a notice as the employer is given them."""
    if not is_for_hire(claim):
        return dict(facts)
    words: dict[str, Fact] = {}
    if template == "claim_refused":
        words = {"reason": reason(claim), "basis": "；".join(benefits.rule_of(claim.benefit).basis)}
    elif template == "claim_recalled":
        words = {"reason": RECALLED}
    elif template in ("claim_appeal_upheld", "claim_appeal_dismissed"):
        words = {"answer": ANSWERED}
    return {**facts, **words}
