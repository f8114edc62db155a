"""Answers about places that stay the same for as long as the places on record do: kept in this process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, connections

from guildhall.registry.models import LoadBatch, Place, PlaceParent, PlaceSuccessor
from guildhall.web.once import once

T = TypeVar("T")
KEPT = 4_000
"""Answers kept per process: those of every township, and some."""
MINUTE = 60
_answers: OrderedDict[tuple[object, ...], object] = OrderedDict()
_lock = Lock()


def kept(key: tuple[object, ...], read: Callable[[], T]) -> T:
    """What `read` gives, read once in this process for as long as the places on record are the same, and for a minute at most."""
    key = (*key, once("places", _stand_of_places), int(time.monotonic()) // MINUTE)
    if key not in _answers:
        found = read()
        with _lock:
            _answers[key] = found
            while len(_answers) > KEPT:
                _answers.popitem(last=False)
        return found
    return _answers[key]  # type: ignore[return-value]  # what was kept under a key is what its `read` gave


def forget_places() -> None:
    """Reads everything about places anew: for whoever changes places in another way than by adding some."""
    with _lock:
        _answers.clear()


def _stand_of_places() -> tuple[object, ...]:
    """Changes when a load has come or a place, a parent or a successor was added or taken away; one short question."""
    connection = connections[DEFAULT_DB_ALIAS]
    tables = [connection.ops.quote_name(model._meta.db_table) for model in (Place, PlaceParent, PlaceSuccessor, LoadBatch)]
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)  # noqa: S608  # names come from models
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}, (SELECT max(id) FROM {tables[-1]})")  # noqa: S608
        return (str(connection.settings_dict["NAME"]), *cursor.fetchone())
