"""Proves the access table (tests/access.py) against the real doors."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import translation

from guildhall.kernel.errors import GuildhallError
from guildhall.web.middleware import status_of
from tests.access import DOORS, METHODS, PUBLIC, READ_BY_ANY_METHOD, UNANSWERED, Door, routes

if TYPE_CHECKING:
    from tests.world import Side, World

Rows = dict[str, str]
UNWATCHED = frozenset({"django_session"})
"""Tables that change when anyone asks for anything."""
TRACES = frozenset({"office_auditevent", "office_chainhead"})
"""Where it is written that someone asked in vain for a person: a form that says nobody is found does so."""


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One transaction around all rows, in the place of pytest-django's around each: the world is built once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(db: None) -> World:
    """The world; what a row writes is taken back after it."""
    from tests.world import build

    return build()


@pytest.fixture(scope="module")
def untouched(world: World) -> Rows:
    """Every table as it is before anybody has asked for anything."""
    return contents()


@pytest.fixture
def plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals are not drawn as pages: what they say is not looked at here, and there are thousands of them."""

    def plain(request: HttpRequest, error: GuildhallError, status: int = 0) -> HttpResponse:
        return HttpResponse(error.what, status=status or status_of(error))

    for module in ("middleware", "pages"):
        monkeypatch.setattr(f"guildhall.web.{module}.spoken", plain)


@pytest.fixture(autouse=True)
def taken_back(request: pytest.FixtureRequest) -> Iterator[None]:
    if "world" not in request.fixturenames:
        yield
        return
    world = request.getfixturevalue("world")
    from django.core.cache import cache

    from tests.world import put_papers

    if "shown" in request.fixturenames:
        request.getfixturevalue("shown")  # its var/ is where the papers are looked for
    put_papers(world)

    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    cache.clear()


def test_every_address_has_a_row() -> None:
    listed = {door.name for door in DOORS}
    missing = [name for name in routes() if name not in listed | UNANSWERED]
    how = "\n".join(f'    Door("{name}", ("assessor",), at=worker),' for name in missing)
    assert not missing, (
        f"tests/access.py has no row for {', '.join(missing)}.\nAdd, in its group, one line for each method it takes, such as\n"
        f'{how}\nwhere the roles are those who may open it (`public("{missing[0]}")` for everyone), `at=` makes the parts of the address '
        "for one Side of tests/world.py, and `form=` the fields of a POST."
    )


def test_every_row_has_an_address_and_stands_once() -> None:
    known = set(routes())
    assert [str(door) for door in DOORS if door.name not in known] == [], "rows of tests/access.py whose address is gone"
    assert [row for row, times in Counter(map(str, DOORS)).items() if times > 1] == [], "rows of tests/access.py that stand twice"


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_who_may_gets_the_answer_on_their_own_object(door: Door, world: World, shown: None) -> None:
    for who in (*door.who, *door.also):
        with transaction.atomic():
            response = ask(world, door, who, world.harbour)
            assert response.status_code == door.status, told(door, who, "its own object", response)
            assert not leads_to("sign_in", response), told(door, who, "its own object", response)
            if door.who != PUBLIC:
                assert "no-store" in response.headers.get("Cache-Control", ""), f"{door}: a browser may keep what {who} was shown"
            assert_hides(door, who, world, response)
            transaction.set_rollback(True)


@pytest.mark.parametrize("door", [door for door in DOORS if door.who != PUBLIC], ids=str)
@pytest.mark.usefixtures("shown", "plainly")
def test_everyone_else_is_told_that_there_is_no_such_page(door: Door, world: World, untouched: Rows) -> None:
    from tests.world import CAST

    for who in (*(who for who in CAST if who not in (*door.who, *door.beside)), "public"):
        response = ask(world, door, who, world.harbour)
        way = {"public": "sign_in", "none": "role"}.get(who)
        refused = leads_to(way, response) or response.status_code == 401 if way else response.status_code == 404
        if door.keyed:
            refused = response.status_code == (404 if world.key(who) else 401)
        assert refused, told(door, who, "an object of Harbour", response)
    assert changed(untouched) == [], f"{door}: someone who may not open it changed a row"


@pytest.mark.parametrize("door", [door for door in DOORS if door.who != PUBLIC and door.has_object], ids=str)
def test_who_may_is_refused_on_what_is_somebody_elses(door: Door, world: World, shown: None, untouched: Rows) -> None:
    for who in door.who:
        for side in world.others(who):
            response = ask(world, door, who, side)
            in_address = dict(door.at(side)) != dict(door.at(world.harbour))
            expected = 404 if in_address else door.refuses
            assert response.status_code == expected, told(door, who, f"an object of {side.key}", response)
            assert_hides(door, who, world, response)
    traces = TRACES if door.refuses == 200 else frozenset[str]()
    assert changed(untouched, but=traces) == [], f"{door}: someone changed a row with somebody else's object"


@pytest.mark.parametrize("name", sorted({door.name for door in DOORS}))
@pytest.mark.usefixtures("shown", "plainly")
def test_a_method_without_a_row_is_not_taken(name: str, world: World, untouched: Rows) -> None:
    """A page that is only read says so to a form: otherwise it would be a door that no row guards."""
    rows = [door for door in DOORS if door.name == name]
    row = rows[0]
    for method in METHODS:
        if name not in READ_BY_ANY_METHOD and method not in {door.method for door in rows}:
            response = ask(world, Door(name, row.who, method, row.at, keyed=row.keyed), row.who[0], world.harbour)
            assert response.status_code == 405, (
                f"{method} {name} answers {response.status_code} to {row.who[0]} and has no row in tests/access.py: add one, "
                "or hang the page with read_only (web.pages) or require_POST so that it answers 405"
            )
    assert changed(untouched) == []


def ask(world: World, door: Door, who: str, side: Side) -> HttpResponseBase:
    """What a member of the cast, who is of Harbour, is answered at a door with an object of a Side."""
    with translation.override("en"):
        path = reverse(door.name, kwargs=dict(door.at(side)))
    client = world.client(who)
    if door.keyed:
        key = {"Authorization": f"Bearer {world.key(who)}"} if world.key(who) else {}
        return client.generic(door.method, path, json.dumps(dict(door.form(side))), "application/json", headers=key)
    if door.method == "GET":
        return client.get(path + (f"?{door.query}" if door.query else ""))
    return client.generic(door.method, path) if door.method != "POST" else client.post(path, dict(door.form(side)))


def told(door: Door, who: str, what: str, response: HttpResponseBase) -> str:
    where = response.headers.get("Location", "")
    return f"{door}: {who} got {response.status_code} {where} on {what}; see the row in tests/access.py"


def leads_to(name: str, response: HttpResponseBase) -> bool:
    with translation.override("en"):
        return response.status_code == 302 and response.headers["Location"].partition("?")[0] == reverse(name)


def assert_hides(door: Door, who: str, world: World, response: HttpResponseBase) -> None:
    """No answer shows a person whom the role does not lead to; a form may give back what was typed into it, a refusal its own address."""
    refused = response.status_code == 404
    said = "\n".join(texts(response))
    typed = {str(value) for side in world.sides for value in (*door.form(side).values(), *(door.at(side).values() if refused else ()))}
    shown_all_the_same = sorted(mark for mark in world.hidden_from(who) - typed if mark in said)
    assert not shown_all_the_same, f"{door} shows {who} what is hidden from them: {shown_all_the_same}"


def texts(response: HttpResponseBase) -> Iterator[str]:
    """What an answer says: its body, the parts of a workbook or an archive, and the headers."""
    streamed: Iterable[bytes] = getattr(response, "streaming_content", ()) if response.streaming else (getattr(response, "content", b""),)
    body = b"".join(streamed)
    yield from (str(value) for value in response.headers.values())
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield archive.read(name).decode("utf-8", "replace")
    yield body.decode("utf-8", "replace")


def contents() -> Rows:
    """One digest for each table, over all its rows; sessions are left out."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - UNWATCHED
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = (repr([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]) for row in cursor.fetchall())
            found[table] = hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
    return found


def changed(before: Rows, but: frozenset[str] = frozenset()) -> list[str]:
    """The tables that hold something else than before, `but` not looked at."""
    return [table for table, digest in contents().items() if digest != before[table] and table not in but]
