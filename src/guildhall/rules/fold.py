"""Rules over whole tables: one fold of the expression tree to Ibis, for every row at once.

Unknown is NULL and Kleene's logic is that of SQL, so a row means here what it means to the row evaluator; a test holds them
equal on generated rules and people. Nothing here knows which engine runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from guildhall.kernel.money import LARGEST
from guildhall.rules import comparing
from guildhall.rules.beyond import Beyond
from guildhall.rules.cells import Cell, Sql, both, constant, known_with, left_open, negated, unknown, written
from guildhall.rules.decisions import OUTCOMES
from guildhall.rules.expressions import RuleFault
from guildhall.rules.parameters import Parameters
from guildhall.rules.rulebook import Rule
from guildhall.rules.stages import over
from guildhall.rules.translation import Translation
from guildhall.rules.usable import Extents, Usable

Table: TypeAlias = Any
"""An Ibis table; Ibis ships no types."""
COLUMNS = ("outcome", "value", "amount", "failed", "unknown", "bad")
"""What a fold adds. `outcome`: a word of OUTCOMES. `value`: int64, empty unless entitled. `amount`: int64, what is given or,
should the open conditions hold, would be; empty where refused and where that is not known. `failed`, `unknown`: int64, bit i
for condition i of the rule.
`bad`: int64, bit i for input i of `rule.reads`."""
BEYOND = "beyond"
"""What a fold adds where inputs are left apart: a flag, known in every row."""
MOST_BITS = 62
ENTITLED, REFUSED, UNDETERMINED = OUTCOMES


def column(rule: Rule | str, what: str) -> str:
    """The name of a column of one rule in a table that holds the results of several."""
    return f"{rule if isinstance(rule, str) else rule.name}_{what}"


def fold(
    rule: Rule, parameters: Parameters, on: date, *, extents: Extents | None = None, keep: Sequence[str] | None = None
) -> Callable[[Table], Table]:
    """A function that adds COLUMNS to a facts table: what `rule` says of every row, asked on a date.

    `extents` says what is known of the columns beforehand: tests and versions that cannot apply are then left out. `keep`
    names the columns of the facts that are wanted beside the answers; all, where it is not given.
    """

    def folded(facts: Table) -> Table:
        found = _folded([rule], parameters, on, facts, extents or {}, keep, None)
        return found.rename({what: column(rule, what) for what in COLUMNS})

    return folded


def fold_all(
    rules: Sequence[Rule],
    parameters: Parameters,
    on: date,
    *,
    extents: Extents | None = None,
    keep: Sequence[str] | None = None,
    apart: Collection[str] | None = None,
) -> Callable[[Table], Table]:
    """The same for several rules on one facts table in one pass; `column(rule, what)` names what each adds.

    Where inputs to leave `apart` are named there is BEYOND besides: whether anything is unknown for more than that these are empty.
    """

    def folded(facts: Table) -> Table:
        return _folded(rules, parameters, on, facts, extents or {}, keep, apart)

    return folded


def _folded(
    rules: Sequence[Rule],
    parameters: Parameters,
    on: date,
    facts: Table,
    extents: Extents,
    keep: Sequence[str] | None,
    apart: Collection[str] | None,
) -> Table:
    _check(rules)
    kept = tuple(facts.columns) if keep is None else tuple(keep)
    read = {name for rule in rules for name in rule.reads} | set(kept)
    usable = Usable(facts.select(*(name for name in facts.columns if name in read)), rules, on, extents)
    added: dict[str, Sql] = {}
    for rule in rules:
        translation = Translation(rule, parameters, usable)
        results = Folded(translation, usable).results
        if apart is not None:
            results[BEYOND] = written(Beyond(translation, apart).of(rule.trees))
        added |= {column(rule, what): sql for what, sql in results.items()}
    finished = usable.stages.finished()
    return finished.select(*kept, **{name: over(sql, finished) for name, sql in added.items()})


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
        self.conditions = {
            name: self._kept(f"condition {name}", self.translation.cell(node)) for name, node in self.rule.conditions.items()
        }

    def _kept(self, name: str, cell: Cell) -> Cell:
        """The same as a column: it is worked out once, whatever is asked of it."""
        if cell.is_constant:
            return cell
        strict = cell.strict if cell.strict is not None and len(cell.strict) <= 1 else None
        return Cell(cell.type, self.usable.once(cell.sql, f"{self.rule.name}: {name}"), strict=strict)

    @property
    def results(self) -> dict[str, Sql]:
        """The columns a fold adds."""
        import ibis

        states = list(self.conditions.values())
        bad = [self.usable.bad(name, self.rule) for name in self.rule.reads]
        sound, holds = self._kept("sound", negated(both(bad, "or"))), self._kept("holds", both(states, "and"))
        open_ = both([sound, _not_false(holds)], "and")
        amount = self._amount(open_)
        known = constant(True) if self.rule.result.value is None else negated(left_open(amount))
        entitled = self._kept("entitled", both([sound, holds, known], "and"))
        refused = both([sound, negated(holds)], "and")
        return {
            "outcome": ibis.cases((written(entitled), ENTITLED), (written(refused), REFUSED), else_=UNDETERMINED),
            "value": ibis.cases((written(entitled), written(amount))),
            "amount": written(amount),
            "failed": _mask([negated(state) for state in states]),
            "unknown": _mask([left_open(state) for state in states]),
            "bad": _mask(bad),
        }

    def _amount(self, open_: Cell) -> Cell:
        """The amount of the rows that are not refused; unknown above its cap without an uplift, below zero, or beyond int64."""
        result = self.rule.result
        if result.value is None:
            return unknown("whole")
        worked_out = self.translation.cell(result.value)
        value = self._kept("priced", comparing.either(open_, worked_out, unknown("whole")))
        value = replace(value, low=worked_out.low, high=worked_out.high)
        tests = [comparing.compared("ge", value, constant(0))] if value.low < 0 else []
        tests += [comparing.compared("le", value, constant(LARGEST))] if value.high > LARGEST else []
        if result.cap is not None:
            tests.append(self._below_cap(value, self.translation.cell(result.cap), self.translation.uplift(result.value)))
        if value.is_unknown or not tests:
            return _as_money(value)
        return self._kept("amount", _as_money(comparing.either(both(tests, "and"), value, unknown("whole"))))

    def _below_cap(self, value: Cell, cap: Cell, uplift: Cell) -> Cell:
        """Whether the cap is known and allows the value, or an uplift does."""
        if not cap.is_unknown and value.high <= cap.low:
            return known_with(True, cap)
        return comparing.either(uplift, known_with(True, cap), comparing.compared("le", value, cap))


def _not_false(cell: Cell) -> Cell:
    """Where it is true or not known."""
    if cell.is_constant:
        return constant(cell.value is not False)
    return cell if cell.is_sure else Cell("flag", cell.sql.fill_null(True), strict=())


def _as_money(amount: Cell) -> Cell:
    """The amount as int64: what passed the tests fits."""
    if amount.is_constant or amount.sql.type().is_int64():
        return amount
    return Cell("whole", amount.sql.cast("int64"))


def _mask(states: Sequence[Cell]) -> Sql:
    """Bit i set where state i is true, as int64."""
    import ibis

    always = sum(1 << bit for bit, state in enumerate(states) if state.is_constant and state.value)
    found = written(constant(always))
    for bit, state in enumerate(states):
        if not state.is_constant:
            found = found + ibis.cases((state.sql, written(constant(1 << bit))), else_=written(constant(0)))
    return found
