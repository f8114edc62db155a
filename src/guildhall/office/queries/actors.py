"""Who did something, by the names that the audit chain and the records use: `account:17` → what the account is called."""

from __future__ import annotations

from collections.abc import Iterable

from guildhall.office.models import Account


def called(actors: Iterable[str]) -> dict[str, str]:
    """The name of each account among the actors; people who sign in for themselves have none here, machinery stands as it is."""
    found = {actor: "" for actor in actors}
    keys = {int(actor.removeprefix("account:")): actor for actor in found if actor.startswith("account:")}
    for key, name, kind in Account.objects.filter(pk__in=keys).values_list("pk", "name", "kind"):
        found[keys[key]] = name if kind == "staff" else ""
    return {actor: name if actor.startswith("account:") else actor for actor, name in found.items()}
