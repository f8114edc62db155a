"""Why an answer is open, over a table: whether anything it lacks is more than what certain inputs leave out.

The row evaluator lists what is missing. Over a table only this one question is answered, and on the safe side: where it says that
more is missing, more is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from guildhall.rules.cells import FALSE, Cell, both, left_open, negated
from guildhall.rules.expressions import (
    Arithmetic,
    Choice,
    Comparison,
    Elapsed,
    Extreme,
    FieldRef,
    GroupRef,
    InputRef,
    Logic,
    Negation,
    Node,
    ParameterRef,
    Rounded,
    Shifted,
    YearOf,
    children,
    walk,
)
from guildhall.rules.translation import Translation

THROUGH = (Arithmetic, Comparison, Elapsed, Extreme, Logic, Negation, Rounded, Shifted, YearOf)
"""What is unknown exactly for what is unknown in it."""


@dataclass(frozen=True)
class Beyond:
    """One rule over one table; `apart` names the inputs whose absence does not count."""

    translation: Translation
    apart: Collection[str]

    def of(self, nodes: Iterable[Node]) -> Cell:
        """Whether any of these expressions is unknown for more than those inputs."""
        return both((self._of(node) for node in nodes), "or")

    def _of(self, node: Node) -> Cell:
        open_ = left_open(self.translation.cell(node))
        rests = dict.fromkeys(name for part in walk(node) for name in self._read(part) if name in self.apart)
        if rests and isinstance(node, THROUGH):
            return both([open_, self.of(children(node))], "and")
        if rests and isinstance(node, Choice):
            return both([open_, self._of_choice(node)], "and")
        return both([open_, *(negated(left_open(self.translation.columns.usable(name))) for name in rests)], "and")

    def _of_choice(self, node: Choice) -> Cell:
        """The part that is chosen, and the test where that is open."""
        test = self.translation.light(node.test)
        chosen = [both([_sure(test), self._of(node.then)], "and"), both([_sure(negated(test)), self._of(node.otherwise)], "and")]
        return both([self._of(node.test), *chosen], "or")

    def _read(self, part: Node) -> tuple[str, ...]:
        """The inputs that an expression reads by itself; a parameter, those that say which version decides."""
        rule = self.translation.rule
        if isinstance(part, (InputRef, GroupRef)):
            return (part.name,)
        if isinstance(part, FieldRef):
            return (part.group,)
        return (rule.governed_by if part.at is None else "", rule.place, rule.edition) if isinstance(part, ParameterRef) else ()


def _sure(test: Cell) -> Cell:
    """Whether a test is known to be true."""
    if test.is_constant:
        return FALSE if test.value is None else test
    return Cell("flag", test.sql.fill_null(False), strict=())
