"""Reads for pages and the API: the classification of occupations, public to every viewer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from guildhall.kernel.tables import Text
from guildhall.registry.queries import Page, one, page, starts_with, storable
from guildhall.registry.queries.imports import Occupations
from guildhall.skills.engine.earlier import EARLIER_CODES
from guildhall.skills.models import Occupation
from guildhall.web.viewer import PUBLIC, Viewer


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
    return one(Occupation.objects.all(), code, _("There is no occupation “%(id)s”"), _("see the list of occupations"))


@dataclass(frozen=True)
class Loaded:
    """How much of the classification is on record."""

    occupations: int
    groups: int


def loaded(viewer: Viewer) -> Loaded:
    """The occupations on record, and the groups above them."""
    ranks = dict(Occupation.objects.order_by().values_list("rank").annotate(Count("code")))
    leaves = ranks.pop("leaf", 0)
    return Loaded(leaves, sum(ranks.values()))


def above(viewer: Viewer, code: str) -> Sequence[Occupation]:
    """The groups above an occupation, from its major class down. Raises NotFound."""
    groups: list[Occupation] = []
    row = occupation(viewer, code)
    while row.parent is not None:
        row = row.parent
        groups.insert(0, row)
    return groups


def known_occupations(viewer: Viewer = PUBLIC) -> Occupations:
    """How files may name an occupation: the name of each code, and the codes that an earlier code or a name in English may stand for."""
    names: dict[str, str] = {}
    english: dict[str, tuple[str, ...]] = {}
    for code, name, name_en in Occupation.objects.filter(rank="leaf").order_by("code").values_list("code", "name_zh", "name_en"):
        names[code] = name or code
        if name_en:
            english[name_en.casefold()] = (*english.get(name_en.casefold(), ()), code)
    earlier = {code: (now,) for code, now in EARLIER_CODES.items() if now in names and code not in names}
    return Occupations(names, english | earlier)


def names_of(codes: Collection[str]) -> dict[str, Text]:
    """The names of occupations by their codes, in both languages; a code nobody knows is left out."""
    rows = Occupation.objects.filter(code__in=codes).values_list("code", "name_zh", "name_en")
    return {code: Text(name or code, english or name or code) for code, name, english in rows}
