"""`guildhall rules …`: what the rules decide by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from guildhall.cli.records import migrate_database
from guildhall.cli.terminal import start_django

if TYPE_CHECKING:
    from guildhall.office.queries.parameters import Standing


@click.group()
def rules() -> None:
    """Rules of policy and the parameters they read."""


@rules.command()
@click.option("--unconfirmed", is_flag=True, help="Only values that no officer of this city, or only one of two, has confirmed.")
@click.option("--json", "as_json", is_flag=True, help="One object for each version instead of lines.")
def parameters(unconfirmed: bool, as_json: bool) -> None:
    """List the parameters of every instrument: value, days, document, how well it is known, whether this city confirmed it."""
    start_django()
    migrate_database()
    from guildhall.office.queries.parameters import standings
    from guildhall.web.viewer import system

    every = standings(system("command:rules parameters"))
    found = [one for one in every if not unconfirmed or one.state in ("waiting", "second")]
    if as_json:
        click.echo(json.dumps([_object(one) for one in found], ensure_ascii=False, indent=1))
        return
    rule = ""
    for one in found:
        if one.instrument.name != rule:
            rule = one.instrument.name
            click.echo(f"{rule}: {one.instrument.title.en} · {one.instrument.title.zh}")
        click.echo(_line(one))
    waiting = sum(one.state in ("waiting", "second") for one in every)
    click.echo(
        f"{len(every)} versions, {waiting} not confirmed, {sum(one.state == 'missing' for one in every)} with nothing found", err=True
    )


def _line(one: Standing) -> str:
    from guildhall.city.wording import days_of, lines_of
    from guildhall.web import pack

    entry = one.entry
    value = "; ".join(line.en for line in lines_of(pack.city(), one.instrument, entry)) or entry.missing.en
    known = f" ({entry.version.document}, {entry.version.status})" if entry.version.document else ""
    return f"  [{STATES[one.state]}] {entry.name}: {value} · {days_of(entry).en} · {entry.version.jurisdiction}{known}"


STATES = {"waiting": "not confirmed", "second": "one officer of two", "confirmed": "confirmed", "missing": "nothing found"}


def _object(one: Standing) -> dict[str, Any]:
    from guildhall.city.wording import lines_of
    from guildhall.web import pack

    entry, version = one.entry, one.entry.version
    return {
        "rule": entry.rule,
        "parameter": entry.name,
        "state": one.state,
        "value": [line.en for line in lines_of(pack.city(), one.instrument, entry)],
        "missing": entry.missing.en,
        "from": str(version.valid_from or ""),
        "until": str(version.valid_until or ""),
        "jurisdiction": version.jurisdiction,
        "edition": version.edition or "",
        "document": version.document,
        "article": version.article,
        "status": version.status,
        "digest": entry.digest,
        "reference": one.row.reference if one.row else "",
    }
