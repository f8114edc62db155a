"""`guildhall rules run|diff`: what the rules come to for everybody in a snapshot, and what a change would do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guildhall.cli.figures import newest_snapshot
from guildhall.cli.records import migrate_database
from guildhall.cli.rulebook import DAY
from guildhall.cli.terminal import start_django, step, var
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.runs import Folder

if TYPE_CHECKING:
    from guildhall.incentives.engine.policy.outcomes import Law
    from guildhall.incentives.operations.policy import Decided
    from guildhall.rules.parameters import Parameters
    from guildhall.rules.rulebook import Rule
    from guildhall.web.viewer import Viewer

SNAPSHOT = click.option(
    "--snapshot",
    "path",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A snapshot's folder; the newest one by default.",
)
OUT = click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for facts and results; that of the pages by default."
)
RULE = click.option("--rule", "names", multiple=True, help="Only this rule; may be given several times.")
SHOWN_BAD = 20
"""Rows that cannot be right that are named; the others are counted."""


@click.command("run")
@SNAPSHOT
@click.option("--on", type=DAY, help="The day asked about; the snapshot's by default.")
@OUT
@RULE
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object instead of lines.")
def run_rules(path: Path | None, on: datetime | None, out: Path | None, names: tuple[str, ...], as_json: bool) -> None:
    """Decide every rule for everybody in a snapshot: cases, claimants and cost, by group, with reasons.

    Facts and results are kept under --out; what has not changed is not worked out again, and a run that was stopped goes on.
    """
    start_django()
    snapshot = opened(path)
    made = decide(snapshot, on.date() if on else as_of(snapshot), results=out, rules=_rules(names))
    found = made.run.folder
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=1, default=str))
    else:
        for line in _lines(found):
            click.echo(line)
    state = "" if made.run.computed else " (unchanged)"
    click.echo(f"run {made.run.id} over snapshot {snapshot.manifest.id}{state}: {found.path}", err=True)


def opened(path: Path | None) -> Folder:
    """A snapshot. Raises GuildhallError for a folder of another kind, except a city of made-up people, which has the same tables."""
    found = Folder.open(path or newest_snapshot())
    if found.manifest.kind not in ("snapshot", "city"):
        raise GuildhallError(
            f"{found.path} is not a snapshot", why=f"it is a folder of kind {found.manifest.kind}", next="run `guildhall snapshot`"
        )
    return found


def as_of(snapshot: Folder) -> date:
    """The day a snapshot speaks of. Raises GuildhallError where it has none."""
    try:
        return date.fromisoformat(snapshot.manifest.as_of)
    except ValueError:
        raise GuildhallError(f"The snapshot {snapshot.manifest.id} has no date", next="give one: --on DATE") from None


def decide(snapshot: Folder, on: date, *, results: Path | None = None, rules: Mapping[str, Rule] | None = None) -> Decided:
    """Every rule over a snapshot on a day, with a bar."""
    from guildhall.incentives.engine import RULEBOOK
    from guildhall.incentives.operations.policy import compute_policy

    figures = in_force()
    with step(f"policy on {on}") as report:
        return compute_policy(
            snapshot=snapshot, on=on, parameters=figures, results=results or var() / "results", rules=rules or RULEBOOK, progress=report
        )


def days_of(snapshot: Folder) -> tuple[date, date]:
    """The days that planners compare: that of a snapshot, and the last of the year before, up to which most instruments run."""
    on = as_of(snapshot)
    return on, date(on.year - 1, 12, 31)


def work_out_policy(*, arguments: dict[str, Any], by: Viewer, clock: Callable[[], datetime], progress: Callable[[int, int], None]) -> None:
    """Policy over the snapshot that is shown, as background work: what has not changed since last time is not worked out again."""
    from guildhall.incentives.engine.facts.everybody import READS
    from guildhall.incentives.operations.policy import compute_policy
    from guildhall.office.queries.parameters import parameters
    from guildhall.web.current import current_or_none

    shown = current_or_none()
    if shown is None or not set(READS) <= set(shown.snapshot.manifest.tables):
        return
    for on in days_of(shown.snapshot):
        compute_policy(snapshot=shown.snapshot, on=on, parameters=parameters(), results=var() / "results", progress=progress)


def in_force() -> Parameters:
    """The figures as this city has confirmed them; the demonstration decides on all."""
    start_django()
    migrate_database()
    from guildhall.office.queries.parameters import parameters

    return parameters()


def _rules(names: tuple[str, ...]) -> dict[str, Rule] | None:
    from guildhall.cli.rulebook import rule_named
    from guildhall.incentives.engine import RULEBOOK

    for name in names:
        rule_named(name)
        if name not in RULEBOOK:
            raise GuildhallError(f"{name} is no rule on incentives", why="the facts of everybody are worked out for these alone")
    return {name: RULEBOOK[name] for name in names} or None


def _as_json(found: Folder) -> dict[str, Any]:
    from guildhall.incentives.tables.policy import POLICY_FLOOR, RESULTS

    tables = {table.name.partition(".")[2]: found.read(table).to_pylist() for table in (*RESULTS, POLICY_FLOOR)}
    return {"run": found.manifest.id, "on": found.manifest.as_of, **found.manifest.meta["parameters"], **tables}


def _lines(found: Folder) -> Iterator[str]:
    from guildhall.incentives.tables.policy import POLICY, POLICY_BAD, POLICY_FLOOR, POLICY_REASONS

    reasons = found.read(POLICY_REASONS).to_pylist()
    for row in found.read(POLICY).to_pylist():
        if row["by"] == "all":
            claimants = f"{row['entitled_people']:,} claimants"
            yield f"{row['rule']}: {row['entitled']:,} of {row['cases']:,} entitled ({claimants}), {row['undetermined']:,} undetermined"
            yield f"  {_sum_of(row['rule'])} {_money(row['low'])} to {_money(row['low'] + row['possible'])}{_and_open(row['unpriced'])}"
            own = [reason for reason in reasons if reason["rule"] == row["rule"]]
            for kind, words in (("only", "misses only"), ("unknown", "undetermined for"), ("bad", "cannot be right")):
                counts = ", ".join(f"{one['condition']} {one['cases']:,}" for one in own if one["kind"] == kind)
                if counts:
                    yield f"  {words}: {counts}"
    for row in found.read(POLICY_FLOOR).to_pylist():
        yield f"{row['rules'].replace('+', ' or ')}, one case of each person: {row['people']:,} people, at least {_money(row['low'])}"
    yield from bad_lines(found.read(POLICY_BAD).to_pylist())


def bad_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """The rows that cannot be right: each once, with the inputs that are wrong and the rules that read them."""
    named: dict[tuple[str, str], tuple[set[str], list[str]]] = {}
    for row in rows:
        inputs, rules = named.setdefault((row["table"], row["row"]), (set(), []))
        inputs.update(row["inputs"].split(", "))
        rules.append(row["rule"])
    for (table, key), (inputs, rules) in list(named.items())[:SHOWN_BAD]:
        yield f"{table} row {key}: {', '.join(sorted(inputs))} cannot be right, so undetermined for {', '.join(rules)}"
    if len(named) > SHOWN_BAD:
        yield f"… and {len(named) - SHOWN_BAD:,} more rows that cannot be right; --json lists a thousand for each rule"


def _sum_of(name: str) -> str:
    """What the sum of a rule is: a deduction from income costs nobody what is deducted."""
    from guildhall.incentives.engine import RULEBOOK

    return "deducted from income, no cost of this sum:" if RULEBOOK[name].result.kind == "deduct" else "cost"


def _money(fen: int) -> str:
    return f"{fen / 100:,.2f} yuan"


def _and_open(unpriced: int) -> str:
    return f", and {unpriced:,} cases of whose amount nothing is known" if unpriced else ""


@click.command("diff")
@SNAPSHOT
@click.option("--on", type=DAY, help="The day asked about; the snapshot's by default.")
@click.option("--against", type=DAY, help="Another day: what became of each case from it to --on.")
@click.option("--set", "settings", multiple=True, metavar="RULE.PARAMETER=VALUE", help="A figure changed; may be given several times.")
@click.option(
    "--rulebook", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A stored rulebook in place of the rule of today."
)
@click.option(
    "--by", type=click.Choice(["district", "cluster", "age", "level", "month"]), help="One line for each part of a group as well."
)
@RULE
@OUT
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON list instead of lines.")
def diff_rules(
    path: Path | None,
    on: datetime | None,
    against: datetime | None,
    settings: tuple[str, ...],
    rulebook: Path | None,
    by: str | None,
    names: tuple[str, ...],
    out: Path | None,
    as_json: bool,
) -> None:
    """Say who would win and lose, and what it costs: from one day to another, or with figures or a rulebook changed.

    RULE.PARAMETER[KEY,KEY]=VALUE changes one row of a table. A figure is changed wherever it stands at the value in force on the day.
    """
    if bool(against) == bool(settings or rulebook):
        raise click.UsageError("say what to compare: --against a day, or --set a figure, or a --rulebook")
    start_django()
    snapshot = opened(path)
    day, results = on.date() if on else as_of(snapshot), out or var() / "results"
    if against:
        found = list(_against(snapshot, day, against.date(), _rules(names), by or "", results))
    else:
        found = list(_changed(snapshot, day, settings, rulebook, by or "", results))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for row in found:
        click.echo(_difference(row))


def _against(
    snapshot: Folder, on: date, against: date, rules: Mapping[str, Rule] | None, by: str, results: Path
) -> Iterator[dict[str, Any]]:
    from guildhall.incentives.engine import RULEBOOK
    from guildhall.incentives.engine.policy.outcomes import Law
    from guildhall.incentives.operations.policy import between_days, keep_facts

    figures, chosen = in_force(), (rules or RULEBOOK).values()
    kept: dict[tuple[str, date], Folder] = {}
    with step("facts of both days") as report:
        wanted = [(table, day) for table in dict.fromkeys(rule.facts for rule in chosen) for day in (against, on)]
        for n, (table, day) in enumerate(wanted):
            kept[table, day] = keep_facts(snapshot=snapshot, table=table, on=day, results=results).folder
            report(n + 1, len(wanted))
    for rule in chosen:
        laws = Law(rule, figures, against), Law(rule, figures, on)
        for group in dict.fromkeys(("", by)):
            for row in between_days(kept[rule.facts, against], kept[rule.facts, on], *laws, group):
                yield {"rule": rule.name, "change": f"{against} → {on}", "by": group or "all", **row}


def _changed(
    snapshot: Folder, on: date, settings: tuple[str, ...], rulebook: Path | None, by: str, results: Path
) -> Iterator[dict[str, Any]]:
    from guildhall.incentives.operations.policy import keep_facts, what_if

    laws = _laws(on, settings, rulebook)
    with step("facts") as report:
        facts = {}
        for n, (_, before, _after) in enumerate(laws):
            facts[before.rule.facts] = keep_facts(snapshot=snapshot, table=before.rule.facts, on=on, results=results).folder
            report(n + 1, len(laws))
    for words, before, after in laws:
        for group in dict.fromkeys(("", by)):
            for row in what_if(facts[before.rule.facts], before, after, group):
                yield {"rule": before.rule.name, "change": words, "by": group or "all", **row}


def _laws(on: date, settings: tuple[str, ...], rulebook: Path | None) -> list[tuple[str, Law, Law]]:
    """What is changed, and each rule before and after."""
    from guildhall.incentives.engine import RULEBOOK
    from guildhall.incentives.engine.policy.changes import changed, parse
    from guildhall.incentives.engine.policy.outcomes import Law
    from guildhall.rules.serial import load_rulebook

    figures = after = in_force()
    rules: dict[str, Rule] = {}
    words: dict[str, list[str]] = {}
    if rulebook:
        stored = load_rulebook(rulebook.read_text(encoding="utf-8"))
        name = stored.rule.name
        if name not in RULEBOOK or stored.rule.facts != RULEBOOK[name].facts:
            raise GuildhallError(
                f"{rulebook} holds the rule {name}, which reads no facts of today", next="give a rulebook of today's rules"
            )
        rules[name], words[name] = stored.rule, [rulebook.name]
        after = type(after)({**after.rules, name: stored.parameters.of(name)}, stored.parameters.mode, stored.parameters.links)
    for text in settings:
        change = parse(text, RULEBOOK, after)
        after = changed(after, change, on)
        words.setdefault(change.rule, []).append(str(change))
    return [
        (", ".join(said), Law(RULEBOOK[name], figures, on), Law(rules.get(name, RULEBOOK[name]), after, on)) for name, said in words.items()
    ]


def _difference(row: Mapping[str, Any]) -> str:
    from guildhall.incentives.queries.policy import named

    low = f"{_money(row['before_low'])} → {_money(row['after_low'])}"
    upper = f"{_money(row['before_low'] + row['before_possible'])} → {_money(row['after_low'] + row['after_possible'])}"
    counts = f"{row['winners']:,} win, {row['losers']:,} lose; entitled {row['before_entitled']:,} → {row['after_entitled']:,}"
    if row["by"] != "all":
        return f"  {row['by']} {named(row['by'], row['part'] or '').en}: {counts}; {low}"
    open_ = f"undetermined {row['before_undetermined']:,} → {row['after_undetermined']:,}"
    open_ += f", of whose amount nothing is known {row['after_unpriced']:,}"
    sums = f"{_sum_of(row['rule'])} {low}; with the undetermined at what is known {upper}"
    return f"{row['rule']}, {row['change']}: {counts}\n  {sums}\n  {open_}"
