"""Parameters of rules as this city confirmed them: which decide, and which wait for an officer who holds the document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.city import City, rule_parameters
from guildhall.city.instruments import Entry, Instrument
from guildhall.kernel.errors import NotFound
from guildhall.office.models import ParameterConfirmation
from guildhall.rules.parameters import Confirmation, Mode, Parameters
from guildhall.web import pack
from guildhall.web.viewer import Viewer

CONFIRMERS = ("planner", "claims_officer")
"""Who works with the law of the instruments. Whoever gives out the accounts does not also say what the law is."""
READERS = (*CONFIRMERS, "administrator", "auditor")
PAID_HERE = ("claim", "automatic")
"""Channels of instruments that this system pays: their parameters need two officers."""
State = Literal["waiting", "second", "confirmed", "missing"]
STATES: tuple[State, ...] = ("waiting", "second", "confirmed", "missing")


@dataclass(frozen=True)
class Standing:
    """One version with where it stands: `waiting` for a first officer, for a `second`, `confirmed`, or `missing`: nothing to confirm."""

    instrument: Instrument
    entry: Entry
    state: State
    row: ParameterConfirmation | None = None

    @property
    def two_needed(self) -> bool:
        return self.instrument.channel in PAID_HERE


def standings(viewer: Viewer, rule: str = "") -> list[Standing]:
    """Every version of the pack, or of one rule, in the order of its files. Raises NotFound for other roles and for no such rule."""
    _readable(viewer)
    city = pack.city()
    if rule and rule not in city.instrument:
        raise no_such_parameter()
    instruments = [city.instrument[rule]] if rule else city.instruments
    rows = {row.digest: row for row in live().select_related("confirmed_by", "seconded_by", "paper")}
    return [_standing(instrument, entry, rows.get(entry.digest)) for instrument in instruments for entry in instrument.entries]


def ended(viewer: Viewer, rule: str) -> list[ParameterConfirmation]:
    """Confirmations of a rule that no longer count, newest first: withdrawn, or of a version that has changed since."""
    _readable(viewer)
    now = [entry.digest for entry in pack.city().instrument[rule].entries]
    rows = ParameterConfirmation.objects.filter(rule=rule).filter(~Q(digest__in=now) | Q(withdrawn_at__isnull=False))
    return list(rows.select_related("confirmed_by", "seconded_by", "withdrawn_by").order_by("-pk"))


def one(viewer: Viewer, confirmation_id: int) -> tuple[ParameterConfirmation, Standing]:
    """A confirmation that counts, with the version it is of. Raises NotFound."""
    row = live().filter(pk=confirmation_id).first()
    found = [standing for standing in standings(viewer, row.rule) if standing.row == row] if row else []
    if row is None or not found:
        raise no_such_parameter()
    return row, found[0]


def may_confirm(viewer: Viewer, entry: Entry) -> bool:
    """Whether the viewer may stand by a version: officers of the whole city, and of a district what that district sets itself."""
    root = pack.city().root
    return viewer.role in CONFIRMERS and not viewer.scopes and viewer.place in (root, entry.version.jurisdiction)


def live() -> QuerySet[ParameterConfirmation]:
    """Confirmations that were not withdrawn."""
    return ParameterConfirmation.objects.filter(withdrawn_at=None)


def confirmations() -> dict[str, Confirmation]:
    """What this city stands by, by the digest of the version: with both officers where two are needed."""
    rows = live().filter(Q(two_needed=False) | Q(seconded_at__isnull=False)).order_by("digest")
    return {row.digest: _confirmation(row) for row in rows}


def parameters() -> Parameters:
    """The parameters in force: those of the pack, with the city's confirmations. In production only confirmed ones decide.

    The same object as before while nothing has changed, so that what was made from it is not made again.
    """
    mode: Mode = "demonstration" if settings.DEMONSTRATION else "production"
    return _parameters(_Key(pack.city()), mode, tuple(confirmations().items()))


def visible(viewer: Viewer, key: int, today: date) -> bool:
    """Whether the viewer may see the papers of a confirmation: whoever may read the parameters."""
    return viewer.role in READERS and ParameterConfirmation.objects.filter(pk=key).exists()


def no_such_parameter() -> NotFound:
    return NotFound(_("There is no such parameter"), next=_("see the list of parameters"))


@dataclass(frozen=True)
class _Key:
    """A city by its digest, so that two readings of one pack are one."""

    city: City

    def __hash__(self) -> int:
        return hash(self.city.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.city.digest == self.city.digest


@lru_cache(maxsize=4)
def _parameters(key: _Key, mode: Mode, given: tuple[tuple[str, Confirmation], ...]) -> Parameters:
    return rule_parameters(key.city, mode=mode, confirmations=dict(given))


def _confirmation(row: ParameterConfirmation) -> Confirmation:
    signed = row.seconded_at or row.confirmed_at
    officers = f"account:{row.confirmed_by_id}" + (f" account:{row.seconded_by_id}" if row.seconded_by_id else "")
    return Confirmation(officers, timezone.localdate(signed), row.reference)


def _standing(instrument: Instrument, entry: Entry, row: ParameterConfirmation | None) -> Standing:
    if entry.version.value is None:
        return Standing(instrument, entry, "missing")
    if row is None:
        return Standing(instrument, entry, "waiting")
    return Standing(instrument, entry, "second" if row.two_needed and row.seconded_at is None else "confirmed", row)


def _readable(viewer: Viewer) -> None:
    if viewer.role not in (*READERS, "system"):
        raise no_such_parameter()
