"""Every action that is recorded has words for auditors, and every kind of damage too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from guildhall.office.deeds import DAMAGES, DEEDS
from guildhall.office.engine.damage import KINDS, Damage
from tests.house.tree import HOUSE, Module

ACTION = re.compile(r"(registry|office|skills|overview|audit)\.[a-z]+(_[a-z]+)*")
TABLES = re.compile(r"registry\.(workers|identity|identity_documents|places|organisations|corrections|consents|representative)")


def test_every_recorded_action_has_words() -> None:
    recorded = {action for module in HOUSE.modules if "operations" in module.parts or "load" in module.parts for action in _actions(module)}
    assert len(recorded) > 40
    assert sorted(recorded - DEEDS.keys()) == []


def _actions(module: Module) -> Iterator[str]:
    """Texts that look like actions and are given to a call that records, by themselves, by a constant, or as one of two."""
    constants = dict(_constants(module.tree))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and _records(node):
            given = [*(word.value for word in node.keywords if word.arg == "action"), *node.args]
            for value in (part for words in given for part in ast.walk(words)):
                text = value.value if isinstance(value, ast.Constant) else constants.get(getattr(value, "id", ""))
                if isinstance(text, str) and ACTION.fullmatch(text) and not TABLES.fullmatch(text):
                    yield text


def _records(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("record", "_record", "note_look", "_note", "_told") or any(word.arg == "action" for word in call.keywords)


def _constants(tree: ast.AST) -> Iterator[tuple[str, object]]:
    """Names of a module that stand for a text, alone or several in one line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets = node.targets[0].elts if isinstance(node.targets[0], ast.Tuple) else node.targets
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            for target, value in zip(targets, values, strict=False):
                if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
                    yield target.id, value.value


def test_every_kind_of_damage_has_words_in_both_places() -> None:
    assert DAMAGES.keys() == KINDS.keys()
    for kind in KINDS:
        assert str(Damage(kind, "worker:17", 3, 5, 2, "because"))
