"""Rules over whole tables: one fold of the expression tree to Ibis, for every row at once.

Unknown is NULL and Kleene's logic is that of SQL, so a row means here what it means to the row evaluator; a test holds them
equal on generated rules and people. Nothing here knows which engine runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from guildhall.kernel.money import LARGEST
from guildhall.rules import comparing
from guildhall.rules.cells import FALSE, Cell, Sql, both, constant, is_unknown, known_with, negated, unknown, written
from guildhall.rules.decisions import OUTCOMES
from guildhall.rules.expressions import RuleFault
from guildhall.rules.parameters import Parameters
from guildhall.rules.rulebook import Rule
from guildhall.rules.translation import Translation
from guildhall.rules.usable import Extents, Usable

Table: TypeAlias = Any
"""An Ibis table; Ibis ships no types."""
COLUMNS = ("outcome", "value", "amount", "failed", "unknown", "bad")
"""What a fold adds. `outcome`: a word of OUTCOMES. `value`: int64, empty unless entitled. `amount`: int64, what would be given
whatever the conditions say, empty where that is not known. `failed`, `unknown`: int64, bit i for condition i of the rule.
`bad`: int64, bit i for input i of `rule.reads`."""
MOST_BITS = 62
ENTITLED, REFUSED, UNDETERMINED = OUTCOMES


def column(rule: Rule | str, what: str) -> str:
    """The name of a column of one rule in a table that holds the results of several."""
    return f"{rule if isinstance(rule, str) else rule.name}_{what}"


def fold(rule: Rule, parameters: Parameters, on: date, *, extents: Extents | None = None) -> Callable[[Table], Table]:
    """A function that adds COLUMNS to a facts table: what `rule` says of every row, asked on a date.

    `extents` says what is known of the columns beforehand: tests and versions that cannot apply are then left out.
    """

    def folded(facts: Table) -> Table:
        found = _folded([rule], parameters, on, facts, extents or {})
        return found.rename({what: column(rule, what) for what in COLUMNS})

    return folded


def fold_all(rules: Sequence[Rule], parameters: Parameters, on: date, *, extents: Extents | None = None) -> Callable[[Table], Table]:
    """The same for several rules on one facts table in one pass; `column(rule, what)` names what each adds."""

    def folded(facts: Table) -> Table:
        return _folded(rules, parameters, on, facts, extents or {})

    return folded


def _folded(rules: Sequence[Rule], parameters: Parameters, on: date, facts: Table, extents: Extents) -> Table:
    _check(rules)
    usable = Usable(facts, rules, on, extents)
    folds = [Folded(Translation(rule, parameters, usable), usable) for rule in rules]
    conditions = {name: sql for each in folds for name, sql in each.worked_out.items()}
    tested = usable.table.mutate(**conditions) if conditions else usable.table
    added = {column(each.rule, what): sql for each in folds for what, sql in each.results(tested).items()}
    return tested.select(*facts.columns, **added)


def _check(rules: Sequence[Rule]) -> None:
    """Rules in one pass must read one table in one way."""
    origins: dict[str, Any] = {}
    for rule in rules:
        if rule.facts != rules[0].facts:
            raise RuleFault(f"the rules {rules[0].name} and {rule.name} read different tables", next="fold those on one table together")
        if max(len(rule.conditions), len(rule.reads)) > MOST_BITS:
            raise RuleFault(f"the rule {rule.name} has more conditions or inputs than a mask has bits", why=f"there are {MOST_BITS}")
        for name in rule.reads:
            if origins.setdefault(name, rule.inputs[name].origin) != rule.inputs[name].origin:
                raise RuleFault(f"the rule {rule.name} has another origin for {name} than a rule folded with it", next="fold it by itself")


@dataclass
class Folded:
    """One rule over one table: its conditions and its amount as cells, and the columns made of them."""

    translation: Translation
    usable: Usable

    def __post_init__(self) -> None:
        self.rule = self.translation.rule
        self.conditions = {name: self.translation.cell(node) for name, node in self.rule.conditions.items()}
        self.amount = self._amount()

    @property
    def worked_out(self) -> Mapping[str, Sql]:
        """The conditions that differ from row to row, as columns of their own: each is worked out once, whatever is asked of it."""
        return {self._name(name): cell.sql for name, cell in self.conditions.items() if not cell.is_constant}

    def results(self, tested: Table) -> dict[str, Sql]:
        """The columns a fold adds, over a table that holds the conditions."""
        states = {name: self._state(name, cell, tested) for name, cell in self.conditions.items()}
        bad, amount = self._bad(), self.amount
        holds = both(states.values(), "and")
        right = FALSE if amount.is_unknown and not self._is_attested else constant(True) if self._is_attested else _is_known(amount)
        entitled = both([negated(bad), holds, right], "and")
        refused = both([negated(bad), negated(holds)], "and")
        import ibis

        outcome = ibis.cases(
            (_test(entitled), ibis.literal(ENTITLED)), (_test(refused), ibis.literal(REFUSED)), else_=ibis.literal(UNDETERMINED)
        )
        return {
            "outcome": outcome,
            "value": ibis.cases((_test(entitled), written(_as_money(amount)))),
            "amount": written(_as_money(amount)),
            "failed": _mask([negated(state) for state in states.values()]),
            "unknown": _mask([_unknown(state) for state in states.values()]),
            "bad": _mask([self._bad_input(name) for name in self.rule.reads]),
        }

    @property
    def _is_attested(self) -> bool:
        return self.rule.result.value is None

    def _name(self, condition: str) -> str:
        return f"{self.rule.name}: {condition}"

    def _state(self, name: str, cell: Cell, tested: Table) -> Cell:
        """A condition as it stands in the table, with the columns it rests on where they alone tell whether it is known."""
        if cell.is_constant:
            return cell
        strict = cell.strict if cell.strict is not None and len(cell.strict) <= 1 else None
        return Cell("flag", tested[self._name(name)], strict=strict)

    def _amount(self) -> Cell:
        """The amount, unknown where it is above its cap without an uplift, below zero, or more than int64 holds."""
        result = self.rule.result
        if result.value is None:
            return unknown("whole")
        value = self.translation.cell(result.value)
        tests = [comparing.compared("ge", value, constant(0)), comparing.compared("le", value, constant(LARGEST))]
        if result.cap is not None:
            cap = self.translation.cell(result.cap)
            uplift = self.translation.uplift(result.value)
            tests.append(comparing.either(uplift, known_with(True, cap), comparing.compared("le", value, cap)))
        if value.is_unknown:
            return value
        return comparing.either(both(tests, "and"), value, unknown("whole"))

    def _bad_input(self, name: str) -> Cell:
        test = self.usable.bad_test(name, self.rule)
        return FALSE if test is None else Cell("flag", test, strict=())

    def _bad(self) -> Cell:
        return both([self._bad_input(name) for name in self.rule.reads], "or")


def _as_money(amount: Cell) -> Cell:
    """The amount as int64: what passed the tests fits."""
    if amount.is_constant or amount.sql.type().is_int64():
        return amount
    return Cell("whole", amount.sql.cast("int64"))


def _is_known(cell: Cell) -> Cell:
    return negated(_unknown(cell))


def _unknown(cell: Cell) -> Cell:
    test = is_unknown(cell)
    return constant(test) if isinstance(test, bool) else Cell("flag", test, strict=())


def _test(cell: Cell) -> Sql:
    return written(cell)


def _mask(states: Sequence[Cell]) -> Sql:
    """Bit i set where state i is true."""
    import ibis

    always = sum(1 << bit for bit, state in enumerate(states) if state.is_constant and state.value)
    found = ibis.literal(always, type="int64")
    for bit, state in enumerate(states):
        if not state.is_constant:
            one = ibis.cases((state.sql, ibis.literal(1 << bit, type="int64")), else_=ibis.literal(0, type="int64"))
            found = one if found is None else found + one
    return found
