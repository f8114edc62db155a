"""The classification of occupations: a tree from rows, every oddity by row, and the same file twice changes nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.kernel.errors import FaultsFound
from guildhall.kernel.sheets import ImportReport
from guildhall.skills import queries
from guildhall.skills.engine.classification import Classification, read_classification
from guildhall.skills.models import Occupation
from guildhall.skills.operations import import_occupations
from guildhall.web.viewer import PUBLIC, system

FILE = """level,code,name,definition,alias
1,6-00-00-00,生产制造人员,,
2,6-31-00-00,生产辅助人员,,
3,6-31-01-00,机械设备修理人员,,
4,6-31-01-02,机修钳工S,修理机械。,"机修钳工S,钳工"
4,6-31-01-03,电工,装电路。,电工
4,6-31-06-00,安全员L/S,看安全。,安全员L/S
4,6-01-00-01,粮油工,,
"""


def read(text: str = FILE) -> Classification:
    return read_classification(text.encode(), "list.csv")


def notes(found: Classification) -> list[tuple[int, str]]:
    return [(note.row, note.what) for note in found.notes]


def test_rows_become_a_tree() -> None:
    nodes = {node.code: node for node in read().nodes}
    assert {code: node.parent for code, node in nodes.items()} == {
        "6": None,
        "6-01": "6",
        "6-01-00-01": "6-01",
        "6-31": "6",
        "6-31-01": "6-31",
        "6-31-01-02": "6-31-01",
        "6-31-01-03": "6-31-01",
        "6-31-06": "6-31",
        "6-31-06-00": "6-31-06",
    }
    assert (nodes["6-31-01-02"].name_zh, nodes["6-31-01-02"].digital, nodes["6-31-01-02"].green) == ("机修钳工", True, False)
    assert (nodes["6-31-06-00"].name_zh, nodes["6-31-06-00"].digital, nodes["6-31-06-00"].green) == ("安全员", True, True)
    assert (nodes["6-31-01-03"].digital, nodes["6-31"].digital) == (False, None)
    assert [(node.code, node.rank, node.name_zh) for node in read().created] == [("6-01", "middle", None), ("6-31-06", "minor", None)]


def test_groups_come_before_what_they_hold() -> None:
    seen: set[str | None] = {None}
    for node in read().nodes:
        assert node.parent in seen
        seen.add(node.code)


def test_every_oddity_is_told_by_row() -> None:
    assert notes(read()) == [
        (7, "level 4 under the code of a minor group; kept as the occupation 6-31-06-00"),
        (8, "the code names no minor group; kept directly under 6-01"),
        (7, "its minor group 6-31-06 is not in the file; kept without a name"),
        (8, "its middle group 6-01 is not in the file; kept without a name"),
        (0, "1 rows list other job titles; they are no part of the classification and are left out"),
    ]


def test_a_group_and_an_occupation_under_one_code_stay_two() -> None:
    found = read(FILE + "3,6-31-06-00,安全人员,,\n")
    assert {node.code: node.name_zh for node in found.nodes if node.code.startswith("6-31-06")} == {
        "6-31-06": "安全人员",
        "6-31-06-00": "安全员",
    }
    assert (7, "the code of minor group 6-31-06 in row 9; kept as two nodes") in notes(found)
    assert found.faults == ()


def test_repeated_rows() -> None:
    found = read(FILE + "4,6-31-01-03,电工,装电路。,\n4,6-31-01-03,电工,别的。,\n4,6-31-01-03,水工,装电路。,\n")
    assert found.repeated == 1
    assert (9, "repeats row 6 (6-31-01-03)") in notes(found)
    assert [(fault.row, fault.column, fault.what) for fault in found.faults] == [
        (10, "definition", "row 6 gives 6-31-01-03 another definition"),
        (11, "name", "row 6 gives 6-31-01-03 another name"),
    ]


DAMAGED = [
    ("4,6-31-01-0A,电工,装电路。,", "code", "holds a letter"),
    ("4,6-31-01,电工,装电路。,", "code", "is not of the form"),
    ("4,6-31-01-0٣,电工,装电路。,", "code", "is not of the form"),
    (f"4,6-31-01-03,{'电' * 201},装电路。,", "name", "201 characters are too many for a name"),
    ("4,9-31-01-03,电工,装电路。,", "code", "unknown parent: there is no major class 9"),
    ("5,6-31-01-03,电工,装电路。,", "level", "is no level"),
    ("3,6-31-01-03,电工,装电路。,", "level", "not the code of a minor group"),
    ("2,6-31-01-00,电工,装电路。,", "level", "not the code of a middle group"),
    ("4,6-31-00-00,电工,装电路。,", "level", "the code of a group"),
    ("4,6-31-01-03,,装电路。,", "name", "no name"),
    ("4,6-31-01-03,电工,装电路。", "", "4 cells, the header has 5"),
    ("4,6-31-01-03,电\ufffd,装电路。,", "name", "a damaged byte"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("line", "column", "reason"), DAMAGED)
def test_a_damaged_row_is_named_and_the_rest_loads(now: datetime, line: str, column: str, reason: str) -> None:
    text = FILE.replace("4,6-31-01-03,电工,装电路。,电工", line)
    report = import_occupations(content=text.encode(), name="list.csv", by=system("test"), now=now)
    assert numbers(report) == (6, 0, 0, 1)
    [fault] = report.faults
    assert (fault.file, fault.row, fault.column) == ("list.csv", 6, column)
    assert reason in fault.what
    assert Occupation.objects.count() == 8


def numbers(report: ImportReport) -> tuple[int, int, int, int]:
    return report.accepted, report.changed, report.unchanged, report.rejected


def bring(text: str, now: datetime) -> ImportReport:
    return import_occupations(content=text.encode(), name="list.csv", by=system("test"), now=now)


@given(st.integers(0, len(FILE.encode()) - 1), st.binary(max_size=3))
def test_every_row_of_a_damaged_copy_is_accounted_for(at: int, junk: bytes) -> None:
    content = FILE.encode()
    try:
        found = read_classification(content[:at] + junk + content[at + 1 :], "list.csv")
    except FaultsFound:
        assert at < content.index(b"\n") + 1
        return
    kept = [node for node in found.nodes if node.row]
    assert found.sheet.read == len(kept) + found.repeated + len(found.faults)
    assert {node.parent for node in found.nodes} <= {None, *(node.code for node in found.nodes)}


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing(now: datetime) -> None:
    assert numbers(bring(FILE, now)) == (7, 0, 0, 0)
    before = list(Occupation.objects.order_by("code").values())
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        again = import_occupations(content=FILE.encode(encoding), name="other name.csv", by=system("test"), now=now)
        assert numbers(again) == (0, 0, 7, 0)
        assert list(Occupation.objects.order_by("code").values()) == before


@pytest.mark.django_db
def test_what_was_known_is_corrected_but_never_emptied(now: datetime) -> None:
    for row in (
        Occupation(code="6", edition="2022", rank="major", name_zh="旧名", name_en="Production", source="pack"),
        Occupation(code="6-01", edition="2022", rank="middle", parent_id="6", name_zh="农副产品加工人员", source="pack"),
        Occupation(code="6-01-00-01", edition="2022", rank="leaf", parent_id="6-01", name_zh="粮油工", definition="已知。", source="pack"),
    ):
        row.save()
    assert numbers(bring(FILE, now)) == (5, 2, 0, 0)
    major, middle, leaf = (Occupation.objects.get(code=code) for code in ("6", "6-01", "6-01-00-01"))
    assert (major.name_zh, major.name_en, major.source) == ("生产制造人员", "Production", "list.csv")
    assert (middle.name_zh, middle.source) == ("农副产品加工人员", "pack")
    assert (leaf.definition, leaf.digital) == ("已知。", False)


@pytest.mark.django_db
def test_missing_columns(now: datetime) -> None:
    with pytest.raises(FaultsFound, match="column name: column is missing"):
        bring("level,code\n1,6-00-00-00\n", now)
    assert not Occupation.objects.exists()
    report = bring("level,code,name\n1,6-00-00-00,生产制造人员\n", now)
    assert numbers(report) == (1, 0, 0, 0)
    assert [(note.row, note.column) for note in report.notes] == [(1, "definition"), (1, "alias")]


@pytest.mark.django_db
def test_the_tree_can_be_walked_and_searched(now: datetime) -> None:
    bring(FILE, now)
    assert [row.code for row in queries.occupations(PUBLIC, parent="").rows] == ["6"]
    assert [row.code for row in queries.occupations(PUBLIC, parent="6").rows] == ["6-01", "6-31"]
    assert [row.code for row in queries.occupations(PUBLIC, search="钳").rows] == ["6-31-01-02"]
    assert [row.code for row in queries.occupations(PUBLIC, search="6-31-01").rows] == ["6-31-01", "6-31-01-02", "6-31-01-03"]
    assert queries.occupations(PUBLIC, rank="leaf").count == 4
    assert [row.code for row in queries.above(PUBLIC, "6-31-01-02")] == ["6", "6-31", "6-31-01"]
    page = queries.occupations(PUBLIC, size=4)
    assert [row.code for row in queries.occupations(PUBLIC, size=4, after=page.next).rows] == [
        "6-31-01",
        "6-31-01-02",
        "6-31-01-03",
        "6-31-06",
    ]


@pytest.mark.django_db
def test_the_real_list(shared_data: Path, now: datetime) -> None:
    content = (shared_data / "occupations_2022.csv").read_bytes()
    first = import_occupations(content=content, name="occupations_2022.csv", by=system("test"), now=now)
    assert (first.read, numbers(first), first.faults) == (2051, (2048, 0, 3, 0), ())
    assert Occupation.objects.filter(rank="leaf").count() == 1632
    assert Occupation.objects.filter(rank="major").count() == 8
    assert [note.row for note in first.notes if note.what.startswith("repeats")] == [1053, 1152, 1761]
    [clash] = [note for note in first.notes if note.what.endswith("kept as two nodes")]
    assert (clash.row, Occupation.objects.get(code="2-03-01-00").parent_id) == (315, "2-03-01")
    nameless = Occupation.objects.filter(name_zh=None)
    assert nameless.count() == sum("is not in the file" in note.what for note in first.notes) == 97
    assert set(nameless.values_list("rank", flat=True)) == {"minor"}
    assert sum("under the code of a minor group" in note.what for note in first.notes) == 94
    again = import_occupations(content=content, name="occupations_2022.csv", by=system("test"), now=now)
    assert numbers(again) == (0, 0, 2051, 0)
