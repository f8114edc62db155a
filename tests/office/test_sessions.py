"""Sessions: how long they last, who they are, where they are, and what pages of one person never show to another."""

from __future__ import annotations

from datetime import date, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from guildhall.kernel.errors import NotFound
from guildhall.office.engine.browsers import called
from guildhall.office.models import Grant
from guildhall.office.operations import sessions
from guildhall.office.operations.sessions import itself
from guildhall.office.viewers import BEGAN, GRANT, MANDATE, USED
from guildhall.registry.models import Place
from guildhall.web import remember
from tests import clock
from tests.office.staff import HEADERS, clocks, officer, sign_in
from tests.people import LONG_AGO, grant, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clocks")]
__all__ = ["clocks"]


def city() -> None:
    Place.objects.create(place_id="tiny", kind="city", name_zh="小城", name_en="Smallton", source="test", status="generated")


def set_in(client: Client, **values: Any) -> None:
    session = client.session
    session.update(values)
    session.save()


def desk(client: Client) -> str:
    answer = client.get("/en/desk/", headers=HEADERS)
    return "desk" if answer.status_code == 200 else str(answer["Location"])


@pytest.mark.parametrize(("key", "length"), [(USED, "SESSION_IDLE_SECONDS"), (BEGAN, "SESSION_LONGEST_SECONDS")])
def test_a_session_ends_when_it_is_idle_or_old(settings: Any, key: str, length: str) -> None:
    client = signed_in(grant("planner", place="tiny"))
    assert desk(client) == "desk"
    now = int(clock.moment().timestamp())
    set_in(client, **{key: now - getattr(settings, length) + 30})
    assert desk(client) == "desk"
    set_in(client, **{key: now - getattr(settings, length) - 1})
    assert desk(client).startswith("/en/sign-in/")
    assert desk(client).startswith("/en/sign-in/"), "it does not come back"


def test_reading_writes_nothing_but_once_a_minute(settings: Any, django_assert_num_queries: Any) -> None:
    client = signed_in(grant("planner", place="tiny"))
    client.get("/en/sign-out/")
    used = client.session[USED]
    client.get("/en/sign-out/")
    assert client.session[USED] == used
    set_in(client, **{USED: used - 61})
    client.get("/en/sign-out/")
    assert client.session[USED] >= used


def test_a_role_that_ended_leads_back_to_the_choice_of_roles() -> None:
    held = grant("planner", place="tiny")
    client = signed_in(held)
    assert desk(client) == "desk"
    Grant.objects.filter(pk=held.pk).update(revoked_at=clock.moment())
    assert desk(client).startswith("/en/role/")
    assert GRANT not in client.session


def test_a_role_of_somebody_else_cannot_be_taken() -> None:
    own, foreign = grant("planner", place="tiny"), grant("auditor", place="tiny")
    client = signed_in(own)
    page = client.post("/en/role/", {"choice": f"grant:{foreign.pk}"}, headers=HEADERS)
    assert "Choose one of the roles" in page.content.decode()
    set_in(client, **{GRANT: foreign.pk})
    assert desk(client).startswith("/en/role/")
    set_in(client, **{MANDATE: 1})
    assert desk(client).startswith("/en/role/")


def test_switching_between_roles() -> None:
    city()
    first = grant("planner", place="tiny")
    second = Grant.objects.create(account=first.account, role="assessor", place="tiny", granted_by="test", valid_from=LONG_AGO)
    Grant.objects.create(
        account=first.account, role="auditor", place="tiny", granted_by="test", valid_from=LONG_AGO, valid_until=date(2020, 1, 1)
    )
    client = signed_in(first)
    page = client.get("/en/role/", headers=HEADERS).content.decode()
    assert "planner" in page
    assert "Smallton" in page
    assert "auditor" not in page.split("<main", 1)[1], "a role that ended is not offered"
    assert client.post("/en/role/?next=/en/places/", {"choice": f"grant:{second.pk}"})["Location"] == "/en/places/"
    assert 'assessor · <span class="where" title="Smallton">' in client.get("/en/desk/", headers=HEADERS).content.decode()


def test_the_page_of_sessions_ends_one_the_others_or_all() -> None:
    account = officer()
    clients = [Client(headers={"user-agent": f"Firefox Windows {number}"}) for number in range(4)]
    for client in clients:
        sign_in(client)
    page = clients[0].get("/en/account/sessions/", headers=HEADERS).content.decode()
    assert "You are signed in at 4 places" in page
    assert "Firefox, Windows" in page
    last = UserSession.objects.get(session_key=clients[3].session.session_key)
    clients[0].post("/en/account/sessions/", {"end": last.pk})
    assert desk(clients[3]).startswith("/en/sign-in/")
    clients[0].post("/en/account/sessions/", {"end": "others"})
    assert desk(clients[1]).startswith("/en/sign-in/")
    assert desk(clients[0]).startswith("/en/role/")
    clients[0].post("/en/account/sessions/", {"end": "all"})
    assert desk(clients[0]).startswith("/en/sign-in/")
    assert not UserSession.objects.filter(user=account).exists()


def test_nobody_ends_the_sessions_of_somebody_else(now: datetime) -> None:
    owner, other = officer("owner"), officer("other")
    client = Client()
    sign_in(client, "owner")
    own = UserSession.objects.get()
    with pytest.raises(NotFound):
        sessions.end_one(account=other, session=own.pk, by=itself(other), now=now)
    with pytest.raises(NotFound):
        sessions.end_all(account=owner, by=itself(other), now=now)
    stranger = Client()
    sign_in(stranger, "other")
    assert stranger.post("/en/account/sessions/", {"end": own.pk}).status_code == 404
    assert UserSession.objects.filter(pk=own.pk).exists()


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 MicroMessenger/8.0", "WeChat, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8", "curl/8"),
        ("", ""),
    ],
)
def test_a_browser_is_called_by_its_name(agent: str, name: str) -> None:
    assert called(agent) == name


PUBLIC_PAGES = ("/en/", "/en/figures/", "/en/parks/", "/en/places/", "/en/organisations/", "/healthz")


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_whoever_has_not_signed_in_gets_no_cookie(shown: Path, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer.cookies == SimpleCookie()
    assert "Cookie" in answer["Vary"]


def test_no_page_in_memory_carries_anybodys_header(shown: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages: Any = type(remember._pages)()
    monkeypatch.setattr(remember, "_pages", pages)
    first, second = (
        signed_in(grant("planner", place="tiny", name="first-planner")),
        signed_in(grant("auditor", place="tiny", name="second-auditor")),
    )
    public = Client().get("/en/")
    seen = [client.get("/en/") for client in (first, second, first)]
    assert len(pages) == 1, "what is kept is what the public sees"
    assert "planner" not in public.content.decode()
    for answer, own, other in zip(seen, ("first-planner", "second-auditor", "first-planner"), ("second", "first", "second"), strict=True):
        page = answer.content.decode()
        assert own in page
        assert f"{other}-" not in page
        assert answer["Cache-Control"] == "no-store, private"
        assert "ETag" not in answer.headers
    assert Client().get("/en/").content == public.content


def test_a_page_kept_by_a_browser_before_signing_in_is_not_shown_as_unchanged_after(shown: Path) -> None:
    client = signed_in(grant("planner", place="tiny"))
    tag = Client().get("/en/")["ETag"]
    assert Client().get("/en/", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/en/", headers={"If-None-Match": tag}).status_code == 200


def test_the_header_offers_only_doors_that_open(shown: Path) -> None:
    from guildhall.web.navigation import entries
    from guildhall.web.viewer import PUBLIC
    from tests.people import viewer

    assert entries(PUBLIC) == []
    for role in ("assessor", "planner", "administrator", "auditor"):
        held = grant(role, place="tiny")
        client = signed_in(held)
        for entry in entries(viewer(role, place="tiny")):
            assert client.get(entry.address).status_code == 200, (role, entry.door)
