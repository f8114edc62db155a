"""Declared tables: one declaration gives the schema, the encoding of words, and every way a table can break it."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.kernel.tables import CODE, COUNT, DATE, KEY, NAME, TEXT, Column, Table, Text, as_column, words

DOC = Text("说明", "doc")
PEOPLE = Table(
    "tests.people",
    DOC,
    (
        Column("person_id", KEY, DOC),
        Column("sex", CODE, DOC, values=("female", "male")),
        Column("place", NAME, DOC, nullable=True, ref="tests.places"),
        Column("born", DATE, DOC),
    ),
    key=("person_id",),
)
COUNTS = Table("tests.counts", DOC, (Column("sex", CODE, DOC), Column("place", NAME, DOC), Column("n", COUNT, DOC)), key=("sex", "place"))
ROWS: dict[str, Any] = {
    "person_id": [1, 2, 3],
    "sex": ["female", "male", "male"],
    "place": ["a", None, "b"],
    "born": [date(1990, 1, 1)] * 3,
}


def people(**changed: Any) -> pa.Table:
    return PEOPLE.build({**ROWS, **changed})


def counts(sex: list[str], place: list[str]) -> pa.Table:
    return COUNTS.build({"sex": sex, "place": place, "n": [1] * len(sex)})


def test_the_schema_follows_the_declaration() -> None:
    assert PEOPLE.schema.names == ["person_id", "sex", "place", "born"]
    assert [field.nullable for field in PEOPLE.schema] == [False, False, True, False]
    assert people().schema == PEOPLE.schema
    assert PEOPLE.column("place").ref == "tests.places"
    with pytest.raises(KeyError, match="age"):
        PEOPLE.column("age")


def test_a_table_as_declared_has_no_faults() -> None:
    assert PEOPLE.check(people()) == []
    assert PEOPLE.check(PEOPLE.schema.empty_table()) == []
    assert people().to_pydict() == ROWS


def test_columns_may_stand_in_any_order_but_none_may_be_missing_or_added() -> None:
    table = people()
    assert PEOPLE.check(table.select(["born", "sex", "place", "person_id"])) == []
    assert [(fault.column, fault.what) for fault in PEOPLE.check(table.drop_columns(["sex"]))] == [("sex", "column is missing")]
    added = table.append_column("name", pa.array(["王", "李", "张"]))
    assert [(fault.column, fault.what) for fault in PEOPLE.check(added)] == [("name", "column is not declared")]


def test_a_wrong_type_is_reported_and_not_read_further() -> None:
    table = people().set_column(0, "person_id", pa.array([[1], [1], [1]]))
    [fault] = PEOPLE.check(table)
    assert (fault.column, fault.what) == ("person_id", "type is list<item: int64>, declared int64")


def test_empty_values_are_allowed_only_where_declared() -> None:
    found = PEOPLE.check(people(sex=["female", None, None]))
    assert [(fault.row, fault.column) for fault in found] == [(2, "sex")]
    assert "2 empty values" in found[0].what


def test_words_outside_the_list_are_named() -> None:
    [fault] = PEOPLE.check(people(sex=["female", "male", "unicorn"]))
    assert "'unicorn'" in fault.what
    assert fault.next == "one of female, male"


def test_words_of_the_dictionary_that_no_row_uses_do_no_harm() -> None:
    sex = pa.DictionaryArray.from_arrays(pa.array([0, 1, 1], pa.int8()), ["female", "male", "unicorn"])
    assert PEOPLE.check(people(sex=sex)) == []


def test_repeated_keys_are_counted() -> None:
    [fault] = PEOPLE.check(people(person_id=[1, 1, 1]))
    assert (fault.column, fault.what) == ("person_id", "2 rows repeat a key")


def test_keys_of_words_are_compared_by_word_across_parts_built_apart() -> None:
    one, other = counts(["female", "male"], ["a", "b"]), counts(["male", "female"], ["a", "b"])
    assert COUNTS.check(pa.concat_tables([one, other])) == []
    [fault] = COUNTS.check(pa.concat_tables([one, other, counts(["male"], ["b"])]))
    assert (fault.column, fault.what) == ("sex+place", "1 rows repeat a key")


@pytest.mark.parametrize(
    "values",
    [
        ["b", "a", None, "b"],
        pa.array(["b", "a", None, "b"]),
        pa.array(["b", "a", None, "b"]).dictionary_encode(),
        pa.chunked_array([["b", "a"], [None, "b"]]),
        pa.chunked_array([pa.array(["b", "a"]).dictionary_encode(), pa.array([None, "b"]).dictionary_encode()]),
        np.array(["b", "a", None, "b"], dtype=object),
    ],
    ids=["list", "array", "dictionary", "chunks", "dictionary chunks", "numpy"],
)
@pytest.mark.parametrize("type_", [CODE, NAME, TEXT], ids=str)
def test_words_keep_their_order_whatever_they_come_in(values: Any, type_: pa.DataType) -> None:
    column = as_column(values, type_)
    assert column.type == type_
    assert column.to_pylist() == ["b", "a", None, "b"]


def test_numbers_are_widened_and_never_cut() -> None:
    assert as_column(np.array([1, 2], dtype=np.int32), KEY).to_pylist() == [1, 2]
    with pytest.raises(pa.ArrowInvalid):
        as_column(pa.array([1.5]), KEY)
    with pytest.raises(pa.ArrowInvalid):
        as_column([str(number) for number in range(200)], CODE)  # more words than a CODE can number


@given(st.lists(st.lists(st.one_of(st.none(), st.sampled_from("abcdef")), max_size=6), max_size=5), st.sampled_from([CODE, NAME, TEXT]))
def test_distinct_words_are_those_that_rows_use(parts: list[list[str | None]], type_: pa.DataType) -> None:
    column = pa.chunked_array([as_column(part, type_) for part in parts], type=type_)
    assert words(column) == sorted({word for part in parts for word in part if word is not None})


def test_text_follows_the_language() -> None:
    assert [DOC.in_(language) for language in ("zh-hans", "ZH", "en", "fr")] == ["说明", "说明", "doc", "doc"]
