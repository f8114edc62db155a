"""Who acts for an employer or a college: the legal representative, and those to whom the representative gives part of it.

A representative gives tasks (queries.delegations.SCOPES) to the account of a colleague, until a day at most a year ahead; a delegate
gives nothing on.
Whoever leaves the organisation loses what was given with the spell of employment (Civil Code, articles 165 and 173: a written
authorisation with scope and term; it ends with the term, or when the principal takes it back). Each keeps the record of the person it
was given to (Grant.rests_on), so that it ends with the job or the claim of that record, whatever the account holds by then.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.engine.notices import Fact
from guildhall.office.models import Account, Grant
from guildhall.office.operations.audit import record
from guildhall.office.operations.notices import notify
from guildhall.office.operations.reasons import no_personal_data
from guildhall.office.queries.accounts import to_come_or_holding
from guildhall.office.queries.delegations import SCOPES, is_representative
from guildhall.web import words
from guildhall.web.viewer import Viewer

LONGEST = timedelta(days=366)
FOR_ORGANISATIONS = ("employer", "college")


def begin_representation(
    *, account_id: int, organisation_id: int, role: str, rests_on: int | None = None, by: Viewer, now: datetime
) -> Grant:
    """The grant with which the legal representative's account acts for an organisation. Whoever calls this has matched the identity,
    and names the record that was the second fact, if it was one.

    Raises AlreadyDone where the organisation has a representative who claimed it, and GuildhallError for a closed or staff account.
    """
    with transaction.atomic():
        account = _account_of_the_public(account_id)
        try:
            with transaction.atomic():
                grant = Grant.objects.create(
                    account=account,
                    role=role,
                    organisation_id=organisation_id,
                    is_representative=True,
                    rests_on=rests_on,
                    granted_by=by.name,
                    given_at=now,
                    valid_from=timezone.localdate(now),
                )
        except IntegrityError:
            raise AlreadyDone(
                _("Somebody represents this organisation already"),
                next=_("if that is no longer right, bring the licence to the district's counter"),
            ) from None
        _note(grant, "office.begin_representation", by, now)
        facts: dict[str, Fact] = {"role": words.both("role", role), "start": str(grant.valid_from)}
        notify(key=f"grant:{grant.pk}:given", template="role_given", facts=facts, now=now, account=account.pk)
    return grant


def end_representation(*, organisation_id: int, reason: str, by: Viewer, now: datetime) -> int:
    """Ends the access of the representative an organisation had; what that person gave to others stands, as it was given in the
    name of the organisation, and the next representative can take it back. Gives the number of grants ended: 0 or 1.
    """
    with transaction.atomic():
        rows = Grant.objects.select_for_update().filter(organisation_id=organisation_id, is_representative=True, revoked_at=None)
        return sum(_revoke(grant, reason, by, now) for grant in rows.order_by("pk"))


def rest_on(*, grant: Grant, record: int | None) -> None:
    """What a representation rests on, where another second fact was found: a record, or a phone that was shown (None)."""
    if grant.rests_on != record:
        grant.rests_on = record
        grant.save(update_fields=["rests_on"])


def delegate(*, account_id: int, worker_id: int | None = None, scopes: Collection[str], until: date, by: Viewer, now: datetime) -> Grant:
    """Tasks of the representative's organisation given to a colleague's account, until the first day they no longer hold. `worker_id`
    is the record by which the colleague was found; without it, the one that the account claimed first.

    Raises NotFound for anyone but the representative, AlreadyDone where the account acts for the organisation already, and
    GuildhallError for no task, an unknown one, a day that is past or too far off, a record taken back, and one's own account.
    """
    today = timezone.localdate(now)
    _check_terms(until, today)
    with transaction.atomic():
        own = _representing(by, now)
        _check_tasks(scopes, own.role)
        account = _account_of_the_public(account_id)
        worker = _record_held(account, worker_id)
        if account.pk == own.account_id:
            raise GuildhallError(_("You act for the organisation already"), next=_("choose a colleague"))
        held = Grant.objects.filter(to_come_or_holding(today), account=account, organisation_id=own.organisation_id)
        if held.exists():
            raise AlreadyDone(_("This person acts for the organisation already"), next=_("take that back first, then give it anew"))
        grant = Grant.objects.create(
            account=account,
            role=own.role,
            organisation_id=own.organisation_id,
            scopes=" ".join(scope for scope in SCOPES[own.role] if scope in scopes),
            rests_on=worker,
            granted_by=by.name,
            given_at=now,
            valid_from=today,
            valid_until=until,
        )
        _note(grant, "office.delegate", by, now)
        facts: dict[str, Fact] = {"role": words.both("role", grant.role), "start": str(today)}
        notify(key=f"grant:{grant.pk}:given", template="role_given", facts=facts, now=now, account=account.pk)
    return grant


def revoke_delegation(*, grant_id: int, reason: str, by: Viewer, now: datetime) -> Grant:
    """A delegation that is over at once. Raises NotFound for one of another organisation, AlreadyDone for one that is over, and
    GuildhallError for a reason with a number of somebody.
    """
    no_personal_data(reason)
    with transaction.atomic():
        own = _representing(by, now)
        rows = Grant.objects.select_for_update().filter(organisation_id=own.organisation_id, is_representative=False)
        grant = rows.filter(pk=grant_id).first()
        if grant is None:
            raise NotFound(_("There is no such delegation"), next=_("see the list of delegations"))
        if grant.revoked_at or grant.valid_until and grant.valid_until <= timezone.localdate(now):
            raise AlreadyDone(_("The delegation is over already"))
        _revoke(grant, reason.strip() or "taken back", by, now)
    return grant


def end_delegations(*, organisation_id: int, worker_ids: Collection[int], on: date, by: Viewer, now: datetime) -> int:
    """Ends what people who leave an organisation could do for it, from the day they no longer work there; how many delegations ended.

    Call it in the transaction that ends their spells of employment, with every record of the people. Whoever left by today loses
    access with the next page they ask for; a delegation that outlasts a later day ends on it. A legal representative is one by the
    licence and not by employment, and is left alone.
    """
    today = timezone.localdate(now)
    given = Grant.objects.filter(to_come_or_holding(today), organisation_id=organisation_id, is_representative=False)
    if not worker_ids or not given.exists():
        return 0
    with transaction.atomic():
        ending = given.filter(Q(valid_until=None) | Q(valid_until__gt=on), rests_on__in=worker_ids)
        return sum(_ends(grant, on, today, by, now) for grant in ending.select_for_update().order_by("pk"))


def end_with_record(*, records: Collection[int], accounts: Collection[int], stays: int | None, by: Viewer, now: datetime) -> int:
    """Ends what rests on records that are taken back: tasks given to these accounts or on these records, and representations of which
    a record was the second fact; how many grants ended. The account that `stays` with the person keeps what it has.

    Call it in the transaction that takes the records back.
    """
    tasks = Q(is_representative=False) & (Q(account__in=accounts) | Q(rests_on__in=records))
    rows = Grant.objects.filter(to_come_or_holding(timezone.localdate(now)), role__in=FOR_ORGANISATIONS).exclude(account=stays)
    ending = rows.filter(tasks | Q(is_representative=True, rests_on__in=records)).select_for_update().order_by("pk")
    return sum(_revoke(grant, "the record was taken back", by, now) for grant in ending)


def _ends(grant: Grant, on: date, today: date, by: Viewer, now: datetime) -> int:
    if on <= today or on <= grant.valid_from:
        return _revoke(grant, "left the organisation", by, now)
    grant.valid_until = on
    grant.save(update_fields=["valid_until"])
    _note(grant, "office.end_delegation", by, now, "leaves the organisation")
    return 1


def _revoke(grant: Grant, reason: str, by: Viewer, now: datetime) -> int:
    grant.revoked_at = now
    grant.save(update_fields=["revoked_at"])
    _note(grant, "office.revoke_delegation", by, now, reason)
    facts: dict[str, Fact] = {"role": words.both("role", grant.role), "end": str(timezone.localdate(now))}
    notify(key=f"grant:{grant.pk}:ended", template="role_ended", facts=facts, now=now, account=grant.account_id)
    return 1


def _representing(by: Viewer, now: datetime) -> Grant:
    """The grant by which `by` represents an organisation, locked. Raises NotFound."""
    rows = Grant.objects.select_for_update().filter(
        to_come_or_holding(timezone.localdate(now)), pk=by.grant or 0, account_id=by.account or 0
    )
    grant = rows.filter(is_representative=True, organisation_id=by.organisation, role__in=FOR_ORGANISATIONS).first()
    if grant is None or not is_representative(by):
        raise NotFound(_("There is no such delegation"), why=_("only the legal representative gives tasks to others"))
    return grant


def _account_of_the_public(account_id: int) -> Account:
    account = Account.objects.filter(pk=account_id, kind="public", is_active=True).first()
    if account is None:
        raise GuildhallError(_("There is no such account"), next=_("the person must sign in once before"))
    return account


def _record_held(account: Account, worker_id: int | None) -> int:
    """A record that the account holds, locked: of who gives tasks and who takes the record back, one waits for the other."""
    rows = Grant.objects.select_for_update().filter(account=account, role="worker", revoked_at=None).order_by("pk")
    held = (rows if worker_id is None else rows.filter(worker_id=worker_id)).first()
    if held is None or held.worker_id is None:
        raise GuildhallError(_("The colleague has no record"), next=_("the person must claim the own record first"))
    return held.worker_id


def _check_tasks(scopes: Collection[str], role: str) -> None:
    if not SCOPES[role]:
        raise GuildhallError(_("There is no task yet that a college could hand on"))
    if not scopes or set(scopes) - set(SCOPES[role]):
        raise GuildhallError(_("No task was chosen"), next=_("choose at least one from the list"))


def _check_terms(until: date, today: date) -> None:
    if until <= today:
        raise GuildhallError(_("That day is past"), next=_("choose a later one"))
    if until > today + LONGEST:
        raise GuildhallError(_("That is too far ahead"), why=_("a delegation lasts a year at most"), next=_("choose an earlier day"))


def _note(grant: Grant, action: str, by: Viewer, now: datetime, reason: str = "") -> None:
    """One event about the account, and the same about the organisation."""
    details = {
        "grant": grant.pk,
        "account": grant.account_id,
        "organisation": grant.organisation_id,
        "role": grant.role,
        "scopes": grant.scopes,
        "until": str(grant.valid_until or ""),
    }
    for subject in (f"account:{grant.account_id}", f"organisation:{grant.organisation_id}"):
        record(subject=subject, action=action, by=by, now=now, reason=reason, details=details)
