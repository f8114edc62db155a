"""Eleven rules over 5.68 million people: Parquet in, totals out, beside OpenFisca with the same rules on the same file.

`python -m bench.rules make FILE PEOPLE` writes the people; `… ours|peer|mask FILE` and `… one` each measure in a process of their own
and print one line of JSON: processor seconds, wall seconds, and the memory used above what the libraries take.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from bench import policy
from bench.measuring import peak_mb

ROUNDS = 2_000


def ours(file: Path) -> dict[str, Any]:
    """How many get each benefit and how much it costs: one pass for all the rules on one table of facts."""
    with _opened(file) as (connection, people):
        connection.compile(people.count())  # Ibis loads its translator with the first question
        spent: list[float] = []
        told = _measured(lambda: _totals(connection, people, file, spent))
        return {**told, "scan": sum(spent)}


def _totals(connection: Any, people: Any, file: Path, spent: list[float]) -> dict[str, tuple[int, int]]:
    from guildhall.rules.fold import column, fold_all

    found: dict[str, tuple[int, int]] = {}
    parameters, extents = policy.parameters(), _extents(file)
    for table, rules in groupby(policy.RULES, key=lambda rule: rule.facts):
        together, facts = list(rules), _facts(people, table)
        renamed = policy.RENAMED.get(table, {})
        known = {name: extents[there] for name in facts.columns if (there := renamed.get(name, name)) in extents}
        answered = fold_all(together, parameters, policy.ON, extents=known, keep=())(facts)
        values = {rule.name: answered[column(rule, "value")] for rule in together}
        asked = {f"{name} {what}": one for name, of in values.items() for what, one in (("entitled", (of > 0).sum()), ("fen", of.sum()))}
        sql = connection.compile(answered.aggregate(**asked))
        begun = time.process_time()
        row = connection.con.execute(sql).fetchall()[0]
        spent.append(time.process_time() - begun)  # what grows with the people; the rest is the same for few and many
        found |= {rule.name: (int(row[2 * at]), int(row[2 * at + 1])) for at, rule in enumerate(together)}
    return found


def mask(file: Path) -> dict[str, Any]:
    """Which conditions fail and which are unknown, for everybody, for the skill-upgrade subsidy; and the limit: the columns alone, read."""
    from guildhall.rules.fold import fold
    from guildhall.rules.usable import ANYTHING

    rule = policy.RULES[0]
    with _opened(file) as (connection, people):
        extents = _extents(file)
        answered = fold(rule, policy.parameters(), policy.ON, extents=extents, keep=())(_facts(people, rule.facts))
        reasons = answered.group_by(failed=answered.failed, unknown=answered.unknown).aggregate(people=answered.count())
        read = [name for name in policy.columns_read()[rule.facts] if name in rule.reads and not extents.get(name, ANYTHING).void]
        found = _best(connection, reasons)
        return {**found, "scan": _best(connection, people.aggregate(**{name: people[name].max() for name in read}))["wall"]}


def _best(connection: Any, asked: Any) -> dict[str, Any]:
    """The quickest of five times."""
    sql = connection.compile(asked)
    return min((_measured(lambda: len(connection.con.sql(sql).fetchall())) for _ in range(5)), key=lambda run: run["wall"])


def one() -> dict[str, Any]:
    """Milliseconds for one person: value, outcome and full trace as JSON."""
    from datetime import date

    from guildhall.rules import decide

    rule, parameters = policy.RULES[0], policy.parameters()
    facts = {
        "kind": "skill_level",
        "level": "L4",
        "occupation": policy.OCCUPATIONS[0],
        "place": policy.PLACES[0],
        "birth_month": date(1990, 5, 1),
        "issued_on": date(2024, 5, 10),
        "applied_on": date(2024, 6, 1),
        "granted_on": date(2024, 7, 1),
        "insured": True,
        "employer_here": True,
        "insured_months": 9,
        "insured_as_of": date(2024, 5, 31),
        "very_short_shown": True,
        "urgent_shown": False,
        "drawing_benefit": False,
        "paid_in_full": True,
        **dict.fromkeys(("grants_in_year", "ordinary_grants_in_year", "same_level_grants", "higher_level_grants", "training_subsidies"), 0),
    }
    found = {}
    for name, months in (("entitled", 14), ("nearly", 9)):
        row = facts | {"insured_months": months}
        times = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            decide(rule, row, parameters=parameters, on=date(2024, 6, 1)).to_json()
            times.append((time.perf_counter() - begun) * 1000)
        found[name] = sorted(times)[ROUNDS // 2]
    return found


def peer(file: Path) -> dict[str, Any]:
    """The same totals by OpenFisca."""
    from bench import openfisca_rules

    return _measured(lambda: openfisca_rules.totals(file, openfisca_rules.system()))


def _measured(work: Callable[[], Any]) -> dict[str, Any]:
    gc.collect()
    before, cpu, wall = peak_mb(), time.process_time(), time.perf_counter()
    found = work()
    return {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "mb": peak_mb() - before,
        "seconds": time.process_time() - cpu,
        "found": found,
    }


def _opened(file: Path) -> Any:
    from contextlib import contextmanager

    @contextmanager
    def opened() -> Any:
        import ibis

        import guildhall.rules.fold  # noqa: F401  # libraries are in memory before the clock starts, as the peer's are

        connection = ibis.duckdb.connect()
        try:
            yield connection, connection.read_parquet(file, table_name="people")
        finally:
            connection.disconnect()

    return opened()


def _facts(people: Any, table: str) -> Any:
    """The columns of one facts table, under the names its rules know."""
    renamed = policy.RENAMED.get(table, {})
    return people.select(**{name: people[renamed.get(name, name)] for name in policy.columns_read()[table]})


def _extents(file: Path) -> Mapping[str, Any]:
    """What the file's own footer says of each column, and the words that there are of places and closed lists, as kept facts have it."""
    from guildhall.rules.extents import of_file
    from guildhall.rules.usable import Extent

    names = [name for name, _field, _declared in policy.columns()]
    lists = {name: declared.values for name, _field, declared in policy.columns() if declared.values} | {"place": policy.PLACES}
    return {**of_file(file, names), **{name: Extent(empty=False, words=frozenset(words)) for name, words in lists.items()}}


def main() -> None:
    way, *rest = sys.argv[1:]
    if way == "make":
        policy.write(Path(rest[0]), int(rest[1]))
    else:
        ways: Mapping[str, Callable[..., Any]] = {"ours": ours, "peer": peer, "mask": mask, "one": one}
        print(json.dumps(ways[way](*map(Path, rest))))


if __name__ == "__main__":
    main()
