"""A rule as a lawyer reads it on a day: each condition as a sentence, and beside it the figures it rests on, with their documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Final, Literal

from guildhall.city.instruments import Entry, Instrument
from guildhall.city.model import City
from guildhall.city.wording import Codes, days_of, jurisdiction_of, lines_of, meaning
from guildhall.kernel.dated import STATUSES
from guildhall.kernel.tables import Text
from guildhall.rules.expressions import Node, ParameterRef, walk
from guildhall.rules.parameters import NATION, Parameter
from guildhall.rules.rulebook import Rule, names_in, placeholders
from guildhall.rules.sentences import name_of, phrased, said

Force = Literal["whole", "partly", "none"]
"""Whether every figure a rule reads has a value on a day, only some, or none."""
ORIGINS: Final[Mapping[str, Text]] = {
    "records": Text("本系统档案", "our records"),
    "feed": Text("其他部门数据", "another authority's data"),
    "grants": Text("本系统已发放的", "what was granted here"),
    "claim": Text("申请所述，附材料", "said in the claim, with a document"),
}
ASKED: Final = Text("查询日", "day asked about")
GIVES: Final[Mapping[str, Text]] = {
    "pay": Text("支付", "pays"),
    "deduct": Text("从应纳税所得额中扣除（不是支付）", "a deduction from taxable income, not money paid"),
    "attest": Text("只证明条件具备，没有金额", "attests that the conditions hold; no amount"),
    "tax": Text("抵减应缴税费", "taken off taxes payable"),
}
SHORT_TABLE: Final = 4
"""Rows of a table that a sentence says itself."""
BARE: Final[Mapping[str, Parameter]] = {}


@dataclass(frozen=True)
class Paper:
    """One version of a figure as its file gives it; `holds` on the day that is read."""

    entry: Entry
    values: tuple[Text, ...]
    days: Text
    whose: Text
    holds: bool

    @property
    def is_found(self) -> bool:
        return self.entry.version.value is not None


@dataclass(frozen=True)
class Setting:
    """A figure the law sets: everything on file about it, oldest first. `dated_by` is the day that selects it."""

    name: str
    title: Text
    dated_by: Text
    papers: tuple[Paper, ...]

    @property
    def now(self) -> tuple[Paper, ...]:
        """What is on file for the day."""
        return tuple(paper for paper in self.papers if paper.holds)

    @property
    def is_found(self) -> bool:
        return any(paper.is_found for paper in self.now)

    def spans(self, first: date, last: date) -> Iterator[tuple[Paper, int, int]]:
        """Each version with where it lies between two days, in thousandths: its beginning and its length."""
        days = max((last - first).days, 1)
        for paper in self.papers:
            version = paper.entry.version
            start, end = max(version.valid_from or first, first), min(version.valid_until or last, last)
            if start < end:
                yield paper, 1000 * (start - first).days // days, max(1000 * (end - start).days // days, 1)


@dataclass(frozen=True)
class Asked:
    """Something a condition asks about the case: what it is, and where it comes from."""

    name: str
    title: Text
    origin: Text


@dataclass(frozen=True)
class Clause:
    """One condition, or the amount, or its cap: in the rule's own words, word for word, and what it rests on."""

    name: str
    sentence: Text
    reading: Text
    asked: tuple[Asked, ...]
    settings: tuple[Setting, ...]


@dataclass(frozen=True, eq=False)
class RuleText:
    """A rule with the figures this pack has for it, read on a day; without a day, no figure stands in a sentence.

    `codes` gives the words of closed lists by the input that holds them, beside those the city names itself.
    """

    rule: Rule
    city: City
    on: date | None
    codes: Codes = field(default_factory=dict)

    @property
    def instrument(self) -> Instrument | None:
        """The file of the pack; None where the city has none for this rule."""
        return self.city.instrument.get(self.rule.name)

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        return self.instrument.parameters if self.instrument else BARE

    @cached_property
    def settings(self) -> Mapping[str, Setting]:
        """Every figure the rule reads, in order of first use."""
        return {name: self._setting(name) for name in self.rule.parameters}

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        return tuple(self._clause(name, node) for name, node in self.rule.conditions.items())

    @cached_property
    def amount(self) -> Clause | None:
        return None if self.rule.result.value is None else self._clause("value", self.rule.result.value)

    @cached_property
    def cap(self) -> Clause | None:
        return None if self.rule.result.cap is None else self._clause("cap", self.rule.result.cap)

    @property
    def parts(self) -> tuple[Clause, ...]:
        """Conditions, amount and cap."""
        return (*self.clauses, *(part for part in (self.amount, self.cap) if part is not None))

    @property
    def governed_by(self) -> Text:
        """The day that selects the figures, in words."""
        return self.named(self.rule.governed_by)

    @property
    def gives(self) -> Text:
        kind = self.rule.result.kind
        return GIVES["tax" if kind == "pay" and self.rule.channel == "tax" else kind]

    @cached_property
    def sums(self) -> Text | None:
        """What the figures of the amount come to on the day: the least and the greatest sum of money among them, else of their shares."""
        settings = self.amount.settings if self.amount else ()
        found = [value for setting in settings for paper in setting.now for value in _values(paper.entry)]
        for unit, type_ in (("fen", int), ("", Fraction)):
            of = sorted({value for name, value in found if type(value) is type_ and (unit != "fen" or self.parameters[name].unit == unit)})
            if of:
                ends = (of[0],) if len(of) == 1 else (of[0], of[-1])
                return Text(*(" – ".join(said(end, unit, language) for end in ends) for language in ("zh", "en")))
        return None

    @property
    def force(self) -> Force:
        """Whether the instrument is on file for the day. A rule that reads no figure always is."""
        found = [setting.is_found for setting in self.settings.values()]
        return "whole" if all(found) else "partly" if any(found) else "none"

    @property
    def statuses(self) -> Mapping[str, int]:
        """How well the figures of the day are known: how many of each status, the best first."""
        held = (paper for setting in self.settings.values() for paper in setting.now if paper.is_found)
        counts = Counter(paper.entry.version.status for paper in held)
        return {status: counts[status] for status in STATUSES if counts[status]}

    @property
    def starts(self) -> tuple[date, ...]:
        """The days on which a figure begins to hold, oldest first: between two of them nothing changes."""
        found = {paper.entry.version.valid_from for setting in self.settings.values() for paper in setting.papers}
        return tuple(sorted(day for day in found if day))

    def named(self, name: str) -> Text:
        """What an input or a figure is called."""
        return Text(*(name_of(self.rule, name, language, self.parameters) for language in ("zh", "en")))

    def _setting(self, name: str) -> Setting:
        instrument = self.instrument
        entries = sorted(instrument.of(name), key=_beginning) if instrument else []
        papers = tuple(_paper(self.city, instrument, entry, self.on) for entry in entries) if instrument else ()
        return Setting(name, self.named(name), self._dated_by(name), papers)

    def _dated_by(self, name: str) -> Text:
        """The day by which a figure is selected, where it is another than the governing one."""
        refs = [node for tree in self.rule.trees for node in walk(tree) if isinstance(node, ParameterRef) and node.name == name]
        other = next((ref.at for ref in refs if ref.at is not None), None)
        return self.governed_by if other is None else self._words(other)

    def _clause(self, name: str, node: Node) -> Clause:
        read = names_in(node)
        reading = self._words(node)
        own = self.rule.says.get(name)
        sentence = Text(self._filled(own.zh, "zh"), self._filled(own.en, "en")) if own else reading
        asked = tuple(self._asked(each) for each in self.rule.inputs if each in read)
        return Clause(name, sentence, reading, asked, tuple(held for each, held in self.settings.items() if each in read))

    def _words(self, node: Node) -> Text:
        return Text(*(self._phrased(node, language) for language in ("zh", "en")))

    def _phrased(self, node: Node, language: str) -> str:
        def word(name: str, value: object) -> str:
            return meaning(self.city, self.codes, name, str(value)).in_(language)

        return phrased(self.rule, node, language, self.parameters, self.on, word)

    def _filled(self, template: str, language: str) -> str:
        found = {gap: [self._filling(name, language) for name in gap.split("|")] for gap in placeholders(template)}
        return template.format(**{gap: (" 或 " if language == "zh" else " or ").join(words) for gap, words in found.items()})

    def _filling(self, name: str, language: str) -> str:
        """The one value of the day, or the few of a short table, else the name of the figure in brackets; of the case itself, a gap."""
        if name not in self.settings:
            return "…"
        held = [paper for paper in self.settings[name].now if self._is_of_here(paper)]
        value = held[0].entry.version.value if len(held) == 1 else None
        if value is not None and not isinstance(value, tuple):
            return said(value, self.parameters[name].unit, language)
        if isinstance(value, tuple) and self.parameters[name].kind == "table" and len(value) <= SHORT_TABLE:
            return _bracketed((row.in_(language) for row in held[0].values), language)
        title = self.settings[name].title.in_(language)
        return _bracketed((title,), language)

    def _is_of_here(self, paper: Paper) -> bool:
        """Whether a version can hold in this city: another province's cannot."""
        whose = paper.entry.version.jurisdiction
        return whose in (NATION, self.city.home, self.city.root) or whose in self.city.place

    def _asked(self, name: str) -> Asked:
        origin = self.rule.inputs[name].origin
        words = ORIGINS[origin.source]
        if origin.days:
            at = self.named(origin.at) if origin.at else ASKED
            old = Text(f"早于{at.zh} {origin.days} 天以上即过时", f"too old more than {origin.days} days before the {at.en}")
            words = Text(f"{words.zh}，{old.zh}", f"{words.en}, {old.en}")
        return Asked(name, self.named(name), words)


def _bracketed(words: Iterable[str], language: str) -> str:
    return f"〔{'；'.join(words)}〕" if language == "zh" else f"[{'; '.join(words)}]"


def exclusions(rule: Rule, rules: Mapping[str, Rule]) -> dict[str, Text]:
    """The rules that may not be granted beside this one, whichever of the two says so, with their titles."""
    names = {*rule.excludes, *(other.name for other in rules.values() if rule.name in other.excludes)}
    return {name: rules[name].title if name in rules else Text(name, name) for name in sorted(names)}


def _paper(city: City, instrument: Instrument, entry: Entry, on: date | None) -> Paper:
    values = tuple(lines_of(city, instrument, entry))
    return Paper(entry, values, days_of(entry), jurisdiction_of(city, entry), on is not None and entry.version.holds_on(on))


def _values(entry: Entry) -> Iterator[tuple[str, object]]:
    """Every single value of a version, with the name of its figure."""
    value = entry.version.value
    rows = value if isinstance(value, tuple) else (value,)
    for row in rows:
        yield entry.name, row[1] if isinstance(row, tuple) else row


def _beginning(entry: Entry) -> tuple[date, str]:
    return entry.version.valid_from or date.min, entry.version.jurisdiction
