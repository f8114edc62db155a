"""What the pages show now: the snapshot and the run of figures that `current.json` under var/ points to."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.runs import Folder

POINTER = "current.json"


class NotBuiltYet(GuildhallError):
    """There is no snapshot with figures to show; says what to run."""


@dataclass(frozen=True)
class Current:
    """A snapshot and the run of figures over it."""

    snapshot: Folder
    figures: Folder

    @property
    def key(self) -> str:
        """Changes whenever anything a page shows of the run could change."""
        return f"{self.snapshot.manifest.id}/{self.figures.manifest.id}"

    @property
    def on(self) -> date:
        """The date the snapshot speaks of."""
        return date.fromisoformat(self.snapshot.manifest.as_of)

    @property
    def synthetic(self) -> bool:
        return bool(self.snapshot.manifest.meta.get("synthetic", False))

    @property
    def scale(self) -> Fraction:
        """Size of the model against the city: 1/100 for the demonstration, 1 for the whole."""
        return Fraction(str(self.snapshot.manifest.meta.get("scale", "1")))

    @property
    def ratio(self) -> str:
        """The scale in words, such as 1 : 100."""
        return f"{self.scale.numerator} : {self.scale.denominator:,}"


def current() -> Current:
    """The snapshot and figures in force. Raises NotBuiltYet where there are none or they cannot be read."""
    pointer = Path(settings.VAR) / POINTER
    try:
        stamp = pointer.stat()
    except FileNotFoundError:
        raise NotBuiltYet(
            _("There is nothing to show yet"),
            why=_("no snapshot has been computed on this machine"),
            next=_("run `make demo`, or `guildhall demo --no-serve`, and load this page again"),
        ) from None
    return _open(pointer, stamp.st_mtime_ns, stamp.st_ino)


def current_or_none() -> Current | None:
    """The same, with None where there is nothing to show."""
    try:
        return current()
    except GuildhallError:
        return None


@lru_cache(maxsize=4)
def _open(pointer: Path, _stamp: int, _inode: int) -> Current:
    try:
        names = json.loads(pointer.read_text(encoding="utf-8"))
        var = pointer.parent
        return Current(Folder.open(var / "snapshots" / names["snapshot"]), Folder.open(var / "results" / "figures" / names["figures"]))
    except (GuildhallError, ValueError, KeyError) as error:
        logging.getLogger(__name__).warning("the snapshot cannot be read: %s", error)
        raise NotBuiltYet(
            _("The snapshot cannot be read"),
            why=_("a part of it is missing or damaged; the log of the server says which"),
            next=_("run `guildhall demo --no-serve` to build it again"),
        ) from error
