"""What narrows a search to some records, each along one index: a name, a number, an employer, a place, a level.

One criterion leads a search: it cuts the records that meet it into stretches, in an order of its own. The others, and what the
viewer may see, are asked of the records of one stretch. A stretch is a range of an index, so that what one question costs is
bounded, whatever PostgreSQL guesses about how many rows pass.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from guildhall.registry.engine.duplicates import new_form
from guildhall.registry.models import (
    Certificate,
    CertificateNumber,
    ClaimedCertificate,
    EmploymentSpell,
    FormerName,
    Identity,
    IdentityDocument,
    Worker,
    hashed_word,
    vault,
)
from guildhall.registry.queries.vouched import CONFIRMED, UNDENIED

Position = Sequence[Any]
"""Where a record stands in the order of a criterion; JSON."""
Rows = QuerySet[Any]
"""Rows of any table with a `worker_id`: the records they are of are meant."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of a list: rows of its records, along one index. `odd` are a few more records, to be asked about one by one.

    `end` is the position it reaches, None where the list ends with it; `length` about how many rows it has.
    """

    rows: Rows | None
    end: Position | None
    length: int
    odd: frozenset[int] = frozenset()

    def positions(self, records: Collection[int]) -> dict[int, Position]:
        """Where some of its records stand, in their order."""
        return {record: (record,) for record in sorted(records)}


@dataclass(frozen=True)
class Homes(Stretch):
    """A stretch through places: people stand in the order of the places they live in."""

    def positions(self, records: Collection[int]) -> dict[int, Position]:
        homes = Worker.objects.filter(pk__in=records).order_by("residence_id", "pk").values_list("residence_id", "pk")
        return {record: (place, record) for place, record in homes}


class Criterion:
    """One thing asked of a record, whose records come in the order of their keys."""

    def rows(self) -> Rows:
        """Rows that give all but a few of the records, along one index."""
        raise NotImplementedError

    def odd(self) -> tuple[Rows, ...]:
        """Rows that give the few others."""
        return ()

    def holds(self) -> tuple[Exists | Q, ...]:
        """The same as conditions on any row with a `worker_id`: one of them holds."""
        return tuple(Exists(rows.filter(worker_id=OuterRef("worker_id"))) for rows in (self.rows(), *self.odd()))

    def stretch(self, after: Position | None, width: int) -> Stretch:
        """The next stretch after a position, about `width` rows long."""
        at = after[0] if after else 0
        rows, (few, horizon) = self.rows().filter(worker_id__gt=at), self._few.after(at)
        ends = [edge for edge in (_edge(rows, width), horizon, few[width - 1] if len(few) > width else None) if edge is not None]
        end = min(ends, default=None)
        odd = frozenset(key for key in few if end is None or key <= end)
        return Stretch(rows, None, width, odd) if end is None else Stretch(rows.filter(worker_id__lte=end), (end,), width, odd)

    @cached_property
    def _few(self) -> _Few:
        return _Few(self.odd())

    def size(self, cap: int) -> int:
        """How many rows meet it, at most `cap`."""
        return self.rows().order_by()[:cap].count()

    def first(self, records: Collection[int]) -> int | None:
        """The record that comes first of those that meet it."""
        every = (self.rows(), *self.odd())
        return min((key for rows in every for key in keys(rows.filter(worker_id__in=records))), default=None)


def keys(rows: Rows) -> QuerySet[Any, int]:
    """The keys of the records that rows are of."""
    return rows.order_by().values_list("worker_id", flat=True)


class _Few:
    """The keys of the odd records, read ahead once for many stretches."""

    def __init__(self, every: tuple[Rows, ...]) -> None:
        self._every = every
        self._begin, self._horizon, self._keys = -1, None if not every else -1, list[int]()

    def after(self, at: int) -> tuple[list[int], int | None]:
        """The keys after one, in order, and the key up to which they are all; None where they are all there are."""
        if self._every and (at < self._begin or self._horizon is not None and at >= self._horizon):
            parts = [_first(rows.filter(worker_id__gt=at), AHEAD) for rows in self._every]
            self._horizon = min((part[-1] for part in parts if len(part) == AHEAD), default=None)
            self._keys = sorted({key for part in parts for key in part if self._horizon is None or key <= self._horizon})
            self._begin = at
        return self._keys[bisect_right(self._keys, at) :], self._horizon


AHEAD = 2_000
"""Odd records read at once."""


def _first(rows: Rows, count: int) -> list[int]:
    return list(rows.order_by("worker_id").values_list("worker_id", flat=True)[:count])


def _edge(rows: Rows, width: int) -> int | None:
    """The key of the last of `width` rows; None where there are no more rows than that."""
    edge: list[int] = list(rows.order_by("worker_id").values_list("worker_id", flat=True)[width - 1 : width + 1])
    return edge[0] if len(edge) == 2 else None


@dataclass(frozen=True)
class Named(Criterion):
    """Records of which the present name has one of these words, or a former one where `former`: pairs of a search column and a word.

    The first word leads; names with another one, and former names, are the few.
    """

    words: tuple[tuple[str, str], ...]
    former: bool = True

    def rows(self) -> Rows:
        return Identity.objects.filter(self._hashed[0])

    def odd(self) -> tuple[Rows, ...]:
        others = tuple(Identity.objects.filter(word) for word in self._hashed[1:])
        return (*others, FormerName.objects.filter(reduce(or_, self._hashed))) if self.former else others

    def holds(self) -> tuple[Exists | Q, ...]:
        """All words are asked in one go: one row of one record is looked at."""
        any_word = reduce(or_, self._hashed)
        every = (Identity, FormerName) if self.former else (Identity,)
        return tuple(Exists(model._default_manager.filter(any_word, worker_id=OuterRef("worker_id"))) for model in every)

    @cached_property
    def _hashed(self) -> list[Q]:
        return [Q(**{column: hashed_word(vault(), column, word)}) for column, word in self.words]


@dataclass(frozen=True)
class Employed(Criterion):
    """Records with a spell of employment at an organisation that lasts today and that the person has not denied."""

    organisation: int
    today: date

    def rows(self) -> Rows:
        return EmploymentSpell.objects.filter(in_force(self.today, "started_on", "ended_on"), UNDENIED, organisation_id=self.organisation)


@dataclass(frozen=True)
class Known(Employed):
    """Records with such a spell that is confirmed: of whom an employer may ask more than its own roster said."""

    def rows(self) -> Rows:
        return super().rows().filter(CONFIRMED)


@dataclass(frozen=True)
class Certified(Criterion):
    """Records with a certificate of a level that holds today, whether or not it is the highest."""

    level: str
    today: date

    def rows(self) -> Rows:
        return Certificate.objects.filter(in_force(self.today, "issued_on", "valid_until"), level=self.level)

    def size(self, cap: int) -> int:
        """Told by the index alone: those that lapsed are few, and nothing hangs on them."""
        return Certificate.objects.filter(level=self.level).order_by()[:cap].count()


@dataclass(frozen=True)
class Numbered(Criterion):
    """Records that a number belongs to: the few keys, found already."""

    found: tuple[int, ...]

    def rows(self) -> Rows:
        return Worker.objects.filter(worker_id__in=self.found)


@dataclass(frozen=True)
class Living(Criterion):
    """Records whose residence is one of these places, place by place."""

    places: tuple[str, ...]

    def rows(self) -> Rows:
        return Worker.objects.filter(residence_id__in=self.places)

    def stretch(self, after: Position | None, width: int) -> Stretch:
        """Goes on in the place of `after`: through several places where few live, else a part of one."""
        place, at = (after[0], after[1]) if after else ("", 0)
        left = [one for one in self.places if one >= place]
        if not left:
            return Homes(None, None, 0)
        begun = left[0] if left[0] == place else ""
        for group in (left[:TOGETHER], left[:1]):
            rows = Worker.objects.filter(_in_places(begun, at, group))
            length = rows.order_by()[: width + 1].count()
            if length <= width:
                return Homes(rows, (left[len(group)], 0) if len(left) > len(group) else None, length)
        edge = _edge(rows, width)
        return Homes(rows.filter(worker_id__lte=edge), (left[0], edge), width)

    def first(self, records: Collection[int]) -> int | None:
        rows = Worker.objects.filter(pk__in=records, residence_id__in=self.places).values_list("residence_id", "pk")
        return min(rows, default=(None, None))[1]


def _in_places(begun: str, at: int, places: Sequence[str]) -> Q:
    """Residence in one of the places; in the one that was begun, after a key."""
    others = Q(residence_id__in=[place for place in places if place != begun])
    return (Q(residence_id=begun, worker_id__gt=at) | others) if begun else others


TOGETHER = 20
"""Places gone through at once where few people live in them."""


def in_force(on: date, begins: str, ends: str) -> Q:
    """Rows whose half-open stretch of time contains a day."""
    return Q(**{f"{begins}__lte": on}) & (Q(**{ends: None}) | Q(**{f"{ends}__gt": on}))


def of_number(value: str, phone: str | None, kinds: Collection[str]) -> Numbered:
    """The records that a number leads to, sought as each of `kinds`: `number`, `documents`, `phone`, `certificates`, `claims`.

    An identity number of fifteen digits is sought in its present form too. Documents that ended still lead to the person.
    """
    held = vault()
    numbers = [held.keyed_hash("identity_number", form) for form in {value, new_form(value)}]
    certificate, phones = held.keyed_hash("certificate_number", value), [held.keyed_hash("phone", phone)] if phone else []
    questions: dict[str, QuerySet[Any, int]] = {
        "number": Identity.objects.filter(number_hash__in=numbers).values_list("worker_id", flat=True),
        "documents": IdentityDocument.objects.filter(number_hash__in=numbers).values_list("worker_id", flat=True),
        "phone": Identity.objects.filter(phone_hash__in=phones).values_list("worker_id", flat=True),
        "certificates": CertificateNumber.objects.filter(number_hash=certificate).values_list("certificate__worker_id", flat=True),
        "claims": ClaimedCertificate.objects.filter(number_hash=certificate).values_list("worker_id", flat=True),
    }
    return Numbered(tuple(sorted({key for kind in kinds for key in questions[kind][:MOST_OF_A_NUMBER]})))


MOST_OF_A_NUMBER = 200
"""Records taken for one number: a phone may be shared by a crew, but hardly by more."""
