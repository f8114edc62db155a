"""How long what is held about people is kept, and why: one rule for each kind of record, which every domain writes for its own."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from guildhall.kernel.tables import Text

Then = Literal["kept", "superseded", "emptied", "erased"]
"""At the end: nothing; nothing, and what it said before a change is kept beside it; the row stays without what says who; the row goes."""

ENDS: dict[Then, Text] = {
    "kept": Text("长期保存", "kept"),
    "superseded": Text("长期保存，更改前的内容一并保留", "kept, with what it said before each change"),
    "emptied": Text("清除能认出本人的内容，只留一行凭据", "emptied of what says who; a line stays as proof"),
    "erased": Text("整行清除", "erased"),
}


@dataclass(frozen=True)
class Period:
    """A stretch of time: whole years and days."""

    years: int = 0
    days: int = 0

    def before(self, on: date) -> date:
        """The day that lies this long before another; 29 February becomes the 28th where the year has none."""
        year = on.year - self.years
        return date(year, on.month, min(on.day, monthrange(year, on.month)[1])) - timedelta(days=self.days)

    @property
    def text(self) -> Text:
        if self.years:
            return Text(f"{self.years} 年", f"{self.years} year" + ("s" if self.years > 1 else ""))
        return Text(f"{self.days} 天", f"{self.days} day" + ("s" if self.days > 1 else ""))


@dataclass(frozen=True)
class Rule:
    """One kind of record: what it is, what starts the clock, how long it runs, what happens then, and on which ground.

    `models` are the rows it covers, as `app.Model`. `status` says how well the ground is known: `statute` where a law names it,
    `assumed` where we chose the length ourselves and a city must confirm it. Without a period nothing ends.
    """

    key: str
    models: tuple[str, ...]
    what: Text
    begins: Text
    then: Then
    basis: Text
    status: str
    period: Period | None = None

    @property
    def kept(self) -> Text:
        """How long, in one line."""
        begins, end = self.begins, ENDS[self.then]
        if self.period is None:
            return Text(f"{begins.zh}，{end.zh}", f"{begins.en}, {end.en}") if begins.zh else end
        span = self.period.text
        return Text(f"{begins.zh}起 {span.zh}，到期{end.zh}", f"{span.en} from {begins.en}, then {end.en}")
