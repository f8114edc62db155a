"""Parts of the machine that some tests need: where they are, and what happens when they are missing.

A missing part skips with a line that says how to get it; with CI=true it fails, so that nothing goes untested unseen.
`python -m tests.parts chromium` exits 0 where the part is there.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

SKIPPED = 3
"""Exit code of a part that is missing where it may be."""
PACKAGES = {"chromium": "chromium fonts-noto-cjk libatomic1", "postgresql": "postgresql"}
"""What to install on Debian for each part."""


def chromium() -> Path | None:
    """The browser, or None where it or the library its driver is linked with is missing."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return None
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return Path(found) if found else None


def postgresql() -> Path | None:
    """The folder that holds initdb and postgres, newest version first, or None."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    folders = [*candidates, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def required() -> bool:
    """Whether a missing part is a failure here."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def missing(part: str) -> str:
    """One line that says what is missing and how to get it."""
    return f"{part} is not installed. Next: apt install {PACKAGES[part]}"


def main(part: str) -> int:
    if {"chromium": chromium, "postgresql": postgresql}[part]() is not None:
        return 0
    sys.stderr.write(f"skipped: {missing(part)}\n" if not required() else f"failed: {missing(part)}\n")
    return 1 if required() else SKIPPED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
