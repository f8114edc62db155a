"""What narrows a search to some records, each along one index: a name, a number, an employer, a place, a level.

One criterion leads a search: it cuts the records that meet it into stretches, in an order of its own. The others, and what the
viewer may see, are asked of the records of one stretch. A stretch is a range of an index, so that what one question costs is
bounded, whatever PostgreSQL guesses about how many rows pass.
"""

from __future__ import annotations

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

Position = Sequence[Any]
"""Where a record stands in the order of a criterion; JSON."""
Rows = QuerySet[Any]
"""Rows of any table with a `worker_id`: the records they are of are meant."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of a list: rows of its records, along one index. `odd` are a few more records, to be asked about one by one.

    `end` is the position it reaches, None where the list ends with it; `place` tells records of one key apart where a list goes
    through places.
    """

    rows: Rows | None
    end: Position | None
    odd: frozenset[int] = frozenset()
    place: str = ""

    def position(self, record: int) -> Position:
        return (self.place, record) if self.place else (record,)


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
        rows, few = self.rows().filter(worker_id__gt=at), [_first(rows.filter(worker_id__gt=at), width) for rows in self.odd()]
        ends = [edge for edge in (_edge(rows, width), *(found[width - 1] for found in few if len(found) > width)) if edge is not None]
        end = min(ends, default=None)
        odd = frozenset(key for found in few for key in found if end is None or key <= end)
        return Stretch(rows, None, odd) if end is None else Stretch(rows.filter(worker_id__lte=end), (end,), odd)

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


def _first(rows: Rows, width: int) -> list[int]:
    """The keys of the first rows, one more than `width` where there are more."""
    return list(rows.order_by("worker_id").values_list("worker_id", flat=True)[: width + 1])


def _edge(rows: Rows, width: int) -> int | None:
    """The key of the last of `width` rows; None where there are no more rows than that."""
    edge: list[int] = list(rows.order_by("worker_id").values_list("worker_id", flat=True)[width - 1 : width + 1])
    return edge[0] if len(edge) == 2 else None


@dataclass(frozen=True)
class Named(Criterion):
    """Records of which the present name or a former one has one of these words: pairs of a search column and a word.

    The first word leads; names with another one, and former names, are the few.
    """

    words: tuple[tuple[str, str], ...]

    def rows(self) -> Rows:
        return Identity.objects.filter(self._hashed[0])

    def odd(self) -> tuple[Rows, ...]:
        others = tuple(Identity.objects.filter(word) for word in self._hashed[1:])
        return (*others, FormerName.objects.filter(reduce(or_, self._hashed)))

    def holds(self) -> tuple[Exists | Q, ...]:
        """All words are asked in one go: one row of one record is looked at."""
        any_word = reduce(or_, self._hashed)
        return tuple(Exists(model._default_manager.filter(any_word, worker_id=OuterRef("worker_id"))) for model in (Identity, FormerName))

    @cached_property
    def _hashed(self) -> list[Q]:
        return [Q(**{column: hashed_word(vault(), column, word)}) for column, word in self.words]


@dataclass(frozen=True)
class Employed(Criterion):
    """Records with a spell of employment at an organisation that lasts today."""

    organisation: int
    today: date

    def rows(self) -> Rows:
        return EmploymentSpell.objects.filter(in_force(self.today, "started_on", "ended_on"), organisation_id=self.organisation)


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
        """Goes on in the place of `after`; a place ends a stretch, and places where nobody is left are passed over."""
        place, at = (after[0], after[1]) if after else ("", 0)
        for here in (one for one in self.places if one >= place):
            rows = Worker.objects.filter(residence_id=here, worker_id__gt=at if here == place else 0)
            edge = _edge(rows, width)
            if edge is not None:
                return Stretch(rows.filter(worker_id__lte=edge), (here, edge), place=here)
            if rows.exists():
                return Stretch(rows, self._from(here), place=here)
        return Stretch(None, None)

    def _from(self, here: str) -> Position | None:
        """The beginning of the place after this one."""
        later = [place for place in self.places if place > here]
        return (later[0], 0) if later else None

    def first(self, records: Collection[int]) -> int | None:
        rows = Worker.objects.filter(pk__in=records, residence_id__in=self.places).values_list("residence_id", "pk")
        return min(rows, default=(None, None))[1]


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
