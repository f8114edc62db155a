"""Personal fields at rest: sealed with AES-256-GCM for one cell of one table, and found again through a keyed hash.

A sealed value is `format (1 byte) · key mark (4 bytes) · nonce (12 bytes) · ciphertext and tag`. Table, column and row are
associated data, so a value copied into another cell no longer opens. The key mark tells a wrong key from a moved value.
Nonces are random: with fewer than 2^32 values under one key the chance of a repeat stays below 2^-32 (NIST SP 800-38D).
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from guildhall.kernel.errors import GuildhallError

FORMAT = b"\x01"
MARK_BYTES = 4
NONCE_BYTES = 12
HEAD_BYTES = len(FORMAT) + MARK_BYTES
LEAST_KEY_CHARACTERS = 32


class WrongKey(GuildhallError):
    """The value was sealed under a key this vault does not hold."""


class Unsealable(GuildhallError):
    """The value is damaged, or stands in another row or column than the one it was sealed for."""


class _Key:
    """What one key text gives: a cipher, a hashing key and the mark that sealed values carry."""

    def __init__(self, text: str) -> None:
        if len(text.strip()) < LEAST_KEY_CHARACTERS:
            raise GuildhallError(
                "The identity key is too short",
                why=f"it has {len(text.strip())} characters, {LEAST_KEY_CHARACTERS} are needed",
                next="set GUILDHALL_IDENTITY_KEY to 64 random hexadecimal characters",
            )
        source = text.strip().encode()
        self.cipher = AESGCM(_derive(source, b"guildhall/identity/seal/1", 32))
        self.hashing = _derive(source, b"guildhall/identity/hash/1", 32)
        self.mark = _derive(source, b"guildhall/identity/mark/1", MARK_BYTES)


def _derive(source: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(source)


class Vault:
    """Seals and opens fields under one key."""

    def __init__(self, key: str) -> None:
        self._key = _Key(key)

    def seal(self, table: str, column: str, row: int | str, value: str) -> bytes:
        """`value` sealed for one cell."""
        sealed = self.seal_column(table, column, [row], [value])[0]
        assert sealed is not None
        return sealed

    def seal_column(self, table: str, column: str, rows: Sequence[int | str], values: Sequence[str | None]) -> list[bytes | None]:
        """One sealed value per row, None where the value is None. One call to the random source serves the whole column."""
        encrypt, head, cell = self._key.cipher.encrypt, FORMAT + self._key.mark, _cell(table, column)
        nonces = os.urandom(NONCE_BYTES * len(values))
        sealed: list[bytes | None] = []
        for at, (row, value) in enumerate(zip(rows, values, strict=True)):
            if value is None:
                sealed.append(None)
                continue
            nonce = nonces[at * NONCE_BYTES : (at + 1) * NONCE_BYTES]
            sealed.append(head + nonce + encrypt(nonce, value.encode(), cell + str(row).encode()))
        return sealed

    def open(self, table: str, column: str, row: int | str, sealed: bytes | memoryview) -> str:
        """The value that was sealed for this very cell. Raises WrongKey or Unsealable."""
        cell = f"{table}.{column} of row {row}"
        value = bytes(sealed)
        if value[:1] != FORMAT or len(value) < HEAD_BYTES + NONCE_BYTES + 16:
            raise Unsealable(f"The sealed value in {cell} cannot be read", why="it is cut short or in an unknown format")
        if value[len(FORMAT) : HEAD_BYTES] != self._key.mark:
            raise WrongKey(
                f"The sealed value in {cell} was sealed under another key",
                next="start with the GUILDHALL_IDENTITY_KEY the records were written with",
            )
        nonce, text = value[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES], value[HEAD_BYTES + NONCE_BYTES :]
        try:
            return self._key.cipher.decrypt(nonce, text, _cell(table, column) + str(row).encode()).decode()
        except InvalidTag:
            raise Unsealable(
                f"The sealed value in {cell} does not open", why="it was changed, or was sealed for another row or column"
            ) from None

    def keyed_hash(self, column: str, value: str) -> bytes:
        """32 bytes (HMAC-SHA-256) by which a normalised value is found without opening any."""
        return hmac.digest(self._key.hashing, f"{column}\x1f{value}".encode(), "sha256")

    def keyed_hashes(self, column: str, values: Sequence[str | None]) -> list[bytes | None]:
        """`keyed_hash` of each value, None where the value is None."""
        key, head = self._key.hashing, f"{column}\x1f".encode()
        return [None if value is None else hmac.digest(key, head + value.encode(), "sha256") for value in values]


def _cell(table: str, column: str) -> bytes:
    return f"{table}\x1f{column}\x1f".encode()


@cache
def _vault_of(key: str) -> Vault:
    return Vault(key)


def vault() -> Vault:
    """The vault of this installation, under the key in its settings."""
    return _vault_of(settings.IDENTITY_KEY)
