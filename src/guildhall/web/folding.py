"""Tables that a phone folds: a row becomes a block, and is still read aloud as the row of a table."""

from __future__ import annotations

import re
from html import unescape

from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe

_TAG = re.compile(r"<(thead|tbody|tr|th|td)\b([^>]*)>")
_HEAD = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}


def folded(inner: str, label: str, kind: str = "stack") -> SafeString:
    """A table named `label` around `inner`, which has a thead: every part says its role, and each cell the head of its column.

    A browser forgets that a table is one where its style turns rows into blocks; roles keep it. `kind` is the class.
    """
    heads = [unescape(strip_tags(head)).strip() for head in _HEAD.findall(inner.partition("</thead>")[0])]
    column = 0

    def told(found: re.Match[str]) -> str:
        nonlocal column
        name, rest = found[1], found[2]
        if name == "tr":
            column = 0
        role = _ROLES.get(name) or ("rowheader" if 'scope="row"' in rest else "columnheader")
        head = ""
        if name in ("td", "th"):
            if name == "td" and column < len(heads):
                head = f' data-th="{escape(heads[column])}"'
            column += 1
        return f'<{name} role="{role}"{head}{rest}>'

    body = _TAG.sub(told, inner)
    return mark_safe(f'<table class="{escape(kind)}" role="table" aria-label="{escape(label)}">{body}</table>')  # noqa: S308 — words are escaped
