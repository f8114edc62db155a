"""The house checks bite: each violation, seeded in a copy of the sources, is found, and found for its own reason."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.house import imports, shape
from tests.house.tree import REPOSITORY, Tree


class Seed(NamedTuple):
    """One violation: the file it is written into, what is written, the check that must find it, and the words it must say."""

    id: str
    file: str
    text: str
    check: Callable[[Tree], object]
    says: tuple[str, ...]


def _load(package: str) -> Callable[[Tree], object]:
    return lambda tree: imports.load_without_django(tree, package)


LONG = "def long() -> None:\n" + "    pass\n" * 41
SEEDS = (
    Seed(
        "engine imports Django lazily",
        "registry/engine/seeded.py",
        "def lazily() -> object:\n    from django.utils import timezone\n\n    return timezone\n",
        imports.contracts,
        ("never reach Django", "guildhall.registry.engine.seeded -> django"),
    ),
    Seed(
        "engine reaches Django through another module",
        "skills/engine/seeded.py",
        "from guildhall.kernel import seeded\n",
        lambda tree: imports.contracts(_with(tree, "kernel/seeded.py", "import django\n")),
        ("never reach Django", "guildhall.skills.engine.seeded -> guildhall.kernel.seeded"),
    ),
    Seed("a package's own __init__ imports Django", "skills/__init__.py", "import django\n", _load("guildhall.skills.tables"), ("django",)),
    Seed(
        "engine imports Django by name",
        "skills/engine/seeded.py",
        "import importlib\n\ntimezone = importlib.import_module('django.utils.timezone')\n",
        shape.tricks,
        ("guildhall.skills.engine.seeded:1 imports importlib", "guildhall.skills.engine.seeded:3 calls import_module"),
    ),
    Seed(
        "the same, found by loading",
        "skills/engine/seeded.py",
        "import importlib\n\ntimezone = importlib.import_module('django.utils.timezone')\n",
        _load("guildhall.skills.engine"),
        ("django",),
    ),
    Seed(
        "page imports another domain's page",
        "overview/pages.py",
        "from guildhall.skills import pages\n",
        lambda tree: imports.contracts(_with(tree, "skills/pages.py", "")),
        ("hung by the project", "guildhall.overview.pages -> guildhall.skills.pages"),
    ),
    Seed(
        "domain reaches another's models",
        "skills/queries.py",
        "from guildhall.registry.models import Worker\n",
        lambda tree: imports.reaching(_with(tree, "registry/models.py", "")),
        ("guildhall.skills.queries enters guildhall.registry.models",),
    ),
    Seed("stray helpers.py", "registry/helpers.py", "", shape.attics, ("guildhall.registry.helpers is named after no subject",)),
    Seed("stray helpers.py is no room", "registry/helpers.py", "", shape.rooms, ("guildhall.registry.helpers is no room",)),
    Seed("an attic under another name", "kernel/date_utils.py", "", shape.attics, ("guildhall.kernel.date_utils",)),
    Seed("lower storey looks up", "kernel/seeded.py", "import guildhall.registry.tables\n", imports.contracts, ("upper looks down",)),
    Seed("a storey nobody planned", "attic/__init__.py", '"""Things."""\n', imports.contracts, ("guildhall.attic",)),
    Seed(
        "rows look up at operations",
        "registry/models.py",
        "import guildhall.registry.operations\n",
        lambda tree: imports.contracts(_with(tree, "registry/operations.py", "")),
        ("Rooms inside a domain", "guildhall.registry.models -> guildhall.registry.operations"),
    ),
    Seed("a function too long", "kernel/seeded.py", LONG, shape.functions, ("guildhall.kernel.seeded:1 long has 42 lines",)),
    Seed("a module too long", "kernel/seeded.py", "\n" * 600, shape.sizes, ("guildhall.kernel.seeded has 601 lines",)),
    Seed(
        "an engine reads the clock",
        "skills/engine/seeded.py",
        "from datetime import date\n\nTODAY = date.today()\n",
        shape.clocks,
        ("guildhall.skills.engine.seeded:3 reads the clock",),
    ),
    Seed(
        "an operation reads the clock",
        "skills/operations.py",
        "from django.utils import timezone\n\nNOW = timezone.now()\n",
        shape.clocks,
        ("guildhall.skills.operations:", "reads the clock"),
    ),
    Seed("an engine opens a file", "skills/engine/seeded.py", "TEXT = open('x').read()\n", shape.files, ("calls open",)),
    Seed("an engine knows DuckDB", "skills/engine/seeded.py", "import duckdb\n", shape.dialects, ("imports duckdb",)),
    Seed(
        "an error in one language",
        "skills/queries.py",
        "def seeded(code: str) -> None:\n    raise NotFound(f'No occupation {code}')\n",
        shape.untranslated,
        ("guildhall.skills.queries:", "gettext does not know"),
    ),
    Seed("money as a float", "kernel/seeded.py", "def pay(amount: float) -> None: ...\n", shape.money, ("amount is a float",)),
)


@pytest.fixture
def copy(tmp_path: Path) -> Tree:
    """A copy of the sources, without caches."""
    shutil.copytree(REPOSITORY / "src" / "guildhall", tmp_path / "src" / "guildhall", ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    return Tree(tmp_path)


def _with(tree: Tree, file: str, text: str) -> Tree:
    """The tree with `text` appended to `file`, and packages on the way made."""
    path = tree.package / file
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / "__init__.py").touch()
    with path.open("a", encoding="utf-8") as target:
        target.write(text)
    return Tree(tree.root)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id)
def test_violation_is_found_for_its_reason(seed: Seed, copy: Tree) -> None:
    """After the seed the check says these words, in lines that it did not say before."""
    before = _lines(seed.check(copy))
    after = _lines(seed.check(_with(copy, seed.file, seed.text)))
    new = " ".join(line for line in after if line not in before)
    missing = [words for words in seed.says if words not in new]
    assert not missing, f"not said: {missing}\nsaid: {new}"


def _lines(found: object) -> list[str]:
    """What a check says; printed text counts as one line, whatever the width it was printed for."""
    lines = found if isinstance(found, list) else [found]
    return [" ".join(str(line).split()) for line in lines]
