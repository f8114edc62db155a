"""Money: every rounding by name, nothing lost in sharing, and only amounts that need no guessing are read."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.kernel.money import (
    LARGEST,
    YUAN,
    Fen,
    NotMoney,
    Rounding,
    allocate,
    format_yuan,
    parse_yuan,
    plain_yuan,
    rounded,
    times,
    to_step,
)

AMOUNTS = st.integers(-(10**15), 10**15).map(Fen)
FRACTIONS = st.fractions(-1000, 1000, max_denominator=400)
WEIGHTS = st.lists(st.fractions(0, 1000, max_denominator=60), min_size=1, max_size=40).filter(lambda weights: sum(weights) > 0)
ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)
HALVES = ["-5/2", "-3/2", "-1/2", "1/2", "3/2", "5/2"]


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("half_up", [-3, -2, -1, 1, 2, 3]),
        ("half_even", [-2, -2, 0, 0, 2, 2]),
        ("half_down", [-2, -1, 0, 0, 1, 2]),
        ("up", [-3, -2, -1, 1, 2, 3]),
        ("down", [-2, -1, 0, 0, 1, 2]),
        ("ceiling", [-2, -1, 0, 1, 2, 3]),
        ("floor", [-3, -2, -1, 0, 1, 2]),
    ],
)
def test_each_rounding_settles_ties_by_its_name(rounding: Rounding, expected: list[int]) -> None:
    assert [rounded(Fraction(half), rounding) for half in HALVES] == expected


@pytest.mark.parametrize("rounding", ROUNDINGS)
@given(number=st.integers(-(10**9), 10**9), places=st.integers(0, 4))
def test_rounds_as_the_decimal_module_does(rounding: Rounding, number: int, places: int) -> None:
    exact = Decimal(number).scaleb(-places)
    assert rounded(Fraction(exact), rounding) == int(exact.to_integral_value(getattr(decimal, f"ROUND_{rounding.upper()}")))


def test_amounts_of_the_statutes() -> None:
    """Classes of the reference minimum wage, a day and an hour of a monthly wage, relief by months, shares of premiums."""
    classes = [times(Fen(2100_00), Fraction(percent, 100), "half_up") for percent in (105, 120, 150, 200)]
    assert classes == [2205_00, 2520_00, 3150_00, 4200_00]
    monthly = Fen(6500_00)
    assert times(monthly, 1 / Fraction("21.75"), "half_up") == 298_85
    assert times(monthly, 1 / Fraction("21.75") / 8, "half_up") == 37_36
    assert times(Fen(7800_00), Fraction(6, 12), "down") == 3900_00
    assert times(Fen(2330_00), 12, "half_up") == 27960_00


@given(AMOUNTS, FRACTIONS)
def test_a_product_is_within_a_fen_of_the_exact_one(amount: Fen, factor: Fraction) -> None:
    exact = amount * factor
    assert times(amount, factor, "floor") <= exact <= times(amount, factor, "ceiling")
    assert abs(times(amount, factor, "down")) <= abs(exact) <= abs(times(amount, factor, "up"))
    for rounding in ("half_up", "half_even", "half_down"):
        assert abs(times(amount, factor, rounding) - exact) <= Fraction(1, 2)


def test_rounds_to_a_step() -> None:
    assert to_step(Fen(1234_50), YUAN, "half_up") == 1235_00
    assert to_step(Fen(1234_99), YUAN, "down") == 1234_00
    assert to_step(Fen(-1234_50), Fen(10), "half_up") == -1234_50


@given(AMOUNTS, WEIGHTS)
def test_sharing_loses_nothing_and_is_fair(total: Fen, weights: list[Fraction]) -> None:
    shares = allocate(total, weights)
    whole = sum(weights)
    assert sum(shares) == total
    assert all(abs(share - total * weight / whole) < 1 for share, weight in zip(shares, weights, strict=True))
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if weight == 0)
    assert allocate(Fen(-total), weights) == [-share for share in shares]


def test_left_over_fen_go_to_the_largest_remainders_and_ties_to_the_earlier() -> None:
    assert allocate(Fen(100), [1, 1, 1]) == [34, 33, 33]
    assert allocate(Fen(10), [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]) == [5, 3, 2]
    assert allocate(Fen(5), [3, 3, 4]) == [2, 1, 2]
    assert allocate(Fen(0), [0, 1]) == [0, 0]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_sharing_among_nobody_is_a_bug(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        allocate(Fen(100), weights)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.50", 1234_50),
        ("１，２３４．５０", 1234_50),
        ("￥１２", 12_00),
        ("¥ 1234.5", 1234_50),
        (" 1234 元 ", 1234_00),
        ("\u30001,234,567元\u3000", 1234567_00),
        ("0.05", 5),
        ("-3.20", -3_20),
        ("\u22123", -3_00),
        ("+7", 7_00),
        ("92233720368547758.07", LARGEST),
    ],
)
def test_reads_what_people_write(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("\u3000", "empty"),
        ("12.345", "two decimals"),
        ("3万元", "万"),
        ("1,23", "commas"),
        ("12,34.00", "commas"),
        ("1.5e3", "something other"),
        ("abc", "something other"),
        ("12.", "something other"),
        ("1 000", "something other"),
        ("10²", "something other"),
        ("\u0663", "something other"),  # an Arabic-Indic three
        ("--1", "something other"),
        ("92233720368547758.08", "largest"),
    ],
)
def test_refuses_what_it_would_have_to_guess(text: str, why: str) -> None:
    with pytest.raises(NotMoney) as caught:
        parse_yuan(text)
    assert why in caught.value.why
    assert caught.value.next


@given(AMOUNTS)
def test_what_is_shown_can_be_read_back(amount: Fen) -> None:
    assert parse_yuan(plain_yuan(amount)) == parse_yuan(format_yuan(amount, "zh-hans")) == parse_yuan(format_yuan(amount, "en")) == amount


def test_shows_amounts_in_both_languages() -> None:
    assert format_yuan(Fen(1234567_05), "zh-hans") == "1,234,567.05元"
    assert format_yuan(Fen(-50), "en") == "-¥0.50"
    assert plain_yuan(Fen(-1234_00)) == "-1234.00"


def test_floats_are_refused_even_where_no_type_checker_looks() -> None:
    half = cast("Any", 0.5)
    for attempt in (
        lambda: times(Fen(1), half, "down"),
        lambda: times(half, 1, "down"),
        lambda: rounded(half, "down"),
        lambda: allocate(Fen(1), [half]),
        lambda: plain_yuan(half),
        lambda: format_yuan(half, "en"),
        lambda: to_step(half, YUAN, "down"),
    ):
        with pytest.raises(TypeError, match="float"):
            attempt()
