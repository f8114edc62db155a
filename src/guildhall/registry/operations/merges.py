"""Two records that are one person: decided by an officer, by an alias, and undone by taking the alias away.

Keys never move. A record that leads others is merged into none and one that is merged leads none, so there are no chains and no
circles: a chain is refused in words, and who decides at the same time waits for the first and is then refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guildhall.kernel.errors import AlreadyDone, GuildhallError, NotFound
from guildhall.office.operations import public
from guildhall.office.operations.audit import record
from guildhall.office.operations.notices import notify
from guildhall.office.operations.reasons import no_personal_data
from guildhall.registry.engine.duplicates import score, strongest_first
from guildhall.registry.models import Alias, DuplicatePair, Worker
from guildhall.registry.operations.people import note_view
from guildhall.registry.queries import scope
from guildhall.registry.queries.duplicates import Pair
from guildhall.registry.queries.duplicates import pair as pair_seen
from guildhall.registry.queries.merged import leaders, one_person
from guildhall.registry.queries.records import is_registrar
from guildhall.web.viewer import Viewer


def merge(*, pair_id: int, leads: int, reason: str, by: Viewer, now: datetime) -> Alias:
    """Decides that two records are one person, under the record `leads`; the other one becomes its alias.

    Where accounts hold both, that of the person who leads stays, and the other one loses its role and is told: a person has one account.
    Raises NotFound for a pair of which `by` may not see both records; AlreadyDone where they are merged; GuildhallError where
    the officer must decide otherwise: no reason, a pair found different, or a record that already leads or follows another.
    """
    with transaction.atomic():
        pair = _locked(pair_id, by, now)
        if leads not in (pair.first_id, pair.second_id):
            raise no_such_pair()
        _refuse_decided(pair, {"merged": _("These records are merged already"), "different": _("These were found to be two people")})
        _check_reason(reason)
        follows = pair.second_id if leads == pair.first_id else pair.first_id
        _refuse_chain(follows, leads)
        _refuse_contradiction(follows, leads)
        alias = Alias.objects.create(worker_id=follows, merged_into_id=leads, reason=reason.strip(), merged_at=now)
        _decide(pair, "merged", now)
        ended = _one_account(follows, leads, by, now)
        _record(pair, "registry.merge", by, now, reason, {"record": follows, "into": leads} | ({"accounts": ended} if ended else {}))
        facts = {"on": timezone.localdate(now).isoformat()}
        notify(key=f"merge:{follows}:{leads}:{now.isoformat()}", template="records_merged", facts=facts, now=now, worker_id=leads)
    return alias


def _one_account(follows: int, leads: int, by: Viewer, now: datetime) -> list[int]:
    """Of the accounts that hold records of one person, ends the roles of all but the one of the record that leads."""
    held = public.holders(records=one_person(leads))
    stays = next((grant for grant in held if grant.worker_id == leads), None) or next((g for g in held if g.worker_id != follows), None)
    if stays is None:
        return []
    gone = [grant.worker_id for grant in held if grant != stays and grant.worker_id]
    ended = public.take_record_back(records=gone, phones=(), by=by, now=now, stays=stays.account_id)
    told: dict[str, Any] = {"template": "account_parted", "facts": {"on": timezone.localdate(now).isoformat()}, "now": now}
    for account in ended:
        if account != stays.account_id:
            notify(key=f"merge:{follows}:{leads}:{account}:{now.isoformat()}", account=account, **told)
    return ended


def undo(*, pair_id: int, reason: str, by: Viewer, now: datetime) -> None:
    """Takes a merge back: the alias goes, the pair is open again, and every key and table is as it was. Raises NotFound or AlreadyDone.

    An account that lost its role by the merge does not get it back: its holder claims the record anew.
    """
    with transaction.atomic():
        pair = _locked(pair_id, by, now)
        _check_reason(reason)
        gone, _kinds = Alias.objects.filter(
            worker__in=(pair.first_id, pair.second_id), merged_into__in=(pair.first_id, pair.second_id)
        ).delete()
        if pair.state != "merged" or not gone:
            raise AlreadyDone(_("These records are not merged"), next=_("see how they stand now"))
        _decide(pair, "proposed", None)
        _record(pair, "registry.undo_merge", by, now, reason, {"records": [pair.first_id, pair.second_id]})


def tell_apart(*, pair_id: int, reason: str, by: Viewer, now: datetime) -> None:
    """Decides that two records are two people; they are not proposed again. Raises NotFound, AlreadyDone or GuildhallError."""
    with transaction.atomic():
        pair = _locked(pair_id, by, now)
        _refuse_decided(pair, {"merged": _("These records are merged"), "different": _("These were found to be two people already")})
        _check_reason(reason)
        _decide(pair, "different", now)
        _record(pair, "registry.tell_apart", by, now, reason, {"records": [pair.first_id, pair.second_id]})


def reopen(*, pair_id: int, reason: str, by: Viewer, now: datetime) -> None:
    """Opens again a pair that was found to be two people. Raises NotFound, or AlreadyDone where it is not closed so."""
    with transaction.atomic():
        pair = _locked(pair_id, by, now)
        _check_reason(reason)
        if pair.state != "different":
            raise AlreadyDone(_("This pair is not closed as two people"), next=_("see how it stands now"))
        _decide(pair, "proposed", None)
        _record(pair, "registry.reopen_pair", by, now, reason, {"records": [pair.first_id, pair.second_id]})


def suggest(*, first: int, second: int, by: Viewer, now: datetime) -> DuplicatePair:
    """Puts up two records that an officer takes for one person. Both must be in sight; a pair that stands is given back."""
    seen = scope.records(by, timezone.localdate(now)) if is_registrar(by) else Worker.objects.none()
    if first == second or seen.filter(pk__in=(first, second)).count() != 2:
        raise NotFound(_("These are not two people you may see"), next=_("give the numbers of two records, as in their addresses"))
    return note_possible(first=first, second=second, reason="officer", by=by, now=now)


def note_possible(*, first: int, second: int, reason: str, by: Viewer, now: datetime) -> DuplicatePair:
    """Puts up two records as possible duplicates for a reason the data do not show; what was decided of them stays decided.

    Merged records stand for their leaders. Raises AlreadyDone where both are one person already.
    """
    leading = leaders((first, second))
    one, other = sorted((leading[first], leading[second]))
    if one == other:
        raise AlreadyDone(_("These records are merged already"), next=_("see the person's record"))
    with transaction.atomic():
        fresh = {"reasons": [reason], "score": score([reason]), "proposed_at": now}
        pair, made = DuplicatePair.objects.get_or_create(first_id=one, second_id=other, defaults=fresh)
        if not made and pair.state == "proposed" and reason not in pair.reasons:
            pair.reasons = list(strongest_first([*pair.reasons, reason]))
            pair.score = score(pair.reasons)
            pair.save(update_fields=["reasons", "score"])
        if made:
            _record(pair, "registry.propose_pair", by, now, "", {"records": [one, other], "why": reason})
    return pair


def look_at_pair(*, pair_id: int, by: Viewer, now: datetime) -> Pair:
    """Two records side by side, as far as `by` may see them; that they were looked at is recorded with each. Raises NotFound."""
    found = pair_seen(by, pair_id, timezone.localdate(now))
    note_view(worker_ids=[side.worker.pk for side in (found.first, found.second) if side], by=by, now=now)
    return found


def no_such_pair() -> NotFound:
    """What is said of a pair that does not exist, or of which the viewer may not see both records."""
    return NotFound(
        _("There is no such pair to decide"),
        why=_("or it is not one for the role you are in"),
        next=_("see the queue of possible duplicates"),
    )


def _locked(pair_id: int, by: Viewer, now: datetime) -> DuplicatePair:
    """The pair, both records locked in the order of their keys: two decisions about one record come one after the other."""
    pair = DuplicatePair.objects.filter(pk=pair_id).first()
    if pair is None or not is_registrar(by):
        raise no_such_pair()
    both = (pair.first_id, pair.second_id)
    if scope.records(by, timezone.localdate(now)).filter(pk__in=both).count() != 2:
        raise no_such_pair()
    list(Worker.objects.select_for_update().filter(pk__in=both).order_by("pk"))
    return DuplicatePair.objects.select_for_update().get(pk=pair_id)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise GuildhallError(_("No reason is given"), next=_("say what decides it"))
    no_personal_data(reason)


def _refuse_decided(pair: DuplicatePair, told: dict[str, str]) -> None:
    if pair.state in told:
        next = _("undo the merge first") if pair.state == "merged" else _("open the pair again first")
        raise AlreadyDone(told[pair.state], next=next)


def _refuse_chain(follows: int, leads: int) -> None:
    """Raises GuildhallError where the alias would make a chain. Whoever decided the same at this moment has gone first."""
    if Alias.objects.filter(pk__in=(follows, leads)).exists():
        raise GuildhallError(
            _("One of these records is merged into a third one already"),
            why=_("a merged record neither leads nor follows another"),
            next=_("decide about the record that leads there"),
        )
    if Alias.objects.filter(merged_into_id=follows).exists():
        raise GuildhallError(
            _("This record leads others already, so it cannot follow"),
            why=_("otherwise one merge would hang on another"),
            next=_("let it lead here too, or undo its other merge first"),
        )


def _refuse_contradiction(follows: int, leads: int) -> None:
    """Raises GuildhallError where a record of the one person was found different from a record of the other."""
    group = {leads, *Alias.objects.filter(merged_into_id=leads).values_list("worker_id", flat=True)}
    apart = DuplicatePair.objects.filter(state="different")
    if apart.filter(first_id=follows, second__in=group).exists() or apart.filter(second_id=follows, first__in=group).exists():
        raise GuildhallError(
            _("A record merged into this one was found to be another person"),
            why=_("both cannot be right"),
            next=_("open that decision again, or undo that merge"),
        )


def _decide(pair: DuplicatePair, state: str, at: datetime | None) -> None:
    pair.state, pair.decided_at = state, at
    pair.save(update_fields=["state", "decided_at"])


def _record(pair: DuplicatePair, action: str, by: Viewer, now: datetime, reason: str, details: Mapping[str, object]) -> None:
    """One event on the chain of each record, in the order of their keys."""
    for worker in (pair.first_id, pair.second_id):
        record(subject=f"worker:{worker}", action=action, by=by, now=now, reason=reason.strip(), details={**details, "pair": pair.pk})
