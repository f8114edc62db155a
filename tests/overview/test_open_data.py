"""Open data: what is hidden on a page is hidden in every file and route, and an attacker with all the files cannot work it out."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from django.test import Client

from guildhall.overview import queries
from guildhall.web.viewer import PUBLIC

TABLES = ("figures", "ladder", "place_measures", "place_ladder", "clusters", "series")
PARTS_OF = {"skilled": ("L5", "L4", "L3", "L2", "L1"), "high_skilled": ("L3", "L2", "L1")}
"""The rungs that a measure is the sum of: printed on the page of the ladder."""


def taken(browser: Client, name: str, kind: str = "csv") -> pa.Table:
    content = browser.get(f"/en/open-data/{name}.{kind}").content
    return pa.csv.read_csv(io.BytesIO(content)) if kind == "csv" else pq.read_table(io.BytesIO(content))


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_the_same_in_both_formats_and_says_where_it_is_from(browser: Client, name: str) -> None:
    rows, parquet = taken(browser, name), taken(browser, name, "parquet")
    assert rows.num_rows == parquet.num_rows > 0
    assert rows.column_names == parquet.column_names
    assert b'"licence"' in parquet.schema.metadata[b"guildhall"]


def test_the_page_lists_every_table(browser: Client) -> None:
    page = browser.get("/en/open-data/").content.decode()
    assert set(re.findall(r"/open-data/(\w+)\.csv", page)) == set(TABLES)


@pytest.mark.parametrize("address", ["nothing.csv", "ladder.exe"])
def test_what_is_not_there_is_said(browser: Client, address: str) -> None:
    assert browser.get(f"/en/open-data/{address}").status_code == 404


def test_no_file_page_or_route_shows_a_count_of_a_few(browser: Client) -> None:
    rows = [*taken(browser, "place_measures").to_pylist(), *taken(browser, "place_ladder").to_pylist()]
    counts = [row.get("value", row.get("persons")) for row in rows if row["place_id"] != "tiny"]
    assert any(count is None for count in counts), "the small city has small counts"
    assert not [count for count in counts if count is not None and 0 < count < 10]
    told = browser.get("/api/v1/measures?measure=apprentices").json()["items"]
    assert not [row for row in told if row["value"] is not None and 0 < row["value"] < 10]
    assert all(row["withheld"] == (row["value"] is None) for row in told)


def test_pages_files_and_routes_hide_the_same(browser: Client) -> None:
    hidden = {row["place_id"] for row in _of(browser, "skilled") + _of(browser, "high_skilled") if row["value"] is None}
    share = browser.get("/api/v1/measures?measure=high_share").json()["items"]
    assert {row["place_id"] for row in share if row["withheld"]} == hidden & {row["place_id"] for row in share}
    assert hidden


def _of(browser: Client, measure: str) -> list[dict[str, Any]]:
    on = queries.results(PUBLIC).on
    return [row for row in taken(browser, "place_measures").to_pylist() if row["measure"] == measure and row["on"] == on]


def test_no_hidden_count_follows_from_what_is_shown(shown: Path, browser: Client) -> None:
    """An attacker writes down every sum that holds between the files and solves for what is missing."""
    found = queries.results(PUBLIC)
    cells: dict[Any, Any] = {
        ("m", r["place_id"], str(r["on"]), r["measure"]): r["value"] for r in taken(browser, "place_measures").to_pylist()
    }
    cells |= {("r", r["place_id"], r["level"]): r["persons"] for r in taken(browser, "place_ladder").to_pylist()}
    unknown = sorted(key for key, value in cells.items() if value is None)
    assert unknown
    column = {key: at for at, key in enumerate(unknown)}
    rows = []
    for total, parts in _sums(cells, found.city.territory.units(found.on), str(found.on)):
        row = np.zeros(len(unknown))
        for key, sign in [(total, -1.0), *((part, 1.0) for part in parts)]:
            if key in column:
                row[column[key]] += sign
        rows.append(row)
    _, values, vectors = np.linalg.svd(np.array(rows))
    free = vectors[int((values > 1e-9).sum()) :]
    determined = [key for key, at in column.items() if not np.abs(free[:, at]).max(initial=0) > 1e-9]
    assert determined == []


def _sums(cells: dict[Any, Any], units: list[str], on: str) -> list[tuple[Any, list[Any]]]:
    sums: list[tuple[Any, list[Any]]] = []
    for measure in {key[3] for key in cells if key[0] == "m" and key[2] == on}:
        sums.append((("m", "tiny", on, measure), [("m", unit, on, measure) for unit in units]))
    for unit in units:
        for measure, levels in PARTS_OF.items():
            sums.append((("m", unit, on, measure), [("r", unit, level) for level in levels if ("r", unit, level) in cells]))
    return sums
