"""What a fold adds, what it leaves out, and what it refuses."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guildhall.kernel.backends import open_arrow
from guildhall.rules import Parameter, Parameters, Result, Rule, RuleFault, Version, add_months, all_of, months_between, pay, rounded, rule
from guildhall.rules.comparing import span
from guildhall.rules.extents import of_file
from guildhall.rules.fold import COLUMNS, column, fold, fold_all
from guildhall.rules.months import add_months as exactly
from tests.rules.extents import of_table
from tests.rules.generated import INPUTS, ON, PEOPLE, people

D = date
ABOUT: dict[str, Any] = {"unit": "", "channel": "claim", "title": PEOPLE.doc, "basis": ("a text",)}
LAW = Parameters(
    {
        "first": {
            "least": Parameter("least", "", "scalar", (Version(12, D(2020, 1, 1), None, "CN", "document", "1", "official"),)),
            "share": Parameter("share", "", "scalar", (Version(Fraction(1, 3), D(2020, 1, 1), None, "CN", "document", "1", "official"),)),
        }
    }
)


def made(name: str, table: Any = PEOPLE) -> Rule:
    def written(p: Any, c: Any) -> Result:
        grown = months_between(p.birth_month, p.on) >= 192
        return pay(all_of(long=p.a >= c.least, grown=grown, in_time=p.d <= add_months(p.on, 12)), rounded(p.b * c.share, "half_up"))

    inputs = {**INPUTS, "birth_month": INPUTS["d"]}
    return rule(name, facts=table, inputs=inputs, governed_by="on", place="place", **ABOUT)(written)


def facts(rows: list[dict[str, object]]) -> pa.Table:
    return PEOPLE.build({each.name: [row.get(each.name) for row in rows] for each in PEOPLE.columns})


def test_every_number_is_of_64_bits_and_nothing_else_is_left_behind() -> None:
    with open_arrow({"facts": facts(people(1, 20))}) as tables:
        found = tables.fetch(fold(made("first"), LAW, ON, keep=("id",))(tables["facts"]))
    assert tuple(found.column_names) == ("id", *COLUMNS)
    assert {found.schema.field(name).type for name in COLUMNS[1:]} == {pa.int64()}


def test_several_rules_on_one_table_give_what_each_gives_alone() -> None:
    rules = [made("first"), made("second")]
    with open_arrow({"facts": facts(people(2, 200))}) as tables:
        together = tables.rows(fold_all(rules, LAW, ON)(tables["facts"]).order_by("id"))
        for each in rules:
            alone = tables.rows(fold(each, LAW, ON)(tables["facts"]).order_by("id"))
            assert [[row[what] for what in COLUMNS] for row in alone] == [[row[column(each, what)] for what in COLUMNS] for row in together]


def test_rules_on_different_tables_do_not_go_in_one_pass() -> None:
    other = made("second", type(PEOPLE)("other.people", PEOPLE.doc, PEOPLE.columns, PEOPLE.key))
    with open_arrow({"facts": facts(people(3, 1))}) as tables, pytest.raises(RuleFault, match="different tables"):
        fold_all([made("first"), other], LAW, ON)(tables["facts"])


def test_the_footer_of_a_file_says_what_the_table_says(tmp_path: Path) -> None:
    table, file = facts(people(4, 500, doubtful=0)), tmp_path / "facts.parquet"
    pq.write_table(table, file, row_group_size=100)
    each = made("first")
    with open_arrow({"facts": table}) as tables:
        asked = of_table(tables, tables["facts"], [each])
        footed = of_table(tables, tables["facts"], [each], file=file)
    read = {name for name in each.reads if each.inputs[name].type in ("whole", "date", "flag")}
    assert {name: asked[name] for name in read} == {name: footed[name] for name in read}
    assert asked["place"] == footed["place"]
    assert of_file(file, ["no such column"]) == {}


def test_tests_that_the_extents_answer_are_left_out() -> None:
    each, rows = made("first"), people(5, 50, doubtful=0)
    for row in rows:
        row |= {"on": D(2024, 5, 1), "a": 14, "b": 100, "birth_month": D(1990, 6, 1), "died_on": None, "place": "50"}
    with open_arrow({"facts": facts(rows)}) as tables:
        table = tables["facts"]
        blind, seeing = (fold(each, LAW, ON, extents=known, keep=())(table) for known in (None, of_table(tables, table, [each])))
        texts = [table.get_backend().compile(one) for one in (blind, seeing)]
        assert tables.rows(blind) == tables.rows(seeing)
    assert '"a: bad"' in texts[0]
    assert '"a: bad"' not in texts[1]
    assert len(texts[1]) < len(texts[0])


@pytest.mark.parametrize(
    ("oldest", "doubt", "left_out"), [(D(2025, 1, 14), False, True), (D(2025, 1, 13), False, False), (D(2025, 1, 14), True, False)]
)
def test_freshness_and_doubt_that_the_extents_answer_are_left_out(oldest: date, doubt: bool, left_out: bool) -> None:
    def written(p: Any, c: Any) -> Result:
        return pay(all_of(known=p.m >= 0), 1)

    each = rule("first", facts=PEOPLE, inputs=INPUTS, governed_by="on", place="place", **ABOUT)(written)
    rows = people(7, 50, doubtful=0)
    for at, row in enumerate(rows):
        row |= {"m": 3, "d": D(2025, 2, 28), "m_as_of": D(2025, 2, 1) if at else oldest, "doubt": not at and doubt}
    with open_arrow({"facts": facts(rows)}) as tables:
        table = tables["facts"]
        blind, seeing = (fold(each, LAW, ON, extents=known, keep=())(table) for known in (None, of_table(tables, table, [each])))
        assert tables.rows(blind) == tables.rows(seeing)
        text = str(table.get_backend().compile(seeing))
    assert ("within 45 days of d" not in text and '"doubt: bad"' not in text) == left_out


def test_the_same_fold_is_written_for_spark() -> None:
    import ibis

    with open_arrow({"facts": facts(people(6, 1))}) as tables:
        folded = fold(made("first"), LAW, ON)(tables["facts"]).unbind()
    assert "SELECT" in str(ibis.to_sql(folded, dialect="pyspark"))


def test_so_many_months_never_have_fewer_or_more_days_than_said() -> None:
    days = [
        D(1999, 12, 31),
        D(2000, 2, 29),
        D(2023, 1, 31),
        D(2023, 2, 28),
        D(2024, 2, 29),
        D(2024, 8, 31),
        D(2096, 2, 29),
        D(2099, 11, 30),
    ]
    for months in (*range(-250, 251), 1_199, -1_150):
        least, most = span(months)
        passed = [(moved - day).days for day in days if (moved := exactly(day, months)) is not None]
        assert all(least < each < most for each in passed), months
