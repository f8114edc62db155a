"""Files at rest: sealed in pieces with AES-256-GCM under random names, and nothing of them readable without the key.

A file is `format (1 byte) · key mark (4) · random prefix (7)`, then pieces of at most 64 KiB, each followed by its tag. The nonce of
a piece is the prefix, its number (4 bytes) and whether it is the last; the name of the file is associated data. So a piece that is
changed, moved, left out or added does not open, nor does a file under another name (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError
from guildhall.office.vault import Unsealable, WrongKey

FORMAT = b"\x01"
MARK, PREFIX, TAG = 4, 7, 16
HEAD = len(FORMAT) + MARK + PREFIX
PIECE = 64 * 1024


def folder() -> Path:
    """Where the files stand: under var/, readable by nobody else on the machine."""
    return Path(settings.VAR) / "attachments"


class Lost(GuildhallError):
    """The file is not where it was put: the folder was moved, or a backup left it out."""


def put(content: bytes, name: str = "") -> str:
    """Writes a sealed file, complete or not at all, and gives its name: 32 random hexadecimal digits."""
    name = name or secrets.token_hex(16)
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{name}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.writelines(_sealed(name, content))
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    return name


def get(name: str) -> bytes:
    """The content of a sealed file, proved from the first byte to the last. Raises Lost, WrongKey or Unsealable."""
    try:
        sealed = _path(name).read_bytes()
    except FileNotFoundError:
        raise Lost(_("The paper is not where it was put"), next=_("tell whoever runs the system; a backup may hold it")) from None
    return b"".join(_opened(name, sealed))


def remove(name: str) -> None:
    """Removes a file; one that is gone already is no fault."""
    _path(name).unlink(missing_ok=True)


def names() -> Iterator[tuple[str, float]]:
    """Every file that stands here, drafts included, with the moment it was last written, in seconds since 1970."""
    for path in folder().glob("??/*"):
        yield path.name, path.stat().st_mtime


def drop(name: str) -> None:
    """Removes a file or a draft by the name that `names` gave."""
    (folder() / name.lstrip(".")[:2] / name).unlink(missing_ok=True)


def _path(name: str) -> Path:
    assert re.fullmatch("[0-9a-f]{32}", name), "the name of a sealed file is 32 hexadecimal digits"
    return folder() / name[:2] / name


@cache
def _key(text: str) -> tuple[AESGCM, bytes]:
    """The cipher for files and the mark of its key: both drawn from the identity key, apart from what seals fields."""

    def drawn(purpose: bytes, length: int) -> bytes:
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(text.strip().encode())

    return AESGCM(drawn(b"guildhall/papers/seal/1", 32)), drawn(b"guildhall/papers/mark/1", MARK)


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


def _sealed(name: str, content: bytes) -> Iterable[bytes]:
    cipher, mark = _key(settings.IDENTITY_KEY)
    prefix = os.urandom(PREFIX)
    yield FORMAT + mark + prefix
    pieces = [content[at : at + PIECE] for at in range(0, len(content), PIECE)] or [b""]
    for number, piece in enumerate(pieces):
        yield cipher.encrypt(_nonce(prefix, number, number == len(pieces) - 1), piece, name.encode())


def _opened(name: str, sealed: bytes) -> Iterator[bytes]:
    cipher, mark = _key(settings.IDENTITY_KEY)
    if sealed[:1] != FORMAT or len(sealed) < HEAD + TAG:
        raise Unsealable("A sealed file cannot be read", why="it is cut short or in an unknown format")
    if sealed[1 : 1 + MARK] != mark:
        raise WrongKey("A sealed file was sealed under another key", next="start with the GUILDHALL_IDENTITY_KEY it was written with")
    prefix, step = sealed[1 + MARK : HEAD], PIECE + TAG
    starts = range(HEAD, len(sealed), step)
    for number, at in enumerate(starts):
        try:
            yield cipher.decrypt(_nonce(prefix, number, number == len(starts) - 1), sealed[at : at + step], name.encode())
        except InvalidTag:
            raise Unsealable("A sealed file does not open", why="it was changed, cut short, or stands under another name") from None
