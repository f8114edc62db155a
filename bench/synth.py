"""The synthetic city at a scale, beside the limit: writing the same tables again without making anyone.

`python -m bench.synth SCALE` and `python -m bench.synth --again SCALE` print one line of JSON; `python -m bench.synth`
alone measures the whole city, half of it and 0.5 million skilled people, each in a process of its own, and how linear cost is.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

from bench.measuring import apart, peak_mb

WHOLE, HALF, PART = "1", "0.5", "0.088"
"""5.68, 2.84 and 0.5 million skilled people."""


def made(scale: str) -> dict[str, Any]:
    """Builds the city into a folder thrown away: loading the pack and importing are part of the time."""
    begun = time.perf_counter()
    from guildhall.city import load
    from guildhall.synth import build

    with tempfile.TemporaryDirectory() as folder:
        city = build(load("chongqing"), scale=Fraction(scale), seed=7, out=Path(folder) / "city")
        seconds = time.perf_counter() - begun
        entries = city.manifest.tables
        megabytes = sum(entry.bytes for entry in entries.values()) / 1e6
        people = entries["registry.workers"].rows
    return {"scale": scale, "people": people, "seconds": round(seconds, 2), "peak_mb": round(peak_mb()), "parquet_mb": round(megabytes, 1)}


def written_again(scale: str) -> dict[str, Any]:
    """The limit: the finished tables, read into memory, written once more with the same settings."""
    import pyarrow.parquet as pq

    from guildhall.city import load
    from guildhall.registry.tables import TABLES
    from guildhall.synth import build
    from guildhall.synth.writing import settings

    with tempfile.TemporaryDirectory() as folder:
        city = build(load("chongqing"), scale=Fraction(scale), seed=7, out=Path(folder) / "city")
        seconds = 0.0
        for table in TABLES:
            rows = city.read(table)
            begun = time.perf_counter()
            pq.write_table(rows, Path(folder) / "again.parquet", compression="zstd", compression_level=1, **settings(table))
            seconds += time.perf_counter() - begun
    return {"scale": scale, "seconds": round(seconds, 2)}


def compared() -> dict[str, Any]:
    """The whole city and two parts. Linear: what the half costs over the straight line through the other two, and per person."""
    whole, half, part = (apart("bench.synth", scale) for scale in (WHOLE, HALF, PART))
    slope = (whole["seconds"] - part["seconds"]) / (whole["people"] - part["people"])
    line = part["seconds"] + slope * (half["people"] - part["people"])
    per_person = (whole["seconds"] / whole["people"]) / (part["seconds"] / part["people"])
    return {
        **whole,
        "parts": [half, part],
        "half_over_line": round(half["seconds"] / line, 3),
        "per_person_whole_over_part": round(per_person, 3),
    }


def main() -> None:
    arguments = sys.argv[1:]
    if not arguments:
        print(json.dumps(compared()))
    elif arguments[0] == "--again":
        print(json.dumps(written_again(arguments[1])))
    else:
        print(json.dumps(made(arguments[0])))


if __name__ == "__main__":
    main()
