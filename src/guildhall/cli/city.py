"""`guildhall city …`: check a pack, start a new one, make a synthetic city."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from guildhall.cli.terminal import counted, step


class Scale(click.ParamType[Decimal, object]):
    """A share of the city: 0.01, 1/100 of its people, or 1 for all of them."""

    name = "scale"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            scale = Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value!r} is not a number such as 0.01", param, ctx)
        if not scale.is_finite() or not 0 < scale <= 1:
            self.fail(f"{value} is not above 0 and at most 1", param, ctx)
        return scale


@click.group()
def city() -> None:
    """City packs: check, start a new one, make synthetic people."""


@city.command()
@click.argument("pack")
def check(pack: str) -> None:
    """Report every fault of PACK (a built-in name or a folder) with file, row and column."""
    from guildhall.city import check as faults_of

    faults = faults_of(pack)
    for fault in faults:
        click.echo(str(fault))
    click.echo(f"{counted(len(faults), 'fault')} found" if faults else f"{pack}: no faults", err=True)
    if faults:
        raise click.exceptions.Exit(1)


@city.command()
@click.argument("name")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The folder to write it into, as a folder NAME; the current one by default.",
)
def new(name: str, folder: Path) -> None:
    """Write a commented skeleton of a city pack called NAME."""
    from guildhall.city import new as write

    path = write(name, folder)
    click.echo(f"Wrote {path}. Next: fill in the files, then `guildhall city check {path}`.")


@city.command()
@click.option("--pack", default="chongqing", show_default=True, help="A built-in pack or a folder.")
@click.option("--scale", type=Scale(), default="0.01", show_default=True, help="Share of the city's people, above 0 and at most 1.")
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed gives the same bytes.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write; it must not exist or be a city made before.")
def synth(pack: str, scale: Decimal, seed: int, out: Path) -> None:
    """Make a synthetic city: the registry's tables as Parquet, fitted to the pack's published marginals."""
    from guildhall.city import load
    from guildhall.synth import build

    found = load(pack)
    with step("synthetic city") as report:
        folder = build(found, scale=scale, seed=seed, out=out, progress=report)
    for name, entry in sorted(folder.manifest.tables.items()):
        click.echo(f"{name:<32}{entry.rows:>12,} rows{entry.bytes / 1e6:>10.1f} MB")
