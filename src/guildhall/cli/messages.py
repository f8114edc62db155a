"""`guildhall messages …`: the translations, without a gettext program."""

from __future__ import annotations

import click

from guildhall.cli.terminal import start_django


@click.group()
def messages() -> None:
    """Translations: extract, compile, check."""


@messages.command("compile")
def compile_() -> None:
    """Compile the translations; `make setup` does this."""
    from guildhall.web import messages as room

    room.compile()


@messages.command()
def extract() -> None:
    """Collect new texts from code and templates into the translation file."""
    start_django()
    from guildhall.web import messages as room

    click.echo(room.extract())


@messages.command()
def check() -> None:
    """Fail where a text is missing, unused or not translated."""
    start_django()
    from guildhall.web import messages as room

    problems = room.check()
    for problem in problems:
        click.echo(str(problem))
    if problems:
        raise click.exceptions.Exit(1)
