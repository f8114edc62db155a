"""CSV that people bring: encodings by rule, damage by row and column, and the rest read."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.kernel.errors import FaultsFound
from guildhall.kernel.sheets import ImportReport, decode, plain_code, read_csv

OPEN = "a quotation mark is not closed where its cell ends"
TEXT = "code,name\n1,石桥镇\n2,东山镇\n3,西港街道\n"


def read(content: bytes | str) -> list[dict[str, str]]:
    found = read_csv(content if isinstance(content, bytes) else content.encode(), "f.csv", required=("code", "name"))
    assert found.faults == ()
    return [row.cells for row in found.rows]


@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with byte-order mark"), ("gb18030", "GB18030"), ("gbk", "GB18030")]
)
def test_each_encoding_is_recognised_and_named(encoding: str, said: str) -> None:
    assert decode(TEXT.encode(encoding)) == (TEXT, said)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=40), st.sampled_from(["utf-8", "gb18030"]))
def test_chinese_text_is_read_in_its_own_encoding(text: str, encoding: str) -> None:
    content = text.encode(encoding)
    if encoding == "gb18030" and decode(content)[1] == "UTF-8":
        content.decode("utf-8")  # the rare text that is valid in both: nobody can tell
    else:
        assert decode(content)[0] == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_damaged_byte_costs_its_row_alone(encoding: str) -> None:
    content = TEXT.encode(encoding)
    at = content.index("东".encode(encoding))
    found = read_csv(content[:at] + b"\xff" + content[at + 1 :], "f.csv", required=("code", "name"))
    assert [row.number for row in found.rows] == [2, 4]
    assert [(fault.row, fault.column, fault.what) for fault in found.faults] == [(3, "name", "a damaged byte")]
    assert found.read == 3


def test_rows_with_too_few_or_too_many_cells() -> None:
    found = read_csv(b"code,name\n1\n2,a,b\n3,c\n", "f.csv", required=("code",))
    assert [(fault.row, fault.what) for fault in found.faults] == [(2, "1 cells, the header has 2"), (3, "3 cells, the header has 2")]
    assert [row.cells for row in found.rows] == [{"code": "3", "name": "c"}]


def test_a_quotation_mark_left_open_spoils_its_own_line() -> None:
    lines = ["code,name", '1,"open', *[f"{n},x" for n in range(2, 100)]]
    found = read_csv("\n".join(lines).encode(), "f.csv", required=("code",))
    assert [(fault.row, fault.what) for fault in found.faults] == [(2, OPEN)]
    assert len(found.rows) == 98


def test_a_mark_inside_a_cell_is_a_character_like_the_rest() -> None:
    found = read_csv(b'a,b\n1,5" pipe\n2,x\n3,y\n4,6" pipe\n5,z', "f.csv", required=("a", "b"))
    assert [(row.number, *row.cells.values()) for row in found.rows] == [
        (2, "1", '5" pipe'), (3, "2", "x"), (4, "3", "y"), (5, "4", '6" pipe'), (6, "5", "z")
    ]  # fmt: skip
    assert (found.read, found.faults) == (5, ())


@pytest.mark.parametrize("line", ['2,"5" pipe', '2,"open', '"2,open', '2,"', '2,"""', '2,"a"b"'])
def test_a_mark_that_opens_and_does_not_close_costs_its_row_alone(line: str) -> None:
    found = read_csv(f'code,name\n1,a\n{line}\n3,"b"\n\n4,c\n'.encode(), "f.csv", required=("code",))
    assert [(fault.row, fault.what) for fault in found.faults] == [(3, OPEN)]
    assert [(row.number, *row.cells.values()) for row in found.rows] == [(2, "1", "a"), (4, "3", "b"), (6, "4", "c")]
    assert found.read == 4


@given(st.lists(st.text('a",', max_size=8), max_size=12))
def test_every_line_is_in_a_count(lines: list[str]) -> None:
    """A line is blank, or a row of its own, or stands inside a cell."""
    content = "\n".join(["code", *lines])
    found = read_csv(content.encode(), "f.csv", required=("code",))
    inside = sum(cell.count("\n") for row in found.rows for cell in row.cells.values())
    blank = sum(not line for line in lines)
    assert found.read == len(found.rows) + len(found.faults)
    assert found.read + inside <= len(lines)
    if '"' not in content:
        assert found.read == len(lines) - blank


@given(st.lists(st.lists(st.text('a", \n', max_size=6), min_size=2, max_size=2), max_size=8))
def test_what_a_program_writes_as_csv_is_read_as_it_was(table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["code", "name"], *table])
    assert [list(cells.values()) for cells in read(out.getvalue())] == [[cell.strip() for cell in row] for row in table]


def test_rows_are_numbered_as_a_spreadsheet_does() -> None:
    found = read_csv(b'\ncode,name\n1,a\n\n\n2,"b\nb"\n3,c,c\n', "f.csv", required=("code",))
    assert [row.number for row in found.rows] == [3, 6]
    assert [fault.row for fault in found.faults] == [7]


def test_a_doubled_column_is_refused() -> None:
    with pytest.raises(FaultsFound) as caught:
        read_csv(b"code,name,,,name\n1,a,,,b\n", "f.csv", required=("code",))
    assert [(fault.row, fault.column, fault.what) for fault in caught.value.faults] == [(1, "name", "two columns have this name")]


def test_a_header_that_cannot_be_read_says_so() -> None:
    with pytest.raises(FaultsFound) as caught:
        read_csv(b'code,"name\n1,a\n', "f.csv", required=("code", "name"))
    assert [(fault.row, fault.what) for fault in caught.value.faults] == [(1, OPEN)]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_too_long_for_any_spreadsheet_costs_its_row(quote: str) -> None:
    found = read_csv(f"code,name\n1,{quote}{'x' * 200_000}{quote}\n2,b\n".encode(), "f.csv", required=("code",))
    assert [(fault.row, fault.column, fault.what) for fault in found.faults] == [
        (2, "name", "a cell of 200,000 characters, 32,767 at most")
    ]
    assert [row.number for row in found.rows] == [3]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf \n\n", "it is empty"),
        (b"PK\x03\x04\x14\x00", "xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "xls"),
        (TEXT.encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_csv_is_named(content: bytes, said: str) -> None:
    with pytest.raises(FaultsFound) as caught:
        read_csv(content, "f.csv", required=("code",))
    assert said in caught.value.why
    assert "save the table as CSV" in caught.value.next


def test_cells_may_hold_commas_marks_and_lines() -> None:
    assert read('code,name\n1,"a, ""b""\nc"\n2,d\n') == [{"code": "1", "name": 'a, "b"\nc'}, {"code": "2", "name": "d"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(end: str) -> None:
    assert read(TEXT.replace("\n", end))[2] == {"code": "3", "name": "西港街道"}


def test_what_spreadsheets_leave_behind_is_removed() -> None:
    assert read("\ufeff code ,name\n'1,\u3000石桥镇 \n\n") == [{"code": "1", "name": "石桥镇"}]
    assert plain_code("６－３１—01–02 ") == "6-31-01-02"


@pytest.mark.parametrize("content", [b"code\n1\n", b"a;b\n1;2\n"])
def test_a_file_without_the_columns_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(FaultsFound) as caught:
        read_csv(content, "f.csv", required=("code", "name"))
    assert all(fault.row == 1 and fault.what == "column is missing" for fault in caught.value.faults)


def test_missing_optional_columns_are_told() -> None:
    assert read_csv(b"code\n1\n", "f.csv", required=("code",), optional=("name",)).missing == ("name",)


def test_the_outcomes_of_an_import_must_add_up() -> None:
    at = datetime(2026, 1, 30, tzinfo=UTC)
    report = ImportReport("f.csv", "UTF-8", "me", at, 4, 1, 1, 1, 1)
    assert report.summary() == "4 read: 1 accepted, 1 changed, 1 unchanged, 1 rejected (f.csv, UTF-8)"
    with pytest.raises(AssertionError):
        ImportReport("f.csv", "UTF-8", "me", at, 4, 1, 1, 1, 0)
