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
    "approved": Term(5, True, Text("开始公示", "put on public notice")),
    "noticed": Term(10, True, Text("公示期满后列入发放", "pay after the notice")),
    "batched": Term(10, True, Text("银行回执", "answer of the bank")),
    "failed": Term(60, False, Text("更正收款账户", "give another account")),
    "refused": Term(60, False, Text("申请复核或行政复议", "object"), "行政复议法（条文未核对）", "unverified"),
    "appealed": Term(60, False, Text("作出复核决定", "decide on the objection"), "行政复议法（条文未核对）", "unverified"),
    "recalling": Term(5, True, Text("第二人复核追回", "second officer, claim back")),
    "recalled": Term(60, False, Text("退回款项或申请复核", "pay back or object"), "行政复议法（条文未核对）", "unverified"),
    "recall_appealed": Term(60, False, Text("作出复核决定", "decide on the objection"), "行政复议法（条文未核对）", "unverified"),
}
"""The term that begins with each state that has one."""
BODY = Text(
    "原决定部门（复核）；对复核不服的，可向其本级人民政府申请行政复议或依法提起诉讼",
    "the office that decided, by another officer; after that the people's government of its level (reconsideration) or the court",
)
"""Before whom a refusal can be disputed; which one is competent in a case is for the city to confirm."""


def due(calendar: WorkCalendar, state: str, since: date) -> Answer[date] | None:
    """The last day of the term that began with a state, or None where it has none."""
    term = TERMS.get(state)
    if term is None:
        return None
    return calendar.add(since, term.days) if term.working else calendar.natural_deadline(since, term.days)


def notice_until(calendar: WorkCalendar, first: date, days: int) -> Answer[date]:
    """The last day of a public notice of so many working days that begins on `first`, or on the next working day."""
    begins = calendar.next_working(first)
    if days <= 1:
        return begins
    last = calendar.add(begins.value, days - 1)
    return Answer(last.value, begins.provisional or last.provisional)
