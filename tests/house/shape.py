"""Checks of shape: sizes, names, rooms, and what pure code may do. Each takes a tree and returns one line per fault."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.tree import Module, Tree

FUNCTION_LINES = 40
MODULE_LINES = 600
ATTICS = frozenset("util utils common helper helpers service services signal signals misc shared dto dtos lib managers".split())
ROOMS = frozenset(
    "tables engine models migrations snapshot load queries operations pages api admin apps templates README.md __init__".split()
)
CLOCKS = frozenset({"now", "today", "utcnow", "time_ns"})
CLOCKS_WHEN_BARE = frozenset({"localdate", "localtime"})
"""Calls that read the clock unless they are given a moment."""
TIMELESS = frozenset({"operations", "load", "snapshot", "engine", "tables"})
"""Rooms that are told the time."""
FILES = frozenset({"open", "read_text", "write_text", "read_bytes", "write_bytes", "urlopen", "read_parquet", "write_table"})
MONEY = re.compile(r"(^|_)(fen|yuan|money|amount|wage|wages|pay|salary|price|subsidy|cost)(_|$)")


def functions(tree: Tree) -> list[str]:
    """Functions longer than 40 lines, decorators and docstring not counted."""
    faults = []
    for module in tree.modules:
        for node in ast.walk(module.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (lines := _length(node)) > FUNCTION_LINES:
                faults.append(f"{module.line(node)} {node.name} has {lines} lines, {FUNCTION_LINES} at most")
    return faults


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def sizes(tree: Tree) -> list[str]:
    """Modules longer than 600 lines."""
    lengths = ((module.name, module.text.count("\n") + 1) for module in tree.modules)
    return [f"{name} has {lines} lines, {MODULE_LINES} at most" for name, lines in lengths if lines > MODULE_LINES]


def attics(tree: Tree) -> list[str]:
    """Modules and folders with names that collect what has no place."""
    faults = []
    for module in tree.modules:
        words = set(module.name.rsplit(".", 1)[-1].split("_"))
        if found := words & ATTICS:
            faults.append(f"{module.name} is named after no subject ({', '.join(sorted(found))}); put its parts where their subject is")
    return faults


def rooms(tree: Tree) -> list[str]:
    """Things in a domain's folder that are none of the rooms; domains without a README."""
    faults = []
    for folder in tree.domains:
        names = {path.stem if path.suffix == ".py" else path.name for path in folder.iterdir() if path.name != "__pycache__"}
        faults += [f"guildhall.{folder.name}.{name} is no room of the house" for name in sorted(names - ROOMS)]
        if "README.md" not in names:
            faults.append(f"guildhall.{folder.name} has no README.md: purpose, words, formulae with sources, promises")
    return faults


def tricks(tree: Tree) -> list[str]:
    """Imports in pure code that the import contracts cannot see."""
    return [fault for module in tree.modules if module.pure for fault in _tricks(module)]


def _tricks(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and _called(node) in ("__import__", "import_module", "exec", "eval"):
            yield f"{module.line(node)} calls {_called(node)}: pure code imports in the open"
        elif isinstance(node, ast.Import) and any(alias.name == "importlib" for alias in node.names):
            yield f"{module.line(node)} imports importlib: pure code imports in the open"
        elif isinstance(node, ast.Attribute) and node.attr == "modules" and isinstance(node.value, ast.Name) and node.value.id == "sys":
            yield f"{module.line(node)} reaches into sys.modules"


def clocks(tree: Tree) -> list[str]:
    """Readings of the clock where the time is an argument."""
    faults = []
    for module in tree.modules:
        if module.pure or module.room in TIMELESS:
            calls = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))
            faults += [f"{module.line(node)} reads the clock; take `now` or `on`" for node in calls if _reads_clock(node)]
    return faults


def _reads_clock(node: ast.Call) -> bool:
    name = _called(node)
    bare = name in CLOCKS_WHEN_BARE and not node.args and not node.keywords
    return name in CLOCKS or bare or ast.unparse(node.func) == "time.time"


def files(tree: Tree) -> list[str]:
    """Files, connections and engines' dialects touched by an engine."""
    faults = []
    for module in tree.modules:
        if module.room == "engine":
            calls = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))
            faults += [f"{module.line(node)} calls {_called(node)}: an engine does no I/O" for node in calls if _called(node) in FILES]
    return faults


def dialects(tree: Tree) -> list[str]:
    """DuckDB or Spark named anywhere but in the seam, kernel.backends."""
    faults = []
    for module in tree.modules:
        if module.name != "guildhall.kernel.backends":
            for node in ast.walk(module.tree):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                faults += [f"{module.line(node)} imports {name}" for name in names if name.split(".")[0] in ("duckdb", "pyspark")]
                if isinstance(node, ast.Attribute) and node.attr in ("duckdb", "pyspark"):
                    faults.append(f"{module.line(node)} names {node.attr}: only kernel.backends knows which engine runs a table")
    return faults


def money(tree: Tree) -> list[str]:
    """Money that is a float: annotations, and model fields."""
    faults = []
    for module in tree.modules:
        for node in ast.walk(module.tree):
            if isinstance(node, (ast.arg, ast.AnnAssign)) and _is_float(node.annotation) and MONEY.search(name := _target(node)):
                faults.append(f"{module.line(node)} {name} is a float; money is integer fen")
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _called(node.value) == "FloatField":
                faults += [f"{module.line(node)} {name} is a FloatField" for name in map(_name, node.targets) if MONEY.search(name)]
    return faults


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else _name(node.func)


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _target(node: ast.arg | ast.AnnAssign) -> str:
    return node.arg if isinstance(node, ast.arg) else _name(node.target)


def _is_float(annotation: ast.expr | None) -> bool:
    return annotation is not None and any(isinstance(node, ast.Name) and node.id == "float" for node in ast.walk(annotation))


SHOWN = frozenset({"queries", "pages", "api"})
"""Rooms whose errors are shown on pages; so are those of the shell."""
SPOKEN = frozenset({"GuildhallError", "NotFound", "AlreadyDone", "NotBuiltYet"})


def untranslated(tree: Tree) -> list[str]:
    """Errors shown on pages whose words are not given to gettext."""
    faults = []
    for module in tree.modules:
        if module.room not in SHOWN and module.parts[:1] != ("web",):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and _called(node) in SPOKEN:
                given = [*node.args, *(word.value for word in node.keywords)]
                faults += [f"{module.line(node)} says words that gettext does not know" for words in given if _bare(words)]
    return faults


def _bare(words: ast.expr) -> bool:
    """Whether words stand as they are: a text that is not empty, one put together, or a text with its values."""
    if isinstance(words, ast.BinOp):
        return _bare(words.left)
    return isinstance(words, ast.JoinedStr) or isinstance(words, ast.Constant) and bool(words.value)


CHECKS = (functions, sizes, attics, rooms, tricks, clocks, files, dialects, money, untranslated)
