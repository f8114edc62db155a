"""A small fixed world for what may be seen by whom: two districts, in each one person or account of every kind.

The places are those of the tiny pack. `Harbour` is the merged district, which answers for all that East and South left to it;
`West` is the next one. Beside the first stands its `neighbour`: other people and another employer in the same district, for
roles that see one record and not a district. What a person is known by is planted here once (`Side.marks`), so that a page
which shows it to somebody else is caught by looking for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from hashlib import sha256
from typing import Any

from django.test import Client
from django.test.client import ClientHandler

from guildhall import city as packs
from guildhall.incentives.models import Bundle, Claim, PaymentBatch, Verdict
from guildhall.incentives.queries.sealed import seal_account
from guildhall.office import strongroom
from guildhall.office.backends import PATH
from guildhall.office.models import STAFF, Account, ApiToken, Attachment, Grant, Mandate, ParameterConfirmation, RoleWish
from guildhall.office.operations.notices import notify
from guildhall.office.queries.mandates import tasks_of
from guildhall.office.viewers import GRANT, MANDATE, PROVED, viewer_in
from guildhall.registry import models
from guildhall.registry.models.staged import seal_cells
from guildhall.skills.models import Occupation
from guildhall.web.viewer import Viewer
from tests import clock
from tests.planted import once
from tests.registry.folders import identity_number
from tests.shown import Rows
from tests.shown import rows as city_rows

LONG_AGO = date(2019, 1, 1)
THEN = datetime(2026, 1, 30, tzinfo=UTC)
ACTING = ("counter", "care")
"""An assessor who acts for a worker at the counter, and a broker who acts for a worker in care."""
OF_ONE = ("worker", *ACTING)
OF_ORGANISATION = ("employer", "delegate", "college")
CAST = (*OF_ONE, *OF_ORGANISATION, *STAFF, "none")
"""Everyone who signs in. `delegate` is an employer's clerk with the scope `jobs` alone; `none` has no role yet."""
CONFIRMATION = 990_201
FEED_FILES = {990_001: "staged", 990_002: "done"}
CITY_OFFICER = "city_officer"
"""A claims officer of the whole city: stands beside the cast, and opens the doors that nobody of a district may."""
BORN, CHILD_BORN = date(1986, 5, 1), date(2020, 5, 1)
HANDLER = ClientHandler(enforce_csrf_checks=False)
"""One for all browsers: middleware is loaded once and not for each of them."""


@dataclass
class Side:
    """One district, or the neighbours in it: its people, its organisations and its accounts.

    `worker` is employed by `organisation`, `second` works there too and has an account (`colleague`), `student` is not employed.
    `keys` holds the keys of other rows by name: what else a door needs is planted in `build` and noted here.
    """

    key: str
    place: str
    homes: tuple[str, ...]
    first: int
    organisation: int
    college: int
    grants: dict[str, Grant] = field(default_factory=dict)
    mandates: dict[str, Mandate] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=dict)

    @property
    def worker(self) -> int:
        return self.first

    @property
    def second(self) -> int:
        return self.first + 1

    @property
    def student(self) -> int:
        return self.first + 2

    @property
    def people(self) -> tuple[int, ...]:
        return (self.worker, self.second, self.student)

    def name(self, worker: int) -> str:
        return f"{ {'harbour': '晏', 'neighbour': '郗', 'west': '亓'}[self.key] }{'雨雪霜'[worker - self.first]}蘅"

    def number(self, worker: int) -> str:
        return identity_number("990101", BORN + timedelta(days=worker % 28), worker % 1000)

    def phone(self, worker: int) -> str:
        return f"139{worker:08d}"

    def certificate(self, worker: int) -> str:
        return f"S000099{worker:015d}"

    def marks(self, worker: int) -> set[str]:
        """What a page would show of a person, were it to show them: key, name, number, phone, certificate."""
        return {str(worker), self.name(worker), self.number(worker), self.phone(worker), self.certificate(worker)}


@dataclass
class World:
    """Both districts and the neighbours of the first, and the sessions of all who sign in."""

    harbour: Side
    west: Side
    neighbour: Side
    sessions: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def sides(self) -> tuple[Side, ...]:
        return (self.harbour, self.neighbour, self.west)

    def others(self, who: str) -> tuple[Side, ...]:
        """Whose things someone of Harbour may not see: those of the next district, and except for staff those of the neighbours too."""
        return (self.west,) if who in STAFF else (self.neighbour, self.west)

    def hidden_from(self, who: str) -> set[str]:
        """What no page may show to someone of Harbour: the marks of every person whom their role does not lead to."""
        if who in STAFF:
            seen = {*self.harbour.people, *self.neighbour.people}
        else:
            seen = set(self.harbour.people[:1] if who in OF_ONE else self.harbour.people[:2] if who in ("employer", "delegate") else ())
        every = ((side, worker) for side in self.sides for worker in side.people)
        officers = {f"{role} {self.west.key}" for role in STAFF}
        return officers | {mark for side, worker in every if worker not in seen for mark in side.marks(worker)}

    def client(self, who: str, side: Side | None = None) -> Client:
        """A browser in which someone has signed in and chosen a role; `public` has not."""
        client = Client()
        client.handler = HANDLER
        if who != "public":
            client.cookies["sessionid"] = self.sessions[who, (side or self.harbour).key]
        return client

    def key(self, who: str) -> str:
        """The key with which a program of someone of Harbour asks the API; empty for who can have none."""
        return f"gh_{who}" if who in self.harbour.grants else ""

    def viewer(self, who: str, side: Side | None = None) -> Viewer:
        """The viewer behind that browser."""
        of = side or self.harbour
        if who not in ACTING:
            return viewer_in(of.grants[who])
        held, mandate = of.grants["assessor" if who == "counter" else "broker"], of.mandates[who]
        scopes = tasks_of(mandate.purpose)
        who_acts = (f"account:{held.account_id}", held.role, held.account_id, held.pk)
        return Viewer(*who_acts, mandate.worker_id, scopes=scopes, mandate=mandate.pk)


def build(*, sessions: bool = True) -> World:
    """The world as rows, in the database of the test that asks."""
    return once(("world", sessions), partial(_build, sessions=sessions))


def _build(*, sessions: bool) -> World:
    world = World(
        Side("harbour", "tiny-harbour", ("tiny-east-rest", "tiny-south", "tiny-west-quay"), 7_310_001, 7301, 7302),
        Side("west", "tiny-west", ("tiny-west-rest", "tiny-east-hill", "tiny-west-rest"), 8_420_001, 8401, 8402),
        Side("neighbour", "tiny-harbour", ("tiny-south", "tiny-east-rest", "tiny-east-rest"), 9_530_001, 9501, 9502),
    )
    plant_places()
    for side in world.sides:
        _organisations(side)
        _people(side)
        _accounts(side)
        _papers(side)
        _rosters(side)
        _in_question(side)
    Account.objects.create(username="demo-guest", kind="public", created_at=THEN)
    if sessions:
        for side in world.sides:
            _claims(side)
        sign_in(world)
    return world


def plant_places() -> None:
    """The places and occupations of the tiny pack as rows."""
    rows = _city()
    models.Place.objects.bulk_create(models.Place(**row) for row in rows["registry.places"])
    models.PlaceParent.objects.bulk_create(models.PlaceParent(**row) for row in rows["registry.place_parents"])
    models.PlaceSuccessor.objects.bulk_create(models.PlaceSuccessor(**row) for row in rows["registry.place_successors"])
    occupations = sorted(rows["skills.occupations"], key=lambda row: len(row["code"]))  # a group before what lies in it
    named = ({("parent_id" if key == "parent" else key): value for key, value in row.items()} for row in occupations)
    Occupation.objects.bulk_create(Occupation(**row) for row in named)


@cache
def _city() -> Rows:
    return city_rows(packs.load("tiny"))


def _organisations(side: Side) -> None:
    park = "tiny-park-2" if side.place == "tiny-west" else "tiny-park-1"
    for key, kind, place in ((side.organisation, "enterprise", park), (side.college, "college", side.homes[0])):
        models.Organisation.objects.create(
            organisation_id=key, code=f"ORG{key}", kind=kind, name_zh=f"第{key}号", above_scale=False, place_id=place,
            sector="manufacturing" if kind == "enterprise" else None, source="made-up", status="generated",
        )  # fmt: skip


def _people(side: Side) -> None:
    people, numbers = side.people, [side.number(worker) for worker in side.people]
    for worker, home in zip(people, side.homes, strict=True):
        models.Worker.objects.create(
            worker_id=worker,
            birth_month=BORN,
            sex="female",
            education="senior",
            migrant="none",
            standing="worker",
            residence_id=home,
            weight=1,
        )
    sealed = models.sealed_identity(people, [side.name(w) for w in people], numbers, [side.phone(w) for w in people])
    models.Identity.objects.bulk_create(models.Identity(**row) for row in sealed.to_pylist())
    for worker in (side.worker, side.second):
        spell = models.EmploymentSpell.objects.create(
            worker_id=worker, organisation_id=side.organisation, contract="regular", started_on=LONG_AGO
        )
        side.keys.setdefault("spell", spell.pk)
    certificates = [
        models.Certificate.objects.create(
            certificate_id=worker, worker_id=worker, kind="skill_level", level="L4", occupation="2-02-38", issuer_id=side.college,
            source="public_body", issued_on=LONG_AGO,
        )
        for worker in people
    ]  # fmt: skip
    for certificate in certificates:
        number = side.certificate(certificate.pk)
        seal = models.vault().seal("registry.certificate_numbers", "number", certificate.pk, number)
        models.CertificateNumber.objects.create(
            certificate=certificate, number_sealed=seal, number_hash=models.vault().keyed_hash("certificate_number", number)
        )


def _accounts(side: Side) -> None:
    today = clock.today()
    where: dict[str, dict[str, Any]] = {role: {"place": side.place} for role in STAFF}
    where |= {
        "worker": {"worker_id": side.worker},
        "employer": {"organisation_id": side.organisation, "is_representative": True},
        "delegate": {"organisation_id": side.organisation, "scopes": "jobs", "valid_until": today + timedelta(days=90)},
        "college": {"organisation_id": side.college, "is_representative": True},
    }
    for at, (who, what) in enumerate(where.items()):
        side.grants[who] = _grant(side, who, at, what)
    _account(side, "none", 99)
    side.grants["colleague"] = _grant(side, "colleague", 98, {"worker_id": side.second})
    side.grants[CITY_OFFICER] = _grant(side, CITY_OFFICER, 97, {"place": "tiny"})
    side.keys["delegation"] = side.grants["delegate"].pk
    _asked(side)
    for who, agent, worker in (("counter", "assessor", side.worker), ("care", "broker", side.worker)):
        side.mandates[who] = Mandate.objects.create(
            kind="counter" if who == "counter" else "broker", agent=side.grants[agent].account, worker_id=worker, purpose="record",
            consent="signed", given_at=THEN, valid_from=LONG_AGO, valid_until=today + timedelta(days=30),
        )  # fmt: skip
    side.keys["visit"] = models.ImportBatch.objects.create(
        kind="visits", place=side.place, name="visits.csv", sha256="0" * 64, mapping={}, state="done", brought_at=THEN, finished_at=THEN,
        brought_by=f"account:{side.grants['broker'].account_id}",
    ).pk  # fmt: skip
    if side.key == "harbour":
        _keys(side)
    side.keys["token"] = ApiToken.objects.create(
        account=side.grants["assessor"].account, grant=side.grants["assessor"], name="report", token_hash=f"hash {side.key}".encode(),
        scopes="people", created_at=THEN, expires_on=today + timedelta(days=30),
    ).pk  # fmt: skip


def _claims(side: Side) -> None:
    """A claim of the worker for the certificate at some points of its way; the employer's wish is for the living allowance.

    Only where doors are tried: tests of claims begin their own.
    """
    for state, benefit in (("draft", "skill_upgrade_subsidy"), ("refused", "skill_upgrade_subsidy"), ("asked", "trainee_living_allowance")):
        claim = Claim.objects.create(
            benefit=benefit, kind="certificate", subject=str(side.worker), once=f"{benefit}:certificate:{side.worker}",
            worker_id=side.worker, organisation_id=side.organisation if state == "asked" else None, payee="worker", place_id=side.homes[0],
            state=state, since=THEN.date(), begun_by="account:0", begun_at=THEN,
        )  # fmt: skip
        side.keys[f"claim {state}"] = claim.pk
        if state == "refused":
            Verdict.objects.create(claim=claim, what="refusal", state="final", proposed_by="account:0", proposed_at=THEN)
    _of_the_employer(side)
    _at_the_office(side)


def _of_the_employer(side: Side) -> None:
    """A batch of the employer with one claim of its own, for having hired the worker; the hire of the second is free to be claimed for."""
    hired = models.EmploymentSpell.objects.get(worker_id=side.worker, organisation_id=side.organisation)
    batch = Bundle.objects.create(organisation_id=side.organisation, benefit="hiring_subsidy", made_by="account:0", made_at=THEN)
    own = Claim.objects.create(
        benefit="hiring_subsidy", kind="spell", subject=str(hired.pk), once=f"hiring_subsidy:person:{side.worker}", payee="organisation",
        worker_id=side.worker, organisation_id=side.organisation, bundle=batch, place_id=side.homes[0], state="draft", since=THEN.date(),
        begun_by="account:0", begun_at=THEN,
    )  # fmt: skip
    refused = Claim.objects.create(
        benefit="job_stabilisation_refund", kind="year", subject=f"{side.organisation}-2025", payee="organisation",
        once=f"job_stabilisation_refund:year:{side.organisation}-2025", organisation_id=side.organisation, place_id=side.homes[0],
        state="refused", since=THEN.date(), begun_by="account:0", begun_at=THEN, lodged_by="account:0", lodged_at=THEN,
    )  # fmt: skip
    Verdict.objects.create(claim=refused, what="refusal", state="final", proposed_by="account:0", proposed_at=THEN)
    side.keys |= {"bundle": batch.pk, "claim own": own.pk, "claim own refused": refused.pk}
    side.keys["hire"] = models.EmploymentSpell.objects.get(worker_id=side.second, organisation_id=side.organisation).pk


def _at_the_office(side: Side) -> None:
    """A claim that an officer is to take up, with its account, and batches without a line: one put together, one sent."""
    lodged = Claim.objects.create(
        benefit="startup_grant", kind="business", subject=str(side.worker), once=f"startup_grant:business:{side.worker}", payee="worker",
        worker_id=side.worker, place_id=side.homes[0], state="lodged", since=THEN.date(), due_on=THEN.date(), begun_by="account:0",
        begun_at=THEN, lodged_by="account:0", lodged_at=THEN,
    )  # fmt: skip
    Claim.objects.filter(pk=lodged.pk).update(**seal_account(lodged, f"6222{side.worker:012d}", "holder", "bank"))
    side.keys["claim lodged"] = lodged.pk
    for state in ("made", "sent"):
        batch = PaymentBatch.objects.create(
            place_id=side.place, state=state, count=0, total_fen=0, digest=sha256(b"").hexdigest(), made_by="account:0", made_at=THEN
        )
        side.keys[f"batch {state}"] = batch.pk


def _keys(side: Side) -> None:
    """A key for a program of each of the cast, for people where the role may: it has been used today, so that asking writes nothing."""
    today = clock.today()
    for who, held in side.grants.items():
        ApiToken.objects.create(
            account=held.account, grant=held, name="program", token_hash=sha256(f"gh_{who}".encode()).digest(), created_at=THEN,
            scopes="jobs" if who == "delegate" else "people", expires_on=today + timedelta(days=30), last_used_on=today,
        )  # fmt: skip


def _papers(side: Side) -> None:
    """A paper and a notice of the worker, and a child of under 14 beside them."""
    facts, by = {"on": "2026-01-30"}, side.grants["worker"]
    side.keys["notice"] = notify(key=f"planted {side.key}", template="record_claimed", facts=facts, now=THEN, worker_id=side.worker)[0].pk
    side.keys["paper"] = Attachment.objects.create(
        subject=f"worker:{side.worker}", worker_id=side.worker, title="Diploma", media_type="image/png", size=5, sha256="", added_at=THEN,
        file=f"{side.first:032x}", added_by=f"account:{by.account_id}",
    ).pk  # fmt: skip
    side.keys["child"] = side.first + 50
    models.Worker.objects.create(
        worker_id=side.keys["child"], birth_month=CHILD_BORN, sex="female", education="primary", migrant="none",
        standing="student", residence_id=side.homes[0], weight=1,
    )  # fmt: skip
    number = identity_number("990101", CHILD_BORN, side.first % 7)
    sealed = models.sealed_identity([side.keys["child"]], ["小小"], [number], [None])
    models.Identity.objects.bulk_create(models.Identity(**row) for row in sealed.to_pylist())


def put_papers(world: World) -> None:
    """The files of the papers, in the var/ of the moment: a test may have one of its own."""
    for side in world.sides:
        strongroom.put(b"paper", f"{side.first:032x}")


def _rosters(side: Side) -> None:
    """A roster of the organisation at each of its stages; of the one that is done a row was not taken."""
    columns = {"columns": {"name": "姓名"}, "header": ["姓名"], "header_row": 1, "samples": [["晏*"]], "notes": [], "count": 1}
    for state in ("received", "staged", "done"):
        found = models.ImportBatch.objects.create(
            kind="roster", organisation_id=side.organisation, place=side.place, name=f"roster-{side.key}.xlsx", sha256="0" * 64,
            as_of=THEN.date(), mapping=columns, state=state, forecast={"counts": {"rejected": 1}} if state == "staged" else {},
            rows=state == "done", position=state == "done", rejected=state == "done", brought_by="command:plant", brought_at=THEN,
        )  # fmt: skip
        side.keys[f"roster {state}"] = found.pk
    if side.key == "harbour":
        _feeds()
        _confirmed(side)
    models.RejectedRow.objects.create(batch=found, row=2, faults=[], cells_sealed=seal_cells(found.pk, 2, ["x"]))


def _feeds() -> None:
    """Files of another authority, which are the whole city's: one that waits, and one that is done, of which a row was not taken."""
    for pk, state in FEED_FILES.items():
        models.ImportBatch.objects.create(
            pk=pk, kind="hardship", name="hardship.csv", sha256="0" * 64, as_of=THEN.date(), state=state, rows=state == "done",
            mapping={"columns": {"name": "姓名"}, "header": ["姓名"], "header_row": 1}, position=state == "done",
            rejected=state == "done", brought_by="command:plant", brought_at=THEN,
        )  # fmt: skip
    models.RejectedRow.objects.create(batch_id=pk, row=2, faults=[], cells_sealed=seal_cells(pk, 2, ["x"]))


def parameter(name: str) -> str:
    """The digest of a version that the whole city sets."""
    held = packs.load("tiny").instrument["skill_upgrade_subsidy"].of(name)
    return next(entry.digest for entry in held if entry.version.value is not None)


def _confirmed(side: Side) -> None:
    """A value of the whole city that a first officer has confirmed."""
    ParameterConfirmation.objects.create(
        pk=CONFIRMATION, rule="skill_upgrade_subsidy", parameter="window_months", digest=parameter("window_months"), jurisdiction="CN",
        reference="file 7", two_needed=True, confirmed_by=side.grants["planner"].account, confirmed_at=THEN,
    )  # fmt: skip


def _asked(side: Side) -> None:
    """A role that takes two, which a second administrator of the place has asked for."""
    planner = side.grants["planner"].account
    second = Account.objects.create(
        pk=planner.pk - planner.pk % 1000 + 96, username=f"second-{side.key}", kind="staff", name=f"second {side.key}", created_at=THEN
    )
    Grant.objects.create(account=second, role="administrator", granted_by="test", valid_from=LONG_AGO, place=side.place)
    side.keys["wish"] = RoleWish.objects.create(
        account=planner, role="auditor", place=side.place, valid_from=clock.today(), asked_by=second, asked_at=clock.moment()
    ).pk


def _in_question(side: Side) -> None:
    """What officers have to decide: two records that may be one person, another identity number, and a correction of the worker's."""
    pair = models.DuplicatePair.objects.create(first_id=side.worker, second_id=side.second, reasons=["officer"], score=85, proposed_at=THEN)
    number = models.vault().seal("registry.number_changes", "identity_number", side.worker, identity_number("990101", BORN, 900))
    models.NumberChange.objects.create(
        worker_id=side.worker,
        number_sealed=number,
        number_hash=b"",
        reason="wrong",
        document="permit",
        proposed_by="account:1",
        proposed_at=THEN,
    )
    correction = models.CorrectionRequest.objects.create(
        worker_id=side.worker, subject=f"registry.workers:{side.worker}:education", wanted_sealed=b"", place_id=side.homes[0],
        lodged_at=THEN, due_on=THEN.date(),
    )  # fmt: skip
    told = '{"value": "bachelor", "why": "the diploma says so"}'
    correction.wanted_sealed = models.vault().seal("registry.corrections", "wanted", correction.pk, told)
    correction.save()
    side.keys |= {"pair": pair.pk, "correction": correction.pk}


def _account(side: Side, who: str, at: int) -> Account:
    kind = "staff" if who in (*STAFF, CITY_OFFICER) else "public"
    username, base = f"{who}-{side.key}", {"harbour": 7000, "neighbour": 9000, "west": 8000}[side.key]
    name = f"{who} {side.key}" if kind == "staff" else ""
    return Account.objects.create(pk=base + at, username=username, kind=kind, name=name, created_at=THEN)


def _grant(side: Side, who: str, at: int, where: dict[str, Any]) -> Grant:
    role = {"delegate": "employer", "colleague": "worker", CITY_OFFICER: "claims_officer"}.get(who, who)
    account = _account(side, who, at)
    return Grant.objects.create(account=account, role=role, granted_by="test", **{"valid_from": LONG_AGO, **where})


def sign_in(world: World) -> None:
    """Signs everyone of the cast in."""
    for side in world.sides:
        for who in (*CAST, CITY_OFFICER):
            world.sessions[who, side.key] = _session(side, who)


def _session(side: Side, who: str) -> str:
    """The key of a session in which someone signed in, showed a second factor, and chose a role."""
    held = {"counter": "assessor", "care": "broker"}.get(who, who)
    client, chosen = Client(), side.grants.get(held)
    account = chosen.account if chosen else Account.objects.get(username=f"none-{side.key}")
    client.force_login(account, backend=PATH)
    session = client.session
    session.update({**dict(_chosen(side, who, chosen)), PROVED: account.pk})
    session.save()
    return str(session.session_key)


def _chosen(side: Side, who: str, grant: Grant | None) -> Iterator[tuple[str, int]]:
    if grant:
        yield GRANT, grant.pk
    if who in ACTING:
        yield MANDATE, side.mandates[who].pk
