"""The pages of parameters: what waits by document, two officers who tick, what went wrong beside the form, and taking back."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from guildhall.office.models import ParameterConfirmation
from guildhall.office.queries import parameters as queries
from guildhall.web import pack, uploads
from tests import people

RULE = "skill_upgrade_subsidy"
HOME = reverse("parameters_of", args=[RULE])


@pytest.fixture
def planner(db: None) -> Client:
    return people.signed_in(people.grant("planner", name="Wu", place="tiny"))


@pytest.fixture
def officer(db: None) -> Client:
    return people.signed_in(people.grant("claims_officer", name="Zheng", place="tiny"))


def digest(name: str) -> str:
    return next(entry.digest for entry in pack.city().instrument[RULE].of(name) if entry.version.value is not None)


def read(client: Client, address: str, language: str = "en") -> str:
    with override(language):
        answer = client.get(f"/{language}{address[address.index('/', 1) :]}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Skill-upgrade subsidy", "1,200 yuan", "2020-01-01 to 2025-12-31", "made up")),
        ("zh-hans", ("技能提升补贴", "1,200元", "生成")),
    ],
)
def test_the_page_says_value_days_document_and_how_well_it_is_known(planner: Client, language: str, words: tuple[str, ...]) -> None:
    shown = read(planner, HOME, language)
    for word in words:
        assert word in shown
    assert ("nothing for 2026" if language == "en" else "2026年没有文件") in shown, "and for which days nothing was found"


def test_two_officers_confirm_what_a_document_shows(planner: Client, officer: Client) -> None:
    chosen = [digest("amount"), digest("window_months")]
    answer = planner.post(HOME, {"version": chosen, "reference": "file 7", "document": "made-up", "first": "1"})
    assert answer.status_code == 302
    shown = read(officer, HOME)
    assert shown.count("waits for a second officer") == 2
    assert "Wu" in shown
    assert 'name="second"' in shown
    assert 'name="second"' not in read(planner, HOME), "who was first is not asked to be second"
    assert officer.post(HOME, {"looked": chosen, "second": "1"}).status_code == 302
    assert len(queries.confirmations()) == 2
    assert read(officer, HOME).count("✓ confirmed") == 2


def test_what_is_missing_is_said_beside_the_form_and_what_was_ticked_stays(planner: Client) -> None:
    answer = planner.post(HOME, {"version": [digest("amount")], "reference": "", "document": "made-up", "first": "1"})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert 'role="alert"' in shown
    assert f'value="{digest("amount")}" checked' in shown
    assert not ParameterConfirmation.objects.exists()


def test_a_copy_too_large_is_told_and_nothing_is_confirmed_without_it(planner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 2_000)
    paper = SimpleUploadedFile("scan.pdf", b"x" * 3_000)
    answer = planner.post(HOME, {"version": [digest("amount")], "reference": "file 7", "document": "made-up", "first": "1", "paper": paper})
    assert answer.status_code == 200
    assert "文件过大" in answer.content.decode()
    assert not ParameterConfirmation.objects.exists()


def test_one_officer_is_not_two(planner: Client) -> None:
    planner.post(HOME, {"version": [digest("amount")], "reference": "file 7", "document": "made-up", "first": "1"})
    with override("en"):
        answer = planner.post(f"/en/parameters/{RULE}/", {"looked": [digest("amount")], "document": "made-up", "second": "1"})
    assert answer.status_code == 200
    assert "You confirmed this yourself" in answer.content.decode()


def test_taking_back_needs_a_reason_and_shows_afterwards(planner: Client, officer: Client) -> None:
    planner.post(HOME, {"version": [digest("amount")], "reference": "file 7", "document": "made-up", "first": "1"})
    address = reverse("parameter", args=[ParameterConfirmation.objects.get().pk])
    assert "file 7" in read(officer, address)
    assert officer.post(address, {"reason": ""}).status_code == 200
    assert officer.post(address, {"reason": "replaced by another notice"}).status_code == 302
    shown = read(planner, HOME)
    assert "replaced by another notice" in shown
    assert "Zheng" in shown


def test_the_list_counts_what_waits(planner: Client) -> None:
    before = read(planner, reverse("parameters"))
    assert "values wait for an officer" in before
    assert "Skill-upgrade subsidy" in before


def test_no_such_instrument_is_not_found(planner: Client) -> None:
    assert planner.get(reverse("parameters_of", args=["nothing"])).status_code == 404
    assert planner.get(reverse("parameter", args=[1])).status_code == 404


def test_what_is_recalled_is_confirmed_only_with_the_document_that_sets_it(planner: Client) -> None:
    document = pack.city().instrument[RULE].documents["made-up"]
    object.__setattr__(document, "held", False)
    try:
        assert "which one does the city hold" in read(planner, HOME)
        form = {"version": [digest("amount")], "reference": "file 7", "document": "made-up", "first": "1"}
        for said in ("", "as I remember it"):
            shown = planner.post(HOME, {**form, "names": said}).content.decode()
            assert "没有说明由哪份文件规定" in shown
        assert not ParameterConfirmation.objects.exists()
        assert planner.post(HOME, {**form, "names": "渝人社规〔2025〕11号"}).status_code == 302
        assert ParameterConfirmation.objects.get().reference == "渝人社规〔2025〕11号 · file 7"
    finally:
        object.__setattr__(document, "held", True)


def test_who_can_confirm_nothing_is_told_who_can(planner: Client) -> None:
    district = people.signed_in(people.grant("claims_officer", name="Qian", place="tiny-west"))
    for address in (reverse("parameters"), HOME):
        assert "confirm none of them" in read(district, address)
        assert "confirm none of them" not in read(planner, address)
