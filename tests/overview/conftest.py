"""The small city with figures that say the hard things."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

MORE = (
    "skilled.count.2024,skilled,2024年末,End of 2024,3800,,persons,published,people,,,,,,,made-up,generated,2024-12-31,",
    "skilled.count.2023,skilled,2023年末,End of 2023,2000,,persons,published,people,,,,,,,made-up,generated,2023-12-31,",
    "skilled.count.2023_06,skilled,2023年6月,June 2023,3500,,persons,published,people,,,,,,,made-up,generated,2023-06-30,",
    "skilled.high_share.2024,highskilled.share,2024年末,End of 2024,31,,percent,published,ratio,,,,,,,made-up,generated,2024-12-31,",
    "target.new_2025,highskilled.new,计划,Plan,80,≥,participant_times,target,people,2025年,2025,,,,,made-up,generated,2025-05-09,",
)
"""Rows for figures.csv."""
MENDED = {
    "Highly skilled workers,1280,,persons,published,people,,,,,,,made-up,generated": (
        "Highly skilled workers,1280,,persons,published,people,,,,,,,made-up,computed"
    ),
    "Industrial workers in the parks,2000": "Industrial workers in the parks,2100",
}


@pytest.fixture
def wider(browser: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser before a pack with figures of other days, one worked out from others, a target in another unit, and more park workers."""
    from django.conf import settings

    from guildhall.city import load

    copy = tmp_path / "wider"
    shutil.copytree(load("tiny").folder, copy)
    figures = copy / "figures.csv"
    text = figures.read_text(encoding="utf-8")
    for old, new in MENDED.items():
        assert old in text
        text = text.replace(old, new)
    text += "\n".join(MORE) + "\n"
    figures.write_text(text, encoding="utf-8")
    monkeypatch.setattr(settings, "CITY", str(copy))
    return browser
