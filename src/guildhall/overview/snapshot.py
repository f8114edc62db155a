"""A snapshot: what every domain publishes, read in one state of the database and written as one folder.

Its id is a digest of its tables, so unchanged rows give the folder that is already there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pyarrow as pa

from guildhall import __version__
from guildhall.incentives import operations as incentives
from guildhall.kernel.errors import FaultsFound, GuildhallError
from guildhall.kernel.figures import refuse_far
from guildhall.kernel.runs import Folder, FolderWriter, write_addressed
from guildhall.kernel.tables import Table
from guildhall.office.bulk import one_state
from guildhall.registry import operations as registry
from guildhall.skills import operations as skills

DOMAINS = (registry, skills, incentives)
CARRIED = ("synthetic", "city", "pack_version", "scale", "seed", "calibrated")
"""What a snapshot repeats of the folder its records came from."""
Progress = Callable[[int, int], None]
"""Called with tables written and tables in all."""


def make(root: Path, *, as_of: date | None = None, progress: Progress | None = None) -> Folder:
    """The snapshot of the present rows under `root/<id>/`; `as_of` defaults to that of the records' origin.

    Raises GuildhallError where nothing is loaded, the date is beyond reason or a domain offers a table of identity, FaultsFound
    where rows break a declaration.
    """
    if as_of:
        refuse_far(as_of)
    sources = [(domain, table) for domain in DOMAINS for table in domain.PUBLISHED]
    _refuse_private(sources)
    with one_state():
        origin = registry.origin()
        meta = {name: value for name, value in origin.get("meta", {}).items() if name in CARRIED}
        on = as_of.isoformat() if as_of else origin.get("as_of", "")
        if on != origin.get("as_of") and "calibrated" in meta:
            meta["calibrated"] = []  # the city was fitted to its figures at its own date; at another nothing agrees by construction

        def fill(writer: FolderWriter) -> None:
            for n, (domain, table) in enumerate(sources):
                _write(writer, table, domain.read_published(table))
                if progress:
                    progress(n + 1, len(sources))
            if not any(entry.rows for entry in writer.entries.values()):
                raise GuildhallError(
                    "Nothing is loaded yet", why="every table is empty", next="run `guildhall load FOLDER`, or `guildhall demo --no-serve`"
                )

        return write_addressed(root, kind="snapshot", version=__version__, as_of=on, meta=meta, fill=fill)


def _refuse_private(sources: list[tuple[ModuleType, Table]]) -> None:
    for _, table in sources:
        if table.private:
            raise GuildhallError(f"{table.name} holds identity and may not enter a snapshot")


def _write(writer: FolderWriter, declared: Table, parts: Iterator[pa.Table]) -> None:
    with writer.stream(declared) as write:
        for part in parts:
            if faults := declared.check(part):
                raise FaultsFound(f"Rows of {declared.name} break its declaration", faults)
            write(part)
