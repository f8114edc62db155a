"""Many short questions in a row: PostgreSQL is told so for as long as they last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

SETTINGS = "SET LOCAL random_page_cost = 1.1; SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0"
"""Rows along an index cost little more than rows in a row (no disk has to turn), and a question of a few milliseconds is answered
sooner than it is compiled or shared out among processes. With the defaults a table of a million rows is read whole for a thousand."""


@contextmanager
def short_reads() -> Iterator[None]:
    """Reads inside are planned as short ones; they see one another's settings only, and no other transaction's. SQLite needs no telling."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(SETTINGS)
        yield
