"""`guildhall rules run`: what the rules come to for everybody, in lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from guildhall.cli.policy import _lines
from guildhall.incentives.tables.policy import POLICY, POLICY_FLOOR, RESULTS
from guildhall.kernel.runs import FolderWriter, write_folder

COUNTS: dict[str, Any] = dict.fromkeys(
    ("cases", "entitled", "refused", "undetermined", "unpriced", "entitled_people", "possible_people"), 20
)


def test_what_is_deducted_from_income_is_not_called_a_cost(tmp_path: Path) -> None:
    rules = ("continuing_education_deduction", "startup_grant")
    rows = [{"rule": name, "by": "all", "part": "", "low": 360_000, "possible": 40_000, **COUNTS} for name in rules]

    def fill(writer: FolderWriter) -> None:
        for table in (*RESULTS, POLICY_FLOOR):
            held = rows if table is POLICY else []
            writer.add(table, table.build({column.name: [row[column.name] for row in held] for column in table.columns}))

    found = write_folder(tmp_path / "run", id="run", kind="run", version="0", as_of="2025-06-30", meta={}, fill=fill)
    deducted, paid = (line for line in _lines(found) if "yuan" in line)
    assert deducted.startswith("  deducted from income, no cost of this sum: 3,600.00 yuan to 4,000.00 yuan")
    assert paid.startswith("  cost 3,600.00 yuan to 4,000.00 yuan")
