"""Several at once, each on a database connection of its own, as the processes of a running city are."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection, connections

T = TypeVar("T")


@contextmanager
def shared_database(folder: Path) -> Iterator[None]:
    """Threads started inside share one database that holds what the test's holds now. Use it in a test that commits.

    On SQLite the test's own database stands in memory, where threads lock each other out in a way no file does; they get a
    copy in a file. On PostgreSQL the test's database is what they share.
    """
    if connection.vendor != "sqlite":
        yield
        return
    file = folder / "shared.sqlite3"
    connection.ensure_connection()
    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")  # once: of two who would switch at the same moment one is turned away without a wait
    copy.close()
    settings = connections.settings["default"]
    before, settings["NAME"] = settings["NAME"], str(file)
    try:
        yield
    finally:
        settings["NAME"] = before


def at_once(works: Sequence[Callable[[], T]]) -> list[T]:
    """What each gives, all of them begun together, each in a thread of its own. Raises the first error of any."""
    together, given, failed = threading.Barrier(len(works)), dict[int, T](), list[BaseException]()

    def run(n: int, work: Callable[[], T]) -> None:
        try:
            together.wait()
            given[n] = work()
        except BaseException as error:  # noqa: BLE001  # whatever it is, the test must hear of it
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return [given[n] for n in range(len(works))]


def alone(work: Callable[[], Any]) -> Any:
    """What `work` gives on the shared database."""
    return at_once([work])[0]
