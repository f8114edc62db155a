"""The house as it stands: shape, imports, and what is declared about them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import imports, shape
from tests.house.tree import HOUSE, Tree


@pytest.mark.parametrize("check", shape.CHECKS, ids=lambda check: check.__name__)
def test_shape(check: Callable[[Tree], list[str]]) -> None:
    _none(check(HOUSE))


def test_import_contracts_are_kept() -> None:
    said = imports.contracts(HOUSE)
    assert not said, said


def test_domains_enter_each_other_only_through_open_rooms() -> None:
    _none(imports.reaching(HOUSE))


@pytest.mark.parametrize("package", imports.pure_packages(HOUSE))
def test_pure_code_loads_where_django_cannot_be_imported(package: str) -> None:
    error = imports.load_without_django(HOUSE, package)
    assert not error, error


def test_every_pure_package_is_named_in_the_contract() -> None:
    config = tomllib.loads((HOUSE.root / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(entry for entry in config["tool"]["importlinter"]["contracts"] if entry["id"] == "no-django")
    assert imports.undeclared_pure(HOUSE, contract["source_modules"]) == []
    assert {"guildhall.*.engine", "guildhall.*.tables"} <= set(contract["source_modules"])


def test_every_domain_has_its_tables_found() -> None:
    """A guard for the checks above: they look at something."""
    assert {"registry", "skills", "overview"} <= {folder.name for folder in HOUSE.domains}
    assert len(HOUSE.modules) > 30
    assert all(isinstance(module.path, Path) for module in HOUSE.modules)


def _none(faults: list[str]) -> None:
    assert not faults, "\n" + "\n".join(faults)
