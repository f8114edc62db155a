"""What a demonstration begins with: claims in every state, made through the operations, and people to try them with."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from typing import Any

import pytest

from guildhall.incentives.engine.states import STATES
from tests.cli.conftest import Command

pytestmark = pytest.mark.slow
TOLD = """
import django, json
django.setup()
from django.utils import timezone
from guildhall.incentives.models import Check, Claim
from guildhall.incentives.operations.checking import replay
from guildhall.incentives.queries import cast, roster
from guildhall.office.demonstration import accounts
from guildhall.office.models import AuditEvent, Grant
from guildhall.office.viewers import viewer_in
from guildhall.incentives.queries.claims import queue
from guildhall.web.viewer import system
now = timezone.now()
today = timezone.localdate(now)
chains = {}
for chain, at in AuditEvent.objects.order_by("chain", "position").values_list("chain", "at"):
    chains.setdefault(chain, []).append(at.isoformat())
held = {row.account.username: viewer_in(row) for row in Grant.objects.filter(revoked_at=None).select_related("account")}
near = cast.decided(cast.nearly(today).certificate, cast.NEARLY_ON, cast.NEARLY_ON, today)[0].near
checks = list(Check.objects.all())
print(json.dumps({
    "states": sorted(Claim.objects.values_list("state", flat=True)),
    "outcomes": sorted({row.outcome for row in checks}),
    "years": sorted({claim.begun_at.year for claim in Claim.objects.all()}),
    "same": all(replay(check_id=row.pk, by=system("test"), now=now).same for row in checks[::25]),
    "chains": chains,
    "works": {name: queue(held[name], today).works for name in ("demo-claims-1", "demo-claims-2", "demo-claims-3", "demo-claims-city")},
    "near": [near.input, near.by],
    "named": sum(len(part.likely) for part in roster.roster(held["demo-employer-2"], on=today, today=today).benefits),
    "played": [account.username for account in accounts()],
}))
"""


def told(environment: dict[str, str]) -> dict[str, Any]:
    env = {**environment, "DJANGO_SETTINGS_MODULE": "guildhall.project.settings"}
    ran = subprocess.run([sys.executable, "-c", TOLD], env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_a_demonstration_has_claims_in_every_state_for_every_officer(program: Command, environment: dict[str, str]) -> None:
    assert program("demo", "--no-serve", "--scale", "1").code == 0
    found = told(environment)
    assert set(found["states"]) == set(STATES)
    assert found["outcomes"] == ["entitled", "refused", "undetermined"]
    assert {2024, 2025, 2026} <= set(found["years"])
    assert found["same"], "a decision that was kept comes out otherwise"
    assert all(one <= next for moments in found["chains"].values() for one, next in pairwise(moments)), "a step before the one before it"
    for officer, works in found["works"].items():
        assert sum(works.values()) >= 2, officer
    assert found["works"]["demo-claims-3"]["second"] > 0
    assert found["works"]["demo-claims-1"]["appeals"] == 0, "took part in what is objected to"
    assert found["works"]["demo-claims-city"]["appeals"] > 0
    assert found["named"] > 0, "an employer sees by name somebody who agreed"
    assert found["near"] == ["insured_months", 3]
    played = {"employer-2", "employer-3", "employer-4", "worker-7", "worker-3", "worker-4", "worker-5", "claims-3"}
    assert {f"demo-{name}" for name in played} <= set(found["played"])
    assert not [name for name in found["played"] if "claimant" in name or "former" in name]

    again = program("demo", "--no-serve", "--scale", "1")
    assert again.code == 0
    assert ["claims", "·", "unchanged"] in [line.split() for line in again.err.splitlines()]
