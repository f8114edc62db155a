"""Reads of organisations and places: narrowed, paged by key, capped, and right on any date."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.utils import translation

from guildhall.kernel.errors import NotFound
from guildhall.registry import queries
from guildhall.registry.models import Organisation
from guildhall.skills import queries as skills
from guildhall.web.viewer import PUBLIC
from tests.registry.folders import MERGER

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


EVE, AFTER = MERGER - timedelta(days=1), MERGER


@pytest.fixture(autouse=True)
def _city(on_record: None) -> Iterator[None]:
    with translation.override("en"):
        yield


def everything(size: int, **narrowed: Any) -> list[int]:
    found: list[int] = []
    after = ""
    while True:
        page = queries.organisations(PUBLIC, after=after, size=size, **narrowed)
        found += [row.organisation_id for row in page.rows]
        after = page.next
        if not after:
            return found


@pytest.mark.parametrize("size", [1, 2, 5, 11, 12, 13])
def test_pages_give_every_row_once_in_order(size: int) -> None:
    Organisation.objects.filter(pk__in=[3, 4, 5]).update(name_zh="同名")
    rows = sorted(Organisation.objects.all(), key=lambda row: (row.name_zh.encode(), row.pk))
    assert everything(size) == [row.pk for row in rows]


@pytest.mark.parametrize("size", [1, 2, 5, 12])
def test_pages_in_english_follow_the_english_names(size: int) -> None:
    Organisation.objects.filter(pk__in=[2, 4]).update(name_en="works, 9")
    Organisation.objects.filter(pk=6).update(name_en="")
    rows = sorted(Organisation.objects.all(), key=lambda row: ((row.name_en or row.name_zh).lower().encode(), row.pk))
    assert everything(size, language="en") == [row.pk for row in rows]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_names_are_searched_in_both_languages_whatever_the_reader_s(language: str) -> None:
    assert everything(5, name="works, 1", language=language) == [10, 12]
    assert everything(1, name="WORKS, 1", language=language) == [10, 12]
    assert everything(5, name="第1", language=language) == [10, 11, 12]
    assert everything(5, name="nobody", language=language) == []


def test_lists_are_narrowed() -> None:
    assert everything(5, kind="college") == [1, 6, 11]
    assert everything(5, place="t-990103", on=EVE) == [1, 3, 5, 7, 9, 11]
    assert everything(5, cluster="vehicles", kind="college") == [1, 11]
    assert everything(5, name="第1") == [10, 11, 12]
    assert everything(5, name="厂") == []
    assert queries.organisations(PUBLIC, kind="park").count == 2


@pytest.mark.parametrize("on", [EVE, AFTER])
def test_a_place_stands_for_all_that_counts_towards_it(on: date) -> None:
    """The same as kernel.territory says of each place alone."""
    tree = queries.territory(PUBLIC)
    for unit in tree.units(on):
        assert queries.within(PUBLIC, unit, on) == {place for place in tree.nodes if tree.unit_of(place, on) == unit}
    assert queries.within(PUBLIC, "t", on) == {place for place in tree.nodes if place == "t" or tree.unit_of(place, on)}
    with pytest.raises(NotFound):
        queries.within(PUBLIC, "nowhere", on)


def test_a_district_shows_the_organisations_of_its_townships() -> None:
    def found(place: str, on: date = date.max) -> list[int]:
        return sorted(row.organisation_id for row in queries.organisations(PUBLIC, place=place, on=on).rows)

    town, west = [2, 4, 6, 8, 10, 12], [1, 3, 5, 7, 9, 11]
    assert (found("t-990101", EVE), found("t-990103", EVE)) == (town, west)
    assert found("t-990103", AFTER) == sorted(town + west)
    assert found("t-990101", AFTER) == town, "a place that has ended is taken as on its last day"
    assert found("t-new", AFTER) == []
    assert found("t", EVE) == found("t", AFTER) == sorted(town + west)
    assert found("t") == sorted(town + west)


def test_few_questions_are_asked(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    lists: list[tuple[dict[str, Any], int]] = [({}, 1), ({"kind": "college"}, 1), ({"place": "t-990103"}, 6)]
    for narrowed, asked in lists:
        with django_assert_num_queries(asked):
            assert queries.organisations(PUBLIC, on=AFTER, **narrowed).count > 0
    with django_assert_num_queries(2):
        assert queries.organisations(PUBLIC, size=5).count == 12


def test_counts_stop_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (queries.organisations(PUBLIC).count, queries.organisations(PUBLIC).capped) == (12, False)
    monkeypatch.setattr(queries, "COUNT_CAP", 10)
    assert (queries.organisations(PUBLIC).count, queries.organisations(PUBLIC).capped) == (10, True)


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


CURSORS = ["x", "!!", *map(cursor, ("{}", "[1]", "[]", '["a","b"]', "[1,2]", '["\\ud800",1]', '["a",true]', "[null,1]"))]


@pytest.mark.parametrize("after", CURSORS)
def test_a_made_up_cursor_is_refused(after: str) -> None:
    with pytest.raises(NotFound, match="not one this list gave out"):
        queries.organisations(PUBLIC, after=after)


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "\U0010ffff", "\ud7ff", "第\U0010ffff", "'", "%", "_", "\\"])
def test_odd_text_matches_nothing_and_breaks_nothing(text: str) -> None:
    assert queries.organisations(PUBLIC, name=text).rows == ()
    assert queries.organisations(PUBLIC, kind=text, cluster=text).rows == ()
    assert queries.places(PUBLIC, name=text, kind=text).rows == ()
    assert queries.children(PUBLIC, text, EVE) == []
    with pytest.raises(NotFound):
        queries.organisations(PUBLIC, place=text)
    with pytest.raises(NotFound):
        queries.history(PUBLIC, text, EVE)
    with pytest.raises(NotFound):
        queries.responsible_today(PUBLIC, text, EVE)
    assert skills.occupations(PUBLIC, parent=text, rank=text, search=text).rows == ()
    with pytest.raises(NotFound):
        skills.occupation(PUBLIC, text)


@pytest.mark.parametrize("key", [0, -1, 2**63, 2**200])
def test_keys_beyond_any_row(key: int) -> None:
    with pytest.raises(NotFound):
        queries.organisation(PUBLIC, key)
    after = cursor(f'["第01厂",{key}]')
    assert len(queries.organisations(PUBLIC, after=after).rows) in (11, 12)


def test_an_index_serves_each_list() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # a dozen rows are quicker read whole; what is asked is whether the index can serve
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    for narrowed, column, index in (
        ({"kind": "college"}, "name_zh", "organisation_kind"),
        ({"place_id": "t"}, "name_zh", "organisation_place"),
        ({}, "name_zh", "organisation_name"),
        ({"kind": "college"}, "english_key", "organisation_kind_english"),
        ({"cluster": "vehicles"}, "english_key", "organisation_cluster_english"),
        ({}, "english_key", "organisation_english"),
    ):
        rows = Organisation.objects.filter(**narrowed).filter(queries.starts_with(column, "第"))
        said = rows.order_by(column, "organisation_id").explain()
        assert f"{index} " in said
        assert "TEMP B-TREE" not in said
        assert "Sort" not in said


def test_one_organisation_or_none() -> None:
    assert queries.organisation(PUBLIC, 2).name_en == "Works, 2"
    with pytest.raises(NotFound):
        queries.organisation(PUBLIC, 999)


def test_the_tree_on_each_side_of_the_merger() -> None:
    assert [dated.place.place_id for dated in queries.children(PUBLIC, "t", EVE)] == ["t-990101", "t-990102", "t-990103"]
    assert [dated.place.place_id for dated in queries.children(PUBLIC, "t", AFTER)] == ["t-990103", "t-new"]
    on = [queries.places(PUBLIC, kind="district", on=day).rows for day in (EVE, AFTER)]
    assert [[row.place_id for row in rows] for rows in on] == [["t-990101", "t-990102", "t-990103"], ["t-990103", "t-new"]]


@pytest.mark.parametrize(
    ("place_id", "on", "unit"),
    [
        ("t-990101", EVE, "t-990101"),
        ("t-990101", AFTER, "t-new"),
        ("t-990102", AFTER, "t-new"),
        ("t-990101001", EVE, "t-990101"),
        ("t-990101001", AFTER, "t-990103"),
        ("t-990101-rest", AFTER, "t-new"),
        ("t-990103", AFTER, "t-990103"),
        ("t", AFTER, None),
    ],
)
def test_somebody_answers_for_every_place(place_id: str, on: date, unit: str | None) -> None:
    found = queries.responsible_today(PUBLIC, place_id, on)
    assert (found.place_id if found else None) == unit
    assert queries.territory(PUBLIC).responsible_today(place_id, on) == unit


def test_the_history_of_a_place() -> None:
    told = queries.history(PUBLIC, "t-990101", AFTER)
    assert [(row.successor.name_zh, row.scope) for row in told.successors] == [("西区", "part"), ("新区", "remainder")]
    assert told.responsible is not None
    assert told.responsible.place_id == "t-new"
    assert [row.place.name_zh for row in queries.history(PUBLIC, "t-new", AFTER).predecessors] == ["北区", "东区"]
    town = queries.history(PUBLIC, "t-990101001", AFTER)
    assert [(row.place.name_zh, row.valid_until) for row in town.parents] == [("北区", MERGER), ("西区", None)]
    with pytest.raises(NotFound):
        queries.history(PUBLIC, "nowhere", AFTER)
