"""Keys for programs: shown once, kept as a hash, narrowed to tasks, over when the role is; and what the API says to a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.translation import override

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office import bearer
from guildhall.office.bearer import Bearer, Pace
from guildhall.office.models import Account, ApiToken, AuditEvent, Grant
from guildhall.office.operations import tokens as operations
from guildhall.office.queries import tokens as queries
from guildhall.project.urls import api
from guildhall.web.viewer import PUBLIC, Viewer, viewer_of
from tests import clock, people


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What is refused is said in English, whichever language a test before has left active."""
    with override("en"):
        yield


@pytest.fixture
def officer(db: None) -> Viewer:
    return people.viewer("assessor", place="west")


def given(by: Viewer, now: datetime, **more: object) -> tuple[ApiToken, str]:
    terms = {"name": "payroll", "scopes": ["people"], "until": timezone.localdate(now) + timedelta(days=30)} | more
    return operations.issue_token(by=by, now=now, **terms)  # type: ignore[arg-type]


def test_a_key_is_shown_once_and_kept_as_a_hash(officer: Viewer, now: datetime, on: date) -> None:
    token, key = given(officer, now)
    assert key.startswith("gh_")
    assert len(key) > 40
    row = ApiToken.objects.values().get(pk=token.pk)
    assert key not in str(row)
    assert key not in "".join(AuditEvent.objects.values_list("details", flat=True))
    found = operations.viewer_with(key, now)
    assert found
    viewer = found[1]
    assert (viewer.name, viewer.role, viewer.place, viewer.scopes) == (officer.name, "assessor", "west", frozenset({"people"}))
    assert not viewer.may("roster")
    assert ApiToken.objects.get().last_used_on == on


@pytest.mark.parametrize(
    "terms",
    [
        {"name": " "},
        {"name": "x" * 61},
        {"scopes": []},
        {"scopes": ["people", "claims"]},
        {"until": date(2026, 1, 30)},
        {"until": date(2027, 3, 1)},
    ],
)
def test_a_key_has_a_name_tasks_of_the_role_and_a_term(officer: Viewer, now: datetime, terms: dict[str, object]) -> None:
    with pytest.raises(GuildhallError):
        given(officer, now, **terms)
    assert not ApiToken.objects.exists()


def test_a_delegate_gives_a_program_no_more_than_was_delegated(db: None, now: datetime) -> None:
    clerk = people.viewer("employer", organisation_id=5, scopes="roster people")
    assert queries.offered(clerk) == ("people",), "a roster is brought in on a page"
    with pytest.raises(GuildhallError):
        given(clerk, now, scopes=["roster"])
    token, key = given(clerk, now, scopes=["people"])
    ApiToken.objects.filter(pk=token.pk).update(scopes="people roster")  # as keys were once given out
    Grant.objects.filter(pk=clerk.grant or 0).update(scopes="people")
    found = operations.viewer_with(key, now)
    assert found
    assert found[1].scopes == {"people"}, "narrowed with what was delegated"
    Grant.objects.filter(pk=clerk.grant or 0).update(scopes="claims")
    assert operations.viewer_with(key, now) is None, "with no task left it opens nothing, rather than everything"


def test_only_tasks_that_open_a_route_are_given_to_programs() -> None:
    hung: dict[str, set[str]] = {}
    for _, router in api._routers:
        for view in router.path_operations.values():
            for asked in (auth for route in view.operations for auth in route.auth_callbacks if isinstance(auth, Bearer)):
                for role in asked.roles:
                    hung.setdefault(role, set()).add(asked.task)
    assert {role: set(tasks) for role, tasks in queries.TASKS.items()} == hung


@pytest.mark.parametrize("role", ["worker", "planner", "administrator", "auditor", "broker"])
def test_roles_without_work_for_programs_give_out_no_keys(db: None, now: datetime, role: str) -> None:
    with pytest.raises(NotFound):
        given(people.viewer(role, **({"worker_id": 7} if role == "worker" else {"place": "west"})), now)


def test_whoever_acts_for_somebody_gives_out_no_keys(officer: Viewer, now: datetime, on: date) -> None:
    acting = Viewer(officer.name, officer.role, officer.account, officer.grant, 17, mandate=3)
    with pytest.raises(NotFound):
        given(acting, now)
    assert queries.tokens(acting, on) == []


def test_a_key_is_over_with_its_day_its_role_its_account_or_when_revoked(officer: Viewer, now: datetime, on: date) -> None:
    token, key = given(officer, now)
    assert operations.viewer_with(key, now + timedelta(days=29))
    assert operations.viewer_with(key, now + timedelta(days=30)) is None
    for wrong in ("", "gh_", key[:-1], key.upper(), f"{key} "):
        assert operations.viewer_with(wrong, now) is None
    Grant.objects.filter(pk=officer.grant or 0).update(revoked_at=now)
    assert operations.viewer_with(key, now) is None
    Grant.objects.filter(pk=officer.grant or 0).update(revoked_at=None)
    Account.objects.filter(pk=officer.account or 0).update(is_active=False)
    assert operations.viewer_with(key, now) is None
    Account.objects.filter(pk=officer.account or 0).update(is_active=True)
    assert operations.viewer_with(key, now)
    operations.revoke_token(token_id=token.pk, by=officer, now=now)
    assert operations.viewer_with(key, now) is None
    with pytest.raises(AlreadyDone):
        operations.revoke_token(token_id=token.pk, by=officer, now=now)
    assert [row.action for row in AuditEvent.objects.order_by("event_id")] == ["office.issue_token", "office.revoke_token"]
    assert queries.tokens(officer, on) == [token]
    assert not queries.holds(queries.tokens(officer, on)[0], on)


def test_nobody_revokes_the_key_of_another(officer: Viewer, now: datetime) -> None:
    token, _ = given(officer, now)
    with pytest.raises(NotFound):
        operations.revoke_token(token_id=token.pk, by=people.viewer("assessor", place="west"), now=now)


def test_an_account_has_twenty_keys_at_most(officer: Viewer, now: datetime) -> None:
    for n in range(operations.MOST):
        given(officer, now, name=f"program {n}")
    with pytest.raises(GuildhallError, match="20"):
        given(officer, now)


def test_each_key_keeps_its_pace() -> None:
    pace = Pace()
    assert [pace.allows(1, 2, moment) for moment in (0.0, 1.0, 2.0)] == [True, True, False]
    assert pace.allows(2, 2, 2.0), "another key is not held up"
    assert pace.allows(1, 2, 60.0), "a new minute begins anew"


@pytest.fixture
def asked(rf: RequestFactory) -> Any:
    """A request with a header, as a route's guard sees it; a session's viewer is already on it."""

    def make(header: str) -> HttpRequest:
        request = rf.get("/api/v1/people", headers={"authorization": header} if header else {})
        request.viewer = Viewer(name="account:1", role="assessor", account=1)  # type: ignore[attr-defined]
        return request

    return make


def test_a_route_asks_for_role_and_task(officer: Viewer, asked: Any) -> None:
    now = clock.moment()
    _, key = given(officer, now)
    request = asked(f"Bearer {key}")
    assert Bearer("assessor", task="people")(request)
    assert viewer_of(request).scopes == {"people"}
    for roles, task in ((("employer",), "people"), (("assessor",), "roster")):
        with pytest.raises(NotFound):
            Bearer(*roles, task=task)(asked(f"Bearer {key}"))
    for header in ("", "Bearer wrong", f"Basic {key}", f"Bearer {key}x"):
        assert not Bearer("assessor", task="people")(asked(header))


def test_a_session_opens_no_route(asked: Any) -> None:
    request = asked("")
    assert bearer.anyone(request) == PUBLIC
    assert viewer_of(request) == PUBLIC


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["Bearer gh_wrong", "Bearer", "Basic abc", "gh_wrong"])
def test_a_wrong_key_is_told_so_even_on_a_public_route(shown: Path, header: str) -> None:
    answer = Client().get("/api/v1/parks", headers={"authorization": header, "accept-language": "en"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["error"]["what"] == "This needs a key that holds"


def test_a_key_that_asks_too_often_waits(officer: Viewer, shown: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bearer, "PACE", Pace())
    monkeypatch.setattr(bearer, "monotonic", lambda: 0.0)
    settings.API_PER_MINUTE = 2
    _, key = given(officer, clock.moment())
    ask = [Client().get("/api/v1/parks", headers={"authorization": f"Bearer {key}"}) for _ in range(3)]
    assert [answer.status_code for answer in ask] == [200, 200, 429]
    assert ask[-1].headers["Retry-After"] == "60"
    assert ask[-1].json()["error"]["next"]


def test_the_page_shows_a_key_once_and_ends_it(officer: Viewer, shown: Path) -> None:
    client = people.signed_in(Grant.objects.get(pk=officer.grant or 0))
    form = {"name": "payroll", "scopes": ["people"], "last": str(clock.today() + timedelta(days=3))}
    said = client.post("/en/tokens/", form).content.decode()
    found = re.search(r"gh_[A-Za-z0-9_-]{43}", said)
    assert found
    assert operations.viewer_with(found[0], clock.moment())
    assert found[0] not in client.get("/en/tokens/").content.decode()
    assert client.post("/en/tokens/", {"revoke": ApiToken.objects.get().pk}).status_code == 302
    assert operations.viewer_with(found[0], clock.moment()) is None
    assert "revoked" in client.get("/en/tokens/").content.decode()
    empty = client.post("/en/tokens/", {}).content.decode()
    assert empty.count("This field is required") >= 3
