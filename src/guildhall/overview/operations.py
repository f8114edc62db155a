"""Computes every figure over a snapshot and publishes the result: the pages show nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from guildhall import __version__
from guildhall.city.model import City
from guildhall.kernel.backends import Tables, open_tables
from guildhall.kernel.figures import Context
from guildhall.kernel.runs import Folder, Run, run, write_text
from guildhall.kernel.tables import Table
from guildhall.overview.engine.steps import STEPS, VERSION, Step

CURRENT = "current.json"
YEARS_OF_HISTORY = 6
Progress = Callable[[int, int], None]
"""Called with steps done and steps in all."""


def context_of(city: City, on: date) -> Context:
    """The date, the year ends before it, and the ladder of the city as plain values."""
    levels = {level.code: {"ordinal": level.ordinal, "skilled": level.skilled, "high": level.high_skilled} for level in city.levels}
    history = tuple(date(year, 12, 31) for year in range(on.year - YEARS_OF_HISTORY, on.year))
    return Context(on, history, {"levels": levels})


def compute_figures(*, snapshot: Folder, city: City, results: Path, progress: Progress | None = None) -> Run:
    """Runs each step whose inputs have changed, and gathers their tables into one folder under `results/figures`.

    Raises NotFound where the snapshot lacks a table that a step reads.
    """
    context = context_of(city, date.fromisoformat(snapshot.manifest.as_of))
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
        version=__version__,
        inputs={name: made.id for name, made in runs.items()},
        parameters={"on": context.on, "snapshot": snapshot.manifest.id},
        root=results,
        compute=gather,
    )


def _run_step(step: Step, snapshot: Folder, context: Context, results: Path, tables: _Lazy) -> Run:
    parameters: dict[str, Any] = {name: context.parameters[name] for name in step.parameters}
    return run(
        step.table.name,
        version=f"{__version__}/{VERSION}",
        inputs={name: snapshot.sha256(name) for name in step.reads},
        parameters={"on": context.on, "history": context.history, **parameters},
        root=results,
        compute=lambda: [(step.table, step.compute(tables.open(), context))],
    )


class _Lazy:
    """Opens the engine only when some step must run: a rerun of unchanged inputs loads nothing heavy."""

    def __init__(self, snapshot: Folder) -> None:
        self._snapshot = snapshot
        self._context: Any = None
        self._tables: Tables | None = None

    def open(self) -> Tables:
        if self._tables is None:
            self._context = open_tables(self._snapshot)
            self._tables = self._context.__enter__()
        assert self._tables is not None
        return self._tables

    def __enter__(self) -> _Lazy:
        return self

    def __exit__(self, *_: object) -> None:
        if self._context is not None:
            self._context.__exit__(None, None, None)


def publish(*, var: Path, snapshot: Folder, figures: Run) -> None:
    """Makes this snapshot and run the ones that pages and API show, in one step."""
    write_text(var / CURRENT, json.dumps({"snapshot": snapshot.manifest.id, "figures": figures.id}) + "\n")
