"""What goes to the bank and what comes back: lines with totals and a digest, and the answer, of which nothing unknown is taken."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from guildhall.kernel.errors import Fault, FaultsFound
from guildhall.kernel.money import Fen, NotMoney, parse_yuan, plain_yuan
from guildhall.kernel.sheets import read_csv
from guildhall.kernel.tables import Text

COLUMNS = ("batch", "line", "amount", "outcome", "reason")
ORDER = ("batch", "line", "name", "account", "amount", "note")
OUTCOMES: Mapping[str, Literal["paid", "returned"]] = {
    "paid": "paid", "成功": "paid", "已入账": "paid", "returned": "returned", "失败": "returned", "退回": "returned",
}  # fmt: skip
LONGEST_REASON = 100
RETURNED: Mapping[str, Text] = {
    "closed": Text("账户已销户", "the account is closed"),
    "blocked": Text("账户状态异常（如冻结、挂失、睡眠）", "the account is blocked or out of use"),
    "name": Text("户名与账号不符", "the name does not fit the account"),
    "number": Text("账号有误或不存在", "the number is wrong, or there is no such account"),
    "other": Text("银行未能入账", "the bank could not pay it in"),
}
"""Why a payment came back, by code, in our own words: the bank's may name somebody and an account."""
SAYS: Mapping[str, tuple[str, ...]] = {
    "closed": ("销户", "已销", "注销", "closed"),
    "blocked": ("冻结", "止付", "挂失", "睡眠", "不动户", "久悬", "状态", "frozen", "blocked", "dormant"),
    "name": ("户名", "姓名", "name"),
    "number": ("账号", "账户", "帐号", "帐户", "卡号", "account", "number"),
}
"""Words by which the bank's reason is known, the first that fits."""


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


def code_of(reason: str) -> str:
    """Why a payment came back, as a code of RETURNED, by the words the bank uses."""
    said = reason.lower()
    return next((code for code, words in SAYS.items() if any(word in said for word in words)), "other")


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


def answers(content: bytes, name: str, *, batch: int, sent: Mapping[int, int], known: Mapping[int, str], language: str) -> list[Answer]:
    """What the bank's file says of the lines of a batch; `sent` gives the amount in fen of each line, `known` what was answered before.

    Raises FaultsFound with every fault, and then nothing is taken: a file without a line, a line or a batch that was not sent, another
    amount, a line twice, a word that is none of OUTCOMES, a return without a reason, something else than an earlier answer.
    """
    try:
        sheet = read_csv(content, name, required=COLUMNS)
    except FaultsFound as unread:
        raise FaultsFound(NOT_TAKEN.in_(language), _for_the_bank(unread.faults), next=ASK.in_(language)) from unread
    if not sheet.read:
        raise FaultsFound(NOT_TAKEN.in_(language), [Fault(name, 0, "", NO_LINES.in_(language))], next=ASK.in_(language))
    found, faults, seen = list[Answer](), _for_the_bank(sheet.faults), dict[int, int]()
    for row in sheet.rows:
        wrong = [*_wrong(row.cells, batch, sent, seen, known)]
        faults += [Fault(name, row.number, column, what.in_(language), next.in_(language)) for column, what, next in wrong]
        if not wrong:
            line = int(row.cells["line"])
            seen[line] = row.number
            found.append(Answer(line, OUTCOMES[row.cells["outcome"]], row.cells["reason"][:LONGEST_REASON]))
    if faults:
        raise FaultsFound(NOT_TAKEN.in_(language), faults, next=ASK.in_(language))
    return found


NOT_TAKEN = Text("银行回执未被接收，没有任何改动", "The bank's answer is not taken; nothing was changed")
ASK = Text("请银行重新出具完整文件", "ask the bank for the whole file anew")
NO_LINES = Text("文件只有表头，没有任何一行", "it holds a header and not one line")
NOTHING = Text("", "")
Wrong = tuple[str, Text, Text]


def _for_the_bank(faults: Iterable[Fault]) -> list[Fault]:
    """Faults of a file that nobody here may correct: the bank makes it anew."""
    return [replace(fault, next="") for fault in faults]


def _wrong(
    cells: Mapping[str, str], batch: int, sent: Mapping[int, int], seen: Mapping[int, int], known: Mapping[int, str]
) -> Iterator[Wrong]:
    """Column, what is wrong and what to do, for everything wrong in a row."""
    if cells["batch"] != str(batch):
        said = cells["batch"]
        yield (
            "batch",
            Text(f"批次号“{said}”不是本批次", f"batch {said!r} is not this one"),
            Text(f"本批次为 {batch}", f"this is batch {batch}"),
        )
        return
    line = int(cells["line"]) if cells["line"].isascii() and cells["line"].isdigit() else 0
    if line not in sent:
        said = cells["line"]
        yield "line", Text(f"第“{said}”行未曾发送", f"line {said!r} was not sent"), Text("不接收未知的行", "unknown lines are never taken")
        return
    if line in seen:
        yield "line", Text(f"第 {line} 行已在文件第 {seen[line]} 行出现", f"line {line} already stands in row {seen[line]}"), NOTHING
    if _fen(cells["amount"]) != sent[line]:
        yuan = plain_yuan(Fen(sent[line]))
        yield "amount", Text("金额与发送的不一致", "not the amount that was sent"), Text(f"应为 {yuan}", f"it was {yuan}")
    yield from _wrong_outcome(cells, known.get(line))


def _wrong_outcome(cells: Mapping[str, str], before: str | None) -> Iterator[Wrong]:
    outcome = OUTCOMES.get(cells["outcome"])
    if outcome is None:
        said, words = cells["outcome"], ", ".join(OUTCOMES)
        yield "outcome", Text(f"不认识的结果“{said}”", f"unknown word {said!r}"), Text(f"应为 {words} 之一", f"one of {words}")
    elif outcome == "returned" and not cells["reason"]:
        yield "reason", Text("退回没有写原因", "a payment came back without a reason"), Text("请银行说明", "ask the bank why")
    if outcome and before not in (None, "waiting", outcome):
        yield "outcome", Text("与此前的回执矛盾", "contradicts an earlier answer"), NOTHING


def _fen(text: str) -> int:
    try:
        return parse_yuan(text)
    except NotMoney:
        return -1
