"""A new pack loads at once, and the page about a pack's files is what the code says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from guildhall.city import check, load, new, units
from guildhall.city.files import FILES
from guildhall.city.skeleton import described
from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.registry import tables
from guildhall.synth import build

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "city-pack.md"


def test_a_new_pack_loads(tmp_path: Path) -> None:
    path = new("newtown", tmp_path)
    assert path == tmp_path / "newtown"
    assert check(path) == []
    city = load(path)
    assert (city.id, len(city.levels)) == ("newtown", 8)
    assert [place.place_id for place in units(city, city.reference_date)] == ["newtown-1"]
    assert city.calendar.published == frozenset()


def test_people_can_be_made_for_a_new_pack_at_the_scale_of_a_demonstration(tmp_path: Path) -> None:
    city = load(new("newtown", tmp_path))
    folder = build(city, scale=Decimal("0.01"), seed=7, out=tmp_path / "built")
    workers = folder.read(tables.WORKERS)
    assert workers.num_rows > 4000
    assert set(workers.column("residence").cast("string").to_pylist()) == {"newtown-1"}
    assert folder.read(tables.ORGANISATIONS).num_rows > 100


def test_every_number_of_a_new_pack_says_that_it_is_an_example(tmp_path: Path) -> None:
    city = load(new("newtown", tmp_path))
    rows = (*city.figures, *city.place_facts, *city.parks, *city.assumption_cells, *city.colleges)
    assert {row.status for row in rows} == {"generated", "assumed"}
    assert {row.remark for row in rows} == {"example: replace"}
    assert "tiny" not in "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "newtown").iterdir())


def test_every_column_is_explained_in_the_file_itself(tmp_path: Path) -> None:
    path = new("newtown", tmp_path)
    for file in FILES:
        text = (path / file.name).read_text(encoding="utf-8")
        comments = [line for line in text.splitlines() if line.startswith("# ")]
        assert all(any(header in line for line in comments) for header in file.headers)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    new("newtown", tmp_path)
    with pytest.raises(AlreadyDone):
        new("newtown", tmp_path)


@pytest.mark.parametrize("name", ["", "new town", "../up", "-x"])
def test_a_name_must_do_as_a_key(tmp_path: Path, name: str) -> None:
    with pytest.raises(GuildhallError):
        new(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_page_about_a_packs_files_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == described(), "write guildhall.city.skeleton.described() to docs/reference/city-pack.md"


def test_the_rule_file_shown_on_the_page_loads(tmp_path: Path) -> None:
    path = new("newtown", tmp_path)
    (path / "rules").mkdir()
    shown = described().split("```toml\n")[1].split("```")[0]
    (path / "rules" / "subsidy.toml").write_text(shown, encoding="utf-8")
    assert load(path).instrument["subsidy"].parameters["amount"].unit == "fen"
