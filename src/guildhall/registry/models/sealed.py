"""Identity on its way into the database: sealed for its cells, and hashed so that it is found without opening any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import pyarrow as pa
from django.conf import settings

from guildhall.office.vault import Vault
from guildhall.registry import tables
from guildhall.registry.engine.names import SearchWords, search_keys

WORDS = ("name_two", "name_three", "initials_two", "initials_three")
"""Columns of Identity by which a name is found, in the order of SearchWords."""
HASHED_BYTES = 8
TABLE = tables.IDENTITY.name


@cache
def _vault_of(key: str) -> Vault:
    return Vault(key)


def vault() -> Vault:
    """The vault of this installation, under the key in its settings."""
    return _vault_of(settings.IDENTITY_KEY)


def hashed_word(vault: Vault, column: str, word: str) -> int:
    """What a column of WORDS holds for a word: the first eight bytes of its keyed hash as a signed number."""
    return int.from_bytes(vault.keyed_hash(column, word)[:HASHED_BYTES], "big", signed=True)


def hashed_words(vault: Vault, words: SearchWords) -> dict[str, int | None]:
    """The four search columns of one name."""
    return {column: None if word is None else hashed_word(vault, column, word) for column, word in zip(WORDS, words, strict=True)}


def hashed_names(vault: Vault, names: Iterable[str]) -> dict[str, list[int | None]]:
    """The four search columns of many names; a word that comes again is not hashed again."""
    found: dict[str, list[int | None]] = {column: [] for column in WORDS}
    known: dict[tuple[str, str], int] = {}
    for name in names:
        for column, word in zip(WORDS, search_keys(name), strict=True):
            if word is not None and (column, word) not in known:
                known[column, word] = hashed_word(vault, column, word)
            found[column].append(None if word is None else known[column, word])
    return found


def sealed_identity(
    worker_ids: Sequence[int],
    names: Sequence[str],
    numbers: Sequence[str],
    phones: Sequence[str | None],
    *,
    vault: Vault | None = None,
    hashed: tuple[Sequence[bytes | None], Sequence[bytes | None]] | None = None,
) -> pa.Table:
    """Rows of Identity as the database keeps them, ready for `office.bulk.insert`; numbers and phones are normalised already.

    Whoever has hashed the numbers and phones already gives both columns as `hashed`.
    """
    vault = vault or _vault_of(settings.IDENTITY_KEY)
    words = hashed_names(vault, names)
    by_number, by_phone = hashed or (vault.keyed_hashes("identity_number", numbers), vault.keyed_hashes("phone", phones))
    return pa.table(
        {
            "worker_id": pa.array(worker_ids, pa.int64()),
            "name_sealed": pa.array(vault.seal_column(TABLE, "name", worker_ids, names), pa.binary()),
            "number_sealed": pa.array(vault.seal_column(TABLE, "identity_number", worker_ids, numbers), pa.binary()),
            "number_hash": pa.array(by_number, pa.binary()),
            "phone_sealed": pa.array(vault.seal_column(TABLE, "phone", worker_ids, phones), pa.binary()),
            "phone_hash": pa.array(by_phone, pa.binary()),
            **{column: pa.array(words[column], pa.int64()) for column in WORDS},
        }
    )


def identity_fields(worker_id: int, *, name: str | None = None, number: str | None = None, phone: str | None = None) -> dict[str, Any]:
    """The columns of one row of Identity for what is given, to create or update it with; a phone of "" takes the phone away.

    The number and the phone are normalised already.
    """
    held, found = vault(), dict[str, Any]()
    if name is not None:
        found |= {"name_sealed": held.seal(TABLE, "name", worker_id, name), **hashed_words(held, search_keys(name))}
    if number is not None:
        found |= {
            "number_sealed": held.seal(TABLE, "identity_number", worker_id, number),
            "number_hash": held.keyed_hash("identity_number", number),
        }
    if phone is not None:
        found |= {
            "phone_sealed": held.seal(TABLE, "phone", worker_id, phone) if phone else None,
            "phone_hash": held.keyed_hash("phone", phone) if phone else None,
        }
    return found
