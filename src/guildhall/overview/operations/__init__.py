"""Computes every figure over a snapshot. Nothing here asks for records or a database; `publishing` makes a run the one that is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from guildhall import __version__
from guildhall.city import rule_parameters
from guildhall.city.model import City
from guildhall.kernel.backends import Tables, open_tables
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.figures import Context, refuse_far
from guildhall.kernel.runs import Folder, Run, digest, digest_file, run
from guildhall.kernel.tables import Table
from guildhall.overview.engine.steps import STEPS, Step
from guildhall.skills.engine import gray_counts

PACKAGE = Path(__file__).resolve().parents[2]
FORMULAS = ("kernel/**/*.py", "*/tables.py", "*/engine/**/*.py")
"""Sources that decide what a result holds, below the package; more than any one step uses, so that none is forgotten."""
CURRENT = "current.json"
YEARS_OF_HISTORY = 6
Progress = Callable[[int, int], None]
"""Called with steps done and steps in all."""


def context_of(city: City, on: date) -> Context:
    """The date, the year ends before it, and of the city the ladder and the definitions of gray-collar workers, as plain values."""
    levels = {level.code: {"ordinal": level.ordinal, "skilled": level.skilled, "high": level.high_skilled} for level in city.levels}
    history = tuple(date(year, 12, 31) for year in range(on.year - YEARS_OF_HISTORY, on.year))
    return Context(on, history, {"levels": levels, gray_counts.PARAMETER: gray_counts.parameter(rule_parameters(city))})


def compute_figures(*, snapshot: Folder, city: City, results: Path, progress: Progress | None = None) -> Run:
    """Runs each step whose inputs have changed, and gathers their tables into one folder under `results/figures`.

    Raises NotFound where the snapshot lacks a table that a step reads, GuildhallError where it belongs to another city or pack,
    has no date that can be counted from, or is damaged.
    """
    _refuse_other_city(snapshot, city)
    context = context_of(city, _date_of(snapshot))
    runs: dict[str, Run] = {}
    with _Lazy(snapshot) as tables:
        for n, step in enumerate(STEPS):
            runs[step.table.name] = _run_step(step, snapshot, context, results, tables)
            if progress:
                progress(n + 1, len(STEPS))

    def gather() -> Iterator[tuple[Table, pa.Table]]:
        for step in STEPS:
            yield step.table, runs[step.table.name].folder.read(step.table)

    return run(
        "figures",
        version=version(),
        inputs={name: made.id for name, made in runs.items()},
        parameters={"on": context.on, "snapshot": snapshot.manifest.id},
        root=results,
        compute=gather,
    )


def version() -> str:
    """What a run's identity says of the program: its version, and a digest of the formulas as they stand."""
    return f"{__version__}/{_formulas(PACKAGE)}"


@cache
def _formulas(package: Path) -> str:
    """12 hexadecimal digits over the sources of kernel, declarations and engines: a changed formula runs again."""
    files = {path.relative_to(package): path for pattern in FORMULAS for path in package.glob(pattern)}
    return digest({str(name): digest_file(path) for name, path in files.items()})[:12]


def _refuse_other_city(snapshot: Folder, city: City) -> None:
    """Published and computed values stand side by side, so both must be of one city as one pack describes it."""
    meta = snapshot.manifest.meta
    if meta.get("city", city.id) != city.id:
        why = f"it is of the city {meta['city']}, the pack in force describes {city.id}"
    elif meta.get("pack_version", city.digest) != city.digest:
        why = f"the pack {city.id} has changed since its records were made"
    else:
        return
    raise GuildhallError(
        f"The snapshot {snapshot.manifest.id} does not belong to the pack in force",
        why=why,
        next="name the pack it was made with in GUILDHALL_CITY, or make city and snapshot again: `guildhall demo --no-serve`",
    )


def _date_of(snapshot: Folder) -> date:
    text = snapshot.manifest.as_of
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise GuildhallError(
            f"The snapshot {snapshot.manifest.id} has no date", why=f"its manifest says {text!r}", next="run `guildhall snapshot --on DATE`"
        ) from None
    refuse_far(on)
    return on


def _run_step(step: Step, snapshot: Folder, context: Context, results: Path, tables: _Lazy) -> Run:
    parameters: dict[str, Any] = {name: context.parameters[name] for name in step.parameters}
    return run(
        step.table.name,
        version=version(),
        inputs={name: snapshot.sha256(name) for name in step.reads},
        parameters={"on": context.on, "history": context.history, **parameters},
        root=results,
        compute=lambda: [(step.table, step.compute(tables.open(step.reads), context))],
    )


class _Lazy:
    """Opens the engine only when some step must run: a rerun of unchanged inputs loads nothing heavy."""

    def __init__(self, snapshot: Folder) -> None:
        self._snapshot = snapshot
        self._context: Any = None
        self._tables: Tables | None = None
        self._sound: set[str] = set()

    def open(self, reads: Sequence[str]) -> Tables:
        """The engine over the snapshot. Raises GuildhallError where a table of `reads` is not as it was written."""
        self._refuse_damaged([name for name in reads if name not in self._sound])
        if self._tables is None:
            self._context = open_tables(self._snapshot)
            self._tables = self._context.__enter__()
        assert self._tables is not None
        return self._tables

    def _refuse_damaged(self, names: Sequence[str]) -> None:
        if damaged := self._snapshot.damaged(names):
            raise GuildhallError(
                f"The snapshot {self._snapshot.manifest.id} is damaged",
                why=f"{', '.join(damaged)} in {self._snapshot.path} no longer has the digest of the manifest",
                next="delete that folder and run `guildhall snapshot`",
            )
        self._sound.update(names)

    def __enter__(self) -> _Lazy:
        return self

    def __exit__(self, *_: object) -> None:
        if self._context is not None:
            self._context.__exit__(None, None, None)


def shown(*, snapshot: Folder, figures: Run) -> str:
    """What stands in var/current.json while pages and API show this snapshot and run."""
    return json.dumps({"snapshot": snapshot.manifest.id, "figures": figures.id}) + "\n"
