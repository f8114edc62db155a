"""What people write in their own words: whether a number of somebody stands in it.

Whatever is no letter may stand between the digits of a number. What is a number of nobody is known by its form (a day, an amount, the
number of a document, a key of ours with its prefix) and taken out first; since a number could be written so that a part of it looks
like a day, the text is also judged with them in it.
"""

from __future__ import annotations

import re
import unicodedata

DAY = r"(?:19|20)[0-9]{2}(?:[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?|年[0-9]{1,2}月[0-9]{1,2}日)(?![0-9])"
"""A day, with or without the time."""
OF_DOCUMENT = r"[〔\[(【](?:19|20)[0-9]{2}[〕\])】] ?第?[0-9]{1,4} ?号"
"""What stands behind the issuer's sign on a document of an authority, such as 〔2023〕57号."""
AMOUNT = r"(?<![0-9,.])(?:[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,6})(?:\.[0-9]{1,2})?(?= ?(?:元|万元|yuan|CNY|RMB))"
"""Money with its unit, up to 999,999,999.99."""
KEY = r"(?<![A-Za-z0-9_.])(?:account|batch|claim|correction|grant|organisation|pair|parameter|payments|worker):[0-9]{1,10}(?![0-9])"
"""A key of ours behind the word for what it is of, one digit shorter than a phone."""
OF_NOBODY = re.compile(f"{DAY}|{OF_DOCUMENT}|{AMOUNT}|{KEY}")
BETWEEN = re.compile(r"(?<=[0-9])[\W_]+(?=[0-9Xx])")
LONGEST_RUN = re.compile(r"[0-9]{6,}[0-9Xx]")
"""Seven digits and more, the last of which may be an X: phones, identity and certificate numbers, however they are spaced."""
RUN = re.compile(r"[0-9](?:[\W_]*[0-9Xx])*")
OF_SOMEBODY = re.compile(r"1[3-9][0-9]{9}|[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]")
"""Eleven digits as a mobile phone has them, or eighteen as an identity number, with the day of birth in the middle."""
FEWEST_BESIDE = 3
"""Digits of a phone that stay beside a day written into it: eleven without the eight of the day."""

LONGEST_FILE_NUMBER = 10
"""A phone has eleven digits, an identity number eighteen; numbers of files stay below."""


def holds_persons_number(text: str) -> bool:
    """The same for a number of a file, which is long itself: whether a run of digits is as long as a phone or an identity number."""
    told = _plain(text)
    joined = BETWEEN.sub("", OF_NOBODY.sub(" a ", told))
    return any(len(run) > LONGEST_FILE_NUMBER for run in re.findall(r"[0-9]+", joined)) or _is_hidden(told)


def holds_number(text: str) -> bool:
    """Whether a text holds a run of digits as long as somebody's number, in whatever width and with whatever but letters between."""
    told = _plain(text)
    return bool(LONGEST_RUN.search(BETWEEN.sub("", OF_NOBODY.sub(" a ", told)))) or _is_hidden(told)


def _plain(text: str) -> str:
    """The text with every digit, of whatever width or script, as 0 to 9."""
    told = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in told)


def _is_hidden(told: str) -> bool:
    """Whether digits on both sides of a day, and the day, make a number of somebody: `139 2015-01-01 0000`."""
    for run in RUN.findall(told):
        beside = len(re.sub(r"[^0-9]", "", OF_NOBODY.sub("", run)))
        if beside >= FEWEST_BESIDE and OF_SOMEBODY.search(re.sub(r"[\W_]", "", run)):
            return True
    return False
