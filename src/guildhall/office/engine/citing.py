"""Documents of offices as people cite them: a title between its marks, or a number with its year."""

from __future__ import annotations

import re

_TITLE = re.compile(r"《[^》]{2,}》")
_NUMBER = re.compile(r"\w[〔\[（(]\d{4}[〕\]）)]\s*第?\d+\s*号")
_DOCUMENT = re.compile(r"《[^》]+》|[〔\[（(]\d{4}[〕\]）)]\s*第?\d+\s*号?|第\d+号")


def cites_document(text: str) -> bool:
    """Whether a text names a document."""
    return _DOCUMENT.search(text) is not None


def cites_fully(text: str) -> bool:
    """Whether it names one by title and by number, with issuer and year."""
    return _TITLE.search(text) is not None and _NUMBER.search(text) is not None
