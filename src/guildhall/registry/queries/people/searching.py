"""The search for people: one box that recognises what was typed, filters, and pages that go on where the last one ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.registry import queries, tables
from guildhall.registry.engine.asking import Asked, keys_of, recognise
from guildhall.registry.engine.identity import normalise_phone
from guildhall.registry.models import Worker
from guildhall.registry.queries import COUNT_CAP, LARGEST_PAGE, scope
from guildhall.registry.queries.merged import leaders
from guildhall.registry.queries.people import tokens
from guildhall.registry.queries.people.criteria import Certified, Criterion, Employed, Known, Living, Named, Numbered, of_number
from guildhall.registry.queries.people.fields import UNCONFIRMED, known_to, shown_to
from guildhall.registry.queries.people.rows import Row, rows_of
from guildhall.registry.queries.people.short import short_reads
from guildhall.registry.queries.people.walk import COUNT_BUDGET, PAGE_BUDGET, Sieve, Walk
from guildhall.web.viewer import Viewer

SMALL = 2_000
"""People among whom a surname alone is sought: their names are opened one by one."""
WEIGHED = 20_000
"""Up to here criteria are counted, to let the narrowest lead."""


@dataclass(frozen=True)
class Question:
    """What is asked: what was typed, and the filters. `organisation` and `place` are keys."""

    text: str = ""
    organisation: int | None = None
    place: str = ""
    level: str = ""
    standing: str = ""

    @property
    def asked(self) -> Asked:
        return recognise(self.text)

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.organisation or self.place or self.level or self.standing)


@dataclass(frozen=True)
class Found:
    """One page of people, or the reason why nobody was sought (`hint`, one of HINTS).

    `count` is exact unless `more`: then there are at least so many, and counting stopped.
    """

    asked: Asked
    rows: tuple[Row, ...] = ()
    next: str = ""
    count: int = 0
    more: bool = False
    hint: str = ""


HINTS = ("nothing", "short", "surname_where", "surname_many", "broad")


@short_reads()
def search(viewer: Viewer, question: Question, *, today: date, after: str = "", size: int = 50) -> Found:
    """People the viewer may see who meet everything asked. Raises NotFound for a filter that is unknown or not the viewer's, and for
    a cursor that this viewer was not given for this question.
    """
    question, asked = _own(viewer, question), question.asked
    _check(viewer, question)
    criteria, hint = _criteria(viewer, question, asked, today)
    if hint:
        return Found(asked, hint=hint)
    asking = [asdict(question), str(today)]
    lead, position, count, more = tokens.opened("cursor", viewer, after, asking) if after else (_lead(criteria), None, None, False)
    sieve = Sieve(
        viewer,
        today,
        tuple(one for at, one in enumerate(criteria) if at != lead and not isinstance(one, Certified)),
        question.level,
        question.standing,
        _typed(asked),
        "former_names" in shown_to(viewer),
    )
    walk = Walk(position=position)
    size = max(1, min(size, LARGEST_PAGE))
    walk.go_on(criteria[lead], sieve, wanted=size + 1, budget=PAGE_BUDGET)
    shown, edge = walk.found[:size], walk.found[size - 1][1] if len(walk.found) > size else walk.position
    goes_on = len(walk.found) > size or not walk.ended
    if count is None:
        count, more = _count(walk, criteria[lead], sieve)
    next_ = tokens.sealed("cursor", viewer, [lead, edge, count, more], asking) if goes_on else ""
    return Found(asked, rows_of(viewer, [key for key, _at in shown], today), next_, count, more)


@short_reads()
def people_in(viewer: Viewer, place: str, today: date) -> tuple[int, bool]:
    """How many people live in a place that lies in the viewer's jurisdiction whole, and whether there are more than that; 0 elsewhere."""
    places = scope.places_within(viewer, place, today)
    if not scope.reach(viewer, today).covers(places):
        return 0, False
    count = Worker.objects.filter(residence_id__in=places, alias=None)[: COUNT_CAP + 1].count()
    return min(count, COUNT_CAP), count > COUNT_CAP


@short_reads()
def employed_at(viewer: Viewer, organisation: int, today: date) -> tuple[int, bool]:
    """How many of the people who work for an organisation today the viewer may see, and whether there are more than that."""
    return _count(Walk(), Employed(organisation, today), Sieve(viewer, today))


def _own(viewer: Viewer, question: Question) -> Question:
    """An employer asks about its own people only; whose else it might employ is not told."""
    if viewer.role != "employer":
        return question
    if question.organisation not in (None, viewer.organisation):
        raise _no_filter()
    return Question(question.text, viewer.organisation, question.place, question.level, question.standing)


def _check(viewer: Viewer, question: Question) -> None:
    """Raises NotFound for a filter on a part of the record that the viewer's role is not shown, or on a word nobody declared."""
    shown = shown_to(viewer)
    asks = {"residence": question.place, "level": question.level, "standing": question.standing}
    if "name" not in shown or any(value and part not in shown for part, value in asks.items()):
        raise _no_filter()
    if question.level not in ("", *tables.LEVELS) or question.standing not in ("", *tables.STANDINGS):
        raise _no_filter()
    if question.organisation:
        queries.organisation(viewer, question.organisation)


def _no_filter() -> NotFound:
    return NotFound(_("There is no such list of people"), next=_("choose from the filters of the page"))


def _criteria(viewer: Viewer, question: Question, asked: Asked, today: date) -> tuple[list[Criterion], str]:
    """What can lead the search or sift it, always in this order; or why nobody is sought."""
    found: list[Criterion] = []
    if asked.is_number:
        found.append(_of_number(viewer, question, asked, today))
    elif asked.kind in ("name", "initials", "mixed"):
        found.append(Named(keys_of(asked)[0], "former_names" in shown_to(viewer)))
    elif asked.kind == "short":
        return [], "short"
    if question.organisation:
        found.append(Employed(question.organisation, today))
    if question.place:
        found.append(Living(scope.places_within(viewer, question.place, today)))
    if asked.kind == "surname" and (hint := _too_wide(found)):
        return [], hint
    if question.level in tables.CERTIFIED:
        found.append(Certified(question.level, today))
    if question.level and viewer.role == "employer":
        found.append(Known(viewer.organisation or 0, today))
    if not found:
        return [], "nothing" if question.is_empty else "broad"
    return found, ""


def _of_number(viewer: Viewer, question: Question, asked: Asked, today: date) -> Numbered:
    """Whom a number leads to; an employer those it knows by its own word alone by nothing but what it said of them."""
    kinds = [kind for kind in ("number", "documents", "phone", "certificates", "claims") if kind in shown_to(viewer)]
    phone = normalise_phone(question.text)
    if viewer.role != "employer":
        return of_number(asked.value, phone, kinds)
    said = of_number(asked.value, phone, [kind for kind in kinds if kind in UNCONFIRMED]).found
    led = leaders(of_number(asked.value, phone, [kind for kind in kinds if kind not in UNCONFIRMED]).found)
    known = known_to(viewer, sorted({*led.values()}), today)
    return Numbered(tuple(sorted({*said, *(record for record, leader in led.items() if leader in known)})))


def _too_wide(criteria: list[Criterion]) -> str:
    """Why a surname alone is not sought among these."""
    if not criteria:
        return "surname_where"
    return "" if min(one.size(SMALL + 1) for one in criteria) <= SMALL else "surname_many"


def _lead(criteria: list[Criterion]) -> int:
    """Which criterion leads: a number, else the one that fewest records meet, else the first."""
    if len(criteria) == 1 or isinstance(criteria[0], Numbered):
        return 0
    sizes = [one.size(WEIGHED) for one in criteria]
    return sizes.index(min(sizes))


def _typed(asked: Asked) -> str:
    """What opened names are compared with: where the search columns alone do not decide."""
    if asked.kind == "surname" or asked.kind in ("name", "initials", "mixed") and keys_of(asked)[1]:
        return asked.value
    return ""


def _count(walk: Walk, lead: Criterion, sieve: Sieve) -> tuple[int, bool]:
    """How many people there are in all, and whether counting stopped before the end; where everybody passes, the index alone tells."""
    if not walk.ended and sieve.is_open(lead) and lead.size(COUNT_CAP + 1) > COUNT_CAP:
        return COUNT_CAP, True
    walk.go_on(lead, sieve, wanted=COUNT_CAP + 1, budget=COUNT_BUDGET)
    return min(len(walk.found), COUNT_CAP), not walk.ended or len(walk.found) > COUNT_CAP
