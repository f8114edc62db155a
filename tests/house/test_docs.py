"""Docs against code: every command, option, setting, table column, figure, route and word is documented, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from guildhall.city import model
from guildhall.cli import guildhall
from guildhall.kernel import calendar
from guildhall.kernel.dated import STATUSES
from guildhall.overview.engine import collect
from guildhall.web.openapi import operations
from tests.house import reference
from tests.house.tree import HOUSE, REPOSITORY

COMMANDS = (REPOSITORY / "docs" / "guide" / "commands.md").read_text(encoding="utf-8")
SETTINGS = (REPOSITORY / "docs" / "guide" / "settings.md").read_text(encoding="utf-8")
GLOSSARY = (REPOSITORY / "GLOSSARY.md").read_text(encoding="utf-8")
MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def commands(group: click.Group, path: tuple[str, ...] = ("guildhall",)) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its full name."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def sections(text: str) -> dict[str, str]:
    """Second-level headings of a page with what stands below each."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def glossary() -> list[list[str]]:
    """The rows of the glossary: word, 中文, 一句话, one sentence."""
    rows = [line.strip("|").split("|") for line in GLOSSARY.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows if "---" not in row[0] and row[0].strip() != "word"]


@pytest.mark.parametrize(("name", "command"), list(commands(guildhall)), ids=lambda value: value if isinstance(value, str) else "")
def test_command_and_its_options_are_documented(name: str, command: click.Command) -> None:
    documented = sections(COMMANDS)
    assert name in documented, f"docs/guide/commands.md has no section '## {name}'"
    options = [option.opts[0] for option in command.params if isinstance(option, click.Option)]
    assert [option for option in options if f"`{option}`" not in documented[name]] == []
    assert command.help
    assert [option.name for option in command.params if isinstance(option, click.Option) and not option.help] == []


def test_no_command_or_option_is_documented_that_does_not_exist() -> None:
    known = {name: {option for param in command.params for option in param.opts} for name, command in commands(guildhall)}
    for heading, text in sections(COMMANDS).items():
        if heading != "make":
            assert heading in known
            assert set(re.findall(r"^- `(--[a-z-]+)`", text, flags=re.MULTILINE)) <= known[heading], heading


def test_targets_of_make_are_documented() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, flags=re.MULTILINE)) - {"help"}
    documented = set(re.findall(r"^\| `make ([a-z-]+)` \|", COMMANDS, flags=re.MULTILINE))
    assert documented == targets


def test_settings_are_documented_and_no_others() -> None:
    pattern = re.compile(r"\b(GUILDHALL_[A-Z_]+|DATABASE_URL)\b")
    used = {name for module in HOUSE.modules for name in pattern.findall(module.text)}
    used |= set(pattern.findall((REPOSITORY / "tests" / "conftest.py").read_text(encoding="utf-8"))) - {"GUILDHALL_"}
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", SETTINGS, flags=re.MULTILINE)) - {"CI"}
    assert documented == used


@pytest.mark.parametrize("page", reference.PAGES)
def test_reference_page_is_up_to_date(page: str) -> None:
    path = reference.FOLDER / page
    assert path.exists(), "run `make docs`"
    assert path.read_text(encoding="utf-8") == reference.PAGES[page](), "run `make docs`"


def test_every_column_is_described_in_both_languages() -> None:
    for _, tables in reference.declared():
        for table in tables:
            for doc in (table.doc, *(column.doc for column in table.columns)):
                assert CHINESE.search(doc.zh), f"{table.name}: {doc}"
                assert doc.en, f"{table.name}: {doc}"


def test_the_overview_collects_every_figure_of_every_domain() -> None:
    assert [figure.id for _, figure in reference.figures()] == list(collect.FIGURES)


def test_every_route_says_what_it_answers() -> None:
    for route in operations(reference.routes()):
        assert route.summary, route
        assert [parameter.name for parameter in route.parameters if not parameter.doc] == [], route.path


def test_words_of_the_data_stand_in_the_glossary() -> None:
    words = {word for _, tables in reference.declared() for table in tables for column in table.columns for word in column.values}
    explained = {name for row in glossary() for name in re.findall(r"`([^`]+)`", row[0])}
    for module in (model, calendar):
        words |= {word for name, value in vars(module).items() if name.isupper() and name != "QUALIFIERS" for word in _words(value)}
    assert sorted((words | set(STATUSES)) - explained) == []


def _words(value: object) -> set[str]:
    """The words of a closed list such as KINDS; nothing for any other value."""
    return {word for word in value if isinstance(word, str) and word} if isinstance(value, tuple) else set()


def test_glossary_speaks_both_languages() -> None:
    for row in glossary():
        assert len(row) == 4, row
        assert all(row), row
        assert CHINESE.search(row[1] + row[2]), row
        assert not CHINESE.search(row[3]), row


def test_no_public_table_leads_to_a_person() -> None:
    """Names, numbers and phones stand in private tables; no public table repeats one of their columns."""
    tables = [table for _, declared in reference.declared() for table in declared]
    private = {column.name for table in tables if table.private for column in table.columns if column.name not in table.key}
    private |= {"name", "full_name", "birth_date", "birthday", "id_number", "mobile", "email", "address"}
    public = [f"{table.name}.{column.name}" for table in tables if not table.private for column in table.columns if column.name in private]
    assert private >= {"identity_number", "phone", "number"}
    assert public == []


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md"), *HOUSE.package.rglob("README.md")]
    dead = [f"{page.relative_to(REPOSITORY)}: {link}" for page in pages for link in _links(page) if not (page.parent / link).exists()]
    assert not dead, "\n".join(dead)


def _links(page: Path) -> list[str]:
    found = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    return [link for link in found if "://" not in link and not link.startswith("mailto:")]
