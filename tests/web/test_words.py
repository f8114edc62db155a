"""Numbers as people read them, translations without gaps, and charts that hold what they are given."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from guildhall.web import charts, folding, levels, messages, numbers, words
from guildhall.web.viewer import PUBLIC


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (Decimal(5_680_000), "persons", "568 万", "5.68 million"),
        (Decimal(3_000_000), "persons", "300 万", "3 million"),
        (Decimal(2_045), "count", "2,045", "2,045"),
        (Decimal("89.05"), "percent", "89.05 %", "89.05 %"),
        (Decimal(120_000_000), "fen", "1.2 亿", "120 million"),
        (None, "persons", "—", "—"),
    ],
)
def test_headings_use_round_words(value: Decimal | None, unit: str, zh: str, en: str) -> None:
    assert numbers.short(value, unit, "zh-hans") == zh
    assert numbers.short(value, unit, "en") == en


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (Fraction(8, 25), 1, "32.0 %"),
        (Fraction(1, 3), 1, "33.3 %"),
        (Fraction(2, 3), 2, "66.67 %"),
        (Fraction(1, 8), 0, "13 %"),
        (Fraction(-1, 8), 0, "−13 %"),
        (None, 1, "—"),
    ],
)
def test_percentages_come_from_exact_fractions(value: Fraction | None, places: int, shown: str) -> None:
    assert numbers.percent(value, places) == shown


@given(st.fractions(max_denominator=10**9), st.integers(0, 6))
def test_rounding_is_never_off_by_more_than_half_a_step(value: Fraction, places: int) -> None:
    assert abs(Fraction(numbers.rounded(value, places)) - value) <= Fraction(1, 2 * 10**places)


def test_no_text_is_missing_left_over_or_untranslated(computed: Path) -> None:
    assert messages.check() == []


def test_texts_are_found_in_code_and_templates(computed: Path) -> None:
    found = {message.key for message in messages.messages()}
    assert {("", "not built yet"), ("", "Skip to the content"), ("unit", "people")} <= found


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**7).map(Fraction)), max_size=50))
def test_shades_follow_the_order_of_values(values: list[Fraction | None]) -> None:
    found, spans = charts.shades(values)
    pairs = sorted((value, shade) for value, shade in zip(values, found, strict=True) if value is not None)
    assert [shade for _, shade in pairs] == sorted(shade for _, shade in pairs)
    assert all(shade == 0 for value, shade in zip(values, found, strict=True) if value is None)
    assert all(low <= high for _, low, high in spans)
    assert [low for _, low, _ in spans] == sorted(low for _, low, _ in spans)


@given(st.integers(0, 10**12).map(Fraction))
def test_an_axis_begins_at_zero_and_reaches_its_highest_value(most: Fraction) -> None:
    marks = charts.round_marks(most)
    assert marks[0] == 0
    assert marks[-1] >= most
    assert len(marks) <= 5


def test_words_in_a_chart_cannot_break_out_of_it() -> None:
    hostile = '"><script>alert(1)</script>'
    bar = charts.Bar(hostile, Fraction(1), hostile, "l1", hostile)
    tile = charts.Tile(0, 0, hostile, hostile, 1, hostile)
    drawn = charts.pyramid([bar], key="k", title=hostile, desc=hostile) + charts.bars([bar], title=hostile)
    drawn += charts.cartogram([tile], key="k", title=hostile, desc=hostile)
    assert "<script" not in drawn


def test_a_bar_of_someone_is_never_invisible() -> None:
    drawn = charts.pyramid([charts.Bar("a", Fraction(5), "5"), charts.Bar("b", Fraction(10**7), "…")], key="k", title="t", desc="d")
    assert 'width="0.40%"' in drawn


@pytest.mark.parametrize("pack", ["chongqing", "tiny"])
def test_assumptions_are_told_in_words_and_not_in_codes(pack: str) -> None:
    from guildhall import city as packs
    from guildhall.overview.pages import about

    city = packs.load(pack)
    with translation.override("zh-hans"):
        names = about._names(city)
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for table, cells in city.assumptions.items():
        assert table in words.WORDS["assumption"]
        codes = {code for cell in cells for code in cell if code and not re.fullmatch(r"[0-9]+-[0-9]+", code)}
        assert [code for code in sorted(codes) if not chinese.search(names.get(code, ""))] == [], table


def test_the_public_is_a_viewer_like_any_other() -> None:
    assert PUBLIC.name == "public"


@pytest.mark.parametrize(
    ("value", "unit", "qualifier", "zh", "en"),
    [
        (Decimal("1240.07"), "yuan_100m", "", "1,240.07 亿元", "124.007 billion yuan"),
        (Decimal(9000), "persons", "≈", "≈ 9,000 人", "≈ 9,000 people"),
        (Decimal(80), "percent", "", "80 %", "80 %"),
    ],
)
def test_published_facts_carry_the_words_of_their_unit(value: Decimal, unit: str, qualifier: str, zh: str, en: str) -> None:
    from django.utils.translation import override

    for language, said in (("zh-hans", zh), ("en", en)):
        with override(language):
            assert numbers.in_words(value, unit, qualifier, language) == said


@pytest.mark.parametrize(
    ("value", "scale", "shown"),
    [
        (9, Fraction(1, 100), "< 10"),
        (0, Fraction(1, 100), "< 10"),
        (10, Fraction(1, 100), "10"),
        (9, Fraction(1), "9"),
        (None, Fraction(1, 100), "—"),
    ],
)
def test_a_handful_of_a_sample_is_not_a_number(value: int | None, scale: Fraction, shown: str) -> None:
    assert numbers.counted(value, scale) == shown


@pytest.mark.parametrize(
    ("value", "qualifier", "shown"),
    [(Fraction(42), "+", "+42 %"), (Fraction(-3), "+", "−3 %"), (Fraction(42), ">", "> 42 %"), (None, ">", "—")],
)
def test_growth_keeps_its_sign(value: Fraction | None, qualifier: str, shown: str) -> None:
    assert numbers.with_unit(value, "percent", qualifier) == shown


def test_a_folded_table_names_its_parts() -> None:
    inner = '<thead><tr><th scope="col">A &amp; B</th><th scope="col">C</th></tr></thead>'
    table = folding.folded(inner + '<tbody><tr><th scope="row">x</th><td>1</td></tr></tbody>', "“t”")
    assert '<td role="cell" data-th="C">1' in table
    assert '<th role="rowheader" scope="row">x' in table
    assert '<th role="columnheader" scope="col">A &amp; B' in table
    assert 'aria-label="“t”"' in table


@pytest.mark.parametrize(
    ("said", "zh", "en"),
    [
        ("等级L3可", "等级高级工（三级）可", "等级L3 (senior worker)可"),
        ("LT 或 LS", "特级技师或 首席技师", "LT (special-grade technician) 或 LS (chief technician)"),
        ("L30, XL3", "L30, XL3", "L30, XL3"),
    ],
)
def test_a_level_in_a_sentence_is_called_by_its_name(said: str, zh: str, en: str) -> None:
    with translation.override("zh-hans"):
        assert levels.levelled(said) == zh
    with translation.override("en"):
        assert levels.levelled(said) == en
