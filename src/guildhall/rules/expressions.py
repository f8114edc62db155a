"""The words of the rules language: frozen nodes of an expression tree, built by writing ordinary Python on symbols.

A rule is a function that runs once, on symbols, and leaves a tree behind. Two readers walk the tree: the row evaluator
(`rules.rows`) and the fold to tables (`rules.fold`). What every node means is written here, once, for both.

Unknown values follow Kleene's logic: `False and unknown` is False, `True or unknown` is True; every comparison, sum,
`least`, `greatest` and date of something unknown is unknown, and `when` on an unknown test is unknown. Numbers are whole
numbers and exact fractions, never floats; a fraction becomes a whole number only through `rounded`, which names how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Literal as OneOf
from typing import NoReturn, TypeAlias, cast, get_args

from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.money import Rounding

Scalar: TypeAlias = bool | int | Fraction | date | str
Order: TypeAlias = OneOf["eq", "ne", "lt", "le", "gt", "ge"]
Sum: TypeAlias = OneOf["add", "sub", "mul", "div", "floordiv", "mod"]
ROUNDINGS: tuple[str, ...] = get_args(Rounding)


class RuleFault(GuildhallError):
    """A rule that says something the language cannot mean; raised when the rule is imported, and names it."""


class Node:
    """One expression. Operators build larger expressions; asking whether one is true is refused, for nothing is known yet."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise RuleFault(
            "an expression of a rule is neither true nor false while the rule is read",
            why="`if`, `and`, `or`, `not`, `in` and chained comparisons ask Python for an answer that exists only for a person",
            next="write when(test, then, otherwise), all_of(…), any_of(…), not_(…), is_in(…), or two comparisons",
        )

    def __iter__(self) -> Iterator[Node]:
        raise RuleFault("an expression of a rule cannot be looped over", next="use exists, total or count on a group of rows")

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Node:  # type: ignore[override]
        return Comparison("eq", self, as_node(other))

    def __ne__(self, other: object) -> Node:  # type: ignore[override]
        return Comparison("ne", self, as_node(other))

    def __lt__(self, other: object) -> Node:
        return Comparison("lt", self, as_node(other))

    def __le__(self, other: object) -> Node:
        return Comparison("le", self, as_node(other))

    def __gt__(self, other: object) -> Node:
        return Comparison("gt", self, as_node(other))

    def __ge__(self, other: object) -> Node:
        return Comparison("ge", self, as_node(other))

    def __add__(self, other: object) -> Node:
        return Arithmetic("add", self, as_node(other))

    def __radd__(self, other: object) -> Node:
        return Arithmetic("add", as_node(other), self)

    def __sub__(self, other: object) -> Node:
        return Arithmetic("sub", self, as_node(other))

    def __rsub__(self, other: object) -> Node:
        return Arithmetic("sub", as_node(other), self)

    def __mul__(self, other: object) -> Node:
        return Arithmetic("mul", self, as_node(other))

    def __rmul__(self, other: object) -> Node:
        return Arithmetic("mul", as_node(other), self)

    def __truediv__(self, other: object) -> Node:
        return Arithmetic("div", self, as_node(other))

    def __rtruediv__(self, other: object) -> Node:
        return Arithmetic("div", as_node(other), self)

    def __floordiv__(self, other: object) -> Node:
        return Arithmetic("floordiv", self, as_node(other))

    def __mod__(self, other: object) -> Node:
        return Arithmetic("mod", self, as_node(other))

    def __neg__(self) -> Node:
        return Arithmetic("sub", Literal(0), self)

    def __and__(self, other: object) -> Node:
        return Logic("and", (self, as_node(other)))

    def __or__(self, other: object) -> Node:
        return Logic("or", (self, as_node(other)))

    def __invert__(self) -> Node:
        return Negation(self)


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Node):
    """A constant: flag, whole number, exact fraction, date or word. Without a unit it takes the one it meets."""

    value: Scalar
    unit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class InputRef(Node):
    """The value of one input of the row."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class GroupRef(Node):
    """A group of related rows that the row carries, such as the grants of a person. `fields` are the columns of those rows."""

    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FieldRef(Node):
    """The value of one column of the related row at hand, inside exists, total or count."""

    group: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class ParameterRef(Node):
    """The value of a parameter in force on `at` (unset: the rule's governing date), in a table the row under `keys`."""

    name: str
    keys: tuple[Node, ...] = ()
    at: Node | None = None

    def __getitem__(self, keys: object) -> ParameterRef:
        if self.keys:
            raise RuleFault(f"the parameter {self.name} is looked up twice", next="name all its keys in one pair of brackets")
        given = keys if isinstance(keys, tuple) else (keys,)
        return ParameterRef(self.name, tuple(as_node(key) for key in given), self.at)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Node):
    """Whether left and right stand in that order; unknown where either is unknown."""

    order: Order
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Node):
    """An exact result. `div` gives a fraction; `floordiv` and `mod` go towards −∞: −7 // 3 is −3, −7 % 3 is 2.

    A divisor of zero gives unknown.
    """

    op: Sum
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class Rounded(Node):
    """A whole multiple of `step`, chosen by a rounding that has a name (see kernel.money)."""

    value: Node
    rounding: Rounding
    step: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Logic(Node):
    """All parts (`and`) or any part (`or`), by Kleene's logic. `names` are those of the parts where they were named."""

    op: OneOf["and", "or"]
    parts: tuple[Node, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Negation(Node):
    """The opposite; unknown stays unknown."""

    part: Node


@dataclass(frozen=True, slots=True, eq=False)
class Choice(Node):
    """`then` where the test is true, `otherwise` where it is false, unknown where it is unknown (SQL's CASE would say otherwise)."""

    test: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True, eq=False)
class Extreme(Node):
    """The least or greatest of the parts; unknown where any part is unknown (SQL's LEAST skips NULL)."""

    op: OneOf["least", "greatest"]
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lookup(Node):
    """The value beside the key in a table written in the rule; `otherwise` where no row has the key, and unset that is unknown."""

    key: Node
    rows: tuple[tuple[Scalar, Scalar], ...]
    otherwise: Scalar | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Bracket(Node):
    """What a scale gives for a value. A scale is rows (from, rate), rising; a row holds from its number, included, to the next.

    Not `marginal`: the rate of the row the value falls in. `marginal`: each part of the value times the rate of its row, added
    up. Below the first row it is unknown. `scale` is written in the rule, or a parameter of kind `scale`.
    """

    value: Node
    scale: ParameterRef | tuple[tuple[int, int | Fraction], ...]
    marginal: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Elapsed(Node):
    """Whole months or days from start to end, negative where end lies before start.

    Months: the most that `add_months(start, n)` allows without passing `end`; so 31 January to 28 February is one.
    Backwards: minus the months from end to start.
    """

    unit: OneOf["months", "days"]
    start: Node
    end: Node


@dataclass(frozen=True, slots=True, eq=False)
class Shifted(Node):
    """A date so many months or days later. A month too short for the day gives its last day: 31 January + 1 month is 28 or 29 February."""

    unit: OneOf["months", "days"]
    start: Node
    by: Node


@dataclass(frozen=True, slots=True, eq=False)
class YearOf(Node):
    """The calendar year of a date, as a whole number."""

    date: Node


@dataclass(frozen=True, slots=True, eq=False)
class Membership(Node):
    """Whether a value is one of the words listed here, or of a parameter of kind `list` in force."""

    value: Node
    members: ParameterRef | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, eq=False)
class IsEmpty(Node):
    """Whether an input is empty: never unknown, unless the value is stale or bad. Only for inputs that declare what `empty` means."""

    value: InputRef | FieldRef


@dataclass(frozen=True, slots=True, eq=False)
class Exists(Node):
    """Whether any related row passes the test, by Kleene's logic over the rows; of an unknown group unknown, of an empty one False."""

    group: GroupRef
    test: Node


@dataclass(frozen=True, slots=True, eq=False)
class Total(Node):
    """The values of the related rows that pass the test, added up; 0 of an empty group.

    Unknown where the group, any test, or a value that counts is unknown.
    """

    group: GroupRef
    value: Node
    test: Node


def as_node(value: object) -> Node:
    """`value` itself where it is an expression, else a Literal of it. Raises RuleFault for what no expression holds, floats first."""
    if isinstance(value, Node):
        return value
    if isinstance(value, float):
        raise RuleFault(
            f"{value} is a float, which holds no exact amount", next='write a Fraction such as Fraction(1, 2), or Fraction("0.5")'
        )
    if isinstance(value, datetime) or not isinstance(value, Scalar):
        raise RuleFault(f"{value!r} cannot stand in a rule", next="write a whole number, Fraction, date, word, True or False")
    return Literal(value)


def literal(value: Scalar, unit: str = "") -> Node:
    """A constant with its unit, such as `literal(12, "months")`."""
    return Literal(cast(Literal, as_node(value)).value, unit)


def all_of(*parts: object, **named: object) -> Logic:
    """True where every part is. Named parts of the outermost one are the conditions of the rule: their names are the reason codes."""
    return _logic("and", parts, named)


def any_of(*parts: object, **named: object) -> Logic:
    """True where at least one part is."""
    return _logic("or", parts, named)


def not_(part: object) -> Node:
    """True where the part is false; unknown stays unknown."""
    return Negation(as_node(part))


def when(test: object, then: object, otherwise: object) -> Node:
    """`then` where the test is true, `otherwise` where it is false; unknown where the test is unknown."""
    return Choice(as_node(test), as_node(then), as_node(otherwise))


def least(*parts: object) -> Node:
    """The least part; unknown where any is unknown."""
    return Extreme("least", _several("least", parts))


def greatest(*parts: object) -> Node:
    """The greatest part; unknown where any is unknown."""
    return Extreme("greatest", _several("greatest", parts))


def rounded(value: object, rounding: Rounding, step: int = 1) -> Node:
    """`value` as a whole multiple of `step`, by a rounding of kernel.money such as half_up or floor."""
    if rounding not in ROUNDINGS:
        raise RuleFault(f"there is no rounding called {rounding!r}", next=f"one of {', '.join(ROUNDINGS)}")
    if step < 1:
        raise RuleFault(f"a rounding step of {step} is none", next="a whole number of 1 or more")
    return Rounded(as_node(value), rounding, step)


def lookup(key: object, rows: dict[Scalar, Scalar], otherwise: Scalar | None = None) -> Node:
    """The value beside `key` in a small table written in the rule; what the law changes from time to time belongs into a parameter."""
    for value in (*rows, *rows.values()):
        as_node(value)
    return Lookup(as_node(key), tuple(rows.items()), otherwise)


def bracket(value: object, scale: object) -> Node:
    """The rate of the row of `scale` that `value` falls in: `bracket(p.headcount, ((0, Fraction(1, 5)), (31, Fraction(55, 1000))))`."""
    return Bracket(as_node(value), _scale(scale))


def marginal(value: object, scale: object) -> Node:
    """Each part of `value` times the rate of the row it falls in, added up, as a tax scale does; exact, so round it."""
    return Bracket(as_node(value), _scale(scale), marginal=True)


def months_between(start: object, end: object) -> Node:
    """Whole months from start to end (see Elapsed)."""
    return Elapsed("months", as_node(start), as_node(end))


def days_between(start: object, end: object) -> Node:
    """Days from start to end: 0 for the same day."""
    return Elapsed("days", as_node(start), as_node(end))


def add_months(start: object, months: object) -> Node:
    """The same day so many months later, or the last day of a month too short for it."""
    return Shifted("months", as_node(start), as_node(months))


def add_days(start: object, days: object) -> Node:
    """The date so many days later."""
    return Shifted("days", as_node(start), as_node(days))


def year_of(day: object) -> Node:
    """The calendar year of a date."""
    return YearOf(as_node(day))


def is_in(value: object, *members: object) -> Node:
    """Whether `value` is one of the words given, or of the list a parameter holds: `is_in(p.occupation, c.shortage)`."""
    if len(members) == 1 and isinstance(members[0], ParameterRef):
        return Membership(as_node(value), members[0])
    nodes = [as_node(member) for member in members]
    if not nodes or not all(isinstance(node, Literal) for node in nodes):
        raise RuleFault("is_in needs words to choose among", next='is_in(p.level, "L5", "L4"), or one parameter that is a list')
    return Membership(as_node(value), tuple(cast(Literal, node).value for node in nodes))


def is_empty(value: object) -> Node:
    """Whether an input is empty, such as the day of leaving of someone who has not left. Only where the input declares what that means."""
    if not isinstance(value, (InputRef, FieldRef)):
        raise RuleFault("is_empty asks about an input, not about something worked out")
    return IsEmpty(value)


RowTest: TypeAlias = Callable[["RowFacts"], object]


def exists(group: object, test: RowTest) -> Node:
    """Whether any row of a group passes: `exists(p.grants, lambda g: g.year == 2024)`."""
    rows = _group(group)
    return Exists(rows, as_node(test(RowFacts(rows))))


def total(group: object, value: RowTest, where: RowTest | None = None) -> Node:
    """The values of the rows of a group that pass `where`, added up."""
    rows = _group(group)
    symbols = RowFacts(rows)
    return Total(rows, as_node(value(symbols)), as_node(where(symbols) if where else True))


def count(group: object, where: RowTest | None = None) -> Node:
    """How many rows of a group pass `where`."""
    return total(group, lambda _: 1, where)


class RowFacts:
    """Stands for one row of a group while a rule is read: its attributes are the columns of that row."""

    def __init__(self, group: GroupRef) -> None:
        self._group = group

    def __getattr__(self, name: str) -> Node:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._group.fields:
            raise RuleFault(f"rows of {self._group.name} have no column {name}", next=f"one of {', '.join(self._group.fields)}")
        return FieldRef(self._group.name, name)


def children(node: Node) -> tuple[Node, ...]:
    """The expressions directly inside one, in the order they are written."""
    match node:
        case Comparison(_, left, right) | Arithmetic(_, left, right):
            return (left, right)
        case Logic(_, parts) | Extreme(_, parts):
            return parts
        case ParameterRef(_, keys, at):
            return keys if at is None else (*keys, at)
        case Rounded(value) | Lookup(value) | IsEmpty(value) | Negation(value) | YearOf(value):
            return (value,)
        case Choice(test, then, otherwise):
            return (test, then, otherwise)
        case Elapsed(_, start, end) | Shifted(_, start, end):
            return (start, end)
        case Bracket(value, more) | Membership(value, more):
            return (value, more) if isinstance(more, ParameterRef) else (value,)
        case Exists(group, test):
            return (group, test)
        case Total(group, value, test):
            return (group, value, test)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The expression and every one inside it, outermost first, from left to right."""
    yield node
    for child in children(node):
        yield from walk(child)


def _logic(op: OneOf["and", "or"], parts: tuple[object, ...], named: dict[str, object]) -> Logic:
    if parts and named:
        raise RuleFault("some parts are named and some are not", next="name all of them, or none")
    if not parts and not named:
        raise RuleFault(f"{'all_of' if op == 'and' else 'any_of'} of nothing", next="give it at least one condition")
    return Logic(op, tuple(as_node(part) for part in (parts or named.values())), tuple(named))


def _several(name: str, parts: tuple[object, ...]) -> tuple[Node, ...]:
    if len(parts) < 2:
        raise RuleFault(f"{name} of fewer than two values", next="give it at least two")
    return tuple(as_node(part) for part in parts)


def _group(group: object) -> GroupRef:
    if not isinstance(group, GroupRef):
        raise RuleFault("exists, total and count ask about a group of rows", next="an input declared as rows, such as p.grants")
    return group


def _scale(scale: object) -> ParameterRef | tuple[tuple[int, int | Fraction], ...]:
    if isinstance(scale, ParameterRef):
        return scale
    rows = tuple(scale) if isinstance(scale, (tuple, list)) else ()
    if not rows or any(isinstance(rate, float) for _, rate in rows):
        raise RuleFault("a scale is rows of (from, rate), with exact rates", next="((0, Fraction(1, 5)), (31, Fraction(1, 20)))")
    if [start for start, _ in rows] != sorted({start for start, _ in rows}):
        raise RuleFault("the rows of a scale do not rise", next="order them by the number each holds from")
    return rows
