"""`guildhall account`: the first administrator of a city, and whoever has locked themselves out. Pages do the rest."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from guildhall.cli.records import migrate_database
from guildhall.cli.terminal import start_django
from guildhall.kernel.errors import NotFound

if TYPE_CHECKING:
    from guildhall.office.models import Account
    from guildhall.web.viewer import Viewer

ROLES = ("assessor", "arrears_officer", "claims_officer", "planner", "administrator", "auditor", "broker")
role = click.option("--role", type=click.Choice(ROLES), required=True, help="What the account may do.")
place = click.option("--place", required=True, help="Key of the place in which: the city, a district, a township.")
last = click.option("--last", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the role; without an end by default.")
site = click.option("--site", default="", help="Address of the site for the link; by default the first of GUILDHALL_HOSTS.")


@click.group()
def account() -> None:
    """Accounts of the staff: the first administrator, and whoever has locked themselves out."""
    start_django()
    migrate_database()


@account.command("open")
@click.argument("username")
@click.option("--name", required=True, help="Name of the person.")
@click.option("--email", default="", help="Work address.")
@role
@place
@last
@site
def open_(username: str, name: str, email: str, role: str, place: str, last: datetime | None, site: str) -> None:
    """Open an account with its first role, and print the link with which its owner begins."""
    from guildhall.office.operations.accounts import open_account

    by, now = _by(), datetime.now(UTC)
    first, until = _days(now, last)
    _check_place(place, first)
    made = open_account(
        username=username,
        name=name,
        email=email,
        role=role,
        place=place,
        valid_from=first,
        valid_until=until,
        land=None,
        by=by,
        now=now,
    )
    click.echo(_link(made, site, now))


@account.command()
@click.argument("username")
@site
def link(username: str, site: str) -> None:
    """Print a new link to begin: password and second factors of before are forgotten."""
    click.echo(_link(_named(username), site, datetime.now(UTC)))


@account.command()
@click.argument("username")
@role
@place
@last
def give(username: str, role: str, place: str, last: datetime | None) -> None:
    """Give an account one role more."""
    from guildhall.office.operations.accounts import give_role

    now = datetime.now(UTC)
    first, until = _days(now, last)
    _check_place(place, first)
    key = _named(username).pk
    give_role(account_id=key, role=role, place=place, valid_from=first, valid_until=until, land=None, by=_by(), now=now)
    click.echo(f"{username} is {role.replace('_', ' ')} in {place} from {first}" + (f" until {last:%Y-%m-%d}" if last else ""))


@account.command()
@click.argument("username")
def confirm(username: str) -> None:
    """Confirm the roles an administrator asked for, where there is no second administrator who could."""
    from django.utils import timezone

    from guildhall.office.operations.accounts import confirm_role
    from guildhall.office.queries.accounts import roles_asked

    now, key = timezone.now(), _named(username).pk
    asked = roles_asked(_by(), None, now, key)
    if not asked:
        raise NotFound(f"No role of {username} is waiting", next="an administrator asks for it on the page of the account")
    for wish in asked:
        confirm_role(wish_id=wish.pk, land=None, by=_by(), now=now)
        click.echo(
            f"{username} is {wish.role.replace('_', ' ')} in {wish.place} from {wish.valid_from}, asked for by {wish.asked_by.username}"
        )


@account.command()
@click.argument("username")
@click.option("--reason", required=True, help="Why; it stands in the audit chain.")
def close(username: str, reason: str) -> None:
    """Close an account: nobody signs in with it any more."""
    from guildhall.office.operations.accounts import close_account

    close_account(account_id=_named(username).pk, reason=reason, land=None, by=_by(), now=datetime.now(UTC))
    click.echo(f"{username} is closed")


@account.command("list")
@click.option("--json", "as_json", is_flag=True, help="A list of objects instead of lines.")
def list_(as_json: bool) -> None:
    """List the accounts of the staff with the roles that hold today."""
    found = _listed()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        held = ", ".join(f"{grant['role']} in {grant['place']}" for grant in one["roles"]) or "no role today"
        click.echo(f"{one['username']:<24} {one['name']:<16} {'' if one['open'] else 'closed, '}{held}")


def _listed() -> list[dict[str, Any]]:
    from django.utils import timezone

    from guildhall.office.queries.accounts import accounts

    found, after = [], 0
    while True:
        page = accounts(_by(), None, today=timezone.localdate(), after=after, size=200)
        found += [row for row in page.rows if row.account.kind == "staff"]
        if not (after := page.next):
            break
    return [
        {
            "username": row.account.username,
            "name": row.account.name,
            "open": row.account.is_active,
            "roles": [{"role": grant.role, "place": grant.place} for grant in row.grants],
        }
        for row in found
    ]


def _by() -> Viewer:
    from guildhall.web.viewer import system

    return system("command:account")


def _days(now: datetime, last: datetime | None) -> tuple[date, date | None]:
    """The first day a role holds, and the first on which it no longer does."""
    from django.utils import timezone

    from guildhall.web.forms import day_after

    return timezone.localdate(now), day_after(last.date() if last else None)


def _named(username: str) -> Account:
    from guildhall.office.models import Account

    found = Account.objects.filter(username=username, kind="staff").first()
    if found is None:
        raise NotFound(f"There is no staff account “{username}”", next="see `guildhall account list`")
    return found


def _check_place(key: str, today: date) -> None:
    from guildhall.kernel.territory import holds
    from guildhall.registry import queries
    from guildhall.web.viewer import PUBLIC

    found = queries.place(PUBLIC, key)
    if not holds(found.valid_from, found.valid_until, today):
        raise NotFound(f"{key} does not exist on {today}", next="name the place that took over, as its page shows")


def _link(made: Account, site: str, now: datetime) -> str:
    """The address with which the owner of an account begins."""
    from django.conf import settings
    from django.urls import reverse
    from django.utils import translation

    from guildhall.office.operations.accounts import invite_anew

    token = invite_anew(account_id=made.pk, land=None, by=_by(), now=now)
    plain = "http://localhost:8000" if settings.DEMONSTRATION else f"https://{settings.ALLOWED_HOSTS[0]}"
    with translation.override(made.language):
        return (site.rstrip("/") or plain) + reverse("invitation", kwargs={"token": token})
