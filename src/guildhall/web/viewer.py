"""Who is looking: every query takes a viewer and returns only what that viewer may see; every operation says who did it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class Viewer:
    """Someone who reads or acts, in exactly one role at a time.

    `name` is what the audit chain calls them: `public`, `account:17`, `command:NAME`, `work`. `role` is `public`, `none`
    (signed in, no role chosen or none that holds today), `system`, or one of `office.models.ROLES`. `worker` is the record a
    worker claimed, or the person that is acted for under `mandate`. `organisation` is that of an employer or college. `place` is
    the jurisdiction of staff. `scopes` narrows a delegated role or a token to some tasks; empty means all of the role.
    """

    name: str = "public"
    role: str = "public"
    account: int | None = None
    grant: int | None = None
    worker: int | None = None
    organisation: int | None = None
    place: str = ""
    scopes: frozenset[str] = frozenset()
    mandate: int | None = None

    @property
    def on_behalf(self) -> str:
        """The subject acted for, as the audit chain names it; empty where someone acts for themselves."""
        return f"worker:{self.worker}" if self.mandate else ""

    def may(self, task: str) -> bool:
        """Whether a delegation or token leaves this task to the viewer."""
        return not self.scopes or task in self.scopes


PUBLIC = Viewer()
"""Someone who has not signed in: sees published figures and no person."""


def system(name: str) -> Viewer:
    """The city's own machinery: a command (`command:NAME`) or background work (`work`). It sees and does everything."""
    return Viewer(name=name, role="system")


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer behind a request: an account where the office has set one, otherwise the public."""
    found = getattr(request, "viewer", PUBLIC)
    return found if isinstance(found, Viewer) else PUBLIC
