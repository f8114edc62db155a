"""Chinese on a page in another language says that it is Chinese."""

from __future__ import annotations

import pytest

from guildhall.web.tongues import marked

HAN = '<span lang="zh-Hans">{}</span>'


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Only English, 2024</p>", "<p>Only English, 2024</p>"),
        ("<b>王雨兰</b>", f"<b>{HAN.format('王雨兰')}</b>"),
        ("by 渝人社规〔2025〕11号 of 2025", f"by {HAN.format('渝人社规〔2025〕11号')} of 2025"),
        ("<td>《办法》第三条, article 3</td>", f"<td>{HAN.format('《办法》第三条')}, article 3</td>"),
        ('<a lang="zh-Hans">中文</a>', '<a lang="zh-Hans">中文</a>'),
        ('<input value="王"><option>区</option><title>城</title>', '<input value="王"><option>区</option><title>城</title>'),
    ],
)
def test_runs_of_chinese_are_marked_where_an_element_may_stand(html: str, found: str) -> None:
    assert marked(html) == found
