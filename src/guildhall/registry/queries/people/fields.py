"""Which parts of a person's record each role is shown: one table, for the list, the page and the API alike.

`all` shows the part whole; `own` shows what the viewer's own organisation reported, employs or pays for; `graduations` shows of
what other authorities report nothing but graduations. A part that is not named is not read from the database for that role.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from guildhall.registry.queries.people.walk import families
from guildhall.registry.queries.vouched import known_among
from guildhall.web.viewer import Viewer

ALL, OWN, GRADUATIONS = "all", "own", "graduations"
PARTS = (
    "name",
    "former_names",
    "number",
    "phone",
    "documents",
    "birth",
    "sex",
    "education",
    "migrant",
    "standing",
    "residence",
    "level",
    "certificates",
    "claims",
    "employment",
    "insurance",
    "reported",
    "superseded",
    "records",
    "reveal",
)
"""The parts of a record. Numbers and phones are masked; `reveal` is leave to see one whole, for a reason. `records` are those
merged into one person; `superseded` what columns of visible parts said before."""

_OFFICER = dict.fromkeys(PARTS, ALL)
SHOWN: Mapping[str, Mapping[str, str]] = {
    "claims_officer": _OFFICER,
    "assessor": {**_OFFICER, "reported": GRADUATIONS},
    "arrears_officer": {
        part: ALL for part in PARTS if part not in ("education", "migrant", "standing", "level", "certificates", "claims", "reported")
    },
    "employer": {
        **dict.fromkeys(("name", "number", "phone", "birth", "sex", "level", "certificates"), ALL),
        **dict.fromkeys(("claims", "employment", "insurance"), OWN),
    },
    "system": _OFFICER,
}
"""What each role is shown of the people it is led to; who those are is for `queries.scope`."""
UNCONFIRMED: Mapping[str, str] = {"name": ALL, "number": ALL, "employment": OWN}
"""What an employer is shown of somebody who works for it by its own word alone: what its roster said, and nothing else."""
ROLES = tuple(role for role in SHOWN if role != "system")
"""Roles that search for people and open their pages. A worker's own record has pages of its own."""
PART_OF_COLUMN: Mapping[tuple[str, str], str] = {
    ("registry.identity", "name"): "former_names",
    ("registry.identity", "identity_number"): "number",
    ("registry.identity", "phone"): "phone",
    ("registry.workers", "birth_month"): "birth",
    ("registry.workers", "sex"): "sex",
    ("registry.workers", "education"): "education",
    ("registry.workers", "migrant"): "migrant",
    ("registry.workers", "standing"): "standing",
    ("registry.workers", "residence_id"): "residence",
}
PART_OF_TABLE: Mapping[str, str] = {
    "registry.identity_documents": "documents",
    "registry.certificates": "certificates",
    "registry.certificate_numbers": "certificates",
    "registry.claimed_certificates": "claims",
    "registry.employment_spells": "employment",
    "registry.insurance_spells": "insurance",
    "registry.reported_facts": "reported",
}
"""Which part a value of the past belongs to: it is shown to those who are shown what it became."""


def shown_to(viewer: Viewer) -> Mapping[str, str]:
    """The parts of a record that a viewer is shown; none while acting for somebody, who has pages of their own."""
    return {} if viewer.mandate else SHOWN.get(viewer.role, {})


def shown_of(viewer: Viewer, leaders: Sequence[int], today: date) -> dict[int, Mapping[str, str]]:
    """The parts of each of these people's records that a viewer is shown, by the record that leads."""
    shown = shown_to(viewer)
    known = known_to(viewer, leaders, today)
    return {key: shown if key in known else UNCONFIRMED for key in leaders}


def known_to(viewer: Viewer, leaders: Sequence[int], today: date) -> set[int]:
    """Those of some people, by the record that leads, who are the viewer's on more than the viewer's own word; all for officers."""
    if viewer.role != "employer":
        return {*leaders}
    of = families(leaders)
    known = known_among(viewer.organisation or 0, [record for records in of.values() for record in records], today)
    return {leader for leader, records in of.items() if not known.isdisjoint(records)}
