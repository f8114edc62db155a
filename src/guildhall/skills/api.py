"""The classification of occupations as JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_noop as n_
from ninja import Field, Router, Schema
from ninja.params.functions import Query

from guildhall.skills import queries
from guildhall.skills.models import Occupation as Row
from guildhall.web.answers import After, Key, Listed, Search, Size, Words, answers
from guildhall.web.viewer import viewer_of

router = Router(tags=["skills"])

Rank = Literal["major", "middle", "minor", "leaf"]
AnyRank = Annotated[Literal["", Rank], Query(description=n_("rank in the tree"))]
Parent = Annotated[str, Query(max_length=80, pattern=r"^[A-Za-z0-9._-]*$", description=n_("only what stands directly under this group"))]


class Occupation(Schema):
    """An occupation, or a group of the classification."""

    code: str = Field(description=n_("code of the occupation"))
    edition: str = Field(description=n_("edition of the classification"))
    rank: Rank = Field(description=n_("rank in the tree"))
    parent: str | None = Field(description=n_("code of the group above"))
    name: Words = Field(description=n_("its name"))
    definition: str | None = Field(description=n_("its definition"))
    digital: bool | None = Field(description=n_("marked as a digital occupation; null where the source does not say"))
    green: bool | None = Field(description=n_("marked as a green occupation; null where the source does not say"))
    source: str = Field(description=n_("key of the document that states it"))


@router.get("/occupations", response=answers(Listed[Occupation]), summary=n_("Occupations and groups, narrowed by parent, rank and search"))
def occupations(
    request: HttpRequest,
    parent: Parent = "",
    rank: AnyRank = "",
    search: Search = "",
    after: After = "",
    size: Size = 50,
) -> dict[str, Any]:
    found = queries.occupations(viewer_of(request), parent=parent or None, rank=rank, search=search, after=after, size=size)
    return {"items": [_occupation(row) for row in found.rows], "next": found.next}


@router.get("/occupations/{code}", response=answers(Occupation), summary=n_("One occupation or group"))
def occupation(request: HttpRequest, code: Key) -> dict[str, Any]:
    return _occupation(queries.occupation(viewer_of(request), code))


def _occupation(row: Row) -> dict[str, Any]:
    names = ("code", "edition", "rank", "definition", "digital", "green", "source")
    return {name: getattr(row, name) for name in names} | {
        "parent": row.parent_id,
        "name": {"zh": row.name_zh or "", "en": row.name_en or ""},
    }
