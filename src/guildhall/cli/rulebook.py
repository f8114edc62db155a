"""`guildhall rules list|show|check|docs`: what the rules say, and whether anything is wrong with them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guildhall.cli.terminal import counted, pack_name
from guildhall.kernel.errors import Fault, NotFound

if TYPE_CHECKING:
    from guildhall.city.ruletext import Clause, Paper, RuleText
    from guildhall.rules import Rule

WIDTH = 140
FORCE = {"whole": "on file", "partly": "in part", "none": "nothing found"}


def today() -> date:
    """The day where the city's clock stands nearest to: that of the machine, in UTC."""
    return datetime.now(UTC).date()


def as_day(value: datetime | None) -> date:
    return value.date() if value else today()


def rule_named(name: str) -> Rule:
    """A rule of any domain. Raises NotFound."""
    from difflib import get_close_matches

    from guildhall.overview.engine.rulebooks import RULES

    if name not in RULES:
        near = get_close_matches(name, RULES, n=1)
        raise NotFound(f"No rule {name}", next=f"did you mean {near[0]}?" if near else "`guildhall rules list` names them all")
    return RULES[name]


DAY = click.DateTime(formats=["%Y-%m-%d"])
ON = click.option("--on", type=DAY, help="The day to read them on, YYYY-MM-DD; today without it.")


@click.command("list")
@ON
@click.option("--json", "as_json", is_flag=True, help="One object for each rule instead of lines.")
def listed(on: datetime | None, as_json: bool) -> None:
    """List every rule: instrument, what it decides about, channel, and whether its figures are on file for a day."""
    from guildhall.city import load
    from guildhall.city.ruletext import RuleText
    from guildhall.overview.engine.rulebooks import BOOKS

    day, city = as_day(on), load(pack_name())
    found = [(domain, RuleText(rule, city, day)) for domain, book in BOOKS.items() for rule in book.values()]
    if as_json:
        click.echo(json.dumps([_listed(domain, text) for domain, text in found], ensure_ascii=False, indent=1))
        return
    for domain, text in found:
        rule = text.rule
        known = ", ".join(f"{count} {status}" for status, count in text.statuses.items())
        click.echo(f"{rule.name}: {rule.title.en} · {rule.title.zh}")
        click.echo(f"  {domain}, {rule.facts}, {rule.channel} · {FORCE[text.force]} on {day}{f' ({known})' if known else ''}")
    click.echo(f"{len(found)} rules, {sum(text.force == 'whole' for _, text in found)} wholly on file on {day}", err=True)


def _listed(domain: str, text: RuleText) -> dict[str, Any]:
    rule = text.rule
    return {
        "rule": rule.name,
        "domain": domain,
        "title": {"zh": rule.title.zh, "en": rule.title.en},
        "facts": rule.facts,
        "channel": rule.channel,
        "kind": rule.result.kind,
        "governed_by": rule.governed_by,
        "on": str(text.on),
        "on_file": text.force,
        "statuses": dict(text.statuses),
    }


@click.command()
@click.argument("rule")
@ON
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="The language to read it in.")
def show(rule: str, on: datetime | None, language: str) -> None:
    """Show what RULE asks on a day: each condition in plain words, with its figures, documents and how well they are known."""
    from guildhall.city import load
    from guildhall.city.ruletext import RuleText, exclusions
    from guildhall.incentives.engine.codes import CODES
    from guildhall.overview.engine.rulebooks import RULES

    found = rule_named(rule)
    text = RuleText(found, load(pack_name()), as_day(on), CODES)
    click.echo(f"{found.title.in_(language)} ({found.name}), {found.channel} · {FORCE[text.force]} on {text.on}")
    click.echo(_wrapped(f"{text.gives.in_(language)}; {text.governed_by.in_(language)} ({found.governed_by}) = {text.on}", 0))
    for part in text.parts:
        _show_part(part, language)
    for name, title in exclusions(found, RULES).items():
        click.echo(f"not beside {title.in_(language)} ({name})")
    click.echo(" · ".join(found.basis))


def _show_part(part: Clause, language: str) -> None:
    click.echo(f"\n{part.name}: {_wrapped(part.sentence.in_(language), 0).strip()}")
    if part.sentence != part.reading:
        click.echo(_wrapped(f"= {part.reading.in_(language)}", 2))
    for asked in part.asked:
        click.echo(_wrapped(f"? {asked.title.in_(language)} ({asked.name}; {asked.origin.in_(language)})", 2))
    for setting in part.settings:
        for paper in setting.now:
            click.echo(_wrapped(f"§ {setting.title.in_(language)}: {_said(paper, language)}", 2))
        if not setting.now:
            click.echo(f"  § {setting.title.in_(language)}: nothing found")


def _said(paper: Paper, language: str) -> str:
    entry = paper.entry
    value = "; ".join(one.in_(language) for one in paper.values) or f"nothing found: {entry.missing.in_(language)}"
    source = " ".join(part for part in (entry.version.document, entry.version.article, entry.version.status) if part)
    return f"{value} · {paper.days.in_(language)} · {paper.whose.in_(language)}{f' · {source}' if paper.is_found else ''}"


def _wrapped(line: str, indent: int) -> str:
    pad = " " * indent
    return textwrap.fill(line, WIDTH, initial_indent=pad, subsequent_indent=pad + "  ")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A list of objects instead of lines.")
def check(as_json: bool) -> None:
    """Report what is wrong with the rules and their figures: dates, caps, units, words, exclusions, conditions that decide nothing.

    What is likely a slip is told as a warning: an unlikely year, a day yet to come, a figure ten times the one before.
    GUILDHALL_CITY names the pack, or a folder with a copy of one. Ends with code 1 where there is a fault, not for warnings.
    """
    from guildhall.city import check as faults_of

    pack = pack_name()
    unreadable = list(faults_of(pack))
    faults = unreadable or list(_rule_faults(pack))
    warnings = [] if unreadable else list(_rule_warnings(pack))
    if as_json:
        every = [_fault(fault, "fault") for fault in faults] + [_fault(fault, "warning") for fault in warnings]
        click.echo(json.dumps(every, ensure_ascii=False, indent=1))
    else:
        for line in (*(str(fault) for fault in faults), *(f"warning: {fault}" for fault in warnings)):
            click.echo(line)
    told = f"{counted(len(faults), 'fault')} found" if faults else f"{pack}: no faults in rules and parameters"
    click.echo(f"{told}; {counted(len(warnings), 'warning')}" if warnings else told, err=True)
    if faults:
        raise click.exceptions.Exit(1)


def _rule_faults(pack: str) -> Iterator[Fault]:
    from guildhall.city import load
    from guildhall.overview.engine.rulechecks import rule_faults

    return rule_faults(load(pack))


def _rule_warnings(pack: str) -> Iterator[Fault]:
    from guildhall.city import load
    from guildhall.city.rulewarnings import rule_warnings

    return rule_warnings(load(pack), today())


def _fault(fault: Fault, level: str) -> Mapping[str, object]:
    return {"level": level, **{name: getattr(fault, name) for name in ("file", "row", "column", "what", "next")}}


@click.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("rulebook"), show_default=True, help="Folder to write."
)
def docs(out: Path) -> None:
    """Write the rulebook as pages a lawyer can read, in both languages: one for each rule, each condition beside its source."""
    from guildhall.city import load
    from guildhall.city.rulepages import pages
    from guildhall.incentives.engine.codes import CODES
    from guildhall.overview.engine.rulebooks import BOOKS

    out.mkdir(parents=True, exist_ok=True)
    written = pages(load(pack_name()), BOOKS, CODES)
    for name, text in written.items():
        (out / name).write_text(text, encoding="utf-8")
    click.echo(f"Wrote {len(written)} pages to {out}; begin with {out / 'README.md'}", err=True)
