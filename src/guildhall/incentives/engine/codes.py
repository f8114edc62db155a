"""What the words of closed lists mean that rules of incentives read, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from guildhall.city.wording import WORDS as PACK_WORDS
from guildhall.incentives.engine.taxes import DUE
from guildhall.incentives.engine.words import BUSINESS, WORDS
from guildhall.kernel.tables import Text
from guildhall.registry.engine import wordbook
from guildhall.registry.engine.book import BOOK

CODES: Mapping[str, Mapping[str, Text]] = {
    **BOOK,
    **WORDS,
    "kind": {**wordbook.CERTIFICATE_KIND, **BUSINESS},
    "source": wordbook.CERTIFICATE_SOURCE,
    "taxes": {tax: PACK_WORDS[tax] for tax in DUE},
}
"""What the words of inputs mean, by the input."""
