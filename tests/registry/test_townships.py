"""Townships from a list: placed by date, told what a merger did, and damage reported by row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.city import load as load_pack
from guildhall.kernel.errors import FaultsFound, GuildhallError
from guildhall.kernel.sheets import ImportReport
from guildhall.registry import queries
from guildhall.registry.engine.townships import District, read_townships
from guildhall.registry.models import Place, PlaceParent, PlaceSuccessor
from guildhall.registry.operations import import_townships
from guildhall.web.viewer import PUBLIC, system
from tests.registry import folders

Bring = Callable[[str | bytes], ImportReport]
LIST = """code,name,district_code,district_name
990101001,石桥镇,990101,北区
990101002,柳溪镇,990101,北区
990102001,东山街道,990102,东区
990103001,西港街道,990103,西区
"""
TOTALS = "Merger of 2026-01-25: 北区 2 + 东区 1 + 西区 1 = 4 → 西区 2 + 新区 2 = 4; 3 townships changed districts"


@pytest.fixture
def bring(on_record: None, now: datetime) -> Bring:
    def do(content: str | bytes) -> ImportReport:
        return import_townships(
            content=content if isinstance(content, bytes) else content.encode(), name="list.csv", by=system("test"), now=now
        )

    return do


def numbers(report: ImportReport) -> tuple[int, int, int, int]:
    return report.accepted, report.changed, report.unchanged, report.rejected


def parents(place_id: str) -> list[tuple[str, date | None, date | None]]:
    rows = PlaceParent.objects.filter(place_id=place_id).order_by("valid_until")
    return sorted(((row.parent_id, row.valid_from, row.valid_until) for row in rows), key=lambda row: row[1] or date.min)


def test_townships_are_placed_before_and_after_the_merger(bring: Bring) -> None:
    report = bring(LIST)
    assert report.summary() == "4 read: 3 accepted, 0 changed, 1 unchanged, 0 rejected (list.csv, UTF-8)"
    assert parents("t-990101002") == [("t-990101", None, folders.MERGER), ("t-new", folders.MERGER, None)]
    assert parents("t-990102001") == [("t-990102", None, folders.MERGER), ("t-new", folders.MERGER, None)]
    assert parents("t-990103001") == [("t-990103", None, None)]
    assert parents("t-990101001") == [("t-990101", None, folders.MERGER), ("t-990103", folders.MERGER, None)]
    assert Place.objects.filter(pk="t-990101-rest").exists()


def test_the_merger_is_told_with_totals_and_every_township_that_moved(bring: Bring) -> None:
    assert list(bring(LIST).remarks) == [
        TOTALS,
        "  t-990101001 石桥镇: 北区 → 西区",
        "  t-990101002 柳溪镇: 北区 → 新区",
        "  t-990102001 东山街道: 东区 → 新区",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_same_list_again_changes_nothing(bring: Bring, encoding: str) -> None:
    bring(LIST)
    before = list(Place.objects.order_by("pk").values()), PlaceParent.objects.count()
    again = bring(LIST.encode(encoding))
    assert numbers(again) == (0, 0, 4, 0)
    assert (list(Place.objects.order_by("pk").values()), PlaceParent.objects.count()) == before
    assert again.remarks[0] == TOTALS


def test_a_new_name_is_taken_over_and_told(bring: Bring) -> None:
    bring(LIST)
    report = bring(LIST.replace("柳溪镇", "柳溪街道"))
    assert numbers(report) == (0, 1, 3, 0)
    assert "990101002 was called 柳溪镇" in report.lines()[0]
    assert Place.objects.get(code="990101002").name_zh == "柳溪街道"


def test_a_list_vouches_for_nothing(bring: Bring) -> None:
    """A township the pack knows keeps what the pack says of it, until the list gives it another name."""
    bring(LIST)
    known, added = Place.objects.get(code="990101001"), Place.objects.get(code="990101002")
    assert ((known.source, known.status), (added.source, added.status)) == (("made-up", "generated"), ("list.csv", "unverified"))
    bring(LIST.replace("石桥镇", "石桥街道"))
    known.refresh_from_db()
    assert (known.source, known.status) == ("list.csv", "unverified")


DAMAGED = [
    ("990101002,柳溪镇,990199,北区", "district_code", "unknown parent"),
    ("99010100A,柳溪镇,990101,北区", "code", "holds a letter"),
    ("99010102,柳溪镇,990101,北区", "code", "is not nine digits"),
    ("99010100٣,柳溪镇,990101,北区", "code", "is not nine digits"),
    ("990101002,柳溪镇,99010١,北区", "district_code", "is not six digits"),
    (f"990101002,{'柳' * 201},990101,北区", "name", "201 characters are too many for a name"),
    ("990102002,柳溪镇,990101,北区", "code", "does not begin with"),
    ("990101002,,990101,北区", "name", "no name"),
    ("990101001,别名镇,990101,北区", "name", "row 2 gives 990101001 another name"),
    ("990101002,柳溪镇,990101", "", "3 cells, the header has 4"),
]


@pytest.mark.parametrize(("line", "column", "reason"), DAMAGED)
def test_a_damaged_row_is_named_and_the_rest_loads(bring: Bring, line: str, column: str, reason: str) -> None:
    report = bring(LIST.replace("990101002,柳溪镇,990101,北区", line))
    assert numbers(report) == (2, 0, 1, 1)
    [fault] = report.faults
    assert (fault.row, fault.column) == (3, column)
    assert reason in fault.what
    assert any("rejected" in text and reason in text for text in report.lines())


def test_a_bad_byte_is_named_and_the_rest_loads(bring: Bring) -> None:
    content = LIST.encode()
    at = content.index("柳".encode())
    report = bring(content[:at] + b"\xe6\xff" + content[at + 2 :])
    assert numbers(report) == (2, 0, 1, 1)
    assert [(fault.row, fault.column) for fault in report.faults] == [(3, "name")]


def test_a_missing_column_is_refused_and_an_optional_one_is_not(bring: Bring) -> None:
    with pytest.raises(FaultsFound, match="column name: column is missing"):
        bring("code,district_code\n990101002,990101\n")
    assert numbers(bring("code,name,district_code\n990101002,柳溪镇,990101\n")) == (1, 0, 0, 0)


def test_a_repeated_row_changes_nothing_and_another_district_name_is_noted(bring: Bring) -> None:
    report = bring(LIST + "990101002,柳溪镇,990101,北城区\n")
    assert numbers(report) == (3, 0, 2, 0)
    assert [(note.row, note.column) for note in report.notes] == [(6, "code"), (6, "district_name")]


@given(st.integers(0, len(LIST.encode()) - 1), st.binary(max_size=3))
def test_every_row_of_a_damaged_copy_is_accounted_for(at: int, junk: bytes) -> None:
    content = LIST.encode()
    districts = {code: District(f"t-{code}", name) for code, name in (("990101", "北区"), ("990102", "东区"), ("990103", "西区"))}
    try:
        found = read_townships(content[:at] + junk + content[at + 1 :], "list.csv", districts)
    except FaultsFound:
        assert at < content.index(b"\n") + 1
        return
    assert found.sheet.read == len(found.rows) + found.repeated + len(found.faults)


@pytest.mark.django_db
def test_places_may_be_keyed_in_another_way(now: datetime) -> None:
    Place.objects.create(place_id="north", code="990101", kind="district", name_zh="北区", name_en="North", source="x", status="generated")
    said = {"kind": "township", "name_zh": "石桥镇", "name_en": "Bridge", "source": "x", "status": "generated"}
    Place.objects.create(place_id="bridge", code="990101001", **said)
    report = import_townships(content="\n".join(LIST.split("\n")[:3]).encode(), name="list.csv", by=system("test"), now=now)
    assert numbers(report) == (1, 0, 1, 0)
    assert Place.objects.filter(kind="township").count() == 2
    assert Place.objects.get(code="990101002").pk == "north-990101002"


@pytest.mark.django_db
def test_without_districts_there_is_nothing_to_place_them_in(now: datetime) -> None:
    with pytest.raises(GuildhallError, match="no districts yet"):
        import_townships(content=LIST.encode(), name="list.csv", by=system("test"), now=now)


@pytest.fixture
def chongqing(db: None) -> None:
    """The places of the pack, without any people."""
    city = load_pack("chongqing")
    for place in city.places:
        names = {"name_zh": place.name.zh, "name_en": place.name.en, "source": place.source, "status": place.status}
        dates = {"valid_from": place.valid_from, "valid_until": place.valid_until}
        Place.objects.create(place_id=place.place_id, code=place.code or None, kind=place.kind, **names, **dates)
    for edge in city.parents:
        said = {"relation": edge.relation, "source": edge.source, "status": edge.status}
        dates = {"valid_from": edge.valid_from, "valid_until": edge.valid_until}
        PlaceParent.objects.create(place_id=edge.place_id, parent_id=edge.parent_id, **said, **dates)
    for step in city.successors:
        said = {"scope": step.scope, "source": step.source, "status": step.status}
        heir = {"place_id": step.place_id, "successor_id": step.successor_id}
        PlaceSuccessor.objects.create(**heir, effective_on=step.effective_on, **said)


@pytest.mark.usefixtures("chongqing")
def test_the_real_list(shared_data: Path, now: datetime) -> None:
    content = (shared_data / "townships_2023.csv").read_bytes()
    first = import_townships(content=content, name="townships_2023.csv", by=system("test"), now=now)
    assert (first.read, numbers(first), first.faults, first.notes) == (1031, (1021, 0, 10, 0), (), ())
    assert first.remarks[0] == (
        "Merger of 2026-01-25: 江北区 12 + 北碚区 17 + 渝北区 30 = 59 → 北碚区 17 + 两江新区 42 = 59; 47 townships changed districts"
    )
    moved = {line.strip().split()[0]: line.rpartition(" ")[2] for line in first.remarks[1:]}
    assert [code for code, unit in moved.items() if unit == "北碚区"] == [f"cq-500112{n}" for n in (133, 135, 138, 140, 143)]
    assert sum(unit == "两江新区" for unit in moved.values()) == 42
    again = import_townships(content=content, name="townships_2023.csv", by=system("test"), now=now)
    assert (numbers(again), again.remarks) == ((0, 0, 1031, 0), first.remarks)
    today = date(2026, 1, 30)
    townships = [place.place.place_id for place in queries.children(PUBLIC, "cq-liangjiang", today) if place.place.kind == "township"]
    assert len(townships) == 42
    for code, unit in moved.items():
        responsible = queries.responsible_today(PUBLIC, code, today)
        assert responsible is not None
        assert responsible.name_zh == unit
