"""Manifests of table folders and of engine runs: what went in, what came out, and whether it must run again.

A folder of tables is written as a draft and put in place when complete (`kernel.drafts`), so a kill leaves either the whole
folder or what stood there before. A run's identity is the digest of its inputs, parameters and version: a rerun is a no-op.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from guildhall.kernel import drafts
from guildhall.kernel.errors import FaultsFound, GuildhallError, NotFound
from guildhall.kernel.tables import Table

Json = Any
MANIFEST = "manifest.json"
RUN = "run.json"


def digest(value: Json) -> str:
    """sha256 (hex) of a JSON value in canonical form; dates, exact numbers and paths count as their text.

    Raises TypeError for anything else: a set or an object has no text that is the same in every process.
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_text_of)
    return hashlib.sha256(text.encode()).hexdigest()


def _text_of(value: object) -> str:
    if isinstance(value, (date, Decimal, Fraction, PurePath)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def digest_file(path: Path) -> str:
    """sha256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class TableEntry:
    """One table of a folder: its rows, the digest of its file, and its size in bytes."""

    rows: int
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What a folder of tables is: identity, origin, parameters and the digest of each table."""

    id: str
    kind: str
    version: str
    as_of: str
    meta: dict[str, Json] = field(default_factory=dict)
    tables: dict[str, TableEntry] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        raw = json.loads(text)
        return cls(**{**raw, "tables": {name: TableEntry(**entry) for name, entry in raw["tables"].items()}})


@dataclass(frozen=True)
class Folder:
    """A complete folder of tables on disk."""

    path: Path
    manifest: Manifest

    @classmethod
    def open(cls, path: Path) -> Folder:
        """The folder at `path`. Raises NotFound where none stands there, GuildhallError where one is damaged."""
        try:
            folder = cls(path, Manifest.from_json((path / MANIFEST).read_text(encoding="utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            if drafts.restored(path):
                return cls.open(path)
            raise NotFound(
                f"No tables at {path}", why=f"the folder has no {MANIFEST}", next="run `guildhall demo --no-serve` or `guildhall snapshot`"
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise GuildhallError(
                f"The manifest at {path} cannot be read", why=str(error), next="delete the folder and build it again"
            ) from error
        folder._refuse_missing()
        return folder

    def _refuse_missing(self) -> None:
        """Compares the size of each file, which is cheap; `damaged` compares every byte."""
        for name, entry in self.manifest.tables.items():
            file = self.file(name)
            if not file.is_file() or file.stat().st_size != entry.bytes:
                raise GuildhallError(
                    f"The folder {self.path} is not as it was written",
                    why=f"{file.name} is missing or of another size than its manifest says",
                    next="delete the folder and build it again",
                )

    def damaged(self, tables: Iterable[str] | None = None) -> list[str]:
        """Names of the tables, of all or of those given, whose file no longer has the digest of the manifest; reads every byte."""
        names = self.manifest.tables if tables is None else tables
        return [name for name in names if digest_file(self.file(name)) != self.sha256(name)]

    def has(self, table: Table | str) -> bool:
        return _name(table) in self.manifest.tables

    def file(self, table: Table | str) -> Path:
        """The Parquet file of a table. Raises NotFound where the folder lacks it."""
        if not self.has(table):
            raise NotFound(f"Table {_name(table)} is not in {self.path}", next="make the snapshot again with this version")
        return self.path / f"{_name(table)}.parquet"

    def read(self, table: Table | str) -> pa.Table:
        """The whole table in memory, with the declared schema where a declaration is given."""
        found = pq.read_table(self.file(table))
        return found.cast(table.schema) if isinstance(table, Table) else found

    def sha256(self, table: Table | str) -> str:
        self.file(table)
        return self.manifest.tables[_name(table)].sha256


def _name(table: Table | str) -> str:
    return table if isinstance(table, str) else table.name


class FolderWriter:
    """Writes tables into a folder that is not yet visible; `add` whole tables, or `stream` batches of large ones.

    Only a folder of kind `city`, made-up people before they are loaded, takes private tables: no snapshot and no result
    can come to hold identity.
    """

    def __init__(self, path: Path, kind: str) -> None:
        self.path = path
        self.kind = kind
        self.entries: dict[str, TableEntry] = {}

    def add(self, declared: Table, table: pa.Table) -> None:
        """Checks `table` against its declaration and writes it. Raises FaultsFound."""
        if faults := declared.check(table):
            raise FaultsFound(f"Table {declared.name} breaks its declaration", faults)
        with self.stream(declared) as write:
            write(table.select(declared.schema.names).cast(declared.schema))

    @contextmanager
    def stream(self, declared: Table, **options: Any) -> Iterator[Callable[[pa.Table], None]]:
        """A function that appends parts of a table; rows must fit the declared schema. Nothing else about them is checked."""
        if declared.private and self.kind != "city":
            raise ValueError(f"{declared.name} is private and cannot enter a folder of kind {self.kind}")
        file = self.path / f"{declared.name}.parquet"
        rows = 0
        settings: dict[str, Any] = {"compression": "zstd", "compression_level": 1, **options}
        with pq.ParquetWriter(file, declared.schema, **settings) as writer:

            def write(part: pa.Table) -> None:
                nonlocal rows
                rows += part.num_rows
                writer.write_table(part)

            yield write
        self.entries[declared.name] = TableEntry(rows, digest_file(file), file.stat().st_size)


def write_folder(
    path: Path, *, id: str, kind: str, version: str, as_of: str, meta: Mapping[str, Json], fill: Callable[[FolderWriter], None]
) -> Folder:
    """Calls `fill` with a writer and makes the folder visible at `path` in one step.

    Raises GuildhallError, before anything is written, where something stands at `path` that is neither an empty folder nor a
    folder of this kind.
    """

    def refuse(place: Path) -> None:
        _refuse_to_replace(place, kind)

    refuse(path)
    return _write(path.resolve(), kind, fill, lambda tables: Manifest(id, kind, version, as_of, dict(meta), tables), refuse)


def _write(
    path: Path,
    kind: str,
    fill: Callable[[FolderWriter], None],
    manifest_of: Callable[[dict[str, TableEntry]], Manifest],  # asked after `fill`, which may still add to what the manifest tells
    refuse: Callable[[Path], None] | None = None,
) -> Folder:
    path.parent.mkdir(parents=True, exist_ok=True)
    with drafts.draft(path.parent) as draft:
        writer = FolderWriter(draft, kind)
        fill(writer)
        manifest = manifest_of(writer.entries).to_json()
        write_text(draft / MANIFEST, manifest)
        drafts.put(draft, path, refuse=refuse)
    return Folder(path, Manifest.from_json(manifest))  # as any later reader sees it: dates and fractions are text


def _refuse_to_replace(path: Path, kind: str) -> None:
    if path.is_symlink():
        found = "it is a link"
    elif not path.exists():
        return
    elif not path.is_dir():
        found = "it is a file"
    elif not any(path.iterdir()) or _kind_of(path) == kind:
        return
    else:
        found = f"it is a folder with something else in it than tables of kind {kind}"
    raise GuildhallError(
        f"{path} is in the way",
        why=f"{found}, and nobody's files are replaced",
        next="name a folder that does not exist, or move this away",
    )


def _kind_of(path: Path) -> str:
    """The kind that a folder's manifest names, empty where there is no manifest that can be read."""
    try:
        return str(json.loads((path / MANIFEST).read_text(encoding="utf-8"))["kind"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def write_addressed(
    root: Path, *, kind: str, version: str, as_of: str, meta: Mapping[str, Json], fill: Callable[[FolderWriter], None]
) -> Folder:
    """Like `write_folder`, at `root/<id>` where the id is a digest of what `fill` wrote.

    The same tables give the folder already there, its manifest touched: the newest by time is the one asked for last.
    """
    root.mkdir(parents=True, exist_ok=True)
    with drafts.draft(root) as draft:
        writer = FolderWriter(draft, kind)
        fill(writer)
        tables = {name: entry.sha256 for name, entry in writer.entries.items()}
        id = digest({"kind": kind, "version": version, "as_of": as_of, "meta": dict(meta), "tables": tables})[:16]
        manifest = Manifest(id, kind, version, as_of, dict(meta), writer.entries)
        with suppress(GuildhallError):
            found = Folder.open(root / id)
            (found.path / MANIFEST).touch()
            return found
        write_text(draft / MANIFEST, manifest.to_json())
        drafts.put(draft, root / id)
    return Folder(root / id, manifest)


def write_text(path: Path, text: str) -> None:
    """Replaces a small file in one step: readers see the old text or the new, never a part."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@dataclass(frozen=True)
class Run:
    """One engine run on disk: its folder of result tables and whether this call computed or found it."""

    id: str
    engine: str
    folder: Folder
    computed: bool


def run(
    engine: str,
    *,
    version: str,
    inputs: Mapping[str, str],
    parameters: Mapping[str, Json],
    root: Path,
    compute: Callable[[], Iterable[tuple[Table, pa.Table]]],
) -> Run:
    """Runs `compute` unless the same inputs (name → sha256), parameters and version were run before.

    Results stand under `root/<engine>/<run id>/`. A run killed half-way leaves nothing and is done again.
    """

    def fill(writer: FolderWriter) -> None:
        for declared, table in compute():
            writer.add(declared, table)

    return run_in_parts(engine, version=version, inputs=inputs, parameters=parameters, root=root, fill=fill)


def run_in_parts(
    engine: str,
    *,
    version: str,
    inputs: Mapping[str, str],
    parameters: Mapping[str, Json],
    root: Path,
    fill: Callable[[FolderWriter], None],
) -> Run:
    """The same for tables too large for memory: `fill` writes them with the writer it is given, part by part."""
    record = {"engine": engine, "version": version, "inputs": dict(inputs), "parameters": dict(parameters)}
    run_id = digest(record)[:16]
    path = root / engine / run_id
    try:
        return Run(run_id, engine, Folder.open(path), computed=False)
    except GuildhallError:
        pass

    def filled(writer: FolderWriter) -> None:
        fill(writer)
        write_text(writer.path / RUN, json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n")

    as_of = str(parameters.get("on", ""))
    # The address is ours: even a damaged folder gives way.
    folder = _write(path, "run", filled, lambda tables: Manifest(run_id, "run", version, as_of, record, tables))
    return Run(run_id, engine, folder, computed=True)
