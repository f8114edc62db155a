"""What becomes of a row that is not taken as it is: its faults, in both languages, with the cell masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guildhall.kernel.tables import Text


@dataclass(frozen=True, slots=True)
class CellFault:
    """One thing wrong with a cell. `column` is the header as in the file, `value` is masked, `code` names the kind of fault."""

    field: str
    column: str
    value: str
    code: str
    what: Text
    next: Text

    def as_json(self) -> dict[str, Any]:
        """The form in which a fault is stored beside its row."""
        said = {"what": {"zh": self.what.zh, "en": self.what.en}, "next": {"zh": self.next.zh, "en": self.next.en}}
        return {"field": self.field, "column": self.column, "value": self.value, "code": self.code, **said}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> CellFault:
        """The fault that `as_json` wrote down."""
        words = {name: Text(kept[name]["zh"], kept[name]["en"]) for name in ("what", "next")}
        return cls(kept["field"], kept["column"], kept["value"], kept["code"], words["what"], words["next"])


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not taken: every fault, and its cells as they stood under the header, in the order of the columns."""

    number: int
    faults: tuple[CellFault, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A row that says again exactly what an earlier row says; it counts as unchanged."""

    number: int
    first: int
