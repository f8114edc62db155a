"""Where someone who has signed in can go: the doors that open in their role, as short names and as plain tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guildhall.web.doors import opens
from guildhall.web.viewer import Viewer

DOORS: tuple[tuple[str, Any, Any], ...] = (
    ("me", _("My record"), _("See what the city has on record about me")),
    ("benefits", _("Benefits"), _("See which benefits are mine, and why not another")),
    ("recognition", _("Titles"), _("See which title my level opens, and what it is worth")),
    ("claims", _("My claims"), _("Follow my claims and answer what is asked")),
    ("held", _("All about me"), _("Download everything that is held about me")),
    ("looked", _("Who looked"), _("See who looked at my record, and why")),
    ("consents", _("Consents"), _("Agree or stop agreeing to how my record is used")),
    ("agents", _("Acting for me"), _("See who may act for me, and take it back")),
    ("people", _("Find people"), _("Find a person and open the record")),
    ("corrections", _("Corrections"), _("Answer people who say that something is wrong")),
    ("duplicates", _("Duplicates"), _("Decide whether two records are one person")),
    ("imports", _("Rosters"), _("Load a roster from a spreadsheet")),
    ("feeds", _("Other authorities"), _("See which files of other authorities are fresh")),
    ("delegations", _("Delegations"), _("Let colleagues act for the organisation")),
    ("mandates", _("Mandates"), _("Act for someone who agreed to it")),
    ("accounts", _("Accounts"), _("Give and end accounts and roles")),
    ("tokens", _("Keys for programs"), _("Give a program a key of its own")),
    ("employer_benefits", _("Benefits"), _("See what we may claim, and for whom")),
    ("employer_claims", _("Our claims"), _("Follow our claims and answer what is asked")),
    ("claims_queue", _("Claims"), _("Decide on claims for benefits")),
    ("payments", _("Payments"), _("Pay approved claims, and read the bank's answer")),
    ("unclaimed", _("Not claimed"), _("See who could claim a benefit and has not")),
    ("policy", _("Policy"), _("See what policy costs, who gets it, and what a change would do")),
    ("parameters", _("Parameters"), _("Confirm the values that rules decide by")),
    ("audit", _("Audit"), _("Check who did what, and that nothing was altered")),
    ("notices", _("Notices"), _("Read what the city wrote to me")),
)
"""Every door behind the sign-in: the name of its address, what the header calls it, and what the desk says it is for."""


ALONE = frozenset({"notices"})
"""Doors for people themselves: whoever acts for somebody finds no page behind them."""
ACTING: dict[str, tuple[Any, Any]] = {
    "me": (_("The record"), _("See what the city has on record about the person you act for")),
    "benefits": (_("Benefits"), _("See which benefits are the person's, and why not another")),
    "recognition": (_("Titles"), _("See which title the person's level opens, and what it is worth")),
    "claims": (_("Claims"), _("Follow the person's claims and answer what is asked")),
    "held": (_("All that is held"), _("See everything that is held about the person")),
    "looked": (_("Who looked"), _("See who looked at the person's record, and why")),
    "consents": (_("Consents"), _("See what the person agreed to about the use of the record")),
    "agents": (_("Acting for the person"), _("See who may act for the person")),
}
"""The same doors in the words for whoever acts for somebody: it is another person's record. Only that person takes things along,
agrees, and takes back."""
STAFF = {"notices": _("Read messages about your account and your work")}
"""The same tasks in the words for staff."""
FIGURES: dict[str, tuple[tuple[str, Any], ...]] = {
    "planner": (
        ("figures", _("Compare published figures with computed ones")),
        ("city", _("Compare the districts and how they changed")),
        ("parks", _("See who works in the parks")),
        ("gray_collar", _("Compare definitions of gray-collar workers")),
        ("open_data", _("Take the tables along as open data")),
    ),
}
"""Public pages that are the daily work of a role: its desk leads to them, and the header does so for everyone."""


@dataclass(frozen=True)
class Waiting:
    """How many things wait behind a door, and how many of them are overdue."""

    count: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class Entry:
    """One door that opens for the viewer."""

    door: str
    address: str
    label: Any
    task: Any
    waiting: Waiting = Waiting()


def entries(viewer: Viewer) -> list[Entry]:
    """The doors that open for a viewer, in the order of DOORS; one that is not hung is left out."""
    found = []
    for door, label, task in DOORS:
        hung = None if viewer.mandate and door in ALONE else _hung(door, get_language() or "")
        if hung and opens(viewer, *_guard(hung[1])):
            found.append(Entry(door, hung[0], *_words(viewer, door, label, task)))
    return found


def figures(viewer: Viewer) -> list[Entry]:
    """The public pages that the desk of a role leads to."""
    return [Entry(door, reverse(door), task, task) for door, task in FIGURES.get(viewer.role, ()) if not viewer.mandate]


def _words(viewer: Viewer, door: str, label: Any, task: Any) -> tuple[Any, Any]:
    """What a door is called and what it is for, in the words for who stands before it."""
    if viewer.mandate:
        return ACTING.get(door, (label, task))
    return label, task if viewer.worker or viewer.organisation else STAFF.get(door, task)


@lru_cache(maxsize=200)
def _hung(door: str, _language: str) -> tuple[str, Callable[..., Any]] | None:
    """Address and view of a door, in the language of the moment; None where no such door is hung."""
    try:
        address = reverse(door)
    except NoReverseMatch:
        return None
    return address, resolve(address).func


def _guard(view: Callable[..., Any]) -> tuple[tuple[str, ...], str]:
    """The roles and the task that `for_roles` wrote on a view; no role at all where it stands open."""
    return getattr(view, "roles", ()), getattr(view, "task", "")
