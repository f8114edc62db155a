"""What policy comes to, for planners: the runs kept for the snapshot that is shown.

Small counts are withheld, and with a count the money that goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from guildhall.incentives.engine import RULEBOOK
from guildhall.incentives.engine.policy import POLICY_RUNS, disclosure
from guildhall.incentives.queries import benefits
from guildhall.incentives.tables.policy import POLICY, POLICY_FLOOR, POLICY_HIDDEN, POLICY_REASONS
from guildhall.kernel.disclosure import THRESHOLD, WITHHELD, Withheld
from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.kernel.runs import Folder
from guildhall.kernel.tables import Text
from guildhall.rules.rulebook import Rule
from guildhall.rules.serial import rulebook_digest
from guildhall.web.current import current
from guildhall.web.pack import city
from guildhall.web.viewer import Viewer

READERS = ("planner",)
Shown = int | Withheld | None
"""A count or a sum; what stands where it is hidden; None where nothing is known."""


@dataclass(frozen=True)
class Outcome:
    """One part of the cases of a benefit: `low` is the cost of those entitled, `high` with the undetermined at what is known of them.

    `unpriced` counts undetermined cases of whose amount nothing is known: where there are any, the upper end is open.
    """

    part: str
    cases: Shown
    entitled: Shown
    refused: Shown
    undetermined: Shown
    low: Shown
    high: Shown
    unpriced: Shown
    people: Shown = None
    possible_people: Shown = None


@dataclass(frozen=True)
class Policy:
    """One run: every rule on one day, over the snapshot that is shown."""

    folder: Folder

    @property
    def on(self) -> date:
        return date.fromisoformat(self.folder.manifest.as_of)

    @property
    def names(self) -> tuple[str, ...]:
        """The rules it decided that are still there, in the order of the rulebook."""
        made = self.folder.manifest.meta["parameters"]["rules"]
        return tuple(name for name in RULEBOOK if name in made)

    def is_moved(self, name: str) -> bool:
        """Whether the rule or its figures have changed since."""
        made: Mapping[str, str] = self.folder.manifest.meta["parameters"]["rules"]
        return made[name] != rulebook_digest(RULEBOOK[name], benefits.parameters())

    @cached_property
    def _rows(self) -> Mapping[str, list[dict[str, Any]]]:
        return _by_rule(self.folder, POLICY.name)

    @cached_property
    def _reasons(self) -> Mapping[str, list[dict[str, Any]]]:
        return _by_rule(self.folder, POLICY_REASONS.name)

    @cached_property
    def _hidden(self) -> Mapping[str, frozenset[tuple[str, str, str]]]:
        rows = _by_rule(self.folder, POLICY_HIDDEN.name)
        return {rule: frozenset((row["by"], row["part"], row["count"]) for row in found) for rule, found in rows.items()}

    def withheld(self, name: str) -> frozenset[disclosure.Cell]:
        """The counts of a benefit that are shown to nobody."""
        return self._hidden.get(name, frozenset())

    def total(self, name: str) -> Outcome:
        """All cases of a benefit together."""
        return next(self._outcome(name, row) for row in self._rows[name] if row["by"] == disclosure.ALL)

    def counts(self, name: str, by: str) -> list[dict[str, Any]]:
        """The counts of a benefit as they were worked out, small ones too, by one dimension or of all: to reckon with, not to show."""
        return [row for row in self._rows[name] if row["by"] == by]

    @cached_property
    def floors(self) -> Mapping[tuple[str, ...], int]:
        """What benefits that bar each other, or are paid once for a person, come to at the least, in fen, by their names."""
        return {tuple(row["rules"].split("+")): row["low"] for row in self.folder.read(POLICY_FLOOR).to_pylist()}

    def parts(self, name: str, by: str) -> list[Outcome]:
        """The cases of a benefit by one dimension; empty where its facts cannot be grouped so."""
        return [self._outcome(name, row) for row in self.counts(name, by)]

    def reasons(self, name: str, kind: str) -> list[tuple[str, Shown]]:
        """How many cases each condition decides, the most first: see rules.population.Reason."""
        rows = [row for row in self._reasons.get(name, []) if row["kind"] == kind]
        return [(row["condition"], self._reason(name, row)) for row in sorted(rows, key=lambda row: -row["cases"])]

    def _reason(self, name: str, row: Mapping[str, Any]) -> Shown:
        secret = ("only", row["condition"], "refused") in self._hidden.get(name, frozenset()) if row["kind"] == "only" else False
        return WITHHELD if secret or row["cases"] < THRESHOLD else int(row["cases"])

    def _outcome(self, name: str, row: Mapping[str, Any]) -> Outcome:
        secret = {count for by, part, count in self._hidden.get(name, ()) if (by, part) == (row["by"], row["part"])}

        def shown(count: str, *of: str) -> Shown:
            return WITHHELD if secret & {*of} else row[count]

        return Outcome(
            part=row["part"],
            cases=shown("cases", "cases"),
            entitled=shown("entitled", "entitled"),
            refused=shown("refused", "refused"),
            undetermined=shown("undetermined", "undetermined"),
            low=shown("low", "entitled"),
            high=WITHHELD if secret & {"entitled", "undetermined", "priced"} else row["low"] + row["possible"],
            unpriced=shown("unpriced", "unpriced"),
            people=_people(row["entitled_people"], "entitled" in secret),
            possible_people=_people(row["possible_people"], "undetermined" in secret),
        )


def _people(number: int | None, hidden: bool) -> Shown:
    return WITHHELD if number is not None and (hidden or 0 < number < THRESHOLD) else number


def _by_rule(folder: Folder, table: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in folder.read(table).to_pylist():
        found.setdefault(row["rule"], []).append(row)
    return found


def policies(viewer: Viewer) -> list[Policy]:
    """What was worked out over the snapshot that is shown, newest day first, of each day the last run. Raises NotFound for other roles."""
    refuse_others(viewer)
    root = Path(settings.VAR) / "results" / POLICY_RUNS
    try:
        snapshot = current().snapshot.manifest.id
    except GuildhallError:
        return []
    stamps = sorted((path.stat().st_mtime_ns, path.parent) for path in root.glob("*/manifest.json"))
    found: dict[date, Policy] = {}
    for stamp, path in stamps:
        policy = _opened(path, stamp)
        if policy and policy.folder.manifest.meta["parameters"].get("snapshot") == snapshot and policy.names:
            found[policy.on] = policy
    return [found[day] for day in sorted(found, reverse=True)]


@lru_cache(maxsize=16)
def _opened(path: Path, _stamp: int) -> Policy | None:
    try:
        return Policy(Folder.open(path))
    except (GuildhallError, KeyError):
        return None


def rule_of(policy: Policy, name: str) -> Rule:
    """A rule that a run decided. Raises NotFound."""
    if name not in policy.names:
        raise NotFound(_("There is no such benefit"), next=_("see the list of benefits"))
    return RULEBOOK[name]


def refuse_others(viewer: Viewer) -> None:
    if viewer.role not in READERS or viewer.mandate:
        raise NotFound(_("There is no such page"), next=_("go back to your desk"))


def named(by: str, part: str) -> Text:
    """A part of a dimension in words."""
    if part == "":
        return Text("不属于任何集群或不明", "in no cluster, or not known") if by == "cluster" else Text("不明", "not known")
    if by == "district":
        place = city().place.get(part)
        return place.name if place else Text(part, part)
    if by == "cluster":
        return next((cluster.name for cluster in city().clusters if cluster.cluster == part), Text(part, part))
    if by == "level":
        return next((level.name for level in city().levels if level.code == part), Text(part, part))
    if by == "age":
        return Text(f"{part}岁".replace("+岁", "岁以上"), part.replace("+", " and over"))
    return Text("更早", "earlier") if part == "earlier" else Text(part, part)


def in_order(by: str, parts: Sequence[Any]) -> list[Any]:
    """Parts in the order people look for them: ages, levels and months by themselves, the rest by cost; what is not known last."""
    if by in ("district", "cluster"):
        return sorted(parts, key=lambda one: (one.part == "", -_size(one)))
    order = {level.code: n for n, level in enumerate(city().levels)}
    return sorted(parts, key=lambda one: (one.part == "", one.part != "earlier", order.get(one.part, 0), one.part))


def _size(one: Any) -> int:
    return max((value for name in ("high", "low", "low_before") if isinstance(value := getattr(one, name, None), int)), default=-1)
