"""Chinese on pages in another language, marked as such: a screen reader then says it in Chinese, and a browser picks Chinese letters."""

from __future__ import annotations

import re

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_RUN = re.compile(rf"[《〔（]*[{_HAN}](?:[{_HAN}0-9 〔〕《》（）、，。；：“”·—*∗]*[{_HAN}0-9〕》）])?")
_PART = re.compile(r"(<!--.*?-->|<[^>]*>)", re.S)
_OPEN = re.compile(r"<([a-zA-Z]+)")
BARE = frozenset({"option", "textarea", "title", "text", "tspan", "desc", "script", "style", "button"})
"""Elements in which no element may stand, or whose words are drawn."""


def marked(html: str) -> str:
    """The same HTML with every run of Chinese in a `<span lang="zh-Hans">`, where it does not stand in an element with a language."""
    if not re.search(f"[{_HAN}]", html):
        return html
    parts, opened = _PART.split(html), ""
    for at, part in enumerate(parts):
        if at % 2:
            opened = part
        elif part and not _bears(opened):
            parts[at] = _RUN.sub(lambda found: f'<span lang="zh-Hans">{found[0]}</span>', part)
    return "".join(parts)


def _bears(tag: str) -> bool:
    """Whether words right after a tag stand as they are: they have a language, or can hold no element."""
    name = _OPEN.match(tag)
    return name is not None and (name[1].lower() in BARE or " lang=" in tag)
