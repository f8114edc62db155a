"""The city pack in force, read once per run of figures."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from guildhall.city import load
from guildhall.city.model import City
from guildhall.web.current import current_or_none


def city() -> City:
    """The pack that the settings name. Raises FaultsFound with every fault."""
    found = current_or_none()
    return _load(str(settings.CITY), found.key if found else "")


@lru_cache(maxsize=2)
def _load(pack: str, _run: str) -> City:
    return load(pack)
