"""A worker's page of titles and levels, and an officer's look at it."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from guildhall.evaluation import queries
from guildhall.evaluation.queries import Said
from guildhall.kernel.errors import NotFound
from guildhall.office.models import AuditEvent, Grant
from guildhall.registry.models import Certificate
from guildhall.registry.queries.looks import WHAT
from guildhall.web.viewer import Viewer
from tests import clock, people
from tests.incentives.desk import Desk, desk

__all__ = ["desk"]

pytestmark = pytest.mark.usefixtures("shown")


def _page(viewer: Viewer, door: str, *parts: Any, **asked: Any) -> str:
    with override("en"):
        address = reverse(door, args=parts)
    response = people.signed_in(Grant.objects.get(pk=viewer.grant or 0)).get(address, asked)
    assert response.status_code == 200
    return unescape(response.content.decode())


@pytest.fixture
def holder(desk: Desk) -> Desk:
    """A desk whose worker holds one certificate, of L1 and more than ten years ago."""
    worker, first = desk.worker.worker or 0, Certificate.objects.get(pk=desk.certificate)
    today = clock.today()
    Certificate.objects.filter(worker_id=worker).exclude(pk=first.pk).delete()
    Certificate.objects.filter(pk=first.pk).update(level="L1", kind="skill_level", issued_on=today - timedelta(days=4000), valid_until=None)
    return desk


def test_what_a_certificate_opens_with_its_sources(holder: Desk) -> None:
    page = _page(holder.worker, "recognition")
    assert "You may apply for a title: associate senior title" in page
    assert "May apply for: full senior title" in page
    assert "cannot be said" in page
    assert "Made up for tests" in page, "the document it rests on"


def test_a_day_before_the_years_are_complete(holder: Desk) -> None:
    Certificate.objects.filter(pk=holder.certificate).update(level="L3", issued_on=clock.today() - timedelta(days=700))
    page = _page(holder.worker, "recognition")
    assert "A title may be applied for from" in page
    found = queries.of_person(holder.worker, holder.worker.worker or 0, on=clock.today(), today=clock.today())
    assert found.certificates[0].title is not None
    assert found.certificates[0].title.decision.near is not None


def test_pay_waits_for_an_appointment(holder: Desk) -> None:
    worker, today = holder.worker.worker or 0, clock.today()
    outcomes = {}
    for said in (None, False, True):
        (found,) = queries.of_person(holder.worker, worker, on=today, today=today, said=Said(appointed=said)).certificates
        assert found.title is not None
        assert found.pay is not None
        outcomes[said] = (found.title.decision.outcome, found.pay.decision.outcome)
    assert outcomes == {None: ("entitled", "undetermined"), False: ("entitled", "refused"), True: ("entitled", "entitled")}


def test_a_class_counts_in_the_review_alone(holder: Desk) -> None:
    page = _page(holder.worker, "recognition", class_completed="technician_class")
    assert "✓ bachelor's degree" in page
    assert "✕ does not count" in page
    assert "senior skilled-worker class" not in page.partition('<details class="behind')[0], "only the class that was completed"


def test_a_title_opens_a_level_by_the_edition_of_the_standard(holder: Desk) -> None:
    asked = {"sought_level": "L2", "title_held": "intermediate", "title_since": "2020-05-01", "worked_months": "12"}
    assert "May sit for it on the strength of the title</b>: met" in _page(holder.worker, "recognition", edition="2023", **asked)
    assert "May sit for it on the strength of the title</b>: not met" in _page(holder.worker, "recognition", edition="2018", **asked)
    assert "May sit for it on the strength of the title</b>: cannot be said" in _page(holder.worker, "recognition", **asked)


@pytest.mark.parametrize("wrong", [{"on": "2999-01-01"}, {"on": "x"}, {"worked_months": "-1"}, {"sought_level": "L9"}])
def test_a_wrong_answer_is_said_and_nothing_breaks(holder: Desk, wrong: dict[str, str]) -> None:
    assert "There is something to mend" in _page(holder.worker, "recognition", **wrong)


def test_an_officer_sees_it_and_leaves_a_trace(holder: Desk) -> None:
    worker = holder.worker.worker or 0
    assert "may apply for a title" in _page(holder.officer, "person_recognition", worker)
    looks = AuditEvent.objects.filter(chain=f"worker:{worker}", action="evaluation.open_recognition")
    assert looks.count() == 1
    assert "evaluation.open_recognition" in WHAT
    stranger = holder.world.viewer("claims_officer", holder.world.west)
    with pytest.raises(NotFound):
        queries.of_person(stranger, worker, on=clock.today(), today=clock.today())
    assert Client().get(reverse("person_recognition", args=[worker])).status_code == 302


def test_definitions_stand_side_by_side_for_everybody(db: None) -> None:
    page = unescape(Client().get("/en/gray-collar/").content.decode())
    for said in ("How many gray-collar workers are there?", "What does each definition ask?", "proposed", "wide", "strict", "differs"):
        assert said in page
