"""Files of other authorities: each contract read from a table as it may come, with its as-of date and its reasons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guildhall.kernel.workbooks import Workbook, read
from guildhall.registry import tables
from guildhall.registry.engine.feeds import CONTRACTS, HARDSHIPS, FeedRow, open_feed
from guildhall.registry.engine.feeds.reading import _GROUPS
from guildhall.registry.engine.roster import NotATable, Reference, rejected_workbook
from guildhall.synth.rosters import identity_number
from tests.registry.whole import Whole
from tests.registry.workbooks import workbook

TODAY = date(2026, 11, 20)
AS_OF = date(2026, 10, 31)
ADA, BOB = identity_number(1, date(1990, 3, 7), "female"), identity_number(2, date(1985, 1, 2), "male")
REFERENCE = Reference(occupations={"6-18-01-01": "车工", "6-18-02-04": "焊工"}, organisations={"B1": 11, "E1": 1, "C1": 21}, made_up=True)
EXAMPLES: dict[str, tuple[Sequence[Any], Sequence[Any], dict[str, Any]]] = {
    "certificates": (
        ["身份证号码", "姓名", "证书编号", "职业技能等级", "职业名称", "发证日期", "发证机构统一社会信用代码", "注销日期"],
        [ADA, "王小明", "S000099123456233000001", "三级/高级工", "车工", "2023.5.6", "B1", ""],
        {"certificate_number": "S000099123456233000001", "level": "L3", "occupation": "6-18-01-01", "issued_on": date(2023, 5, 6),
         "issuer": 11, "ended_on": None},
    ),
    "insurance": (
        ["公民身份号码", "参保起始年月", "参保终止年月", "单位编号", "险种"],
        [ADA, "202103", "2022年12月", "E1", "失业保险"],
        {"started_on": date(2021, 3, 1), "ended_on": date(2023, 1, 1), "organisation": 1, "scheme": "unemployment"},
    ),
    "unemployment": (
        ["姓名", "身份证号", "失业登记日期", "注销日期"],
        ["王小明", ADA, "2026-01-05", "2026-06-30"],
        {"started_on": date(2026, 1, 5), "ended_on": date(2026, 7, 1)},
    ),
    "hardship": (
        ["姓名", "身份证号", "困难类型", "认定日期", "退出日期"],
        ["王小明", ADA, "防返贫监测对象", "2024-01-01", "至今"],
        {"detail": "monitored", "started_on": date(2024, 1, 1), "ended_on": None},
    ),
    "graduates": (
        ["姓名", "身份证号", "学校编号", "学历层次", "专业代码", "毕业日期"],
        ["王小明", ADA, "C1", "大专", "460301", "2012-06-30"],
        {"school": 21, "detail": "college", "programme": "460301", "started_on": date(2012, 6, 30)},
    ),
}  # fmt: skip


def whole_feed(book: Workbook, kind: str, **how: Any) -> Whole:
    return Whole(open_feed(book, kind, **how))


def feed(kind: str, *rows: Sequence[Any], **how: Any) -> Whole:
    return whole_feed(workbook(rows), kind, **{"reference": REFERENCE, "today": TODAY, "as_of": AS_OF, **how})


def changed(kind: str, **cells: Any) -> Whole:
    """The example of a contract with other cells, by header."""
    header, row, _ = EXAMPLES[kind]
    return feed(kind, header, [cells.get(label, cell) for label, cell in zip(header, row, strict=True)])


def codes(found: Whole) -> list[str]:
    return [fault.code for row in found.rejected for fault in row.faults]


@pytest.mark.parametrize("kind", CONTRACTS)
def test_the_example_of_each_contract_is_typed(kind: str) -> None:
    header, row, expected = EXAMPLES[kind]
    found = feed(kind, ["标题"], header, row)
    assert codes(found) == []
    (typed,) = found.rows
    assert (typed.number, typed.identity_number, typed.birth, typed.sex) == (3, ADA, date(1990, 3, 7), "female")
    assert dict(typed.values) == expected
    assert (found.as_of, found.read) == (AS_OF, 1)
    assert {note.state for note in found.opened.column_notes} == {"used"}


@pytest.mark.parametrize("kind", CONTRACTS)
def test_english_headers_are_known_too(kind: str) -> None:
    contract = CONTRACTS[kind]
    fields = [column.field for column in contract.columns]
    titles = [column.title.en for column in contract.columns]
    header, row, _ = EXAMPLES[kind]
    columns = [contract.vocabulary.known(str(label)) for label in header]
    cells = {known[0]: cell for known, cell in zip(columns, row, strict=True) if known}
    found = feed(kind, titles, [cells.get(field, AS_OF.isoformat() if field == "as_of" else "") for field in fields])
    assert (len(found.rows), codes(found)) == (1, [])


@pytest.mark.parametrize("kind", CONTRACTS)
def test_a_needed_column_that_is_missing_is_named(kind: str) -> None:
    header, row, _ = EXAMPLES[kind]
    for column in CONTRACTS[kind].columns:
        known = [CONTRACTS[kind].vocabulary.known(str(label)) for label in header]
        at = next((n for n, each in enumerate(known) if each and each[0] == column.field), None)
        if at is None:
            continue
        rows = [[*cells[:at], *cells[at + 1 :]] for cells in (header, row)]
        if column.needed:
            with pytest.raises(NotATable, match=column.title.en):
                feed(kind, *rows)
        else:
            assert len(feed(kind, *rows).rows) == 1


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("certificates", {"职业技能等级": "二级"}, ["certificate_level"]),
        ("certificates", {"职业技能等级": "学徒工"}, ["level_uncertified"]),
        ("certificates", {"职业技能等级": ""}, ["empty"]),
        ("certificates", {"发证日期": "2021-05-06"}, ["certificate_year"]),
        ("certificates", {"发证机构统一社会信用代码": "B9"}, ["organisation_unknown"]),
        ("certificates", {"注销日期": "2023-05-01"}, ["end_before_begin"]),
        ("certificates", {"职业名称": "画匠师"}, ["occupation_unknown"]),
        ("certificates", {"身份证号码": ADA[:17]}, ["id_length"]),
        ("insurance", {"参保起始年月": "2026-11"}, ["as_of", "end_before_begin"]),
        ("insurance", {"险种": "养老保险"}, ["not_in_list"]),
        ("insurance", {"参保终止年月": "202102"}, ["end_before_begin"]),
        ("insurance", {"参保起始年月": ""}, ["empty"]),
        ("unemployment", {"失业登记日期": "26-1-5"}, ["date_two_digits"]),
        ("unemployment", {"失业登记日期": "1980-01-05", "注销日期": ""}, ["before_birth"]),
        ("hardship", {"困难类型": "富裕户"}, ["not_in_list"]),
        ("graduates", {"学历层次": "其他"}, ["not_in_list"]),
        ("graduates", {"专业代码": "4603"}, ["programme"]),
    ],
)
def test_what_breaks_a_contract_is_told(kind: str, cells: dict[str, str], expected: list[str]) -> None:
    found = changed(kind, **cells)
    assert sorted(codes(found)) == sorted(expected)
    again = read(rejected_workbook(found.rejected, found.opened.header), "again.xlsx")
    assert codes(whole_feed(again, kind, reference=REFERENCE, today=TODAY, as_of=AS_OF)) == codes(found)


def test_months_of_insurance_end_on_the_first_day_of_the_month_after() -> None:
    def spell(first: str, last: str) -> tuple[date, date | None]:
        values = changed("insurance", 参保起始年月=first, 参保终止年月=last).rows[0].values
        return values["started_on"], values["ended_on"]

    assert spell("2021-03", "2021-03") == (date(2021, 3, 1), date(2021, 4, 1))
    assert spell("2021-03-15", "2021-12-31") == (date(2021, 3, 1), date(2022, 1, 1))
    assert spell("202103", "") == (date(2021, 3, 1), None)


def test_an_organisation_that_is_not_on_record_is_left_out_with_a_note() -> None:
    (row,) = changed("insurance", 单位编号="E9").rows
    assert (row.values["organisation"], [note.code for note in row.notes]) == (None, ["organisation_left_out"])


def test_a_certificate_of_the_two_posts_at_the_top() -> None:
    (row,) = changed("certificates", 证书编号="YT00009912345623000001", 职业技能等级="特级技师", 注销日期="2026-05-05").rows
    assert (row.values["level"], row.values["ended_on"]) == ("LT", date(2026, 5, 6))
    assert row.values["level"] in tables.CERTIFIED


def test_every_group_has_spellings() -> None:
    assert _GROUPS.keys() == HARDSHIPS.keys()
    for group, words in HARDSHIPS.items():
        assert changed("hardship", 困难类型=words.zh).rows[0].values["detail"] == group


# The day it speaks of


HEADER, ROW, _ = EXAMPLES["unemployment"]


@pytest.mark.parametrize(
    "banner",
    [
        "数据截止日期：2026年10月31日",
        "登记失业人员名册（截至2026-10-31）",
        "统计日期: 2026/10/31",
        "Registered unemployment, as of 2026-10-31",
    ],
)
def test_the_day_may_stand_above_the_header(banner: str) -> None:
    assert feed("unemployment", [banner], HEADER, ROW, as_of=None).as_of == AS_OF


def test_the_day_may_stand_in_a_column() -> None:
    found = feed("unemployment", [*HEADER, "数据日期"], [*ROW, "20261031"], [*ROW[:1], BOB, *ROW[2:], "20261030"], as_of=None)
    assert found.as_of == AS_OF
    assert codes(found) == ["as_of_two"]


@pytest.mark.parametrize(
    ("rows", "given", "said"),
    [
        ([HEADER, ROW], None, "文件没有写明数据日期"),
        ([["截至2026-10-31"], HEADER, ROW], date(2026, 9, 30), "数据日期不一：2026-09-30、2026-10-31"),
        ([["截至2026-10-31"], ["统计日期：2026-10-30"], HEADER, ROW], None, "数据日期不一"),
        ([HEADER, ROW], date(2027, 1, 1), "在今天之后"),
    ],
)
def test_a_file_without_a_sure_day_is_refused(rows: list[Sequence[Any]], given: date | None, said: str) -> None:
    with pytest.raises(NotATable) as caught:
        feed("unemployment", *rows, as_of=given)
    assert said in caught.value.said("zh")[1]


# Keys


def test_the_same_key_twice_repeats_or_contradicts() -> None:
    found = feed("unemployment", HEADER, ROW, ROW, [*ROW[:3], ""], [ROW[0], ADA, "2025-01-05", "2025-02-05"])
    assert [row.number for row in found.rows] == [2, 5]
    assert [(each.number, each.first) for each in found.repeated] == [(3, 2)]
    assert [(each.number, each.faults[0].code) for each in found.rejected] == [(4, "repeats")]
    assert found.read == len(found.rows) + len(found.repeated) + len(found.rejected)


def test_a_certificate_number_belongs_to_one_person() -> None:
    header, row, _ = EXAMPLES["certificates"]
    found = feed("certificates", header, row, [BOB, *row[1:]])
    assert [(each.faults[0].field, each.faults[0].value) for each in found.rejected] == [("certificate_number", "S0*******************1")]


def test_rows_come_one_by_one_and_digests_need_the_key() -> None:
    header, row, _ = EXAMPLES["hardship"]
    opened = open_feed(workbook([header, row]), "hardship", reference=REFERENCE, today=TODAY, as_of=AS_OF, digest_key=b"key")
    (keyed,) = list(opened)
    assert isinstance(keyed, FeedRow)
    (plain,) = feed("hardship", header, row).rows
    assert keyed.digest != plain.digest
    (renamed,) = changed("hardship", 姓名="王晓明").rows
    assert renamed.digest == plain.digest, "a name is compared with the record and never part of what a feed says"


PAGE = Path(__file__).parents[2] / "docs" / "guide" / "feeds.md"


def test_the_examples_in_the_documentation_are_read() -> None:
    blocks = re.findall(r"## `(\w+)`.*?```\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert [kind for kind, _ in blocks] == list(CONTRACTS)
    for kind, text in blocks:
        found = whole_feed(read(text.encode(), "f.csv"), kind, reference=REFERENCE, today=TODAY)
        assert (len(found.rows), found.as_of) == (1, AS_OF)


def test_each_contract_is_documented_with_its_columns_and_groups() -> None:
    page = PAGE.read_text("utf-8")
    for contract in CONTRACTS.values():
        assert f"## `{contract.kind}`" in page
        assert contract.title.zh in page
        for column in contract.columns:
            assert f"| {column.title.zh} | {column.title.en} |" in page, (contract.kind, column.field)
            assert column.doc.en in page
    assert all(f"| `{group}` | {words.zh} |" in page for group, words in HARDSHIPS.items())
