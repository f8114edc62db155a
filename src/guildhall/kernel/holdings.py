"""What a domain holds about one person: tables in plain words, which a page shows and a download hands over whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from guildhall.kernel.tables import Text

Value = Text | str | int | bool | date | datetime | Mapping[str, object] | None
"""What a cell may hold: words in both languages, a word of a closed list, text, a number, a day, a moment, or a small record."""


@dataclass(frozen=True, slots=True)
class Heading:
    """One column: its name in the files, and what it is called.

    `words` are the words of its closed list by code; `resolve` names what only a domain above knows, such as `occupation` for the
    names of occupations, which whoever collects fills in.
    """

    name: str
    title: Text
    words: Mapping[str, Text] = field(default_factory=dict)
    resolve: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """All that one table of a domain holds about one person; without rows it says that nothing is held there.

    `table` is the name in the files, such as `registry.employment_spells`; `models` are the rows behind it, as `app.Model`; `rule`
    is the retention rule that says how long and why it is kept. Each row has one value per heading.
    """

    domain: str
    table: str
    title: Text
    why: Text
    columns: tuple[Heading, ...]
    rows: tuple[tuple[Value, ...], ...]
    models: tuple[str, ...]
    rule: str = ""

    def __post_init__(self) -> None:
        wide = len(self.columns)
        assert all(len(row) == wide for row in self.rows), f"{self.table}: a row has other columns than its headings"
