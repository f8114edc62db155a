"""The rulebook as everyone may read it: each rule on a day, and which of its figures this city stands by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from guildhall.city.instruments import Instrument
from guildhall.city.model import City
from guildhall.city.ruletext import Paper, RuleText, exclusions
from guildhall.incentives.engine.codes import CODES
from guildhall.kernel.errors import NotFound
from guildhall.kernel.tables import Text
from guildhall.office.queries.parameters import confirmations
from guildhall.overview.engine.rulebooks import BOOKS, RULES
from guildhall.overview.engine.subjects import title_of
from guildhall.rules import Rule
from guildhall.web import pack
from guildhall.web.viewer import Viewer


@dataclass(frozen=True)
class Reading:
    """A rule as it reads on a day, with what this city has confirmed of it (digests of versions), whoever did so."""

    domain: str
    text: RuleText
    confirmed: frozenset[str]

    @property
    def rule(self) -> Rule:
        return self.text.rule

    @property
    def subject(self) -> Text:
        """What a decision is about: the row of facts, in words."""
        return title_of(self.rule.facts)

    @property
    def excludes(self) -> Mapping[str, Text]:
        return exclusions(self.rule, RULES)

    @property
    def in_force(self) -> tuple[Paper, ...]:
        """The figures of the day that have a value."""
        return tuple(paper for setting in self.text.settings.values() for paper in setting.now if paper.is_found)

    @property
    def confirmed_now(self) -> int:
        """How many of the figures of the day this city stands by."""
        return sum(paper.entry.digest in self.confirmed for paper in self.in_force)


def readings(viewer: Viewer, on: date, domain: str = "") -> list[Reading]:
    """Every rule as it reads on a day, or those of one domain. Open to all: the law is nobody's secret."""
    city, held = pack.city(), _confirmed()
    return [
        Reading(name, RuleText(rule, city, on, CODES), held)
        for name, book in BOOKS.items()
        if not domain or name == domain
        for rule in book.values()
    ]


def reading(viewer: Viewer, name: str, on: date) -> Reading:
    """One rule as it reads on a day. Raises NotFound."""
    found = [(domain, book[name]) for domain, book in BOOKS.items() if name in book]
    if not found:
        raise NotFound(_("There is no such rule"), next=_("see the list of rules"))
    domain, rule = found[0]
    return Reading(domain, RuleText(rule, pack.city(), on, CODES), _confirmed())


def unwritten(city: City) -> list[Instrument]:
    """Instruments of the pack that no rule reads: their figures are on file, but no decision is made by them."""
    return [instrument for instrument in city.instruments if instrument.name not in RULES]


def _confirmed() -> frozenset[str]:
    return frozenset(confirmations())
