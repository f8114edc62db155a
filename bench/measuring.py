"""How a measurement is taken: in a process of its own, with its wall time and peak memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """One row of the table: what was measured, our figure, the peer's or the limit's, and the bar to clear."""

    what: str
    ours: str
    beside: str
    bar: str
    holds: bool

    def markdown(self) -> str:
        return f"| {self.what} | {self.ours} | {self.beside} | {self.bar} | {'✓' if self.holds else '✕'} |"


def peak_mb() -> float:
    """Peak resident memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Callable[[], Any]) -> float:
    """Wall seconds of one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def apart(module: str, *arguments: str) -> dict[str, Any]:
    """Runs `python -m module arguments` in a fresh process and reads the JSON on its last line."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def best(runs: list[dict[str, Any]], by: str = "seconds") -> dict[str, Any]:
    """The quickest of several runs: what the machine can do, with the least of its noise."""
    return min(runs, key=lambda run: run[by])
