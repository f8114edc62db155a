"""Tables into rows: a folder is checked as a whole, then applied in short chunks that a kill cannot tear.

The Parquet folder is the stage. Each chunk and its checkpoint are one transaction, so a load that was killed goes on where
it stopped, and the end state is the same. Loading the same folder again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from django.db import IntegrityError, transaction

from guildhall.kernel.errors import Fault, FaultsFound, GuildhallError
from guildhall.kernel.runs import Folder, digest, digest_file
from guildhall.kernel.tables import Column, Table
from guildhall.office.bulk import CHUNK_ROWS, Binding, clear, insert, reset_sequences
from guildhall.registry import models, tables
from guildhall.registry.engine.identity import Checked, check_numbers, normalise_number, normalise_phone

Progress = Callable[[int, int], None]
"""Called with rows applied and rows in all."""
Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class IdentityNotes:
    """What the identity numbers of a folder say beside what is recorded; counts of people."""

    people: int = 0
    other_birth_month: int = 0
    other_sex: int = 0
    made_up_region: int = 0


@dataclass(frozen=True)
class LoadReport:
    """What a load did: `loaded` from nothing, `resumed` after a kill, or `unchanged`; rows per table as they now stand."""

    outcome: str
    digest: str
    rows: dict[str, int]
    identity: IdentityNotes = IdentityNotes()


def _seal_identity(rows: pa.Table) -> pa.Table:
    """Published identity columns → the sealed and hashed columns of the database."""
    vault, name, keys = models.vault(), tables.IDENTITY.name, rows.column("worker_id").to_pylist()
    numbers = [normalise_number(number) for number in rows.column("identity_number").to_pylist()]
    phones = rows.column("phone").to_pylist()
    return pa.table(
        {
            "worker_id": rows.column("worker_id"),
            "name_sealed": pa.array(vault.seal_column(name, "name", keys, rows.column("name").to_pylist()), pa.binary()),
            "number_sealed": pa.array(vault.seal_column(name, "identity_number", keys, numbers), pa.binary()),
            "number_hash": pa.array(vault.keyed_hashes("identity_number", numbers), pa.binary()),
            "phone_sealed": pa.array(vault.seal_column(name, "phone", keys, phones), pa.binary()),
            "phone_hash": pa.array(vault.keyed_hashes("phone", [p and normalise_phone(p) for p in phones]), pa.binary()),
        }
    )


def _seal_certificate_numbers(rows: pa.Table) -> pa.Table:
    vault, keys = models.vault(), rows.column("certificate_id").to_pylist()
    numbers = [normalise_number(number) for number in rows.column("number").to_pylist()]
    return pa.table(
        {
            "certificate_id": rows.column("certificate_id"),
            "number_sealed": pa.array(vault.seal_column(tables.CERTIFICATE_NUMBERS.name, "number", keys, numbers), pa.binary()),
            "number_hash": pa.array(vault.keyed_hashes("certificate_number", numbers), pa.binary()),
        }
    )


BINDINGS = (
    Binding(tables.PLACES, models.Place),
    Binding(tables.PLACE_PARENTS, models.PlaceParent),
    Binding(tables.PLACE_SUCCESSORS, models.PlaceSuccessor),
    Binding(tables.ORGANISATIONS, models.Organisation),
    Binding(tables.WORKERS, models.Worker),
    Binding(tables.IDENTITY, models.Identity, _seal_identity),
    Binding(tables.CERTIFICATES, models.Certificate),
    Binding(tables.CERTIFICATE_NUMBERS, models.CertificateNumber, _seal_certificate_numbers),
    Binding(tables.EMPLOYMENT, models.EmploymentSpell),
    Binding(tables.INSURANCE, models.InsuranceSpell),
)
"""In the order in which rows can be added: each table only points to tables before it."""


def load_folder(
    folder: Folder,
    bindings: Sequence[Binding],
    *,
    mode: str,
    now: datetime,
    progress: Progress | None = None,
    replace: bool = False,
) -> LoadReport:
    """Brings every table of `bindings` from `folder` into the database; `replace` clears what is there first.

    Raises FaultsFound where a table breaks its declaration, GuildhallError where other records are in the way.
    """
    source = digest(folder.manifest.to_json())
    done = _rows_done(source)
    if done and all(batch.state == "done" for batch in done.values()):
        return LoadReport("unchanged", source, {name: batch.rows_done for name, batch in done.items()})
    _refuse_what_the_mode_forbids(folder, mode, replace)
    staged = _stage(folder, bindings)
    notes = check_people(staged, mode, synthetic=bool(folder.manifest.meta.get("synthetic")))
    if not done:
        try:
            _begin(folder, source, bindings, staged, now, replace)
        except IntegrityError:
            raise _another_is_running() from None
        done = _rows_done(source)
    _apply(bindings, staged, done, progress)
    outcome = "resumed" if any(batch.rows_done for batch in done.values()) else "loaded"
    return LoadReport(outcome, source, {name: staged[name].num_rows for name in done}, notes)


def _rows_done(source: str) -> dict[str, models.LoadBatch]:
    return {batch.table: batch for batch in models.LoadBatch.objects.filter(digest=source).order_by("position")}


def _another_is_running() -> GuildhallError:
    return GuildhallError("Another load of this folder is running", next="wait until it ends; nothing was lost")


def _refuse_what_the_mode_forbids(folder: Folder, mode: str, replace: bool) -> None:
    if mode == "demonstration":
        return
    if replace:
        raise GuildhallError("Records are never replaced as a whole in production mode", next="load into an empty database")
    if folder.manifest.meta.get("synthetic"):
        raise GuildhallError(
            "A synthetic city is not loaded in production mode",
            why=f"{folder.path} holds made-up people",
            next="set GUILDHALL_MODE=demonstration, or load a folder of real records",
        )


def _stage(folder: Folder, bindings: Sequence[Binding]) -> dict[str, pa.Table]:
    """Every table, whole and checked: bytes against the manifest, columns and keys against declarations, references."""
    staged: dict[str, pa.Table] = {}
    faults: list[Fault] = []
    for table in (binding.table for binding in bindings):
        if digest_file(folder.file(table)) != folder.sha256(table):
            faults.append(Fault(folder.file(table).name, 0, "", "the file is not the one its manifest describes", "write the folder again"))
            continue
        staged[table.name] = read = folder.read(table)
        faults += [*table.check(read), *_check_months(table, read)]
    if not faults:
        faults = [fault for binding in bindings for fault in _check_references(binding.table, staged)]
    if faults:
        raise FaultsFound(f"The tables in {folder.path} cannot be loaded", faults, next="write the folder again; nothing was loaded")
    return staged


MONTHS = {tables.WORKERS.name: ("birth_month",), tables.INSURANCE.name: ("started_on", "ended_on")}


def _check_months(table: Table, rows: pa.Table) -> Iterator[Fault]:
    """Columns that hold months must hold their first day."""
    for name in MONTHS.get(table.name, ()):
        wrong = pc.index(pc.not_equal(pc.day(rows.column(name)), 1), True).as_py()
        if wrong >= 0:
            yield Fault(table.name, wrong + 1, name, "a month is kept as its first day")


def _check_references(table: Table, staged: Tables) -> Iterator[Fault]:
    for column in table.columns:
        target = staged.get(column.ref)
        if target is not None:
            yield from _check_reference(table, column, staged[table.name].column(column.name), target.column(0))


def _check_reference(table: Table, column: Column, values: pa.ChunkedArray, keys: pa.ChunkedArray) -> Iterator[Fault]:
    plain = values.cast(keys.type) if values.type != keys.type else values
    lost = pc.and_(pc.invert(pc.is_in(plain, value_set=keys)), pc.is_valid(plain))
    if count := pc.sum(lost).as_py():
        first = pc.index(lost, True).as_py()
        yield Fault(table.name, first + 1, column.name, f"{count} rows point to {column.ref} that do not exist, first {plain[first]}")


def check_people(staged: Tables, mode: str, *, synthetic: bool) -> IdentityNotes:
    """Counts where identity numbers and recorded facts differ. Raises FaultsFound for numbers that cannot be.

    Numbers under a region that was never assigned belong to made-up people: accepted in demonstration mode only. The other
    way round, a made-up person must not carry a number that could be somebody's.
    """
    rows = staged[tables.IDENTITY.name]
    workers = staged[tables.WORKERS.name].select(["worker_id", "birth_month", "sex"])
    at = pc.index_in(rows.column("worker_id"), value_set=workers.column("worker_id"))
    known = workers.take(at)
    found = check_numbers(rows.column("identity_number"), known.column("birth_month"), known.column("sex"))
    if faults := [*_number_faults(found, mode, synthetic)]:
        raise FaultsFound("Identity numbers cannot be loaded", faults, next="correct the numbers; nothing was loaded")
    return IdentityNotes(
        rows.num_rows,
        int((~found.birth_agrees).sum()),
        int((~found.sex_agrees).sum()),
        int((~found.assigned).sum()),
    )


def _number_faults(found: Checked, mode: str, synthetic: bool) -> Iterator[Fault]:
    """The first rows with numbers that cannot be; the numbers themselves are not repeated."""
    wrong = [(~found.valid, "not a resident identity number: length, date of birth or check digit")]
    if mode != "demonstration":
        wrong.append((~found.assigned & found.valid, "its region was never assigned: a made-up person"))
    if synthetic:
        wrong.append((found.assigned & found.valid, "a made-up person with a number that could be somebody's"))
    for rows, what in wrong:
        for row in rows.nonzero()[0][:20]:
            yield Fault(tables.IDENTITY.name, int(row) + 1, "identity_number", what)


def _begin(folder: Folder, source: str, bindings: Sequence[Binding], staged: Tables, now: datetime, replace: bool) -> None:
    """Writes one checkpoint per table, in one transaction with the clearing of what stood there before."""
    with transaction.atomic():
        if _rows_done(source):
            raise _another_is_running()
        if replace:
            clear([models.LoadBatch, *(binding.model for binding in reversed(bindings))])
        _refuse_over_others(bindings, source)
        manifest = asdict(folder.manifest)
        for position, binding in enumerate(bindings):
            total = staged[binding.table.name].num_rows
            models.LoadBatch.objects.create(
                digest=source,
                table=binding.table.name,
                position=position,
                rows_total=total,
                state="loading" if total else "done",
                manifest=manifest,
                started_at=now,
            )


def _refuse_over_others(bindings: Sequence[Binding], source: str) -> None:
    taken = [binding.table.name for binding in bindings if binding.model._default_manager.exists()]
    if taken or models.LoadBatch.objects.exclude(digest=source).exists():
        raise GuildhallError(
            "The registry already holds other records",
            why=f"rows in {', '.join(taken)}" if taken else "another load has begun",
            next="load into an empty database, or in demonstration mode replace what is there",
        )


def _apply(bindings: Sequence[Binding], staged: Tables, done: Mapping[str, models.LoadBatch], progress: Progress | None) -> None:
    total = sum(batch.rows_total for batch in done.values())
    count = sum(batch.rows_done for batch in done.values())
    for binding in bindings:
        rows, start = staged[binding.table.name], done[binding.table.name].rows_done
        for at in range(start, rows.num_rows, CHUNK_ROWS):
            chunk = rows.slice(at, CHUNK_ROWS)
            _apply_chunk(binding, done[binding.table.name], chunk, at)
            count += chunk.num_rows
            if progress:
                progress(count, total)


def _apply_chunk(binding: Binding, batch: models.LoadBatch, chunk: pa.Table, at: int) -> None:
    """Adds one chunk and moves the checkpoint past it, both or neither."""
    prepared = binding.prepare(chunk) if binding.prepare else chunk
    end = at + chunk.num_rows
    state = "done" if end == batch.rows_total else "loading"
    try:
        with transaction.atomic():
            moved = models.LoadBatch.objects.filter(pk=batch.pk, rows_done=at).update(rows_done=end, state=state)
            if not moved:
                raise _another_is_running()
            insert(binding.model, prepared)
            if state == "done":
                reset_sequences([binding.model])
    except IntegrityError as error:
        what = f"Rows {at + 1} to {end} of {binding.table.name} break a rule of the database"
        raise GuildhallError(
            what, why=str(error).splitlines()[0], next="correct the folder, then load again with nothing in the way"
        ) from error
