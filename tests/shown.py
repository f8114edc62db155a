"""A small city that pages can show: forty people in the places of the tiny pack, computed by the real engines.

Counts are chosen by hand: 40 skilled, 16 of them highly skilled (3 special-grade, 1 chief), 20 at work in the east park.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from guildhall import city as packs
from guildhall.city.model import City
from guildhall.incentives.tables import SOURCES
from guildhall.kernel.runs import Folder, FolderWriter, write_folder
from guildhall.kernel.tables import Table
from guildhall.registry import tables as registry
from guildhall.skills import tables as skills
from guildhall.web import messages

if TYPE_CHECKING:
    from django.test import Client

messages.compile()  # before any page is asked for: Django reads the translations once
AS_OF = date(2026, 1, 30)
SKILLED, HIGH, SPECIAL, CHIEF, IN_EAST_PARK = 40, 16, 3, 1, 20
HOMES = ("tiny-east-hill", "tiny-east-rest", "tiny-west-quay", "tiny-west-rest", "tiny-south")
Rows = dict[str, list[dict[str, Any]]]


def rows(city: City) -> Rows:
    """Every table of the small city, as lists of rows."""
    return {**_places(city), **_organisations(city), **_people(), "skills.occupations": _occupations(city)}


def _places(city: City) -> Rows:
    def place(p: Any) -> dict[str, Any]:
        names = ("place_id", "kind", "valid_from", "valid_until", "source", "status")
        return {name: getattr(p, name) for name in names} | {
            "code": p.code or None,
            "name_zh": p.name.zh,
            "name_en": p.name.en,
            "latitude": None if p.latitude is None else float(p.latitude),
            "longitude": None if p.longitude is None else float(p.longitude),
        }

    return {
        "registry.places": [place(p) for p in city.places],
        "registry.place_parents": [{c.name: getattr(e, c.name) for c in registry.PLACE_PARENTS.columns} for e in city.parents],
        "registry.place_successors": [{c.name: getattr(s, c.name) for c in registry.PLACE_SUCCESSORS.columns} for s in city.successors],
    }


def _organisations(city: City) -> Rows:
    def one(n: int, kind: str, code: str, zh: str, en: str | None, place: str, cluster: str | None = None) -> dict[str, Any]:
        return {
            "organisation_id": n, "code": code, "kind": kind, "name_zh": zh, "name_en": en, "cluster": cluster,
            "sector": "manufacturing" if kind == "enterprise" else None, "size": "small" if kind == "enterprise" else None,
            "above_scale": kind == "enterprise", "place": place, "source": "made-up", "status": "generated",
        }  # fmt: skip

    cluster = city.clusters[0].cluster
    made = [one(n, "enterprise", f"works-{n}", f"第{n:02d}厂", None, f"tiny-park-{1 + n % 2}", cluster) for n in range(1, 61)]
    made += [one(100 + n, "park", park.place_id, park.name.zh, park.name.en, park.place_id) for n, park in enumerate(city.parks)]
    made += [one(200 + n, "academy", a.code, a.name.zh, a.name.en, a.place_id or "tiny") for n, a in enumerate(city.academies)]
    made.append(one(300, "assessment_body", "body", "评价中心", "Assessment centre", "tiny-west"))
    return {"registry.organisations": made}


def _people() -> Rows:
    people = range(1, SKILLED + 1)
    return {
        "registry.workers": [_worker(n) for n in people],
        "registry.identity": [],
        "registry.certificates": [_certificate(n) for n in people],
        "registry.certificate_numbers": [],
        "registry.employment_spells": [_job(n) for n in people],
        "registry.insurance_spells": [],
        "registry.reported_facts": [],
        "registry.feeds": [],
        "registry.aliases": [],
    }


def _worker(n: int) -> dict[str, Any]:
    return {
        "worker_id": n, "birth_month": date(1980, 1, 1), "sex": "female", "education": "senior", "migrant": "none", "standing": "worker",
        "residence": HOMES[n % 5], "weight": 1 if n <= CHIEF + SPECIAL else 100,
    }  # fmt: skip


def _certificate(n: int) -> dict[str, Any]:
    level = "LS" if n <= CHIEF else "LT" if n <= CHIEF + SPECIAL else "L3" if n <= HIGH else "L5"
    top = level in ("LT", "LS")
    return {
        "certificate_id": n, "worker_id": n, "kind": "appointment" if top else "skill_level", "level": level, "occupation": "2-02-38",
        "issuer_id": 300, "source": "public_body", "issued_on": date(2018 if n % 2 else 2024, 6, 1), "valid_until": None,
    }  # fmt: skip


def _job(n: int) -> dict[str, Any]:
    return {
        "spell_id": n, "worker_id": n, "organisation_id": 2 if n <= IN_EAST_PARK else 1, "occupation": None, "contract": "regular",
        "started_on": date(2019, 1, 1), "ended_on": None,
    }  # fmt: skip


def _occupations(city: City) -> list[dict[str, Any]]:
    return [
        {
            "code": o.code, "edition": o.edition, "rank": o.rank, "parent": o.parent or None, "name_zh": o.name.zh, "name_en": o.name.en,
            "definition": None, "digital": o.digital, "green": o.green, "source": o.source,
        }
        for o in city.occupations
    ]  # fmt: skip


def write(path: Path, city: City, *, kind: str) -> Folder:
    """The small city as a folder on disk; a snapshot leaves out what is private."""
    found = rows(city)
    tables: tuple[Table, ...] = (*registry.TABLES, *skills.SOURCES, *SOURCES)

    def fill(writer: FolderWriter) -> None:
        for declared in tables:
            if kind == "city" or not declared.private:
                columns = {c.name: [row[c.name] for row in found.get(declared.name, [])] for c in declared.columns}
                writer.add(declared, declared.build(columns))

    meta = {
        "synthetic": True, "city": city.id, "pack_version": city.digest, "scale": "0.01", "seed": 7,
        "calibrated": ["skilled.count", "ladder.chief"],
    }  # fmt: skip
    return write_folder(path, id=path.name, kind=kind, version="0.1.0", as_of=str(AS_OF), meta=meta, fill=fill)


@pytest.fixture(scope="session")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A var/ with a snapshot of the small city and its figures, shared by every test that only reads."""
    from guildhall.kernel.runs import write_text
    from guildhall.overview.operations import CURRENT, compute_figures, shown

    var, city = tmp_path_factory.mktemp("shown"), packs.load("tiny")
    snapshot = write(var / "snapshots" / "small", city, kind="snapshot")
    figures = compute_figures(snapshot=snapshot, city=city, results=var / "results")
    write_text(var / CURRENT, shown(snapshot=snapshot, figures=figures))
    return var


@pytest.fixture
def shown(computed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings point at the small city."""
    from django.conf import settings

    monkeypatch.setattr(settings, "VAR", computed)
    return computed


@pytest.fixture
def records(shown: Path, db: None, tmp_path: Path) -> None:
    """The same city in the database too."""
    from guildhall.overview.load import load_city
    from guildhall.web.viewer import system
    from tests.planted import once

    def load() -> None:
        folder, now = write(tmp_path / "city", packs.load("tiny"), kind="city"), datetime(2026, 1, 30, tzinfo=UTC)
        load_city(folder, mode="demonstration", by=system("test"), now=now)

    once("small city", load)


@pytest.fixture
def browser(shown: Path) -> Client:
    """A reader's browser, without scripts."""
    from django.test import Client

    return Client()
