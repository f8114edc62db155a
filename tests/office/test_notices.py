"""Notices: said in both languages, told once, shown at once within the house, and carried outside without loss."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils.translation import override

from guildhall.kernel.errors import AlreadyDone, NotFound
from guildhall.kernel.tables import Text
from guildhall.office.carriers import Folder, NotSent
from guildhall.office.engine import notices as engine
from guildhall.office.engine.notices import Fact
from guildhall.office.models import Notice
from guildhall.office.operations.notices import LEASE, MOST_ATTEMPTS, deliver, mark_read, notify
from guildhall.office.phones import phone_fields
from guildhall.office.queries import notices as queries
from guildhall.web.viewer import PUBLIC, Viewer
from tests.people import grant

PHONE = "13800001111"
SHANGHAI = ZoneInfo("Asia/Shanghai")


# what is said


@pytest.mark.parametrize("key", engine.TEMPLATES)
def test_every_message_says_the_same_in_both_languages_and_fills(key: str) -> None:
    template = engine.TEMPLATES[key]
    for words in (template.subject, template.body):
        assert words.zh.strip()
        assert words.en.strip()
        assert any("\u4e00" <= letter <= "\u9fff" for letter in words.zh)
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in words.en)
    assert set(engine.GAP.findall(template.body.zh)) == template.gaps
    assert not engine.GAP.search(template.subject.zh + template.subject.en), "a subject leaves the house, so it names nothing"
    for language in ("zh-hans", "en"):
        told = engine.filled(key, dict.fromkeys(template.gaps, "¤"), language)
        assert told.body.count("¤") >= len(template.gaps)
        assert not engine.GAP.search(told.body)


def test_only_an_urgent_message_says_outside_what_it_says_within() -> None:
    told = engine.filled("correction_refused", {"number": 7, "answer": "the paper is another person's"}, "en")
    assert "another person" not in engine.outside("correction_refused", told, "en")
    code = engine.filled("sign_in_code", {"code": "123456", "minutes": 5}, "zh-hans")
    assert "123456" in engine.outside("sign_in_code", code, "zh-hans")


def test_a_fact_with_braces_is_shown_as_it_stands() -> None:
    told = engine.filled("correction_refused", {"number": "{answer}", "answer": "{number}"}, "en")
    assert told.body == "Request {answer} was not accepted. The reason: {number}"


@pytest.mark.parametrize(
    ("hour", "day", "expected"),
    [(20, 1, (20, 1)), (21, 1, (8, 2)), (23, 1, (8, 2)), (0, 2, (8, 2)), (7, 2, (8, 2)), (8, 2, (8, 2))],
)
def test_a_phone_is_left_alone_from_nine_to_eight(hour: int, day: int, expected: tuple[int, int]) -> None:
    found = engine.sendable(datetime(2026, 1, day, hour, tzinfo=SHANGHAI), (21, 8))
    assert (found.hour, found.day) == expected


def test_no_hour_is_quiet_where_both_are_equal_and_a_span_of_the_day_may_be() -> None:
    at = datetime(2026, 1, 1, 13, 30, tzinfo=SHANGHAI)
    assert engine.sendable(at, (0, 0)) == at
    assert engine.sendable(at, (12, 14)) == datetime(2026, 1, 1, 14, tzinfo=SHANGHAI)


# told once, shown at once


@pytest.mark.django_db
def test_a_notice_is_shown_in_the_readers_language_and_sealed(now: datetime) -> None:
    held = grant("worker", worker_id=17)
    facts: dict[str, Fact] = {"purpose": Text("登记", "registration"), "agent": "王芳", "until": "2026-12-31"}
    notify(key="mandate:1:given", template="mandate_given", facts=facts, now=now, worker_id=17)
    row = Notice.objects.get()
    assert "王芳".encode() not in bytes(row.facts_sealed)
    viewer = Viewer("account:1", "worker", held.account_id, held.pk, 17)
    with override("en"):
        assert "“registration”" in queries.notices(viewer).rows[0].message.body
    with override("zh-hans"):
        assert "“登记”" in queries.notices(viewer).rows[0].message.body


@pytest.mark.django_db
def test_the_same_key_tells_nothing_twice(now: datetime) -> None:
    for _ in range(2):
        given = notify(
            key="k", template="correction_received", facts={"number": 1, "due": "2026-02-01"}, now=now, worker_id=1, channels=("app", "sms")
        )
        assert [row.channel for row in given] == ["app", "sms"]
    assert Notice.objects.count() == 2


@pytest.mark.django_db
def test_a_wrong_fact_is_found_before_anything_is_written(now: datetime) -> None:
    cases: tuple[tuple[str, dict[str, Fact], tuple[str, ...]], ...] = (
        ("nothing_such", {}, ("app",)),
        ("correction_received", {"number": 1}, ("app",)),
        ("correction_received", {"number": 1, "due": "x", "name": "y"}, ("app",)),
        ("correction_received", {"number": 1, "due": "x"}, ("pigeon",)),
    )
    for template, facts, channels in cases:
        with pytest.raises(ValueError):
            notify(key="k", template=template, facts=facts, now=now, worker_id=1, channels=channels)
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_a_reader_sees_and_marks_their_own_notices_only(now: datetime) -> None:
    first, second = grant("worker", worker_id=1), grant("worker", worker_id=2)
    one, two = (Viewer(f"account:{g.account_id}", "worker", g.account_id, g.pk, g.worker_id) for g in (first, second))
    agent = Viewer("account:9", "broker", grant("planner", place="x").account_id, None, 1, mandate=5)
    facts = {"on": "2026-01-30"}
    theirs = notify(key="a", template="record_claimed", facts=facts, now=now, worker_id=1)[0]
    notify(key="b", template="record_claimed", facts=facts, now=now, account=first.account_id)
    assert (queries.unread(one), queries.unread(two), queries.unread(agent), queries.unread(PUBLIC)) == (2, 0, 0, 0)
    with pytest.raises(NotFound):
        mark_read(notice=theirs.pk, by=two, now=now)
    assert mark_read(notice=theirs.pk, by=one, now=now) == 1
    assert mark_read(notice=None, by=one, now=now) == 1
    with pytest.raises(AlreadyDone):
        mark_read(notice=None, by=one, now=now)


@pytest.mark.django_db
def test_pages_of_notices_go_on_where_the_last_one_ended(now: datetime) -> None:
    held = grant("worker", worker_id=1)
    viewer = Viewer("account:1", "worker", held.account_id, held.pk, 1)
    for n in range(5):
        notify(key=f"k{n}", template="record_claimed", facts={"on": f"day {n}"}, now=now, worker_id=1)
    first = queries.notices(viewer, size=3)
    rest = queries.notices(viewer, before=first.next, size=3)
    assert [row.pk for row in (*first.rows, *rest.rows)] == sorted(Notice.objects.values_list("pk", flat=True), reverse=True)
    assert rest.next == 0


# carried outside


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class Gone:
    """A carrier that fails."""

    def __init__(self, problem: BaseException) -> None:
        self.problem, self.tried = problem, 0

    def send(self, *, to: str, subject: str, body: str, key: str) -> None:
        self.tried += 1
        raise self.problem


NOON = datetime(2026, 1, 30, 4, 0, tzinfo=UTC)


@pytest.fixture
def waiting(db: None) -> Notice:
    """A text message to an account with a phone."""
    held = grant("worker", worker_id=1)
    held.account.__class__.objects.filter(pk=held.account_id).update(**phone_fields(held.account_id, PHONE))
    facts: dict[str, Fact] = {"number": 1, "due": "2026-02-01"}
    return notify(key="c:1", template="correction_received", facts=facts, now=NOON, worker_id=1, channels=("app", "sms"))[1]


def test_a_message_goes_out_once_and_its_file_shows_no_number(waiting: Notice, tmp_path: Path) -> None:
    carrier = Folder(tmp_path, "sms")
    assert deliver(clock=Clock(NOON), text_messages=carrier).sent == 1
    assert deliver(clock=Clock(NOON + timedelta(days=1)), text_messages=carrier).sent == 0
    (file,) = tmp_path.iterdir()
    told = json.loads(file.read_text())
    assert PHONE not in file.read_text()
    assert told["to"] == "138****11"
    assert told["body"] == "您的更正申请已收到。登录匠城查看详情。"


def test_a_message_of_the_night_waits_for_the_morning(waiting: Notice) -> None:
    night = datetime(2026, 1, 30, 15, 0, tzinfo=UTC)  # 23:00 in Chongqing
    row = notify(key="n", template="record_claimed", facts={"on": "today"}, now=night, worker_id=1, channels=("sms",))[0]
    assert row.send_after.astimezone(SHANGHAI).hour == 8
    code = notify(key="s", template="sign_in_code", facts={"code": "1", "minutes": 5}, now=night, worker_id=1, channels=("sms",))[0]
    assert code.send_after == night


def test_a_failure_is_tried_again_later_and_at_last_given_up(waiting: Notice) -> None:
    clock, carrier = Clock(NOON), Gone(NotSent("the gateway answered 503"))
    pauses = []
    while (row := Notice.objects.get(pk=waiting.pk)).state == "waiting":
        pauses.append(row.send_after - clock.at)
        clock.at = max(clock.at, row.send_after)
        deliver(clock=clock, text_messages=carrier)
    assert carrier.tried == MOST_ATTEMPTS
    assert pauses[1:] == list(engine.WAITS)
    assert (row.state, row.error) == ("failed", "the gateway answered 503")


def test_a_final_refusal_is_not_tried_again(waiting: Notice) -> None:
    carrier = Gone(NotSent("the gateway answered 400", final=True))
    assert deliver(clock=Clock(NOON), text_messages=carrier).failed == 1
    assert deliver(clock=Clock(NOON + timedelta(days=9)), text_messages=carrier).failed == 0


def test_a_killed_delivery_loses_nothing_and_doubles_nothing(waiting: Notice, tmp_path: Path) -> None:
    """Killed after the carrier took the message and before that was noted: it goes out again under the same key."""

    class Killed(Folder):
        def send(self, *, to: str, subject: str, body: str, key: str) -> None:
            super().send(to=to, subject=subject, body=body, key=key)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(clock=Clock(NOON), text_messages=Killed(tmp_path, "sms"))
    assert deliver(clock=Clock(NOON + LEASE / 2), text_messages=Folder(tmp_path, "sms")).sent == 0, "the lease still holds"
    assert deliver(clock=Clock(NOON + LEASE), text_messages=Folder(tmp_path, "sms")).sent == 1
    assert len(list(tmp_path.iterdir())) == 1
    assert Notice.objects.filter(channel="app").count() == 1


def test_a_message_that_kills_its_deliverer_each_time_is_given_up(waiting: Notice) -> None:
    clock, carrier = Clock(NOON), Gone(KeyboardInterrupt())
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            deliver(clock=clock, text_messages=carrier)
        clock.at += LEASE
    assert deliver(clock=clock, text_messages=carrier).failed == 1


def test_a_message_to_nobody_fails_with_a_reason(db: None, settings: object) -> None:
    settings.OFFICE_PHONES = "tests.office.test_notices.no_phone"  # type: ignore[attr-defined]
    notify(key="x", template="record_claimed", facts={"on": "today"}, now=NOON, worker_id=404, channels=("sms", "mail"))
    assert deliver(clock=Clock(NOON)).failed == 2
    assert set(Notice.objects.values_list("error", flat=True)) == {"no phone is on record", "no mailbox is on record"}


def no_phone(worker_id: int) -> str:
    """Stands for a registry that knows no phone."""
    return ""


# two deliverers at once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_deliverers_hand_over_each_message_once(tmp_path: Path) -> None:
    held = grant("worker", worker_id=1)
    held.account.__class__.objects.filter(pk=held.account_id).update(**phone_fields(held.account_id, PHONE))
    for n in range(30):
        notify(key=f"k{n}", template="record_claimed", facts={"on": "x"}, now=NOON, worker_id=1, channels=("sms",))
    taken: list[str] = []

    class Counting(Folder):
        def send(self, *, to: str, subject: str, body: str, key: str) -> None:
            taken.append(key)

    def work() -> int:
        try:
            return deliver(clock=Clock(NOON), text_messages=Counting(tmp_path, "sms")).sent
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        sent = [future.result() for future in [pool.submit(work) for _ in range(2)]]
    assert sum(sent) == 30
    assert sorted(taken) == sorted(f"k{n}/sms" for n in range(30))
