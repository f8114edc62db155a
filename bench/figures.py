"""All figures over a snapshot, beside the same answers in SQL written by hand for DuckDB, and beside a bare scan.

`python -m bench.figures FOLDER ours|sql|scan` prints one line of JSON.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from bench.measuring import peak_mb

BY_HAND = """
create temp table held as
select worker_id, {columns} from (
  select worker_id, issued_on, valid_until, case level {cases} else 0 end::tinyint as o from '{certificates}') group by 1;
create temp table residence as
select residence, count(*), {skilled} from '{workers}' left join held using (worker_id) group by 1;
create temp table workplace as
select place, cluster, {employed} from (select worker_id, organisation_id, contract, {flags} from '{spells}')
  join '{organisations}' using (organisation_id) left join held using (worker_id) group by 1, 2;
select count(distinct worker_id) from '{spells}' where started_on <= date '{on}' and (ended_on is null or ended_on > date '{on}')
  and organisation_id in (select organisation_id from '{organisations}' where place like '%park%');
"""


Beside = dict[str, float]
"""What is told beside the time."""


def ours(folder: Path) -> Beside:
    """The engine as the command line runs it; results go to a folder thrown away. `gray`: the part that counts gray-collar workers."""
    from guildhall.city import load
    from guildhall.kernel.runs import Folder
    from guildhall.overview.engine.steps import STEPS
    from guildhall.overview.operations import compute_figures

    ends = [time.perf_counter()]
    with tempfile.TemporaryDirectory() as results:
        compute_figures(
            snapshot=Folder.open(folder),
            city=load("chongqing"),
            results=Path(results),
            progress=lambda done, total: ends.append(time.perf_counter()),
        )
    took = zip(STEPS, ends, ends[1:], strict=False)
    return {"gray": sum(end - begun for step, begun, end in took if step.table.name.startswith("skills.gray"))}


def by_hand(folder: Path) -> Beside:
    """The heavy part of the same answers, as someone who knows DuckDB would write it."""
    import duckdb

    days = [date(year, 12, 31) for year in range(2020, 2026)] + [date(2025, 1, 30), date(2026, 1, 30)]
    levels = {"L0": 1, "L5": 2, "L4": 3, "L3": 4, "L2": 5, "L1": 6, "LT": 7, "LS": 8}
    held = "issued_on <= date '{d}' and (valid_until is null or valid_until > date '{d}')"
    sql = BY_HAND.format(
        cases=" ".join(f"when '{level}' then {n}" for level, n in levels.items()),
        columns=", ".join(f"max(case when {held.format(d=d)} then o else 0 end)::tinyint as h{n}" for n, d in enumerate(days)),
        skilled=", ".join(f"sum((h{n} >= 2)::int), sum((h{n} >= 4)::int)" for n in range(len(days))),
        flags=", ".join(f"started_on <= date '{d}' and (ended_on is null or ended_on > date '{d}') as on{n}" for n, d in enumerate(days)),
        employed=", ".join(f"sum(on{n}::int), sum((on{n} and h{n} >= 2)::int), sum((on{n} and h{n} >= 4)::int)" for n in range(len(days))),
        on=days[-1],
        certificates=folder / "registry.certificates.parquet",
        workers=folder / "registry.workers.parquet",
        spells=folder / "registry.employment_spells.parquet",
        organisations=folder / "registry.organisations.parquet",
    )
    with duckdb.connect() as connection:
        for statement in sql.strip().split(";"):
            if statement.strip():
                connection.execute(statement).fetchall()
    return {}


def scan(folder: Path) -> Beside:
    """The limit: read every column the figures need, once, and do nothing with it."""
    import pyarrow.parquet as pq

    needed = {
        "certificates": ["worker_id", "level", "issued_on", "valid_until"],
        "workers": ["worker_id", "residence", "standing"],
        "employment_spells": ["worker_id", "organisation_id", "contract", "started_on", "ended_on"],
    }
    for table, columns in needed.items():
        pq.read_table(folder / f"registry.{table}.parquet", columns=columns)
    return {}


LIBRARIES = {
    "ours": ("guildhall.city", "guildhall.overview.operations", "ibis.backends.duckdb"),
    "sql": ("duckdb",),
    "scan": ("pyarrow.parquet",),
}
WAYS = {"ours": ours, "sql": by_hand, "scan": scan}


def main() -> None:
    """`seconds` is from the snapshot to the results on disk; `whole` adds the interpreter's loading of the libraries."""
    folder, way = Path(sys.argv[1]), sys.argv[2]
    loading = time.perf_counter()
    for library in LIBRARIES[way]:
        importlib.import_module(library)
    begun = time.perf_counter()
    told = WAYS[way](folder)
    ended = time.perf_counter()
    print(json.dumps({"seconds": ended - begun, "whole": ended - loading, "peak_mb": peak_mb(), **told}))


if __name__ == "__main__":
    main()
