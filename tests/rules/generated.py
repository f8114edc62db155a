"""Generated rules, parameters and people: what the row evaluator and the fold to tables are held equal on.

Expressions are drawn by Hypothesis, which shrinks them; people come from pools of values that rules tend to trip over: leap days,
ends of months, edges of versions, limits of numbers, and nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from random import Random
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from guildhall.kernel.money import Rounding
from guildhall.kernel.tables import CODE, COUNT, DATE, FLAG, KEY, NAME, Column, Table, Text
from guildhall.rules import (
    Facts,
    Law,
    Link,
    Node,
    Parameter,
    Parameters,
    Result,
    Rule,
    Version,
    add_days,
    add_months,
    all_of,
    any_of,
    bracket,
    count,
    days_between,
    exists,
    feed,
    greatest,
    is_empty,
    is_in,
    least,
    literal,
    lookup,
    marginal,
    months_between,
    not_,
    pay,
    records,
    rounded,
    rows_of,
    rule,
    total,
    when,
    year_of,
)
from guildhall.rules.expressions import ROUNDINGS
from guildhall.rules.inputs import LARGEST
from guildhall.rules.parameters import Confirmation

D = date
ON = D(2025, 3, 1)
WORDS = ("L5", "L4", "L3")
PLACES = ("50", "north", "south", "town", "elsewhere")
EDITIONS = ("2018", "2023", "2030")
DAYS = (
    *(D(1900, 1, 1), D(1899, 12, 31), D(2199, 12, 31), D(2200, 1, 1), D(1990, 6, 1), D(2000, 2, 29), D(2023, 1, 31), D(2023, 2, 28)),
    *(D(2023, 12, 31), D(2024, 1, 1), D(2024, 1, 30), D(2024, 1, 31), D(2024, 2, 28), D(2024, 2, 29), D(2024, 3, 1), D(2024, 3, 31)),
    *(D(2024, 6, 30), D(2024, 12, 30), D(2024, 12, 31), D(2025, 1, 1), D(2025, 1, 31), D(2025, 2, 28), D(2025, 3, 1), D(2028, 2, 29)),
)
EDGES = (D(2023, 1, 1), D(2024, 1, 1), D(2024, 2, 29), D(2024, 7, 1), D(2025, 1, 1))
NUMBERS = (0, 1, 2, 3, 5, 7, 11, 12, 13, 24, 99, 100, 101, 150000, LARGEST // 3, LARGEST)
DOUBTFUL = (-1, LARGEST + 1)
EMPTY = Text("没有", "there is none")
GRANTS = rows_of(
    Column("amount", COUNT, Text("额", "amount"), nullable=True),
    Column("level", NAME, Text("级", "level"), nullable=True),
    Column("on", DATE, Text("日", "day"), nullable=True),
)
PEOPLE = Table(
    "generated.people",
    Text("生成的人", "generated people"),
    (
        Column("id", KEY, Text("键", "key")),
        *(Column(name, COUNT, Text(name, name), nullable=True) for name in ("a", "b", "m")),
        *(Column(name, DATE, Text(name, name), nullable=True) for name in ("on", "d", "e", "m_as_of", "birth_month", "died_on")),
        *(Column(name, FLAG, Text(name, name), nullable=True) for name in ("f", "g", "doubt")),
        Column("w", CODE, Text("w", "w"), nullable=True, values=WORDS),
        *(Column(name, NAME, Text(name, name), nullable=True) for name in ("v", "place", "edition")),
        Column("grants", GRANTS, Text("grants", "grants"), nullable=True),
    ),
    key=("id",),
)
INPUTS = {
    **{name: records(empty=EMPTY) for name in ("a", "b", "on", "d", "e", "died_on", "f", "g", "w", "v", "place", "edition", "grants")},
    "m": feed("m_as_of", 45, at="d", contradicted="doubt"),
}
ORDERS: tuple[Callable[[Any, Any], Node], ...] = (
    lambda a, b: a == b,
    lambda a, b: a != b,
    lambda a, b: a < b,
    lambda a, b: a <= b,
    lambda a, b: a > b,
    lambda a, b: a >= b,
)
Where: TypeAlias = Mapping[str, tuple[Node, ...]]
"""The leaves that may be drawn, by type: those of a row, or those of a related row."""


def leaves(p: Facts, c: Law) -> Where:
    """Inputs and parameters by type."""
    later = Law(p.d)
    return {
        "whole": (p.a, p.b, p.m, c.whole, later.whole, c.by_level[p.w], c.by_two[p.v, p.f]),
        "ratio": (c.ratio, p.a / 12, p.m / p.b),
        "date": (p.on, p.d, p.e, c.day),
        "flag": (p.f, p.g, c.flag, is_in(p.v, c.words), is_empty(p.a), is_empty(p.d)),
        "word": (p.w, p.v, c.word),
        "rows": (p.grants,),
    }


@st.composite
def expressions(draw: DrawFn, type_: str, where: Where, depth: int) -> Any:
    """An expression of a type, so many nodes deep at most."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(where[type_]) | _literals(type_)) if where[type_] else draw(_literals(type_))
    return draw(st.sampled_from(_MAKERS[type_]))(draw, lambda of: draw(expressions(of, where, depth - 1)), where, depth)


def _literals(type_: str) -> SearchStrategy[Any]:
    pools: dict[str, SearchStrategy[Any]] = {
        "whole": st.sampled_from((0, 1, 2, 12, 13, 100)),
        "ratio": st.sampled_from((Fraction(1, 2), Fraction(-1, 3), Fraction(9, 10), Fraction(2675, 1000))),
        "date": st.sampled_from(DAYS[2:]) | st.sampled_from(EDGES),
        "flag": st.booleans(),
        "word": st.sampled_from(WORDS),
    }
    return pools[type_].map(literal)


Sub: TypeAlias = Callable[[str], Any]


def _compared(draw: DrawFn, sub: Sub, where: Where, depth: int) -> Node:
    type_ = draw(st.sampled_from(("whole", "ratio", "date", "word", "flag")))
    orders = ORDERS[:2] if type_ in ("word", "flag") else ORDERS
    other = draw(st.sampled_from(("whole", "ratio"))) if type_ == "ratio" else type_
    order: Callable[[Any, Any], Node] = draw(st.sampled_from(orders))
    return order(sub(type_), sub(other))


def _logic(draw: DrawFn, sub: Sub, where: Where, depth: int) -> Node:
    return draw(st.sampled_from((all_of, any_of)))(*(sub("flag") for _ in range(draw(st.integers(1, 3)))))


def _exists(draw: DrawFn, sub: Sub, where: Where, depth: int) -> Node:
    return exists(where["rows"][0], lambda g: draw(expressions("flag", _of_row(g, where), 1))) if where["rows"] else sub("flag")


def _counted(draw: DrawFn, sub: Sub, where: Where, depth: int) -> Any:
    if not where["rows"]:
        return sub("whole")
    if draw(st.booleans()):
        return count(where["rows"][0], lambda g: draw(expressions("flag", _of_row(g, where), 1)))
    return total(where["rows"][0], lambda g: g.amount, lambda g: draw(expressions("flag", _of_row(g, where), 1)))


def _of_row(g: Any, where: Where) -> Where:
    """Inside a group: the columns of the related row, and plain inputs of the row around it."""
    return {
        "whole": (g.amount, where["whole"][0]),
        "ratio": (),
        "date": (g.on, where["date"][1]),
        "flag": (),
        "word": (g.level,),
        "rows": (),
    }


def _choice(type_: str) -> Callable[[DrawFn, Sub, Where, int], Node]:
    return lambda draw, sub, where, depth: when(sub("flag"), sub(type_), sub(type_))


def _extreme(type_: str) -> Callable[[DrawFn, Sub, Where, int], Node]:
    return lambda draw, sub, where, depth: draw(st.sampled_from((least, greatest)))(*(sub(type_) for _ in range(draw(st.integers(2, 3)))))


def _sum(type_: str) -> Callable[[DrawFn, Sub, Where, int], Node]:
    def make(draw: DrawFn, sub: Sub, where: Where, depth: int) -> Node:
        left, right = sub(type_), sub(type_)
        op = draw(st.sampled_from("+-*"))
        found: Node = left + right if op == "+" else left - right if op == "-" else left * right
        return found

    return make


def _rounded(draw: DrawFn, sub: Sub, where: Where, depth: int) -> Node:
    rounding: Rounding = draw(st.sampled_from(ROUNDINGS))
    return rounded(sub(draw(st.sampled_from(("ratio", "whole")))), rounding, draw(st.sampled_from((1, 10, 100))))


def _scaled(make: Callable[[object, object], Node]) -> Callable[[DrawFn, Sub, Where, int], Node]:
    def build(draw: DrawFn, sub: Sub, where: Where, depth: int) -> Node:
        scale = ((0, Fraction(1, 5)), (12, Fraction(1, 2)), (100, 2))
        return make(sub("whole"), scale)

    return build


_MAKERS: Mapping[str, tuple[Callable[[DrawFn, Sub, Where, int], Any], ...]] = {
    "flag": (_compared, _compared, _logic, _logic, lambda draw, sub, where, depth: not_(sub("flag")), _choice("flag"), _exists),
    "whole": (
        _sum("whole"),
        _rounded,
        _choice("whole"),
        _extreme("whole"),
        _counted,
        lambda draw, sub, where, depth: sub("whole") // sub(draw(st.sampled_from(("whole", "ratio")))),
        lambda draw, sub, where, depth: sub("whole") % sub("whole"),
        lambda draw, sub, where, depth: months_between(sub("date"), sub("date")) // literal(1, "months"),
        lambda draw, sub, where, depth: days_between(sub("date"), sub("date")) // literal(1, "days"),
        lambda draw, sub, where, depth: year_of(sub("date")),
        lambda draw, sub, where, depth: lookup(sub("word"), {"L5": 5, "L4": 4}, draw(st.sampled_from((None, 9)))),
    ),
    "ratio": (
        _sum("ratio"),
        _choice("ratio"),
        _extreme("ratio"),
        _scaled(bracket),
        _scaled(marginal),
        lambda draw, sub, where, depth: sub("whole") / sub(draw(st.sampled_from(("whole", "ratio")))),
    ),
    "date": (
        _choice("date"),
        _extreme("date"),
        lambda draw, sub, where, depth: add_months(sub("date"), draw(st.sampled_from((-13, 1, 12, 24, 2400)))),
        lambda draw, sub, where, depth: add_months(sub("date"), sub("whole")),
        lambda draw, sub, where, depth: add_days(sub("date"), draw(st.sampled_from((-1, 30, 365)))),
        lambda draw, sub, where, depth: add_days(sub("date"), sub("whole")),
    ),
    "word": (_choice("word"),),
}


@st.composite
def rules(draw: DrawFn, conditions: int = 6, depth: int = 3) -> Rule:
    """A rule with several conditions, an amount and perhaps a cap, all generated."""

    def written(p: Facts, c: Law) -> Result:
        where = leaves(p, c)
        named = {f"c{at}": draw(expressions("flag", where, depth)) for at in range(conditions)}
        cap = draw(st.none() | expressions("whole", where, 1))
        return pay(all_of(**named), draw(expressions("whole", where, depth)), cap=cap)

    return rule(
        "generated",
        facts=PEOPLE,
        inputs=INPUTS,
        governed_by="on",
        place="place",
        edition="edition",
        unit="",
        channel="claim",
        title=Text("生成", "generated"),
        basis=("generated",),
    )(written)


VALUES: Mapping[str, tuple[str, SearchStrategy[Any]]] = {
    "whole": ("scalar", st.sampled_from((1, 12, 36, 150000))),
    "ratio": ("scalar", st.sampled_from((Fraction(1, 3), Fraction(3, 5)))),
    "day": ("scalar", st.sampled_from(EDGES)),
    "flag": ("scalar", st.booleans()),
    "word": ("scalar", st.sampled_from(WORDS)),
    "words": ("list", st.sampled_from((("L5", "L4"), ("L3",), ()))),
    "by_level": ("table", st.sampled_from((((("L5",), 100), (("L4",), 150)), ((("L5",), 7),)))),
    "by_two": ("table", st.just(((("L5", True), 1), (("L5", False), 2), (("L4", True), 3), (("L3", False), 3)))),
}


@st.composite
def laws(draw: DrawFn) -> Parameters:
    """Parameters with versions by date, jurisdiction and edition, some of them slots, some with an uplift, some awaiting confirmation."""
    held = {name: Parameter(name, "", kind, draw(_versions(values)), keys=("k",)) for name, (kind, values) in VALUES.items()}  # type: ignore[arg-type]
    links = (Link("town", "north", None, D(2024, 7, 1)), Link("town", "south", D(2024, 7, 1)), Link("north", "50"), Link("south", "50"))
    return Parameters({"generated": held}, mode=draw(st.sampled_from(("demonstration", "production"))), links=links)


@st.composite
def _versions(draw: DrawFn, values: SearchStrategy[Any]) -> tuple[Version, ...]:
    found: list[Version] = []
    for place in draw(st.lists(st.sampled_from(("CN", "CN", "50", "north", "town")), max_size=3, unique=True)):
        edges = sorted(draw(st.sets(st.sampled_from(EDGES), min_size=1, max_size=3)))
        for start, end in zip([None, *edges], [*edges, None], strict=True):
            for edition in draw(st.sampled_from(((None,), (None,), (None, "2018"), ("2018", "2023"), ()))):
                value = draw(values) if draw(st.integers(0, 9)) else None
                confirmed = Confirmation("an officer", D(2024, 1, 1), "document") if draw(st.integers(0, 4)) else None
                uplift = "a document" if draw(st.booleans()) else None
                found.append(Version(value, start, end, place, "document", "1", "official", edition, confirmed, uplift))
    return tuple(found)


def people(seed: int, number: int, *, doubtful: float = 0.01) -> list[dict[str, object]]:
    """So many people with missing values, boundaries and leap days; `doubtful` is the share of values that cannot be right."""
    random = Random(seed)
    return [_person(random, at, doubtful) for at in range(number)]


def _person(random: Random, at: int, doubtful: float) -> dict[str, object]:
    def one(pool: tuple[Any, ...], odd: tuple[Any, ...] = ()) -> Any:
        if random.random() < 0.12:
            return None
        return random.choice(odd) if odd and random.random() < doubtful else random.choice(pool)

    def grant() -> dict[str, object]:
        return {"amount": one(NUMBERS, DOUBTFUL), "level": one((*WORDS, "L9")), "on": one(DAYS[4:], DAYS[:4])}

    row: dict[str, object] = {"id": at}
    row |= {name: one(NUMBERS, DOUBTFUL) for name in ("a", "b", "m")}
    row |= {name: one(DAYS[4:], DAYS[:4]) for name in ("on", "d", "e")}
    row["m_as_of"] = one((D(2025, 1, 14), D(2025, 1, 15), D(2025, 2, 28), D(2025, 3, 2)))
    row["birth_month"] = one((D(1990, 6, 1), D(1980, 1, 1)), (D(2024, 1, 1),))
    row["died_on"] = one((None,), (D(2024, 1, 31),))
    row |= {name: one((True, False)) for name in ("f", "g")}
    row |= {"w": one(WORDS, ("L9",)), "v": one((*WORDS, "L9")), "place": one(PLACES), "edition": one(EDITIONS)}
    row["doubt"] = one((False,), (True,))
    row["grants"] = None if random.random() < 0.1 else [grant() for _ in range(random.choice((0, 1, 2)))]
    return row
