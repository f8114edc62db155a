"""Where things stand in a TOML file: the line of every table and key, which the parser does not tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

Path = tuple[str | int, ...]
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


def lines_of(text: str) -> Mapping[Path, int]:
    """The line of each table and of each key in it; entries of [[lists]] are counted from 0 behind the name of the list."""
    found: dict[Path, int] = {}
    counts: Counter[Path] = Counter()
    at: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            at = _path(header[2], counts)
            if header[1] == "[[":
                counts[at] += 1
                at = (*at, counts[at] - 1)
            found.setdefault(at, number)
        elif key := _KEY.match(line):
            found.setdefault((*at, key[1]), number)
    return found


def _path(dotted: str, counts: Counter[Path]) -> Path:
    """The path of a header; a list on the way stands for its latest entry."""
    path: Path = ()
    parts = [part.strip().strip("\"'") for part in dotted.split(".")]
    for place, part in enumerate(parts):
        path = (*path, part)
        if place < len(parts) - 1 and counts[path]:
            path = (*path, counts[path] - 1)
    return path


def line_at(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest table around it; 0 where none is known."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 0
