"""The copy of the seals outside the database: one line of JSON each, only ever added to, and on the disk before it counts.

Whoever can write in the database cannot write here: the file belongs on another machine or on a medium that only takes more.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings

from guildhall.kernel.errors import GuildhallError
from guildhall.office.engine.seals import Checker, Sealed, Signer

TAIL = 1 << 16
"""Bytes looked at first for the last line."""


def path() -> Path:
    """The file that GUILDHALL_SEALS names, var/seals.jsonl unless told otherwise."""
    return Path(settings.SEALS) if settings.SEALS else Path(settings.VAR) / "seals.jsonl"


@cache
def _signer_of(key: str) -> Signer:
    return Signer(key)


def signer() -> Signer:
    """Signs under the key of this installation."""
    return _signer_of(settings.AUDIT_KEY)


def checker() -> Checker:
    """Knows the public key of this installation, and those in force before it."""
    return Checker([signer().public, *settings.AUDIT_PUBLIC_KEYS])


def lines(file: Path) -> list[str] | None:
    """The lines of a copy; None where there is no such file. Bytes that are no text are shown as question marks."""
    try:
        return file.read_bytes().decode(errors="replace").split("\n")
    except FileNotFoundError:
        return None


@contextmanager
def opened() -> Iterator[Copy]:
    """The copy, for this process alone, made where there is none."""
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_new = not file.exists()
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield Copy(descriptor)
        if is_new:
            _keep_name(file.parent)
    finally:
        os.close(descriptor)


def _keep_name(folder: Path) -> None:
    """Lets the name of a new file survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Copy:
    """An open copy."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def last(self) -> Sealed | None:
        """The last seal that was written whole."""
        size = os.fstat(self._descriptor).st_size
        length = TAIL
        while True:
            start = max(0, size - length)
            found = os.pread(self._descriptor, size - start, start).split(b"\n")
            whole = found if not start else found[1:]  # the first one begins before what was read
            seals = (Sealed.read(line.decode(errors="replace")) for line in reversed(whole))
            if (seal := next((seal for seal in seals if seal), None)) or not start:
                return seal
            length *= 4

    def append(self, seals: Sequence[Sealed], opening: str = "") -> None:
        """Adds lines, and returns when they are on the disk; `opening` is the first line of a new copy.

        Raises GuildhallError where there is no room for them.
        """
        size = os.fstat(self._descriptor).st_size
        torn = size and os.pread(self._descriptor, 1, size - 1) != b"\n"
        text = ("\n" if torn else "") + (f"{opening}\n" if opening else "") + "".join(seal.line() + "\n" for seal in seals)
        rest = memoryview(text.encode())
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            os.fsync(self._descriptor)
        except OSError as error:
            raise GuildhallError(
                "The copy of the seals could not be written",
                why=f"{path()}: {error.strerror}",
                next="make room or mend the disk, then `guildhall audit seal`: what is missing is added",
            ) from error
