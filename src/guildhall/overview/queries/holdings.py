"""All that the city holds about one person: what every domain says of them, gathered; and the same as files to take along."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from guildhall.incentives.queries import holdings as incentives
from guildhall.kernel.errors import NotFound
from guildhall.kernel.holdings import Heading, Held
from guildhall.kernel.tables import Text
from guildhall.office.engine.actions import called
from guildhall.office.models import Grant
from guildhall.office.queries import holdings as office
from guildhall.registry.engine.purposes import TITLES
from guildhall.registry.queries import holdings as registry
from guildhall.registry.queries import scope
from guildhall.registry.queries.authorities import behind, organisation_names
from guildhall.registry.queries.merged import one_person
from guildhall.skills.queries import names_of
from guildhall.web import words
from guildhall.web.viewer import Viewer

Words = Mapping[str, Text]


def records_of(viewer: Viewer, today: date, *, in_person: bool = False) -> tuple[int, ...]:
    """The keys of all records of the person that the viewer is, or acts for; `in_person` asks for the person themselves.

    Raises NotFound for anybody else: an officer who sees a person does not see all that is held about them.
    """
    own = viewer.worker is not None and (viewer.role == "worker" or viewer.mandate is not None)
    if not own or (in_person and viewer.mandate) or not scope.people(viewer, today).filter(pk__in=one_person(viewer.worker or 0)).exists():
        raise NotFound(_("There is no such page"), why=_("it is one for a person about themselves"), next=_("go back to your desk"))
    return one_person(viewer.worker or 0)


def all_about(viewer: Viewer, today: date, *, in_full: bool = False) -> list[Held]:
    """Everything every domain holds about the person, registry first; numbers masked unless asked for in full.

    In full it is for the person alone. Raises NotFound.
    """
    records = records_of(viewer, today, in_person=in_full)
    found = [
        *registry.held_about(records[0], in_full=in_full),
        *incentives.held_about(records[0], in_full=in_full),
        *office.held_about(records, in_full=in_full),
    ]
    return _resolved(found, own_accounts(records))


def own_accounts(records: Iterable[int]) -> frozenset[int]:
    """The accounts with which a person reads their own record, or once did."""
    return frozenset(Grant.objects.filter(worker_id__in=records, role="worker").values_list("account_id", flat=True))


def _resolved(tables: list[Held], own: frozenset[int]) -> list[Held]:
    """The tables with the words that only a domain above knows: occupations, roles, purposes, and who stands behind an actor."""
    wanted: dict[str, set[object]] = {}
    for table in tables:
        for at, heading in enumerate(table.columns):
            if heading.resolve:
                wanted.setdefault(heading.resolve, set()).update(row[at] for row in table.rows if row[at] is not None)
    found = {name: RESOLVERS[name](codes, own) for name, codes in wanted.items() if name in RESOLVERS}
    return [replace(table, columns=tuple(_worded(heading, found) for heading in table.columns)) for table in tables]


def _worded(heading: Heading, found: Mapping[str, Words]) -> Heading:
    return replace(heading, words=found[heading.resolve]) if heading.resolve in found else heading


def _actors(codes: Iterable[object], own: frozenset[int]) -> Words:
    return behind([str(code) for code in codes], own=own)


def _occupations(codes: Iterable[object], own: frozenset[int]) -> Words:
    return names_of([str(code) for code in codes])


def _roles(codes: Iterable[object], own: frozenset[int]) -> Words:
    return {str(code): words.both("role", code) for code in codes}


def _actions(codes: Iterable[object], own: frozenset[int]) -> Words:
    return {str(code): called(str(code)) for code in codes}


def _organisations(codes: Iterable[object], own: frozenset[int]) -> Words:
    return {str(key): name for key, name in organisation_names([int(str(code)) for code in codes]).items()}


def _purposes(codes: Iterable[object], own: frozenset[int]) -> Words:
    return TITLES


def _subjects(codes: Iterable[object], own: frozenset[int]) -> Words:
    """Whose record or account: all of them are the person's own."""
    return {str(code): SUBJECTS[kind] for code in codes if (kind := str(code).partition(":")[0]) in SUBJECTS}


def _whom(codes: Iterable[object], own: frozenset[int]) -> Words:
    """On whose behalf something was done: of a person, as only a person is acted for."""
    return {str(code): PERSON for code in codes if str(code).startswith("worker:")}


PERSON = Text("本人", "the person")
SUBJECTS = {"worker": Text("您的记录", "your record"), "account": Text("您的账号", "your account")}
RESOLVERS: Mapping[str, Callable[[Iterable[object], frozenset[int]], Words]] = {
    "actor": _actors,
    "occupation": _occupations,
    "role": _roles,
    "action": _actions,
    "organisation": _organisations,
    "purpose": _purposes,
    "subject": _subjects,
    "whom": _whom,
}
"""What a heading may ask a domain above for."""
