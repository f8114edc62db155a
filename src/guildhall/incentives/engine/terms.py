"""By when each step is due: days counted by the working-day calendar, provisional where they reach into a year not yet arranged.

No statute of the subsidies themselves that we hold names these lengths. Each stands here with what we know of it, none as settled: a
city sets its own by its service guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guildhall.kernel.calendar import Answer, WorkCalendar
from guildhall.kernel.tables import Text

OWN = "own-assumption"


@dataclass(frozen=True)
class Term:
    """A length in days: working days, or calendar days whose last one moves off a day of rest. `status` is of kernel.dated.STATUSES."""

    days: int
    working: bool
    title: Text
    source: str = OWN
    status: str = "assumed"
    confirmed: bool = False

    @property
    def words(self) -> Text:
        """The length in words."""
        if self.working:
            return Text(f"{self.days} 个工作日", f"{self.days} working days")
        return Text(f"{self.days} 日", f"{self.days} days")


TERMS: Mapping[str, Term] = {
    "lodged": Term(5, True, Text("受理或一次性告知补正", "take it up, or say once what is missing")),
    "returned": Term(15, True, Text("申请人补正", "complete the claim")),
    "accepted": Term(20, True, Text("作出决定", "decide")),
    "proposed": Term(5, True, Text("第二人复核", "second officer")),
    "refusing": Term(5, True, Text("第二人复核不予发放", "second officer, refusal")),
    "approved": Term(5, True, Text("开始公示", "put on public notice")),
    "noticed": Term(10, True, Text("公示期满后列入发放", "pay after the notice")),
    "batched": Term(10, True, Text("银行回执", "answer of the bank")),
    "failed": Term(60, False, Text("更正收款账户", "give another account")),
    "refused": Term(60, False, Text("申请复核", "object")),
    "appealed": Term(60, False, Text("作出复核决定", "decide on the objection")),
    "recalling": Term(5, True, Text("第二人复核追回", "second officer, claim back")),
    "recalled": Term(60, False, Text("退回款项或申请复核", "pay back or object")),
    "recall_appealed": Term(60, False, Text("作出复核决定", "decide on the objection")),
}
"""The term that begins with each state that has one, where a city's pack sets none (`rules/claim_terms.toml`)."""
RECONSIDERATION = Term(60, False, Text("申请行政复议", "administrative reconsideration"), "行政复议法（条文未核对）", "unverified")
"""The term of the remedy beside the objection: one need not object first, and objecting does not stretch it."""
RECONSIDER = "reconsideration"
OFFICE = Text("原决定部门，由未参与的人员复核", "the office that decided, by an officer who took no part")
"""Before whom an objection goes."""


def due(calendar: WorkCalendar, term: Term | None, since: date) -> Answer[date] | None:
    """The last day of a term that began on a day, or None where there is none."""
    if term is None:
        return None
    return calendar.add(since, term.days) if term.working else calendar.natural_deadline(since, term.days)


def day_in_words(found: Answer[date]) -> Text:
    """A last day as a letter says it: provisional where it may move."""
    day = found.value.isoformat()
    if not found.provisional:
        return Text(day, day)
    return Text(f"{day}（暂定，节假日安排公布后重新计算）", f"{day} (provisional: worked out again once holidays are published)")


def beside(found: Answer[date]) -> Text:
    """The remedy beside an objection, with its own last day."""
    day = day_in_words(found)
    return Text(
        f"不必先申请复核，也可在 {day.zh} 前依法申请行政复议（向本级人民政府等有权机关），或依法提起诉讼；期限以法律规定为准",
        f"without objecting first, one may until {day.en} ask for administrative reconsideration, before the people's government of its "
        "level, or go to court; the terms of the law prevail",
    )


def notice_until(calendar: WorkCalendar, first: date, days: int) -> Answer[date]:
    """The last day of a public notice of so many working days that begins on `first`, or on the next working day."""
    begins = calendar.next_working(first)
    if days <= 1:
        return begins
    last = calendar.add(begins.value, days - 1)
    return Answer(last.value, begins.provisional or last.provisional)
