"""Who did something, by the names that the audit chain and the records use: `account:17` → what the account is called."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language

from guildhall.office.engine.machinery import machinery
from guildhall.office.models import Account


def called(actors: Iterable[str]) -> dict[str, str]:
    """The name of each account among the actors; people who sign in for themselves have none here, machinery is called by what it is."""
    language = get_language() or "zh-hans"
    found = {actor: word.in_(language) if (word := machinery(actor)) else "" for actor in actors}
    keys = {int(actor.removeprefix("account:")): actor for actor in found if actor.startswith("account:")}
    for key, name, kind in Account.objects.filter(pk__in=keys).values_list("pk", "name", "kind"):
        found[keys[key]] = name if kind == "staff" else ""
    return found
