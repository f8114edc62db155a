"""Words by which a name is found: as an officer types it, and as the record spells it."""

from __future__ import annotations

import pytest

from guildhall.registry.engine.names import SearchWords, initials, search_keys
from guildhall.registry.models import Identity, hashed_names, hashed_words, identity_fields, sealed_identity, vault
from guildhall.registry.models.sealed import WORDS

NAMES = [
    ("王小明", ("王小", "王小明", "wx", "wxm")),
    ("王明", ("王明", None, "wm", None)),
    ("欧阳娜娜", ("欧阳", "欧阳娜", "oy", "oyn")),
    ("单雄信", ("单雄", "单雄信", "sx", "sxx")),
    ("曾国藩", ("曾国", "曾国藩", "zg", "zgf")),
    ("解晓东", ("解晓", "解晓东", "xx", "xxd")),
    ("仇和", ("仇和", None, "qh", None)),
    ("查良镛", ("查良", "查良镛", "zl", "zly")),
    ("区志航", ("区志", "区志航", "oz", "ozh")),
    ("尉迟恭", ("尉迟", "尉迟恭", "yc", "ycg")),
    ("尉 迟 恭", ("尉迟", "尉迟恭", "yc", "ycg")),
    ("万俟卨", ("万俟", "万俟卨", "mq", "mqx")),
    ("阿卜杜拉·买买提", ("阿卜", "阿卜杜", "ab", "abd")),
    ("阿卜杜拉•买买提", ("阿卜", "阿卜杜", "ab", "abd")),
    ("José García", ("jo", "jos", "jg", None)),
    ("ＪＯＳＥ　garcia", ("jo", "jos", "jg", None)),
    ("李", (None, None, None, None)),
    ("", (None, None, None, None)),
    ("·", (None, None, None, None)),
    ("𠮷田", ("𠮷田", None, "𠮷t", None)),
]


@pytest.mark.parametrize(("name", "words"), NAMES, ids=[name for name, _ in NAMES])
def test_words_of_a_name(name: str, words: tuple[str | None, ...]) -> None:
    assert search_keys(name) == SearchWords(*words)


def test_initials_reach_over_the_whole_name() -> None:
    assert initials("阿卜杜拉·买买提") == "abdlmmt"
    assert initials("张单") == "zd", "a surname's reading counts at the head of a name only"


def test_rows_and_columns_hash_alike() -> None:
    one = hashed_words(vault(), search_keys("王小明"))
    many = hashed_names(vault(), ["李", "王小明", "王小红"])
    assert {column: many[column][1] for column in WORDS} == one
    assert [many[column][0] for column in WORDS] == [None] * 4
    assert many["name_two"][1] == many["name_two"][2] != many["name_three"][2]
    assert all(-(2**63) <= value < 2**63 for value in one.values() if value is not None)


def test_a_single_row_holds_what_a_bulk_row_holds() -> None:
    bulk = sealed_identity([7], ["王小明"], ["990101199001150071"], [None]).to_pylist()[0]
    single = identity_fields(7, name="王小明", number="990101199001150071", phone="")
    assert bulk.keys() - {"worker_id"} == single.keys() == {field.column for field in Identity._meta.fields} - {"worker_id"}
    fixed = [name for name in single if not name.endswith("_sealed")]
    assert {name: bulk[name] for name in fixed} == {name: single[name] for name in fixed}
    for row in (bulk, single):
        assert vault().open("registry.identity", "name", 7, row["name_sealed"]) == "王小明"
