"""Seals: over everything committed, signed, and in the copy outside whatever crashes between the two."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from guildhall.kernel.errors import AlreadyDone, GuildhallError
from guildhall.office.engine.seals import Checker, Sealed, Signer, read_lines
from guildhall.office.models import AuditEvent, Seal
from guildhall.office.operations.audit import begin_copy, bring_outside, record, seal
from guildhall.office.queries.verification import verify
from guildhall.web.viewer import system
from tests.threads import alone, at_once, shared_database

BY = system("test")
NOW = datetime(2026, 1, 30, 2, 0, tzinfo=UTC)


def write(count: int, *, chains: int = 3, begin: int = 0) -> None:
    """Events into a few chains."""
    for n in range(begin, begin + count):
        record(subject=f"worker:{n % chains}", action="registry.reveal", by=BY, now=NOW + timedelta(seconds=n), reason="找人")


@pytest.mark.django_db(transaction=True)
def test_everything_up_to_the_last_seal_is_proven_and_the_rest_is_counted(copy: Path) -> None:
    write(7)
    first = seal(now=NOW)
    write(4, begin=7)
    second = seal(now=NOW)
    write(2, begin=11)
    assert (first.seal_id, first.events, second.seal_id, second.events) == (1, 7, 2, 4)
    found = verify()
    assert found.proven, found.damages
    assert (found.events, found.unsealed, found.seals, found.waiting) == (13, 2, 2, 0)
    assert found.last
    assert found.last.last_event == second.last_event
    assert [json.loads(line)["seal"] for line in copy.read_text().splitlines()] == [1, 2]


@pytest.mark.django_db
def test_nothing_new_is_not_sealed(copy: Path) -> None:
    with pytest.raises(AlreadyDone):
        seal(now=NOW)
    assert not Seal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_seal_of_a_transaction_that_fails_is_in_neither_place(copy: Path) -> None:
    def fail() -> None:
        write(1)
        seal(now=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        transaction.atomic(fail)()
    assert not Seal.objects.exists()
    assert not copy.read_bytes()
    write(1)
    assert seal(now=NOW).seal_id == 1
    assert verify().proven


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("torn", [0, 1, 40, -1])
def test_what_a_crash_kept_from_the_copy_is_added_by_the_next_seal(copy: Path, torn: int) -> None:
    """The process may end after the commit, or in the middle of a line."""
    write(3)
    seal(now=NOW)
    write(3, begin=3)
    seal(now=NOW)
    whole = copy.read_bytes()
    first = whole.index(b"\n") + 1
    copy.write_bytes(whole[: first + torn] if torn >= 0 else whole[:-1])
    found = verify()
    assert found.proven
    assert found.waiting == (1 if torn >= 0 else 0)
    write(3, begin=6)
    seal(now=NOW)
    found = verify()
    assert found.proven, found.damages
    assert (found.seals, found.waiting) == (3, 0)


def gone(copy: Path) -> None:
    copy.unlink()


def emptied(copy: Path) -> None:
    copy.write_text("")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("take", [gone, emptied])
def test_a_copy_that_is_gone_is_told_and_not_made_again_in_silence(copy: Path, take: Callable[[Path], None]) -> None:
    """Whoever cuts the record off removes the copy too: an hourly seal must not heal that."""
    for n in (0, 3):
        write(3, begin=n)
        seal(now=NOW)
    take(copy)
    write(1, begin=6)
    for _ in range(2):
        with pytest.raises(GuildhallError, match="copy of the seals outside the database is gone"):
            seal(now=NOW)
        assert [damage.kind for damage in verify().damages] == ["outside_missing"]
    with pytest.raises(GuildhallError, match="no reason"):
        begin_copy(reason=" ", by=BY, now=NOW)
    made = begin_copy(reason="the disk broke", by=BY, now=NOW)
    event = AuditEvent.objects.get(action="office.begin_seal_copy")
    assert (made.events, made.last_event, event.reason) == (2, event.pk, "the disk broke")
    lines = copy.read_text().splitlines()
    assert json.loads(lines[0]) == {"begun_by_event": event.pk, "digest": bytes(event.digest).hex()}
    assert [json.loads(line)["seal"] for line in lines[1:]] == [1, 2, 3]
    assert verify().proven
    write(1, begin=7)
    assert seal(now=NOW).seal_id == 4
    assert verify().proven
    with pytest.raises(AlreadyDone):
        begin_copy(reason="again", by=BY, now=NOW)
    copy.write_text(copy.read_text().replace(lines[0], lines[0].replace(f":{event.pk},", ":1,")))
    assert [damage.kind for damage in verify().damages] == ["outside"]


@pytest.mark.django_db(transaction=True)
def test_a_record_that_was_never_sealed_in_time_is_damage_and_in_production_no_first_start(copy: Path, settings: Any) -> None:
    """Both places may have been emptied."""
    write(3)
    late = NOW + timedelta(hours=3)
    assert verify(now=NOW + timedelta(hours=1)).proven
    assert [damage.kind for damage in verify(now=late).damages] == ["never_sealed"]
    settings.DEMONSTRATION = False
    with pytest.raises(GuildhallError, match="copy of the seals outside the database is gone"):
        seal(now=late)
    settings.DEMONSTRATION = True
    seal(now=late)
    assert verify(now=late).proven


@pytest.mark.django_db(transaction=True)
def test_a_crash_before_the_first_line_is_no_loss(copy: Path) -> None:
    write(3)
    seal(now=NOW)
    copy.write_text("")
    write(1, begin=3)
    assert seal(now=NOW).seal_id == 2
    assert verify().proven


@pytest.mark.django_db(transaction=True)
def test_a_copy_that_cannot_be_written_is_told_and_loses_nothing(copy: Path) -> None:
    copy.parent.mkdir()
    copy.symlink_to("/dev/full")
    write(3)
    with pytest.raises(GuildhallError, match="copy of the seals could not be written"):
        seal(now=NOW)
    copy.unlink()
    copy.touch()
    assert bring_outside() == 1
    assert verify().proven


@pytest.mark.django_db(transaction=True)
def test_a_database_behind_its_copy_is_not_sealed(copy: Path) -> None:
    """A backup was put back: whoever did it must say so by moving the copy aside."""
    write(3)
    seal(now=NOW)
    other = Signer("another key " * 4).seal(number=2, at=NOW, last_event=9, events=6, heads={}, previous=b"")
    copy.write_text(copy.read_text() + other.line() + "\n")
    write(1, begin=3)
    with pytest.raises(GuildhallError, match="holds a seal 2 that the database does not know"):
        seal(now=NOW)
    copy.rename(copy.with_suffix(".kept"))
    begin_copy(reason="a backup was put back", by=BY, now=NOW)
    assert verify().proven


@pytest.mark.django_db(transaction=True)
def test_seals_under_an_earlier_key_hold_while_its_public_part_is_known(copy: Path, settings: object) -> None:
    write(3)
    seal(now=NOW)
    earlier = Signer("a5" * 32).public
    settings.AUDIT_KEY = "b6" * 32  # type: ignore[attr-defined]
    write(3, begin=3)
    seal(now=NOW)
    assert [damage.kind for damage in verify().damages] == ["seal"]
    settings.AUDIT_PUBLIC_KEYS = (earlier,)  # type: ignore[attr-defined]
    assert verify().proven


@pytest.mark.django_db(transaction=True)
def test_a_seal_passes_over_no_event_that_is_still_being_written(copy: Path, tmp_path: Path) -> None:
    """Keys of events can be given out in one order and committed in another; a seal waits for whoever is writing."""
    written, sealing = threading.Event(), threading.Event()

    def slow() -> int:
        with transaction.atomic():
            event = record(subject="worker:1", action="registry.correct", by=BY, now=NOW)
            written.set()
            sealing.wait(0.3)  # the seal is under way by now, and must not be made without this event
            return event.pk

    def sealed() -> int:
        written.wait(5)
        record_fast = threading.Thread(target=sealing.set)
        record_fast.start()
        return seal(now=NOW).events

    def fast() -> int:
        return record(subject="worker:2", action="registry.correct", by=BY, now=NOW).pk

    with shared_database(tmp_path):
        at_once([slow, sealed, fast])
        events = alone(AuditEvent.objects.count)
        last = alone(lambda: Seal.objects.get())
        found = alone(verify)
    assert found.proven, found.damages
    assert found.unsealed == events - last.events <= 1


@pytest.mark.django_db(transaction=True)
def test_writers_and_sealers_at_once_leave_one_record_that_verifies(copy: Path, tmp_path: Path) -> None:
    def writer(begin: int) -> None:
        write(10, begin=begin)

    def sealer() -> None:
        for _ in range(4):
            try:
                seal(now=NOW)
            except AlreadyDone:
                continue

    with shared_database(tmp_path):
        at_once([*(lambda begin=n * 10: writer(begin) for n in range(4)), sealer, sealer])
        found = alone(verify)
    assert found.proven, found.damages
    assert found.events == 40


def test_a_seal_is_read_from_its_line_as_it_was_written() -> None:
    signer = Signer("a5" * 32)
    made = signer.seal(number=3, at=NOW, last_event=9, events=4, heads={"worker:张": (2, b"x" * 32)}, previous=b"p" * 32)
    again = Sealed.read(made.line())
    assert again == made
    assert again
    assert (again.heads, again.moment) == (made.heads, NOW)
    assert Checker([signer.public]).fault(again) == ""
    assert "not signed" in Checker([Signer("b6" * 32).public]).fault(again)


@pytest.mark.parametrize("line", ["", "x", "[]", "{}", '{"seal":1}', "[" * 100_000, '{"seal":"一"}', "null"])
def test_a_line_that_is_no_seal_is_none(line: str) -> None:
    assert Sealed.read(line) is None


def test_odd_lines_are_named() -> None:
    made = Signer("a5" * 32).seal(number=1, at=NOW, last_event=9, events=4, heads={}, previous=b"")
    other = Signer("b6" * 32).seal(number=1, at=NOW, last_event=9, events=4, heads={}, previous=b"")
    found, odd = read_lines([made.line()[:30], made.line(), "scribble", other.line(), made.line()[:20]])
    assert found == {1: made}
    assert odd == [3, 4]
