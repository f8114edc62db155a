"""Rosters of people who do not exist: the same seed gives the same cells, and nobody in them could be anybody."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from guildhall.cli.samples import NEWCOMERS, WRONG, write_samples
from guildhall.kernel.workbooks import read
from guildhall.registry import tables
from guildhall.registry.engine.cells.numbers import read_identity
from guildhall.registry.engine.identity import is_assigned
from guildhall.registry.engine.roster import KnownPlace, Reference, open_roster
from guildhall.skills.tables import OCCUPATIONS
from guildhall.synth.rosters import addresses, identity_number, made_roster, messy_roster, others, staff
from tests.registry.whole import Whole
from tests.synth.cities import Made


def test_the_same_seed_gives_the_same_cells() -> None:
    first, again, other = (list(read(messy_roster(rows=40, seed=seed), "f.xlsx").sheets[0].rows()) for seed in (3, 3, 4))
    assert first == again != other


def test_everybody_has_a_number_of_their_own_that_is_nobodys() -> None:
    people = others(30_000, seed=3, places=("甲",), occupations=("乙",))
    assert len({person.identity_number for person in people}) == len({person.phone for person in people}) == 30_000
    for person in people[::97]:
        found = read_identity(person.identity_number, made_up=True)
        assert (found.birth, found.sex) == (person.birth, person.sex)
        assert not is_assigned(person.identity_number[:6])


def test_numbers_differ_from_person_to_person() -> None:
    day = date(1990, 1, 1)
    assert len({identity_number(person, day, "male") for person in range(0, 400_000, 101)}) == len(range(0, 400_000, 101))


@pytest.mark.parametrize("faults", [0, 3, 11, 25])
def test_as_many_rows_are_wrong_as_asked_for(faults: int) -> None:
    made = made_roster(rows=60, faults=faults, seed=2)
    assert (made.rows, len(made.wrong)) == (60, faults)
    assert max(Counter(kind for _, kind in made.wrong).values(), default=0) <= 3


def test_the_roster_of_an_employer_of_the_city(tiny: Made, tmp_path: Path) -> None:
    on = date.fromisoformat(tiny.folder.manifest.as_of)
    spells = tiny.table(tables.EMPLOYMENT).to_pylist()
    lasting = Counter(
        each["organisation_id"] for each in spells if each["started_on"] <= on and not (each["ended_on"] and each["ended_on"] <= on)
    )
    employer, people = min(lasting.items(), key=lambda pair: (abs(pair[1] - 40), pair[0]))
    assert len(staff(tiny.folder, employer, on=on)) == people
    write_samples(tiny.folder, employer, tmp_path / "samples" / "roster.xlsx")
    wrong, right = (
        Whole(open_roster(read(tmp_path / "samples" / f"roster{end}.xlsx"), reference=_reference(tiny), today=on))
        for end in ("", "-corrected")
    )
    assert wrong.read == right.read == people + NEWCOMERS
    assert (len(wrong.rejected), len(right.rejected)) == (WRONG, 0)
    known = set(tiny.table(tables.IDENTITY).column("identity_number").to_pylist())
    assert sum(row.identity_number in known for row in right.rows) == people


def _reference(made: Made) -> Reference:
    places = {row["place_id"]: row for row in made.table(tables.PLACES).to_pylist()}
    above: dict[str, list[str]] = {}
    for row in made.table(tables.PLACE_PARENTS).to_pylist():
        if places[row["parent_id"]]["kind"] in ("district", "county"):
            above.setdefault(row["place_id"], []).append(places[row["parent_id"]]["name_zh"])
    known = tuple(
        KnownPlace(key, row["name_zh"], row["kind"], tuple(above.get(key, ())), above.get(key, [row["name_zh"]])[-1])
        for key, row in places.items()
        if row["kind"] != "park"
    )
    occupations = {row["code"]: row["name_zh"] for row in made.table(OCCUPATIONS).to_pylist() if row["rank"] == "leaf"}
    return Reference(city="tiny", city_names=("小城",), places=known, occupations=occupations, made_up=True)


def test_townships_are_named_with_their_district(tiny: Made) -> None:
    found = addresses(tiny.folder)
    kinds = {row["place_id"]: row["kind"] for row in tiny.table(tables.PLACES).to_pylist()}
    assert all(len(found[key]) > 3 for key, kind in kinds.items() if kind == "township")
