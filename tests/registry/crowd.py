"""A crowd made by chance over the small city: people, names they had, jobs, certificates, and records that are one person."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from guildhall.registry import models, tables
from tests.registry.folders import PEOPLE, identity_number

ON = date(2026, 1, 30)
THEN = datetime(2026, 1, 20, tzinfo=UTC)
SURNAMES, GIVEN = "王单曾欧", "小晓明国"
HOMES = ("t-990101001", "t-990101-rest", "t-990102", "t-990103", "t")
FIRST = 1_000


def settle(seed: int, people: int = 60) -> None:
    """Adds the crowd beside the people of tests.registry.folders; the same seed, the same crowd."""
    chance = random.Random(seed)
    keys = list(range(FIRST, FIRST + people))
    for key in keys:
        _person(chance, key)
        _history(chance, key)
    for leader in chance.sample(keys[: people // 2], 6):
        merged = chance.sample(keys[people // 2 :], 2)
        for key in merged:
            if not models.Alias.objects.filter(worker_id=key).exists():
                models.Alias.objects.create(worker_id=key, merged_into_id=leader, reason="the same", merged_at=THEN)


def name(chance: random.Random) -> str:
    return chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2, 3))))


def _person(chance: random.Random, key: int) -> None:
    born = date(1980 + key % 25, 1 + key % 12, 1 + key % 28)
    models.Worker.objects.create(
        worker_id=key, birth_month=born.replace(day=1), sex=chance.choice(tables.SEXES), education="senior", migrant="none",
        standing=chance.choice(tables.STANDINGS), residence_id=chance.choice(HOMES), weight=1,
    )  # fmt: skip
    number, phone = identity_number("990102", born, key % 1000), f"1390000{key:04d}"
    models.Identity.objects.create(worker_id=key, **models.identity_fields(key, name=name(chance), number=number, phone=phone))
    if chance.random() < 0.2:
        had = models.identity_fields(key, name=name(chance))
        models.FormerName.objects.create(worker_id=key, until=THEN, **had)


def _history(chance: random.Random, key: int) -> None:
    for _ in range(chance.choice((0, 1, 1, 2))):
        begun = ON - timedelta(days=chance.randrange(-30, 900))
        ended = chance.choice((None, None, begun + timedelta(days=chance.randrange(1, 1200))))
        models.EmploymentSpell.objects.create(
            worker_id=key, organisation_id=chance.randrange(1, 13), contract=chance.choice(tables.CONTRACTS[:2]), started_on=begun,
            ended_on=ended,
        )  # fmt: skip
    for _ in range(chance.choice((0, 1, 2))):
        level = chance.choice(("L5", "L4", "L3", "LT"))
        models.Certificate.objects.create(
            worker_id=key, kind="appointment" if level == "LT" else "skill_level", level=level, occupation="6-31-01-03", issuer_id=1,
            source="employer", issued_on=ON - timedelta(days=chance.randrange(-20, 900)),
            valid_until=chance.choice((None, None, ON + timedelta(days=chance.randrange(-5, 60)))) if level == "LT" else None,
        )  # fmt: skip
    if chance.random() < 0.15:
        models.CorrectionRequest.objects.create(
            worker_id=key, subject="workers", wanted_sealed=b"", place_id=chance.choice(HOMES[:4]), lodged_at=THEN, due_on=ON,
            state=chance.choice(("open", "accepted")),
        )  # fmt: skip


assert FIRST > PEOPLE
