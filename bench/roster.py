"""A messy roster into SQLite, sealed and audited; beside django-import-export, and beside a bare bulk_create of the same rows.

`python -m bench.roster make ROWS FILE [PACK]` writes the roster (and FILE.plain.xlsx, as the peer likes it: no banner, plain columns);
`python -m bench.roster ours|peer|bare FILE` prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.measuring import peak_mb

FAULTY = 0.03
PLACES = {"tiny": ("西区", "港区西港街道", "港区"), "chongqing": ("渝北区统景镇", "江北区", "九龙坡区")}
TODAY, NOW = date(2026, 11, 20), datetime(2026, 11, 20, 2, tzinfo=UTC)
PLAIN = (
    "number",
    "name",
    "sex",
    "phone",
    "education",
    "place",
    "occupation",
    "level",
    "certificate",
    "issued_on",
    "started_on",
    "contract",
)


def make(rows: int, file: Path, pack: str = "tiny") -> None:
    """The roster with about three wrong rows in a hundred; and the same people as plain text under one line of header."""
    import xlsxwriter

    from guildhall.synth import rosters

    words: dict[str, Any] = {"places": PLACES[pack], "occupations": _occupations(pack)}
    people = rosters.others(rows, seed=7, **words)
    file.write_bytes(rosters.made_roster(people, rows=rows, faults=int(rows * FAULTY), seed=7, **words).content)
    with xlsxwriter.Workbook(str(file) + ".plain.xlsx", {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, PLAIN)
        for at, one in enumerate(people, 1):
            cells = (one.identity_number, one.name, one.sex, one.phone, one.education, one.place, one.occupation, one.level,
                     one.certificate_number, one.issued_on, one.started_on, one.contract)  # fmt: skip
            for column, cell in enumerate(cells):
                if cell is not None:
                    sheet.write_string(at, column, str(cell))


def _occupations(pack: str) -> tuple[str, ...]:
    from guildhall.city import load

    return tuple(row.name.zh for row in load(pack).occupations if row.rank == "leaf" and row.name)[:5]


def _registry(var: Path) -> None:
    """Django on a new database under `var`, with the tiny city in it."""
    os.environ |= {"GUILDHALL_VAR": str(var), "GUILDHALL_CITY": "tiny", "DJANGO_SETTINGS_MODULE": "guildhall.project.settings"}
    os.environ |= {"GUILDHALL_MODE": "demonstration"}
    os.environ.pop("DATABASE_URL", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from guildhall.city import load
    from guildhall.overview.load import load_city
    from guildhall.synth import build
    from guildhall.web.viewer import system

    city = build(load("tiny"), scale=Decimal(1), seed=7, out=var / "city")
    load_city(city, mode="demonstration", by=system("command:bench"), now=NOW)


def _import(file: Path) -> tuple[Any, float]:
    """The batch as it ended, and the memory in use while the file was opened: by this process and the one that opened it."""
    from guildhall.registry.models import Organisation
    from guildhall.registry.operations import imports
    from guildhall.skills.queries import known_occupations
    from guildhall.web.viewer import system

    by, owner = system("command:bench"), Organisation.objects.filter(kind="enterprise").order_by("pk").first()
    assert owner is not None
    staged = imports.stage_roster(path=file, organisation=owner.pk, as_of=TODAY, occupations=known_occupations, by=by, now=NOW)
    opening = peak_mb() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return imports.apply(batch=staged, by=by, now=NOW), opening


def ours(file: Path, var: Path) -> dict[str, Any]:
    """As the command does it: opened, read, checked, staged, decided, sealed, indexed, written in chunks, told of in the audit chain."""
    from guildhall.cli.rosters import seldom_collected

    _apart(lambda: _registry(var))  # so that building the city counts neither as time nor as memory
    _django(var)
    begun, before = time.perf_counter(), _busy()
    with seldom_collected():
        done, opening = _import(file)
    seconds, busy = time.perf_counter() - begun, _busy() - before
    counts = {name: getattr(done, name) for name in ("rows", "accepted", "changed", "unchanged", "rejected")}
    return {"seconds": seconds, "peak_mb": max(peak_mb(), opening), "busy": busy, **counts}


def _busy() -> float:
    """Seconds of processor time, those of ended children included."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _apart(work: Callable[[], None]) -> None:
    """Does something in a process of its own and waits for it."""
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise SystemExit("the registry could not be prepared")


def _django(var: Path) -> None:
    os.environ |= {"GUILDHALL_VAR": str(var), "GUILDHALL_CITY": "tiny", "DJANGO_SETTINGS_MODULE": "guildhall.project.settings"}
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()


def peer(file: Path, var: Path) -> dict[str, Any]:
    """django-import-export into one plain table with a unique number: nothing sealed, nothing checked, no history, no audit."""
    _django(var)
    from django.db import connection, models
    from import_export import resources
    from import_export.formats.base_formats import XLSX

    class PlainWorker(models.Model):
        number = models.CharField(max_length=18, unique=True)
        name = models.CharField(max_length=100)
        sex = models.CharField(max_length=10)
        phone = models.CharField(max_length=20)
        education = models.CharField(max_length=20)
        place = models.CharField(max_length=100)
        occupation = models.CharField(max_length=100)
        level = models.CharField(max_length=10, blank=True)
        certificate = models.CharField(max_length=30, blank=True)
        issued_on = models.DateField(null=True)
        started_on = models.DateField(null=True)
        contract = models.CharField(max_length=20)

        class Meta:
            app_label = "registry"

    class PlainResource(resources.ModelResource):  # type: ignore[misc]  # it has no types
        class Meta:
            model = PlainWorker
            import_id_fields = ("number",)
            fields = PLAIN
            use_bulk = True
            batch_size = 1000
            skip_diff = True

    with connection.schema_editor() as editor:
        editor.create_model(PlainWorker)
    begun, before = time.perf_counter(), _busy()
    found = PlainResource().import_data(XLSX().create_dataset(Path(f"{file}.plain.xlsx").read_bytes()), raise_errors=True)
    return {"seconds": time.perf_counter() - begun, "peak_mb": peak_mb(), "busy": _busy() - before, "rows": found.totals["new"]}


def bare(file: Path, var: Path) -> dict[str, Any]:
    """The limit: the rows that our import leaves behind, sealed already, through bulk_create into the same tables of a new database."""
    _registry(var)
    _import(file)
    from django.db import transaction

    from guildhall.registry import models

    kinds: tuple[Any, ...] = (models.Worker, models.Identity, models.EmploymentSpell, models.ClaimedCertificate)
    first = models.Worker.objects.filter(batch_id__isnull=False).order_by("pk").values_list("pk", flat=True)[0]
    held = {kind: list(kind.objects.filter(**{"pk__gte" if kind is models.Worker else "worker_id__gte": first})) for kind in kinds}
    with transaction.atomic():
        for kind in reversed(kinds):
            kind.objects.filter(pk__in=[]).delete()
            kind.objects.filter(**{"pk__gte" if kind is models.Worker else "worker_id__gte": first})._raw_delete("default")
    begun, before = time.perf_counter(), _busy()
    for kind in kinds:
        kind.objects.bulk_create(held[kind], batch_size=1000)
    seconds, busy = time.perf_counter() - begun, _busy() - before
    return {"seconds": seconds, "peak_mb": peak_mb(), "busy": busy, "rows": sum(len(rows) for rows in held.values())}


WAYS = {"ours": ours, "peer": peer, "bare": bare}


def main() -> None:
    if sys.argv[1] == "make":
        make(int(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
        return
    with tempfile.TemporaryDirectory() as var:
        print(json.dumps(WAYS[sys.argv[1]](Path(sys.argv[2]), Path(var))))


if __name__ == "__main__":
    main()
