"""CSV that people bring: encodings by rule, damage by row and column, and the rest read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.kernel.errors import FaultsFound
from guildhall.kernel.sheets import ImportReport, decode, plain_code, read_csv

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
    assert [(fault.row, fault.what) for fault in found.faults] == [(2, "a quotation mark is not closed")]
    assert len(found.rows) == 98


def test_cells_may_hold_commas_marks_and_lines() -> None:
    assert read('code,name\n1,"a, ""b""\nc"\n2,d\n') == [{"code": "1", "name": 'a, "b"\nc'}, {"code": "2", "name": "d"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(end: str) -> None:
    assert read(TEXT.replace("\n", end))[2] == {"code": "3", "name": "西港街道"}


def test_what_spreadsheets_leave_behind_is_removed() -> None:
    assert read("\ufeff code ,name\n'1,\u3000石桥镇 \n\n") == [{"code": "1", "name": "石桥镇"}]
    assert plain_code("６－３１—01–02 ") == "6-31-01-02"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"code\n1\n", b"a;b\n1;2\n"])
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
