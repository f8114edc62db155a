"""What must not be so where real people's records are: asked before anything is served, and told all at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from guildhall.kernel.errors import GuildhallError
from guildhall.office import demonstration
from guildhall.web.current import current_or_none


def refuse() -> None:
    """Raises GuildhallError with everything of a demonstration that is left, in production mode; nothing in a demonstration."""
    if settings.DEMONSTRATION:
        return
    found = [*of_settings(), *of_records()]
    if found:
        told = "".join(f"\n  · {fault.what}: {fault.next}" for fault in found)
        raise GuildhallError(
            "This cannot be served in production mode", why=told, next="mend each of these; docs/guide/settings.md explains the settings"
        )


def of_settings() -> Iterator[GuildhallError]:
    """Settings that are those of a demonstration."""
    if settings.DEBUG:
        yield GuildhallError("GUILDHALL_DEBUG is set", next="unset it")
    for name, file in (("SECRET_KEY", "session.key"), ("IDENTITY_KEY", "identity.key"), ("AUDIT_KEY", "audit.key")):
        path = settings.VAR / "keys" / file
        if path.exists() and path.read_text().strip() == getattr(settings, name).strip():
            yield GuildhallError(f"GUILDHALL_{name} is the key of a demonstration", next=f"give it another one, and remove {path}")
    if "*" in settings.ALLOWED_HOSTS or not set(settings.ALLOWED_HOSTS) - {"localhost", "127.0.0.1", "[::1]", ""}:
        yield GuildhallError("GUILDHALL_HOSTS names no host of yours", next="set it to the names under which people reach this system")
    if not settings.SEALS or Path(settings.SEALS).resolve().is_relative_to(Path(settings.VAR).resolve()):
        yield GuildhallError(
            "GUILDHALL_SEALS lies inside GUILDHALL_VAR",
            next="set it to a file where nobody who can write in the database can write, such as another machine's disk",
        )
    if not settings.PROXIES:
        yield GuildhallError(
            "GUILDHALL_PROXIES is 0", next="put a proxy that encrypts before this server, and set it to the number of proxies, such as 1"
        )


def of_records() -> Iterator[GuildhallError]:
    """Made-up people among the real ones: accounts of the demonstration, and a city that is shown but not counted."""
    left = demonstration.accounts().count()
    if left:
        yield GuildhallError(f"{left} accounts of the demonstration are open", next="use the database of no demonstration")
    shown = current_or_none()
    if shown and shown.synthetic:
        yield GuildhallError("The figures shown are those of a synthetic city", next="use a GUILDHALL_VAR of its own")


def check(**_given: Any) -> list[CheckMessage]:
    """The settings as a system check of Django: `manage check`, and other tools, say the same."""
    found = [] if settings.DEMONSTRATION else list(of_settings())
    return [Error(fault.what, hint=fault.next, id=f"office.E{at:03d}") for at, fault in enumerate(found, 1)]
