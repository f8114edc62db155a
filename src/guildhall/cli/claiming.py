"""The claims of the demonstration: who claims what from which day on, at which desk, and giving them their accounts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from guildhall.cli.terminal import skipped, step

if TYPE_CHECKING:
    from guildhall.incentives.operations.demonstration import Desk
    from guildhall.office.operations.demonstration import Part
    from guildhall.registry.queries.cast import Cast, Hire
    from guildhall.web.viewer import Viewer

CITY = "command:demo claims"
"""Who opens these accounts: those of the cast come and go with the cast alone."""
CLAIMANT, FORMER, REFUSED = "claimant-", ("former-1", "former-2"), "employer-3"
"""Names of those who are not there to be played: who made the claims, and officers who decided before there was the district."""
OTHERS = 16
"""Hires of other employers in a district that claims can be for."""
MOST_TRIED = 60
ASKED, ASKING = "worker-7", "employer-4"
"""Names of a worker who is asked by the employer, and of that employer."""
WILLING = 3
"""How many of those whom an employer hired agree that it knows."""


@dataclass(frozen=True)
class Plan:
    """One story to be told: its way, the first day (or days before today), what the rule says on that day, of certificates or hires.

    `issued` are the days of issue, from and until, if not by date then in days before the first day of the story. `part` is who can be
    signed in as; `odd` what several of the claims share, so that officers are given hints.
    """

    way: str
    begins: date | int
    outcome: str = "entitled"
    issued: tuple[int, int] | tuple[date, date] = (300, 15)
    part: str = ""
    odd: tuple[str, ...] = ()

    def day(self, today: date) -> date:
        return today - timedelta(self.begins) if isinstance(self.begins, int) else self.begins

    def span(self, today: date) -> tuple[date, date]:
        """Days of issue, half open."""
        first, last = (self.day(today) - timedelta(n) if isinstance(n, int) else n for n in self.issued)
        return first, last


LONG_AGO = (700, 500)
"""Days before a claim by which a certificate is too old for it."""
LAST_OF_2025, OF_2026 = (date(2025, 11, 25), date(2026, 1, 1)), (date(2026, 1, 1), date(2026, 2, 1))
"""Certificates for which the rule of 2025 still answers at the end of 2026, and those for which no rule was found."""
FIRST_DISTRICT = (
    Plan("paid", date(2023, 12, 11), "undetermined", (130, 20)),
    Plan("paid", date(2024, 3, 5), part="worker-4"),
    Plan("paid anew", date(2024, 3, 6)),
    Plan("completed", date(2024, 3, 4)),
    Plan("refused", date(2024, 6, 12), "refused"),
    Plan("kept after a doubt", date(2024, 7, 3)),
    Plan("objected in vain", date(2024, 9, 10), "refused"),
    Plan("paid back", date(2024, 10, 15)),
    Plan("objected with success", date(2025, 2, 18)),
    Plan("withdrawn", date(2025, 4, 8)),
    Plan("not completed", date(2025, 5, 13)),
    Plan("claimed back", date(2025, 6, 10)),
    Plan("to be claimed back", date(2025, 7, 8)),
    Plan("claim back disputed", date(2025, 9, 9)),
    Plan("disputed", 70, "refused", LONG_AGO),
    Plan("refused", 20, "refused", LONG_AGO, part="worker-5"),
    Plan("in review", 14, "undetermined", OF_2026, odd=("account", "paper")),
    Plan("in review", 13, "entitled", LAST_OF_2025, odd=("account",)),
    Plan("in review", 9, "refused", LONG_AGO, odd=("account",)),
    Plan("lodged again", 15, "entitled", LAST_OF_2025),
    Plan("returned", 8, "refused", LONG_AGO, part="worker-6"),
    Plan("lodged", 3, "undetermined", OF_2026, odd=("account", "paper")),
    Plan("begun", 2, "refused", LONG_AGO),
)
SECOND_DISTRICT = (
    Plan("paid", date(2024, 3, 20)),
    Plan("paid", date(2024, 11, 6)),
    Plan("refused", date(2025, 3, 11), "refused"),
    Plan("disputed", 60, "refused", LONG_AGO),
    Plan("in review", 12, "refused", LONG_AGO, odd=("paper",)),
    Plan("returned", 9, "refused", LONG_AGO),
    Plan("lodged", 4, "refused", LONG_AGO, odd=("paper",)),
)
HIRES: tuple[tuple[str, date | int], ...] = (
    ("refused", 25),
    ("paid", date(2025, 11, 4)),
    ("failed", 62),
    ("with the bank", 46),
    ("on notice", 30),
    ("on notice", 29),
    ("on notice", 22),
    ("on notice", 20),
    ("approved", 19),
    ("approved", 16),
    ("to be refused", 18),
    ("proposed", 17),
    ("in review", 10),
    ("lodged", 3),
)
HIRES_OF_SECOND: tuple[tuple[str, date | int], ...] = (("on notice", 18), ("proposed", 16), ("lodged", 4))


def demonstration_claims() -> None:
    """Seeds the claims, with accounts for those who made them; nothing in a city too small for the cast.

    Where there are claims of an earlier day, only the public notice is seen to.
    """
    from django.utils import timezone

    from guildhall.incentives.models import Claim
    from guildhall.kernel.errors import NotFound
    from guildhall.registry.queries.cast import cast

    now = timezone.now()
    if Claim.objects.exists():
        publish_anew(now)
        skipped("claims")
        return
    try:
        found = cast(timezone.localdate(now))
    except NotFound:
        skipped("claims")
        return
    with step("claims"):
        seed(found, now, timezone.localdate(now))


def publish_anew(now: datetime) -> int:
    """Puts what is approved on public notice where the notices of an earlier day have all ended; how many claims that are."""
    from django.utils import timezone

    from guildhall.incentives.models import Claim
    from guildhall.incentives.operations import paying
    from guildhall.incentives.queries.standing import claims_seen

    today, count = timezone.localdate(now), 0
    if Claim.objects.filter(state="noticed", notice_until__gte=today).exists():
        return 0
    for officer in (_viewer("claims-1"), _viewer("claims-2")):
        ready = claims_seen(officer, today).filter(state="approved").values_list("pk", flat=True)
        count += paying.publish(claim_ids=list(ready), by=officer, now=now)
    return count


def young_graduates(found: Cast, today: date) -> list[Hire]:
    """Hires of 2025 that the demonstration's file of graduates speaks of: all of one employer, and some of others, in both districts."""
    from guildhall.registry.queries.cast import hirer, young_hires

    chosen = []
    for district in (found.district, found.neighbour):
        hires = young_hires(district, today)
        most = hirer(hires)
        chosen += [hire for hire in hires if hire.employer == most] + [hire for hire in hires if hire.employer != most][:OTHERS]
    return chosen


@dataclass(frozen=True)
class Draft:
    """A story before those it is about have accounts: the number of its desk, and the name to sign in with."""

    way: str
    benefit: str
    subject: str
    begins: date
    desk: int
    username: str
    holder: str
    odd: tuple[str, ...] = ()


@dataclass
class _Seeding:
    """Who claims what, found by asking the rules; then all of it told at once."""

    cast: Cast
    today: date
    taken: set[int] = field(default_factory=set)
    parts: dict[str, Part] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    willing: list[str] = field(default_factory=list)
    asks: str = "employer"
    asked: int = 0
    """Those who agree that their employer knows; and which employer asks whom about which certificate."""

    @property
    def played(self) -> set[int]:
        """People who have a part."""
        return {part.worker_id for part in self.parts.values() if part.worker_id is not None}

    def find(self) -> None:
        """Fills the parts and the drafts."""
        from guildhall.incentives.queries.cast import nearly
        from guildhall.office.operations.demonstration import Part

        self.taken |= {self.cast.worker, self.cast.neighbours_worker}
        graduates = young_graduates(self.cast, self.today)
        self.taken |= {hire.worker for hire in graduates}
        for username, name in zip(FORMER, ("高翔", "谢芸"), strict=True):
            self.parts[username] = Part(username, name, "claims_officer", self.cast.city)
        if close := nearly(self.today, self.taken):
            self._person("worker-3", close.worker)
        places = ((1, self.cast.district, FIRST_DISTRICT, HIRES), (2, self.cast.neighbour, SECOND_DISTRICT, HIRES_OF_SECOND))
        for number, district, plans, hires in places:
            self._certificates(number, district, plans)
            self._hires(number, district, graduates, hires)
        self._ask()

    def _ask(self) -> None:
        """A worker whose certificate may still be claimed for is asked by the employer; where there is none, the first worker is."""
        from guildhall.incentives.queries.cast import holders
        from guildhall.registry.queries import territory
        from guildhall.registry.queries.cast import employer_of, latest_certificate
        from guildhall.web.viewer import PUBLIC

        places = territory(PUBLIC).answered_by(self.cast.district, self.today)
        for outcome, issued in (("entitled", LAST_OF_2025), ("undetermined", LAST_OF_2025), ("undetermined", OF_2026)):
            for one in holders(places=places, issued=issued, on=self.today, outcome=outcome, today=self.today, but=self.taken):
                employer = employer_of(one.worker, self.today)
                if employer and employer not in {self.cast.employer, *(part.organisation_id for part in self.parts.values())}:
                    self._person(ASKED, one.worker)
                    self.asks, self.asked = self._employer(ASKING, employer), one.certificate
                    return
        self.asked = latest_certificate(self.cast.worker)

    def _agrees(self, hires: Iterable[Hire]) -> None:
        """Some whom the employer hired agree that it knows for whom it can claim."""
        from guildhall.incentives.queries.cast import likely

        for hire in list(hires)[:MOST_TRIED]:
            if len(self.willing) < WILLING and hire.worker not in self.played and likely(hire.spell, self.today):
                self.willing.append(self._person(f"{CLAIMANT}{len(self.parts)}", hire.worker))

    def _person(self, username: str, worker: int) -> str:
        from guildhall.office.operations.demonstration import Part

        self.taken.add(worker)
        self.parts[username] = Part(username, "", "worker", worker_id=worker)
        return username

    def _certificates(self, number: int, district: str, plans: Collection[Plan]) -> None:
        from guildhall.incentives.queries.cast import UPGRADE, holders
        from guildhall.registry.queries import territory
        from guildhall.registry.queries.naming import names_of_people
        from guildhall.web.viewer import PUBLIC

        places = territory(PUBLIC).answered_by(district, self.today)
        for plan in plans:
            day = plan.day(self.today)
            fitting = holders(places=places, issued=plan.span(self.today), on=day, outcome=plan.outcome, today=self.today, but=self.taken)
            one = next(fitting, None)
            if one is None:
                continue  # a small city does not have everybody
            username = self._person(plan.part or f"{CLAIMANT}{len(self.parts)}", one.worker)
            holder = names_of_people([one.worker]).get(one.worker, "")
            self.drafts.append(Draft(plan.way, UPGRADE, str(one.certificate), day, number, username, holder, plan.odd))

    def _hires(self, number: int, district: str, graduates: Collection[Hire], plans: Collection[tuple[str, date | int]]) -> None:
        """Claims of employers for graduates they hired; in the first district the one that hired most is there to be played."""
        from guildhall.registry.queries import territory
        from guildhall.registry.queries.authorities import organisation_names
        from guildhall.registry.queries.cast import hard_hires, hirer, young_hires
        from guildhall.web.viewer import PUBLIC

        here = {hire.spell for hire in young_hires(district, self.today)}
        hires = [hire for hire in graduates if hire.spell in here]
        most = hirer(hires)
        if number == 1 and most:
            self._employer("employer-2", most)
            self._agrees(hire for hire in hires if hire.employer == most)
        hard = hard_hires(district, self.today)
        free = {hire.spell: hire for hire in (*hires, *hard) if hire.employer != most and hire.worker not in self.played}
        names = organisation_names({hire.employer for hire in free.values()})
        places = territory(PUBLIC).answered_by(district, self.today)
        for way, begins in plans:
            day = self.today - timedelta(begins) if isinstance(begins, int) else begins
            found = self._paid(way, free.values(), places, day)
            if found is None:
                continue
            hire, benefit = found
            del free[hire.spell]
            username = self._employer(REFUSED if way == "refused" else f"{CLAIMANT}{len(self.parts)}", hire.employer)
            self.drafts.append(Draft(way, benefit, str(hire.spell), day, number, username, names[hire.employer].zh))

    def _paid(self, way: str, hires: Iterable[Hire], places: Collection[str], day: date) -> tuple[Hire, str] | None:
        """The first hire for which a benefit would be paid on a day, or refused where that is the way; where the way asks for two
        officers one that needs them, for the amount or because the rule cannot say.
        """
        from django.conf import settings

        if way == "refused":
            return self._first(hires, places, day, "refused", 0)
        if way != "proposed":
            return self._first(hires, places, day, "entitled", 1)
        hires = list(hires)[::-1]
        large = self._first(hires, places, day, "entitled", settings.CLAIM_SECOND_FEN)
        return large or self._first(hires, places, day, "undetermined", 0, "hiring_subsidy")

    def _first(
        self, hires: Iterable[Hire], places: Collection[str], day: date, outcome: str, least: int, benefit: str = ""
    ) -> tuple[Hire, str] | None:
        from guildhall.incentives.queries.cast import claimed_for

        for hire in list(hires)[:MOST_TRIED]:
            found = claimed_for(hire.spell, places, day, self.today, outcome, benefit)
            if found and found[1] >= least:
                return hire, found[0]
        return None

    def _employer(self, username: str, organisation: int) -> str:
        """An account of an organisation's, of which there is only one."""
        from guildhall.office.operations.demonstration import Part

        for known, part in self.parts.items():
            if part.organisation_id == organisation:
                return known
        self.parts[username] = Part(username, "", "employer", organisation_id=organisation)
        return username


def seed(found: Cast, now: datetime, today: date) -> int:
    """Opens the accounts and lets the stories happen; how many claims there are then."""
    from guildhall.incentives.operations.demonstration import Story, tell
    from guildhall.incentives.queries.cast import UPGRADE
    from guildhall.office.operations.demonstration import play
    from guildhall.web.viewer import system

    seeding = _Seeding(found, today)
    seeding.find()
    play(parts=seeding.parts.values(), by=system(CITY), now=now, today=today)
    desks = {number: _desk(number) for number in (1, 2)}
    stories = [
        Story(draft.way, draft.benefit, draft.subject, _viewer(draft.username), draft.holder, desks[draft.desk], draft.begins, draft.odd)
        for draft in seeding.drafts
    ]
    _agree(seeding.willing, now)
    asked = [(UPGRADE, (str(seeding.asked),), _viewer(seeding.asks))] if seeding.asked else []
    return tell(stories, asked, desks.values(), now=now)


def _agree(willing: Iterable[str], now: datetime) -> None:
    """Some whom an employer hired let it know when it can claim for that, so that it sees their names."""
    from guildhall.incentives.queries.candidates import EMPLOYER_MAY_KNOW
    from guildhall.registry.engine.purposes import BY_KEY
    from guildhall.registry.operations.consents import give_consent

    for username in willing:
        person = _viewer(username)
        if person.worker:
            wording = BY_KEY[EMPLOYER_MAY_KNOW].version
            give_consent(worker_id=person.worker, purpose=EMPLOYER_MAY_KNOW, wording=wording, by=person, now=now)


def _desk(number: int) -> Desk:
    """In the first district two officers work; in the second one, whose decisions the city's officer confirms.

    What was claimed before a district began was decided by officers of the city, who work elsewhere by now.
    """
    from guildhall.incentives.operations.demonstration import Desk
    from guildhall.registry.models import Place

    first, city = _viewer(f"claims-{number}"), _viewer("claims-city")
    began = Place.objects.get(pk=first.place).valid_from
    before = Desk(city.place, _viewer(FORMER[0]), _viewer(FORMER[1]), city) if began else None
    return Desk(first.place, first, _viewer("claims-3") if number == 1 else city, city, began, before)


def _viewer(username: str) -> Viewer:
    from guildhall.office.demonstration import PREFIX
    from guildhall.office.models import Grant
    from guildhall.office.viewers import viewer_in
    from guildhall.web.viewer import PUBLIC

    grant = Grant.objects.filter(account__username=PREFIX + username, revoked_at=None).order_by("pk").last()
    return viewer_in(grant) if grant else PUBLIC
