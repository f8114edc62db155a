"""Accounts and roles: verbs of an administrator, each within the administrator's own places.

`land` is what `registry.queries.scope.jurisdiction` gives for whoever acts; see office.queries.accounts. Nobody changes their own
roles; nobody removes the last administrator of the whole city; some duties never lie in one hand (office.engine.duties). A role that
decides on access, on its control or on money (STRONG) is given by two: one asks, another confirms (operations.second_eyes).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.kernel.tables import Text
from guildhall.office import carriers
from guildhall.office.carriers import Nobody
from guildhall.office.demonstration import PREFIX
from guildhall.office.engine.duties import clash
from guildhall.office.engine.notices import Fact
from guildhall.office.models import STAFF, Account, AuditEvent, Grant, Mandate, Reset, RoleWish
from guildhall.office.operations import invitations, sessions, tokens
from guildhall.office.operations.audit import record
from guildhall.office.operations.delegations import end_delegations
from guildhall.office.operations.notices import notify
from guildhall.office.operations.reasons import no_personal_data
from guildhall.office.operations.second_eyes import check_second, still_administrator
from guildhall.office.queries.accounts import (
    MANAGERS,
    STRONG,
    WISH_HOLDS,
    Land,
    administrators,
    holding,
    managed,
    no_such_account,
    seen,
    to_come_or_holding,
    was_strong,
)
from guildhall.web import words
from guildhall.web.viewer import Viewer

__all__ = [
    "close_account",
    "confirm_role",
    "end_delegations",
    "end_role",
    "give_role",
    "invite_anew",
    "open_account",
    "reopen_account",
    "revoke_role",
    "send_invitation",
    "withdraw_role",
]
NAME_TO_SIGN_IN = re.compile(r"^[a-z][a-z0-9._-]{2,39}$")
NAMED = n_("use 3 to 40 small letters, digits, dots or hyphens, beginning with a letter")


def open_account(
    *,
    username: str,
    name: str,
    email: str = "",
    role: str,
    place: str,
    valid_from: date,
    valid_until: date | None = None,
    land: Land,
    by: Viewer,
    now: datetime,
    demonstration: bool = False,
) -> Account:
    """A new staff account with its first role, or with the wish for one that takes two (STRONG). It has no password:
    `send_invitation` sends a link by which its owner sets one.

    Raises NotFound for a place outside the land, AlreadyDone for a name that is taken, GuildhallError for a name that cannot be used.
    """
    username = username.strip().lower()
    _check_name(username, name, demonstration)
    _check_place(by, land, role, place)
    with transaction.atomic():
        try:
            with transaction.atomic():
                account = Account(username=username, kind="staff", name=name.strip(), email=email.strip(), created_at=now)
                account.set_unusable_password()
                account.save()
        except IntegrityError:
            raise AlreadyDone(_("The name %(name)s is taken") % {"name": username}, next=_("choose another one")) from None
        record(subject=_chain(account), action="office.open_account", by=by, now=now, details={"role": role, "place": place})
        _give_or_ask(account, role, place, valid_from, valid_until, by, now)
    return account


def _check_name(username: str, name: str, demonstration: bool) -> None:
    if not NAME_TO_SIGN_IN.match(username) or username.startswith(PREFIX) != demonstration:
        raise GuildhallError(_("The name to sign in with cannot be used"), why=_("it would not be told apart"), next=_(NAMED))
    if not name.strip():
        raise GuildhallError(_("The account has no name"), next=_("write the name of the person it belongs to"))


def give_role(
    *, account_id: int, role: str, place: str, valid_from: date, valid_until: date | None = None, land: Land, by: Viewer, now: datetime
) -> Grant | RoleWish:
    """One role more for a staff account, in a place of the land; the wish for it where it takes two (STRONG), unless by the command.

    Raises NotFound for an account or a place outside the land, AlreadyDone where the role is held there already, GuildhallError for
    one's own account, a closed one, and duties that must lie in different hands.
    """
    _check_place(by, land, role, place)
    with transaction.atomic():
        account = _locked(account_id, by, land, now)
        if not account.is_active:
            raise GuildhallError(_("The account is closed"), next=_("open it again first"))
        return _give_or_ask(account, role, place, valid_from, valid_until, by, now)


def confirm_role(*, wish_id: int, land: Land, by: Viewer, now: datetime) -> Grant:
    """The role that another administrator asked for, given; in a city with one administrator the command confirms.

    Raises NotFound for a wish or an account outside the land, AlreadyDone for whoever asked and where it was decided, and
    GuildhallError for one's own account, one who may not be the second, a closed account, and duties that must lie in different hands.
    """
    with transaction.atomic():
        wish = _locked_wish(wish_id, by, land, now)
        _check_place(by, land, wish.role, wish.place)
        if now >= wish.asked_at + WISH_HOLDS or not still_administrator(wish.asked_by_id, now):
            raise GuildhallError(_("This wish has run out"), next=_("ask for the role anew; another administrator confirms it"))
        if not wish.account.is_active:
            raise GuildhallError(_("The account is closed"), next=_("open it again first"))
        check_second(asked_by=wish.asked_by_id, by=by, now=now)
        _check_free(wish.account, wish.role, wish.place, wish.valid_from, wish.valid_until)
        asked_by = f"account:{wish.asked_by_id}"
        wish.grant = _give(wish.account, wish.role, wish.place, wish.valid_from, wish.valid_until, by, now, asked_by=asked_by)
        wish.confirmed_by_id, wish.done_at = by.account, now
        wish.save(update_fields=["grant", "confirmed_by", "done_at"])
    return wish.grant


def withdraw_role(*, wish_id: int, land: Land, by: Viewer, now: datetime) -> None:
    """A wish that is over: whoever asked takes it back, or another administrator does not agree. Raises as `confirm_role` does."""
    with transaction.atomic():
        wish = _locked_wish(wish_id, by, land, now)
        _end_wish(wish, by, now)


def _locked_wish(wish_id: int, by: Viewer, land: Land, now: datetime) -> RoleWish:
    """A wish nobody has decided yet, behind the lock of its account. Raises NotFound, AlreadyDone or GuildhallError."""
    _still_administrator(by, now)
    found = RoleWish.objects.filter(pk=wish_id, account__in=seen(by, land)).values_list("account_id", flat=True).first()
    if found is None:
        raise NotFound(_("No such role is waiting"), next=_("see the list of accounts"))
    _locked(found, by, land, now)
    wish = RoleWish.objects.select_for_update(of=("self",)).select_related("account").get(pk=wish_id)
    if wish.done_at:
        raise AlreadyDone(_("This was decided already"), next=_("see what the account may do"))
    return wish


def _end_wish(wish: RoleWish, by: Viewer, now: datetime) -> None:
    wish.done_at = now
    wish.save(update_fields=["done_at"])
    details = {"wish": wish.pk, "role": wish.role, "place": wish.place}
    record(subject=_chain(wish.account), action="office.withdraw_role", by=by, now=now, details=details)


def _give_or_ask(
    account: Account, role: str, place: str, valid_from: date, valid_until: date | None, by: Viewer, now: datetime
) -> Grant | RoleWish:
    _check_free(account, role, place, valid_from, valid_until)
    if role not in STRONG or by.role == "system":
        return _give(account, role, place, valid_from, valid_until, by, now)
    before = RoleWish.objects.select_for_update().filter(account=account, role=role, place=place, done_at=None).first()
    if before:
        if now < before.asked_at + WISH_HOLDS and still_administrator(before.asked_by_id, now):
            raise AlreadyDone(_("This role was asked for already"), next=_("another administrator has to confirm it"))
        _end_wish(before, by, now)
    wish = RoleWish.objects.create(
        account=account, role=role, place=place, valid_from=valid_from, valid_until=valid_until, asked_by_id=by.account or 0, asked_at=now
    )
    details = {"wish": wish.pk, "role": role, "place": place, "from": str(valid_from), "until": str(valid_until or "")}
    record(subject=_chain(account), action="office.ask_role", by=by, now=now, details=details)
    _tell_owner(account, "role_asked", by, now, {"role": words.both("role", role)}, f"wish:{wish.pk}:asked")
    return wish


def _check_free(account: Account, role: str, place: str, valid_from: date, valid_until: date | None) -> None:
    """Raises AlreadyDone or GuildhallError where the account cannot have this role in these days."""
    if valid_until and valid_until <= valid_from:
        raise GuildhallError(_("The role would end before it begins"), next=_("give a later last day, or none"))
    held = list(Grant.objects.filter(to_come_or_holding(valid_from), account=account, role__in=STAFF))
    beside = [one for one in held if valid_until is None or one.valid_from < valid_until]
    if any(one.role == role and one.place == place for one in beside):
        raise AlreadyDone(_("The account has this role already"), next=_("end that one first, or change nothing"))
    if other := clash({one.role for one in beside}, role):
        told = {"one": words.word("role", role), "other": words.word("role", other)}
        raise GuildhallError(
            _("One account cannot be both %(one)s and %(other)s") % told,
            why=_("these duties must lie in different hands"),
            next=_("give the role to somebody else, or end the other role first"),
        )


def _give(
    account: Account, role: str, place: str, valid_from: date, valid_until: date | None, by: Viewer, now: datetime, asked_by: str = ""
) -> Grant:
    """The role, by one who may give it alone, or by the second one where `asked_by` is the first."""
    grant = Grant.objects.create(
        account=account,
        role=role,
        place=place,
        granted_by=asked_by or by.name,
        seconded_by=by.name if asked_by else "",
        given_at=now,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    details = {"grant": grant.pk, "role": role, "place": place, "from": str(valid_from), "until": str(valid_until or "")}
    details |= {"asked_by": asked_by} if asked_by else {}
    action = "office.confirm_role" if asked_by else "office.give_role"
    record(subject=_chain(account), action=action, by=by, now=now, details=details)
    facts: dict[str, Fact] = {"role": words.both("role", role), "start": str(valid_from)}
    notify(key=f"grant:{grant.pk}:given", template="role_given", facts=facts, now=now, account=account.pk)
    return grant


def end_role(*, grant_id: int, until: date, reason: str, land: Land, by: Viewer, now: datetime) -> Grant:
    """A role that ends on a day: the first on which it no longer holds.

    Raises NotFound for a grant outside the land, AlreadyDone where it ends by then anyway, and GuildhallError for a day that is not
    after today (revoke it then), one's own role, and the last administrator of the city.
    """
    today = timezone.localdate(now)
    if until <= today:
        raise GuildhallError(_("That day is not after today"), next=_("revoke the role to end it at once"))
    with transaction.atomic():
        grant = _locked_grant(grant_id, by, land, now)
        if grant.valid_until and grant.valid_until <= until:
            raise AlreadyDone(_("The role ends by then already"))
        if until <= grant.valid_from:
            raise GuildhallError(_("The role would end before it begins"), next=_("revoke it instead"))
        _keep_an_administrator([grant], by, land, now, until)
        grant.valid_until = until
        grant.save(update_fields=["valid_until"])
        record(
            subject=_chain(grant.account), action="office.end_role", by=by, now=now, reason=_reason(reason),
            details={"grant": grant.pk, "role": grant.role, "place": grant.place, "until": str(until)},
        )  # fmt: skip
        _tell_of_the_end(grant, str(until), now)
    return grant


def revoke_role(*, grant_id: int, reason: str, land: Land, by: Viewer, now: datetime) -> Grant:
    """A role that is over at once; whoever is signed in with it loses it with the next page.

    Raises as `end_role` does.
    """
    with transaction.atomic():
        grant = _locked_grant(grant_id, by, land, now)
        _keep_an_administrator([grant], by, land, now)
        _revoke(grant, by, now, _reason(reason))
    return grant


def close_account(*, account_id: int, reason: str, land: Land, by: Viewer, now: datetime) -> Account:
    """An account that nobody signs in with any more: its sessions, keys and mandates end. Its roles stay on record.

    Raises NotFound for an account outside the land, AlreadyDone where it is closed, GuildhallError for one's own account and for that
    of the last administrator of the city.
    """
    with transaction.atomic():
        account = _locked(account_id, by, land, now)
        if not account.is_active:
            raise AlreadyDone(_("The account is closed already"))
        _keep_an_administrator(list(account.grants.filter(holding(timezone.localdate(now)))), by, land, now)
        account.is_active = False
        account.save(update_fields=["is_active"])
        record(subject=_chain(account), action="office.close_account", by=by, now=now, reason=_reason(reason))
        sessions.end_all(account=account, by=by, now=now)
        tokens.revoke_all(account=account, by=by, now=now)
        for wish in RoleWish.objects.select_for_update(of=("self",)).select_related("account").filter(account=account, done_at=None):
            _end_wish(wish, by, now)
        for mandate in Mandate.objects.select_for_update().filter(agent=account, revoked_at=None):
            mandate.revoked_at = now
            mandate.save(update_fields=["revoked_at"])
            record(subject=f"worker:{mandate.worker_id}", action="office.end_mandate", by=by, now=now, details={"mandate": mandate.pk})
    return account


def reopen_account(*, account_id: int, reason: str, land: Land, by: Viewer, now: datetime) -> Account:
    """A closed account open again, without a password: its owner needs an invitation. Raises as `close_account` does."""
    with transaction.atomic():
        account = _locked(account_id, by, land, now)
        if account.is_active:
            raise AlreadyDone(_("The account is open already"))
        account.is_active = True
        account.set_unusable_password()
        account.save(update_fields=["is_active", "password"])
        record(subject=_chain(account), action="office.reopen_account", by=by, now=now, reason=_reason(reason))
    return account


def invite_anew(*, account_id: int, land: Land, by: Viewer, now: datetime) -> str:
    """The token of a new invitation, for the command alone: whoever runs it runs the machine. Password, second factors, sessions and
    keys of before are over, and the owner is told.

    Raises NotFound for others than the system, and for an account that is closed or none of the staff.
    """
    with transaction.atomic():
        account = _locked(account_id, by, land, now)
        if by.role != "system" or account.kind != "staff" or not account.is_active:
            raise no_such_account()
        return _begin_anew(account, by, now)


def send_invitation(*, account_id: int, land: Land, link: Callable[[str], str], by: Viewer, now: datetime) -> bool:
    """Sends the owner of a staff account a link to begin, or to begin anew, and shows it to nobody: an administrator who had it
    could be any officer. `link` makes the address of a token. False where another administrator has to confirm it first: an account
    that was used and decides on access, on its control or on money is reset by two (STRONG).

    Raises NotFound for an account outside the land or none of the staff, AlreadyDone for whoever asked and would confirm as well, and
    GuildhallError for one's own account, one without a work address, and where no mail goes out.
    """
    with transaction.atomic():
        account = _locked(account_id, by, land, now)
        if account.kind != "staff" or not account.is_active:
            raise no_such_account()
        _check_reachable(account)
        if _needs_two(account, now) and not _confirmed(account, by, now):
            return False
        facts: dict[str, Fact] = {"username": account.username, "days": settings.INVITATION_DAYS}
        facts["link"] = link(_begin_anew(account, by, now))
        notify(key=_key(account, "link", now), template="invitation", facts=facts, now=now, account=account.pk, channels=("mail",))
    return True


def _begin_anew(account: Account, by: Viewer, now: datetime) -> str:
    used = _was_used(account)
    account.set_unusable_password()
    account.save(update_fields=["password"])
    try:
        sessions.forget_factors(account=account, by=by, now=now)
    except AlreadyDone:  # none was set up yet
        sessions.end_all(account=account, by=by, now=now)
        tokens.revoke_all(account=account, by=by, now=now)
    if used:
        _tell_owner(account, "reset_done", by, now)
    return invitations.invite(account=account, by=by, now=now)


def _was_used(account: Account) -> bool:
    """Whether its owner ever began: a password may have been taken away since, as by closing the account and opening it again."""
    began = AuditEvent.objects.filter(chain=_chain(account), action="office.set_password")
    return account.last_login is not None or account.has_usable_password() or began.exists()


def _needs_two(account: Account, now: datetime) -> bool:
    return _was_used(account) and was_strong(account.pk, now)


def _confirmed(account: Account, by: Viewer, now: datetime) -> bool:
    """Whether this is the second of two administrators; the first one's wish is written down, and the owner told."""
    row = Reset.objects.select_for_update().filter(account=account, done_at=None).first()
    if row and now < row.asked_at + WISH_HOLDS and still_administrator(row.asked_by_id, now):
        check_second(asked_by=row.asked_by_id, by=by, now=now)
        row.confirmed_by_id, row.done_at = by.account, now
        row.save(update_fields=["confirmed_by", "done_at"])
        details = {"reset": row.pk, "asked_by": row.asked_by_id}
        record(subject=_chain(account), action="office.confirm_reset", by=by, now=now, details=details)
        return True
    made, _new = Reset.objects.update_or_create(account=account, done_at=None, defaults={"asked_by_id": by.account or 0, "asked_at": now})
    record(subject=_chain(account), action="office.ask_reset", by=by, now=now, details={"reset": made.pk})
    _tell_owner(account, "reset_asked", by, now)
    return False


def _check_reachable(account: Account) -> None:
    if not account.email:
        raise GuildhallError(
            _("The account has no work address"),
            why=_("the link goes to its owner alone"),
            next=_("whoever runs the system prints it with `guildhall account link`"),
        )
    if isinstance(carriers.mail(), Nobody):
        raise GuildhallError(_("No mail is sent from here"), next=_("whoever runs the system prints it with `guildhall account link`"))


def _tell_owner(account: Account, template: str, by: Viewer, now: datetime, more: Mapping[str, Fact] | None = None, key: str = "") -> None:
    teller = Account.objects.filter(pk=by.account or 0).values_list("name", flat=True).first()
    who = teller or Text("系统管理命令", "a command of the system")
    facts: dict[str, Fact] = {"who": who, "on": f"{timezone.localtime(now):%Y-%m-%d %H:%M}", **(more or {})}
    channels = ("app", "mail") if account.email else ("app",)
    notify(key=key or _key(account, template, now), template=template, facts=facts, now=now, account=account.pk, channels=channels)


def _key(account: Account, what: str, now: datetime) -> str:
    return f"account:{account.pk}:{what}:{now.timestamp()}"


def _locked(account_id: int, by: Viewer, land: Land, now: datetime) -> Account:
    """The account, locked, that `by` may manage and that is not their own. Raises NotFound or GuildhallError."""
    _still_administrator(by, now)
    account = seen(by, land).select_for_update(of=("self",)).filter(pk=account_id).first()
    if account is None:
        raise no_such_account()
    if account.pk == by.account:
        raise GuildhallError(
            _("Nobody changes their own roles or account"),
            why=_("another administrator has to look at it"),
            next=_("ask another administrator"),
        )
    if not managed(by, land, timezone.localdate(now)).filter(pk=account.pk).exists():
        raise GuildhallError(
            _("This account also serves a place that is not yours"), next=_("ask the administrator of the whole city to change it")
        )
    return account


def _locked_grant(grant_id: int, by: Viewer, land: Land, now: datetime) -> Grant:
    """The grant, behind the lock of its account, while it still holds or is to come. Raises NotFound, AlreadyDone or GuildhallError."""
    found = Grant.objects.filter(pk=grant_id, account__in=seen(by, land)).values_list("account_id", flat=True).first()
    if found is None:
        raise NotFound(_("There is no such role of an account"), next=_("see the list of accounts"))
    _locked(found, by, land, now)
    grant = Grant.objects.select_related("account").get(pk=grant_id)
    if grant.revoked_at or grant.valid_until and grant.valid_until <= timezone.localdate(now):
        raise AlreadyDone(_("The role is over already"))
    return grant


def _still_administrator(by: Viewer, now: datetime) -> None:
    """Takes the lock that administrators' own grants stand behind, and looks whether `by` still holds the role.

    Of two who take the role from each other at once, the second waits here and then finds that it is gone.
    """
    if by.role not in MANAGERS:
        raise no_such_account()
    if by.role == "system":
        return
    own = Grant.objects.select_for_update(of=("self",)).filter(role="administrator", place=by.place).order_by("pk")
    held = [grant.pk for grant in own]
    today = timezone.localdate(now)
    if by.grant not in held or not administrators(by.place, today).filter(pk=by.grant, account_id=by.account or 0).exists():
        raise no_such_account()


def _keep_an_administrator(ending: list[Grant], by: Viewer, land: Land, now: datetime, until: date | None = None) -> None:
    """Raises GuildhallError where the city would be left without an administrator, now or once `ending` ends on a day."""
    cities = {grant.place for grant in ending if grant.role == "administrator"} if land is None else set()
    for place in cities:
        rows = administrators(place, timezone.localdate(now)).select_for_update(of=("self",)).order_by("pk")
        left = [grant for grant in rows if grant.pk not in {one.pk for one in ending}]
        lasting = [grant for grant in left if until is None or grant.valid_until is None or grant.valid_until > until]
        whole = by.place == place or by.role == "system"
        if whole and not lasting:
            raise GuildhallError(
                _("This is the last administrator of the place"),
                why=_("nobody could give access any more"),
                next=_("make somebody else administrator first"),
            )


def _revoke(grant: Grant, by: Viewer, now: datetime, reason: str) -> None:
    grant.revoked_at = now
    grant.save(update_fields=["revoked_at"])
    details: dict[str, Any] = {"grant": grant.pk, "role": grant.role, "place": grant.place}
    record(subject=_chain(grant.account), action="office.revoke_role", by=by, now=now, reason=reason, details=details)
    _tell_of_the_end(grant, str(timezone.localdate(now)), now)


def _tell_of_the_end(grant: Grant, end: str, now: datetime) -> None:
    facts: dict[str, Fact] = {"role": words.both("role", grant.role), "end": end}
    notify(key=f"grant:{grant.pk}:ends:{end}", template="role_ended", facts=facts, now=now, account=grant.account_id)


def _check_place(by: Viewer, land: Land, role: str, place: str) -> None:
    if by.role not in MANAGERS:
        raise no_such_account()
    if role not in STAFF or not place or land is not None and place not in land:
        raise NotFound(_("There is no such role in a place of yours"), next=_("choose a role and a place from the lists"))


def _reason(reason: str) -> str:
    if not reason.strip():
        raise GuildhallError(_("There is no reason given"), next=_("say in a few words why"))
    no_personal_data(reason)
    return reason.strip()


def _chain(account: Account) -> str:
    return f"account:{account.pk}"
