"""Reads for pages and the API: the classification of occupations, public to every viewer."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from guildhall.kernel.errors import NotFound
from guildhall.office.viewers import Viewer
from guildhall.registry.queries import Page, page, starts_with, storable
from guildhall.skills.models import Occupation


def occupations(
    viewer: Viewer, *, parent: str | None = None, rank: str = "", search: str = "", after: str = "", size: int = 50
) -> Page[Occupation]:
    """Occupations and groups in the order of their codes.

    `parent` narrows to what stands directly under a group ("" for the major classes); `search` to codes or names that
    begin with it, or names that hold it.
    """
    rows = Occupation.objects.all()
    if parent is not None:
        rows = rows.filter(parent_id=storable(parent) or None)
    if rank:
        rows = rows.filter(rank=storable(rank))
    if search := storable(search).strip():
        rows = rows.filter(starts_with("code", search) | Q(name_zh__contains=search) | Q(name_en__icontains=search))
    return page(rows, ("code",), after, size)


def occupation(viewer: Viewer, code: str) -> Occupation:
    """One occupation or group. Raises NotFound."""
    found = Occupation.objects.filter(pk=storable(code)).first()
    if found is None:
        raise NotFound(f"No occupation {code}", next="see the list of occupations")
    return found


def above(viewer: Viewer, code: str) -> Sequence[Occupation]:
    """The groups above an occupation, from its major class down. Raises NotFound."""
    groups: list[Occupation] = []
    row = occupation(viewer, code)
    while row.parent is not None:
        row = row.parent
        groups.insert(0, row)
    return groups


def names(viewer: Viewer, codes: Sequence[str]) -> dict[str, Occupation]:
    """Occupations by code, for lists that show them; codes that are unknown are absent."""
    return Occupation.objects.in_bulk(list(codes))
