"""Actors and details of events in words: what people read never shows the names that the machinery uses."""

from __future__ import annotations

import pytest

from guildhall.office.engine.details import NAMES, told
from guildhall.office.engine.machinery import machinery


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"ways": ["demonstration"]}, ("方式：演示登录", "how: sign-in of the demonstration")),
        ({"grant": 13, "role": "worker"}, ("角色：劳动者", "role: worker")),
        (
            {"agent": 11, "consent": "signed", "kind": "broker", "mandate": 1, "purpose": "certificates", "until": "2027-11-21"},
            ("同意方式：书面；种类：村级劳务经纪人；用途：证书；至：2027-11-21",
             "agreed: signed; kind: village labour broker; for: certificates; until: 2027-11-21"),
        ),
        ({"field": "phone", "reason": "contact", "row": 7}, ("内容：手机号；理由：联系本人", "what: phone; why: to reach the person")),
        ({"request": 4, "table": "registry.workers"}, ("", "")),
        ({"role": "no_such_code", "demonstration": True}, ("演示：是", "for demonstration: yes")),
    ],
)  # fmt: skip
def test_details_are_words(details: dict[str, object], words: tuple[str, str]) -> None:
    said = told(details)
    assert (said.zh, said.en) == words


def test_no_code_is_ever_read() -> None:
    said = told(dict.fromkeys(NAMES, "registry.some_code"))
    assert (said.zh, said.en) == ("", "")


def test_machinery_has_words_and_accounts_have_none() -> None:
    assert machinery("account:3") is None
    for actor in ("command:import roster", "command:demo", "work", "retention", "schedule:x"):
        words = machinery(actor)
        assert words
        assert actor not in (words.zh, words.en)
