"""What can be missing or wrong in a claim: a closed list, so that a claimant is told everything once and in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from guildhall.kernel.tables import Text

DEFECTS: Mapping[str, Text] = {
    "paper_missing": Text("缺少材料", "a paper is missing"),
    "paper_unreadable": Text("材料看不清或不完整", "a paper cannot be read, or is not whole"),
    "paper_expired": Text("材料已过期", "a paper has expired"),
    "paper_of_another": Text("材料不是本人或本单位的", "a paper is somebody else's"),
    "account_missing": Text("没有收款账户", "no bank account is given"),
    "account_wrong": Text("收款账户号码有误", "the number of the account is wrong"),
    "account_of_another": Text("收款账户户名与申领人不一致", "the account is in another name than the claimant's"),
    "fact_missing": Text("缺少须说明的情况", "something that must be said is not"),
    "fact_contradicts": Text("所填情况与登记不一致", "what is said contradicts what is on record"),
    "signature_missing": Text("缺少签名或盖章", "a signature or a seal is missing"),
    "other": Text("其他", "something else"),
}
LONGEST_NOTE = 200
ACCOUNT = re.compile(r"[0-9]{8,32}")
"""The digits of a settlement account: banks use different lengths."""


def normal_account(text: str) -> str:
    """The digits of an account number as typed anywhere, without spaces and dashes; empty where it is none."""
    digits = re.sub(r"[\s\-–—]", "", text.translate({0xFF10 + n: str(n) for n in range(10)}))
    return digits if ACCOUNT.fullmatch(digits) else ""


def masked_account(number: str) -> str:
    """The last four digits: enough for the owner to know it."""
    return f"****{number[-4:]}" if number else ""


def is_of_another(holder: str, payees: Iterable[str]) -> bool:
    """Whether an account is held in none of the names of whoever is paid, however they are spaced; not where no name is known."""
    names = {"".join(name.split()).casefold() for name in payees if name}
    return bool(names and holder) and "".join(holder.split()).casefold() not in names


def masked_name(name: str) -> str:
    """A name for the public notice: its first character."""
    return name[:1] + "*" * max(1, min(2, len(name) - 1)) if name else ""
