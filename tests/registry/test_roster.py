"""Rosters: the header found wherever it stands, each row taken or rejected with its reasons, and what was rejected brought again."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from guildhall.kernel.workbooks import Workbook, read
from guildhall.registry.engine.roster import (
    FIELDS,
    CellFault,
    KnownPlace,
    NotATable,
    Reference,
    Rejected,
    Repeated,
    RosterRow,
    open_roster,
    rejected_workbook,
)
from guildhall.registry.engine.roster.columns import NAMES, NOT_KEPT, ROSTER
from guildhall.registry.engine.roster.reading import RowReader
from guildhall.synth.rosters import FAULTS, HEADER, identity_number, made_roster
from tests.registry.whole import Whole
from tests.registry.workbooks import workbook

TODAY = date(2026, 11, 20)
REFERENCE = Reference(
    city="cq",
    city_names=("重庆市",),
    places=(
        KnownPlace("cq-500103", "渝中区", "district", (), "渝中区"),
        KnownPlace("cq-500109", "北碚区", "district", (), "北碚区"),
        KnownPlace("cq-liangjiang", "两江新区", "district", (), "两江新区"),
        KnownPlace("cq-500109006", "蔡家岗街道", "township", ("北碚区", "两江新区"), "两江新区"),
    ),
    occupations={"6-18-01-01": "车工", "6-18-02-04": "焊工"},
    organisations={"E1": 1, "E2": 2, "91110000600037341L": 1, "91440300708461136T": 2},
    organisation=1,
    made_up=True,
)
ADA, BOB, EVE = (identity_number(person, date(1990, 3, 7), sex) for person, sex in ((1, "female"), (2, "male"), (3, "female")))


def whole_roster(book: Workbook, **how: Any) -> Whole:
    return Whole(open_roster(book, **how))


def roster(*rows: Sequence[Any], **how: Any) -> Whole:
    return whole_roster(workbook(rows), **{"reference": REFERENCE, "today": TODAY, **how})


def one(**cells: Any) -> Whole:
    """A roster of one row, named by field."""
    given = {"name": "王小明", "identity_number": ADA, **cells}
    return roster([NAMES[name][0] for name in given], list(given.values()))


def taken(**cells: Any) -> RosterRow:
    found = one(**cells)
    assert found.rejected == [], [fault.code for fault in found.rejected[0].faults]
    row: RosterRow = found.rows[0]
    return row


def codes(found: Whole) -> list[str]:
    return [fault.code for row in found.rejected for fault in row.faults]


# The header


def test_the_header_is_found_under_banners_and_notes() -> None:
    found = roster(
        ["重庆某某机械有限公司 2026 年职工花名册"],
        ["说明：姓名、身份证号必填"],
        [],
        ["序号", "姓 名", "*身份证号码（18位）", "手机\n号码"],
        [1, "王小明", ADA, 13800138000],
        [2, "李雷", BOB, ""],
        [3, "", "", ""],
        [],
        ["", "合计：2人"],
        ["填表人：张三", "", "审核："],
    )
    assert (found.header_row, found.read, found.skipped) == (4, 2, 2)
    assert found.columns == {"name": "姓 名", "identity_number": "*身份证号码（18位）", "phone": "手机 号码"}
    assert [(row.number, row.name, row.phone) for row in found.rows] == [(5, "王小明", "13800138000"), (6, "李雷", None)]
    assert [remark.zh for remark in found.remarks] == ["第 9 行（“合计”）不是人员，已略过", "第 10 行（“填表人”）不是人员，已略过"]


def test_a_header_of_two_rows_with_merged_cells() -> None:
    out = io.BytesIO()
    sheet = (made := xlsxwriter.Workbook(out)).add_worksheet()
    sheet.merge_range(0, 0, 0, 5, "花名册")
    sheet.merge_range(1, 0, 2, 0, "姓名")
    sheet.merge_range(1, 1, 1, 2, "身份信息")
    sheet.write_row(2, 1, ["身份证号", "性别"])
    sheet.merge_range(1, 3, 1, 4, "证书")
    sheet.write_row(2, 3, ["编号", "等级"])
    sheet.write_row(3, 0, ["王小明", ADA, "女", "S000099123456234000001", "中级工"])
    made.close()
    found = whole_roster(read(out.getvalue(), "f.xlsx"), reference=REFERENCE, today=TODAY)
    assert (found.header_row, found.columns) == (
        3,
        {"name": "姓名", "identity_number": "身份证号", "sex": "性别", "certificate_number": "证书编号", "level": "证书等级"},
    )
    assert [(row.level, row.certificate_number) for row in found.rows] == [("L4", "S000099123456234000001")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_known_name_leads_to_its_field(language: str) -> None:
    for field, names in NAMES.items():
        for name in names:
            assert ROSTER.known(name) == (field, names.index(name) + 1) or ROSTER.known(name)[0] == field, name  # type: ignore[index]
        assert ROSTER.known(FIELDS[field].in_(language)) is not None, FIELDS[field]
    assert all(ROSTER.known(name) == ("", 0) for name in NOT_KEPT)


def test_english_headers() -> None:
    found = roster(
        ["No.", "Full name", "ID No.", "Mobile", "Skill level", "Hire date"], [1, "王小明", ADA, "13800138000", "Level 4", "2020-01-02"]
    )
    assert [(row.level, row.started_on) for row in found.rows] == [("L4", date(2020, 1, 2))]


def test_what_becomes_of_each_column_is_told() -> None:
    found = roster(
        ["序号", "姓名", "身份证号", "手机", "联系电话", "月工资", "星座", "备注", "备注"],
        [1, "王小明", ADA, "13800138000", "13900139000", 8000, "双鱼", "甲", "乙", "无名列"],
    )
    assert {(note.column, note.state, note.field) for note in found.column_notes} == {
        ("序号", "not_kept", ""),
        ("姓名", "used", "name"),
        ("身份证号", "used", "identity_number"),
        ("手机", "used", "phone"),
        ("联系电话", "double", "phone"),
        ("月工资", "not_kept", ""),
        ("星座", "unknown", ""),
        ("备注", "not_kept", ""),
        ("备注 #2", "not_kept", ""),
    }
    assert [remark.en for remark in found.remarks] == ["column J has no header; its contents in 1 row were not read"]
    assert found.rows[0].phone == "13800138000"


def test_a_given_mapping_wins() -> None:
    rows = ["姓名", "身份证号", "手机", "联系电话", "户籍地"], ["王小明", ADA, "13800138000", "13900139000", "北碚区"]
    found = roster(*rows, mapping={"phone": "联系电话", "residence": "户籍地"})
    assert (found.rows[0].phone, found.rows[0].residence) == ("13900139000", "cq-500109")
    assert found.columns["residence"] == "户籍地"


def test_a_mapping_makes_a_header_of_unknown_words() -> None:
    found = roster(["甲", "乙"], ["王小明", ADA], mapping={"name": "甲", "identity_number": "乙"})
    assert [row.name for row in found.rows] == ["王小明"]


def test_two_columns_for_a_required_field_are_asked_about() -> None:
    rows = ["姓名", "姓名", "身份证号"], ["王小明", "李雷", ADA]
    with pytest.raises(NotATable) as caught:
        roster(*rows)
    assert "几列都可能是姓名：姓名、姓名 #2" in caught.value.said("zh")[1]
    assert roster(*rows, mapping={"name": "姓名 #2"}).rows[0].name == "李雷"


def test_a_missing_column_is_named_with_what_was_found() -> None:
    with pytest.raises(NotATable) as caught:
        roster(["姓名", "性别", "学历"], ["王小明", "女", "大专"])
    assert caught.value.said("en")[1] == "Sheet1: no column for the identity number; the columns are: 姓名、性别、学历"
    assert "没有“身份证号”一列" in caught.value.said("zh-hans")[1]


def test_a_file_without_any_header_says_how_it_begins() -> None:
    with pytest.raises(NotATable) as caught:
        roster(["会议纪要"], ["时间", "地点"])
    assert "会议纪要" in str(caught.value)


def test_a_header_without_rows_is_no_roster() -> None:
    with pytest.raises(NotATable, match="no rows under the header"):
        roster(["姓名", "身份证号"])


def test_of_two_sheets_the_one_with_the_header_is_taken() -> None:
    found = workbook([["填写说明"], ["姓名", "必填"]], [["姓名", "身份证号"], ["王小明", ADA]])
    assert whole_roster(found, reference=REFERENCE, today=TODAY).sheet == "Sheet2"


def test_an_empty_sheet_does_no_harm() -> None:
    found = whole_roster(workbook([["姓名", "身份证号"], ["王伟", ADA]], []), reference=REFERENCE, today=TODAY)
    assert (found.sheet, found.read) == ("Sheet1", 1)
    with pytest.raises(NotATable):
        whole_roster(workbook([], []), reference=REFERENCE, today=TODAY)


def test_between_two_rosters_in_one_file_one_is_to_be_chosen() -> None:
    rows = [["姓名", "身份证号"], ["王小明", ADA]], [["姓名", "身份证号"], ["李雷", BOB], ["韩梅", EVE]]
    found = workbook(*rows)
    with pytest.raises(NotATable) as caught:
        whole_roster(found, reference=REFERENCE, today=TODAY)
    assert caught.value.sheets == ("Sheet1", "Sheet2")
    assert "Sheet1 (2)、Sheet2 (3)" in caught.value.said("zh")[1]
    assert whole_roster(found, reference=REFERENCE, today=TODAY, sheet="Sheet2").read == 2
    with pytest.raises(NotATable, match="no sheet Sheet9"):
        whole_roster(found, reference=REFERENCE, today=TODAY, sheet="Sheet9")


# Rows


def test_a_full_row_is_typed() -> None:
    row = taken(
        name="王\u3000小明", identity_number=f"'{ADA}", sex="女", birth="1990年3月", phone=13800138000,
        education="大专", migrant="本地农民工",
        residence="重庆市两江新区蔡家岗街道", occupation="焊工", level="三级/高级工", certificate_number="S000099123456233000001",
        issued_on="2023.5.6", contract="劳务派遣", started_on=44260, ended_on="2026年10月31日",
    )  # fmt: skip
    assert replace(row, digest=b"") == RosterRow(
        2, "王小明", ADA, date(1990, 3, 7), "female", "13800138000", "college", "local", "cq-500109006", "6-18-02-04", "L3",
        "S000099123456233000001", date(2023, 5, 6), "dispatched", date(2021, 3, 5), date(2026, 11, 1),
    )  # fmt: skip


def test_a_file_that_is_silent_leaves_fields_open() -> None:
    row = taken()
    assert [getattr(row, name) for name in ("phone", "education", "residence", "occupation", "level", "contract", "started_on")] == [
        None
    ] * 7


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"name": ""}, ["empty"]),
        ({"identity_number": ""}, ["empty"]),
        ({"identity_number": float(f"{ADA[:17]}0")}, ["digits_lost"]),
        ({"sex": "男"}, ["sex_other"]),
        ({"birth": "1990-03-08"}, ["birth_other"]),
        ({"birth": "1990年4月"}, ["birth_other"]),
        ({"identity_number": identity_number(9, date(2011, 1, 1), "male")}, ["too_young"]),
        ({"identity_number": identity_number(9, date(2011, 1, 1), "male"), "started_on": "2026-03-01"}, ["too_young"]),
        ({"identity_number": identity_number(9, date(2011, 1, 1), "male"), "ended_on": "2026-10-31"}, ["too_young"]),
        ({"identity_number": identity_number(9, date(2009, 1, 1), "male"), "ended_on": "2024-12-31"}, ["too_young"]),
        ({"started_on": "2006-03-06"}, ["young_then"]),
        ({"started_on": "2005-01-01", "ended_on": "2005-12-31"}, ["young_then"]),
        ({"started_on": "1990-03-06"}, ["before_birth"]),
        ({"identity_number": identity_number(9, date(2027, 1, 1), "male")}, ["id_future"]),
        ({"started_on": "2026-12-01"}, ["date_future"]),
        ({"started_on": "2020-05-01", "ended_on": "2020-04-30"}, ["end_before_start"]),
        ({"issued_on": "2003-01-01"}, ["issued_before_birth"]),
        ({"level": "二级", "certificate_number": "S000099123456233000001"}, ["certificate_level"]),
        ({"issued_on": "2021-05-06", "certificate_number": "S000099123456233000001"}, ["certificate_year"]),
        ({"organisation": "E2"}, ["organisation_other"]),
        ({"organisation": "E9"}, ["organisation_unknown"]),
        ({"organisation": "91440300708461136T"}, ["organisation_other"]),
        ({"organisation": "911100006000373410"}, ["credit_code"]),
        ({"occupation": "车工", "occupation_code": "6-18-02-04"}, ["occupation_two"]),
        ({"district": "渝中区", "township": "蔡家岗街道", "residence": "北碚区"}, ["place_two"]),
        ({"name": "王小明2", "sex": "男", "phone": "123"}, ["name_digits", "phone_form", "sex_other"]),
    ],
)
def test_every_fault_of_a_row_is_told(cells: dict[str, Any], expected: list[str]) -> None:
    assert sorted(codes(one(**cells))) == sorted(expected)


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        ({"identity_number": identity_number(9, date(2009, 6, 1), "male")}, "minor"),
        ({"identity_number": identity_number(9, date(1946, 11, 19), "male")}, None),
        ({"identity_number": identity_number(9, date(1945, 11, 20), "male")}, "aged"),
        ({"certificate_number": "S000099123456233000001"}, "level_from_number"),
        ({"level": "学徒工", "certificate_number": "S000099123456233000001"}, "certificate_apprentice"),
        ({"residence": "北碚区蔡家岗街道"}, "place_moved"),
        ({"residence": "四川省成都市"}, "place_outside"),
        ({"level": "L3", "issued_on": "2024-01-06", "certificate_number": "S000099123456233000001"}, "certificate_year_near"),
        ({"post": "班组长"}, "post_only"),
        ({"organisation": "91110000600037341L"}, None),
        ({"organisation": "91310000MA1FL8TQ36"}, "credit_code_new"),
        ({"started_on": "2020年5月"}, "date_month"),
        ({"migrant": "是"}, "migrant_which"),
    ],
)
def test_what_is_odd_and_costs_nothing_is_noted(cells: dict[str, Any], note: str | None) -> None:
    assert [each.code for each in taken(**cells).notes] == ([note] if note else [])


def test_what_is_wrong_with_a_day_is_told_with_the_remedy_for_it() -> None:
    (late,) = one(started_on="2026-12-01").rejected[0].faults
    assert (late.what.en, "later day" in late.next.en) == ("it lies after the day the roster speaks of (2026-11-20)", True)
    (early,) = one(issued_on="2003-01-01").rejected[0].faults
    assert "check the day against the certificate" in early.next.en
    (short,) = one(identity_number="9").rejected[0].faults
    assert short.what.en == "its length is 1, not 18"


def test_a_first_day_at_work_may_be_the_sixteenth_birthday() -> None:
    assert taken(started_on="2006-03-07").started_on == date(2006, 3, 7)


def test_what_follows_from_other_cells() -> None:
    assert taken(certificate_number="S000099123456233000001").level == "L3"
    assert taken(level="学徒工").contract == "apprentice"
    assert taken(level="学徒工", certificate_number="S000099123456233000001").certificate_number is None
    assert taken(post="车工").occupation == "6-18-01-01"
    assert taken(post="班组长", occupation="焊工").occupation == "6-18-02-04"
    assert taken(ended_on="至今").ended_on is None
    assert taken(organisation="91110000600037341l").name == "王小明"


def test_a_certificate_of_the_last_century_agrees_with_its_year() -> None:
    older = identity_number(4, date(1970, 1, 1), "male")
    assert (
        taken(identity_number=older, issued_on="1998-05-01", certificate_number="S000099123456983000001").notes[0].code
        == "level_from_number"
    )


def test_made_up_people_are_taken_in_a_demonstration_only() -> None:
    found = roster(["姓名", "身份证号"], ["王小明", ADA], reference=replace(REFERENCE, made_up=False))
    assert codes(found) == ["id_region"]


def test_a_fault_names_row_and_column_of_the_file_and_hides_the_value() -> None:
    found = roster(["花名册"], [], ["姓 名*", "身份证号码"], ["王小明", ADA[:17]])
    (row,) = found.rejected
    assert (row.number, row.cells) == (4, ("王小明", ADA[:17]))
    (fault,) = row.faults
    assert (fault.field, fault.column, fault.value, fault.code) == ("identity_number", "身份证号码", f"99{'*' * 14}{ADA[16]}", "id_length")
    assert CellFault.from_json(fault.as_json()) == fault
    assert ADA[6:14] not in str(fault.as_json())
    assert (fault.what.en, fault.next.en) == ("its length is 17, not 18", "check it against the identity card")


def test_the_same_person_twice() -> None:
    header = ["姓名", "身份证号", "学历"]
    found = roster(header, ["王小明", ADA, "大专"], ["李雷", BOB, ""], ["王 小明", f"{ADA[:6]} {ADA[6:]}", "专科"], ["王小明", ADA, "本科"])
    assert [row.number for row in found.rows] == [2, 3]
    assert found.repeated == [Repeated(4, 2)]
    assert [(row.number, row.faults[0].code, row.faults[0].what.zh) for row in found.rejected] == [
        (5, "repeats", "与第 2 行是同一个人，但内容不同")
    ]


def test_a_person_whose_first_row_was_rejected_may_come_again() -> None:
    found = roster(["姓名", "身份证号", "学历"], ["王小明", ADA, "?!"], ["王小明", ADA, "大专"])
    assert ([row.number for row in found.rejected], [row.number for row in found.rows]) == ([2], [3])


def test_the_digest_is_over_what_the_row_says_and_nothing_else() -> None:
    first, again = taken(education="大专", started_on="2021.3.5"), taken(education="专科", started_on=44260)
    assert first.digest == again.digest
    assert len(first.digest) == 32
    for other in (taken(education="本科", started_on="2021.3.5"), taken(education="大专")):
        assert other.digest != first.digest
    keyed = roster(["姓名", "身份证号"], ["王小明", ADA], digest_key=b"k").rows[0].digest
    assert keyed != taken().digest


def test_damaged_rows_of_text_are_rejected_whole() -> None:
    content = f"姓名,身份证号\n王小明,{ADA}\n".encode() + "李雷韩梅,x\n".encode("gb18030") + f"韩梅,{EVE}\n张三,{BOB},多余\n".encode()
    found = whole_roster(read(content, "f.csv"), reference=REFERENCE, today=TODAY)
    assert [(row.number, row.faults[0].code) for row in found.rejected] == [(3, "encoding")]
    assert (found.read, found.encoding) == (4, "UTF-8")
    assert [remark.en for remark in found.remarks][-1] == "column C has no header; its contents in 1 row were not read"


def test_a_header_that_stands_again_on_every_page_is_passed_over() -> None:
    found = roster(["姓名", "身份证号"], ["王小明", ADA], ["姓名", "身份证号"], ["李雷", BOB])
    assert (found.read, len(found.rows)) == (2, 2)
    assert len(found.remarks) == 1


def test_a_total_with_a_count_is_no_person() -> None:
    found = roster(["序号", "身份证号", "姓名"], ["1", ADA, "王小明"], ["合计", "12", ""], ["2", "12345", "李雷"])
    assert (found.read, [row.number for row in found.rejected]) == (2, [4])
    assert [remark.en for remark in found.remarks] == ["row 3 (“合计”) is no person and was passed over"]


# What was rejected, brought again


def again(found: Whole, language: str = "zh") -> Whole:
    content = rejected_workbook(found.rejected, found.header, language=language)
    return whole_roster(read(content, "again.xlsx"), reference=REFERENCE, today=TODAY)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_rejected_rows_come_back_as_they_were(language: str) -> None:
    header = ["序号", "姓名", "身份证号", "手机", "入职日期"]
    found = roster(header, [1, "王小明", ADA, "", "20-1-1"], [2, "李雷", BOB], [3, "韩梅", EVE[:17], "+86 13800138000", "=1+1"])
    second = again(found, language)
    assert [row.cells[: len(header)] for row in second.rejected] == [
        tuple("'" + cell if cell.startswith(("+", "=")) else cell for cell in row.cells) for row in found.rejected
    ]
    assert [[fault.code for fault in row.faults] for row in second.rejected] == [
        [fault.code for fault in row.faults] for row in found.rejected
    ]
    assert {note.state for note in second.column_notes} == {"used", "not_kept"}


def test_no_cell_of_the_spreadsheet_comes_to_life() -> None:
    live = ['=HYPERLINK("http://x","y")', "+1+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "|x", "%x"]
    rows = [
        Rejected(n, (CellFault("", live[n % len(live)], "", "empty", *([FIELDS["name"]] * 2)),), (cell, "")) for n, cell in enumerate(live)
    ]
    content = rejected_workbook(rows, ["=姓名", "身份证号"])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(str(cell.value).startswith(("=", "+", "@", "-", "|", "%")) for cell in cells)
    assert {cell.number_format for cell in cells} == {"@"}


def test_the_spreadsheet_says_what_to_correct() -> None:
    found = one(name="王小明2", sex="男")
    sheet = openpyxl.load_workbook(io.BytesIO(rejected_workbook(found.rejected, found.header))).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["姓名", "身份证号", "性别", "需要更正的内容", "原行号"]
    assert sheet["D2"].value == "姓名：姓名里有数字。请检查是否填错了列\n性别：与身份证号里的性别不同。请对照身份证更正"
    assert sheet["E2"].value == "2"


# Large and messy


WORDS: dict[str, Any] = {"places": ("北碚区", "渝中", "重庆市北碚区蔡家岗街道"), "occupations": ("焊工", "6-18-01-01", "车 工")}


def test_a_messy_roster_has_exactly_the_wrong_rows_it_was_made_with() -> None:
    made = made_roster(
        rows=400, faults=11, seed=5, places=("北碚区", "渝中", "重庆市北碚区蔡家岗街道"), occupations=("焊工", "6-18-01-01", "车 工")
    )
    found = whole_roster(read(made.content, "花名册.xlsx"), reference=REFERENCE, today=TODAY)
    assert found.read == 400 == len(found.rows) + len(found.rejected) + len(found.repeated)
    assert [(row.number, row.faults[0].code) for row in found.rejected] == list(made.wrong)
    assert Counter(kind for _, kind in made.wrong) == Counter(FAULTS)
    assert set(HEADER) == set(found.header)
    clean = made_roster(
        rows=400, faults=0, seed=5, places=("北碚区", "渝中", "重庆市北碚区蔡家岗街道"), occupations=("焊工", "6-18-01-01", "车 工")
    )
    whole = whole_roster(read(clean.content, "花名册.xlsx"), reference=REFERENCE, today=TODAY)
    assert (len(whole.rows), whole.rejected) == (400, [])
    wrong = {number for number, _ in made.wrong}
    assert [row.digest for row in whole.rows if row.number not in wrong] == [row.digest for row in found.rows]


def test_corrected_rows_are_taken_when_they_come_again() -> None:
    made, right = (read(made_roster(rows=60, faults=faults, seed=5, **WORDS).content, "f.xlsx") for faults in (11, 0))
    first, clean = (whole_roster(each, reference=REFERENCE, today=TODAY) for each in (made, right))
    lines = {line.number: line for line in right.sheets[0].rows()}
    sheet = (spreadsheet := openpyxl.load_workbook(io.BytesIO(rejected_workbook(first.rejected, first.header)))).worksheets[0]
    for at, row in enumerate(first.rejected, 2):
        for column, cell in enumerate(lines[row.number].cells, 1):
            sheet.cell(at, column).value = cell
    out = io.BytesIO()
    spreadsheet.save(out)
    second = whole_roster(read(out.getvalue(), "again.xlsx"), reference=REFERENCE, today=TODAY)
    assert second.rejected == []
    assert sorted(row.digest for row in [*first.rows, *second.rows]) == sorted(row.digest for row in clean.rows)


CELLS = st.sampled_from(
    ["", " ", "\u3000", "无", "#N/A", "=1", "合计：3", "王小明", "李 雷", ADA, BOB, EVE, ADA[:17], f"'{BOB}", "男", "女", "大专", "本科",
     "高级工/三级", "三级", "6-18-01-01", "焊工", "2021.3.5", "20210305", "44260", "03/05/2021", "北碚区", "渝中", "13800138000",
     "S000099123456233000001"]
)  # fmt: skip
FIELDS_IN_ORDER = ["姓名", "身份证号", "性别", "学历", "技能等级", "工种", "入职日期", "常住地", "证书编号"]


@given(st.lists(st.lists(CELLS, min_size=9, max_size=9), min_size=1, max_size=12))
@settings(max_examples=120)
def test_every_row_is_in_one_count_and_memory_changes_nothing(rows: list[list[str]]) -> None:
    """The slow reference: each row by a reader that remembers nothing of the others."""
    book = workbook([FIELDS_IN_ORDER, *rows])
    try:
        found = whole_roster(book, reference=REFERENCE, today=TODAY)
    except NotATable:
        assert not any(cell.strip() for row in rows for cell in row)
        return
    assert found.read == len(found.rows) + len(found.rejected) + len(found.repeated)
    header = open_roster(book, reference=REFERENCE, today=TODAY)._reader.header
    slow = {
        line.number: RowReader(header, book, REFERENCE, TODAY, b"").row(line) for line in book.sheets[0].rows() if line.number > header.row
    }
    for row in found.rows:
        assert slow[row.number] == row
    for rejected in found.rejected:
        if rejected.faults[0].code != "repeats":
            assert slow[rejected.number] == rejected
    assert all(isinstance(slow[row.number], RosterRow) for row in found.repeated)


def test_a_roster_is_the_same_taken_again() -> None:
    book = read(made_roster(rows=50, seed=9, occupations=("焊工",)).content, "f.xlsx")
    opened = open_roster(book, reference=REFERENCE, today=TODAY)
    assert list(opened) == list(opened)
    assert opened.read == 50


def test_remarks_are_known_and_not_read_however_long() -> None:
    plain = roster(["姓名", "身份证号"], ["王小明", ADA])
    for remark in ("长" * 2_000, "=SUM(A1:A9)", "#N/A", "已离职"):
        told = roster(["姓名", "身份证号", "备注"], ["王小明", ADA, remark])
        assert told.rejected == []
        assert told.rows[0].digest == plain.rows[0].digest
        assert not told.rows[0].notes


@pytest.mark.parametrize(
    ("banner", "days"),
    [
        (["填报日期：2026-06-30"], ["2026-06-30"]),
        (["重庆某某公司花名册（截至2026年6月30日）", "", "填报日期", "2026-07-05"], ["2026-06-30"]),
        (["Staff list as of 2026.6.30"], ["2026-06-30"]),
        (["制表日期：20260630"], ["2026-06-30"]),
        (["截至2026-06-30", "数据日期：2026-05-31"], ["2026-05-31", "2026-06-30"]),
        (["数据日期：2026-13-30"], []),
        (["2026 年职工花名册"], []),
    ],
)
def test_the_day_a_roster_speaks_of_is_read_above_its_header(banner: list[str], days: list[str]) -> None:
    book = workbook([banner, ["姓名", "身份证号"], ["王小明", ADA], ["数据日期：2020-01-01"]])
    found = open_roster(book, reference=REFERENCE, today=TODAY)
    assert [day.isoformat() for day in found.days] == days
