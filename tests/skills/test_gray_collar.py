# ruff: noqa: E501  # a case is a row of a table, however wide
"""Who counts as a gray-collar worker under each definition: worked cases, the same for everybody as for one, and what is hidden."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guildhall.kernel.backends import Tables, open_tables
from guildhall.rules import decide
from guildhall.skills.engine import gray_counts
from guildhall.skills.engine.classification import read_classification
from guildhall.skills.engine.gray_collar import gray_collar
from guildhall.skills.engine.gray_facts import fact, facts
from guildhall.skills.tables import GRAY_COLLAR_FACTS
from tests.figures import spec
from tests.incentives.golden import Case, Facts, agrees, chongqing, decided, each

WORKER: Facts = {
    "worker_id": 1,
    "definition": "proposed",
    "place": "cq",
    "asked_on": date(2026, 1, 30),
    "birth_month": date(1990, 5, 1),
    "education": "college",
    "class_completed": "none",
    "level": "L3",
    "one_plus_x_held": "none",
    "occupation": "6-18-01-01",
    "major": "6",
    "middle": "6-18",
    "digital": False,
    "digitally_literate": False,
}


@each(
    """
    source   | case                              | definition | education | class_completed  | level | one_plus_x_held | major | middle | digital | digitally_literate | asked_on   | outcome      | because
    proposal | (1) college and L3 in class 6     |            |           |                  |       |                 |       |        |         |                    |            | entitled     |
    proposal | (1) college and L4                |            |           |                  | L4    |                 |       |        |         |                    |            | refused      | certificate
    proposal | (1) L2 without degree             |            | senior    |                  | L2    |                 |       |        |         |                    |            | refused      | schooling
    proposal | class that stands for a degree    |            | senior    | technician_class | L2    |                 |       |        |         |                    |            | entitled     |
    proposal | senior class does not             |            | senior    | senior_class     | L2    |                 |       |        |         |                    |            | refused      | schooling
    proposal | nobody said which class           |            | senior    | ?                | L2    |                 |       |        |         |                    |            | undetermined | class_completed
    proposal | (5) 1+X, highest, is no L3        |            |           |                  | none  | advanced        |       |        |         |                    |            | refused      | certificate
    proposal | (5) 1+X where the rule says so    | wide       |           |                  | none  | advanced        |       |        |         |                    |            | entitled     |
    proposal | 1+X, middle, even there           | wide       |           |                  | none  | intermediate    |       |        |         |                    |            | refused      | certificate
    proposal | 1+X not known, even there         | wide       |           |                  | L4    | ?               |       |        |         |                    |            | undetermined | one_plus_x_held
    proposal | engineer's occupation             |            |           |                  |       |                 | 2     | 2-02   |         |                    |            | entitled     |
    proposal | digital occupation of class 4     |            |           |                  |       |                 | 4     | 4-04   | yes     |                    |            | entitled     |
    proposal | another occupation                |            |           |                  |       |                 | 4     | 4-04   | no      |                    |            | refused      | occupation
    proposal | another occupation, wide          | wide       |           |                  |       |                 | 4     | 4-04   | no      |                    |            | entitled     |
    proposal | another class of professionals    |            |           |                  |       |                 | 2     | 2-03   | no      |                    |            | refused      | occupation
    proposal | mark of the occupation not known  |            |           |                  |       |                 | 4     | 4-04   | ?       |                    |            | undetermined | digital
    proposal | strict, not digitally literate    | strict     |           |                  |       |                 |       |        |         |                    |            | refused      | digital_literacy
    proposal | strict, digitally literate        | strict     |           |                  |       |                 |       |        |         | yes                |            | entitled     |
    proposal | strict, nobody said               | strict     |           |                  |       |                 |       |        |         | ?                  |            | undetermined | digitally_literate
    proposal | strict, a class stands for nothing | strict    | senior    | technician_class |       |                 |       |        |         | yes                |            | refused      | schooling
    proposal | schooling not known               |            | ?         | ?                |       |                 |       |        |         |                    |            | undetermined | education
    proposal | special-grade technician          |            |           |                  | LT    |                 |       |        |         |                    |            | entitled     |
    proposal | the first day on file             |            |           |                  |       |                 |       |        |         |                    | 2022-01-01 | entitled     |
    -        | the day before                    |            |           |                  |       |                 |       |        |         |                    | 2021-12-31 | undetermined | min_level
    """,
    GRAY_COLLAR_FACTS,
)
def test_definition(case: Case) -> None:
    agrees(decided(gray_collar, WORKER, case), case)


WORKERS: list[dict[str, Any]] = spec.rows(
    """
    worker_id | birth_month | education | residence
    1         | 1990-01-01  | college   | west
    2         | 1990-01-01  | senior    | west
    3         | 1990-01-01  | bachelor  | east
    4         | 1990-01-01  | unknown   | east
    5         | 1990-01-01  | college   | west
    6         | 1990-01-01  | college   | west
    7         | 2027-03-01  | college   | west
    8         | 1990-01-01  | college   | west
    9         | 1990-01-01  | senior    | west
    """
)
CERTIFICATES = spec.rows(
    """
    certificate_id | worker_id | kind        | level | occupation | issued_on  | valid_until
    1              | 1         | skill_level | L4    | 6-31-01-02 | 2019-01-01 | -
    2              | 1         | skill_level | L3    | 6-31-01-02 | 2026-01-30 | -
    3              | 2         | skill_level | L2    | 6-31-01-02 | 2020-01-01 | -
    4              | 3         | skill_level | L3    | 4-04-05-01 | 2020-01-01 | -
    5              | 4         | skill_level | L3    | 6-31-01-02 | 2020-01-01 | -
    6              | 5         | skill_level | L3    | 6-31-01-02 | 2026-01-31 | -
    7              | 6         | appointment | LT    | 6-31-01-02 | 2020-01-01 | 2026-01-30
    8              | 6         | skill_level | L3    | 6-18-01-01 | 2019-01-01 | -
    9              | 7         | skill_level | L3    | 6-31-01-02 | 2020-01-01 | -
    10             | 9         | skill_level | L3    | 2-02-38-01 | 2020-01-01 | -
    """
)
SPELLS = spec.rows(
    """
    spell_id | worker_id | organisation_id | occupation | started_on | ended_on
    1        | 3         | 1               | 2-02-10-09 | 2021-01-01 | -
    2        | 3         | 1               | 4-04-05-01 | 2019-01-01 | -
    3        | 3         | 1               | -          | 2025-01-01 | -
    4        | 1         | 1               | 4-04-05-01 | 2021-01-01 | 2026-01-30
    5        | 4         | 1               | 4-04-05-01 | 2021-01-01 | -
    """
)
OCCUPATIONS: list[dict[str, Any]] = [
    {"code": code, "edition": "2022", "rank": "leaf", "parent": None, "name_zh": code, "name_en": None, "definition": None, "source": "x"}
    | {"digital": digital, "green": green}
    for code, digital, green in (
        ("6-31-01-02", False, False),
        ("6-18-01-01", True, True),
        ("4-04-05-01", False, False),
        ("2-02-38-01", True, False),
    )
]
CITY = spec.LAND | {
    "registry.workers": WORKERS,
    "registry.certificates": CERTIFICATES,
    "registry.employment_spells": SPELLS,
    "registry.organisations": [{"organisation_id": 1, "kind": "enterprise", "place": "west"}],
    "registry.aliases": [{"worker_id": 9, "merged_into_id": 8}],
    "skills.occupations": OCCUPATIONS,
}


@pytest.fixture(scope="module")
def tables() -> Any:
    with open_tables(spec.folder(CITY)) as found:
        yield found


def _everybody(tables: Tables) -> dict[int, dict[str, Any]]:
    return {row["worker_id"]: row for row in tables.rows(facts(tables, on=spec.ON))}


def test_facts_of_everybody_are_those_of_each(tables: Tables) -> None:
    rows = {name: tables.rows(tables[name]) for name in gray_counts.READS}
    merged = {row["worker_id"] for row in rows["registry.aliases"]}
    each_one = {row["worker_id"]: fact(rows, row, spec.ON) for row in rows["registry.workers"] if row["worker_id"] not in merged}
    assert _everybody(tables) == each_one
    assert set(each_one) == {1, 2, 3, 4, 5, 6, 7, 8}, "two records of one person are one"


def test_facts_of_the_day(tables: Tables) -> None:
    found = _everybody(tables)
    assert (found[1]["level"], found[1]["occupation"]) == ("L3", "6-31-01-02"), "issued that day; the job ended that day"
    assert found[5]["level"] == "none", "issued a day later"
    assert (found[6]["level"], found[6]["occupation"]) == ("L3", "6-18-01-01"), "the appointment ended that day"
    assert (found[8]["level"], found[8]["digital"]) == ("L3", True), "held under the record that was merged"


def test_an_earlier_code_and_todays_are_one_occupation(tables: Tables) -> None:
    found = _everybody(tables)
    assert found[3]["occupation"] == found[8]["occupation"] == "2-02-38-01", "case (2)"
    assert found[3]["digital"] is True


def test_counts_are_the_decisions_on_each(tables: Tables) -> None:
    parameters = gray_counts._parameters(spec.CONTEXT)
    named = gray_counts.definitions(parameters, spec.ON)
    assert named == ["proposed", "wide", "strict"]
    expected: dict[str, int] = {}
    for row in _everybody(tables).values():
        said = [decide(gray_collar, row | {"definition": name}, parameters=parameters, on=spec.ON).outcome for name in named]
        key = ";".join(f"{name}={outcome}" for name, outcome in zip(named, said, strict=True))
        expected[key] = expected.get(key, 0) + 1
    counted = gray_counts.counts(tables, spec.CONTEXT).to_pylist()
    assert {row["verdicts"]: row["people"] for row in counted} == expected
    assert sum(expected.values()) == 8


def test_what_a_definition_cannot_place_says_why(tables: Tables) -> None:
    found = {(row["definition"], row["conditions"]): row["people"] for row in gray_counts.unknown(tables, spec.CONTEXT).to_pylist()}
    assert found["proposed", "schooling"] == 1, "a technician of whom nobody knows whether a class stands for the degree"
    assert found["strict", "digital_literacy"] >= 1


def test_an_occupation_with_both_marks_counts_once_in_each_index_and_once_in_all(tables: Tables) -> None:
    text = "level,code,name\n1,6-00-00-00,制造\n4,6-18-01-01,工L/S\n4,6-18-01-02,匠S\n4,6-18-01-03,员\n"
    leaves = [node for node in read_classification(text.encode(), "list.csv").nodes if node.rank == "leaf"]
    assert (sum(bool(node.digital) for node in leaves), sum(bool(node.green) for node in leaves), len(leaves)) == (2, 1, 3), "case (4)"
    worker = [row for row in _everybody(tables).values() if row["occupation"] == "6-18-01-01"]
    assert [row["worker_id"] for row in worker] == [6]


def test_a_few_people_are_hidden_and_cannot_be_worked_out() -> None:
    groups = [
        {"verdicts": "a=entitled;b=entitled", "people": 500},
        {"verdicts": "a=entitled;b=refused", "people": 3},
        {"verdicts": "a=refused;b=entitled", "people": 40},
        {"verdicts": "a=refused;b=refused", "people": 900},
    ]
    hidden = gray_counts.withheld(groups, [], ["a", "b"])
    assert ("group", "a=entitled;b=refused") in hidden
    assert len([cell for cell in hidden if cell[0] in ("group", "of")]) > 1, "what totals give away is hidden beside it"
    assert ("all",) not in hidden
    assert not gray_counts.withheld([row | {"people": int(str(row["people"])) + 50} for row in groups], [], ["a", "b"])


def test_definitions_are_those_in_force() -> None:
    assert gray_counts.definitions(chongqing(), date(2026, 1, 30)) == ["proposed", "wide", "strict"]
    assert gray_counts.definitions(chongqing(), date(2021, 12, 31)) == []
