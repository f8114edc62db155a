"""The auditor's page: whether anything was altered, who did what, and the events as a file that can be verified elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guildhall.kernel.errors import GuildhallError, NotFound
from guildhall.kernel.tables import Text
from guildhall.office.engine.actions import ACTIONS, called
from guildhall.office.engine.damage import WORDS
from guildhall.office.models import AuditCheck
from guildhall.office.operations.audit import note_export
from guildhall.office.queries import audit as queries
from guildhall.office.queries.audit import Asked, State
from guildhall.web.dates import day
from guildhall.web.doors import for_roles
from guildhall.web.numbers import grouped
from guildhall.web.templatetags.guildhall import text
from guildhall.web.viewer import Viewer, viewer_of

PAGE = 50
LONGEST = 80
DAMAGES_SHOWN = 20
Places = Callable[[Viewer, date], Collection[str] | None]
"""The places of a viewer's jurisdiction, None for the whole city; they stand in a domain above, and whoever hangs the page hands it in."""
Reasons = Mapping[str, Text]
"""Words for the codes that stand as reasons in events of the domains above, handed in likewise."""


@for_roles("auditor")
def audit(request: HttpRequest, places: Places, reasons: Reasons) -> HttpResponse:
    """Whether the record is whole, and the events asked for, newest first."""
    viewer, asked, state = viewer_of(request), _asked(request), queries.state()
    within = places(viewer, timezone.localdate())
    found = queries.events(viewer, asked, places=within, before=_before(request), size=PAGE)
    context = {
        "title": _title(state),
        "state": state,
        "damages": _damages(state.check),
        "more_damages": max(0, len(state.check.damages) - DAMAGES_SHOWN) if state.check else 0,
        "asked": asked,
        "rows": [(event, called(event.row.action), _subject(event.row.chain), _why(event.row.reason, reasons)) for event in found.rows],
        "actions": ACTIONS.items(),
        "whole_city": within is None,
        "next": urlencode({**asked.values(), "after": found.next}) if found.next else "",
        "same": urlencode(asked.values()),
    }
    return render(request, "office/audit.html", context)


@for_roles("auditor")
def audit_export(request: HttpRequest, places: Places) -> HttpResponse:
    """The events asked for as JSON, with their digests; about one chain, also with what ties it to a seal."""
    viewer, asked, now = viewer_of(request), _asked(request), timezone.now()
    within = places(viewer, timezone.localdate(now))
    note_export(asked=asked.values(), by=viewer, now=now)
    events = queries.exported(viewer, asked, places=within)
    proof = queries.proof(asked.subject) if asked.subject and within is None else None
    head = {"made_at": now.isoformat(), "asked": asked.values(), "proof": proof}
    response = StreamingHttpResponse(_streamed(head, events), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="events-{timezone.localdate(now)}.json"'
    return cast(HttpResponse, response)  # what a door gives has headers; whether it has a body yet does not matter to it


def _streamed(head: dict[str, Any], events: Iterator[dict[str, Any]]) -> Iterator[str]:
    """One object, its events last and one to a line."""
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "events": ['
    for n, event in enumerate(events):
        yield ("," if n else "") + "\n" + json.dumps(event, ensure_ascii=False)
    yield "\n]}\n"


def _asked(request: HttpRequest) -> Asked:
    """What the address asks for. Raises GuildhallError for a day that is none, NotFound for an action that nobody declared."""
    told = {name: request.GET.get(name, "").replace("\0", "").strip()[:LONGEST] for name in ("subject", "actor", "action", "day")}
    if told["action"] and told["action"] not in ACTIONS:
        raise NotFound(_("There is no action “%(action)s”") % {"action": told["action"]}, next=_("choose one from the list"))
    try:
        on = day(told["day"]) if told["day"] else None
    except ValueError:
        example = timezone.localdate()
        raise GuildhallError(
            _("“%(text)s” is not a date") % {"text": told["day"]}, next=_("write it as %(example)s") % {"example": example}
        ) from None
    return Asked(told["subject"], told["actor"], told["action"], on)


def _before(request: HttpRequest) -> int:
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _title(state: State) -> str:
    """The question of the page, answered: was anything altered?"""
    if state.check is None:
        return _("Was anything altered? It was not verified yet")
    if count := len(state.check.damages):
        return ngettext("Altered at %(n)s place", "Altered at %(n)s places", count) % {"n": grouped(count)}
    return (
        _("Nothing was altered up to seal %(seal)s") % {"seal": state.check.last_seal}
        if state.check.last_seal
        else _("Nothing is sealed yet")
    )


def _damages(check: AuditCheck | None) -> list[dict[str, Any]]:
    """Each damage in the reader's words; what it says beside them is in English, as the command prints it."""
    found = check.damages[:DAMAGES_SHOWN] if check else []
    return [
        {**damage, "words": WORDS.get(damage["kind"], damage["kind"]), "query": urlencode({"subject": damage["chain"]})} for damage in found
    ]


def _why(reason: str, words: Reasons) -> str:
    """A reason in words: what was typed as it was typed; of a code its word, and the number of what it speaks of."""
    code, _colon, key = reason.partition(":")
    if code not in words or (key and not key.isdecimal()):
        return reason
    word = text(words[code])
    return _("%(word)s, No. %(key)s") % {"word": word, "key": key} if key else word


def _subject(chain: str) -> str:
    """A chain in words: person 17, organisation 5."""
    kind, _colon, key = chain.partition(":")
    words = {
        "worker": _("person %(key)s"),
        "organisation": _("organisation %(key)s"),
        "account": _("account %(key)s"),
        "parameter": _("the parameter %(key)s"),
        "registry": _("the registry"),
        "skills": _("the classification of occupations"),
        "figures": _("the figures"),
        "audit": _("the record itself"),
    }
    return words[kind] % {"key": key} if kind in words else chain
