"""Checks of who looks at whom: the import contracts, what they cannot see, and loading pure code where Django cannot be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.house.tree import PURE, REPOSITORY, Tree

OPEN_ROOMS = frozenset({"tables", "engine", "queries", "operations"})
"""The rooms one domain may enter in another."""


def contracts(tree: Tree) -> str:
    """What lint-imports says about the tree, held to the contracts of this repository; empty where all are kept."""
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--config", str(REPOSITORY / "pyproject.toml"), "--no-cache", "--no-logo"]
    ran = subprocess.run(command, cwd=tree.root, env=_environment(tree), capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def reaching(tree: Tree) -> list[str]:
    """Imports from one domain into a room of another that is not open."""
    edges = _edges(tree)
    domains = {folder.name for folder in tree.domains}
    faults = []
    for importer, imported in edges:
        mine, (theirs, room) = _place(importer)[0], _place(imported)
        if mine != theirs and {mine, theirs} <= domains and room not in OPEN_ROOMS:
            faults.append(f"{importer} enters {imported}; other domains enter only {', '.join(sorted(OPEN_ROOMS))}")
    return faults


def _place(module: str) -> tuple[str, str]:
    """The package and the room a dotted name stands in."""
    parts = [*module.split("."), "", ""]
    return parts[1], parts[2]


def _edges(tree: Tree) -> list[tuple[str, str]]:
    """Every direct import inside the tree. Read in a process of its own: in this one `guildhall` is the repository's."""
    code = (
        "import grimp, json; graph = grimp.build_graph('guildhall', cache_dir=None); "
        "print(json.dumps([[a, b] for a in sorted(graph.modules) for b in sorted(graph.find_modules_directly_imported_by(a))]))"
    )
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=tree.root, env=_environment(tree), capture_output=True, text=True, check=True)
    return [(importer, imported) for importer, imported in json.loads(ran.stdout)]


def pure_packages(tree: Tree) -> list[str]:
    """Packages and modules that must load without Django: kernel, city, synth, each domain's engine and tables."""
    names = [name for name in sorted(PURE) if (tree.package / name).is_dir()]
    for folder in tree.domains:
        names += [f"{folder.name}.{room}" for room in ("engine", "tables") if list(folder.glob(f"{room}*"))]
    return [f"guildhall.{name}" for name in names]


def load_without_django(tree: Tree, package: str) -> str:
    """The error of importing every module of `package` where Django cannot be imported; empty where it loads."""
    names = [module.name for module in tree.modules if module.name == package or module.name.startswith(f"{package}.")]
    names = [name for name in names if not name.endswith("__main__")]
    code = "import importlib, sys\nsys.modules['django'] = None\nfor name in sys.argv[1:]: importlib.import_module(name)"
    command = [sys.executable, "-c", code, *names]
    ran = subprocess.run(command, cwd=tree.root, env=_environment(tree), capture_output=True, text=True, check=False)
    return ran.stderr if ran.returncode else ""


def undeclared_pure(tree: Tree, sources: list[str]) -> list[str]:
    """Pure packages that exist but that the contract `no-django` does not name."""
    present = [f"guildhall.{name}" for name in sorted(PURE) if (tree.package / name).is_dir()]
    return [name for name in present if name not in sources]


def _environment(tree: Tree) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GUILDHALL_", "DJANGO_"))}
    return {**kept, "PYTHONPATH": str(tree.package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
