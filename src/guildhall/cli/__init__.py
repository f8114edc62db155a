"""The command line: `guildhall …`. Each command translates its words into one call of a domain and prints what came back."""

from __future__ import annotations

import os
import sys

import click

from guildhall import __version__
from guildhall.cli.accounts import account
from guildhall.cli.audit import audit
from guildhall.cli.candidates import candidates
from guildhall.cli.city import city
from guildhall.cli.demo import demo, serve
from guildhall.cli.feeds import feed
from guildhall.cli.figures import figures, run
from guildhall.cli.keeping import deadlines, duplicates
from guildhall.cli.messages import messages
from guildhall.cli.policy import diff_rules, run_rules
from guildhall.cli.records import import_, load, migrate, snapshot
from guildhall.cli.retention import retention
from guildhall.cli.rosters import roster
from guildhall.cli.rulebook import check, docs, listed, show
from guildhall.cli.rulecases import explain, replay
from guildhall.cli.rules import rules
from guildhall.cli.work import work
from guildhall.kernel.errors import GuildhallError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="guildhall")
def guildhall() -> None:
    """Guildhall (匠城): runs a development-oriented city for industrial workers."""


for command in (
    city,
    demo,
    serve,
    migrate,
    load,
    import_,
    snapshot,
    run,
    figures,
    messages,
    account,
    audit,
    work,
    duplicates,
    deadlines,
    candidates,
    retention,
    rules,
):
    guildhall.add_command(command)
for command in (listed, show, check, explain, docs, replay, run_rules, diff_rules):
    rules.add_command(command)
import_.add_command(roster)
import_.add_command(feed)


def main(arguments: list[str] | None = None) -> None:
    """Runs a command; an error that a user can mend is printed in words and exits 1, a bug keeps its traceback."""
    try:
        code = guildhall.main(arguments, standalone_mode=False)  # outside its own mode Click returns the code of `Exit`
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # whoever read the output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        _fail(GuildhallError(what, why="the system refused", next="check the path, its permissions and the space left"))
    except GuildhallError as error:
        _fail(error)
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _fail(error: GuildhallError) -> None:
    click.echo(f"{click.style('Error', fg='red', bold=True)}: {error}", err=True)
    sys.exit(1)
