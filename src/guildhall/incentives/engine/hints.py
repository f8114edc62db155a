"""Hints that something may be wrong with a claim. Each comes with its reason and with what to look at; none ever refuses anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from guildhall.kernel.tables import Text

MANY_ACCOUNTS = 3
"""People paid into one account from which on that is worth a look."""
QUICK_DAYS = 7
"""Days between issue and claim under which a certificate from another district is worth a look."""
RUSH = 10
"""Claims for certificates of one issuer lodged on one day from which on that is worth a look."""


@dataclass(frozen=True)
class Seen:
    """What is known around a claim: counts of people and claims, none of them by name.

    `denied` is what it says and records know otherwise, and what is on record, in words.
    """

    account_people: int = 0
    account_claims: tuple[int, ...] = ()
    paper_claims: tuple[int, ...] = ()
    issued_on: date | None = None
    lodged_on: date | None = None
    issuer_elsewhere: bool = False
    same_issuer_that_day: int = 0
    agent_claims: int = 0
    account_changed: bool = False
    denied: tuple[tuple[Text, Text], ...] = ()
    account_of_another: bool = False


@dataclass(frozen=True)
class Hint:
    """One reason to look closer, in words, and the keys of other claims it speaks of."""

    kind: str
    said: Text
    claims: tuple[int, ...] = ()


def hints(seen: Seen) -> tuple[Hint, ...]:
    """Every reason to look closer at a claim; none where nothing is odd."""
    return tuple(_hints(seen))


def _hints(seen: Seen) -> Iterator[Hint]:
    if seen.account_people >= MANY_ACCOUNTS:
        n = seen.account_people
        yield Hint("account", Text(f"同一收款账户用于 {n} 人的申领", f"{n} people claim into the same bank account"), seen.account_claims)
    if seen.paper_claims:
        n = len(seen.paper_claims)
        said = Text(f"有材料与另外 {n} 件申领的材料完全相同", f"a paper is the same, byte by byte, as in {n} other claims")
        yield Hint("paper", said, seen.paper_claims)
    if seen.issued_on and seen.lodged_on and seen.issuer_elsewhere and (days := (seen.lodged_on - seen.issued_on).days) <= QUICK_DAYS:
        said = Text(f"证书由其他区县机构发出，{days} 天后即申领", f"issued in another district and claimed {days} days later")
        yield Hint("quick", said)
    if seen.same_issuer_that_day >= RUSH:
        n = seen.same_issuer_that_day
        yield Hint("rush", Text(f"同日就同一机构所发证书提交了 {n} 件申领", f"{n} claims for certificates of this issuer came on one day"))
    if seen.agent_claims >= RUSH:
        n = seen.agent_claims
        yield Hint("agent", Text(f"同一代办人 30 天内代办了 {n} 件", f"the same agent lodged {n} claims within 30 days"))
    for said, recorded in seen.denied:
        chinese = f"申领所填与记录不一致，按记录核验。申领填写{said.zh}；记录为{recorded.zh}"
        english = f"the claim says otherwise than the record, by which the rule goes. It says {said.en}; on record: {recorded.en}"
        yield Hint("record", Text(chinese, english))
    if seen.account_of_another:
        yield Hint("holder", Text("收款账户户名与申领人不一致", "the account is held in another name than the claimant's"))
    if seen.account_changed:
        yield Hint("changed", Text("审核通过后更换了收款账户", "the account was changed after the approval"))
