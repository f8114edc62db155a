"""Files to try the demonstration with: the roster of its employer, with eleven wrong rows and once more without."""

from __future__ import annotations

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
    from datetime import date

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
