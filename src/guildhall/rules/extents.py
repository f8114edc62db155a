"""What is known of a table before a rule is asked of it: least and greatest values, whether anything is empty, the words it holds.

Of a Parquet file most of it stands in the footer and costs nothing. A fold leaves out every test that this already answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from guildhall.rules.usable import ANYTHING, Extent, Extents


def of_file(file: Path, names: Iterable[str]) -> Extents:
    """The extents that the footer of a Parquet file gives; a column without statistics in any part of it is left out."""
    footer = pq.read_metadata(file)
    places = {footer.schema.column(at).path: at for at in range(footer.num_columns)}
    found = ((name, _of_column(footer, places[name])) for name in names if name in places)
    return {name: extent for name, extent in found if extent is not None}


def _of_column(footer: pq.FileMetaData, at: int) -> Extent | None:
    parts = list(_parts(footer, at))
    if not parts or None in parts:
        return None
    whole = [part for part in parts if part is not None]
    lows, highs = [part.low for part in whole if part.low is not None], [part.high for part in whole if part.high is not None]
    empty, void = any(part.empty for part in whole), all(part.void for part in whole)
    return Extent(min(lows, default=None), max(highs, default=None), empty, void=void)


def _parts(footer: pq.FileMetaData, at: int) -> Iterator[Extent | None]:
    for group in range(footer.num_row_groups):
        column = footer.row_group(group).column(at)
        known = column.statistics
        if known is None or not known.has_null_count:
            yield None
        elif not known.has_min_max:
            yield Extent(void=True) if known.null_count == column.num_values else None
        elif isinstance(known.min, (int, date)):
            yield Extent(known.min, known.max, known.null_count > 0)
        else:
            yield replace(ANYTHING, empty=known.null_count > 0)
