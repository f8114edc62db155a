"""People: the search, lists of an organisation's people, and one person's record, each as far as the viewer may see."""

from __future__ import annotations

from guildhall.registry.queries.merged import one_person as records_of
from guildhall.registry.queries.people.fields import PARTS, ROLES, SHOWN, shown_to
from guildhall.registry.queries.people.rows import Row, age_on, rows_of
from guildhall.registry.queries.people.searching import HINTS, SMALL, Found, Question, employed_at, people_in, search

__all__ = [
    "HINTS",
    "PARTS",
    "ROLES",
    "SHOWN",
    "SMALL",
    "Found",
    "Question",
    "Row",
    "age_on",
    "employed_at",
    "people_in",
    "records_of",
    "rows_of",
    "search",
    "shown_to",
]
