"""Words for the codes of a record, in both languages, as every page of a record is given them."""

from __future__ import annotations

from guildhall.registry.engine import wordbook
from guildhall.registry.engine.wordbook import Words

BOOK: dict[str, Words] = {
    name.lower(): getattr(wordbook, name)
    for name in ("SEX", "EDUCATION", "MIGRANT", "STANDING", "CONTRACT", "SCHEME", "DOCUMENT", "REPORT", "IMPORT", "CERTIFICATE_KIND")
}
"""By the name of the list: a template that says where a row comes from looks words up in it."""
