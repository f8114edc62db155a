"""A file of another authority into typed rows, by its contract."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from guildhall.kernel.tables import Text
from guildhall.kernel.workbooks import SheetRows, Workbook
from guildhall.registry.engine.cells import lists
from guildhall.registry.engine.cells.asof import days_above
from guildhall.registry.engine.cells.dates import read_date
from guildhall.registry.engine.cells.findings import CellFault
from guildhall.registry.engine.cells.header import NO_ROWS, Finding, Header, NotATable, choose
from guildhall.registry.engine.cells.names import read_name
from guildhall.registry.engine.cells.numbers import read_certificate_number, read_identity
from guildhall.registry.engine.cells.occupations import Occupations
from guildhall.registry.engine.cells.problems import Problem, Read, Wrong, problem
from guildhall.registry.engine.cells.table import OpenTable, Reader, Said, TableReader, digest, teller
from guildhall.registry.engine.cells.text import plain
from guildhall.registry.engine.feeds.contracts import CONTRACTS, HARDSHIPS, Contract
from guildhall.registry.engine.roster.checks import check_certificate
from guildhall.registry.engine.roster.reading import LASTING, organisation
from guildhall.registry.engine.roster.rows import Reference

UNIQUE = frozenset({"name", "identity_number", "certificate_number"})
_SCHEMES = {"失业保险": "unemployment", "失业": "unemployment", "unemployment": "unemployment", "unemployment insurance": "unemployment"}
_GROUPS = {
    "monitored": "防返贫监测对象 防止返贫监测对象 监测对象 脱贫不稳定户 边缘易致贫户 突发严重困难户 monitored",
    "lifted": "脱贫人口 脱贫劳动力 建档立卡贫困人口 建档立卡贫困劳动力 已脱贫户 lifted",
    "minimum_living": "最低生活保障对象 低保 低保对象 低保家庭成员 城市低保 农村低保 最低生活保障家庭成员 minimum_living",
    "zero_employment": "零就业家庭 零就业家庭成员 zero_employment",
    "disabled": "残疾人 残疾 持证残疾人 disabled",
    "hard_to_employ": "就业困难人员 就业困难 大龄失业人员 4050人员 长期失业人员 hard_to_employ",
    "land_lost": "失地农民 被征地农民 land_lost",
    "veteran": "退役军人 退役士兵 veteran",
}
_GROUP_OF = {spelling: group for group, spellings in _GROUPS.items() for spelling in spellings.split()}


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A row of a feed: `values` by the fields of its contract, dates half open. `digest` is over values and key, not over the name."""

    number: int
    identity_number: str
    birth: date
    sex: str
    name: str | None
    values: Mapping[str, Any]
    notes: tuple[CellFault, ...] = ()
    digest: bytes = b""


@dataclass
class OpenFeed(OpenTable[FeedRow]):
    """A feed whose header and as-of date are understood; iterate it for its rows."""

    contract: Contract = field(kw_only=True)
    as_of: date = field(kw_only=True)


class FeedReader(TableReader[FeedRow]):
    """Reads the rows of one feed."""

    def __init__(
        self, contract: Contract, header: Header, workbook: Workbook, reference: Reference, as_of: date, digest_key: bytes
    ) -> None:
        self.contract, self.reference, self.as_of, self.digest_key = contract, reference, as_of, digest_key
        self.occupations = Occupations(reference.occupations, reference.occupation_words)
        kinds = self._kinds()
        readers = {column.field: kinds[column.reader] for column in contract.columns}
        super().__init__(header, workbook, readers, UNIQUE, [column.field for column in contract.columns if column.filled])

    def _kinds(self) -> dict[str, Reader]:
        """How cells are read, by the word a contract uses."""
        made_up = self.reference.made_up
        return {
            "identity": lambda text: Read(read_identity(text, made_up=made_up)),
            "name": lambda text: Read(read_name(text)),
            "certificate": lambda text: read_certificate_number(text, made_up=made_up),
            "level": _certified,
            "occupation": self.occupations.read,
            "organisation": lambda text: Read(organisation(text, self.reference)),
            "known_organisation": self._known_organisation,
            "scheme": _scheme,
            "hardship": _group,
            "education": _education,
            "programme": _programme,
            "day": self.day,
            "last_day": lambda text: Read(None) if text in LASTING else _after(self.day(text)),
            "month": lambda text: _month(self.day(text)),
            "last_month": lambda text: Read(None) if text in LASTING else _next_month(self.day(text)),
        }

    def _known_organisation(self, text: str) -> Read[int | None]:
        try:
            return Read(organisation(text, self.reference))
        except Wrong as wrong:
            if wrong.problem.code == "organisation_unknown":
                return Read(None, problem("organisation_left_out"))
            raise

    def take(self, number: int, cells: list[str], values: dict[str, Any], said: Said) -> Callable[[tuple[CellFault, ...]], FeedRow]:
        """The row typed, once its days and its certificate agree with each other and with the day the file speaks of."""
        say = teller(said)
        if values.pop("as_of", None) not in (None, self.as_of):
            say("as_of", Wrong("as_of_two", as_of=self.as_of.isoformat()))
        began = "issued_on" if "issued_on" in values else "started_on"
        _check_days(values, began, self.as_of, say)
        if "certificate_number" in values:
            check_certificate(values, say)
        return lambda notes: self._typed(number, values, notes)

    def _typed(self, number: int, values: dict[str, Any], notes: tuple[CellFault, ...]) -> FeedRow:
        person = values.pop("identity_number")
        name = values.pop("name", None)
        if certificate := values.get("certificate_number"):
            values["certificate_number"] = certificate.number
        kept = {
            column.field: values.get(column.field)
            for column in self.contract.columns
            if column.field not in ("identity_number", "name", "as_of")
        }
        if self.contract.kind == "insurance":
            kept["scheme"] = kept["scheme"] or "unemployment"
        return FeedRow(
            number, person.number, person.birth, person.sex, name, kept, notes, digest([person.number, *kept.values()], self.digest_key)
        )

    def key(self, row: FeedRow) -> object:
        return tuple(row.identity_number if field == "identity_number" else row.values[field] for field in self.contract.key)

    def repeats(self, row: FeedRow) -> tuple[str, str]:
        return self.contract.key[0], row.identity_number if self.contract.key[0] == "identity_number" else str(
            row.values[self.contract.key[0]]
        )


def _check_days(values: dict[str, Any], began: str, as_of: date, say: Callable[[str, Problem | Wrong], None]) -> None:
    """Nothing begins after the day the file speaks of, nothing ends before it began, and nobody is counted before birth."""
    first, after, person = values.get(began), values.get("ended_on"), values.get("identity_number")
    if first and first > as_of:
        say(began, Wrong("as_of", as_of=as_of.isoformat()))
    if first and after and after <= first:
        say("ended_on", Wrong("end_before_begin"))
    if first and person and first < person.birth:
        say(began, Wrong("before_birth"))


def _after(found: Read[date]) -> Read[date]:
    return Read(found.value + timedelta(1), found.note)


def _month(found: Read[date]) -> Read[date]:
    """The first day of the month named; a month without its day is what is asked for, so it needs no note."""
    return Read(found.value.replace(day=1))


def _next_month(found: Read[date]) -> Read[date]:
    return Read((found.value.replace(day=1) + timedelta(32)).replace(day=1))


def _certified(text: str) -> Read[str]:
    level = lists.read_level(text)
    if level in (None, "L0"):
        raise Wrong("level_uncertified")
    return Read(level)


def _education(text: str) -> Read[str]:
    """A level of schooling one graduates from."""
    found = lists.read_word("education", text).value
    if found is None:
        raise Wrong("not_in_list", allowed="高中（中专）、大专、本科")
    return Read(found)


def _scheme(text: str) -> Read[str]:
    if found := _SCHEMES.get(text.lower()):
        return Read(found)
    raise Wrong("not_in_list", allowed="失业保险 (unemployment)")


def _group(text: str) -> Read[str]:
    if found := _GROUP_OF.get(re.sub(r"[\s“”\"()]", "", text).lower()):
        return Read(found)
    raise Wrong("not_in_list", allowed="、".join(words.zh for words in HARDSHIPS.values()))


def _programme(text: str) -> Read[str]:
    if re.fullmatch(r"[0-9]{6}", text):
        return Read(text)
    raise Wrong("programme")


def open_feed(
    workbook: Workbook,
    kind: str,
    *,
    reference: Reference,
    today: date,
    as_of: date | None = None,
    mapping: Mapping[str, str] | None = None,
    sheet: str = "",
    digest_key: bytes = b"",
) -> OpenFeed:
    """The feed of a kind (`CONTRACTS`) in a workbook, its columns and its as-of date understood.

    The day is the one given, else that of the column `as_of`, else one named above the header. Raises NotATable where the file has
    no such header, no day, two that differ, or one after `today`; and where there is nothing under the header but notes and totals.
    """
    contract = CONTRACTS[kind]
    try:
        rows, header = choose(workbook, contract.vocabulary, mapping=mapping, sheet=sheet)
    except NotATable as unfit:
        raise NotATable(workbook.name, unfit.findings, _ONE_SHEET) if unfit.chooses else unfit from None
    day = _day_of(workbook, rows, header, as_of, today)
    reader = FeedReader(contract, header, workbook, reference, day, digest_key)
    opened = OpenFeed(
        workbook.name, rows.name, workbook.encoding, header.row, header.labels, header.columns, header.notes, rows, reader,
        notes=workbook.notes, contract=contract, as_of=day,
    )  # fmt: skip
    if next(iter(opened), None) is None:
        raise NotATable(workbook.name, [Finding(header.row, "", NO_ROWS)], _BRING)
    return opened


_BRING = Text(
    "没有读入任何内容，也没有任何人因此结束；请向报送部门要一份有内容的文件",
    "nothing was taken and nobody ended by it; ask the authority for a file with rows",
)
_ONE_SHEET = Text(
    "没有读入任何内容；请只留下要导入的那张工作表，另存后再导入",
    "nothing was taken; leave only the sheet that is meant in the workbook, save it and bring it again",
)
_NAME_IT = Text(
    "没有读入任何内容；请写明数据日期，或在导入时给出",
    "nothing was taken; write the day the file speaks of into it, or give it when bringing it",
)


def _day_of(workbook: Workbook, rows: SheetRows, header: Header, given: date | None, today: date) -> date:
    said = sorted(set(_days_said(workbook, rows, header)) | ({given} if given else set()))
    if not said:
        raise _undated(workbook, Text("文件没有写明数据日期", "the file does not say which day it speaks of"))
    if len(said) > 1:
        days = "、".join(map(str, said))
        raise _undated(workbook, Text(f"文件所写和所给的数据日期不一：{days}", f"the days written in the file, or given, differ: {days}"))
    if said[0] > today:
        raise _undated(workbook, Text(f"数据日期 {said[0]} 在今天之后", f"its day, {said[0]}, lies after today"))
    return said[0]


def _undated(workbook: Workbook, what: Text) -> NotATable:
    return NotATable(workbook.name, [Finding(0, "", what)], _NAME_IT)


def _days_said(workbook: Workbook, rows: SheetRows, header: Header) -> Iterator[date]:
    """The days a file gives itself: above its header, and in the first row of a column of its own."""
    yield from days_above(rows, header.row)
    column = header.at.get("as_of")
    first = next((line for line in rows.rows() if line.number > header.row), None)
    if first and column is not None and column < len(first.cells) and (text := plain(first.cells[column])):
        yield read_date(text, date1904=workbook.date1904).value
