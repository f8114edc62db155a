"""The synthetic tiny city goes through the registry and comes out as it went in."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from guildhall.city import load as load_pack
from guildhall.incentives.tables import SOURCES
from guildhall.kernel.runs import Folder
from guildhall.kernel.tables import Table
from guildhall.overview import snapshot
from guildhall.registry import tables as registry
from guildhall.skills import tables as skills
from guildhall.synth import build

if TYPE_CHECKING:
    from tests.registry.conftest import Load

PUBLIC_TABLES = [table for table in (*registry.TABLES, *skills.SOURCES, *SOURCES) if not table.private]


def in_key_order(folder: Folder, table: Table) -> pa.Table:
    """The table sorted by its key, words as plain text so that only their values compare."""
    read = folder.read(table)
    plain = pa.table({name: column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
                      for name, column in zip(read.column_names, read.columns, strict=True)})  # fmt: skip
    return plain.sort_by([(name, "ascending") for name in table.key]).combine_chunks()


@pytest.mark.django_db
def test_the_snapshot_repeats_the_city_without_identity(load: Load, tmp_path: Path) -> None:
    city = build(load_pack("tiny"), scale=Decimal(1), seed=7, out=tmp_path / "tiny")
    notes = load(city).identity
    assert notes.people == notes.made_up_region == city.manifest.tables["registry.workers"].rows
    assert notes.other_birth_month == notes.other_sex == 0
    made = snapshot.make(tmp_path / "snapshots")
    assert set(made.manifest.tables) == {table.name for table in PUBLIC_TABLES}
    for table in PUBLIC_TABLES:
        assert in_key_order(made, table).equals(in_key_order(city, table)), table.name
