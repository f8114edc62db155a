"""What stays sealed, hidden or standing of a claim: days of birth, words said, the bank's reasons, papers, and who was hired."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from guildhall.incentives import snapshot, tables
from guildhall.incentives.engine import bank
from guildhall.incentives.models import Claim, Payment, Statement
from guildhall.incentives.operations import appeals, lodging, paying, receiving, review
from guildhall.incentives.queries import claims, neutral, payments
from guildhall.incentives.queries.inputs import inputs
from guildhall.incentives.queries.sealed import Said, reason_of
from guildhall.kernel.errors import GuildhallError
from guildhall.office import strongroom
from guildhall.office.models import Attachment, Grant, Notice
from guildhall.office.operations import attachments
from guildhall.office.queries.notices import facts_of
from guildhall.overview.operations.retention import erase_due
from guildhall.registry import models as registry
from guildhall.web.viewer import Viewer, system
from tests import people
from tests.incentives.desk import TODAY, Desk, answer, desk

__all__ = ["desk"]
WROTE = "户名张三丰 6222000011112222 不符"


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, "PNG")
    return out.getvalue()


def _as(viewer: Viewer) -> Client:
    return people.signed_in(Grant.objects.get(pk=viewer.grant or 0))


def _hire(desk: Desk, spell: int = 0) -> Claim:
    claim = lodging.begin(benefit="hiring_subsidy", subject=str(spell or desk.world.harbour.keys["spell"]), by=desk.employer, now=desk.now)
    return lodging.give_account(claim_id=claim.pk, number="6222000011112222", holder="x", bank="y", by=desk.employer, now=desk.now)


def _paper(desk: Desk, claim: Claim, by: Viewer, **more: Any) -> Attachment:
    return lodging.add_paper(claim_id=claim.pk, title="x", content=_picture(), name="x.png", by=by, now=desk.now, **more)


# what was said


def test_a_day_of_birth_stays_in_its_claim_and_no_word_stands_in_clear(desk: Desk) -> None:
    desk.agree("employer_hires")
    claim = _hire(desk)
    said: dict[str, Said] = {"born_on": date(1986, 5, 17), "local_household": True, "unemployed_from": date(2018, 3, 4)}
    lodging.say(claim_id=claim.pk, said=said, by=desk.employer, now=desk.now)
    lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    assert inputs(desk.again(claim), TODAY)["born_on"] == date(1986, 5, 17), "its own check knows the day"
    stated = {row.fact: row.value for row in Statement.objects.all()}
    assert stated == {"local_household": "true", "unemployed_from": "2018-03-04"}
    (part,) = snapshot.read(tables.STATEMENTS)
    assert {row["fact"]: row["value"] for row in part.to_pylist()} == stated
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM incentives_statement")
        cells = [cell for row in cursor.fetchall() for cell in row]
    told = [str(bytes(cell) if isinstance(cell, bytes | memoryview) else cell) for cell in cells]
    assert not [cell for cell in told if "2018-03-04" in cell]
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.create(subject="spell", subject_id=1, fact="born_on", value_sealed=b"x", said_on=TODAY)


def test_no_column_of_facts_that_tells_a_day_of_birth_is_stated() -> None:
    from guildhall.incentives.engine.subjects import IN_CLAIM_ALONE

    columns = {column.name for table in (tables.CERTIFICATE_FACTS, tables.HIRE_FACTS, tables.BUSINESS_FACTS) for column in table.columns}
    assert {name for name in columns if "born" in name or "birthday" in name} == IN_CLAIM_ALONE


# the bank's reasons


def test_what_the_bank_wrote_is_sealed_and_told_in_our_own_words(desk: Desk) -> None:
    claim, batch = desk.sent()
    paying.reconcile(batch_id=batch.pk, content=answer(batch, "returned", WROTE), name="a.csv", by=desk.second, now=desk.now)
    row = Payment.objects.get()
    assert (row.code, reason_of(row)) == ("name", WROTE)
    assert "张三丰" not in str(bytes(row.reason_sealed))
    for notice in Notice.objects.filter(template="claim_failed"):
        assert facts_of(notice)["reason"] == bank.RETURNED["name"]
    assert payments.why_returned(desk.officer, row) == (bank.RETURNED["name"], WROTE)
    assert payments.why_returned(desk.auditor, row) == (bank.RETURNED["name"], "")
    shown = {
        who.role: unescape(_as(who).get(reverse("payment_batch", args=[batch.pk])).content.decode()) for who in (desk.officer, desk.auditor)
    }
    assert {role: WROTE in page for role, page in shown.items()} == {"claims_officer": True, "auditor": False}
    assert WROTE not in unescape(_as(desk.worker).get(reverse("claim_mine", args=[claim.pk])).content.decode())


@pytest.mark.parametrize(
    ("wrote", "code"),
    [
        ("户名不符", "name"),
        ("账号不存在", "number"),
        ("账户已销户", "closed"),
        ("账户已冻结", "blocked"),
        ("invalid account", "number"),
        ("?", "other"),
    ],
)
def test_the_banks_reasons_are_known_by_their_words(wrote: str, code: str) -> None:
    assert bank.code_of(wrote) == code


def test_the_banks_words_go_with_the_rest_of_the_claim(desk: Desk) -> None:
    claim, batch = desk.sent()
    paying.reconcile(batch_id=batch.pk, content=answer(batch, "returned", WROTE), name="a.csv", by=desk.second, now=desk.now)
    lodging.withdraw(claim_id=claim.pk, by=desk.worker, now=desk.now)
    Claim.objects.filter(pk=claim.pk).update(
        account_sealed=None, account_hash=None, holder_sealed=None, said_sealed=b"", defects_sealed=b"", bank=""
    )
    claim.checks.update(inputs_sealed=b"", decision_sealed=b"")
    for year, kept in ((2028, WROTE), (2030, "")):
        erase_due(on=date(year, 6, 1), by=system("test"), clock=lambda year=year: datetime(year, 6, 1, tzinfo=UTC))  # type: ignore[misc]
        assert reason_of(Payment.objects.get()) == kept
    assert Payment.objects.get().code == "name"


# papers


@pytest.mark.django_db(transaction=True)
def test_what_was_lodged_keeps_its_papers(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.incentives.desk import opened

    desk = opened(monkeypatch)
    desk.facts["insured_months"] = 3
    claim = desk.draft()
    kept, gone, late = (_paper(desk, claim, desk.worker) for _ in range(3))
    attachments.remove(attachment_id=gone.pk, by=desk.worker, now=desk.now)
    lodging.submit(claim_id=claim.pk, by=desk.worker, now=desk.now)
    client = _as(desk.worker)
    link = reverse("attachment_remove", args=[kept.pk])

    def refused() -> None:
        with pytest.raises(GuildhallError, match="no longer be removed|不能再"):
            attachments.remove(attachment_id=kept.pk, by=desk.worker, now=desk.now)
        assert client.get(link).content.decode().count("<button") == client.get(reverse("desk")).content.decode().count("<button")

    refused()
    receiving.send_back(claim_id=claim.pk, defects=[("paper_unreadable", "")], by=desk.officer, now=desk.now)
    attachments.remove(attachment_id=late.pk, by=desk.worker, now=desk.now)
    lodging.submit(claim_id=claim.pk, by=desk.worker, now=desk.now)
    receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    refused()
    review.refuse(claim_id=claim.pk, reason="x", basis=["y"], by=desk.officer, now=desk.now)
    appeals.appeal(claim_id=claim.pk, grounds="z", by=desk.worker, now=desk.now)
    refused()
    assert link not in client.get(reverse("claim_papers", args=[claim.pk])).content.decode()
    names = {name for name, _at in strongroom.names()}
    assert [paper.file in names for paper in (kept, gone, late)] == [True, False, False]


# an employer's own paper


def test_a_paper_that_is_gone_is_no_consent(desk: Desk) -> None:
    claim = _hire(desk)
    assert not neutral.may_lodge(claim)
    paper = _paper(desk, claim, desk.employer, shows_group=True)
    assert neutral.may_lodge(desk.again(claim))
    attachments.remove(attachment_id=paper.pk, by=desk.employer, now=desk.now)
    assert not neutral.may_lodge(desk.again(claim))
    with pytest.raises(GuildhallError, match="agreed|同意"):
        lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)


def test_a_paper_that_the_scanner_refuses_after_the_lodging_is_asked_about_at_the_counter(desk: Desk) -> None:
    claim = _hire(desk)
    paper = _paper(desk, claim, desk.employer, shows_group=True)
    lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    attachments.settle(attachment_id=paper.pk, verdict="refused", by=system("work"), now=desk.now)
    with pytest.raises(GuildhallError, match="agreed|同意"):
        receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    receiving.send_back(claim_id=claim.pk, defects=[("paper_unreadable", "")], by=desk.officer, now=desk.now)
    _paper(desk, claim, desk.employer, shows_group=True)
    lodging.submit(claim_id=claim.pk, by=desk.employer, now=desk.now)
    receiving.accept(claim_id=claim.pk, by=desk.officer, now=desk.now)
    assert desk.again(claim).state == "accepted"


# the public notice


def test_the_notice_tells_nobody_which_hire_is_hard_to_employ(desk: Desk) -> None:
    own = desk.noticed()
    side = desk.world.harbour
    spells = registry.EmploymentSpell.objects.filter(organisation_id=side.organisation).values_list("pk", "worker_id")
    for at, (key, worker) in enumerate(spells):
        Claim.objects.create(
            benefit="hiring_subsidy", kind="spell", subject=str(key), once=f"hiring_subsidy:person:{worker}", worker_id=worker,
            organisation_id=side.organisation, payee="organisation", place_id=side.homes[0], state="noticed", since=TODAY,
            begun_by="account:0", begun_at=desk.now, amount_fen=600_000 + at, notice_from=TODAY, notice_until=own.notice_until,
        )  # fmt: skip
    person, hires = claims.notice_board(TODAY)
    assert (person.number, person.amount_fen) == (own.pk, 150_000)
    assert (hires.number, hires.amount_fen, hires.until) == (None, 1_200_001, own.notice_until)
    last = Claim.objects.latest("pk").pk
    assert claims.notice_board(TODAY, number=last) == []
    assert claims.notice_board(TODAY, size=1) == [person]
    assert claims.notice_board(TODAY, after=f"{person.until}.{person.key}", size=1) == [hires]
    assert claims.notice_board(TODAY, after=f"{hires.until}.{hires.key}") == []
    page = unescape(Client().get(reverse("notice_board")).content.decode())
    assert f"No. {last}" not in page
    assert f"第 {last} 号" not in page
