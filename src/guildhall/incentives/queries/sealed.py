"""What stands sealed with a claim, opened for those who may see it: what was said, the account, defects, reasons and answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from guildhall.incentives.models import Appeal, Check, Claim, Payment, Verdict
from guildhall.office.vault import vault

CLAIMS, CHECKS, VERDICTS, APPEALS = "incentives.claims", "incentives.checks", "incentives.verdicts", "incentives.appeals"
PAYMENTS = "incentives.payments"
EMPLOYERS = "/employer"
"""Under which name the answers of an employer stand beside those of its worker: that of no input."""
Said = str | int | bool | date | None


@dataclass(frozen=True)
class Account:
    """Where the money goes: the number, in whose name, and with which bank. Shown in full only through a reveal."""

    number: str
    holder: str
    bank: str


def seal_account(claim: Claim, number: str, holder: str, bank: str) -> dict[str, Any]:
    """The columns of a claim for an account; the number is found again by its keyed hash."""
    held = vault()
    return {
        "account_sealed": held.seal(CLAIMS, "account", claim.pk, number),
        "account_hash": held.keyed_hash("bank_account", number),
        "holder_sealed": held.seal(CLAIMS, "holder", claim.pk, holder),
        "bank": bank,
    }


def account_of(claim: Claim) -> Account | None:
    """The account of a claim, opened; None where none was given or it was erased on schedule."""
    if not claim.account_sealed or not claim.holder_sealed:
        return None
    held = vault()
    number = held.open(CLAIMS, "account", claim.pk, claim.account_sealed)
    return Account(number, held.open(CLAIMS, "holder", claim.pk, claim.holder_sealed), claim.bank)


def seal_said(claim: Claim, said: Mapping[str, Said], by_employer: Mapping[str, Said] | None = None) -> bytes:
    """What a claim says, sealed; days are kept as text marked as such. `by_employer` is what an employer wrote in its worker's claim."""
    return _seal(CLAIMS, "said", claim.pk, {**_days_marked(said), **({EMPLOYERS: _days_marked(by_employer)} if by_employer else {})})


def said_in(claim: Claim) -> dict[str, Said]:
    """The facts said in a claim, by the names of the inputs they speak of; the claimant's word goes before that of an employer."""
    said, by_employer = said_apart(claim)
    return {**by_employer, **said}


def said_apart(claim: Claim) -> tuple[dict[str, Said], dict[str, Said]]:
    """What the claimant says in a claim, and what the employer wrote that lodges it for its worker."""
    told = _open(CLAIMS, "said", claim.pk, claim.said_sealed) or {}
    by_employer = told.pop(EMPLOYERS, {})
    return _days_read(told), _days_read(by_employer)


def _days_marked(said: Mapping[str, Said]) -> dict[str, object]:
    return {name: {"day": value.isoformat()} if isinstance(value, date) else value for name, value in said.items()}


def _days_read(told: Mapping[str, Any]) -> dict[str, Said]:
    return {name: date.fromisoformat(value["day"]) if isinstance(value, dict) else value for name, value in told.items()}


def as_text(value: Said) -> str:
    """A value as a statement keeps it: a day, a whole number, true or false, or a word."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def seal_defects(claim: Claim, defects: list[tuple[str, str]]) -> bytes:
    return _seal(CLAIMS, "defects", claim.pk, defects)


def defects_of(claim: Claim) -> list[tuple[str, str]]:
    """What was missing when the claim was returned: codes of engine.defects with a note each."""
    return [(code, note) for code, note in _open(CLAIMS, "defects", claim.pk, claim.defects_sealed) or []]


def seal_words(table: str, column: str, row: int, text: str) -> bytes:
    """Words that may name people."""
    return _seal(table, column, row, text)


def told_in(verdict: Verdict) -> str:
    """The reason of a verdict as people are told it."""
    return str(_open(VERDICTS, "told", verdict.pk, verdict.told_sealed) or "")


def grounds_of(appeal: Appeal) -> str:
    return str(_open(APPEALS, "grounds", appeal.pk, appeal.grounds_sealed) or "")


def answer_of(appeal: Appeal) -> str:
    return str(_open(APPEALS, "answer", appeal.pk, appeal.answer_sealed) or "")


def reason_of(payment: Payment) -> str:
    """What the bank wrote of a payment that came back; empty once it was erased on schedule."""
    return str(_open(PAYMENTS, "reason", payment.pk, payment.reason_sealed) or "")


def seal_check(claim_id: int, number: int, column: str, text: str) -> bytes:
    """Inputs or decision of a check, sealed for claim and number: the row has no key before it is written."""
    return vault().seal(CHECKS, column, f"{claim_id}.{number}", text)


def check_text(check: Check, column: str) -> str:
    """The canonical JSON that was sealed as `inputs` or `decision`; empty once it was erased on schedule."""
    sealed = {"inputs": check.inputs_sealed, "decision": check.decision_sealed}[column]
    return vault().open(CHECKS, column, f"{check.claim_id}.{check.number}", sealed) if sealed else ""


def _seal(table: str, column: str, row: int, value: object) -> bytes:
    return vault().seal(table, column, row, json.dumps(value, ensure_ascii=False))


def _open(table: str, column: str, row: int, sealed: bytes | memoryview) -> Any:
    return json.loads(vault().open(table, column, row, sealed)) if sealed else None
