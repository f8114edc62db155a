"""What every word of the language means, as tables; the sums that engines do differently first."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from guildhall.rules import (
    Parameter,
    Version,
    add_days,
    add_months,
    all_of,
    any_of,
    bracket,
    count,
    days_between,
    exists,
    greatest,
    is_empty,
    is_in,
    least,
    literal,
    lookup,
    marginal,
    months_between,
    not_,
    rounded,
    total,
    when,
    year_of,
)
from tests.rules.spec import Spec

HALF, FORTIETH = Fraction(1, 2), Fraction(1, 40)


def _version(value: object) -> Version:
    return Version(value, date(2024, 1, 1), None, "CN", "document", "1", "official")  # type: ignore[arg-type]


SPECS = (
    Spec(
        "A product of two 16-bit numbers is not cut to 16 bits",
        lambda p, _: p.a * p.b,
        """
        a     | b     | gives
        32767 | 2     | 65534
        32767 | 32767 | 1073676289
        3000000000 | 3 | 9000000000
        """,
    ),
    Spec(
        "A sum of many is not cut either",
        lambda p, _: total(p.grants, lambda g: g.amount),
        """
        grants:rows(amount)        | gives
        32767; 32767               | 65534
        2147483647; 2147483647; 1  | 4294967295
        none                       | 0
        -                          | ?
        1; -                       | ?
        """,
    ),
    Spec(
        "2.675 rounds half up to 2.68, in hundredths: no binary fraction comes near it",
        lambda p, _: rounded(literal(Fraction(2675, 1000)) * p.a, "half_up"),
        """
        a   | gives
        100 | 268
        -   | ?
        """,
    ),
    Spec(
        "half_up goes away from zero at a tie, on both sides of it",
        lambda p, _: rounded((p.a - 10) * HALF, "half_up"),
        """
        a  | gives
        11 | 1
        13 | 2
        9  | -1
        7  | -2
        12 | 1
        """,
    ),
    Spec(
        "half_even goes to the even side",
        lambda p, _: rounded((p.a - 10) * HALF, "half_even"),
        """
        a  | gives
        11 | 0
        13 | 2
        15 | 2
        9  | 0
        7  | -2
        """,
    ),
    Spec(
        "half_down goes towards zero",
        lambda p, _: rounded((p.a - 10) * HALF, "half_down"),
        """
        a  | gives
        11 | 0
        13 | 1
        9  | 0
        7  | -1
        """,
    ),
    Spec(
        "up goes away from zero",
        lambda p, _: rounded((p.a - 10) * FORTIETH, "up"),
        """
        a  | gives
        11 | 1
        10 | 0
        9  | -1
        """,
    ),
    Spec(
        "down goes towards zero",
        lambda p, _: rounded((p.a - 10) * FORTIETH, "down"),
        """
        a  | gives
        60 | 1
        49 | 0
        9  | 0
        """,
    ),
    Spec(
        "ceiling goes towards plus infinity",
        lambda p, _: rounded((p.a - 10) * FORTIETH, "ceiling"),
        """
        a  | gives
        11 | 1
        9  | 0
        """,
    ),
    Spec(
        "floor goes towards minus infinity",
        lambda p, _: rounded((p.a - 10) * FORTIETH, "floor"),
        """
        a  | gives
        11 | 0
        9  | -1
        """,
    ),
    Spec(
        "Rounding to a step gives whole multiples of it: whole yuan from fen",
        lambda p, _: rounded(p.a, "half_up", 100),
        """
        a   | gives
        149 | 100
        150 | 200
        250 | 300
        """,
    ),
    Spec(
        "7 / 2 is three and a half, exactly",
        lambda p, _: rounded(p.a / p.b * 2, "down"),
        """
        a | b | gives
        7 | 2 | 7
        1 | 3 | 0
        2 | 3 | 1
        7 | - | ?
        7 | 0 | ?
        """,
    ),
    Spec(
        "A third times three is one: fractions are exact",
        lambda p, _: p.a / 3 * 3 == p.a,
        """
        a | gives
        1 | yes
        7 | yes
        - | ?
        """,
        "flag",
    ),
    Spec(
        "// goes towards minus infinity",
        lambda p, _: (p.a - 10) // p.b,
        """
        a  | b | gives
        17 | 3 | 2
        3  | 3 | -3
        10 | 3 | 0
        17 | 0 | ?
        17 | - | ?
        """,
    ),
    Spec(
        "-7 % 3 is 2: the remainder has the sign of the divisor",
        lambda p, _: (p.a - 10) % p.b,
        """
        a  | b | gives
        17 | 3 | 1
        3  | 3 | 2
        4  | 3 | 0
        3  | 0 | ?
        """,
    ),
    Spec(
        "A fraction stands in order with whole numbers",
        lambda p, _: p.a / p.b >= Fraction(11, 200),
        """
        a  | b    | gives
        55 | 1000 | yes
        54 | 1000 | no
        -  | 1000 | ?
        1  | 0    | ?
        """,
        "flag",
    ),
    Spec(
        "least of something unknown is unknown",
        lambda p, _: least(p.a, 5),
        """
        a | gives
        - | ?
        3 | 3
        7 | 5
        """,
    ),
    Spec(
        "greatest of something unknown is unknown",
        lambda p, _: greatest(p.a, p.b, 5),
        """
        a | b | gives
        - | 9 | ?
        3 | - | ?
        3 | 4 | 5
        7 | 6 | 7
        """,
    ),
    Spec(
        "when with an unknown test is unknown, and does not fall through",
        lambda p, _: when(p.a < 10, p.b, 7),
        """
        a  | b | gives
        -  | 1 | ?
        3  | 1 | 1
        3  | - | ?
        12 | - | 7
        """,
    ),
    Spec(
        "Comparison with something unknown is unknown, even with itself",
        lambda p, _: p.a == p.b,
        """
        a | b | gives
        - | - | ?
        1 | - | ?
        1 | 1 | yes
        1 | 2 | no
        """,
        "flag",
    ),
    Spec(
        "Unequal: unknown with an unknown side",
        lambda p, _: p.a != p.b,
        """
        a:word | b:word | gives
        L5     | L4     | yes
        L5     | L5     | no
        -      | L5     | ?
        """,
        "flag",
    ),
    Spec(
        "and, by Kleene's logic",
        lambda p, _: all_of(p.a, p.b),
        """
        a:flag | b:flag | gives
        yes    | yes    | yes
        yes    | no     | no
        yes    | -      | ?
        no     | -      | no
        -      | no     | no
        -      | -      | ?
        """,
        "flag",
    ),
    Spec(
        "or, by Kleene's logic",
        lambda p, _: any_of(p.a, p.b),
        """
        a:flag | b:flag | gives
        no     | no     | no
        no     | yes    | yes
        no     | -      | ?
        yes    | -      | yes
        -      | yes    | yes
        -      | -      | ?
        """,
        "flag",
    ),
    Spec(
        "not of something unknown is unknown",
        lambda p, _: not_(p.a),
        """
        a:flag | gives
        yes    | no
        no     | yes
        -      | ?
        """,
        "flag",
    ),
    Spec(
        "is_in is unknown for an unknown value only",
        lambda p, _: is_in(p.a, "L5", "L4"),
        """
        a:word | gives
        L5     | yes
        L3     | no
        -      | ?
        """,
        "flag",
    ),
    Spec(
        "lookup in a table of the rule, with something for the rest",
        lambda p, _: lookup(p.a, {"L5": 1, "L4": 2}, 9),
        """
        a:word | gives
        L5     | 1
        L4     | 2
        L1     | 9
        -      | ?
        """,
    ),
    Spec(
        "lookup without a row is unknown",
        lambda p, _: lookup(p.a, {"L5": 1}),
        """
        a:word | gives
        L5     | 1
        L1     | ?
        """,
    ),
    Spec(
        "A row of a scale holds from its number, included, to the next",
        lambda p, _: bracket(p.a, ((1, 20), (31, 5))),
        """
        a   | gives
        0   | ?
        1   | 20
        30  | 20
        31  | 5
        999 | 5
        -   | ?
        """,
    ),
    Spec(
        "A marginal scale takes each part at its own rate",
        lambda p, _: rounded(marginal(p.a, ((0, Fraction(3, 100)), (3600000, Fraction(1, 10)))), "half_up"),
        """
        a       | gives
        0       | 0
        3600000 | 108000
        3600010 | 108001
        5000000 | 248000
        -       | ?
        """,
    ),
    Spec(
        "A month too short for the day gives its last day",
        lambda p, _: add_months(p.a, p.n),
        """
        a:date     | n:months | gives
        2024-01-31 | 1  | 2024-02-29
        2023-01-31 | 1  | 2023-02-28
        2024-02-29 | 12 | 2025-02-28
        2024-02-29 | 48 | 2028-02-29
        2024-03-31 | 1  | 2024-04-30
        2024-11-30 | 3  | 2025-02-28
        2024-12-15 | 1  | 2025-01-15
        2024-12-31 | 0  | 2024-12-31
        -          | 1  | ?
        2024-01-31 | -  | ?
        2024-01-31 | 9999999999 | ?
        2199-12-31 | 1  | ?
        """,
        "date",
    ),
    Spec(
        "Months back clamp as well",
        lambda p, _: add_months(p.a, 0 - p.n),
        """
        a:date     | n:months | gives
        2024-03-31 | 1  | 2024-02-29
        2024-01-15 | 1  | 2023-12-15
        """,
        "date",
    ),
    Spec(
        "Days run over month ends and leap days",
        lambda p, _: add_days(p.a, p.n),
        """
        a:date     | n:days | gives
        2024-02-28 | 1 | 2024-02-29
        2023-02-28 | 1 | 2023-03-01
        2024-12-31 | 1 | 2025-01-01
        2024-12-31 | 9999999999 | ?
        """,
        "date",
    ),
    Spec(
        "Months between are the most that can be added without passing the end",
        lambda p, _: months_between(p.a, p.b),
        """
        a:date     | b:date     | gives
        2024-01-15 | 2024-02-14 | 0
        2024-01-15 | 2024-02-15 | 1
        2024-01-31 | 2024-02-28 | 0
        2024-01-31 | 2024-02-29 | 1
        2023-01-31 | 2023-02-28 | 1
        2024-01-30 | 2024-02-29 | 1
        2024-02-29 | 2025-02-28 | 12
        2024-02-29 | 2025-02-27 | 11
        2022-03-01 | 2024-02-29 | 23
        2022-03-01 | 2024-03-01 | 24
        2024-05-31 | 2024-06-30 | 1
        2024-02-15 | 2024-01-15 | -1
        2024-02-14 | 2024-01-15 | 0
        2024-02-29 | 2024-01-31 | -1
        2024-01-15 | 2024-01-15 | 0
        -          | 2024-01-15 | ?
        """,
        unit="months",
    ),
    Spec(
        "Days between",
        lambda p, _: days_between(p.a, p.b),
        """
        a:date     | b:date     | gives
        2024-02-28 | 2024-03-01 | 2
        2023-02-28 | 2023-03-01 | 1
        2024-03-01 | 2024-02-28 | -2
        2024-01-15 | -          | ?
        """,
        unit="days",
    ),
    Spec(
        "The year of a date",
        lambda p, _: year_of(p.a),
        """
        a:date     | gives
        2024-12-31 | 2024
        2025-01-01 | 2025
        -          | ?
        """,
    ),
    Spec(
        "Dates stand in order; the earlier and later of two",
        lambda p, _: greatest(p.a, p.b),
        """
        a:date     | b:date     | gives
        2024-12-31 | 2025-01-01 | 2025-01-01
        2025-01-02 | 2025-01-01 | 2025-01-02
        -          | 2025-01-01 | ?
        """,
        "date",
    ),
    Spec(
        "Emptiness that means something is never unknown",
        lambda p, _: is_empty(p.a),
        """
        a:date     | gives
        -          | yes
        2024-01-01 | no
        """,
        "flag",
    ),
    Spec(
        "exists over a group, by Kleene's logic",
        lambda p, _: exists(p.grants, lambda g: g.year == 2024),
        """
        grants:rows(year) | gives
        2023; 2024        | yes
        -                 | ?
        2024; -           | yes
        2023; -           | ?
        2023              | no
        none              | no
        """,
        "flag",
    ),
    Spec(
        "Count of the rows that pass; one that may pass leaves it unknown",
        lambda p, _: count(p.grants, lambda g: g.year == year_of(p.on)),
        """
        grants:rows(year) | on:date    | gives
        2023; 2024; 2024  | 2024-03-01 | 2
        none              | 2024-03-01 | 0
        2024; -           | 2024-03-01 | ?
        -                 | 2024-03-01 | ?
        2024              | -          | ?
        """,
    ),
    Spec(
        "Total of the rows that pass; the amount of one that does not pass need not be known",
        lambda p, _: total(p.grants, lambda g: g.amount, where=lambda g: g.year == 2024),
        """
        grants:rows(year,amount)   | gives
        2024,100; 2023,50; 2024,7  | 107
        2024,100; 2023,-           | 100
        2024,100; 2024,-           | ?
        2024,100; -,5              | ?
        none                       | 0
        """,
    ),
    Spec(
        "A parameter that is a list",
        lambda p, c: is_in(p.a, c.shortage),
        """
        a:word | gives
        welder | yes
        clerk  | no
        -      | ?
        """,
        "flag",
        parameters=(Parameter("shortage", "", "list", (_version(("welder", "fitter")),)),),
    ),
    Spec(
        "A parameter that is a table; without a row it is unknown",
        lambda p, c: c.amount[p.level, p.shortage],
        """
        level:word | shortage:flag | gives
        L4         | yes           | 180000
        L4         | no            | 150000
        L1         | no            | ?
        L4         | -             | ?
        -          | yes           | ?
        """,
        parameters=(Parameter("amount", "", "table", (_version(((("L4", True), 180000), (("L4", False), 150000))),)),),
    ),
    Spec(
        "A parameter that is a fraction",
        lambda p, c: rounded(p.a * c.rate, "half_up"),
        """
        a  | gives
        10 | 3
        2  | 1
        -  | ?
        """,
        parameters=(Parameter("rate", "", "scalar", (_version(Fraction(1, 4)),)),),
    ),
    Spec(
        "A parameter that is a scale",
        lambda p, c: bracket(p.a, c.scale),
        """
        a  | gives
        30 | 200
        31 | 55
        """,
        parameters=(Parameter("scale", "", "scale", (_version(((0, 200), (31, 55))),)),),
    ),
    Spec(
        "A parameter not on file is unknown, and so is all that needs it",
        lambda p, c: any_of(p.a > 5, p.a > c.not_on_file),
        """
        a | gives
        9 | yes
        1 | ?
        """,
        "flag",
    ),
)
