"""The header of a table that people laid out: found under banners and notes, over one row or two, its columns told by their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from guildhall.kernel.errors import Fault, FaultsFound
from guildhall.kernel.tables import Text
from guildhall.kernel.workbooks import Line, SheetRows, Workbook

LOOKED_AT = 40
"""Rows with anything in them among which the header is sought: forms carry a page of instructions before it."""
_BRACKETS = re.compile(r"[(\[【{〔].*?[)\]】}〕]")
_MARKS = re.compile(r"[\s*:：·.、_\-—/\\()\[\]【】{}〔〕\"'“”#?]+")


@dataclass(frozen=True)
class Vocabulary:
    """What the columns of a kind of table are called: names per field, the likeliest first, and those of columns that are not kept."""

    fields: Mapping[str, Sequence[str]]
    required: tuple[str, ...]
    titles: Mapping[str, Text]
    not_kept: Sequence[str] = ()

    def __post_init__(self) -> None:
        words: dict[str, tuple[str, int]] = {}
        for name, variants in self.fields.items():
            for rank, variant in enumerate([name, *variants, *self.titles[name]]):
                words.setdefault(folded(variant), (name, rank))
        for variant in self.not_kept:
            words.setdefault(folded(variant), ("", 0))
        object.__setattr__(self, "_words", words)

    def known(self, label: str) -> tuple[str, int] | None:
        """The field a header names and how likely it is (0 is best); ("", 0) for a column that is known and not kept; None."""
        words: dict[str, tuple[str, int]] = self.__dict__["_words"]
        return words.get(folded(label)) or words.get(folded(_BRACKETS.sub("", unicodedata.normalize("NFKC", label))))


@dataclass(frozen=True, slots=True)
class ColumnNote:
    """What becomes of a column: `used` as a field, `not_kept` (known, but not for the registry), `unknown`, `ambiguous` or `double`."""

    column: str
    state: str
    field: str = ""
    what: Text = Text("", "")


@dataclass(frozen=True)
class Header:
    """A header: where it ends, the label of each column, which column (from 0) is which field, and what becomes of the columns."""

    row: int
    labels: tuple[str, ...]
    at: Mapping[str, int]
    notes: tuple[ColumnNote, ...]

    @property
    def columns(self) -> dict[str, str]:
        """The mapping as people see it: {field: label}."""
        return {field: self.labels[column] for field, column in self.at.items()}


def folded(label: str) -> str:
    """A header's words without width, case, spaces, stars, brackets and punctuation."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", label)).lower()


def choose(
    workbook: Workbook, vocabulary: Vocabulary, *, mapping: Mapping[str, str] | None = None, sheet: str = ""
) -> tuple[SheetRows, Header]:
    """The sheet that holds the table, and its header. `mapping` ({field: label}) wins over what the labels say.

    Raises FaultsFound where no sheet names the required columns, telling what was found, and where several do and none is chosen.
    """
    sheets = [each for each in workbook.sheets if not sheet or each.name == sheet]
    if not sheets:
        there = "、".join(each.name for each in workbook.sheets)
        what = Text(f"没有名为“{sheet}”的工作表；有：{there}", f"there is no sheet {sheet}; there are: {there}")
        raise NotATable(workbook.name, [Finding(0, "", what)], _CHOOSE)
    found = [(each, header) for each in sheets if (header := find(each, vocabulary, mapping or {}))]
    whole = [(each, header) for each, header in found if not _missing(header, vocabulary) and _has_rows(each, header)]
    seen = [pair for pair in whole if not pair[0].hidden] or whole
    if len(seen) > 1:
        names = "、".join(f"{each.name} ({each.count})" for each, _ in seen)
        what = Text(f"几张工作表都像这样的表（行数）：{names}", f"several sheets hold such a table (rows): {names}")
        raise NotATable(workbook.name, [Finding(0, "", what)], _CHOOSE, tuple(each.name for each, _ in seen))
    if seen:
        return seen[0]
    raise NotATable(workbook.name, list(_findings(workbook, found, vocabulary)), _NAME)


_CHOOSE = Text("没有读入任何内容；请选定一张工作表再导入", "nothing was taken; choose a sheet and bring it again")
_NAME = Text(
    "没有读入任何内容；请在表头写明各列，或指定哪一列是什么，再导入",
    "nothing was taken; name the columns, or say which column is which, and bring it again",
)


class Finding(NamedTuple):
    """What is wrong with a header: its row (0: the file), the column, and why."""

    row: int
    column: str
    what: Text


NO_ROWS = Text("表头下面没有内容", "there are no rows under the header")


class NotATable(FaultsFound):
    """A file without the table that is sought, or with several: then `sheets` are their names. `said(language)` is in that language."""

    def __init__(self, name: str, findings: Sequence[Finding], next: Text, sheets: tuple[str, ...] = ()) -> None:
        faults = [Fault(name, each.row, each.column, each.what.en) for each in findings]
        super().__init__(f"{name} cannot be read as a table", faults, next=next.en)
        self.findings, self.words_next, self.sheets, self.name = tuple(findings), next, sheets, name

    @property
    def chooses(self) -> bool:
        """Whether a sheet has to be chosen first."""
        return self.words_next == _CHOOSE

    @property
    def empty(self) -> bool:
        """Whether the table is there, with nothing under its header."""
        return bool(self.findings) and all(each.what.en.endswith(NO_ROWS.en) for each in self.findings)

    def said(self, language: str) -> tuple[str, str, str]:
        """What happened, why, and what to do next, in a language."""
        why = (
            "；".join(each.what.zh for each in self.findings) if language.startswith("zh") else "; ".join(f.what.en for f in self.findings)
        )
        return Text(f"无法把“{self.name}”读成表格", self.what).in_(language), why, self.words_next.in_(language)


def _has_rows(sheet: SheetRows, header: Header) -> bool:
    return any(line.number > header.row for line in sheet.rows())


def _missing(header: Header, vocabulary: Vocabulary) -> list[str]:
    return [field for field in vocabulary.required if field not in header.at]


def _findings(workbook: Workbook, found: Sequence[tuple[SheetRows, Header]], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Why no sheet will do: per header what it lacks and what it has, or how the file begins where there is no header at all."""
    for sheet, header in found:
        labels = "、".join(label for label in header.labels if label)[:400]
        place = f"{sheet.name}: " if sheet.name else ""
        for field in (missing := _missing(header, vocabulary)):
            yield Finding(header.row, vocabulary.titles[field].zh, _lacking(field, header, vocabulary, place, labels))
        if not missing:
            yield Finding(header.row, "", Text(f"{place}{NO_ROWS.zh}", f"{place}{NO_ROWS.en}"))
    if not found:
        zh, en = ("、".join(vocabulary.titles[field].in_(language) for field in vocabulary.required) for language in ("zh", "en"))
        starts = "; ".join(" | ".join(line.cells)[:80] for each in workbook.sheets for line in islice(each.rows(), 3))[:300]
        yield Finding(
            0, "", Text(f"没有一行写明{zh}；文件开头是：{starts}", f"no row names the columns {en}; the file begins with: {starts}")
        )


def _lacking(field: str, header: Header, vocabulary: Vocabulary, place: str, labels: str) -> Text:
    title = vocabulary.titles[field]
    several = "、".join(note.column for note in header.notes if note.state == "ambiguous" and note.field == field)
    if several:
        return Text(f"{place}几列都可能是{title.zh}：{several}", f"{place}several columns may be the {title.en}: {several}")
    return Text(f"{place}没有“{title.zh}”一列；现有：{labels}", f"{place}no column for the {title.en}; the columns are: {labels}")


def find(sheet: SheetRows, vocabulary: Vocabulary, mapping: Mapping[str, str]) -> Header | None:
    """The row, or two rows, of a sheet whose cells name the most columns; None where no row names two, or there is none."""
    lines = list(islice(sheet.rows(), LOOKED_AT + 1))
    if not lines:
        return None
    best: tuple[int, int, tuple[str, ...]] = (1, 0, ())
    for line, below in zip(lines, [*lines[1:], None], strict=True):
        single = tuple(map(_label, line.cells))
        best = max(best, (_score(single, vocabulary, mapping), -line.number, single))
        if below and below.number == line.number + 1 and not _is_data(below):
            double = tuple(_joined(_spread(line, sheet.merged), below.cells, vocabulary))
            # Two rows are taken for one header only where that names more columns than the better of the two.
            score = _score(double, vocabulary, mapping)
            if score > max(_score(single, vocabulary, mapping), _score(tuple(map(_label, below.cells)), vocabulary, mapping)):
                best = max(best, (score, -below.number, double))
    score, row, labels = best
    return _header(-row, _unlike(labels), vocabulary, mapping) if score > 1 else None


def _label(cell: str) -> str:
    return re.sub(r"\s+", " ", cell.replace("\u3000", " ")).strip()


def _is_data(line: Line) -> bool:
    """Whether a row holds what no header holds: long digits."""
    return any(re.search(r"[0-9]{6}", cell) for cell in line.cells)


def _spread(line: Line, merged: Iterable[tuple[int, int, int, int]]) -> list[str]:
    """The cells of a row, those merged to the right repeated in each column they cover."""
    cells = list(line.cells)
    for top, left, _, right in merged:
        if top == line.number and left <= len(cells):
            cells += [""] * (right - len(cells))
            cells[left:right] = [cells[left - 1]] * (right - left)
    return cells


def _joined(upper: Sequence[str], lower: Sequence[str], vocabulary: Vocabulary) -> Iterator[str]:
    """The labels of two rows read as one header: the lower name, else the upper, or both where that is known."""
    for column in range(max(len(upper), len(lower))):
        above = _label(upper[column]) if column < len(upper) else ""
        below = _label(lower[column]) if column < len(lower) else ""
        both = f"{above}{below}"
        yield both if above and below and vocabulary.known(both) else below or above


def _score(labels: Sequence[str], vocabulary: Vocabulary, mapping: Mapping[str, str]) -> int:
    """How many columns a row of labels names; required ones count three times, given ones like required ones."""
    given = {folded(label) for label in mapping.values()}
    fields = {known[0] for label in labels if label and (known := vocabulary.known(label)) and known[0]}
    others = sum(1 for label in labels if label and (known := vocabulary.known(label)) and not known[0])
    required = sum(2 for field in vocabulary.required if field in fields)
    return len(fields) + required + min(others, 3) + 3 * sum(1 for label in labels if label and folded(label) in given)


def _unlike(labels: Sequence[str]) -> tuple[str, ...]:
    """Labels that can be told apart: the second of a name gets a number, a column without one its letter."""
    seen: dict[str, int] = {}
    out = []
    for column, label in enumerate(labels):
        label = label or f"({column_letters(column)})"
        seen[label] = seen.get(label, 0) + 1
        out.append(label if seen[label] == 1 else f"{label} #{seen[label]}")
    return tuple(out)


def _first(label: str) -> str:
    """A label as it stands in the file, without the number that tells the second of a name from the first."""
    return re.sub(r" #[0-9]+$", "", label)


def column_letters(column: int) -> str:
    """The letters of a column counted from 0: A, …, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _header(row: int, labels: tuple[str, ...], vocabulary: Vocabulary, mapping: Mapping[str, str]) -> Header:
    at: dict[str, int] = {}
    for field, label in mapping.items():
        column = next((place for place, each in enumerate(labels) if each == label or folded(each) == folded(label)), None)
        if column is not None and field in vocabulary.titles:
            at[field] = column
    claims: dict[str, list[tuple[int, int]]] = {}
    for column, label in enumerate(labels):
        known = vocabulary.known(_first(label))
        if known and known[0] and known[0] not in mapping and column not in at.values():
            claims.setdefault(known[0], []).append((known[1], column))
    ambiguous: dict[int, str] = {}
    for field, rivals in claims.items():
        rivals.sort()
        if len(rivals) > 1 and rivals[0][0] == rivals[1][0] and field in vocabulary.required:
            ambiguous |= {column: field for _, column in rivals}
        else:
            at[field] = rivals[0][1]
    return Header(row, labels, at, tuple(_notes(labels, at, claims, ambiguous, vocabulary)))


def _notes(
    labels: Sequence[str],
    at: Mapping[str, int],
    claims: Mapping[str, list[tuple[int, int]]],
    ambiguous: Mapping[int, str],
    vocabulary: Vocabulary,
) -> Iterator[ColumnNote]:
    used = {column: field for field, column in at.items()}
    rivals = {column: field for field, columns in claims.items() for _, column in columns}
    for column, label in enumerate(labels):
        if field := used.get(column):
            yield ColumnNote(label, "used", field, vocabulary.titles[field])
        elif field := ambiguous.get(column):
            yield ColumnNote(label, "ambiguous", field, Text("有几列都可能是它，请指定", "several columns may be this one: say which"))
        elif field := rivals.get(column):
            other = labels[at[field]]
            yield ColumnNote(
                label,
                "double",
                field,
                Text(f"已采用“{other}”一列，这一列不读", f"the column {other} is taken for it; this one is not read"),
            )
        elif (known := vocabulary.known(_first(label))) and not known[0]:
            yield ColumnNote(label, "not_kept", "", Text("认得这一列，登记库不保存", "known, and not kept in the registry"))
        elif not re.fullmatch(r"\([A-Z]+\)", label):
            yield ColumnNote(
                label,
                "unknown",
                "",
                Text("不认得这一列，没有读；可以指定它的含义", "not known and not read; say what it means, if it matters"),
            )
