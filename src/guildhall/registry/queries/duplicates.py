"""Possible duplicates as officers see them: pairs of which at least one record is in sight, both side by side where both are.

An officer who sees one record only is told that the other is in another district, and nothing else of it; the city's officers
decide such a pair. `keyed` is what the search for duplicates reads: keys and hashes, nothing opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.registry import tables
from guildhall.registry.engine.duplicates import CERTIFICATES, NUMBERS, PEOPLE
from guildhall.registry.engine.identity import masked
from guildhall.registry.engine.names import plain
from guildhall.registry.models import (
    Alias,
    Certificate,
    CertificateNumber,
    ClaimedCertificate,
    DuplicatePair,
    EmploymentSpell,
    Identity,
    IdentityDocument,
    Place,
    Worker,
    vault,
)
from guildhall.registry.queries import scope, territory
from guildhall.registry.queries.records import is_registrar
from guildhall.web.viewer import PUBLIC, Viewer

OPENED = 2_000
"""Identity numbers opened at a time."""


@dataclass(frozen=True)
class Side:
    """One record of a pair as a page shows it: in clear what is shown, masked what is a number."""

    worker: Worker
    name: str
    number: str
    phone: str
    documents: tuple[tuple[str, str], ...]
    certificates: tuple[Certificate, ...]
    employment: tuple[EmploymentSpell, ...]
    merged: bool

    @property
    def masked_number(self) -> str:
        return masked(self.number)


@dataclass(frozen=True)
class Line:
    """What both records say of one thing, and whether they agree; None where one says nothing."""

    what: str
    first: Any
    second: Any
    agree: bool | None


@dataclass(frozen=True)
class Listed:
    """A pair in the queue: the names of the records in sight; `apart` where one of them is not."""

    pair: DuplicatePair
    first: str
    second: str

    @property
    def apart(self) -> bool:
        return not (self.first and self.second)


@dataclass(frozen=True)
class Queue:
    rows: tuple[Listed, ...]
    waiting: int
    next: str


@dataclass(frozen=True)
class Pair:
    """A pair to be decided: both sides (None where out of sight), what they say line by line, and the record that leads, if merged."""

    row: DuplicatePair
    first: Side | None
    second: Side | None
    lines: tuple[Line, ...]
    leads: int | None

    @property
    def leading(self) -> Side | None:
        """The side that leads, of a merged pair."""
        return next((side for side in (self.first, self.second) if side and side.worker.pk == self.leads), None)

    @property
    def may_decide(self) -> bool:
        return self.first is not None and self.second is not None


def queue(viewer: Viewer, today: date, *, state: str = "proposed", after: str = "", size: int = 50) -> Queue:
    """Pairs in a state of which the viewer sees a record, the likeliest first. Raises NotFound for whoever keeps no records."""
    rows = _within(viewer, today).filter(state=state)
    if state == "proposed":  # a record merged since then stands for its leader, for which the next search puts up its own pair
        rows = rows.filter(first__alias=None, second__alias=None)
    beyond = rows
    if after:
        score, key = _cursor(after)
        beyond = rows.filter(Q(score__lt=score) | Q(score=score, pk__gt=key))
    found = list(beyond.order_by("-score", "pk")[: size + 1])
    keys = {key for pair in found[:size] for key in (pair.first_id, pair.second_id)}
    names = _names(scope.records(viewer, today).filter(pk__in=keys))
    listed = tuple(Listed(pair, names.get(pair.first_id, ""), names.get(pair.second_id, "")) for pair in found[:size])
    return Queue(listed, rows.count(), f"{found[size - 1].score}.{found[size - 1].pk}" if len(found) > size else "")


def pair(viewer: Viewer, pair_id: int, today: date) -> Pair:
    """One pair. Raises NotFound where neither record is in sight."""
    row = _within(viewer, today).filter(pk=pair_id).first()
    if row is None:
        raise NotFound(
            _("There is no such pair"), why=_("or it is not one for the role you are in"), next=_("see the queue of possible duplicates")
        )
    seen = scope.records(viewer, today).filter(pk__in=(row.first_id, row.second_id)).select_related("residence", "identity")
    sides = {worker.pk: _side(worker) for worker in seen}
    first, second = sides.get(row.first_id), sides.get(row.second_id)
    leads = Alias.objects.filter(pk__in=(row.first_id, row.second_id), merged_into__in=(row.first_id, row.second_id))
    return Pair(row, first, second, _lines(first, second), leads.values_list("merged_into_id", flat=True).first())


def pairs_of(viewer: Viewer, worker_id: int, today: date) -> list[DuplicatePair]:
    """The pairs in which a record stands, whatever their state; none where the viewer may not see them."""
    if not is_registrar(viewer):
        return []
    named = Q(first_id=worker_id) | Q(second_id=worker_id)
    if not DuplicatePair.objects.filter(named).exists():  # so for nearly everybody, and cheaper to ask than who may see it
        return []
    return list(_within(viewer, today).filter(named).order_by("pk"))


def _within(viewer: Viewer, today: date) -> QuerySet[DuplicatePair]:
    if not is_registrar(viewer):
        raise NotFound(_("There is no such page"), next=_("go back to your desk"))
    if scope.jurisdiction(viewer, today) is None:
        return DuplicatePair.objects.all()
    # Asked for each pair: pairs are few, and those whom a district sees are many.
    seen = [Exists(scope.records(viewer, today).filter(pk=OuterRef(side))) for side in ("first_id", "second_id")]
    return DuplicatePair.objects.filter(seen[0] | seen[1])


def _names(workers: QuerySet[Worker]) -> dict[int, str]:
    sealed = Identity.objects.filter(worker__in=workers).values_list("worker_id", "name_sealed")
    return {key: vault().open(tables.IDENTITY.name, "name", key, value) for key, value in sealed}


def _side(worker: Worker) -> Side:
    identity: Identity = worker.identity
    held, table = vault(), tables.IDENTITY.name
    documents = IdentityDocument.objects.filter(worker=worker).order_by("pk")
    return Side(
        worker,
        held.open(table, "name", worker.pk, identity.name_sealed),
        held.open(table, "identity_number", worker.pk, identity.number_sealed),
        held.open(table, "phone", worker.pk, identity.phone_sealed) if identity.phone_sealed else "",
        tuple((row.kind, masked(held.open("registry.identity_documents", "number", row.pk, row.number_sealed))) for row in documents),
        tuple(Certificate.objects.filter(worker=worker).select_related("issuer").order_by("issued_on")),
        tuple(EmploymentSpell.objects.filter(worker=worker).select_related("organisation").order_by("started_on")),
        Alias.objects.filter(pk=worker.pk).exists(),
    )


def _lines(first: Side | None, second: Side | None) -> tuple[Line, ...]:
    """What each side says; numbers are compared in full and shown masked, with the place of each digit that differs marked."""
    some = [side for side in (first, second) if side]
    if not some:
        return ()
    rows: list[tuple[str, Any, Any]] = [(what, first and read(first), second and read(second)) for what, read in _READ.items()]
    return tuple(Line(what, _shown(what, a, b), _shown(what, b, a), _agree(what, a, b)) for what, a, b in rows)


_READ: Mapping[str, Any] = {
    "name": lambda side: side.name,
    "number": lambda side: side.number,
    "phone": lambda side: side.phone,
    "birth_month": lambda side: side.worker.birth_month,
    "sex": lambda side: side.worker.sex,
    "residence": lambda side: side.worker.residence,
    "education": lambda side: side.worker.education,
}


def _agree(what: str, a: Any, b: Any) -> bool | None:
    if a in (None, "", "unknown") or b in (None, "", "unknown"):
        return None
    return bool(plain(a) == plain(b)) if what == "name" else bool(a == b)


def _shown(what: str, value: Any, other: Any) -> Any:
    if what not in ("number", "phone") or not value:
        return value
    return near_mask(value, other or "")


def near_mask(value: str, other: str) -> str:
    """A number masked but for the digits in which it differs from the other, where they are few enough to be a slip: what an
    officer needs to see, and no more than the masked number with two digits of eighteen.
    """
    hidden = masked(value)
    differ = [at for at, (mine, theirs) in enumerate(zip(value, other, strict=False)) if mine != theirs]
    if len(value) != len(other) or not 0 < len(differ) <= 3:
        return hidden
    return "".join(letter if at in differ else hidden[at] for at, letter in enumerate(value))


def _cursor(text: str) -> tuple[int, int]:
    score, _dot, key = text.partition(".")
    if not (score.isascii() and score.isdigit() and key.isascii() and key.isdigit() and len(score) < 6 and len(key) < 19):
        raise NotFound(_("The page asked for is not one this list gave out"), next=_("start again at the first page"))
    return int(score), int(key)


def keyed(today: date) -> dict[str, pa.Table]:
    """All people under keys, for the search for duplicates: the first eight bytes of keyed hashes, months, districts of today."""
    tree = territory(PUBLIC)
    units = {place: tree.responsible_today(place, today) or place for place in Place.objects.values_list("place_id", flat=True)}
    return {PEOPLE: _people(units), NUMBERS: _numbers(), CERTIFICATES: _certificates()}


def _people(units: Mapping[str, str]) -> pa.Table:
    rows = Worker.objects.values_list(
        "worker_id", "birth_month", "sex", "residence_id", "identity__name_two", "identity__name_three", "identity__phone_hash"
    )
    schema = pa.schema(
        [
            ("worker_id", pa.int64()), ("birth_month", pa.date32()), ("sex", pa.string()), ("district", pa.string()),
            ("name", pa.int64()), ("phone", pa.int64()),
        ]
    )  # fmt: skip
    parts = []
    for chunk in _chunks(rows.order_by("worker_id")):
        keys, months, sexes, homes, two, three, phones = zip(*chunk, strict=True)
        whole = [a if b is None else b for a, b in zip(two, three, strict=True)]  # the longest beginning of the name that has a hash
        parts.append(pa.table([keys, months, sexes, [units[home] for home in homes], whole, [_short(phone) for phone in phones]], schema))
    return pa.concat_tables(parts) if parts else schema.empty_table()


def _numbers() -> pa.Table:
    schema = pa.schema([("worker_id", pa.int64()), ("number", pa.int64())])
    sources = (Identity.objects.order_by("worker_id"), IdentityDocument.objects.order_by("pk"))
    rows = (chunk for source in sources for chunk in _chunks(source.values_list("worker_id", "number_hash")))
    return _hashed(rows, schema)


def _certificates() -> pa.Table:
    schema = pa.schema([("worker_id", pa.int64()), ("certificate", pa.int64())])
    held = CertificateNumber.objects.order_by("pk").values_list("certificate__worker_id", "number_hash")
    claimed = ClaimedCertificate.objects.exclude(number_hash=None).order_by("pk").values_list("worker_id", "number_hash")
    return _hashed((chunk for source in (held, claimed) for chunk in _chunks(source)), schema)


def _hashed(chunks: Iterator[Sequence[tuple[int, Any]]], schema: pa.Schema) -> pa.Table:
    parts = [pa.table([[key for key, _ in chunk], [_short(value) for _, value in chunk]], schema) for chunk in chunks]
    return pa.concat_tables(parts) if parts else schema.empty_table()


def _short(digest: Any) -> int | None:
    return None if digest is None else int.from_bytes(bytes(digest[:8]), "big", signed=True)


def _chunks(rows: QuerySet[Any, Any], size: int = 50_000) -> Iterator[list[tuple[Any, ...]]]:
    """Rows in key order, a bounded number at a time."""
    chunk: list[tuple[Any, ...]] = []
    for row in rows.iterator(chunk_size=5_000):
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def opened_numbers(keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Name and identity number of some records, opened to be compared and nowhere kept."""
    held, table = vault(), tables.IDENTITY.name
    rows = Identity.objects.filter(pk__in=keys).values_list("worker_id", "name_sealed", "number_sealed")
    return {key: (held.open(table, "name", key, name), held.open(table, "identity_number", key, number)) for key, name, number in rows}


def settled() -> tuple[dict[int, int], list[tuple[int, int]]]:
    """The record that leads for each merged one, and the pairs that officers found to be two people."""
    apart = DuplicatePair.objects.filter(state="different").values_list("first_id", "second_id")
    return dict(Alias.objects.values_list("worker_id", "merged_into_id")), list(apart)


def last_search() -> datetime | None:
    """When pairs were last put up."""
    return DuplicatePair.objects.order_by("-proposed_at").values_list("proposed_at", flat=True).first()
