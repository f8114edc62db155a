"""Folders that appear whole or not at all: written as a draft, put in place in one step, mended after a kill.

Every name this module gives begins with `.guildhall-` and carries 32 random hexadecimal digits; nothing else is ever removed.
A writer holds the system's lock on its draft, and the lock on the parent folder while it changes what stands there. The system
drops both when the writer dies, so the next writer or reader can tell what was left behind.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_DRAFT = re.compile(r"\.guildhall-draft-[0-9a-f]{32}")
_OLD = re.compile(r"\.guildhall-old-[0-9a-f]{32}\.(?P<name>.+)", re.DOTALL)


@contextmanager
def draft(parent: Path) -> Iterator[Path]:
    """A new folder in `parent`, gone again unless it was put in place; first clears up after writers that were killed."""
    _sweep(parent)
    unlocked = parent / f".guildhall-new-{uuid.uuid4().hex}"  # nobody sweeps this name, so no draft can vanish before it is locked
    unlocked.mkdir()
    with _locked(unlocked):
        begun = unlocked.rename(parent / f".guildhall-draft-{uuid.uuid4().hex}")
        try:
            yield begun
        finally:
            shutil.rmtree(begun, ignore_errors=True)


def put(begun: Path, path: Path, *, refuse: Callable[[Path], None] | None = None) -> None:
    """Makes the draft `begun` the folder at `path`; what stood there steps aside and is removed once the new one stands.

    `refuse` is asked a last time whether what stands there may go, and raises where it may not.
    """
    with _locked(path.parent, wait=True):
        if refuse:
            refuse(path)
        old = path.with_name(f".guildhall-old-{uuid.uuid4().hex}.{path.name}")
        with suppress(FileNotFoundError):
            path.rename(old)
        begun.rename(path)
        shutil.rmtree(old, ignore_errors=True)


def restored(path: Path) -> bool:
    """Whether a folder missing at `path` stood aside for one that never came, or is coming now; it is back when this returns."""
    if not _aside(path.parent, path.name):
        return False
    with suppress(OSError):
        _settle(path.parent)
        return True
    return False


def _sweep(parent: Path) -> None:
    for stale in (each for each in parent.iterdir() if _DRAFT.fullmatch(each.name)):
        with suppress(OSError), _locked(stale):
            shutil.rmtree(stale, ignore_errors=True)
    if _aside(parent):
        _settle(parent)


def _settle(parent: Path) -> None:
    """Puts back each folder whose successor never came, and removes each whose successor stands."""
    with _locked(parent, wait=True):
        for old, name in _aside(parent):
            if os.path.lexists(parent / name):
                shutil.rmtree(old, ignore_errors=True)
            else:
                old.rename(parent / name)


def _aside(parent: Path, name: str = "") -> list[tuple[Path, str]]:
    """Folders of `parent` that stepped aside, each with the name it had; those called `name`, or all."""
    if not parent.is_dir():
        return []
    found = [(each, match["name"]) for each in parent.iterdir() if (match := _OLD.fullmatch(each.name))]
    return [pair for pair in found if name in ("", pair[1])]


@contextmanager
def _locked(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Holds the lock of a folder. Raises OSError where it is gone or, unless `wait`, where another process holds the lock."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
