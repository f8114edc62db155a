"""What people write in their own words: whether a number of somebody stands in it."""

from __future__ import annotations

import re
import unicodedata

DAY = re.compile(r"(?:19|20)[0-9]{2}(?:[-/.][0-9]{1,2}[-/.][0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2}日)(?![0-9])")
"""A day is no number of anybody."""
BETWEEN = re.compile(r"(?<=[0-9])[\s\-–—_./,，·、:*()]+(?=[0-9Xx])")
LONGEST_RUN = re.compile(r"[0-9]{6,}[0-9Xx]")
"""Seven digits and more, the last of which may be an X: phones, identity and certificate numbers, however they are spaced."""

LONGEST_FILE_NUMBER = 10
"""A phone has eleven digits, an identity number eighteen; numbers of files stay below."""


def holds_persons_number(text: str) -> bool:
    """The same for a number of a file, which is long itself: whether a run of digits is as long as a phone or an identity number."""
    told = BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    return any(len(run) > LONGEST_FILE_NUMBER for run in re.findall(r"[0-9]+", told))


def holds_number(text: str) -> bool:
    """Whether a text holds a run of digits as long as somebody's number, in whatever width and with whatever between the digits."""
    told = DAY.sub(" | ", unicodedata.normalize("NFKC", text))
    return bool(LONGEST_RUN.search(BETWEEN.sub("", told)))
