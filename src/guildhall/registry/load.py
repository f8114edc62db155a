"""Tables into rows: a folder is checked as a whole, then applied in short chunks that a kill cannot tear.

The Parquet folder is the stage. Each chunk and its checkpoint are one transaction, so a load that was killed goes on where
it stopped, and the end state is the same. Loading the same folder again changes nothing. A load that cannot go on makes way
for the next folder, or is abandoned; a finished one never does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from django.db import Error as DatabaseError
from django.db import IntegrityError, transaction
from django.db.models import ForeignObjectRel, Model
from django.db.models.base import ModelBase

from guildhall.kernel.errors import Fault, FaultsFound, GuildhallError
from guildhall.kernel.runs import Folder, digest
from guildhall.kernel.tables import Column, Table
from guildhall.office import demands, staging
from guildhall.office.bulk import CHUNK_ROWS, Binding, clear, insert, reset_sequences
from guildhall.office.operations.audit import record
from guildhall.registry import models, tables
from guildhall.registry.engine.persons import PEOPLE, IdentityNotes, check_certificate_numbers, check_people, doubled, tidied
from guildhall.web.viewer import Viewer

Progress = Callable[[int, int], None]
"""Called with rows applied and rows in all."""
CHAIN = "registry"
"""The audit chain of what is done to the registry as a whole."""
Tables = Mapping[str, pa.Table]
KEPT_AS = "2"
"""How rows are kept; raised when a column is added that only a load can fill, so that a demonstration loads its city anew."""


@dataclass(frozen=True)
class LoadReport:
    """What a load did: `loaded` from nothing, `resumed` after a kill, or `unchanged`; rows per table as they now stand.

    `abandoned` counts the rows of an unfinished load that made way for this one; `cleared` the rows per table that a
    replacement took away although no load had brought them, such as imported townships.
    """

    outcome: str
    digest: str
    rows: dict[str, int]
    identity: IdentityNotes = IdentityNotes()
    abandoned: int = 0
    cleared: Mapping[str, int] = field(default_factory=dict)


def _seal_identity(rows: pa.Table) -> pa.Table:
    """Published identity columns, tidied → the sealed and hashed columns of the database, and the words names are found by."""
    columns = (rows.column(name).to_pylist() for name in ("worker_id", "name", "identity_number", "phone"))
    return models.sealed_identity(*columns)


def _seal_certificate_numbers(rows: pa.Table) -> pa.Table:
    vault, keys, numbers = models.vault(), rows.column("certificate_id").to_pylist(), rows.column("number").to_pylist()
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
    Binding(tables.REPORTED, models.ReportedFact),
)
"""In the order in which rows can be added: each table only points to tables before it."""


def load_folder(
    folder: Folder,
    bindings: Sequence[Binding],
    *,
    mode: str,
    by: Viewer,
    now: datetime,
    progress: Progress | None = None,
    replace: bool = False,
) -> LoadReport:
    """Brings every table of `bindings` from `folder` into the database; `replace` clears what is there first.

    One event stands for all of the folder: it is recorded where the load begins, beside the clearing. An unfinished load of another
    folder makes way. Raises FaultsFound where a table breaks its declaration or a rule of the
    database, before anything is written; GuildhallError where other records are in the way.
    """
    source = digest([folder.manifest.to_json(), KEPT_AS])
    _refuse_what_the_mode_forbids(folder, mode, replace)
    done = _rows_done(source)
    if done and all(batch.state == "done" for batch in done.values()):
        return LoadReport("unchanged", source, {name: batch.rows_done for name, batch in done.items()})
    staged, notes = _stage(folder, bindings, mode)
    abandoned, cleared = 0, dict[str, int]()
    if not done:
        try:
            abandoned, cleared = _begin(folder, source, bindings, staged, by, now, replace)
        except IntegrityError:
            raise _another_is_running() from None
        done = _rows_done(source)
    _apply(bindings, staged, done, progress)
    outcome = "resumed" if any(batch.rows_done for batch in done.values()) else "loaded"
    return LoadReport(outcome, source, {name: staged[name].num_rows for name in done}, notes, abandoned, cleared)


def abandon_load(bindings: Sequence[Binding], *, by: Viewer, now: datetime) -> int:
    """Removes the rows of the load that was not finished, and its checkpoints; their number, 0 where every load is finished.

    Raises GuildhallError where rows that came another way stand among them: nothing is removed then.
    """
    with transaction.atomic():
        folders = models.LoadBatch.unfinished()
        rows = _abandon(bindings)
        if folders:
            record(subject=CHAIN, action="registry.abandon_load", by=by, now=now, details={"folders": folders, "rows": rows})
        return rows


def _abandon(bindings: Sequence[Binding]) -> int:
    """A load only begins in an empty registry and nothing is imported before it ends, so what its tables hold is its own."""
    unfinished = models.LoadBatch.unfinished()
    batches = {batch.table: batch for batch in models.LoadBatch.objects.select_for_update().filter(digest__in=unfinished)}
    if not batches:
        return 0
    models_of = {binding.table.name: binding.model for binding in bindings}
    brought = {name: batches[name].rows_done if name in batches else 0 for name in models_of}
    resting = _resting_on(models_of.values())
    others = [name for name, model in models_of.items() if model._default_manager.count() != brought[name]]
    others += [model._meta.db_table for model in resting if model._default_manager.exists()]
    if others or models.LoadBatch.objects.exclude(digest__in=unfinished).exists():
        raise GuildhallError(
            "The unfinished load cannot be abandoned",
            why=f"rows that came another way stand in {', '.join(others)}" if others else "the records of a finished load stand beside it",
            next="load its folder again; it goes on where it stopped",
        )
    clear([*resting, *(models_of[name] for name in reversed(models_of))])
    models.LoadBatch.objects.filter(digest__in=unfinished).delete()
    return sum(batch.rows_done for batch in batches.values())


def _resting_on(bound: Iterable[type[Model]]) -> list[type[Model]]:
    """Every other model with a row that points to one of these, at any distance; those that point come first."""
    bound, found = list(bound), list[type[Model]]()
    wanted = [one for model in bound for one in _pointing_to(model)]
    while wanted:
        model = wanted.pop()
        if model not in bound and model not in found:
            found.insert(0, model)
            wanted += _pointing_to(model)
    return found


def _pointing_to(model: type[Model]) -> list[type[Model]]:
    """The models with a column that points to this one, those included whose relation has no name on this side."""
    relations = model._meta.get_fields(include_hidden=True)
    return [one.related_model for one in relations if isinstance(one, ForeignObjectRel) and isinstance(one.related_model, ModelBase)]


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


def _stage(folder: Folder, bindings: Sequence[Binding], mode: str) -> tuple[dict[str, pa.Table], IdentityNotes]:
    """Every table, whole, tidied and checked: bytes, columns, all that the database will demand, references, people."""
    staged: dict[str, pa.Table] = {}
    faults: list[Fault] = []
    phones = 0
    for binding in bindings:
        found, wrong = staging.read(folder, binding.table)
        faults += wrong
        if found is not None:
            staged[binding.table.name] = rows = tidied(binding.table, found)
            faults += _row_faults(binding, rows)
            phones += rows["phone"].null_count - found["phone"].null_count if binding.table is tables.IDENTITY else 0
    faults += [fault for binding in bindings for fault in _check_references(binding.table, staged)]
    notes, wrong = _check_persons(staged, {fault.file for fault in faults}, mode, synthetic=bool(folder.manifest.meta.get("synthetic")))
    if faults := [*faults, *wrong]:
        what = f"The tables in {folder.path} cannot be loaded"
        raise FaultsFound(what, faults, next="correct the folder and load it again; nothing was written")
    return staged, replace(notes, phones_left_out=phones)


def _row_faults(binding: Binding, rows: pa.Table) -> list[Fault]:
    """What is wrong with single rows; a column that already broke its declaration is not told of twice."""
    found = [*binding.table.check(rows), *_check_months(binding.table, rows), *doubled(binding.table, rows)]
    told = {fault.column for fault in found}
    return found + [fault for fault in demands.broken(binding.model, binding.table, rows) if fault.column not in told]


def _check_persons(staged: Tables, spoiled: set[str], mode: str, *, synthetic: bool) -> tuple[IdentityNotes, list[Fault]]:
    """Numbers held against the rest of the record, as far as their tables can be read."""
    sound = staged.keys() - spoiled
    rules = {"production": mode != "demonstration", "synthetic": synthetic}
    notes, faults = check_people(staged, **rules) if sound >= PEOPLE else (IdentityNotes(), [])
    if tables.CERTIFICATE_NUMBERS.name in sound:
        faults += check_certificate_numbers(staged[tables.CERTIFICATE_NUMBERS.name], **rules)
    return notes, faults


MONTHS = {tables.WORKERS.name: ("birth_month",), tables.INSURANCE.name: ("started_on", "ended_on")}


def _check_months(table: Table, rows: pa.Table) -> Iterator[Fault]:
    """Columns that hold months must hold their first day."""
    for name in MONTHS.get(table.name, ()):
        for row in demands.where(pc.not_equal(pc.day(rows.column(name)), 1))[: demands.SHOWN]:
            yield Fault(table.name, int(row) + 1, name, "a month is kept as its first day")


def _check_references(table: Table, staged: Tables) -> Iterator[Fault]:
    for column in table.columns:
        target = staged.get(column.ref)
        if target is not None and table.name in staged:
            yield from _check_reference(table, column, staged[table.name].column(column.name), target.column(0))


def _check_reference(table: Table, column: Column, values: pa.ChunkedArray, keys: pa.ChunkedArray) -> Iterator[Fault]:
    plain = values.cast(keys.type) if values.type != keys.type else values
    lost = pc.and_(pc.invert(pc.is_in(plain, value_set=keys)), pc.is_valid(plain))
    if count := pc.sum(lost).as_py():
        first = pc.index(lost, True).as_py()
        yield Fault(table.name, first + 1, column.name, f"{count} rows point to {column.ref} that do not exist, first {plain[first]}")


def _begin(
    folder: Folder, source: str, bindings: Sequence[Binding], staged: Tables, by: Viewer, now: datetime, replace: bool
) -> tuple[int, dict[str, int]]:
    """Writes one checkpoint per table and the event, in one transaction with the clearing of what stood there before.

    Gives the number of rows of an unfinished load that made way, and the rows per table that were cleared although no load
    had brought them.
    """
    cleared: dict[str, int] = {}
    with transaction.atomic():
        if _rows_done(source):
            raise _another_is_running()
        if replace:
            _refuse_to_replace_the_real()
            cleared = _brought_another_way(bindings)
            bound = [binding.model for binding in reversed(bindings)]
            clear([models.LoadBatch, *_resting_on(bound), *bound])
        abandoned = _abandon(bindings)
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
        details = {
            "folder": source,
            "synthetic": bool(folder.manifest.meta.get("synthetic")),
            "rows": {binding.table.name: staged[binding.table.name].num_rows for binding in bindings},
            "sha256": {binding.table.name: folder.sha256(binding.table) for binding in bindings},
            "replaced": replace,
            "cleared": cleared,
            "abandoned": abandoned,
        }
        record(subject=CHAIN, action="registry.load", by=by, now=now, details=details)
    return abandoned, cleared


def _brought_another_way(bindings: Sequence[Binding]) -> dict[str, int]:
    """Rows per table beyond those that loads brought: what was imported, and must be imported again once it is cleared."""
    loaded: Counter[str] = Counter()
    for table, rows in models.LoadBatch.objects.values_list("table", "rows_done"):
        loaded[table] += rows
    more = {binding.table.name: binding.model._default_manager.count() - loaded[binding.table.name] for binding in bindings}
    return {name: count for name, count in more.items() if count > 0}


def _refuse_to_replace_the_real() -> None:
    """Only made-up people are ever cleared to make room: the mode is a setting, and a setting can be wrong."""
    manifests = models.LoadBatch.objects.values_list("manifest", flat=True)
    made_up = [bool(manifest.get("meta", {}).get("synthetic")) for manifest in manifests]
    if models.Worker.objects.exists() and not (made_up and all(made_up)):
        raise GuildhallError(
            "These records are not replaced",
            why="the people in this database were not loaded as synthetic",
            next="keep this database as it is, and name another in DATABASE_URL or GUILDHALL_VAR",
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
    except DatabaseError as error:
        what = f"Rows {at + 1} to {end} of {binding.table.name} were refused by the database"
        next = "load the corrected folder in its place, or clear what came in with `guildhall load --abandon`"
        raise GuildhallError(what, why=str(error).splitlines()[0], next=next) from error
