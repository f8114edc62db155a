"""What a worker may say is wrong, which answers can be written down, and by when an answer is due.

The right: Personal Information Protection Law (2021), article 46: whoever finds their information wrong or incomplete may ask that it
be corrected; it is then checked and corrected without delay. Article 50: a refusal gives its reasons, and can be taken to court.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from guildhall.kernel.calendar import Answer, WorkCalendar
from guildhall.kernel.dated import Dated
from guildhall.kernel.tables import Text
from guildhall.registry import tables
from guildhall.registry.engine import wordbook
from guildhall.registry.engine.wordbook import Words

TERM = Dated(15, None, None, "own-assumption", "assumed")
"""Working days within which a request is answered. The law says "without delay" and names no number: this one is our own assumption,
chosen to stay within thirty days also over the longest holidays. A city sets its own by its service guide."""
LONGEST_WORDS = 500
EARLIEST, LATEST = date(1900, 1, 1), date(2099, 12, 31)
SUBJECT = re.compile(r"(registry\.[a-z_]+):([0-9]{1,18}):([a-z_]+)")


@dataclass(frozen=True)
class Part:
    """One column a worker may ask to have corrected. `kind` says how the answer is given; `words` names the closed list it is from.

    An `empty` part may also be asked to say nothing, such as a spell that has not ended; the day of an `ahead` one may lie ahead. A
    part that is an `end` is recorded half open, and spoken of by its last day or month.
    """

    table: str
    column: str
    title: Text
    kind: str
    words: Words = field(default_factory=dict)
    empty: bool = False
    ahead: bool = False
    end: bool = False


def _known(words: Words) -> Words:
    return {code: word for code, word in words.items() if code != "unknown"}


OTHER = "other"
"""The column of a request in words about a whole row."""
NOTE = "note"
"""A request about something the lists do not hold: a thing that is missing, or is not the worker's at all."""
DENIAL = "denial"
"""A request to void an employment that the worker says is not so; it is lodged by saying no, never chosen from a list."""
_FROM, _UNTIL = Text("开始日期", "first day"), Text("最后一天", "last day")
_OTHER = Text("其他问题", "something else")
PARTS: tuple[Part, ...] = (
    Part(tables.IDENTITY.name, "name", Text("姓名", "name"), "name"),
    Part(tables.IDENTITY.name, "identity_number", Text("身份证号", "identity number"), "number"),
    Part(tables.IDENTITY.name, "phone", Text("手机号", "phone"), "phone", empty=True),
    Part(tables.WORKERS.name, "residence", Text("常住地", "place of residence"), "place"),
    Part(tables.WORKERS.name, "education", Text("学历", "schooling"), "word", _known(wordbook.EDUCATION)),
    Part(tables.WORKERS.name, "migrant", Text("农民工身份", "migrant worker"), "word", _known(wordbook.MIGRANT)),
    Part(tables.WORKERS.name, "standing", Text("当前身份", "main activity"), "word", wordbook.STANDING),
    Part(tables.WORKERS.name, OTHER, _OTHER, NOTE),
    Part(tables.EMPLOYMENT.name, "started_on", _FROM, "date"),
    Part(tables.EMPLOYMENT.name, "ended_on", _UNTIL, "date", empty=True, ahead=True, end=True),
    Part(tables.EMPLOYMENT.name, "contract", Text("用工形式", "kind of contract"), "word", _known(wordbook.CONTRACT)),
    Part(tables.EMPLOYMENT.name, OTHER, _OTHER, NOTE),
    Part(tables.CERTIFICATES.name, "issued_on", Text("发证日期", "day of issue"), "date"),
    Part(tables.CERTIFICATES.name, "valid_until", Text("有效期最后一天", "last day it holds"), "date", empty=True, ahead=True, end=True),
    Part(tables.CERTIFICATES.name, OTHER, _OTHER, NOTE),
    Part(tables.INSURANCE.name, "started_on", Text("首个参保月", "first insured month"), "month"),
    Part(tables.INSURANCE.name, "ended_on", Text("最后参保月", "last insured month"), "month", empty=True, end=True),
)
"""In the order in which they are shown. What an issuer certified (a level, an occupation) is asked for in words: the issuer must agree."""
DENIED = Part(tables.EMPLOYMENT.name, "denied_at", Text("是否在该单位就业", "whether you work there"), DENIAL)
_BY_NAME: Mapping[tuple[str, str], Part] = {(part.table, part.column): part for part in (*PARTS, DENIED)}


@dataclass(frozen=True)
class Subject:
    """What a request is about: one column of one row. Its text is what the request and the address of its form carry."""

    part: Part
    row: int

    def __str__(self) -> str:
        return f"{self.part.table}:{self.row}:{self.part.column}"


def subject(text: str) -> Subject | None:
    """The subject a text names; None where there is none of that name."""
    found = SUBJECT.fullmatch(text)
    part = _BY_NAME.get((found[1], found[3])) if found else None
    return Subject(part, int(found[2])) if found and part else None


def day_wanted(part: Part, text: str, today: date) -> date | None:
    """The day as it is recorded of the one that a text gives: a month by its first day, an end half open. None for what is no day, and
    for one before 1900 or too far ahead.
    """
    try:
        day = date.fromisoformat(f"{text.strip()}-01" if part.kind == "month" and len(text.strip()) == 7 else text.strip())
    except ValueError:
        return None
    if part.kind == "month":
        day = day.replace(day=1)
    if not EARLIEST <= day <= (LATEST if part.ahead else today):
        return None
    return _after(part, day) if part.end else day


def last(part: Part, end: date) -> date:
    """The last day of what ends half open; of a month its first day."""
    before = end - timedelta(days=1)
    return before.replace(day=1) if part.kind == "month" else before


def _after(part: Part, day: date) -> date:
    """The first day after: of a month, the first of the next."""
    return (day + timedelta(days=31)).replace(day=1) if part.kind == "month" else day + timedelta(days=1)


def due(calendar: WorkCalendar, lodged: date) -> Answer[date]:
    """The last working day on which a request is answered in time; provisional where it reaches a year not yet arranged."""
    return calendar.add(lodged, TERM.value)
