"""What the rules of each domain decide about: a row of a facts table, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guildhall.incentives.engine.subjects import SUBJECTS
from guildhall.kernel.tables import Text

TITLES: Final[Mapping[str, Text]] = {
    **{subject.table: subject.title for subject in SUBJECTS.values()},
    "evaluation.recognition_facts": Text("证书", "certificate"),
    "evaluation.title_facts": Text("持有职称者", "holder of a title"),
    "skills.gray_collar_facts": Text("劳动者", "worker"),
}
"""By facts table."""


def title_of(table: str) -> Text:
    """What one row of a facts table is about; the name of a table that nobody has put in words."""
    return TITLES.get(table, Text(table, table))
