"""A source tree as the house checks see it: the repository itself, or a copy with a violation seeded in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FOUNDATIONS = frozenset({"kernel", "rules", "city", "synth", "office", "web", "project", "cli"})
"""Packages of the house that are not domains; every other package in src/guildhall is one."""
PURE = frozenset({"kernel", "rules", "city", "synth"})
"""Packages that never see Django; so do every domain's engine and tables."""


@dataclass(frozen=True)
class Module:
    """One Python file: where it stands, its dotted name, and what it says."""

    path: Path
    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    @property
    def parts(self) -> tuple[str, ...]:
        """The dotted name below `guildhall`: ("registry", "engine", "levels")."""
        return tuple(self.name.split(".")[1:])

    @property
    def room(self) -> str:
        """The room of a domain the module stands in, or nothing."""
        return self.parts[1] if len(self.parts) > 1 else ""

    @property
    def pure(self) -> bool:
        return bool(self.parts) and (self.parts[0] in PURE or self.room in ("engine", "tables"))

    def line(self, node: ast.AST) -> str:
        """`path:line` of a node, for a message."""
        return f"{self.name}:{getattr(node, 'lineno', 0)}"


@dataclass(frozen=True)
class Tree:
    """The sources under `root/src/guildhall`."""

    root: Path

    @property
    def package(self) -> Path:
        return self.root / "src" / "guildhall"

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        return tuple(self._read())

    def _read(self) -> Iterator[Module]:
        for path in sorted(self.package.rglob("*.py")):
            inside = path.relative_to(self.package.parent).with_suffix("").parts
            name = ".".join(inside[:-1] if inside[-1] == "__init__" else inside)
            yield Module(path, name, path.read_text(encoding="utf-8"))

    @property
    def domains(self) -> tuple[Path, ...]:
        """The folders of the domains."""
        folders = (path for path in sorted(self.package.iterdir()) if (path / "__init__.py").exists())
        return tuple(path for path in folders if path.name not in FOUNDATIONS)


HOUSE = Tree(REPOSITORY)
