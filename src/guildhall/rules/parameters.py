"""Parameters of rules: dated values with the document and article that set them, and which of them decides a given case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal, TypeAlias

from guildhall.kernel.tables import Text
from guildhall.rules.expressions import Scalar

NATION = "CN"
CHAINS_KEPT = 10_000
Kind: TypeAlias = Literal["scalar", "table", "scale", "list"]
Mode: TypeAlias = Literal["production", "demonstration"]
Row: TypeAlias = tuple[tuple[Scalar, ...], Scalar]
Value: TypeAlias = Scalar | tuple[Row, ...] | tuple[str, ...] | tuple[tuple[int, int | Fraction], ...] | None
"""Of a scalar the value; of a table rows ((key, …), value); of a scale rows (from, rate); of a list its words. None: not found."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That this city holds the document and stands by the value: who, when, and what was held."""

    officer: str
    on: date
    document: str


@dataclass(frozen=True, slots=True)
class Version:
    """A value that holds on every day d with valid_from <= d < valid_until; None leaves that end open.

    `value` None is a slot: it is known that an instrument should set it here and none was found, and the answer is
    undetermined, not the value of the jurisdiction above. `edition` limits it to that edition of the occupation's standard. `uplift` names
    the document that allows the amount to pass the national cap.
    """

    value: Value
    valid_from: date | None
    valid_until: date | None
    jurisdiction: str
    document: str
    article: str
    status: str
    edition: str | None = None
    confirmed: Confirmation | None = None
    uplift: str | None = None

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True)
class Parameter:
    """A named parameter and all its versions. `keys` names the columns of a table."""

    name: str
    unit: str
    kind: Kind
    versions: tuple[Version, ...]
    title: Text | None = None
    keys: tuple[str, ...] = ()

    @cached_property
    def by_jurisdiction(self) -> Mapping[str, list[tuple[int, Version]]]:
        """The versions of each jurisdiction, with their positions, in their order."""
        found: dict[str, list[tuple[int, Version]]] = {}
        for place, version in enumerate(self.versions):
            found.setdefault(version.jurisdiction, []).append((place, version))
        return found

    @cached_property
    def tables(self) -> Mapping[int, Mapping[tuple[Scalar, ...], Scalar]]:
        """For each version of a table, by its position, the value under each key."""
        if self.kind != "table":
            return {}
        return {place: dict(version.value or ()) for place, version in enumerate(self.versions)}  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Link:
    """That a place lay under `above` from `valid_from` to the day before `valid_until`; None leaves that end open."""

    place: str
    above: str
    valid_from: date | None = None
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True, slots=True)
class Found:
    """The version that decides. `place` is its position among the parameter's versions."""

    parameter: Parameter
    version: Version
    place: int


@dataclass(frozen=True, slots=True)
class NotInForce:
    """No version decides, and why: none in force, one awaiting confirmation, or the date, place or edition that selects is not known.

    `needs` names what selects and is not known: "date", "place" or "edition".
    """

    name: str
    why: Literal["no_parameter", "unconfirmed", "absent"]
    needs: str = ""
    version: Version | None = None


@dataclass(frozen=True, eq=False)
class Parameters:
    """The parameters of each rule, the places a jurisdiction chain climbs, and whether only confirmed values decide."""

    rules: Mapping[str, Mapping[str, Parameter]]
    mode: Mode = "demonstration"
    links: tuple[Link, ...] = ()
    digests: dict[object, str] = field(default_factory=dict, init=False, repr=False)
    """Digests of rules with these parameters, once worked out; they go when the parameters go."""
    _chains: dict[tuple[str, date], tuple[str, ...]] = field(default_factory=dict, init=False, repr=False)

    def of(self, rule: str) -> Mapping[str, Parameter]:
        """The parameters of one rule by name; empty where the city has none for it."""
        return self.rules.get(rule, {})

    def chain(self, place: str, on: date) -> tuple[str, ...]:
        """The place and what it lies under on that date, nearest first, the nation last."""
        known = self._chains.get((place, on))
        if known is None:
            if len(self._chains) >= CHAINS_KEPT:
                self._chains.clear()
            known = self._chains[place, on] = self._climb(place, on)
        return known

    def _climb(self, place: str, on: date) -> tuple[str, ...]:
        chain = [place]
        while above := next((link.above for link in self._links.get(chain[-1], ()) if link.holds_on(on) and link.above not in chain), ""):
            chain.append(above)
        return (*chain, NATION) if chain[-1] != NATION else tuple(chain)

    @cached_property
    def _links(self) -> Mapping[str, tuple[Link, ...]]:
        found: dict[str, tuple[Link, ...]] = {}
        for link in self.links:
            found[link.place] = (*found.get(link.place, ()), link)
        return found

    def select(self, rule: str, name: str, *, on: date | None, place: str | None, edition: str | None) -> Found | NotInForce:
        """The version that decides on a date, at a place, for an edition of the standard.

        The nearest jurisdiction of the chain with a version in force wins; there, one for the edition before one for any.
        A place or edition that is not known matters only where a version depends on it.
        """
        parameter = self.of(rule).get(name)
        if parameter is None:
            return NotInForce(name, "no_parameter")
        if on is None:
            return NotInForce(name, "absent", "date")
        places = parameter.by_jurisdiction
        if place is None and any(version.holds_on(on) for where, local in places.items() if where != NATION for _, version in local):
            return NotInForce(name, "absent", "place")
        for jurisdiction in (NATION,) if place is None else self.chain(place, on):
            local = [pair for pair in places.get(jurisdiction, ()) if pair[1].holds_on(on)]
            if edition is None and any(version.edition is not None for _, version in local):
                return NotInForce(name, "absent", "edition")
            matching = [pair for pair in local if pair[1].edition in (None, edition)]
            if matching:
                return self._settle(parameter, *min(matching, key=lambda pair: pair[1].edition is None))
        return NotInForce(name, "no_parameter")

    def _settle(self, parameter: Parameter, place: int, version: Version) -> Found | NotInForce:
        if version.value is None:
            return NotInForce(parameter.name, "no_parameter", version=version)
        if self.mode == "production" and version.confirmed is None:
            return NotInForce(parameter.name, "unconfirmed", version=version)
        return Found(parameter, version, place)
