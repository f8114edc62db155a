"""Policy for everybody in a whole city: every rule in one run, then one figure changed after another; and candidates by night.

With GUILDHALL_VAR set: `python -m bench.everybody run CITY` decides every rule over the folder of a city, `… slider` changes each figure
over that run, and `… candidates FOLDER` loads a city and searches it for candidates. Each prints one line of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from bench.measuring import peak_mb
from guildhall.cli.terminal import start_django, var

AGAIN = 3
"""So often the slowest figures are asked again, so that what is told is the question and not the machine's other work."""


def run(city: str) -> dict[str, Any]:
    """Every rule over a city on the last day of the year before its own: facts, rules, and the cases kept for the slider."""
    import ibis.backends.duckdb  # noqa: F401  # libraries are in memory before the clock starts

    start_django()
    from guildhall.cli.policy import days_of, decide, in_force, opened

    snapshot = opened(Path(city))
    on = days_of(snapshot)[1]
    in_force()  # the database is made
    begun, cpu = time.perf_counter(), time.process_time()
    made = decide(snapshot, on)
    rows = [row for row in made.run.folder.read("incentives.policy").to_pylist() if row["by"] == "all"]
    return {
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - cpu,
        "peak_mb": peak_mb(),
        "rules": len(rows),
        "cases": sum(row["cases"] for row in rows),
    }


def slider() -> dict[str, Any]:
    """Each figure that can be changed, set to another value and asked by district as the page asks: the slowest, and how many."""
    start_django()
    from guildhall.incentives.engine.policy import POLICY_RUNS
    from guildhall.incentives.engine.policy.changes import Change
    from guildhall.incentives.queries.policy import Policy, rule_of
    from guildhall.incentives.queries.what_if import changeable, what_if
    from guildhall.kernel.runs import Folder
    from guildhall.web.viewer import Viewer

    planner = Viewer(name="account:1", role="planner")
    folders = (Folder.open(path.parent) for path in (var() / "results" / POLICY_RUNS).glob("*/manifest.json"))
    policy = max((Policy(folder) for folder in folders), key=lambda one: len(one.names))
    asked = [
        Change(name, figure.parameter.name, figure.key, _other(figure.value))
        for name in policy.names
        for figure in changeable(rule_of(policy, name), policy.on)
    ]

    def wall(change: Change) -> float:
        begun = time.perf_counter()
        what_if(planner, policy, change, "district")
        return time.perf_counter() - begun

    wall(asked[0])  # Ibis loads its translator with the first question
    cpu = time.process_time()
    found = {change: wall(change) for change in asked}
    cpu = (time.process_time() - cpu) / len(asked)
    slowest = sorted(asked, key=lambda change: -found[change])[:AGAIN]
    worst = {change: min(found[change], *(wall(change) for _ in range(AGAIN))) for change in slowest}
    name = max(worst, key=lambda change: worst[change])
    return {"seconds": worst[name], "slowest": str(name), "figures": len(asked), "cpu": cpu, "peak_mb": peak_mb()}


def _other(value: Any) -> Any:
    """A figure lowered by a quarter, or a small one raised by one."""
    if isinstance(value, Fraction):
        return value * Fraction(3, 4)
    return value * 3 // 4 if value > 3 else value + 1


def candidates(folder: str) -> dict[str, Any]:
    """A city into the database of its own; then the night's work on it, by 100,000 people: the snapshot, and the search."""
    subprocess.run([sys.executable, "-c", "from guildhall.cli import main; main()", "load", folder], check=True, capture_output=True)
    start_django()
    from guildhall.cli.candidates import searched
    from guildhall.kernel.runs import Folder
    from guildhall.web.viewer import system

    city = Folder.open(Path(folder))
    on = datetime.fromisoformat(city.manifest.as_of).date()
    people = city.manifest.tables["registry.workers"].rows
    begun, cpu = time.perf_counter(), time.process_time()
    tally = searched(on, system("command:candidates"), datetime.now(UTC), lambda done, total: None)
    hundred = people / 100_000
    return {
        "seconds": (time.perf_counter() - begun) / hundred,
        "cpu": (time.process_time() - cpu) / hundred,
        "peak_mb": peak_mb(),
        "people": people,
        "found": sum(tally.states.values()),
    }


def main() -> None:
    way, *rest = sys.argv[1:]
    ways: Mapping[str, Callable[..., Any]] = {"run": run, "slider": slider, "candidates": candidates}
    print(json.dumps(ways[way](*rest)))


if __name__ == "__main__":
    main()
