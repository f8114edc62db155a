"""Accounts and roles: an administrator gives and ends them in the own places, never their own, and the city is never without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.engine.duties import APART, clash
from guildhall.office.models import Account, AuditEvent, Grant, Mandate, Notice, Reset, RoleWish
from guildhall.office.operations import accounts as operations
from guildhall.office.operations.invitations import accept, invited
from guildhall.office.queries import accounts as queries
from guildhall.office.queries.notices import facts_of
from guildhall.office.viewers import live_grants, viewer_in
from guildhall.web.viewer import Viewer, system
from tests import people
from tests.threads import alone, at_once, shared_database

CITY, WEST, EAST = "city", "west", "east"
LAND = frozenset({WEST, "west-hill"})


def city_administrator(name: str = "") -> Viewer:
    return people.viewer("administrator", place=CITY, name=name)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What is refused is said in English, whichever language a test before has left active."""
    with override("en"):
        yield


@pytest.fixture
def west(db: None) -> Viewer:
    """The administrator of West."""
    return people.viewer("administrator", place=WEST)


def opened(by: Viewer, now: datetime, **more: object) -> Account:
    given = {"username": "lin", "name": "Lin", "role": "assessor", "place": WEST, "valid_from": date(2026, 1, 1), "land": LAND} | more
    return operations.open_account(by=by, now=now, **given)  # type: ignore[arg-type]


def test_a_new_account_has_a_role_no_password_an_event_and_a_notice(west: Viewer, now: datetime) -> None:
    account = opened(west, now)
    grant = account.grants.get()
    assert (grant.role, grant.place, grant.granted_by, grant.valid_until) == ("assessor", WEST, west.name, None)
    assert not account.has_usable_password()
    events = AuditEvent.objects.filter(chain=f"account:{account.pk}").order_by("position")
    assert [event.action for event in events] == ["office.open_account", "office.give_role"]
    assert {event.actor for event in events} == {west.name}
    assert Notice.objects.get(account=account).template == "role_given"
    with pytest.raises(AlreadyDone):
        opened(west, now)


@pytest.mark.parametrize("username", ["Ln", "li", "demo-lin", "9lin", "lin chen", "林"])
def test_a_name_that_cannot_be_typed_or_told_apart_is_refused(west: Viewer, now: datetime, username: str) -> None:
    with pytest.raises(GuildhallError):
        opened(west, now, username=username)
    assert not Account.objects.filter(name="Lin").exists()


@pytest.mark.parametrize(
    ("role", "place"), [("assessor", EAST), ("assessor", CITY), ("assessor", ""), ("worker", WEST), ("employer", WEST)]
)
def test_no_role_is_given_outside_the_own_places_or_beside_the_staff(west: Viewer, now: datetime, role: str, place: str) -> None:
    with pytest.raises(NotFound):
        opened(west, now, role=role, place=place)
    held = people.grant("assessor", place=WEST)
    with pytest.raises(NotFound):
        operations.give_role(account_id=held.account_id, role=role, place=place, valid_from=now.date(), land=LAND, by=west, now=now)
    assert AuditEvent.objects.count() == 0


@pytest.mark.parametrize("role", ["assessor", "planner", "auditor", "claims_officer", "employer", "worker"])
def test_only_an_administrator_manages_accounts(db: None, now: datetime, role: str) -> None:
    where = {"employer": {"organisation_id": 5}, "worker": {"worker_id": 7}}.get(role, {"place": WEST})
    by, held = people.viewer(role, **where), people.grant("broker", place=WEST)
    tries: list[Callable[[], object]] = [
        partial(opened, by, now),
        partial(
            operations.give_role, account_id=held.account_id, role="planner", place=WEST, valid_from=now.date(), land=LAND, by=by, now=now
        ),
        partial(operations.revoke_role, grant_id=held.pk, reason="no more", land=LAND, by=by, now=now),
        partial(operations.end_role, grant_id=held.pk, until=date(2027, 1, 1), reason="no more", land=LAND, by=by, now=now),
        partial(operations.close_account, account_id=held.account_id, reason="no more", land=LAND, by=by, now=now),
        partial(operations.invite_anew, account_id=held.account_id, land=LAND, by=by, now=now),
    ]
    for attempt in tries:
        with pytest.raises(NotFound):
            attempt()
    assert AuditEvent.objects.count() == 0
    assert not queries.accounts(by, LAND, today=now.date()).rows


def test_nobody_raises_themselves(west: Viewer, now: datetime) -> None:
    assert west.account
    assert west.grant
    for attempt in (
        partial(operations.give_role, account_id=west.account, role="planner", place=WEST, valid_from=now.date()),
        partial(operations.revoke_role, grant_id=west.grant, reason="tired"),
        partial(operations.close_account, account_id=west.account, reason="tired"),
        partial(operations.invite_anew, account_id=west.account),
    ):
        with pytest.raises(GuildhallError, match="Nobody changes their own"):
            attempt(land=LAND, by=west, now=now)


def test_who_gives_access_neither_judges_its_use_nor_decides_on_money(west: Viewer, now: datetime) -> None:
    held = people.grant("auditor", place=WEST)
    with pytest.raises(GuildhallError, match="cannot be both administrator and auditor"):
        operations.give_role(
            account_id=held.account_id, role="administrator", place=WEST, valid_from=now.date(), land=LAND, by=west, now=now
        )
    later = operations.end_role(grant_id=held.pk, until=date(2026, 6, 1), reason="moves", land=LAND, by=west, now=now).valid_until
    assert later
    given = operations.give_role(
        account_id=held.account_id, role="administrator", place=WEST, valid_from=later, land=LAND, by=west, now=now
    )
    assert given.valid_from == later, "one after the other is no clash"


def test_duties_clash_either_way_round() -> None:
    for pair in APART:
        one, other = sorted(pair)
        assert clash([one], other) == one
        assert clash([other], one) == other
    assert clash(["planner", "assessor"], "claims_officer") == ""


def test_a_role_of_another_place_is_out_of_reach(west: Viewer, now: datetime) -> None:
    held = people.grant("assessor", place=EAST)
    with pytest.raises(NotFound):
        operations.revoke_role(grant_id=held.pk, reason="no more", land=LAND, by=west, now=now)
    with pytest.raises(NotFound):
        queries.account(west, LAND, held.account_id)
    held.refresh_from_db()
    assert held.revoked_at is None


def test_an_account_that_also_serves_elsewhere_is_seen_and_left_to_the_city(west: Viewer, now: datetime) -> None:
    held = people.grant("assessor", place=WEST)
    Grant.objects.create(account=held.account, role="planner", place=EAST, granted_by="test", valid_from=people.LONG_AGO)
    assert queries.account(west, LAND, held.account_id) == held.account
    with pytest.raises(GuildhallError, match="also serves a place"):
        operations.close_account(account_id=held.account_id, reason="left", land=LAND, by=west, now=now)
    operations.close_account(account_id=held.account_id, reason="left", land=None, by=city_administrator(), now=now)


def test_a_role_ends_on_a_day_or_at_once_and_is_kept_on_record(west: Viewer, now: datetime, on: date) -> None:
    held = people.grant("assessor", place=WEST)
    day = on + timedelta(days=10)
    with pytest.raises(GuildhallError, match="no reason"):
        operations.end_role(grant_id=held.pk, until=day, reason=" ", land=LAND, by=west, now=now)
    operations.end_role(grant_id=held.pk, until=day, reason="moves away", land=LAND, by=west, now=now)
    assert live_grants(held.account_id, day - timedelta(days=1)).exists()
    assert not live_grants(held.account_id, day).exists()
    with pytest.raises(AlreadyDone):
        operations.end_role(grant_id=held.pk, until=day, reason="moves away", land=LAND, by=west, now=now)
    operations.revoke_role(grant_id=held.pk, reason="misuse", land=LAND, by=west, now=now)
    assert not live_grants(held.account_id, on).exists()
    with pytest.raises(AlreadyDone):
        operations.revoke_role(grant_id=held.pk, reason="misuse", land=LAND, by=west, now=now)
    told = AuditEvent.objects.filter(chain=f"account:{held.account_id}").values_list("action", "reason")
    assert list(told) == [("office.end_role", "moves away"), ("office.revoke_role", "misuse")]


def test_a_closed_account_signs_in_no_more_and_acts_for_nobody(west: Viewer, now: datetime) -> None:
    held = people.grant("assessor", place=WEST)
    client = people.signed_in(held)
    Mandate.objects.create(
        kind="counter", agent=held.account, worker_id=7, purpose="record", consent="spoken", given_at=now, valid_from=date(2026, 1, 1),
        valid_until=date(2036, 1, 1),
    )  # fmt: skip
    assert client.get("/en/desk/").status_code == 200
    operations.close_account(account_id=held.account_id, reason="left", land=LAND, by=west, now=now)
    assert client.get("/en/desk/").status_code == 302
    assert Mandate.objects.get().revoked_at == now
    assert AuditEvent.objects.filter(chain="worker:7", action="office.end_mandate").count() == 1
    operations.reopen_account(account_id=held.account_id, reason="came back", land=LAND, by=west, now=now)
    held.account.refresh_from_db()
    assert held.account.is_active
    assert not held.account.has_usable_password(), "opened again, an account needs an invitation"


def link(token: str) -> str:
    return f"https://guildhall.example/begin/{token}"


def test_an_invitation_anew_ends_what_was_before_and_only_the_command_shows_it(west: Viewer, now: datetime) -> None:
    account, command = opened(west, now), system("command:account")
    with pytest.raises(NotFound):
        operations.invite_anew(account_id=account.pk, land=LAND, by=west, now=now)
    first = operations.invite_anew(account_id=account.pk, land=None, by=command, now=now)
    assert invited(first, now) == account
    accept(token=first, password="river and mountain 26", now=now)
    second = operations.invite_anew(account_id=account.pk, land=None, by=command, now=now + timedelta(minutes=1))
    assert invited(second, now) == account
    with pytest.raises(GuildhallError):
        invited(first, now)
    assert Notice.objects.filter(account=account, template="reset_done", channel="app").count() == 1


def test_the_link_goes_to_the_owner_and_the_administrator_never_has_it(west: Viewer, now: datetime) -> None:
    account = opened(west, now, email="lin@guildhall.example")
    assert operations.send_invitation(account_id=account.pk, land=LAND, link=link, by=west, now=now) is True
    told = Notice.objects.get(account=account, template="invitation")
    assert (told.channel, told.state) == ("mail", "waiting")
    sent = str(facts_of(told)["link"])
    assert invited(sent.removeprefix(link("")), now) == account
    assert sent.removeprefix(link("")) not in "".join(AuditEvent.objects.values_list("details", flat=True))


def test_without_a_work_address_no_page_gives_a_link(west: Viewer, now: datetime) -> None:
    account = opened(west, now)
    with pytest.raises(GuildhallError, match="no work address"):
        operations.send_invitation(account_id=account.pk, land=LAND, link=link, by=west, now=now)


@pytest.mark.parametrize("role", ["administrator", "auditor", "claims_officer"])
def test_who_decides_on_access_control_or_money_begins_anew_only_where_two_agree(west: Viewer, now: datetime, role: str) -> None:
    account = opened(system("command:account"), now, email="lin@guildhall.example", role=role, land=None)
    account.set_password("river and mountain 26")
    account.save()
    other = people.viewer("administrator", place=WEST, name="other")
    terms = {"account_id": account.pk, "land": LAND, "link": link, "now": now}
    assert operations.send_invitation(by=west, **terms) is False  # type: ignore[arg-type]
    account.refresh_from_db()
    assert account.has_usable_password(), "nothing has happened yet"
    assert {(row.template, row.channel) for row in Notice.objects.filter(account=account, template="reset_asked")} == {
        ("reset_asked", "app"),
        ("reset_asked", "mail"),
    }
    with pytest.raises(AlreadyDone):
        operations.send_invitation(by=west, **terms)  # type: ignore[arg-type]
    late = now + timedelta(days=7)
    assert operations.send_invitation(by=other, **{**terms, "now": late}) is False, "what waited for a week is asked anew"  # type: ignore[arg-type]
    assert operations.send_invitation(by=west, **{**terms, "now": late}) is True  # type: ignore[arg-type]
    account.refresh_from_db()
    assert not account.has_usable_password()
    assert Notice.objects.filter(account=account, template="reset_done").count() == 2
    done = Reset.objects.get(account=account)
    assert (done.asked_by_id, done.confirmed_by_id) == (other.account, west.account)
    actions = list(AuditEvent.objects.filter(chain=f"account:{account.pk}", action__contains="reset").values_list("action", "actor"))
    assert ("office.confirm_reset", west.name) in actions
    assert ("office.ask_reset", other.name) in actions


def used(now: datetime, role: str) -> Account:
    """An account whose owner has begun."""
    account = opened(system("command:account"), now, email="lin@guildhall.example", role=role, land=None)
    account.set_password("river and mountain 26")
    account.save()
    return account


@pytest.mark.parametrize("role", sorted(queries.STRONG))
def test_no_strong_role_is_taken_away_to_reset_its_owner_alone(west: Viewer, now: datetime, role: str) -> None:
    account = used(now, role)
    terms: dict[str, Any] = {"account_id": account.pk, "land": LAND, "link": link, "by": west}
    operations.revoke_role(grant_id=account.grants.get().pk, reason="moved", land=LAND, by=west, now=now)
    assert operations.send_invitation(now=now, **terms) is False
    much_later = now + queries.STRONG_FOR + timedelta(minutes=1)
    assert operations.send_invitation(now=much_later, **terms) is True, "what it could do is long past"


def test_nor_is_an_account_closed_and_opened_again(west: Viewer, now: datetime) -> None:
    account = opened(system("command:account"), now, email="lin@guildhall.example", role="auditor", land=None)
    accept(
        token=operations.invite_anew(account_id=account.pk, land=None, by=system("command:account"), now=now),
        password="river and mountain 26",
        now=now,
    )
    for verb in (operations.close_account, operations.reopen_account):
        verb(account_id=account.pk, reason="moved", land=LAND, by=west, now=now)
    assert operations.send_invitation(account_id=account.pk, land=LAND, link=link, by=west, now=now) is False


def test_one_person_with_two_accounts_is_not_two_administrators(west: Viewer, now: datetime) -> None:
    """Whoever confirms has long been administrator, and neither of the two owes the role to the other."""
    account = used(now, "auditor")
    terms: dict[str, Any] = {"account_id": account.pk, "land": LAND, "link": link}
    assert operations.send_invitation(by=west, now=now, **terms) is False
    young = people.viewer("administrator", place=WEST, name="young")
    Grant.objects.filter(pk=young.grant or 0).update(given_at=now - queries.WISH_HOLDS)
    with pytest.raises(GuildhallError, match="long enough"):
        operations.send_invitation(by=young, now=now, **terms)
    Grant.objects.filter(pk=young.grant or 0).update(given_at=None, valid_from=now.date() - timedelta(days=3))
    with pytest.raises(GuildhallError, match="long enough"):
        operations.send_invitation(by=young, now=now, **terms)
    Grant.objects.filter(pk=young.grant or 0).update(valid_from=people.LONG_AGO, granted_by=west.name)
    with pytest.raises(GuildhallError, match="made the other"):
        operations.send_invitation(by=young, now=now, **terms)
    Reset.objects.update(asked_by_id=young.account)
    with pytest.raises(GuildhallError, match="made the other"):
        operations.send_invitation(by=west, now=now, **terms)
    Grant.objects.filter(pk=young.grant or 0).update(seconded_by="command:account")
    assert operations.send_invitation(by=west, now=now, **terms) is True, "whoever runs the system vouched for the other"


def test_a_wish_of_one_who_is_no_administrator_any_more_has_run_out(west: Viewer, now: datetime) -> None:
    account, other = used(now, "auditor"), people.viewer("administrator", place=WEST, name="other")
    terms: dict[str, Any] = {"account_id": account.pk, "land": LAND, "link": link, "now": now}
    assert operations.send_invitation(by=west, **terms) is False
    Grant.objects.filter(pk=west.grant or 0).update(revoked_at=now)
    assert operations.send_invitation(by=other, **terms) is False
    assert Reset.objects.get(account=account).asked_by_id == other.account


@pytest.mark.parametrize("role", sorted(queries.STRONG))
def test_a_role_over_access_control_or_money_is_given_by_two(west: Viewer, now: datetime, on: date, role: str) -> None:
    other = people.viewer("administrator", place=WEST, name="other")
    account = opened(west, now, role=role, email="lin@guildhall.example")
    wish = RoleWish.objects.get(account=account)
    assert not account.grants.exists()
    assert not live_grants(account.pk, on).exists()
    assert queries.account(other, LAND, account.pk) == account, "the second sees the account before it has a role"
    assert [row.pk for row in queries.roles_asked(other, LAND, now)] == [wish.pk]
    assert {row.template for row in Notice.objects.filter(account=account)} == {"role_asked"}
    with pytest.raises(AlreadyDone):
        operations.confirm_role(wish_id=wish.pk, land=LAND, by=west, now=now)
    with pytest.raises(AlreadyDone):
        operations.give_role(account_id=account.pk, role=role, place=WEST, valid_from=on, land=LAND, by=other, now=now)
    grant = operations.confirm_role(wish_id=wish.pk, land=LAND, by=other, now=now)
    assert (grant.role, grant.granted_by, grant.seconded_by, grant.given_at) == (role, west.name, other.name, now)
    assert live_grants(account.pk, on).get() == grant
    assert Notice.objects.filter(account=account, template="role_given").exists()
    events = AuditEvent.objects.filter(chain=f"account:{account.pk}").order_by("position").values_list("action", "actor")
    assert list(events) == [("office.open_account", west.name), ("office.ask_role", west.name), ("office.confirm_role", other.name)]
    with pytest.raises(AlreadyDone):
        operations.confirm_role(wish_id=wish.pk, land=LAND, by=other, now=now)


def test_who_may_not_be_the_second_gives_no_role(west: Viewer, now: datetime) -> None:
    account = opened(west, now, role="auditor")
    wish = RoleWish.objects.get(account=account)
    young = people.viewer("administrator", place=WEST, name="young")
    Grant.objects.filter(pk=young.grant or 0).update(given_at=now)
    refused: list[tuple[Viewer, frozenset[str] | None, type[GuildhallError]]] = [
        (young, LAND, GuildhallError),
        (people.viewer("administrator", place=EAST, name="east"), frozenset({EAST}), NotFound),
        (people.viewer("auditor", place=WEST, name="auditor"), LAND, NotFound),
        (Viewer(f"account:{account.pk}", "administrator", account.pk, 0, place=WEST), LAND, NotFound),
    ]
    for by, land, error in refused:
        with pytest.raises(error):
            operations.confirm_role(wish_id=wish.pk, land=land, by=by, now=now)
    assert not account.grants.exists()


def test_a_wish_waits_for_a_week_and_can_be_withdrawn(west: Viewer, now: datetime, on: date) -> None:
    other = people.viewer("administrator", place=WEST, name="other")
    account, late = opened(west, now, role="auditor"), now + queries.WISH_HOLDS
    wish = RoleWish.objects.get(account=account)
    with pytest.raises(GuildhallError, match="run out"):
        operations.confirm_role(wish_id=wish.pk, land=LAND, by=other, now=late)
    anew = operations.give_role(account_id=account.pk, role="auditor", place=WEST, valid_from=on, land=LAND, by=other, now=late)
    assert isinstance(anew, RoleWish)
    operations.withdraw_role(wish_id=anew.pk, land=LAND, by=west, now=late)
    with pytest.raises(AlreadyDone):
        operations.confirm_role(wish_id=anew.pk, land=LAND, by=west, now=late)
    last = operations.give_role(account_id=account.pk, role="auditor", place=WEST, valid_from=on, land=LAND, by=other, now=late)
    operations.close_account(account_id=account.pk, reason="left", land=LAND, by=other, now=late)
    last.refresh_from_db()
    assert last.revoked_at is None if isinstance(last, Grant) else last.done_at == late
    assert AuditEvent.objects.filter(chain=f"account:{account.pk}", action="office.withdraw_role").count() == 3


def test_where_there_is_one_administrator_the_command_confirms(west: Viewer, now: datetime) -> None:
    account = opened(west, now, role="administrator")
    wish = RoleWish.objects.get(account=account)
    grant = operations.confirm_role(wish_id=wish.pk, land=None, by=system("command:account"), now=now)
    wish.refresh_from_db()
    assert (grant.granted_by, grant.seconded_by, wish.confirmed_by, wish.grant) == (west.name, "command:account", None, grant)


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_confirm_at_once_one_does(tmp_path: Path, now: datetime) -> None:
    """The role is given once, and a reset sends one link."""
    first, both = city_administrator("first"), [city_administrator("one"), city_administrator("other")]
    account = opened(first, now, role="auditor", land=None, email="lin@guildhall.example")
    wish = RoleWish.objects.get(account=account).pk
    held = _used_auditor(now)
    assert operations.send_invitation(account_id=held, land=None, link=link, by=first, now=now) is False

    def confirm(by: Viewer) -> str:
        try:
            operations.confirm_role(wish_id=wish, land=None, by=by, now=now)
        except AlreadyDone:
            return "too late"
        return "given"

    def reset(by: Viewer) -> bool:
        return operations.send_invitation(account_id=held, land=None, link=link, by=by, now=now)

    with shared_database(tmp_path):
        given = at_once([partial(confirm, by) for by in both])
        sent = at_once([partial(reset, by) for by in both])
        counts = alone(lambda: (Grant.objects.filter(account=account.pk).count(), Notice.objects.filter(template="invitation").count()))
    assert sorted(given) == ["given", "too late"]
    assert sorted(sent) == [False, True], "the second one's wish is a new one, which waits"
    assert counts == (1, 1)


def _used_auditor(now: datetime) -> int:
    held = people.grant("auditor", place=CITY, name="held").account
    held.email, held.last_login = "held@guildhall.example", now
    held.save()
    return held.pk


def test_the_city_is_never_left_without_an_administrator(db: None, now: datetime) -> None:
    one, other = city_administrator("one"), city_administrator("other")
    assert other.grant
    assert other.account
    operations.revoke_role(grant_id=other.grant, reason="retires", land=None, by=one, now=now)
    with pytest.raises(GuildhallError, match="last administrator"):
        operations.revoke_role(grant_id=one.grant or 0, reason="retires", land=None, by=system("command:account"), now=now)
    with pytest.raises(GuildhallError, match="last administrator"):
        operations.close_account(account_id=one.account or 0, reason="retires", land=None, by=system("command:account"), now=now)
    with pytest.raises(NotFound):
        operations.revoke_role(grant_id=one.grant or 0, reason="revenge", land=None, by=other, now=now)


def test_a_day_on_which_the_last_administrator_would_end_counts_too(db: None, now: datetime) -> None:
    one, other = city_administrator("one"), city_administrator("other")
    Grant.objects.filter(pk=one.grant or 0).update(valid_until=date(2026, 6, 1))
    with pytest.raises(GuildhallError, match="last administrator"):
        operations.end_role(grant_id=other.grant or 0, until=date(2026, 9, 1), reason="retires", land=None, by=one, now=now)
    operations.end_role(grant_id=other.grant or 0, until=date(2026, 5, 1), reason="retires", land=None, by=one, now=now)


def test_a_districts_last_administrator_may_go_for_the_city_stands_in(db: None, now: datetime) -> None:
    held = people.grant("administrator", place=WEST)
    operations.revoke_role(grant_id=held.pk, reason="retires", land=None, by=city_administrator(), now=now)
    assert not live_grants(held.account_id, now.date()).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_remove_each_other_at_once_one_remains(tmp_path: Path, now: datetime) -> None:
    both = [city_administrator("one"), city_administrator("other")]

    def remove(by: Viewer, grant: int) -> str:
        try:
            operations.revoke_role(grant_id=grant, reason="quarrel", land=None, by=by, now=now)
        except NotFound:
            return "refused"
        return "revoked"

    def left() -> int:
        return queries.administrators(CITY, now.date()).count()

    with shared_database(tmp_path):
        given = at_once([partial(remove, both[0], both[1].grant or 0), partial(remove, both[1], both[0].grant or 0)])
        remaining = at_once([left])[0]
    assert sorted(given) == ["refused", "revoked"]
    assert remaining == 1


def test_the_list_is_searched_by_name_role_place_and_state(west: Viewer, now: datetime, on: date) -> None:
    lin, chen = opened(west, now), opened(west, now, username="chen", name="Chen Mei", role="planner", place="west-hill")
    people.grant("assessor", place=EAST)

    def found(**asked: object) -> list[int]:
        return [row.account.pk for row in queries.accounts(west, LAND, today=on, **asked).rows]  # type: ignore[arg-type]

    assert found() == [west.account, lin.pk, chen.pk]
    assert found(name="mei") == [chen.pk]
    assert found(role="assessor") == [lin.pk]
    assert found(places={"west-hill"}) == [chen.pk]
    assert found(places=()) == []
    operations.close_account(account_id=lin.pk, reason="left", land=LAND, by=west, now=now)
    assert found(state="closed") == [lin.pk]
    assert found(state="open") == [west.account, chen.pk]
    first = queries.accounts(west, LAND, today=on, size=1)
    assert [row.account.pk for row in queries.accounts(west, LAND, today=on, size=1, after=first.next).rows] == [lin.pk]


def test_the_viewer_in_a_role_is_who_the_grant_says(west: Viewer) -> None:
    assert viewer_in(Grant.objects.get(pk=west.grant or 0)) == west
