"""What waits to be applied, sealed: the file as it came, staged rows, cells of rejected rows; and the outcomes that remain."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from typing import Any

from guildhall.registry.engine.decisions import Staged
from guildhall.registry.models.batches import ImportBatch, ImportChunk, RejectedRow
from guildhall.registry.models.sealed import vault

CHUNKS, REJECTED = "registry.import_chunks", "registry.rejected_rows"
PIECE = 3 * 1024 * 1024
"""Bytes of a file sealed in one piece."""
_OUTCOME = struct.Struct("<qIBH16s")
Outcome = tuple[int, int, int, int, bytes]
"""Worker, row, outcome, notes, digest; the worker of a rejected row is 0."""


def seal_rows(batch: int, number: int, rows: Sequence[tuple[Any, ...]]) -> bytes:
    """Staged rows as one sealed value: a list per column."""
    text = json.dumps(list(zip(*rows, strict=True)), ensure_ascii=False, separators=(",", ":"))
    return vault().seal(CHUNKS, "content", f"{batch}.{number}", text)


def open_rows(chunk: ImportChunk) -> list[Staged]:
    """The rows of a chunk of a roster that has not been applied."""
    return list(map(Staged._make, open_columns(chunk)))


def open_columns(chunk: ImportChunk) -> Iterator[tuple[Any, ...]]:
    """The rows of a chunk that has not been applied, as the values that `seal_rows` took."""
    assert chunk.content_sealed is not None, "an applied chunk holds no rows"
    text = vault().open(CHUNKS, "content", f"{chunk.batch_id}.{chunk.number}", chunk.content_sealed)
    return zip(*json.loads(text), strict=True)


def seal_file(batch: int, pieces: Iterable[bytes]) -> Iterator[ImportChunk]:
    """The file as it came, in sealed pieces with negative numbers."""
    for at, piece in enumerate(pieces, 1):
        text = base64.b64encode(piece).decode()
        sealed = vault().seal(CHUNKS, "file", f"{batch}.{-at}", text)
        yield ImportChunk(batch_id=batch, number=-at, rows=0, content_sealed=sealed)


def open_file(batch: ImportBatch) -> bytes:
    """The file as it came, while its pieces are kept."""
    found = []
    for piece in batch.chunks.filter(number__lt=0).order_by("-number"):
        assert piece.content_sealed is not None
        found.append(base64.b64decode(vault().open(CHUNKS, "file", f"{batch.pk}.{piece.number}", piece.content_sealed)))
    return b"".join(found)


def seal_cells(batch: int, row: int, cells: Sequence[str]) -> bytes:
    """The cells of a rejected row, sealed."""
    return vault().seal(REJECTED, "cells", f"{batch}.{row}", json.dumps(list(cells), ensure_ascii=False))


def open_cells(row: RejectedRow) -> tuple[str, ...]:
    """The cells of a rejected row; none once they have been erased."""
    if row.cells_sealed is None:
        return ()
    return tuple(json.loads(vault().open(REJECTED, "cells", f"{row.batch_id}.{row.row}", row.cells_sealed)))


def pack(outcomes: Iterable[Outcome]) -> bytes:
    """Outcomes as they are kept once a chunk is applied: 31 bytes a row."""
    return b"".join(starmap(_OUTCOME.pack, outcomes))


def unpack(packed: bytes | memoryview) -> Iterator[Outcome]:
    """The outcomes that `pack` wrote."""
    return _OUTCOME.iter_unpack(bytes(packed))
