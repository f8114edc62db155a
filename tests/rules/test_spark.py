"""Where Spark means something else by the same words, the fold does not use them."""

from __future__ import annotations

import ibis

from guildhall.rules.cells import sought


def test_an_empty_word_is_never_looked_for_in_a_list() -> None:
    """Spark says that no list contains NULL; DuckDB says that it is not known."""
    words = ibis.table({"word": "string"}, name="words")
    text = str(ibis.to_sql(words.select(found=sought(words.word, ["a", "b", "c"])), dialect="pyspark"))
    assert " ".join(text.split()).count("WHEN `t0`.`word` IS NOT NULL THEN") == 1
