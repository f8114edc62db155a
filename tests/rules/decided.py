"""Whole rules: outcomes, reasons, which version of a parameter decides, caps, and rows that cannot be right."""

from __future__ import annotations

from datetime import date
from typing import Any

from guildhall.rules import Link, Origin, Parameter, Parameters, Result, Version, all_of, any_of, feed, pay, records
from guildhall.rules.parameters import Confirmation
from tests.rules.spec import RuleSpec

D = date


def version(value: Any, start: date | None = None, until: date | None = None, place: str = "CN", **more: Any) -> Version:
    return Version(value, start, until, place, "document", "1", "official", **more)


def scalar(name: str, unit: str, *versions: Version) -> Parameter:
    return Parameter(name, unit, "scalar", versions)


def book(*parameters: Parameter, **more: Any) -> Parameters:
    return Parameters({"spec": {each.name: each for each in parameters}}, **more)


def subsidy(p: Any, c: Any) -> Result:
    return pay(all_of(insured=p.months >= c.least_months, worker=p.worker), c.amount)


def capped(p: Any, c: Any) -> Result:
    return pay(all_of(worker=p.worker), c.amount[p.level], cap=c.cap)


def amount_only(p: Any, c: Any) -> Result:
    return pay(all_of(worker=p.worker), c.amount)


PLAIN = book(scalar("least_months", "months", version(12)), scalar("amount", "fen", version(150000)))
ON = {"governed_by": "on"}
YEARS = scalar(
    "amount",
    "fen",
    version(100, D(2023, 1, 1), D(2024, 1, 1)),
    version(200, D(2024, 1, 1), D(2025, 1, 1)),
    version(300, D(2025, 7, 1)),
)
PLACES = scalar(
    "amount",
    "fen",
    version(100),
    version(200, place="50"),
    version(300, D(2024, 1, 1), None, "north"),
    version(None, place="silent"),
)
LINKS = (
    Link("town", "north", None, D(2026, 1, 1)),
    Link("town", "south", D(2026, 1, 1)),
    Link("north", "50"),
    Link("south", "50"),
    Link("silent", "50"),
)
EDITIONS = scalar("amount", "fen", version(100), version(200, edition="2018"), version(300, edition="2023"))
CAPPED = book(
    Parameter("amount", "fen", "table", (version(((("low",), 90), (("even",), 100), (("high",), 110))),)),
    scalar("cap", "fen", version(100)),
)
UPLIFTED = book(
    Parameter("amount", "fen", "table", (version(((("low",), 90), (("high",), 110)), uplift="a document"),)),
    scalar("cap", "fen", version(100)),
)
UNCONFIRMED = book(
    scalar("least_months", "months", version(12, confirmed=Confirmation("an officer", D(2024, 1, 1), "document"))),
    scalar("amount", "fen", version(150000)),
    mode="production",
)

RULE_SPECS = (
    RuleSpec(
        "One condition that fails refuses; a missing input never does",
        subsidy,
        """
        on:date    | months:months | worker:flag | outcome      | value  | failed         | unknown
        2024-05-10 | 12            | yes         | entitled     | 150000 | -              | -
        2024-05-10 | 11            | yes         | refused      | -      | insured        | -
        2024-05-10 | 11            | no          | refused      | -      | insured worker | -
        2024-05-10 | -             | yes         | undetermined | -      | -              | insured
        2024-05-10 | -             | no          | refused      | -      | worker         | insured
        2024-05-10 | -             | -           | undetermined | -      | -              | insured worker
        -          | 12            | yes         | undetermined | -      | -              | insured
        """,
        PLAIN,
        ON,
    ),
    RuleSpec(
        "An amount that is not known leaves it open, conditions or not",
        amount_only,
        """
        on:date    | worker:flag | outcome      | value | failed | unknown
        2024-05-10 | yes         | undetermined | -     | -      | -
        2024-05-10 | no          | refused      | -     | worker | -
        """,
        book(),
        ON,
    ),
    RuleSpec(
        "The version in force on the governing date decides: the first day counts, the day it ends does not, a gap is open",
        amount_only,
        """
        on:date    | worker:flag | outcome      | value | failed | unknown
        2022-12-31 | yes         | undetermined | -     | -      | -
        2023-01-01 | yes         | entitled     | 100   | -      | -
        2023-12-31 | yes         | entitled     | 100   | -      | -
        2024-01-01 | yes         | entitled     | 200   | -      | -
        2024-12-31 | yes         | entitled     | 200   | -      | -
        2025-01-01 | yes         | undetermined | -     | -      | -
        2025-07-01 | yes         | entitled     | 300   | -      | -
        """,
        book(YEARS),
        ON,
    ),
    RuleSpec(
        "A parameter may be read on another date than the governing one",
        lambda p, c: pay(all_of(worker=p.worker), c.at(p.paid).amount),
        """
        on:date    | paid:date  | worker:flag | outcome      | value | failed | unknown
        2023-05-10 | 2024-01-01 | yes         | entitled     | 200   | -      | -
        2023-05-10 | -          | yes         | undetermined | -     | -      | -
        -          | 2024-01-01 | yes         | entitled     | 200   | -      | -
        """,
        book(YEARS),
        ON,
    ),
    RuleSpec(
        "The nearest jurisdiction on that date decides; a slot known to be unfilled is not filled from above",
        amount_only,
        """
        on:date    | place:word | worker:flag | outcome      | value | failed | unknown
        2024-05-10 | town       | yes         | entitled     | 300   | -      | -
        2023-05-10 | town       | yes         | entitled     | 200   | -      | -
        2026-05-10 | town       | yes         | entitled     | 200   | -      | -
        2024-05-10 | south      | yes         | entitled     | 200   | -      | -
        2024-05-10 | 50         | yes         | entitled     | 200   | -      | -
        2024-05-10 | elsewhere  | yes         | entitled     | 100   | -      | -
        2024-05-10 | silent     | yes         | undetermined | -     | -      | -
        2024-05-10 | -          | yes         | undetermined | -     | -      | -
        """,
        book(PLACES, links=LINKS),
        {**ON, "place": "place"},
    ),
    RuleSpec(
        "A place that is not known matters only where a version depends on it",
        amount_only,
        """
        on:date    | place:word | worker:flag | outcome      | value | failed | unknown
        2024-05-10 | -          | yes         | entitled     | 200   | -      | -
        """,
        book(YEARS),
        {**ON, "place": "place"},
    ),
    RuleSpec(
        "The edition of the standard decides before a version for any edition",
        amount_only,
        """
        on:date    | edition:word | worker:flag | outcome      | value | failed | unknown
        2024-05-10 | 2018         | yes         | entitled     | 200   | -      | -
        2024-05-10 | 2023         | yes         | entitled     | 300   | -      | -
        2024-05-10 | 2030         | yes         | entitled     | 100   | -      | -
        2024-05-10 | -            | yes         | undetermined | -     | -      | -
        """,
        book(EDITIONS),
        {**ON, "edition": "edition"},
    ),
    RuleSpec(
        "Production decides on confirmed values only",
        subsidy,
        """
        on:date    | months:months | worker:flag | outcome      | value | failed  | unknown
        2024-05-10 | 12            | yes         | undetermined | -     | -       | -
        2024-05-10 | 11            | yes         | refused      | -     | insured | -
        """,
        UNCONFIRMED,
        ON,
    ),
    RuleSpec(
        "An amount above the cap is neither cut nor paid",
        capped,
        """
        on:date    | level:word | worker:flag | outcome      | value | failed | unknown
        2024-05-10 | low        | yes         | entitled     | 90    | -      | -
        2024-05-10 | even       | yes         | entitled     | 100   | -      | -
        2024-05-10 | high       | yes         | undetermined | -     | -      | -
        2024-05-10 | high       | no          | refused      | -     | worker | -
        """,
        CAPPED,
        ON,
    ),
    RuleSpec(
        "With an uplift on file it is paid",
        capped,
        """
        on:date    | level:word | worker:flag | outcome      | value | failed | unknown
        2024-05-10 | low        | yes         | entitled     | 90    | -      | -
        2024-05-10 | high       | yes         | entitled     | 110   | -      | -
        """,
        UPLIFTED,
        ON,
    ),
    RuleSpec(
        "A cap that is not known leaves it open",
        lambda p, c: pay(all_of(worker=p.worker), 100, cap=c.not_on_file),
        """
        on:date    | worker:flag | outcome      | value | failed | unknown
        2024-05-10 | yes         | undetermined | -     | -      | -
        """,
        book(),
        ON,
    ),
    RuleSpec(
        "A value older than its limit is not known: 62 days are not too old, 63 are",
        subsidy,
        """
        on:date    | months:months | seen:date  | worker:flag | outcome      | value  | failed | unknown
        2024-05-10 | 12            | 2024-07-01 | yes         | entitled     | 150000 | -      | -
        2024-05-10 | 12            | 2024-06-30 | yes         | undetermined | -      | -      | insured
        2024-05-10 | 12            | -          | yes         | undetermined | -      | -      | insured
        2024-05-10 | 3             | 2024-06-30 | yes         | undetermined | -      | -      | insured
        2024-05-10 | 12            | 2024-06-30 | no          | refused      | -      | worker | insured
        2024-05-10 | 12            | 2025-06-30 | yes         | entitled     | 150000 | -      | -
        """,
        PLAIN,
        ON,
        {"months": feed("seen", 62)},
    ),
    RuleSpec(
        "Data are held against the day the facts are asked for, where one is named: 62 days before it are not too old, 63 are",
        subsidy,
        """
        on:date    | months:months | seen:date  | asked:date | worker:flag | outcome      | value  | failed | unknown
        2024-05-10 | 12            | 2024-01-01 | 2024-03-03 | yes         | entitled     | 150000 | -      | -
        2024-05-10 | 12            | 2024-01-01 | 2024-03-04 | yes         | undetermined | -      | -      | insured
        2024-05-10 | 12            | 2024-03-05 | 2024-03-04 | yes         | entitled     | 150000 | -      | -
        2024-05-10 | 12            | -          | 2024-03-04 | yes         | undetermined | -      | -      | insured
        2024-05-10 | 12            | 2024-07-01 | -          | yes         | entitled     | 150000 | -      | -
        2024-05-10 | 12            | 2024-06-30 | -          | yes         | undetermined | -      | -      | insured
        """,
        PLAIN,
        ON,
        {"months": feed("seen", 62, at="asked")},
    ),
    RuleSpec(
        "What rests on records that contradict each other leaves the row undetermined, whatever else it says",
        subsidy,
        """
        on:date    | months:months | doubt:flag | worker:flag | outcome      | value  | failed | unknown
        2024-05-10 | 12            | no         | yes         | entitled     | 150000 | -      | -
        2024-05-10 | 12            | -          | yes         | entitled     | 150000 | -      | -
        2024-05-10 | 12            | yes        | yes         | undetermined | -      | -      | insured
        2024-05-10 | 11            | yes        | no          | undetermined | -      | worker | insured
        2024-05-10 | -             | yes        | yes         | undetermined | -      | -      | insured
        """,
        PLAIN,
        ON,
        {"months": Origin("records", contradicted="doubt")},
    ),
    RuleSpec(
        "A row that cannot be right is left undetermined, whatever else it says",
        lambda p, c: pay(all_of(worker=p.worker, paid=p.paid > 0, started=p.started <= p.on), 100),
        """
        on:date    | birth_month:date | died_on:date | started:date | paid:fen | worker:flag | outcome      | value | failed | unknown
        2024-05-10 | 1990-01-01       | -            | 2020-01-01   | 5        | yes         | entitled     | 100   | -      | -
        2024-05-10 | 1990-01-01       | -            | 2020-01-01   | 0        | yes         | refused      | -     | paid   | -
        2024-05-10 | 1990-01-01       | -            | 2020-01-01   | -5       | yes         | undetermined | -     | -      | paid
        2024-05-10 | 1990-01-01       | -            | 2020-01-01   | -5       | no          | undetermined | -     | worker | paid
        2024-05-10 | 1990-01-01       | -            | 1989-12-31   | 5        | yes         | undetermined | -     | -      | started
        2024-05-10 | 1990-01-01       | -            | 1990-01-01   | 5        | yes         | entitled     | 100   | -      | -
        1989-05-10 | 1990-01-01       | -            | -            | 5        | yes         | undetermined | -     | -      | started
        2024-05-10 | 1990-01-01       | 2024-05-09   | 2020-01-01   | 5        | yes         | undetermined | -     | -      | -
        2024-05-10 | 1990-01-01       | 2024-05-10   | 2020-01-01   | 5        | yes         | entitled     | 100   | -      | -
        2024-05-10 | -                | -            | 2020-01-01   | 5        | yes         | entitled     | 100   | -      | -
        2024-05-10 | 1990-01-01       | -            | 1890-01-01   | 5        | yes         | undetermined | -     | -      | started
        2024-05-10 | 1990-01-01       | -            | 2020-01-01   | 10000000000000 | yes   | entitled     | 100   | -      | -
        2024-05-10 | 1990-01-01       | -            | 2020-01-01   | 10000000000001 | yes   | undetermined | -     | -      | paid
        """,
        book(),
        ON,
        {"died_on": records()},
    ),
    RuleSpec(
        "An amount below zero is a mistake, not money",
        lambda p, c: pay(all_of(worker=p.worker), 100 - p.paid),
        """
        on:date    | paid:fen | worker:flag | outcome      | value | failed | unknown
        2024-05-10 | 100      | yes         | entitled     | 0     | -      | -
        2024-05-10 | 101      | yes         | undetermined | -     | -      | -
        """,
        book(),
        ON,
    ),
    RuleSpec(
        "A condition with alternatives",
        lambda p, c: pay(all_of(who=any_of(p.months >= 12, p.worker)), 100),
        """
        on:date    | months:months | worker:flag | outcome      | value | failed | unknown
        2024-05-10 | -             | yes         | entitled     | 100   | -      | -
        2024-05-10 | -             | no          | undetermined | -     | -      | who
        2024-05-10 | 11            | no          | refused      | -     | who    | -
        """,
        book(),
        ON,
    ),
)
