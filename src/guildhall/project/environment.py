"""Settings with a shape: read from the environment, and refused in words where they have another."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from guildhall.kernel.errors import GuildhallError


def whole(variable: str, default: int | str, *, least: int = 1) -> int:
    """A whole number of at least `least`."""
    text = os.environ.get(variable, str(default))
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < least:
        raise GuildhallError(f"{variable} is {text!r}", why=f"a whole number of {least} or more is needed", next="mend it, or leave it out")
    return int(text)


def hours(variable: str, default: str) -> tuple[int, int]:
    """Two hours of the day, such as `21-8`: from the first up to the second, over midnight where the second is the earlier."""
    text = os.environ.get(variable, default)
    found = re.fullmatch("([01]?[0-9]|2[0-3])-([01]?[0-9]|2[0-3])", text)
    if not found:
        raise GuildhallError(f"{variable} is {text!r}", why="two hours from 0 to 23 are needed", next="write it like 21-8, or 0-0 for none")
    return int(found[1]), int(found[2])


def address(variable: str, *, encrypted: tuple[str, ...], open_: tuple[str, ...], production: bool) -> str:
    """A URL of one of the schemes, or nothing; in production an encrypted one."""
    url = os.environ.get(variable, "")
    scheme = urlsplit(url).scheme
    if url and scheme not in (*encrypted, *open_):
        raise GuildhallError(f"{variable} begins with {scheme or 'no scheme'}", next=f"begin it with {'://, '.join(encrypted)}://")
    if url and scheme in open_ and production:
        raise GuildhallError(f"{variable} is not encrypted", why="people's phones and mailboxes go over it", next=f"use {encrypted[0]}://")
    return url


def public_keys(variable: str) -> tuple[bytes, ...]:
    """Public keys of 64 hexadecimal digits each, separated by commas."""
    named = [part.strip() for part in os.environ.get(variable, "").split(",") if part.strip()]
    if wrong := [part for part in named if not re.fullmatch("[0-9a-fA-F]{64}", part)]:
        raise GuildhallError(
            f"{variable} names {wrong[0]!r}",
            why="a public key is 64 hexadecimal digits",
            next="give what `guildhall audit verify` printed as the key, for each key in force before this one",
        )
    return tuple(bytes.fromhex(part) for part in named)
