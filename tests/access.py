"""The access table: who may open which door, on which object. One row for each address and method; an address without a row is red.

A row (`Door`) says for a url name and a method: which of the cast (tests.world.CAST, or `public`) may open it, and how its
address and form are made for the people and things of one Side of the world. tests/web/test_access.py then proves, for each row,

- that everyone named gets the answer on their own object (200, or the 302 of a form that was taken);
- that everyone else, and everyone named on somebody else's object, is told that there is no such page, and no row changed;
- that the public is sent to sign in; that nothing behind a door is kept by a browser; and that no page shows anybody whom
  the role does not lead to.

To add a door: add a line to DOORS. Where its object is one that the world does not hold yet, plant it in `tests.world`
(`Side.keys`), on all three sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests import clock
from tests.registry.folders import identity_number
from tests.world import ACTING, BORN, CAST, CITY_OFFICER, CONFIRMATION, OF_ONE, Side, parameter

PUBLIC = ("public",)
"""Open to everyone, also without signing in."""
ALSO_SHOWN_TO = ("assessor", "worker")
"""Of the cast, who looks at public pages: one of the staff, and one of the people."""
Made = Callable[[Side], Mapping[str, Any]]


@dataclass(frozen=True)
class Fixed:
    """The same parts of an address, or fields of a form, for every Side: what they name is everybody's."""

    parts: tuple[tuple[str, Any], ...] = ()

    def __call__(self, side: Side) -> Mapping[str, Any]:
        return dict(self.parts)


NOTHING = Fixed()


def fixed(**parts: Any) -> Made:
    """The same for every Side."""
    return Fixed(tuple(parts.items()))


@dataclass(frozen=True)
class Door:
    """One address under one method.

    `who` may open it. `at` makes the parts of the address and `form` the fields sent, for one Side. `answers` is the status on an
    own object: 200 for reading and 302 for a form, unless said otherwise. `refuses` is what is said of somebody else's object
    named in a form, where the form itself says that nobody is found (200); an object in the address is always refused with 404.
    `also` are some of the cast who look at a public page too; `beside` those who may open the address as well, but for whom this
    row holds nothing of their own. `case` tells rows of the same address and method apart. A `keyed` door is a route of the API that
    asks for a key: each of the cast comes with one of their own, and who has none is told so (401).
    """

    name: str
    who: tuple[str, ...]
    method: str = "GET"
    at: Made = NOTHING
    form: Made = NOTHING
    answers: int = 0
    refuses: int = 404
    query: str = ""
    also: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    case: str = ""
    keyed: bool = False

    @property
    def status(self) -> int:
        return self.answers or (200 if self.method == "GET" or self.keyed else 302)

    @property
    def has_object(self) -> bool:
        """Whether the row names an object that may be somebody else's."""
        return not (isinstance(self.at, Fixed) and isinstance(self.form, Fixed))

    def __str__(self) -> str:
        return f"{self.method} {self.name}" + (f" ({self.case})" if self.case else "")


def public(name: str, query: str = "", **parts: Any) -> Door:
    """A page of the city that everyone may read."""
    return Door(name, PUBLIC, at=fixed(**parts), query=query, also=ALSO_SHOWN_TO)


def worker(side: Side) -> Mapping[str, Any]:
    return {"worker_id": side.worker}


def unclaimed(side: Side) -> Mapping[str, Any]:
    return {"worker_id": side.student}


def organisation(side: Side) -> Mapping[str, Any]:
    return {"organisation_id": side.organisation}


CITY = (
    public("health"),
    public("city"),
    public("figures"),
    public("figure", figure_id="skilled.count"),
    public("district", place_id="tiny-harbour"),
    public("parks"),
    public("park", place_id="tiny-park-1"),
    public("assumptions"),
    public("sources"),
    public("dictionary"),
    public("dictionary_of", domain="registry"),
    public("open_data"),
    public("open_data_file", table="ladder", kind="csv"),
    public("places"),
    public("place", place_id="tiny-west"),
    public("organisations"),
    public("organisation", organisation_id=7301),
    public("occupations"),
    public("occupation", code="2-02-38"),
    public("gray_collar"),
    public("retention"),
    public("documentation"),
    public("documentation_of", group="registry"),
    public("rulebook"),
    public("rulebook_rule", rule="skill_upgrade_subsidy"),
)
API = (
    public("api:openapi-json"),
    public("api:snapshot"),
    public("api:figures"),
    public("api:figure", figure_id="skilled.count"),
    public("api:ladder"),
    public("api:measures"),
    public("api:clusters"),
    public("api:series"),
    public("api:rules"),
    public("api:rule", rule="skill_upgrade_subsidy"),
    public("api:parks"),
    public("api:park", park_id="tiny-park-1"),
    public("api:places"),
    public("api:place", place_id="tiny-west"),
    public("api:organisations"),
    public("api:organisation", organisation_id=7301),
    public("api:occupations"),
    public("api:occupation", code="2-02-38"),
)
IN_A_ROLE = tuple(who for who in CAST if who != "none")
SIGN_IN: tuple[Door, ...] = (
    Door("sign_in", PUBLIC),
    Door("sign_in_as", PUBLIC, also=ALSO_SHOWN_TO),
    Door("sign_in_as", PUBLIC, "POST", form=fixed(account="demo-guest")),
    Door("sign_out", CAST),
    Door("sign_out", CAST, "POST"),
    Door("role", CAST),
    Door("role", CAST, "POST", answers=200),
    Door("desk", IN_A_ROLE),
    Door("account_login", PUBLIC),
    Door("account_login", PUBLIC, "POST", form=fixed(login="nobody", password="nothing"), answers=200),
    Door("mfa_authenticate", PUBLIC, answers=302),
    Door("mfa_authenticate", PUBLIC, "POST"),
    Door("mfa_login_webauthn", PUBLIC, answers=302),
    Door("mfa_login_webauthn", PUBLIC, "POST"),
    Door("account_inactive", PUBLIC, also=ALSO_SHOWN_TO),
    Door("sign_in_again", PUBLIC, "POST"),
    Door("invitation", PUBLIC, at=fixed(token="none"), answers=400),
    Door("invitation_accept", PUBLIC, answers=400),
    Door("invitation_accept", PUBLIC, "POST", answers=400),
    Door("sign_in_phone", PUBLIC),
    Door("sign_in_phone", PUBLIC, "POST", form=fixed(phone="13800138000")),
    Door("sign_in_code", PUBLIC, answers=302),
    Door("sign_in_code", PUBLIC, "POST"),
    Door("sign_in_identity", PUBLIC, answers=404),
    Door("identity_callback", PUBLIC, answers=404),
    Door("socialaccount_login_cancelled", PUBLIC, also=ALSO_SHOWN_TO),
    Door("socialaccount_login_error", PUBLIC, answers=401),
)
"""Doors of signing in, of roles and of the desk. Some lead on (302) or end (4xx) for whoever comes without what they ask for."""
OWN_ACCOUNT: tuple[Door, ...] = (
    Door("sessions", CAST),
    Door("sessions", CAST, "POST"),
    Door("account_change_password", CAST),
    Door("account_change_password", CAST, "POST", answers=200),
    Door("account_reauthenticate", CAST),
    Door("account_reauthenticate", CAST, "POST", answers=200),
    Door("mfa_reauthenticate", CAST, answers=302),
    Door("mfa_reauthenticate", CAST, "POST"),
    Door("mfa_reauthenticate_webauthn", CAST, answers=302),
    Door("mfa_reauthenticate_webauthn", CAST, "POST"),
    Door("mfa_index", CAST),
    Door("mfa_activate_totp", CAST, answers=302),
    Door("mfa_activate_totp", CAST, "POST"),
    Door("mfa_deactivate_totp", CAST, answers=404),
    Door("mfa_deactivate_totp", CAST, "POST", answers=404),
    Door("mfa_view_recovery_codes", CAST, answers=404),
    Door("mfa_generate_recovery_codes", CAST, answers=302),
    Door("mfa_generate_recovery_codes", CAST, "POST"),
    Door("mfa_download_recovery_codes", CAST, answers=404),
    Door("mfa_list_webauthn", CAST),
    Door("mfa_add_webauthn", CAST, answers=302),
    Door("mfa_add_webauthn", CAST, "POST"),
    Door("mfa_remove_webauthn", CAST, at=fixed(pk=1), answers=302),
    Door("mfa_remove_webauthn", CAST, "POST", at=fixed(pk=1)),
    Door("mfa_edit_webauthn", CAST, at=fixed(pk=1), answers=302),
    Door("mfa_edit_webauthn", CAST, "POST", at=fixed(pk=1)),
)
"""What everyone does with their own account; changes to second factors first ask again who it is (302)."""
COUNTER = ("assessor", "claims_officer", "arrears_officer")
"""Officers who see people in their places, and act for them at the counter."""
FOR_THEMSELVES = ("worker", "employer", "delegate", "college", "none")
"""People of the city who signed in for themselves."""
CLAIMS: tuple[Door, ...] = (
    Door("claim", FOR_THEMSELVES),
    Door("claim", FOR_THEMSELVES, "POST", form=fixed(name="nobody", number="1")),
    Door("claim_fact", FOR_THEMSELVES, answers=302),
    Door("claim_certificate", FOR_THEMSELVES, answers=302),
    Door("claim_certificate", FOR_THEMSELVES, "POST", form=fixed(number="1")),
    Door("claim_phone", FOR_THEMSELVES, answers=302),
    Door("claim_phone", FOR_THEMSELVES, "POST", form=fixed(phone="13800138000")),
    Door("claim_code", FOR_THEMSELVES, answers=302),
    Door("claim_code", FOR_THEMSELVES, "POST", form=fixed(code="123456")),
)
"""Claiming a record: without the page before, each leads back to the first (302)."""
TODAY = str(clock.today())


def account(side: Side) -> Mapping[str, Any]:
    return {"account_id": side.grants["planner"].account_id}


def role_of_account(side: Side) -> Mapping[str, Any]:
    return {**account(side), "grant_id": side.grants["planner"].pk}


def role_asked(side: Side) -> Mapping[str, Any]:
    return {**account(side), "wish_id": side.keys["wish"]}


def new_role(side: Side) -> Mapping[str, Any]:
    return {"role": "assessor", "place": side.place, "first": TODAY, "last": ""}


def person(worker: str, **more: Any) -> Made:
    """A person of the Side by name and identity number, and other fields."""
    return lambda side: {"name": side.name(getattr(side, worker)), "number": side.number(getattr(side, worker)), **more}


def mandate(who: str) -> Made:
    return lambda side: {"mandate_id": side.mandates[who].pk}


def key(name: str, field: str = "") -> Made:
    """The key of something planted in the world, under the name of a field."""
    return lambda side: {field or name: side.keys[name]}


def of_the_law(**parts: Any) -> Made:
    """A form about one value that the whole city sets."""
    return fixed(version=parameter("yearly_limit"), **parts)


LAWYERS = ("planner", "claims_officer")
"""Officers who work with the law of the instruments; of a district, they read what the city stands by."""
OFFICE: tuple[Door, ...] = (
    Door("parameters", (*LAWYERS, "administrator", "auditor")),
    Door("parameters_of", (*LAWYERS, "administrator", "auditor"), at=fixed(rule="skill_upgrade_subsidy")),
    Door(
        "parameters_of",
        (CITY_OFFICER,),
        "POST",
        at=fixed(rule="skill_upgrade_subsidy"),
        form=of_the_law(reference="file 8", first="1"),
    ),
    Door("parameter", LAWYERS, at=fixed(confirmation_id=CONFIRMATION)),
    Door("parameter", (CITY_OFFICER,), "POST", at=fixed(confirmation_id=CONFIRMATION), form=fixed(reason="replaced")),
    Door("audit", ("auditor",)),
    Door("audit_export", ("auditor",)),
    Door("accounts", ("administrator",)),
    Door("account_new", ("administrator",)),
    Door(
        "account_new",
        ("administrator",),
        "POST",
        form=lambda side: {**new_role(side), "username": "new-officer", "name": "New Officer", "email": "new@guildhall.example"},
        refuses=200,
    ),
    Door("account", ("administrator",), at=account),
    Door("account_give", ("administrator",), at=account),
    Door("account_give", ("administrator",), "POST", at=account, form=new_role),
    Door("account_end", ("administrator",), at=role_of_account),
    Door("account_end", ("administrator",), "POST", at=role_of_account, form=fixed(reason="moves away")),
    Door("account_asked", ("administrator",), at=role_asked),
    Door("account_asked", ("administrator",), "POST", at=role_asked),
    Door("account_asked", ("administrator",), "POST", at=role_asked, form=fixed(withdraw="1"), case="withdraw"),
    Door("account_close", ("administrator",), at=account),
    Door("account_close", ("administrator",), "POST", at=account, form=fixed(reason="moves away")),
    Door("account_invite", ("administrator",), at=account),
    Door("account_invite", ("administrator",), "POST", at=account, answers=200),
    Door("claim_organisation", FOR_THEMSELVES),
    Door("claim_organisation", FOR_THEMSELVES, "POST", form=fixed(code="ORG1", name="Nobody", number="1"), answers=200),
    Door("representative", COUNTER, at=organisation),
    Door("representative", COUNTER, "POST", at=organisation, form=person("student", phone="13900001111")),
    Door("delegations", ("employer", "college")),
    Door(
        "delegations",
        ("employer",),
        "POST",
        form=person("second", scopes=["roster"], last=TODAY),
        refuses=200,
        beside=("college",),
        case="to a colleague",
    ),
    Door("delegations", ("employer",), "POST", form=key("delegation", "grant"), beside=("college",), case="taken back"),
    Door("mandates", (*COUNTER, "broker")),
    Door("mandates", (*COUNTER, "broker"), "POST", form=person("second", purpose="jobs", consent="signed", last=TODAY), refuses=200),
    Door("mandate_act", ("assessor",), "POST", at=mandate("counter")),
    Door("mandate_act", ("broker",), "POST", at=mandate("care"), case="in care"),
    Door("mandate_return", ("assessor",), "POST", at=mandate("counter")),
    Door("mandate_return", ("broker",), "POST", at=mandate("care"), case="in care"),
    Door("mandate_stop", ACTING, "POST"),
    Door("visit_sheet", ("broker",)),
    Door("visits", ("broker",)),
    Door("visits", ("broker",), "POST", answers=200),
    Door("visit", ("broker",), at=key("visit", "batch_id")),
    Door("agents", OF_ONE),
    Door("agents", ("worker",), "POST", form=lambda side: {"mandate": side.mandates["care"].pk}),
    Door("tokens", ("employer", "delegate", *COUNTER)),
    Door(
        "tokens",
        ("employer", *COUNTER),
        "POST",
        form=fixed(name="report", scopes=["people"], last=TODAY),
        answers=200,
        beside=("delegate",),
    ),
    Door(
        "tokens",
        ("delegate",),
        "POST",
        form=fixed(name="report", scopes=["jobs"], last=TODAY),
        answers=200,
        beside=("employer", *COUNTER),
        case="of a delegate",
    ),
    Door("tokens", ("assessor",), "POST", form=key("token", "revoke"), case="revoked"),
)
"""Accounts, delegations, mandates, tokens, audit."""
SEARCHERS = (*COUNTER, "employer")
"""Who looks for people and opens their records."""
PEOPLE: tuple[Door, ...] = (
    Door("people", SEARCHERS),
    Door("people", SEARCHERS, "POST", form=fixed(text="wx")),
    Door("person", SEARCHERS, at=worker),
    Door("reveal", COUNTER, at=lambda side: {**worker(side), "field": "phone"}),
    Door("reveal", COUNTER, "POST", at=lambda side: {**worker(side), "field": "phone"}, form=fixed(reason="contact"), answers=200),
    Door("organisation_people", SEARCHERS, at=organisation),
    Door("organisation_people", SEARCHERS, at=organisation, query="list=former", case="who left"),
    Door("api:search_people", SEARCHERS, "POST", form=lambda side: {"text": side.name(side.worker)}, refuses=200, keyed=True),
    Door("api:person", SEARCHERS, at=worker, keyed=True),
    Door("api:organisation_people", SEARCHERS, at=organisation, keyed=True),
)
"""Search, persons, reveals."""
BRINGERS = ("employer", "assessor", "claims_officer")


def batch(state: str) -> Made:
    return lambda side: {"batch_id": side.keys[f"roster {state}"]}


ROSTERS: tuple[Door, ...] = (
    Door("imports", BRINGERS),
    Door("import_new", ("assessor", "claims_officer"), beside=("employer",)),
    Door("import_new", ("employer",), answers=302, beside=("assessor", "claims_officer"), case="with one organisation"),
    Door("import_file", BRINGERS, at=organisation),
    Door("import_file", BRINGERS, "POST", at=organisation, answers=200),
    Door("import_columns", BRINGERS, at=batch("received")),
    Door("import_columns", BRINGERS, "POST", at=batch("received"), form=fixed(**{"column-0": "name"}), answers=200),
    Door("import_check", BRINGERS, at=batch("staged")),
    Door("import_check", BRINGERS, "POST", at=batch("staged")),
    Door("import", BRINGERS, at=batch("done")),
    Door("import", BRINGERS, "POST", at=batch("staged")),
    Door("import_rejected", ("employer",), at=batch("done")),
    Door("feeds", ("claims_officer", "assessor", "planner", "administrator")),
    Door("feed_file", (CITY_OFFICER,), at=fixed(kind="hardship")),
    Door("feed_file", (CITY_OFFICER,), "POST", at=fixed(kind="hardship"), answers=200),
    Door("feed_import", (CITY_OFFICER,), at=fixed(batch_id=990_002)),
    Door("feed_import", (CITY_OFFICER,), "POST", at=fixed(batch_id=990_001)),
    Door("feed_rejected", (CITY_OFFICER,), at=fixed(batch_id=990_002)),
)
"""Imports and feeds."""
A_WORKERS = OF_ONE
ENDING = identity_number("990101", BORN + timedelta(days=7_310_001 % 28), 1)[-4:]
"""How the identity number of Harbour's worker ends."""
"""Who opens a worker's door: the worker, and whoever acts for them under a mandate."""
KEEPERS = ("assessor", "claims_officer")
"""Officers who keep people's records."""


def paper(side: Side) -> Mapping[str, Any]:
    return {"attachment_id": side.keys["paper"]}


def child(side: Side) -> Mapping[str, Any]:
    return {"worker_id": side.keys["child"]}


MINE: tuple[Door, ...] = (
    Door("me", A_WORKERS),
    Door("held", A_WORKERS),
    Door("held_files", ("worker",)),
    Door("held_files", ("worker",), "POST", form=fixed(ending=ENDING, alone="on"), answers=200),
    Door("looked", A_WORKERS),
    Door("consents", A_WORKERS),
    Door("consents", ("worker",), "POST", form=fixed(decide="give:reminders/1")),
    Door("guardian_consent", KEEPERS, at=child),
    Door(
        "guardian_consent",
        KEEPERS,
        "POST",
        at=child,
        form=fixed(purpose="reminders", name="Mother", relation="mother", document="identity card", seen="on"),
    ),
    Door("notices", tuple(who for who in IN_A_ROLE if who not in ACTING)),
    Door("notices", ("worker",), "POST", form=key("notice", "read")),
    Door("attachment", (*A_WORKERS, *KEEPERS), at=paper),
    Door("attachment_remove", (*A_WORKERS, *KEEPERS), at=paper),
    Door("attachment_remove", ("worker",), "POST", at=paper, beside=(*ACTING, *KEEPERS)),
)
"""A worker's own pages, notices and papers."""


def claim_of(state: str) -> Made:
    """A claim of the Side's worker that stands at a state."""
    return lambda side: {"claim_id": side.keys[f"claim {state}"]}


def subsidy(side: Side) -> Mapping[str, Any]:
    """The skill-upgrade subsidy for the certificate of the Side's worker."""
    return {"benefit": "skill_upgrade_subsidy", "kind": "certificate", "key": side.worker}


ACCOUNT = {"number": "6222000011112222", "holder": "Somebody", "bank": "Bank"}
BENEFITS: tuple[Door, ...] = (
    Door("benefits", ("worker",)),
    Door("benefit", ("worker",), at=subsidy),
    Door("recognition", ("worker",)),
    Door("person_recognition", KEEPERS, at=worker),
    Door("person_benefits", ("claims_officer",), at=worker),
    Door("person_benefit", ("claims_officer",), at=lambda side: {"worker_id": side.worker, **subsidy(side)}),
    Door("claims", ("worker",)),
    Door("claim_begin", ("worker",), "POST", form=lambda side: {"benefit": "training_subsidy", "subject": side.worker}),
    Door("claim_mine", ("worker",), at=claim_of("draft")),
    Door("claim_said", ("worker",), at=claim_of("draft")),
    Door("claim_said", ("worker",), "POST", at=claim_of("draft"), form=fixed(drawing_benefit="no", later="1")),
    Door("claim_papers", ("worker",), at=claim_of("draft")),
    Door("claim_papers", ("worker",), "POST", at=claim_of("draft"), answers=200),
    Door("claim_account", ("worker",), at=claim_of("draft")),
    Door("claim_account", ("worker",), "POST", at=claim_of("draft"), form=fixed(**ACCOUNT)),
    Door("claim_check", ("worker",), at=claim_of("draft")),
    Door("claim_check", ("worker",), "POST", at=claim_of("draft"), answers=200),
    Door("claim_withdraw", ("worker",), at=claim_of("draft")),
    Door("claim_withdraw", ("worker",), "POST", at=claim_of("draft"), form=fixed(reason="")),
    Door("claim_object", ("worker",), at=claim_of("refused")),
    Door("claim_object", ("worker",), "POST", at=claim_of("refused"), form=fixed(grounds=""), answers=200),
    Door("claim_agree", ("worker",), at=claim_of("asked")),
    Door("claim_agree", ("worker",), "POST", at=claim_of("asked"), form=fixed(said="no")),
)
"""What is a worker's by the rules, and the claims of their own; mandates of the world are for the record, which opens none of it."""
CLAIMED = {"benefit": "hiring_subsidy"}
EMPLOYER: tuple[Door, ...] = (
    Door("employer_benefits", ("employer",)),
    Door("employer_ask", ("employer",), "POST"),
    Door("employer_claims", ("employer",)),
    Door("employer_batch_new", ("employer",), at=fixed(benefit="skill_upgrade_subsidy"), case="of workers"),
    Door("employer_batch_new", ("employer",), at=fixed(**CLAIMED), case="own"),
    Door("employer_batch_new", ("employer",), "POST", at=fixed(**CLAIMED), form=lambda side: {"subject": side.keys["hire"]}),
    Door("employer_batch", ("employer",), at=key("bundle", "bundle_id")),
    Door("employer_batch", ("employer",), "POST", at=key("bundle", "bundle_id"), form=fixed(do="account", **ACCOUNT)),
    Door("employer_claim", ("employer",), at=claim_of("own")),
    Door("employer_claim", ("employer",), "POST", at=claim_of("own"), form=fixed(do="account", **ACCOUNT)),
    Door("employer_withdraw", ("employer",), at=claim_of("own")),
    Door("employer_withdraw", ("employer",), "POST", at=claim_of("own"), form=fixed(reason="")),
    Door("employer_object", ("employer",), at=claim_of("own refused")),
    Door("employer_object", ("employer",), "POST", at=claim_of("own refused"), form=fixed(grounds=""), answers=200),
    Door("policy", ("planner",)),
    Door("policy_of", ("planner",), at=fixed(rule="skill_upgrade_subsidy")),
    Door("policy_whatif", ("planner",), at=fixed(rule="skill_upgrade_subsidy")),
    Door("unclaimed", ("planner", "claims_officer")),
    Door("unclaimed_file", ("planner", "claims_officer"), "POST"),
    Door("outreach_file", ("claims_officer",), "POST"),
)
"""What an employer claims over its roster, and what could be claimed and is not."""
REVIEWERS = ("claims_officer", "auditor")
"""Who opens the pages of the review and of the money; an auditor reads."""


def budget(side: Side) -> Mapping[str, Any]:
    return {"place": side.place, "benefit": "skill_upgrade_subsidy", "amount": "1,000", "document": "No. 1"}


REVIEW: tuple[Door, ...] = (
    Door("claims_queue", REVIEWERS),
    Door("appeals", REVIEWERS),
    Door("claim_review", REVIEWERS, at=claim_of("lodged")),
    Door(
        "claim_review",
        ("claims_officer",),
        "POST",
        at=claim_of("lodged"),
        form=fixed(**{"action": "return", "return-paper_missing": "on"}),
    ),
    Door("account_shown", ("claims_officer",), at=claim_of("lodged")),
    Door("account_shown", ("claims_officer",), "POST", at=claim_of("lodged"), form=fixed(reason="claim", note=""), answers=200),
    Door("claim_at_counter", ("claims_officer",)),
    Door("claim_at_counter", ("claims_officer",), "POST", form=person("student", consent="signed", note=""), refuses=200),
    Door("payments", REVIEWERS),
    Door("payments", ("claims_officer",), "POST", form=fixed(publish="1"), answers=200),
    Door("payment_batch", REVIEWERS, at=key("batch made", "batch_id")),
    Door("payment_batch", ("claims_officer",), "POST", at=key("batch made", "batch_id"), form=fixed(action="cancel", reason="wrong")),
    Door("payment_file", ("claims_officer",), "POST", at=key("batch sent", "batch_id"), answers=200),
    Door("budgets", REVIEWERS),
    Door("budgets", ("claims_officer",), "POST", form=budget, refuses=200),
    public("notice_board"),
)
"""Claims as officers review, pay and publish them."""
SEEN = {"document": "passport", "reason": "shown at the counter"}
RECORDS: tuple[Door, ...] = (
    Door("duplicates", KEEPERS),
    Door("duplicates", KEEPERS, "POST", form=lambda side: {"first": side.worker, "second": side.student}, refuses=200),
    Door("duplicate", KEEPERS, at=key("pair", "pair_id")),
    Door("duplicate", KEEPERS, "POST", at=key("pair", "pair_id"), form=fixed(action="apart", reason="sisters")),
    Door("corrections", KEEPERS),
    Door("correction", KEEPERS, at=key("correction", "correction_id")),
    Door("correction", KEEPERS, "POST", at=key("correction", "correction_id"), form=fixed(action="refuse", answer="not so")),
    Door("employment_said", ("worker",), at=lambda side: {"spell_id": side.keys["spell"]}, answers=302),
    Door("employment_said", ("worker",), "POST", at=lambda side: {"spell_id": side.keys["spell"]}, form=fixed(said="yes")),
    Door("correct", A_WORKERS),
    Door("correct", A_WORKERS, "POST", form=key("correction", "withdraw")),
    Door("rename", KEEPERS, at=worker),
    Door("rename", KEEPERS, "POST", at=worker, form=fixed(name="New Name", on="2026-01-05", **SEEN)),
    Door("release_claim", KEEPERS, at=worker),
    Door("release_claim", KEEPERS, "POST", at=worker, form=fixed(reason="claimed by somebody else")),
    Door("claim_counter", KEEPERS, at=worker),
    Door(
        "claim_counter", KEEPERS, "POST", at=unclaimed, form=fixed(phone="13900001111", document="identity_card", reason="at the counter")
    ),
    Door("claim_counter_code", KEEPERS, at=unclaimed, answers=302),
    Door("claim_counter_code", KEEPERS, "POST", at=unclaimed, form=fixed(code="123456")),
    Door("change_phone", KEEPERS, at=worker),
    Door("change_phone", KEEPERS, "POST", at=worker, form=fixed(phone="13900001111", reason="a new one")),
    Door("documents", KEEPERS, at=worker),
    Door("documents", KEEPERS, "POST", at=worker, form=fixed(action="add", kind="passport", number="E12345678")),
    Door("number", KEEPERS, at=worker),
    Door("number", KEEPERS, "POST", at=worker, form=fixed(**{"action": "refuse", "refuse-reason": "the copy is forged"})),
)
"""Duplicates, corrections, and who someone is."""
DOORS: tuple[Door, ...] = (
    *CITY,
    *API,
    *SIGN_IN,
    *OWN_ACCOUNT,
    *CLAIMS,
    *OFFICE,
    *PEOPLE,
    *ROSTERS,
    *MINE,
    *BENEFITS,
    *EMPLOYER,
    *REVIEW,
    *RECORDS,
)
UNANSWERED = frozenset({"api:api-root"})
"""Names that only serve to make addresses: nothing answers there."""
READ_BY_ANY_METHOD = frozenset({"api:openapi-json"})
"""What django-ninja hands out whatever the method: it writes nothing."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def routes() -> Iterator[str]:
    """The name of every address of the project, allauth's and the API's included. Raises ValueError for one without a name."""
    from django.urls import get_resolver

    yield from _names(get_resolver().url_patterns, "")


def _names(patterns: Any, prefix: str) -> Iterator[str]:
    from django.urls import URLPattern

    for entry in patterns:
        if not isinstance(entry, URLPattern):
            yield from _names(entry.url_patterns, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        elif entry.name is None:
            raise ValueError(f"the address {entry.pattern} has no name: give it one in project/urls.py")
        else:
            yield prefix + entry.name
