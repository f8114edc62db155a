"""Trials: what someone with an owner's rights in the database can do to the record, and how each is told. On both databases."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from guildhall.office.engine.chain import START, batch_digest, chained, told
from guildhall.office.engine.damage import KINDS, WORDS, Damage
from guildhall.office.engine.seals import Sealed, Signer
from guildhall.office.models import AuditEvent, ChainHead, Seal
from guildhall.office.operations.audit import bring_outside, record, seal
from guildhall.office.queries.verification import sealed_rows, verify
from guildhall.web.viewer import Viewer
from tests.append_only import without_triggers

NOW = datetime(2026, 1, 30, 2, 0, tzinfo=UTC)
OFFICER = Viewer(name="account:3", role="assessor", account=3)
CHAINS = ("worker:1", "worker:2", "worker:3")
Found = list[tuple[str, str, int, int]]

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(copy: Path) -> dict[tuple[str, int], int]:
    """Six events in each of three chains, in turn: nine under the first seal, six under the second, three under none.

    Gives the key of each event by its chain and position.
    """
    keys = {}
    for n in range(18):
        chain, moment = CHAINS[n % 3], NOW + timedelta(seconds=n)
        event = record(subject=chain, action="registry.reveal", by=OFFICER, now=moment, reason="核对证书", details={"n": n})
        keys[chain, event.position] = event.event_id
        if n in (8, 14):
            seal(now=moment)
    bring_outside()
    assert verify().proven
    return keys


def attack(*statements: str | tuple[str, list[Any]]) -> None:
    """What an owner of the database may do."""
    with without_triggers(connection), connection.cursor() as cursor:
        for statement in statements:
            words, values = (statement, []) if isinstance(statement, str) else statement
            cursor.execute(words, values)


def found() -> Found:
    """Kind, chain, position and event of each damage."""
    return [(damage.kind, damage.chain, damage.position, damage.event) for damage in verify().damages]


def event(chain: str, position: int) -> str:
    return f"chain = '{chain}' AND position = {position}"


def write_anew(chain: str, begin: int, change: Callable[[AuditEvent], None]) -> None:
    """Changes an event and computes its digest and all after it again, and the head: everything but the seals fits."""
    with without_triggers(connection):
        previous = START
        for row in AuditEvent.objects.filter(chain=chain).order_by("position"):
            if row.position == begin:
                change(row)
            names = ("chain", "position", "at", "actor", "role", "on_behalf", "action", "reason", "details", "batch")
            row.previous, row.digest = previous, chained(previous, told(**{name: getattr(row, name) for name in names}))
            row.save()
            previous = row.digest
            ChainHead.objects.filter(chain=chain).update(position=row.position, digest=previous)


def _other_reason(row: AuditEvent) -> None:
    row.reason = "没有这回事"


CHANGES = {
    "actor": "'account:4'",
    "role": "'planner'",
    "on_behalf": "'worker:9'",
    "action": "'registry.view'",
    "reason": "''",
    "details": "'{}'",
    "at": "'2026-01-29 02:00:00.000000'",
    "batch": "7",
    "digest": "previous",
    "previous": "digest",
}


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("position", [1, 3, 4, 6])
def test_changed(written: dict[tuple[str, int], int], column: str, position: int) -> None:
    attack(f"UPDATE office_auditevent SET {column} = {CHANGES[column]} WHERE {event('worker:2', position)}")
    assert ("changed", "worker:2", position, written["worker:2", position]) in found()
    assert {chain for _, chain, _, _ in found()} == {"worker:2"}
    if column not in ("digest", "previous"):
        assert len(found()) == 1
    assert f"event {written['worker:2', position]}, worker:2 #{position}, was changed" in str(verify().damages[0])


@pytest.mark.parametrize("position", [1, 3, 6])
def test_changed_in_its_number(written: dict[tuple[str, int], int], position: int) -> None:
    attack(f"UPDATE office_auditevent SET position = 1000 WHERE {event('worker:2', position)}")
    assert found() == [("changed", "worker:2", 1000, written["worker:2", position])]


def test_changed_by_moving_words_over_the_border_of_two_columns(written: dict[tuple[str, int], int]) -> None:
    """All columns of an event are one text to its digest: what separates them is part of what is checked."""
    border = "char(31)" if connection.vendor == "sqlite" else "chr(31)"
    attack(
        f"UPDATE office_auditevent SET actor = actor || {border} || role, role = on_behalf, on_behalf = action, action = reason, "
        f"reason = details, details = '' WHERE {event('worker:2', 2)}",
        f"UPDATE office_auditevent SET role = role || {border} || role WHERE {event('worker:3', 2)}",
    )
    assert [(kind, chain, position) for kind, chain, position, _ in found()] == [("changed", "worker:2", 2), ("changed", "worker:3", 2)]


@pytest.mark.parametrize("value", ["reason || char(0) || 'x'", "x'ff'", "NULL", "7", "x'e4b8'"])
@pytest.mark.parametrize("column", ["reason", "digest", "previous"])
def test_changed_into_what_only_sqlite_takes(written: dict[tuple[str, int], int], column: str, value: str) -> None:
    """Null characters, bytes that are no text, values of another type: SQLite keeps whatever an owner writes."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'office_auditevent'")
            loosened = cursor.fetchone()[0].replace("NOT NULL", "")
            cursor.execute("PRAGMA writable_schema = ON")
            cursor.execute("UPDATE sqlite_master SET sql = %s WHERE name = 'office_auditevent'", [loosened])
            cursor.execute("PRAGMA writable_schema = RESET")
        attack(f"UPDATE office_auditevent SET {column} = {value} WHERE {event('worker:2', 3)}")
        assert found()[0][:3] == ("changed", "worker:2", 3)


@pytest.mark.parametrize("position", [1, 2, 3, 4, 5])
def test_deleted(written: dict[tuple[str, int], int], position: int) -> None:
    attack(f"DELETE FROM office_auditevent WHERE {event('worker:2', position)}")
    assert found() == [("deleted", "worker:2", position, written["worker:2", position + 1])]


def test_deleted_several_at_one_place(written: dict[tuple[str, int], int]) -> None:
    attack("DELETE FROM office_auditevent WHERE chain = 'worker:2' AND position BETWEEN 2 AND 5")
    assert [(kind, position) for kind, _, position, _ in found()] == [("deleted", 2), ("deleted", 3), ("deleted", 4), ("deleted", 5)]


@pytest.mark.parametrize("position", [2, 5])
def test_deleted_and_the_rest_renumbered(written: dict[tuple[str, int], int], position: int) -> None:
    attack(
        f"DELETE FROM office_auditevent WHERE {event('worker:2', position)}",
        *(f"UPDATE office_auditevent SET position = {n - 1} WHERE {event('worker:2', n)}" for n in range(position + 1, 7)),
        "UPDATE office_chainhead SET position = 5 WHERE chain = 'worker:2'",
    )
    assert found() == [("deleted", "worker:2", position, written["worker:2", position + 1])]


def test_inserted_at_a_place_that_is_taken(written: dict[tuple[str, int], int]) -> None:
    """SQLite holds such a row off with the table itself; on PostgreSQL an owner takes the constraint down."""
    if connection.vendor == "postgresql":
        columns = "chain, position, at, actor, role, on_behalf, action, reason, details, previous, digest"
        attack(
            "ALTER TABLE office_auditevent DROP CONSTRAINT audit_event_once",
            f"INSERT INTO office_auditevent (event_id, {columns}) SELECT 1000000, {columns} "
            f"FROM office_auditevent WHERE {event('worker:2', 1)}",
        )
        assert found() == [("inserted", "worker:2", 1, 1_000_000)]


def _insert(key: int, chain: str, position: int, previous: bytes) -> bytes:
    """A false event whose digest fits, as `record` would have written it."""
    fields: dict[str, Any] = {
        "chain": chain, "position": position, "at": NOW, "actor": "account:3", "role": "assessor", "on_behalf": "",
        "action": "registry.accept_correction", "reason": "", "details": "{}", "batch": None,
    }  # fmt: skip
    digest = chained(previous, told(**fields))
    AuditEvent.objects.create(event_id=key, previous=previous, digest=digest, **fields)
    return digest


def test_inserted_under_a_seal_with_a_digest_that_fits(written: dict[tuple[str, int], int]) -> None:
    """A chain that was not there when the seal was made."""
    digest = _insert(0, "worker:9", 1, START)
    ChainHead.objects.create(chain="worker:9", position=1, digest=digest)
    assert found() == [("inserted", "worker:9", 1, 0)]
    assert "seal 1 does not know it" in str(verify().damages[0])


def test_inserted_at_the_end_of_a_chain_under_a_seal(written: dict[tuple[str, int], int]) -> None:
    """Behind the last event of a chain, with a key from before the seal."""
    attack("DELETE FROM office_auditevent WHERE chain = 'worker:2' AND position > 3")
    last = AuditEvent.objects.get(chain="worker:2", position=3)
    with without_triggers(connection):
        digest = _insert(0, "worker:2", 4, bytes(last.digest))
        AuditEvent.objects.filter(event_id=0).update(event_id=written["worker:2", 3] + 1_000_000)
        AuditEvent.objects.filter(chain="worker:3", position=3).update(event_id=written["worker:3", 3] + 1_000_001)
        AuditEvent.objects.filter(event_id=written["worker:2", 3] + 1_000_000).update(event_id=written["worker:3", 3])
        ChainHead.objects.filter(chain="worker:2").update(position=4, digest=digest)
    kinds = {(kind, chain) for kind, chain, _, _ in found()}
    assert ("inserted", "worker:2") in kinds


def test_inserted_in_the_middle_and_the_rest_renumbered(written: dict[tuple[str, int], int]) -> None:
    attack(
        *(f"UPDATE office_auditevent SET position = {n + 1} WHERE {event('worker:2', n)}" for n in range(6, 2, -1)),
        "UPDATE office_chainhead SET position = 7 WHERE chain = 'worker:2'",
    )
    second = AuditEvent.objects.get(chain="worker:2", position=2)
    _insert(0, "worker:2", 3, bytes(second.digest))
    between = written["worker:3", 2]
    attack(
        f"UPDATE office_auditevent SET event_id = event_id + 1000 WHERE event_id >= {between}",
        f"UPDATE office_auditevent SET event_id = {between} WHERE event_id = 0",
        f"UPDATE office_auditevent SET event_id = event_id - 999 WHERE event_id > 1000 + {between} - 1",
    )
    assert ("inserted", "worker:2", 3, between) in found()


@pytest.mark.parametrize(("one", "other"), [(2, 3), (1, 3), (5, 6)])
def test_reordered_by_key(written: dict[tuple[str, int], int], one: int, other: int) -> None:
    first, second = written["worker:2", one], written["worker:2", other]
    attack(
        f"UPDATE office_auditevent SET event_id = 0 WHERE event_id = {first}",
        f"UPDATE office_auditevent SET event_id = {first} WHERE event_id = {second}",
        f"UPDATE office_auditevent SET event_id = {second} WHERE event_id = 0",
    )
    told_of = found()
    assert ("reordered", "worker:2", one, second) in told_of
    assert {kind for kind, *_ in told_of} == {"reordered"}


@pytest.mark.parametrize(("one", "other"), [(2, 3), (4, 5)])
def test_reordered_by_position(written: dict[tuple[str, int], int], one: int, other: int) -> None:
    attack(
        f"UPDATE office_auditevent SET position = 99 WHERE {event('worker:2', one)}",
        f"UPDATE office_auditevent SET position = {one} WHERE {event('worker:2', other)}",
        f"UPDATE office_auditevent SET position = {other} WHERE {event('worker:2', 99)}",
    )
    assert found() == [("reordered", "worker:2", one, written["worker:2", other])]


def test_moved_into_another_chain(written: dict[tuple[str, int], int]) -> None:
    attack(f"UPDATE office_auditevent SET chain = 'worker:4' WHERE {event('worker:2', 3)}")
    kinds = {(kind, chain, position) for kind, chain, position, _ in found()}
    assert ("deleted", "worker:2", 3) in kinds
    assert any(chain == "worker:4" for _, chain, _ in kinds)


def cut(chain: str, keep: int, *, head: bool) -> None:
    attack(f"DELETE FROM office_auditevent WHERE chain = '{chain}' AND position > {keep}")
    if head:
        last = AuditEvent.objects.filter(chain=chain, position=keep).first()
        with without_triggers(connection):
            rows = ChainHead.objects.filter(chain=chain)
            rows.update(position=keep, digest=last.digest) if last else rows.delete()


def test_truncated_by_someone_who_forgets_the_head(written: dict[tuple[str, int], int]) -> None:
    """Also the part that is not sealed yet."""
    cut("worker:2", 5, head=False)
    assert found() == [("truncated", "worker:2", 6, written["worker:2", 5])]


@pytest.mark.parametrize("keep", [1, 3, 4])
def test_truncated_with_the_head(written: dict[tuple[str, int], int], keep: int) -> None:
    cut("worker:2", keep, head=True)
    assert found() == [("truncated", "worker:2", keep + 1, written["worker:2", keep])]


def test_a_chain_removed_whole(written: dict[tuple[str, int], int]) -> None:
    cut("worker:2", 0, head=True)
    assert found() == [("removed", "worker:2", 3, 0)]


def test_truncated_everywhere_with_heads_and_seals(written: dict[tuple[str, int], int]) -> None:
    """The database was put back to an earlier state; only the copy outside knows."""
    for chain in CHAINS:
        cut(chain, 3, head=True)
    attack("DELETE FROM office_seal WHERE seal_id = 2")
    told_of = found()
    assert told_of[0] == ("cut", "", 0, written["worker:3", 3])
    assert [(kind, chain, position) for kind, chain, position, _ in told_of[1:]] == [("truncated", chain, 4) for chain in CHAINS]
    assert "seal 2 stands in the copy outside only, for 6 events" in str(verify().damages[0])


def test_the_newest_seal_removed_and_nothing_else(written: dict[tuple[str, int], int]) -> None:
    attack("DELETE FROM office_seal WHERE seal_id = 2")
    assert [(damage.kind, damage.seal) for damage in verify().damages] == [("seal_missing", 2)]
    assert verify().unsealed == 3


@pytest.mark.parametrize(("begin", "seal_id"), [(2, 1), (5, 2)])
def test_rewritten_tail(written: dict[tuple[str, int], int], begin: int, seal_id: int) -> None:
    """Every digest and the head fit; the seals do not."""
    write_anew("worker:2", begin, _other_reason)
    end = 3 if seal_id == 1 else 5
    assert found() == [("rewritten", "worker:2", end, written["worker:2", end])]
    assert f"it or one before it is not what seal {seal_id} stands for" in str(verify().damages[0])


def _seal_anew(key: str, *, heads: bool = True) -> None:
    """Makes the seals of the database fit again, under another key."""
    previous, begin = START, 0
    with without_triggers(connection):
        for row in Seal.objects.order_by("seal_id"):
            ends = AuditEvent.objects.filter(event_id__gt=begin, event_id__lte=row.last_event).order_by("event_id")
            grown = {one.chain: (one.position, bytes(one.digest)) for one in ends}
            made = Signer(key).seal(
                number=row.seal_id, at=row.at, last_event=row.last_event, events=len(ends), heads=grown, previous=previous
            )
            row.root, row.previous, row.digest, row.signature = made.root, previous, made.digest, made.signature
            row.heads = made.heads if heads else row.heads
            row.save()
            previous, begin = made.digest, row.last_event


def test_rewritten_tail_with_seals_under_another_key(written: dict[tuple[str, int], int]) -> None:
    write_anew("worker:2", 2, _other_reason)
    _seal_anew("c7" * 32)
    told_of = verify().damages
    assert [(damage.kind, damage.seal) for damage in told_of if damage.seal and not damage.chain] == [
        ("seal_rewritten", 1),
        ("seal_rewritten", 2),
    ]
    assert "not signed with the city's key" in str(told_of[0])
    assert ("rewritten", "worker:2", 3, written["worker:2", 3]) in found()


def test_rewritten_tail_by_someone_who_has_the_key_too(written: dict[tuple[str, int], int]) -> None:
    """The copy outside still tells."""
    write_anew("worker:2", 2, _other_reason)
    _seal_anew("a5" * 32)
    assert verify().damages[0].kind == "seal_rewritten"
    assert "both of them signed" in str(verify().damages[0])
    assert ("rewritten", "worker:2", 3, written["worker:2", 3]) in found()


def test_rewritten_tail_with_seals_and_no_copy(written: dict[tuple[str, int], int], copy: Path) -> None:
    """Without the copy it is the key that tells."""
    write_anew("worker:2", 2, _other_reason)
    _seal_anew("c7" * 32)
    copy.unlink()
    assert [damage.kind for damage in verify().damages] == ["outside_missing", "seal", "seal"]


def test_rewritten_where_no_list_of_the_chains_is_left(written: dict[tuple[str, int], int], copy: Path) -> None:
    write_anew("worker:2", 2, _other_reason)
    attack("UPDATE office_seal SET heads = root")
    bare = [dataclasses.replace(seal, heads=b"x") for seal in sealed_rows()]
    copy.write_text("".join(seal.line() + "\n" for seal in bare))
    assert [(damage.kind, damage.seal) for damage in verify().damages] == [("unsealed", 1), ("unsealed", 2)]


def test_what_is_not_yet_sealed_can_be_written_anew_and_is_said_to_be_so(written: dict[tuple[str, int], int]) -> None:
    """The promise ends at the last seal: this is why there is one every hour."""
    write_anew("worker:2", 6, _other_reason)
    assert verify().proven
    assert verify().unsealed == 3


@pytest.mark.parametrize(
    "change", ["events = events + 1", "last_event = last_event + 1", "root = digest", "previous = root", "signature = root"]
)
@pytest.mark.parametrize("seal_id", [1, 2])
def test_a_seal_changed(written: dict[tuple[str, int], int], change: str, seal_id: int) -> None:
    attack(f"UPDATE office_seal SET {change} WHERE seal_id = {seal_id}")
    assert [(damage.kind, damage.seal) for damage in verify().damages] == [("seal_rewritten", seal_id)]


def test_a_seal_removed_from_the_middle(written: dict[tuple[str, int], int], copy: Path) -> None:
    attack("DELETE FROM office_seal WHERE seal_id = 1")
    assert [(damage.kind, damage.seal) for damage in verify().damages] == [("seal_missing", 1)]
    copy.write_text(copy.read_text().split("\n", 1)[1])
    assert ("seal_missing", 1) in [(damage.kind, damage.seal) for damage in verify().damages]


@pytest.mark.parametrize("line", [0, 1])
def test_the_copy_changed(written: dict[tuple[str, int], int], copy: Path, line: int) -> None:
    lines = copy.read_text().splitlines()
    other = Sealed.read(lines[line])
    assert other
    lines[line] = dataclasses.replace(other, events=other.events + 1).line()
    copy.write_text("\n".join(lines) + "\n")
    told_of = verify().damages
    assert [damage.kind for damage in told_of] == ["outside"]
    assert f"seal {line + 1} differs from the database" in str(told_of[0])


def test_a_line_of_the_copy_removed_or_scribbled(written: dict[tuple[str, int], int], copy: Path) -> None:
    whole = copy.read_text()
    copy.write_text(whole.split("\n", 1)[1])
    assert [str(damage) for damage in verify().damages] == ["the copy outside the database was changed (seal 1 was removed from it)"]
    copy.write_text("scribble\n" + whole)
    assert [str(damage) for damage in verify().damages] == [
        "the copy outside the database was changed (line 1 is not a seal of this chain)"
    ]


def test_the_copy_gone(written: dict[tuple[str, int], int], copy: Path, tmp_path: Path) -> None:
    """A copy that an auditor took away serves as well."""
    taken = copy.rename(tmp_path / "taken.jsonl")
    assert [damage.kind for damage in verify().damages] == ["outside_missing"]
    assert verify(seals=taken).proven


def test_the_head_of_a_chain_changed(written: dict[tuple[str, int], int]) -> None:
    attack(
        "UPDATE office_chainhead SET digest = %s WHERE chain = 'worker:2'".replace(
            "%s", "(SELECT digest FROM office_chainhead WHERE chain = 'worker:1')"
        )
    )
    assert found() == [("rewritten", "worker:2", 6, written["worker:2", 6])]
    attack("DELETE FROM office_chainhead WHERE chain = 'worker:2'")
    assert found() == [("head", "worker:2", 0, 0)]


def test_the_rows_of_a_batch_changed(written: dict[tuple[str, int], int]) -> None:
    rows = [(f"worker:{n}", bytes([n]) * 32) for n in range(5)]
    made = record(
        subject="organisation:5",
        action="registry.import_roster",
        by=OFFICER,
        now=NOW,
        batch=7,
        details={"rows_digest": batch_digest(rows).hex()},
    )
    record(subject="worker:2", action="registry.reveal", by=OFFICER, now=NOW, batch=7)
    assert verify(batch_proofs=lambda batch: rows if batch == 7 else None).batches == 1
    for other in (rows[1:], [*rows, rows[0]], [("worker:0", b"x" * 32), *rows[1:]], []):
        damages = verify(batch_proofs=lambda batch, other=other: other).damages  # type: ignore[misc]
        assert [(damage.kind, damage.chain, damage.position, damage.event) for damage in damages] == [
            ("batch", "organisation:5", 1, made.event_id)
        ]
    assert verify(batch_proofs=lambda batch: None).batches == 0


def test_several_damages_are_each_told(written: dict[tuple[str, int], int]) -> None:
    attack(
        f"UPDATE office_auditevent SET reason = 'x' WHERE {event('worker:1', 2)}",
        f"DELETE FROM office_auditevent WHERE {event('worker:2', 3)}",
        f"UPDATE office_auditevent SET reason = 'x' WHERE {event('worker:3', 6)}",
    )
    assert sorted((kind, chain, position) for kind, chain, position, _ in found()) == [
        ("changed", "worker:1", 2), ("changed", "worker:3", 6), ("deleted", "worker:2", 3),
    ]  # fmt: skip
    values = json.loads(json.dumps(verify().values()))
    assert values["proven"] is False
    assert {damage["kind"] for damage in values["damages"]} == {"changed", "deleted"}


def test_every_kind_of_damage_has_words_for_auditors() -> None:
    assert WORDS.keys() == KINDS.keys()
    for kind in KINDS:
        assert str(Damage(kind, "worker:17", 3, 5, 2, "because"))
