"""Files to try the demonstration with: the roster of its employer, with eleven wrong rows and once more without."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from guildhall.cli.terminal import skipped, step, var
from guildhall.kernel.runs import Folder

WRONG = 11
"""Rows that cannot be taken, each wrong in its own way."""
NEWCOMERS = 25
"""People of the roster whom the registry does not know yet."""


def demonstration_samples(folder: Folder) -> Path | None:
    """Writes `var/samples/roster-<code>.xlsx` and `…-corrected.xlsx` for the employer of the demonstration; None where there is none."""
    from django.utils import timezone

    from guildhall.kernel.errors import NotFound
    from guildhall.registry.models import Organisation
    from guildhall.registry.queries.cast import cast

    try:
        employer = Organisation.objects.get(pk=cast(timezone.localdate()).employer)
    except NotFound:
        skipped("sample files")
        return None
    path = var() / "samples" / f"roster-{employer.code}.xlsx"
    if path.is_file() and path.stat().st_mtime > (folder.path / "manifest.json").stat().st_mtime:
        skipped("sample files")
        return path
    with step("sample files"):
        write_samples(folder, employer.pk, path)
    click.echo(f"  A roster to import, with {WRONG} wrong rows: {path}", err=True)
    return path


def write_samples(folder: Folder, organisation_id: int, path: Path) -> None:
    """The roster of an organisation of a synthetic city at `path`, and beside it the same one corrected."""
    from guildhall.skills.tables import OCCUPATIONS
    from guildhall.synth.rosters import messy_roster, staff

    people = staff(folder, organisation_id, on=date.fromisoformat(folder.manifest.as_of))
    known = [row for row in folder.read(OCCUPATIONS).to_pylist() if row["rank"] == "leaf"]
    occupations = sorted(row["name_zh"] for row in known if row["code"].startswith("6")) or [row["code"] for row in known]
    live = sorted({person.place for person in people}) or [""]
    path.parent.mkdir(parents=True, exist_ok=True)
    for file, faults in ((path, WRONG), (path.with_name(f"{path.stem}-corrected.xlsx"), 0)):
        file.write_bytes(
            messy_roster(people[:200], rows=min(len(people), 200) + NEWCOMERS, faults=faults, places=live, occupations=occupations)
        )


FRESH, STALE = 20, 70
"""Days before today of which the files of graduates and insurance, and that of registered unemployment, speak."""
LOADED = ("graduates", "insurance", "unemployment")
BROKEN = "hardship"


def demonstration_feeds(folder: Folder) -> None:
    """Writes a file of each feed to `var/samples`, and brings some in so that feeds stand differently: graduates and insurance
    fresh, registered unemployment too old, hardship broken, certificates not yet sent: figures rest on what the city began with.
    Nothing where any has come in.
    """
    from datetime import timedelta

    from django.utils import timezone

    from guildhall.registry.models import Feed
    from guildhall.skills.tables import OCCUPATIONS
    from guildhall.synth.feeds import MADE, feed_files

    if Feed.objects.exists():
        skipped("files of other authorities")
        return
    today, samples = timezone.localdate(), var() / "samples"
    with step("files of other authorities"):
        days = {kind: today - timedelta(STALE if kind == "unemployment" else FRESH) for kind in MADE}
        known = [row for row in folder.read(OCCUPATIONS).to_pylist() if row["rank"] == "leaf" and row["code"].startswith("6")]
        samples.mkdir(parents=True, exist_ok=True)
        more = {"graduates": _graduations(folder, today)}
        for kind, content in feed_files(folder, [row["code"] for row in known[:200]], days).items():
            (samples / f"feed-{kind}.csv").write_bytes(content + more.get(kind, b""))
        _bring_feeds(samples)


def _graduations(folder: Folder, today: date) -> bytes:
    """Rows of graduates of 2025: people whom small employers of the demonstration's districts hired that year."""
    from guildhall.cli.claiming import young_graduates
    from guildhall.kernel.errors import NotFound
    from guildhall.registry.queries.cast import cast
    from guildhall.synth.feeds import graduations

    try:
        hires = young_graduates(cast(today), today)
    except NotFound:
        return b""
    return graduations(folder, [hire.worker for hire in hires], date(2025, 6, 30))


def _bring_feeds(samples: Path) -> None:
    from django.utils import timezone

    from guildhall.kernel.errors import GuildhallError
    from guildhall.registry.operations import feeds
    from guildhall.skills.queries import known_occupations
    from guildhall.web.viewer import system

    by, now = system("command:demo"), timezone.now()
    for kind in (*LOADED, BROKEN):
        content = (samples / f"feed-{kind}.csv").read_bytes()
        if kind == BROKEN:  # as if the sender had changed its columns
            content = content.replace("身份证号,困难类型".encode(), "档案号,人员类型".encode())
        name = f"feed-{kind}.csv"
        try:
            batch = feeds.bring(content=content, name=name, kind=kind, as_of=None, occupations=known_occupations, by=by, now=now)
            feeds.apply(batch=batch, by=by, now=now)
        except GuildhallError as error:
            if kind != BROKEN:
                raise click.ClickException(f"{kind}: {error}") from error
