"""What goes to the bank and what comes back: lines with totals and a digest, and the answer, of which nothing unknown is taken."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from guildhall.kernel.errors import Fault, FaultsFound
from guildhall.kernel.money import Fen, NotMoney, parse_yuan, plain_yuan
from guildhall.kernel.sheets import read_csv

COLUMNS = ("batch", "line", "amount", "outcome", "reason")
ORDER = ("batch", "line", "name", "account", "amount", "note")
OUTCOMES: Mapping[str, Literal["paid", "returned"]] = {
    "paid": "paid", "成功": "paid", "已入账": "paid", "returned": "returned", "失败": "returned", "退回": "returned",
}  # fmt: skip
LONGEST_REASON = 100


@dataclass(frozen=True)
class Line:
    """One payment of a batch: its number there, the claim, the amount in fen, and the keyed hash of the account."""

    line: int
    claim: int
    amount_fen: int
    account_hash: bytes


@dataclass(frozen=True)
class Answer:
    """What the bank says of one line."""

    line: int
    outcome: Literal["paid", "returned"]
    reason: str


def digest(batch: int, lines: Iterable[Line]) -> str:
    """sha256 over the lines of a batch in order: two batches that pay anything else to anybody else have another."""
    told = "\n".join(f"{batch},{line.line},{line.claim},{line.amount_fen},{line.account_hash.hex()}" for line in lines)
    return hashlib.sha256(told.encode()).hexdigest()


def order(batch: int, rows: Sequence[tuple[int, str, str, int, str]]) -> bytes:
    """The file for the bank, CSV in UTF-8 with a mark that spreadsheets know: rows of (line, name, account, fen, note)."""
    text = io.StringIO()
    write = csv.writer(text).writerow
    write(ORDER)
    for line, name, account, fen, note in rows:
        write((batch, line, _cell(name), account, plain_yuan(Fen(fen)), _cell(note)))
    return text.getvalue().encode("utf-8-sig")


def _cell(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def answers(content: bytes, name: str, *, batch: int, sent: Mapping[int, int]) -> list[Answer]:
    """What the bank's file says of the lines of a batch; `sent` gives the amount in fen of each line.

    Raises FaultsFound with every fault, and then nothing is taken: a line or a batch that was not sent, another amount, a line twice, a
    word that is none of OUTCOMES, a return without a reason.
    """
    sheet = read_csv(content, name, required=COLUMNS)
    found, faults, seen = list[Answer](), list(sheet.faults), dict[int, int]()
    for row in sheet.rows:
        wrong = _wrong(name, row.number, row.cells, batch, sent, seen)
        faults.extend(wrong)
        if not wrong:
            line = int(row.cells["line"])
            seen[line] = row.number
            found.append(Answer(line, OUTCOMES[row.cells["outcome"]], row.cells["reason"][:LONGEST_REASON]))
    if faults:
        raise FaultsFound("The bank's answer is not taken", faults, next="ask the bank for the whole file anew; nothing was changed")
    return found


def refuse_contradictions(name: str, given: Iterable[Answer], known: Mapping[int, str]) -> None:
    """Raises FaultsFound where an answer says of a line something else than an earlier one; `known` are the states by line."""
    faults = [
        Fault(name, 0, "outcome", f"line {answer.line} was {before} before, and is {answer.outcome} here", "ask the bank which holds")
        for answer in given
        if (before := "paid" if known.get(answer.line) == "repaid" else known.get(answer.line)) not in (None, answer.outcome)
    ]
    if faults:
        raise FaultsFound("The bank's answer is not taken", faults, next="nothing was changed")


def _wrong(name: str, number: int, cells: Mapping[str, str], batch: int, sent: Mapping[int, int], seen: Mapping[int, int]) -> list[Fault]:
    if cells["batch"] != str(batch):
        return [Fault(name, number, "batch", f"batch {cells['batch']!r} is not this one", f"this is the answer to batch {batch}")]
    line = int(cells["line"]) if cells["line"].isascii() and cells["line"].isdigit() else 0
    if line not in sent:
        return [Fault(name, number, "line", f"line {cells['line']!r} was not sent", "unknown lines are never taken")]
    found = []
    if line in seen:
        found.append(Fault(name, number, "line", f"line {line} already stands in row {seen[line]}"))
    try:
        amount = parse_yuan(cells["amount"])
    except NotMoney:
        amount = Fen(-1)
    if amount != sent[line]:
        found.append(Fault(name, number, "amount", f"{cells['amount']!r} is not the amount sent", plain_yuan(Fen(sent[line]))))
    outcome = OUTCOMES.get(cells["outcome"])
    if outcome is None:
        found.append(Fault(name, number, "outcome", f"unknown word {cells['outcome']!r}", f"one of {', '.join(OUTCOMES)}"))
    if outcome == "returned" and not cells["reason"]:
        found.append(Fault(name, number, "reason", "a payment came back without a reason", "ask the bank why"))
    return found
