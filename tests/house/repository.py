"""Checks of the repository beside its code: dependencies, locks, tracked files, templates, skips."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

SKIPS = frozenset({"skip", "skipif", "importorskip", "xfail"})
REQUIREMENT = re.compile(r'^\s*"[a-zA-Z0-9_.-]+(\[[a-z0-9_,-]+\])?[<>=!~].*')
PIN = re.compile(r"^([a-zA-Z0-9_.-]+)==([^ ;\\]+)")
HOSTS = re.compile(r"pypi\.org|pythonhosted\.org|npm[j]s|(deb|security)\.debian\.org|mirrors?\.[a-z]+\.[a-z]+", re.IGNORECASE)
MACHINES = re.compile(r"(?<![\w.$}/-])/(work|root|home/[a-z]\w*|Users/[a-zA-Z]\w*|opt/(pypi|wheels))(/|\b)")
OUTSIDE = re.compile(
    r"""<(script|link|img|iframe|source|video|audio|form|object|embed|use)\b[^>]*\b(src|href|action|data|srcset)\s*=\s*["']?(https?:)?//"""
    r"""|url\(\s*["']?(https?:)?//|@import\s+(url\()?["'](https?:)?//|(fetch|import|EventSource|WebSocket)\(\s*["'](https?:|wss?:)?//""",
    re.IGNORECASE,
)


def uncommented(pyproject: str) -> list[str]:
    """Dependency lines that do not say why the dependency is there."""
    return [line.strip() for line in pyproject.splitlines() if REQUIREMENT.match(line) and not re.search(r'",?\s+# \S', line)]


def pins(lock: str) -> dict[str, str]:
    """Package → version of a lock."""
    return {found[1]: found[2] for line in lock.splitlines() if (found := PIN.match(line))}


def unhashed(lock: str) -> list[str]:
    """Packages of a lock that carry no hash."""
    entries = re.split(r"\n(?=[a-zA-Z0-9])", lock)
    return [entry.split("==")[0] for entry in entries if PIN.match(entry) and "--hash=sha256:" not in entry]


def tracked(root: Path) -> list[Path]:
    """Files that git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    return sorted(path for name in listed.split("\0") if name and (path := root / name).is_file())


def machine_traces(root: Path, files: list[Path]) -> list[str]:
    """Paths of one machine and hosts of package indexes in tracked text."""
    return [
        f"{path.relative_to(root)}:{number}: {found[0]}"
        for path, number, line in _lines(files)
        for pattern in (HOSTS, MACHINES)
        if (found := pattern.search(line))
    ]


def outside_requests(root: Path, files: list[Path]) -> list[str]:
    """Templates, styles and scripts of ours that make a page ask another host for something."""
    ours = [path for path in files if path.suffix in (".html", ".css", ".js", ".svg") and root / "src" in path.parents]
    return [f"{path.relative_to(root)}:{number}: {found[0]}" for path, number, line in _lines(ours) if (found := OUTSIDE.search(line))]


def skips(root: Path) -> list[str]:
    """Every place in the tests that can skip or expect failure."""
    found = []
    for path in sorted((root / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in SKIPS and _of_pytest(node):
                found.append(f"{path.relative_to(root)}:{node.lineno} {node.attr}")
    return found


CLOCKS = frozenset("date.today datetime.now datetime.today datetime.utcnow timezone.now time.time".split())


def clocks(root: Path) -> list[str]:
    """Readings of the wall clock in tests, but for the one in tests/clock.py: what passes today must pass on any day."""
    found = []
    for path in sorted(path for path in (root / "tests").rglob("*.py") if path != root / "tests" / "clock.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ".".join(ast.unparse(node.func).split(".")[-2:])
                bare = name == "timezone.localdate" and not node.args and not node.keywords
                found += [f"{path.relative_to(root)}:{node.lineno}"] if name in CLOCKS or bare else []
    return found


def long_modules(root: Path, limit: int) -> list[str]:
    """Modules of tests and benchmarks above `limit` lines."""
    files = [path for folder in ("tests", "bench") for path in sorted((root / folder).rglob("*.py"))]
    lengths = {path: path.read_text(encoding="utf-8").count("\n") for path in files}
    return [f"{path.relative_to(root)} has {lines} lines" for path, lines in lengths.items() if lines > limit]


def _of_pytest(node: ast.Attribute) -> bool:
    inner = node.value.value if isinstance(node.value, ast.Attribute) else node.value
    return isinstance(inner, ast.Name) and inner.id == "pytest"


def _lines(files: list[Path]) -> Iterator[tuple[Path, int, str]]:
    for path in files:
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            for number, line in enumerate(data.decode(errors="replace").splitlines(), 1):
                yield path, number, line
