"""The reference pages, written from the code: `make docs` writes them, a test demands that they are up to date.

Tables from their declarations, figures from what the domains export and the pack publishes, routes from the OpenAPI document.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import translation

from guildhall.city import City
from guildhall.city import load as load_pack
from guildhall.city.instruments import NOTHING, Document, Entry, Instrument
from guildhall.city.model import Source
from guildhall.city.rulepages import INDEX
from guildhall.city.rulepages import pages as rulebook
from guildhall.city.wording import days_of, jurisdiction_of, lines_of
from guildhall.incentives.engine.codes import CODES
from guildhall.kernel.dated import UNSETTLED
from guildhall.kernel.figures import Figure
from guildhall.kernel.tables import Column, Table
from guildhall.overview.engine.rulebooks import BOOKS, RULES
from guildhall.web.openapi import Operation, operations
from tests.house.tree import HOUSE, REPOSITORY

FOLDER = REPOSITORY / "docs" / "reference"
WRITTEN = "Written from the code by `make docs`; change the code, not this page.\n"


def declared() -> Iterator[tuple[str, tuple[Table, ...]]]:
    """Each domain with the tables it declares."""
    for folder in HOUSE.domains:
        if list(folder.glob("tables*")):
            yield folder.name, importlib.import_module(f"guildhall.{folder.name}.tables").TABLES


def figures() -> Iterator[tuple[str, Figure]]:
    """Each figure with the domain that computes it."""
    for folder in HOUSE.domains:
        if (folder / "engine" / "figures.py").exists():
            for figure in importlib.import_module(f"guildhall.{folder.name}.engine.figures").FIGURES:
                yield folder.name, figure


def routes() -> dict[str, Any]:
    """The OpenAPI document of the API."""
    urls = importlib.import_module("guildhall.project.urls")
    return dict(urls.api.get_openapi_schema(path_prefix="/api/v1/"))


def tables_page() -> str:
    """Every table and column: name, type, unit, key, words, meaning in both languages."""
    lines = ["# 数据表 · Tables", "", WRITTEN]
    lines += ["Keys are in **bold**; `?` marks a column that may be empty. A private table never enters a snapshot.", ""]
    for domain, tables in declared():
        lines += [f"## {domain}", ""]
        for table in tables:
            lines += _table(table)
    return _page(lines)


def _table(table: Table) -> list[str]:
    lines = [f"### {table.name}", "", f"{table.doc.zh}。{table.doc.en}.{' **Private.**' if table.private else ''}", ""]
    lines += ["| column | type | unit | words, or the table it points to | 含义 | meaning |", "|---|---|---|---|---|---|"]
    return [*lines, *(_column(table, column) for column in table.columns), ""]


def _column(table: Table, column: Column) -> str:
    name = f"**`{column.name}`**" if column.name in table.key else f"`{column.name}`{' ?' if column.nullable else ''}"
    words = " ".join(f"`{word}`" for word in column.values) or (f"→ `{column.ref}`" if column.ref else "")
    return _row(name, _type(column), column.unit, words, column.doc.zh, column.doc.en)


def _type(column: Column) -> str:
    return "word" if str(column.type).startswith("dictionary") else str(column.type).replace("[day]", "")


def figures_page() -> str:
    """Every figure: what was published, with source and window, and the formula by which it is computed."""
    lines = ["# 指标 · Figures", "", WRITTEN]
    lines += ["## 计算公式 · Formulae", "", "| figure | unit | domain | 公式 | formula | tables |", "|---|---|---|---|---|---|"]
    for domain, figure in figures():
        read = " ".join(f"`{name}`" for name in figure.tables)
        lines.append(_row(f"`{figure.id}`", figure.unit, domain, figure.formula.zh, figure.formula.en, read))
    lines += ["", *_published()]
    return _page(lines)


def _published() -> list[str]:
    city = load_pack("chongqing")
    lines = [f"## {city.name.zh}已发布的数字 · Figures published about {city.name.en}", ""]
    lines += ["| figure | 名称 | name | value | unit | kind | window | source | status |", "|---|---|---|---|---|---|---|---|---|"]
    for row in sorted(city.figures, key=lambda row: (row.family, row.id)):
        value = f"{row.qualifier} {_number(row.value)}".strip()
        lines.append(_row(f"`{row.id}`", row.title.zh, row.title.en, value, row.unit, row.kind, row.window.en, row.source, row.status))
    return [*lines, "", *_sources({row.source for row in city.figures}, city.sources)]


def _sources(cited: set[str], sources: Iterable[Source]) -> list[str]:
    """The documents that the figures cite."""
    lines = ["## 出处 · Sources", "", "| source | 标题 | title | publisher | date |", "|---|---|---|---|---|"]
    found = [row for row in sources if row.id in cited]
    return [*lines, *(_row(row.id, row.title.zh, row.title.en, row.publisher, str(row.date or "")) for row in found)]


def _number(value: Decimal) -> str:
    return f"{value:,f}"


def api_page() -> str:
    """Every route: method, path, parameters, and the fields of what it answers."""
    lines = [
        "# 接口 · API",
        "",
        WRITTEN,
        "An error has one shape everywhere; lists are paged: `next` of one page is `after` of the following.",
        "",
    ]
    with translation.override("en"):
        found = operations(routes())
    for route in found:
        lines += [f"## {route.method} {route.path}", "", f"{route.summary}.", ""]
        lines += _parameters(route)
        lines += [f"Answers: {', '.join(answer.status for answer in route.answers)}.", ""]
        lines += _fields(route)
    return _page(lines)


def _parameters(route: Operation) -> list[str]:
    rows = [_row(f"`{p.name}`", p.where, p.kind, "yes" if p.required else "no", p.doc) for p in route.parameters]
    return ["| parameter | in | type | required | meaning |", "|---|---|---|---|---|", *rows, ""] if rows else []


def _fields(route: Operation) -> list[str]:
    rows = [_row(f"`{name}`", kind, doc) for answer in route.answers if answer.status == "200" for name, kind, doc in answer.fields]
    return ["| field | type | meaning |", "|---|---|---|", *rows, ""] if rows else []


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _page(lines: list[str]) -> str:
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.rstrip() + "\n"


def parameters_page() -> str:
    """Every parameter of the Chongqing pack: first what no document at hand supports, then each instrument with its documents."""
    city = load_pack("chongqing")
    every = [(instrument, entry) for instrument in city.instruments for entry in instrument.entries]
    weak = [pair for pair in every if pair[1].version.value is not None and pair[1].version.status in UNSETTLED]
    missing = [pair for pair in every if pair[1].version.value is None]
    lines = ["# 规则参数 · Parameters of rules", "", WRITTEN]
    told = (
        f"{len(every)} versions in {len(city.instruments)} instruments of {city.name.en}: {len(weak)} not verified, {len(missing)} spans "
        "of days for which nothing was found. None is confirmed here: that is for officers of a city to do, with the documents in hand "
        "(the page Parameters, or `guildhall rules parameters --unconfirmed`); in production nothing decides before."
    )
    lines += [
        told,
        "",
        "## 未经核实 · Not verified",
        "",
        *_versions(city, weak, named=True),
        "",
        "## 未找到依据 · Nothing found",
        "",
        "On these days the answer is “cannot say”.",
        "",
        *_versions(city, missing, named=True),
        "",
    ]
    for instrument in city.instruments:
        lines += [f"## {instrument.title.zh} · {instrument.title.en}", "", f"`{instrument.name}`, channel `{instrument.channel}`.", ""]
        lines += [f"- {_document(document)}" for document in instrument.documents.values()]
        lines += ["", *_versions(city, [pair for pair in every if pair[0] is instrument and pair[1].version.value is not None]), ""]
    return _page(lines)


def _versions(city: City, found: Iterable[tuple[Instrument, Entry]], *, named: bool = False) -> list[str]:
    head = ["参数", "parameter", "数值", "value", "days", "of", "document", "status", "note"]
    lines = [_row(*(["instrument"] if named else []), *head), "|---" * (len(head) + named) + "|"]
    for instrument, entry in found:
        values, title = lines_of(city, instrument, entry), entry.parameter.title or NOTHING
        article = f", {entry.version.article}" if entry.version.article else ""
        cells = [
            title.zh,
            f"{title.en} (`{entry.name}`)",
            "<br>".join(value.zh for value in values) or entry.missing.zh,
            "<br>".join(value.en for value in values) or entry.missing.en,
            days_of(entry).en,
            jurisdiction_of(city, entry).en,
            f"{entry.version.document}{article}",
            entry.version.status,
            entry.note.en,
        ]
        lines.append(_row(*([f"`{instrument.name}`"] if named else []), *cells))
    return lines


def _document(document: Document) -> str:
    parts = [document.number, document.title.zh, document.title.en, document.issuer.en, str(document.published or ""), document.address]
    return " · ".join(part for part in (*parts, document.note.en) if part)


@cache
def _rulebook() -> Mapping[str, str]:
    return rulebook(load_pack("chongqing"), BOOKS, CODES, note=WRITTEN)


def rule_page(name: str) -> Callable[[], str]:
    """The page of one rule, or that which lists them all: what `guildhall rules docs` writes for the Chongqing pack."""
    return lambda: _rulebook()[name]


PAGES = {
    "tables.md": tables_page,
    "figures.md": figures_page,
    "api.md": api_page,
    "parameters.md": parameters_page,
    **{f"rules/{name}": rule_page(name) for name in (INDEX, *(f"{rule}.md" for rule in RULES))},
}


def main(names: Iterable[str], folder: Path = FOLDER) -> None:
    """Writes the named pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(PAGES[name](), encoding="utf-8")
        sys.stdout.write(f"docs/reference/{name}\n")


if __name__ == "__main__":
    import django

    import tests.conftest  # noqa: F401 - points the settings at a temporary folder

    django.setup()
    main(sys.argv[1:] or PAGES)
