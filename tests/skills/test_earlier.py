"""Earlier codes of occupations lead to those of today, where the classification on record has these."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from guildhall.registry.engine.cells.occupations import Occupations
from guildhall.skills.engine.earlier import EARLIER_CODES

ROWS = "level,code,name\n4,2-02-38-01,人工智能工程技术人员S\n4,2-02-10-10,别的职业\n4,2-02-38-02,物联网工程技术人员S\n"


def test_codes_are_of_the_right_form_and_lead_to_different_ones() -> None:
    codes = [*EARLIER_CODES, *EARLIER_CODES.values()]
    assert all(re.fullmatch(r"[1-8](-[0-9]{2}){3}", code) for code in codes)
    assert len(set(codes)) == len(codes)


@pytest.mark.django_db
def test_a_file_may_name_an_occupation_by_its_earlier_code(now: datetime) -> None:
    from guildhall.skills.operations import import_occupations
    from guildhall.skills.queries import known_occupations
    from guildhall.web.viewer import system

    import_occupations(content=ROWS.encode(), name="f.csv", by=system("test"), now=now)
    found = known_occupations()
    assert found.words == {"2-02-10-09": ("2-02-38-01",)}, "a code that is in use is no earlier code; one that leads nowhere is left out"
    read = Occupations(found.names, found.words).read("2-02-10-09")
    assert (read.value, read.note.code if read.note else "") == ("2-02-38-01", "occupation_earlier")
