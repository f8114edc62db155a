"""Events beside writes: in order, never twice at one place, and never to be changed, on either database."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import sleep

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from guildhall.office.engine.chain import START, batch_digest, plain
from guildhall.office.models import AuditEvent, ChainHead, Seal
from guildhall.office.operations.audit import record
from guildhall.web.viewer import Viewer, system
from tests.threads import alone, at_once, shared_database

OFFICER = Viewer(name="account:3", role="assessor", account=3)


@pytest.mark.django_db
def test_an_event_says_who_what_when_and_why_and_stands_on_the_one_before(now: datetime) -> None:
    first = record(subject="worker:17", action="registry.correct", by=OFFICER, now=now, details={"column": "residence"}, batch=4)
    second = record(subject="worker:17", action="registry.reveal", by=OFFICER, now=now, reason="checks a certificate\x1f\n")
    other = record(subject="worker:18", action="registry.reveal", by=OFFICER, now=now)
    assert (first.position, second.position, other.position) == (1, 2, 1)
    assert (first.previous, second.previous) == (START, first.digest)
    assert first.batch == 4
    assert second.reason == "checks a certificate"
    fields = (
        "worker:17",
        "1",
        "2026-01-30 02:00:00.000000",
        "account:3",
        "assessor",
        "",
        "registry.correct",
        "",
        '{"column":"residence"}',
        "4",
    )
    text = "\x1f".join(fields)
    assert first.digest == sha256(bytes(32) + text.encode()).digest()
    head = ChainHead.objects.get(chain="worker:17")
    assert (head.position, bytes(head.digest)) == (2, second.digest)


@pytest.mark.django_db
def test_whoever_acts_for_someone_is_recorded_with_them(now: datetime) -> None:
    broker = Viewer(name="account:9", role="broker", account=9, worker=17, mandate=2)
    event = record(subject="worker:17", action="registry.ask_correction", by=broker, now=now)
    assert (event.actor, event.role, event.on_behalf) == ("account:9", "broker", "worker:17")


@pytest.mark.django_db
def test_a_write_that_fails_leaves_no_event(now: datetime) -> None:
    def fail() -> None:
        record(subject="worker:17", action="registry.correct", by=OFFICER, now=now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        transaction.atomic(fail)()
    assert not AuditEvent.objects.exists()
    assert not ChainHead.objects.exists()


@pytest.mark.django_db
def test_a_field_that_holds_the_separator_is_refused(now: datetime) -> None:
    with pytest.raises(ValueError, match="separator"):
        record(subject="worker:17\x1f", action="registry.correct", by=OFFICER, now=now)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE {} SET digest = digest", "DELETE FROM {}"])
@pytest.mark.parametrize("model", [AuditEvent, Seal])
def test_the_database_refuses_to_change_or_remove(statement: str, model: type[AuditEvent | Seal], now: datetime) -> None:
    """Also after later migrations: a table that is made anew loses its triggers on SQLite."""
    record(subject="registry", action="registry.load", by=system("test"), now=now)
    Seal.objects.create(seal_id=1, at=now, last_event=1, events=1, root=b"", previous=b"", digest=b"", signature=b"")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(model._meta.db_table))


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE {} SET position = 0", "UPDATE {} SET position = position", "DELETE FROM {}"])
def test_the_head_of_a_chain_only_moves_on(statement: str, now: datetime) -> None:
    record(subject="registry", action="registry.load", by=system("test"), now=now)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("office_chainhead"))


@pytest.mark.django_db
def test_postgresql_refuses_to_empty_the_tables_too(now: datetime) -> None:
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE office_auditevent")


WRITERS, EACH, CHAINS = 8, 12, ("worker:1", "worker:2", "worker:3")


@pytest.mark.django_db(transaction=True)
def test_eight_writers_into_three_new_chains_leave_no_gap_and_no_fork(tmp_path: Path) -> None:
    def write(writer: int) -> None:
        for n in range(EACH):
            moment = datetime(2026, 1, 30, 2, writer, n, tzinfo=UTC)
            record(subject=CHAINS[(writer + n) % 3], action="registry.correct", by=OFFICER, now=moment)

    with shared_database(tmp_path):
        at_once([partial(write, writer) for writer in range(WRITERS)])
        events = alone(lambda: list(AuditEvent.objects.order_by("event_id")))
        heads = alone(lambda: {head.chain: bytes(head.digest) for head in ChainHead.objects.all()})
    assert len(events) == WRITERS * EACH
    for chain in CHAINS:
        written = [event for event in events if event.chain == chain]
        assert [event.position for event in written] == list(range(1, len(written) + 1))
        digests = [START, *(bytes(event.digest) for event in written)]
        assert [bytes(event.previous) for event in written] == digests[:-1]
        assert heads[chain] == digests[-1]


@pytest.mark.django_db(transaction=True)
def test_of_two_that_begin_a_chain_at_once_one_comes_second(tmp_path: Path) -> None:
    def write() -> int:
        with transaction.atomic():
            event = record(subject="worker:1", action="registry.correct", by=OFFICER, now=datetime(2026, 1, 30, tzinfo=UTC))
            sleep(0.05)  # the transaction lasts while the other one asks for the same head
            return event.position

    with shared_database(tmp_path):
        assert sorted(at_once([write, write])) == [1, 2]


PAIRS = st.lists(st.tuples(st.text(max_size=8), st.binary(max_size=8)), max_size=8)


@given(PAIRS, PAIRS, st.randoms())
def test_the_digest_of_a_batch_is_of_its_rows_and_not_of_their_order(
    first: list[tuple[str, bytes]], second: list[tuple[str, bytes]], random: object
) -> None:
    shuffled = sorted(first, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert batch_digest(first) == batch_digest(iter(shuffled))
    assert (batch_digest(first) == batch_digest(second)) == (sorted(first) == sorted(second))


@given(st.text())
def test_typed_words_become_one_line_that_can_be_written(words: str) -> None:
    line = plain(words)
    assert line.encode().decode() == line
    assert not any(ord(mark) < 32 for mark in line)
