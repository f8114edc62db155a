"""People as lists show them: names opened for the page alone, numbers masked, and of the rest what the viewer's role is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from guildhall.registry.engine import minors
from guildhall.registry.engine.documents import said_by
from guildhall.registry.engine.identity import masked
from guildhall.registry.models import EmploymentSpell, Identity, Organisation, Place, Worker, vault
from guildhall.registry.queries import scope
from guildhall.registry.queries.people.criteria import in_force
from guildhall.registry.queries.people.fields import OWN, UNCONFIRMED, shown_of, shown_to
from guildhall.registry.queries.people.walk import Families, families, levels
from guildhall.registry.queries.vouched import UNDENIED
from guildhall.web.viewer import Viewer

IDENTITY = "registry.identity"


@dataclass(frozen=True)
class Row:
    """One person of a list. What the viewer's role is not shown is empty or None.

    `confirmed` is false for whom an employer is shown no more of than its own roster said.
    """

    worker_id: int
    name: str
    number: str = ""
    phone: str = ""
    age: int | None = None
    sex: str = ""
    level: str = ""
    standing: str = ""
    residence: Place | None = None
    employers: tuple[Organisation, ...] = ()
    confirmed: bool = True

    @property
    def is_minor(self) -> bool:
        return self.age is not None and self.age < minors.OF_AGE


@dataclass(frozen=True)
class Opened:
    """Who a record is about, in clear; made for one answer and kept nowhere."""

    name: str
    number: str
    phone: str


def opened(row: Identity) -> Opened:
    """The sealed fields of a record."""
    held = vault()
    phone = held.open(IDENTITY, "phone", row.pk, row.phone_sealed) if row.phone_sealed else ""
    return Opened(
        held.open(IDENTITY, "name", row.pk, row.name_sealed), held.open(IDENTITY, "identity_number", row.pk, row.number_sealed), phone
    )


def age_on(worker: Worker, number: str, today: date) -> int:
    """Whole years of age: by the day of birth in the identity number where it agrees with the recorded month, else by the month.

    By the month alone somebody counts as younger until the month is over: nobody is taken to be of age too early.
    """
    said = said_by(number)
    if said and said.birth_month == worker.birth_month:
        return minors.age_on(said.born, today)
    return today.year - worker.birth_month.year - (today.month <= worker.birth_month.month)


def rows_of(viewer: Viewer, leaders: Sequence[int], today: date) -> tuple[Row, ...]:
    """Those of some people whom the viewer may see, in the order given."""
    workers = {row.pk: row for row in scope.people(viewer, today).filter(pk__in=leaders).select_related("residence", "identity")}
    kept, shown = families([key for key in leaders if key in workers]), shown_of(viewer, [*workers], today)
    held = levels({key: records for key, records in kept.items() if "level" in shown[key]}, today)
    jobs = employers(viewer, kept, today)
    return tuple(_row(workers[key], held.get(key, ""), jobs.get(key, ()), shown[key], today) for key in kept)


def _row(worker: Worker, level: str, employers: tuple[Organisation, ...], shown: Mapping[str, str], today: date) -> Row:
    who = opened(worker.identity)
    return Row(
        worker.pk,
        who.name,
        number=masked(who.number) if "number" in shown else "",
        phone=masked(who.phone) if "phone" in shown else "",
        age=age_on(worker, who.number, today) if "birth" in shown else None,
        sex=worker.sex if "sex" in shown else "",
        level=level,
        standing=worker.standing if "standing" in shown else "",
        residence=worker.residence if "residence" in shown else None,
        employers=employers,
        confirmed=shown is not UNCONFIRMED,
    )


def employers(viewer: Viewer, families: Families, today: date) -> dict[int, tuple[Organisation, ...]]:
    """Whom each person works for today, as far as the viewer is shown."""
    how = shown_to(viewer).get("employment")
    if not how:
        return {}
    leader_of = {record: leader for leader, records in families.items() for record in records}
    spells = EmploymentSpell.objects.filter(in_force(today, "started_on", "ended_on"), UNDENIED, worker_id__in=list(leader_of))
    if how == OWN:
        spells = spells.filter(organisation_id=viewer.organisation or 0)
    found: defaultdict[int, dict[int, Organisation]] = defaultdict(dict)
    for spell in spells.select_related("organisation").order_by("started_on", "spell_id"):
        found[leader_of[spell.worker_id]][spell.organisation_id] = spell.organisation
    return {leader: tuple(by_key.values()) for leader, by_key in found.items()}
