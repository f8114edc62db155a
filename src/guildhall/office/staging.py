"""The files of a folder as tables of their declarations; whatever is wrong with one is told, and nothing is raised as a traceback."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from guildhall.kernel.errors import Fault
from guildhall.kernel.runs import Folder, digest_file
from guildhall.kernel.tables import Table, as_column

_FAMILIES = (
    ("text", lambda t: pa.types.is_string(t) or pa.types.is_large_string(t)),
    ("whole", pa.types.is_integer),
    ("day", lambda t: pa.types.is_date(t) or pa.types.is_timestamp(t)),
    ("measure", pa.types.is_floating),
    ("flag", pa.types.is_boolean),
)
"""Types that say the same thing. Programs differ in the widths they write; a text where a number belongs is something else."""


def read(folder: Folder, table: Table) -> tuple[pa.Table | None, list[Fault]]:
    """One table of a folder with the declared columns and types, or None; and what is wrong with its bytes and columns.

    Its values are not looked at: see Table.check and office.demands. Raises NotFound where the folder lacks the table.
    """
    file = folder.file(table)
    if digest_file(file) != folder.sha256(table):
        return None, [Fault(file.name, 0, "", "the file is not the one its manifest describes", "write the folder again")]
    try:
        with pq.ParquetFile(file) as parquet:
            found = parquet.read()
        found.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        return None, [Fault(file.name, 0, "", f"cannot be read as Parquet: {_first_line(error)}", "write the folder again")]
    faults = [*_name_faults(table, found.column_names)]
    return (None, faults) if faults else _typed(table, found)


def _name_faults(table: Table, found: list[str]) -> Iterator[Fault]:
    declared = [column.name for column in table.columns]
    yield from (Fault(table.name, 0, name, "column is missing") for name in declared if name not in found)
    yield from (Fault(table.name, 0, name, "column is not declared") for name in sorted({*found} - {*declared}))
    yield from (Fault(table.name, 0, name, "column stands twice") for name in declared if found.count(name) > 1)


def _typed(table: Table, found: pa.Table) -> tuple[pa.Table | None, list[Fault]]:
    columns: dict[str, pa.ChunkedArray] = {}
    faults: list[Fault] = []
    for column in table.columns:
        values = found.column(column.name)
        try:
            columns[column.name] = _converted(values, column.type)
        except pa.ArrowException:  # its own words may repeat a value
            faults.append(Fault(table.name, 0, column.name, f"type is {values.type}, declared {column.type}"))
    return (None, faults) if faults else (pa.table(columns), [])


def _converted(values: pa.ChunkedArray, declared: pa.DataType) -> pa.ChunkedArray:
    """The same values in the declared type. Raises ArrowException where that would change what they say."""
    if values.type == declared:
        return values
    plain = values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values
    wanted = declared.value_type if pa.types.is_dictionary(declared) else declared
    if not pa.types.is_null(plain.type) and _family(plain.type) != _family(wanted):
        raise pa.ArrowTypeError(f"{plain.type} is not {wanted}")
    return as_column(plain.cast(wanted), declared)


def _family(type_: pa.DataType) -> str:
    return next((name for name, belongs in _FAMILIES if belongs(type_)), str(type_))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
