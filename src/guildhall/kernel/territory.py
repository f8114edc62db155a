"""Places that begin, end and change hands: which lies in which on a date, and who answers today for one that ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from guildhall.kernel.errors import NotFound


def holds(valid_from: date | None, valid_until: date | None, on: date) -> bool:
    """Whether `on` falls in the half-open interval; an empty end is open."""
    return (valid_from is None or valid_from <= on) and (valid_until is None or on < valid_until)


@dataclass(frozen=True, slots=True)
class Node:
    """A place and the dates between which it exists."""

    place_id: str
    kind: str
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """`place_id` lies in `parent_id` between two dates."""

    place_id: str
    parent_id: str
    relation: str = "administrative"
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Succession:
    """From `effective_on`, `successor_id` follows `place_id`: as a whole, for a named part, or for all that remains."""

    place_id: str
    successor_id: str
    effective_on: date
    scope: str


class Territory:
    """The tree of places at any date. `unit_kinds` are the kinds statistics are reported by, such as district."""

    def __init__(
        self,
        nodes: Iterable[Node],
        edges: Iterable[Edge],
        successions: Iterable[Succession] = (),
        unit_kinds: frozenset[str] = frozenset({"district", "county"}),
    ) -> None:
        self.nodes = {node.place_id: node for node in nodes}
        self.unit_kinds = unit_kinds
        self._up: dict[tuple[str, str], list[Edge]] = defaultdict(list)
        self._down: dict[tuple[str, str], list[Edge]] = defaultdict(list)
        for edge in edges:
            self._up[edge.place_id, edge.relation].append(edge)
            self._down[edge.parent_id, edge.relation].append(edge)
        self._next: dict[str, list[Succession]] = defaultdict(list)
        for succession in successions:
            self._next[succession.place_id].append(succession)

    def node(self, place_id: str) -> Node:
        try:
            return self.nodes[place_id]
        except KeyError:
            raise NotFound(f"No place {place_id}", next="see the list of places") from None

    def exists(self, place_id: str, on: date) -> bool:
        node = self.node(place_id)
        return holds(node.valid_from, node.valid_until, on)

    def units(self, on: date) -> list[str]:
        """The reporting units that exist on a date, in key order."""
        return sorted(n.place_id for n in self.nodes.values() if n.kind in self.unit_kinds and self.exists(n.place_id, on))

    def parent(self, place_id: str, on: date, relation: str = "administrative") -> str | None:
        """The place that `place_id` lies in on a date, or None at the top."""
        for edge in self._up[place_id, relation]:
            if holds(edge.valid_from, edge.valid_until, on):
                return edge.parent_id
        return None

    def children(self, place_id: str, on: date, relation: str = "administrative") -> list[str]:
        return sorted(e.place_id for e in self._down[place_id, relation] if holds(e.valid_from, e.valid_until, on))

    def parents_ever(self, place_id: str, relation: str = "administrative") -> list[Edge]:
        """Every dated parent of a place, oldest first."""
        return sorted(self._up[place_id, relation], key=lambda edge: edge.valid_from or date.min)

    def successions(self, place_id: str) -> list[Succession]:
        return list(self._next[place_id])

    def predecessors(self, place_id: str) -> list[Succession]:
        return [s for group in self._next.values() for s in group if s.successor_id == place_id]

    def unit_of(self, place_id: str, on: date) -> str | None:
        """The reporting unit that a place counts towards on a date, following parents, then successors.

        None where it lies above the units (the city itself) or did not exist yet.
        """
        for step in self._ancestry(place_id, on):
            if self.nodes[step].kind in self.unit_kinds:
                return step
        return None

    def responsible_today(self, place_id: str, today: date) -> str | None:
        """The unit whose authority answers today for a place, even one that ended: no record is orphaned by a merger.

        A unit that was split goes to the successor of all that remains; its named parts are places of their own.
        """
        return self.unit_of(place_id, today)

    def answered_by(self, place_id: str, today: date) -> frozenset[str]:
        """The places whose authority today is `place_id`, itself included, with those that ended and passed to what lies in it.

        Empty for a place that is unknown or has ended: its powers passed to another.
        """
        return frozenset(node for node in self.nodes if place_id in self._ancestry(node, today))

    def _ancestry(self, place_id: str, on: date) -> Iterator[str]:
        seen: set[str] = set()
        step: str | None = self._standing(place_id, on)
        while step is not None and step not in seen:
            seen.add(step)
            yield step
            above = self.parent(step, on)
            step = self._standing(above, on) if above else None

    def _standing(self, place_id: str, on: date) -> str | None:
        """The place itself if it exists on the date, else the successor that does; None before its beginning."""
        node = self.node(place_id)
        if node.valid_from and on < node.valid_from:
            return None
        seen: set[str] = set()
        while not self.exists(node.place_id, on):
            heirs = [s for s in self._next[node.place_id] if s.scope in ("whole", "remainder") and s.effective_on <= on]
            if not heirs or node.place_id in seen:
                return None
            seen.add(node.place_id)
            node = self.node(heirs[0].successor_id)
        return node.place_id
