"""Search for people on PostgreSQL, with the rows of a synthetic city loaded as any city is.

`python -m bench.search --people 1000000` loads that many workers into a private PostgreSQL, turns pages for a mix of questions in a
mix of roles, and prints one line of JSON with the 95th percentile of each. `--plans` also writes down how the database answers each
question (docs/method/search-plans.md), and fails where it would read one of the large tables whole.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ALL_PEOPLE = 8_000_000
"""Workers of the whole synthetic city."""
PAGES = 50
TODAY = date(2026, 1, 30)
NOW = datetime(2026, 1, 30, 2, tzinfo=UTC)
PLANS = Path(__file__).resolve().parents[1] / "docs" / "method" / "search-plans.md"
LARGE = ("registry_worker", "registry_identity", "registry_certificate", "registry_certificatenumber", "registry_employmentspell")


@dataclass(frozen=True)
class Case:
    """One kind of question: what it is called, who asks, and what; each of `questions` is asked page by page."""

    name: str
    viewer: Any
    questions: list[Any]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--plans", action="store_true")
    said = options.parse_args()
    from tests.postgres import server

    with tempfile.TemporaryDirectory() as work, server() as url:
        os.environ |= {"DATABASE_URL": url, "GUILDHALL_VAR": str(Path(work) / "var"), "GUILDHALL_MODE": "demonstration"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "guildhall.project.settings"
        loaded = load(said.people, Path(work))
        found = {case.name: measure(case) for case in cases()}
        if said.plans:
            write_plans(said.people)
        every = [ms for times in found.values() for ms in times]
    print(json.dumps({"loaded": loaded, "p95": p95(every), "pages": len(every), "cases": {name: p95(ms) for name, ms in found.items()}}))


def load(people: int, work: Path) -> float:
    """The city in the database, statistics gathered; seconds. Secondary indexes are built when the rows are in."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from guildhall.city import load as load_pack
    from guildhall.overview.load import load_city
    from guildhall.synth import build
    from guildhall.web.viewer import system

    begun = time.perf_counter()
    told(f"making a city of {people:,}")
    folder = build(load_pack("chongqing"), scale=scale_of(people), seed=7, out=work / "city")
    call_command("migrate", verbosity=0)
    told("loading it")
    with without_indexes():
        load_city(folder, mode="demonstration", by=system("command:bench"), now=NOW)
        told("building indexes")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    told(f"loaded in {time.perf_counter() - begun:.0f} s")
    return time.perf_counter() - begun


def scale_of(people: int) -> Any:
    from decimal import Decimal

    return Decimal(people) / ALL_PEOPLE


@contextmanager
def without_indexes() -> Iterator[None]:
    from django.db import connection

    from guildhall.registry import models

    large = [models.Worker, models.Identity, models.Certificate, models.EmploymentSpell, models.InsuranceSpell]
    with connection.schema_editor() as editor:
        for model in large:
            for index in model._meta.indexes:
                editor.remove_index(model, index)
    yield
    with connection.schema_editor() as editor:
        for model in large:
            for index in model._meta.indexes:
                editor.add_index(model, index)


def cases() -> list[Case]:
    """The mix, drawn from the people who were loaded: the same every time."""
    from django.db.models import Count

    from guildhall.registry.models import CertificateNumber, EmploymentSpell, Identity, Place, Worker, vault
    from guildhall.registry.queries.people import Question
    from guildhall.registry.queries.people.rows import opened
    from guildhall.web.viewer import Viewer

    top = Place.objects.get(kind="city").pk
    count = Worker.objects.order_by("-pk").values_list("pk", flat=True)[0]
    people = [opened(row) for row in Identity.objects.filter(pk__in=range(1, count, max(1, count // 60))).order_by("pk")]
    held = CertificateNumber.objects.order_by("pk")[:20]
    certificates = [vault().open("registry.certificate_numbers", "number", row.pk, row.number_sealed) for row in held]
    sized = EmploymentSpell.objects.filter(pk__lt=400_000).values("organisation_id").annotate(n=Count("pk")).order_by("-n")
    firms = [row["organisation_id"] for row in sized[:5]]
    units = sorted(Place.objects.filter(kind__in=("district", "county"), valid_until=None).values_list("pk", flat=True))[::5]
    city = Viewer("account:1", "assessor", 1, 1, place=top)
    district = Viewer("account:2", "claims_officer", 2, 2, place=units[1])
    arrears = Viewer("account:3", "arrears_officer", 3, 3, place=units[2])
    employer = Viewer("account:4", "employer", 4, 4, organisation=firms[0])

    def of(texts: list[str], **filters: Any) -> list[Question]:
        return [Question(text, **filters) for text in texts]

    names, initials = [one.name[:2] for one in people[:12]], ["wx", "lj", "zh", "cy", "lxm", "wjg", "zls", "yxh"]
    return [
        Case("name, the whole city", city, of(names)),
        Case("name, a district officer", district, of(names)),
        Case("whole name, the whole city", city, of([one.name for one in people[:20]])),
        Case("initials, the whole city", city, of(initials)),
        Case("initials, a district officer", district, of(initials)),
        Case("initials, an arrears officer", arrears, of(initials)),
        Case("identity number", city, of([one.number for one in people])),
        Case("identity number, a district officer", district, of([one.number for one in people])),
        Case("phone", city, of([one.phone for one in people if one.phone])),
        Case("certificate number", city, of(certificates)),
        Case("organisation", city, [Question(organisation=firm) for firm in firms]),
        Case("an employer's own people", employer, [Question()]),
        Case("surname in an organisation", city, [Question("王", organisation=firm) for firm in firms]),
        Case("place and level, the whole city", city, [Question(place=unit, level="L3") for unit in units[:3]]),
        Case(
            "place and level, a district officer", district, [Question(place=units[1], level=level) for level in ("L5", "L3", "L1", "LS")]
        ),
        Case("level, a district officer", district, [Question(level=level) for level in ("L3", "L1", "LT")]),
        Case("place and name, a district officer", district, of(names[:4], place=units[1])),
    ]


def measure(case: Case) -> list[float]:
    """Milliseconds of each page of each question, up to the fiftieth page."""
    from guildhall.registry.queries.people import search

    times: list[float] = []
    for question in case.questions:
        after = ""
        search(case.viewer, question, today=TODAY)  # the first time of a kind reads what the process keeps
        for _page in range(PAGES):
            begun = time.perf_counter()
            found = search(case.viewer, question, today=TODAY, after=after)
            times.append((time.perf_counter() - begun) * 1000)
            after = found.next
            if not after:
                break
    told(f"{case.name:44} {len(times):5} pages  p95 {p95(times):6.1f} ms  longest {max(times):6.1f} ms")
    return times


def write_plans(people: int) -> None:
    """Writes the plans down. Raises SystemExit where a large table is read whole; below a million rows that is no fault."""
    text = plans(people)
    whole = sorted(set(re.findall(rf"Seq Scan on ({'|'.join(LARGE)})\b", text)))
    if whole and people >= 1_000_000:
        raise SystemExit(f"read whole: {whole}\n{text}")
    PLANS.write_text(text, encoding="utf-8")


def plans(people: int) -> str:
    """How the database answers the first page of each case, as a page of documentation."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from guildhall.registry.queries.people import search

    parts, seen = [PLANS_HEAD.format(people=people)], set[str]()
    for case in cases():
        with CaptureQueriesContext(connection) as asked:
            search(case.viewer, case.questions[0], today=TODAY)
        parts.append(f"\n## {case.name[0].upper()}{case.name[1:]}\n")
        for query in asked:
            shape = re.sub(r"IN \([^()]*\)|-?\b\d+\b|'[^']*'", "?", query["sql"])
            if query["sql"].startswith("SELECT") and shape not in seen and re.search(rf'"({"|".join(LARGE)})"', shape):
                seen.add(shape)
                parts.append(_plan(connection, query["sql"]))
    return "\n".join(parts) + "\n"


def _plan(connection: Any, sql: str) -> str:
    from guildhall.registry.queries.people.short import short_reads

    with short_reads(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF, BUFFERS OFF, SUMMARY ON) {sql}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    short = re.sub(r"(IN \()([^()]{120})[^()]*\)", r"\1\2 …)", sql)
    short = re.sub(r'"registry_(\w+)"\."(\w+)"', r"\1.\2", short)
    plan = re.sub(r"('\{)([^{}]{80})[^{}]*(\}')", r"\1\2 …\3", plan)
    return f"```sql\n{_cut(short)}\n```\n```\n{plan}\n```\n"


def _cut(sql: str) -> str:
    """A long statement with its list of columns left out."""
    return re.sub(r"^SELECT .{300,}? FROM ", "SELECT … FROM ", sql)[:1200]


PLANS_HEAD = """# How PostgreSQL answers the search for people

Written by `python -m bench.search --people {people} --plans` over {people:,} workers. Each block is a statement of the first page and what
`EXPLAIN (ANALYZE)` says of it; statements on small tables, and such as differ in their values only, are left out. From a million
workers on the command fails where a large table is read whole.
"""


def p95(times: list[float]) -> float:
    return round(sorted(times)[int(len(times) * 0.95)], 1)


def told(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    main()
