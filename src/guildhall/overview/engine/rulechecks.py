"""What is wrong between rules and the figures of a pack: found before a decision is made by them, each fault with file, row and rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from guildhall.city import rule_parameters
from guildhall.city.instruments import Instrument
from guildhall.city.model import City
from guildhall.evaluation.tables import TABLES as EVALUATION
from guildhall.incentives.tables import TABLES as INCENTIVES
from guildhall.kernel.errors import Fault
from guildhall.kernel.tables import Table
from guildhall.overview.engine.rulebooks import RULES
from guildhall.rules import Parameters, Rule, RuleFault, decide
from guildhall.rules.checks import check
from guildhall.rules.parameters import Parameter
from guildhall.rules.rulebook import names_in
from guildhall.skills.tables import FACTS as SKILLS

TABLES: Final[Mapping[str, Table]] = {table.name: table for domain in (INCENTIVES, EVALUATION, SKILLS) for table in domain}
"""The tables that hold facts for rules. A new domain adds its own here."""


def rule_faults(city: City, rules: Mapping[str, Rule] = RULES, tables: Mapping[str, Table] = TABLES) -> Iterator[Fault]:
    """Faults of every rule against the pack, in the order of the rules. The pack itself has none (`city.check`)."""
    parameters = rule_parameters(city)
    for rule in rules.values():
        yield from _exclusions(rule, rules)
        yield from _inputs(rule, tables)
        instrument = city.instrument.get(rule.name)
        if instrument is None:
            if rule.parameters:
                yield Fault(_file(rule), 0, "", f"is missing: the rule {rule.name} reads {', '.join(rule.parameters)}", "add the file")
            continue
        yield from _unread(rule, instrument)
        fitting = [*_names(rule, instrument), *_units(rule, instrument.parameters)]
        yield from fitting
        yield from _words(rule, instrument)
        if not fitting:
            yield from _unreachable(rule, instrument, parameters, city.root)
            yield from check(rule, parameters, city.root)


def _exclusions(rule: Rule, rules: Mapping[str, Rule]) -> Iterator[Fault]:
    """What may not stand beside another says so in both rules, and both are there."""
    for name in rule.excludes:
        if name not in rules:
            yield _of(rule, "excludes", f"names {name}, and there is no such rule", "correct the name")
        elif rule.name not in rules[name].excludes:
            yield _of(rule, "excludes", f"names {name}, which does not name {rule.name}", f"let {name} exclude it too, or neither")


def _inputs(rule: Rule, tables: Mapping[str, Table]) -> Iterator[Fault]:
    """Every input it reads is a column of its table of facts."""
    table = tables.get(rule.facts)
    if table is None:
        yield _of(rule, "facts", f"is {rule.facts}, and no domain declares such a table", f"one of {', '.join(tables)}")
        return
    columns = {column.name for column in table.columns}
    for name in rule.reads:
        if name not in columns:
            yield _of(rule, name, f"is read, but {rule.facts} has no such column", "declare the column, or read another")


def _names(rule: Rule, instrument: Instrument) -> Iterator[Fault]:
    """The file has every figure the rule reads, and speaks of the same channel. It may hold more, where it says so."""
    file = _file(rule)
    if instrument.channel != rule.channel:
        yield Fault(file, 0, "channel", f"is {instrument.channel}, the rule {rule.name} says {rule.channel}", "correct one of the two")
    for name in rule.parameters:
        if name not in instrument.parameters:
            yield Fault(file, 0, name, f"is missing: the rule {rule.name} reads it", f"add [parameter.{name}] with its versions")


def _unread(rule: Rule, instrument: Instrument) -> Iterator[Fault]:
    """A figure on file decides something, or the file says why it does not."""
    for name in instrument.parameters:
        row = next(instrument.of(name)).row
        if name not in rule.parameters and name not in instrument.unread:
            what = f"is read by nothing: the rule {rule.name} decides without it"
            yield Fault(_file(rule), row, name, what, 'read it in the rule, or say unread = { zh = "…", en = "…" } with the reason')
        elif name in rule.parameters and name in instrument.unread:
            yield Fault(_file(rule), row, name, f"is said to be unread, and the rule {rule.name} reads it", "take out `unread`")


def _units(rule: Rule, parameters: Mapping[str, Parameter]) -> Iterator[Fault]:
    """Types and units fit together with the figures in them."""
    try:
        rule.check(parameters)
    except RuleFault as fault:
        why = f" ({fault.why})" if fault.why else ""
        yield Fault(_file(rule), 0, "", f"{fault.what}{why}", fault.next or "correct the unit in the file, or the rule")


def _words(rule: Rule, instrument: Instrument) -> Iterator[Fault]:
    """No figure is for a word that never occurs."""
    for odd in rule.unheard(instrument.parameters):
        name = odd.split(" ", 1)[0]
        yield Fault(_file(rule), _row(instrument, name), name, f"{odd} (rule {rule.name})", "correct the word")


def _unreachable(rule: Rule, instrument: Instrument, parameters: Parameters, place: str) -> Iterator[Fault]:
    """No condition comes out the same on every day, whatever the case is: it would decide nothing, or let nobody through.

    Asked of a case of which nothing is known but day and place; unknown values leave every condition open that depends on them.
    Conditions on something whose absence is itself a fact cannot be asked so.
    """
    days = sorted({entry.version.valid_from for entry in instrument.entries if entry.version.valid_from})
    telling = {name for name, given in rule.inputs.items() if given.origin.empty is not None}
    states: dict[str, set[bool | None]] = {name: set() for name, node in rule.conditions.items() if not names_in(node) & telling}
    for day in days:
        known = {rule.governed_by: day} | ({rule.place: place} if rule.place else {})
        for condition in decide(rule, known, parameters=parameters, on=day).conditions:
            states.get(condition.name, set()).add(condition.state)
    for name, found in states.items():
        if found == {True}:
            yield _of(rule, name, "always holds, whatever the case: it decides nothing", "take it out, or correct it")
        elif found == {False}:
            yield _of(rule, name, "never holds, whatever the case: nobody is entitled", "correct the condition or its figures")


def _of(rule: Rule, what: str, wrong: str, next_: str) -> Fault:
    return Fault(f"rule {rule.name}", 0, what, wrong, next_)


def _file(rule: Rule) -> str:
    return f"rules/{rule.name}.toml"


def _row(instrument: Instrument, name: str) -> int:
    return next((entry.row for entry in instrument.of(name)), 0)
