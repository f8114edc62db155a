"""Files from outside: each hazard has its own message and costs bounded memory and time; honest files are read as they are."""

from __future__ import annotations

import io
import re
import resource
import subprocess
import sys
import time
import zipfile
from datetime import date, datetime
from datetime import time as clock
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from guildhall.kernel import opening, workbooks
from guildhall.kernel.hazards import NOTES, REFUSALS
from guildhall.kernel.workbooks import Line, Refused, Workbook, read
from tests.kernel import hostile


def lines(content: bytes, name: str = "f.xlsx") -> list[Line]:
    (sheet,) = read(content, name).sheets
    found = list(sheet.rows())
    assert len(found) == sheet.count
    return found


def refused(content: bytes, name: str = "f.xlsx") -> Refused:
    with pytest.raises(Refused) as caught:
        read(content, name)
    return caught.value


# What can be read


def test_a_workbook_is_read_with_the_numbers_its_rows_have() -> None:
    content = hostile.xlsx([[], ["", "姓名"], [], ["", "张三", "", 1]])
    assert lines(content) == [Line(2, ["", "姓名"]), Line(4, ["", "张三", "", "1"])]


def test_every_kind_of_value_comes_as_text() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.write_row(0, 0, [13800138000, 500112199001011234, 2021.3, 44260, True, -0.5, 0.0001, " 张三 "])
    sheet.write_datetime(1, 0, date(2021, 3, 5), day)
    sheet.write_datetime(1, 1, datetime.combine(date(2021, 3, 5), clock(8, 30)), moment)
    book.close()
    assert [line.cells for line in lines(out.getvalue())] == [
        ["13800138000", "5.00112199001011E+17", "2021.3", "44260", "TRUE", "-0.5", "0.0001", " 张三 "],
        ["2021-03-05", "2021-03-05 08:30:00"],
    ]


@given(
    st.lists(st.lists(st.one_of(st.text("张三aA=@'\"<&\u3000\u200b", max_size=6), st.integers(-(10**14), 10**14)), max_size=4), max_size=6)
)
@settings(max_examples=12)
def test_another_reader_sees_the_same(rows: list[list[str | int]]) -> None:
    content = hostile.xlsx(rows)
    theirs = [[("" if cell is None else str(cell)) for cell in row] for row in hostile.as_openpyxl_reads(content)]
    expected = []
    for number, row in enumerate(theirs, 1):
        while row and not row[-1].strip():
            row.pop()
        if row:
            expected.append(Line(number, row))
    assert lines(content) == expected


def test_the_old_kind_is_read_too() -> None:
    assert lines(hostile.xls([["姓名", "年"], ["张三", 5.5]]), "f.xls") == [Line(1, ["姓名", "年"]), Line(2, ["张三", "5.5"])]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with byte-order mark"), ("gb18030", "GB18030"), ("utf-16", "UTF-16")],
)
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_is_read_in_each_encoding_and_with_each_separator(encoding: str, said: str, separator: str) -> None:
    text = "姓名,学历\n张三,大专\n\n李四,本科\n".replace(",", separator)
    book = read(text.encode(encoding), "f.csv")
    assert (book.kind, book.encoding, book.notes) == ("csv", said, ())
    assert list(book.sheets[0].rows()) == [Line(1, ["姓名", "学历"]), Line(2, ["张三", "大专"]), Line(4, ["李四", "本科"])]


def test_a_path_is_read_like_bytes(tmp_path: Path) -> None:
    path = tmp_path / "花名册.xlsx"
    path.write_bytes(hostile.xlsx())
    assert read(path).name == "花名册.xlsx"
    assert read(path).sheets == read(path.read_bytes(), "x.xlsx").sheets


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [(hostile.xlsx(), "f.csv", "xlsx"), (b"a,b\n1,2\n", "f.xlsx", "csv"), (hostile.xls(), "f.xlsx", "xls")],
)
def test_a_wrong_name_is_told_and_the_content_decides(content: bytes, name: str, kind: str) -> None:
    book = read(content, name)
    assert book.kind == kind
    assert [note.en for note in book.notes] == [f"its name says .{name[2:]}, its content is .{kind}; it was read as what it is"]


def test_sheets_come_with_their_names_merged_cells_and_whether_they_are_hidden() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    first, second = book.add_worksheet("花名册"), book.add_worksheet("字典")
    first.merge_range(0, 0, 1, 2, "标题")
    second.write(0, 0, "男")
    second.hide()
    book.close()
    found = read(out.getvalue(), "f.xlsx")
    assert [(sheet.name, sheet.hidden, sheet.merged) for sheet in found.sheets] == [("花名册", False, ((1, 1, 2, 3),)), ("字典", True, ())]


def test_dates_from_1904_are_told() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"date_1904": True})
    sheet = book.add_worksheet()
    sheet.write_datetime(0, 0, date(2021, 3, 5), book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()
    found = read(out.getvalue(), "f.xlsx")
    assert (found.date1904, list(found.sheets[0].rows())) == (True, [Line(1, ["2021-03-05"])])


# What a reader would take for empty


def test_formulas_without_a_value_and_error_values_are_not_taken_for_nothing() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_formula(0, 0, '=A2&"<x>"', None, "")
    sheet.write_formula(0, 1, "=1+1", None, 2)
    sheet.write_formula(0, 2, "=NA()", None, "#N/A")
    sheet.write_formula(6, 3, "=B1", None, "")
    book.close()
    assert lines(out.getvalue()) == [Line(1, ['=A2&"<x>"', "2", "#N/A"]), Line(7, ["", "", "", "=B1"])]


def test_a_file_that_was_never_calculated_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><f>1+1</f></c></row>' % (row, row) for row in range(3, 20))
    monkeypatch.setattr(opening, "MOST_ODD_CELLS", 10)
    with pytest.raises(opening.Unfit) as caught:
        list(opening.frames(hostile.with_rows(hostile.xlsx(), rows)))
    assert caught.value.hazard == "never_calculated"


def test_a_million_empty_rows_cost_little_and_are_told() -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (row, row) for row in range(3, 1_048_577))
    started = time.monotonic()
    book = read(hostile.with_rows(hostile.xlsx(), rows), "f.xlsx")
    assert book.sheets[0].count == 2
    assert "1048574 empty rows" in book.notes[0].en
    assert time.monotonic() - started < 20


def test_cells_of_spaces_are_empty_rows() -> None:
    assert [line.number for line in lines(hostile.xlsx([["姓名"], *[[" \u3000"]] * 3_000, ["张三"]]))] == [1, 3_002]


# What is refused


@pytest.mark.parametrize(
    ("hazard", "content"),
    [
        ("empty", b""),
        ("empty", b"\xef\xbb\xbf \n"),
        ("pdf", b"%PDF-1.7 ..."),
        ("picture", b"\x89PNG\r\n\x1a\n"),
        ("archive", b"Rar!\x1a\x07"),
        (
            "archive",
            hostile.repacked(
                hostile.xlsx(),
                xl__workbook_dot_xml=None,
                xl__worksheets__sheet1_dot_xml=None,
                xl__styles_dot_xml=None,
                xl__theme__theme1_dot_xml=None,
                xl__sharedStrings_dot_xml=None,
                xl___rels__workbook_dot_xml_dot_rels=None,
            ),
        ),  # fmt: skip
        ("document", hostile.repacked(hostile.xlsx(), word__document_dot_xml=b"<w/>")),
        ("xlsb", hostile.repacked(hostile.xlsx(), xl__workbook_dot_bin=b"x")),
        ("ods", hostile.repacked(hostile.xlsx(), content_dot_xml=b"<x/>")),
        ("macros", hostile.repacked(hostile.xlsx(), xl__vbaProject_dot_bin=b"x")),
        ("macros", hostile.repacked(hostile.xlsx(), xl__macrosheets__sheet1_dot_xml=b"<x/>")),
        ("macros", hostile.xls() + "_VBA_PROJECT".encode("utf-16-le")),
        ("encrypted", hostile.encrypted(hostile.xlsx())),
        ("damaged", hostile.xlsx()[:2_000]),
        ("damaged", hostile.repacked(hostile.xlsx(), xl__workbook_dot_xml=None)),
        ("damaged", hostile.repacked(hostile.xlsx(), xl__worksheets__sheet1_dot_xml=b"<worksheet><sheetData><row")),
        ("damaged", hostile.lying(hostile.with_rows(hostile.xlsx(), b" " * 5_000))),
        ("damaged", hostile.xls()[:1_024]),
        ("web_page", b"<html><table><tr><td>x</td></tr></table></html>"),
        ("xml_spreadsheet", b'<?xml version="1.0"?><Workbook/>'),
        ("utf16_unmarked", "姓名,学历\nzhang,abc\n".encode("utf-16-le") * 20),
        ("binary", bytes(range(256)) * 20),
        ("bomb_size", hostile.lying(hostile.xlsx(), 2 << 30)),
        ("bomb_ratio", hostile.bomb(64)),
        ("columns", hostile.xlsx([["a"], [""] * 600 + ["x"]])),
        ("spread", hostile.with_rows(hostile.xlsx(), b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
    ],
)
def test_each_hazard_has_its_own_message(hazard: str, content: bytes) -> None:
    started = time.monotonic()
    found = refused(content)
    assert found.hazard == hazard
    for language in ("zh-hans", "en"):
        said = found.said(language)
        assert all(said)
        assert "{" not in "".join(said)
    assert str(found).startswith("f.xlsx cannot be read\nWhy: ")
    assert time.monotonic() - started < 20


def test_a_file_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "LARGEST_FILE", 1_000)
    path = tmp_path / "f.xlsx"
    path.write_bytes(b"x" * 1_001)
    with pytest.raises(Refused) as caught:
        read(path)
    assert caught.value.hazard == "large"


def test_an_archive_of_very_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_PARTS", 5)
    with pytest.raises(opening.Unfit) as caught:
        list(opening.frames(hostile.xlsx()))
    assert caught.value.hazard == "bomb_parts"


def test_parts_of_one_name_are_refused() -> None:
    out = io.BytesIO(hostile.xlsx())
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(hostile.SHEET, b"<worksheet/>")
    assert refused(out.getvalue()).hazard == "damaged"


def test_more_rows_than_a_table_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_ROWS", 10)
    with pytest.raises(opening.Unfit) as caught:
        list(opening.frames(b"a\n" * 11))
    assert caught.value.hazard == "rows"


def test_the_process_may_take_no_more_memory_than_it_is_given() -> None:
    """A shared text that thousands of cells repeat unpacks in memory only: no check of sizes can see it, the limit does."""
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(3, 60_003))
    text = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="1"><si><t>%s</t></si></sst>'
    first = b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    plain = hostile.xlsx([["x"]])
    with zipfile.ZipFile(io.BytesIO(plain)) as source:
        before, after = source.read(hostile.SHEET).split(b"<sheetData>")[0], source.read(hostile.SHEET).split(b"</sheetData>")[1]
    parts = {
        "xl__worksheets__sheet1_dot_xml": before + b"<sheetData>" + first + rows + b"</sheetData>" + after,
        "xl__sharedStrings_dot_xml": text % (b"x" * 32_000),
    }
    assert refused(hostile.repacked(plain, **parts)).hazard == "memory"


def test_the_limits_hold_in_the_process_itself() -> None:
    code = "from guildhall.kernel import opening; import resource; opening._limit(); print(resource.getrlimit(resource.RLIMIT_AS)[0])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert int(said) == opening.MEMORY
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != opening.MEMORY, "the limit is for the process that opens the file alone"


def test_a_process_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "PATIENCE", 0.0)
    assert refused(hostile.xlsx()).hazard == "time"


def test_a_fault_of_ours_is_not_taken_for_one_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_COMMAND", ("-c", "raise KeyError('ours')"))
    with pytest.raises(RuntimeError, match="ours"):
        read(hostile.xlsx(), "f.xlsx")


# Damage in text


def test_two_encodings_in_one_file_cost_the_rows_of_the_rarer_one() -> None:
    content = "姓名,学历\n张三,本科\n".encode() + "李四王五,大专\n".encode("gb18030") + "赵六,高中\n钱七,初中\n".encode()
    book = read(content, "f.csv")
    found = list(book.sheets[0].rows())
    assert found[2] == Line(3, ["李四王五", "大专"], "encoding")
    assert [line.damage for line in found] == ["", "", "encoding", "", ""]
    assert "1 lines" in book.notes[0].en


def test_utf8_among_gb18030_is_not_read_as_other_chinese() -> None:
    content = "姓名,学历\n张三,本科\n李四,大专\n".encode("gb18030") + "赵六花,高中\n".encode()
    assert [(line.cells[0], line.damage) for line in read(content, "f.csv").sheets[0].rows()] == [
        ("姓名", ""), ("张三", ""), ("李四", ""), ("赵六花", "encoding"),
    ]  # fmt: skip


def test_a_damaged_byte_and_an_open_quotation_cost_their_rows() -> None:
    content = "姓名,学历\n张三,本科\n".encode() + b"\xe5\xa7,x-------\n" + '"李四,大专\n赵六,高中\n'.encode()
    assert [line.damage for line in read(content, "f.csv").sheets[0].rows()] == ["", "", "bytes", "quotation", ""]


def test_a_cell_longer_than_a_cell_can_be_is_cut_and_told() -> None:
    (line,) = lines(b"a," + b"x" * 40_000 + b"\n", "f.csv")
    assert (line.damage, [len(cell) for cell in line.cells]) == ("long", [1, 32_767])


def test_rows_can_be_gone_through_more_than_once() -> None:
    book: Workbook = read(hostile.xlsx([["a"], *[[n] for n in range(2_500)]]), "f.xlsx")
    assert [sum(1 for _ in book.sheets[0].rows()) for _ in range(2)] == [2_501, 2_501]
    assert len(book.sheets[0].chunks) == 3


def test_every_message_stands_in_both_languages() -> None:
    for words in REFUSALS.values():
        assert all(text.zh and text.en for text in words)
    assert all(text.zh and text.en for text in NOTES.values())
    raised = set(re.findall(r'Unfit\("(\w+)"', Path(opening.__file__).read_text("utf-8")))
    assert raised <= REFUSALS.keys()
