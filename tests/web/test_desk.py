"""The desk and the bar above every page: where each role is led, in words for who stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

from guildhall.web.navigation import entries, figures
from guildhall.web.viewer import Viewer
from tests.people import grant, signed_in, viewer

pytestmark = pytest.mark.django_db


def test_a_planner_is_led_to_the_figures_and_reads_messages_as_staff(shown: Path) -> None:
    page = signed_in(grant("planner", place="tiny")).get("/en/desk/").content.decode().partition("<main")[2]
    for address in ("/en/figures/", "/en/parks/", "/en/open-data/"):
        assert f'href="{address}"' in page
    assert "Read messages about your account and your work" in page
    assert "the city wrote to me" not in page


def test_a_worker_is_spoken_to_as_before(db: None) -> None:
    with override("en"):
        said = {entry.door: str(entry.task) for entry in entries(viewer("worker", worker_id=3))}
    assert said["notices"] == "Read what the city wrote to me"
    assert figures(viewer("worker", worker_id=4)) == []


def test_whoever_acts_for_somebody_is_told_of_that_persons_record() -> None:
    acting = Viewer("account:5", "assessor", 5, worker=3, place="tiny", mandate=4)
    with override("en"):
        said = [f"{entry.label} {entry.task}" for entry in entries(acting)]
    assert said
    assert not [words for words in said if " me" in words.lower().replace(".", " ") or "my " in words.lower()]
    with override("zh-hans"):
        assert not [entry.task for entry in entries(acting) if "我" in str(entry.task)]


def test_the_note_on_hidden_counts_stands_where_one_is_shown(shown: Path) -> None:
    client = Client()
    for address in ("/en/", "/en/parks/", "/en/districts/tiny-harbour/", "/en/districts/tiny-west/", "/en/parks/tiny-park-1/"):
        page = client.get(address).content.decode().partition("<main")[2]
        folds = re.findall("<details.*?</details>", page, re.DOTALL)
        for part in (*folds, re.sub("<details.*?</details>", "", page, flags=re.DOTALL)):
            assert part.count("∗ hidden:") == ("∗" in part.replace("∗ hidden:", "")), address
