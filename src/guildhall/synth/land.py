"""Where people live and work: units before any merger, the nodes people are recorded at, and the weight of each unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from guildhall.city.model import City
from guildhall.kernel.errors import GuildhallError
from guildhall.synth.book import Book
from guildhall.synth.plan import base_day

POPULATION = "population"
URBAN = "urban_share"


@dataclass(frozen=True)
class Land:
    """Units (districts and counties) in the order of the pack, and what the model knows of each.

    `nodes` lists, unit by unit, the places people are recorded at with their share.
    """

    units: tuple[str, ...]
    regions: tuple[str, ...]
    urban: tuple[Fraction, ...]
    population: tuple[Fraction, ...]
    nodes: tuple[tuple[tuple[str, Fraction], ...], ...]
    park_unit: tuple[int, ...]

    @property
    def places(self) -> list[str]:
        """Every node, unit by unit."""
        return [place for nodes in self.nodes for place, _ in nodes]


def land(book: Book) -> Land:
    """The units that stood before any merger, with census population and urban population from the pack's place facts."""
    city = book.city
    units = tuple(city.territory.units(base_day(city)))
    population = _facts(city, POPULATION, units, first=True)
    urban = _facts(city, URBAN, units, first=False)
    shares = _residence(book)
    return Land(
        units=units,
        regions=tuple(city.place[unit].region for unit in units),
        population=tuple(population[unit] for unit in units),
        urban=tuple(population[unit] * urban.get(unit, Fraction(100)) / 100 for unit in units),
        nodes=tuple(tuple(shares.get(unit, [(unit, Fraction(1))])) for unit in units),
        park_unit=tuple(_park_unit(city, units)),
    )


def _facts(city: City, measure: str, units: Sequence[str], *, first: bool) -> dict[str, Fraction]:
    """The first (the census) or the last known value of a measure per unit."""
    facts = [fact for fact in city.place_facts if fact.measure == measure and fact.place_id in units and fact.as_of <= city.reference_date]
    found = {fact.place_id: Fraction(fact.value) for fact in sorted(facts, key=lambda fact: fact.as_of, reverse=first)}
    if first and (missing := [unit for unit in units if unit not in found]):
        raise GuildhallError(
            f"No {measure} is known for {', '.join(missing)}",
            why="the synthetic city places people by it",
            next=f"add a row with measure {measure} to place_facts.csv",
        )
    return found


def _residence(book: Book) -> Mapping[str, list[tuple[str, Fraction]]]:
    """Units whose people are recorded at smaller places, so that a merger can move them: unit → (place, share)."""
    shares: dict[str, list[tuple[str, Fraction]]] = {}
    if book.has("residence"):
        for (place, unit), value in book.table("residence").items():
            if place not in book.city.place:
                raise GuildhallError(f"Table residence of city {book.city.id} names {place}", why="it is not in places.csv")
            shares.setdefault(unit, []).append((place, value))
    return shares


def _park_unit(city: City, units: Sequence[str]) -> list[int]:
    for park in city.parks:
        if park.district not in units:
            raise GuildhallError(f"Park {park.place_id} lies in {park.district}", why=f"that unit did not stand on {base_day(city)}")
    return [units.index(park.district) for park in city.parks]
