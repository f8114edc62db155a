"""`guildhall rules explain|replay`: one case with every reason, and stored decisions made again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from guildhall.cli.records import FILE, migrate_database
from guildhall.cli.rulebook import DAY, as_day, rule_named
from guildhall.cli.terminal import pack_name, start_django
from guildhall.kernel.errors import GuildhallError, NotFound

if TYPE_CHECKING:
    from guildhall.rules import Condition, Decision, Parameters, Rule
    from guildhall.rules.casefiles import Case
    from guildhall.rules.parameters import Parameter

MARKS = {True: "✓", False: "✕", None: "?"}
KEPT = ("rulebook", "inputs", "on", "decision")


@click.command()
@click.argument("rule")
@click.option("--person", type=FILE, required=True, help="JSON file with the facts of one case, or a list of cases.")
@click.option("--on", type=DAY, required=True, help="The day the question is asked on, YYYY-MM-DD.")
@click.option("--json", "as_json", is_flag=True, help="One object for each case: the decision, and its words in both languages.")
@click.option(
    "--keep", type=click.Path(dir_okay=False, path_type=Path), help="Also write decision, rules and facts to a file for `replay`."
)
def explain(rule: str, person: Path, on: datetime, as_json: bool, keep: Path | None) -> None:
    """Decide RULE for the facts of a file, and say why: each condition, what it rests on, what is missing, what would change it."""
    from guildhall.city import load, rule_parameters
    from guildhall.rules import decide
    from guildhall.rules.casefiles import read_cases

    found, day = rule_named(rule), as_day(on)
    parameters = rule_parameters(load(pack_name()))
    cases = read_cases(found, person.read_text(encoding="utf-8-sig"), file=str(person))
    for case in cases:
        _tell_other_day(case, day, f"{person}, row {case.row}" if len(cases) > 1 else str(person))
    decisions = [decide(found, case.facts, parameters=parameters, on=day) for case in cases]
    held = parameters.of(found.name)
    if as_json:
        click.echo(json.dumps([_object(found, decision, held) for decision in decisions], ensure_ascii=False, indent=1))
    else:
        for case, decision in zip(cases, decisions, strict=True):
            _tell(found, decision, held, f"{person}, row {case.row}" if len(cases) > 1 else "")
    if keep:
        rows = [_kept(found, case.facts, decision, parameters) for case, decision in zip(cases, decisions, strict=True)]
        keep.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")


def _tell_other_day(case: Case, day: date, where: str) -> None:
    """Says where the file was applied on another day than the one asked about: each counts for something else."""
    applied = case.facts.get("applied_on")
    if isinstance(applied, date) and applied != day:
        told = "what goes by the application is counted to the first, the rest to the second"
        click.echo(f"{where}: applied_on is {applied}, --on is {day}; {told}", err=True)


def _tell(rule: Rule, decision: Decision, held: Mapping[str, Parameter], where: str) -> None:
    from guildhall.rules.sentences import nearly, needs, outcome

    click.echo(f"{where}{': ' if where else ''}{rule.title.en} · {rule.title.zh}, asked on {decision.on}: {outcome(decision, 'en')}")
    for condition in decision.conditions:
        _tell_condition(rule, condition, held)
    for missing in decision.missing:
        click.echo(f"  {needs(rule, missing, 'en', held)}")
    if decision.near:
        click.echo(f"  nearly: {nearly(rule, decision.near, 'en')}")
    for operand in _figures(decision.value_operands):
        click.echo(f"  amount: {operand}")
    if decision.cap is not None:
        from guildhall.rules.sentences import said

        click.echo(f"  at most {said(decision.cap, decision.unit, 'en')}{f', raised by {decision.uplift}' if decision.uplift else ''}")
    click.echo(f"  rulebook {decision.rulebook[:16]}, facts {decision.inputs[:16]}, mode {decision.mode}")


def _tell_condition(rule: Rule, condition: Condition, held: Mapping[str, Parameter]) -> None:
    from guildhall.rules.sentences import needs, sentence

    click.echo(f"  {MARKS[condition.state]} {condition.name}: {sentence(rule, condition, 'en', held)}")
    for missing in condition.missing:
        click.echo(f"      {needs(rule, missing, 'en', held)}")
    for line in _figures(condition.operands):
        click.echo(f"      {line}")


def _figures(operands: Any) -> list[str]:
    """The figures something rests on, each with its source and how well it is known."""
    from guildhall.rules.sentences import said, source

    found = [operand for operand in operands if operand.kind == "parameter"]
    values = ["" if operand.value is None else f" = {said(operand.value, operand.unit, 'en')}" for operand in found]
    return [f"{operand.name}{value}: {source(operand, 'en')}, {operand.status}" for operand, value in zip(found, values, strict=True)]


def _object(rule: Rule, decision: Decision, held: Mapping[str, Parameter]) -> dict[str, Any]:
    from guildhall.rules.sentences import nearly, needs, outcome, sentence

    words = {
        language: {
            "outcome": outcome(decision, language),
            "conditions": {one.name: sentence(rule, one, language, held) for one in decision.conditions},
            "missing": [needs(rule, missing, language, held) for missing in decision.missing],
            "near": nearly(rule, decision.near, language) if decision.near else "",
        }
        for language in ("zh", "en")
    }
    return {"decision": json.loads(decision.to_json()), "words": words}


def _kept(rule: Rule, facts: Mapping[str, object], decision: Decision, parameters: Parameters) -> dict[str, str]:
    from guildhall.rules.serial import inputs_json, rulebook_json

    texts = rulebook_json(rule, parameters), inputs_json(rule, facts), str(decision.on), decision.to_json()
    return dict(zip(KEPT, texts, strict=True))


@click.command()
@click.argument("what")
def replay(what: str) -> None:
    """Make stored decisions again from the rules and facts stored with them: all checks of a claim (its number), or those of a FILE.

    Ends with code 1 where one differs by a byte. Nothing of the facts is printed.
    """
    differing = _replay_claim(int(what)) if what.isdecimal() and not Path(what).exists() else _replay_file(Path(what))
    if differing:
        raise click.exceptions.Exit(1)


def _replay_claim(number: int) -> int:
    start_django()
    migrate_database()
    from guildhall.incentives.models import Check
    from guildhall.incentives.operations.checking import replay as again
    from guildhall.web.viewer import system

    checks = list(Check.objects.filter(claim_id=number).order_by("number"))
    if not checks:
        raise GuildhallError(f"No check of a claim {number} is on record", next="give the number of a claim, or a file kept by `explain`")
    differing = 0
    for check in checks:
        try:
            same = again(check_id=check.pk, by=system("command:rules replay"), now=datetime.now(UTC)).same
            told = f"{'the same' if same else 'DIFFERS'}, {check.outcome}"
        except NotFound as error:  # erased on schedule: nothing is wrong
            same, told = True, str(error.what)
        except GuildhallError as error:
            same, told = False, f"{error.what}: {error.why}"
        differing += not same
        click.echo(f"claim {number}, check {check.number} of {check.on}: {told}")
    return differing


def _replay_file(path: Path) -> int:
    from guildhall.rules import replay as again

    differing = 0
    for at, row in enumerate(_rows(path), start=1):
        made = again(row["rulebook"], row["inputs"], on=date.fromisoformat(row["on"])).to_json()
        same = made == row["decision"]
        differing += not same
        told = "the same" if same else f"DIFFERS in {_differences(row['decision'], made)}"
        click.echo(f"{path}, row {at}: {told}")
    return differing


def _rows(path: Path) -> list[dict[str, str]]:
    """The stored decisions of a file. Raises GuildhallError."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        rows = rows if isinstance(rows, list) else [rows]
        for row in rows:
            date.fromisoformat(row["on"])
            if not all(isinstance(row[name], str) for name in KEPT):
                raise TypeError(f"one of {', '.join(KEPT)} is no text")
    except (ValueError, TypeError, KeyError) as error:
        why = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise GuildhallError(
            f"{path} holds no stored decisions", why=why, next="`guildhall rules explain … --keep FILE` writes one"
        ) from None
    return list(rows)


def _differences(stored: str, made: str) -> str:
    """The parts of the decision that are not what was stored, by name alone."""
    try:
        before, after = json.loads(stored), json.loads(made)
        names = [name for name in after if before.get(name) != after[name]] + [name for name in before if name not in after]
    except (ValueError, AttributeError):
        names = []
    return ", ".join(sorted(names)) or "its bytes"
