"""What narrows a search to some records, each along one index: a name, a number, an employer, a place, a level.

A criterion gives the records that meet it a page at a time, in an order of its own (`page`), tells which of some records meet it
(`among`), and how many do, up to a cap (`size`). One criterion leads a search, the others sift what it gives: the database is
never asked for two at once, so that no plan depends on a guess about how they go together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.db.models import Q, QuerySet

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
Step = tuple[int, Position]


class Criterion(Protocol):
    """One thing asked of a record."""

    def page(self, after: Position | None, limit: int) -> list[Step]:
        """The next records after a position, in order, each with its own position; each record once."""

    def among(self, records: Collection[int]) -> set[int]:
        """Those of the records that meet it."""

    def size(self, cap: int) -> int:
        """How many records meet it, at most `cap`."""

    def first(self, records: Collection[int]) -> int | None:
        """The record that comes first of those that meet it."""


class ByKey:
    """A criterion whose records come in the order of their keys."""

    def keys(self) -> list[QuerySet[Any, int]]:
        """Questions that give the keys of records, each along an index; together they give all."""
        raise NotImplementedError

    def page(self, after: Position | None, limit: int) -> list[Step]:
        found = {key for rows in self.keys() for key in _stretch(rows, after, limit)}
        return [_step(key) for key in sorted(found)[:limit]]

    def among(self, records: Collection[int]) -> set[int]:
        return {key for rows in self.keys() for key in rows.filter(worker_id__in=records)}

    def size(self, cap: int) -> int:
        return min(cap, sum(rows[:cap].count() for rows in self.keys()))

    def first(self, records: Collection[int]) -> int | None:
        return min(self.among(records), default=None)


def _step(key: int) -> Step:
    return key, (key,)


def _stretch(rows: QuerySet[Any, int], after: Position | None, limit: int) -> QuerySet[Any, int]:
    beyond = rows.filter(worker_id__gt=after[0]) if after else rows
    return beyond.order_by("worker_id").distinct()[:limit]


@dataclass(frozen=True)
class Named(ByKey):
    """Records of which the present name or a former one has one of these words: pairs of a search column and a word."""

    words: tuple[tuple[str, str], ...]

    def keys(self) -> list[QuerySet[Any, int]]:
        hashes = [(column, hashed_word(vault(), column, word)) for column, word in self.words]
        return [
            model._default_manager.filter(**{column: found}).values_list("worker_id", flat=True)
            for column, found in hashes
            for model in (Identity, FormerName)
        ]


@dataclass(frozen=True)
class Employed(ByKey):
    """Records with a spell of employment at an organisation that lasts today."""

    organisation: int
    today: date

    def keys(self) -> list[QuerySet[Any, int]]:
        spells = EmploymentSpell.objects.filter(in_force(self.today, "started_on", "ended_on"), organisation_id=self.organisation)
        return [spells.values_list("worker_id", flat=True)]


@dataclass(frozen=True)
class Certified(ByKey):
    """Records with a certificate of a level that holds today, whether or not it is the highest."""

    level: str
    today: date

    def keys(self) -> list[QuerySet[Any, int]]:
        held = Certificate.objects.filter(in_force(self.today, "issued_on", "valid_until"), level=self.level)
        return [held.values_list("worker_id", flat=True)]


@dataclass(frozen=True)
class Numbered(ByKey):
    """Records that a number belongs to: the few keys, found already."""

    found: tuple[int, ...]

    def page(self, after: Position | None, limit: int) -> list[Step]:
        return [_step(key) for key in self.found if not after or key > after[0]][:limit]

    def among(self, records: Collection[int]) -> set[int]:
        return {*records} & {*self.found}

    def size(self, cap: int) -> int:
        return min(cap, len(self.found))


@dataclass(frozen=True)
class Living:
    """Records whose residence is one of these places, place by place."""

    places: tuple[str, ...]

    def page(self, after: Position | None, limit: int) -> list[Step]:
        found: list[Step] = []
        for place, key in self._from(after):
            rows = Worker.objects.filter(residence_id=place, worker_id__gt=key).order_by("worker_id")
            found += [(row, (place, row)) for row in rows.values_list("worker_id", flat=True)[: limit - len(found)]]
            if len(found) == limit:
                break
        return found

    def _from(self, after: Position | None) -> Iterator[tuple[str, int]]:
        """The places still to be gone through, each with the key after which it goes on."""
        at = (after[0], after[1]) if after else ("", 0)
        yield from ((place, at[1] if place == at[0] else 0) for place in self.places if place >= at[0])

    def among(self, records: Collection[int]) -> set[int]:
        return {*Worker.objects.filter(pk__in=records, residence_id__in=self.places).values_list("pk", flat=True)}

    def size(self, cap: int) -> int:
        return Worker.objects.filter(residence_id__in=self.places)[:cap].count()

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
