"""People of the city sign in with a code by text message; no answer tells whether anybody is known under a phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from guildhall.kernel.errors import GuildhallError
from guildhall.office.backends import PATH
from guildhall.office.carriers import NotSent
from guildhall.office.models import Account, AuditEvent, SmsCode
from guildhall.office.operations import public
from guildhall.office.operations.codes import ATTEMPTS, HOLDS, WrongCode, send_code, use_code
from guildhall.office.phones import phone_of
from tests.office.staff import HEADERS

pytestmark = pytest.mark.django_db
PHONE = "13800138000"


@dataclass
class Postbox:
    """A carrier that keeps what it was given, or takes nothing."""

    taken: list[dict[str, str]] = field(default_factory=list)
    broken: bool = False

    def send(self, *, to: str, subject: str, body: str, key: str) -> None:
        if self.broken:
            raise NotSent("broken")
        self.taken.append({"to": to, "body": body, "key": key})


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Postbox:
    box = Postbox()
    monkeypatch.setattr("guildhall.office.codes_asked.text_messages", lambda: box)
    return box


def sent(now: datetime, phone: str = PHONE) -> str:
    return send_code(phone=phone, carrier=Postbox(), language="en", now=now)


def test_a_code_is_kept_as_a_hash_and_serves_once(now: datetime) -> None:
    box = Postbox()
    code = send_code(phone=PHONE, carrier=box, language="zh-hans", now=now)
    assert len(code) == 6
    assert box.taken[0]["to"] == PHONE
    assert code in box.taken[0]["body"]
    assert code not in box.taken[0]["key"]
    kept = SmsCode.objects.get()
    assert code.encode() not in bytes(kept.code_hash)
    use_code(phone=PHONE, code=code, now=now)
    with pytest.raises(WrongCode):
        use_code(phone=PHONE, code=code, now=now)


def test_a_code_holds_for_five_minutes(now: datetime) -> None:
    code = sent(now)
    with pytest.raises(WrongCode):
        use_code(phone=PHONE, code=code, now=now + HOLDS)
    code = sent(now)
    use_code(phone=PHONE, code=code, now=now + HOLDS - timedelta(seconds=1))


def test_after_five_wrong_codes_the_right_one_is_wrong_too(now: datetime) -> None:
    code = sent(now)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(ATTEMPTS):
        with pytest.raises(WrongCode):
            use_code(phone=PHONE, code=wrong, now=now)
    with pytest.raises(WrongCode):
        use_code(phone=PHONE, code=code, now=now)


def test_a_new_code_ends_the_one_before_the_last_and_belongs_to_one_phone(now: datetime) -> None:
    first, *others = sent(now), sent(now), sent(now)
    if first not in others:
        with pytest.raises(WrongCode):
            use_code(phone=PHONE, code=first, now=now)
    other = sent(now, "13900139000")
    with pytest.raises(WrongCode):
        use_code(phone="13700137000", code=other, now=now)


def test_whoever_asks_for_a_code_for_somebody_elses_phone_does_not_end_theirs(now: datetime) -> None:
    later = now + timedelta(minutes=2)
    code, other = sent(now), sent(later)
    with pytest.raises(WrongCode):
        use_code(phone=PHONE, code=code, now=now + HOLDS)
    use_code(phone=PHONE, code=code, now=later)
    with pytest.raises(WrongCode):  # one sign-in uses up both
        use_code(phone=PHONE, code=other, now=later)


@pytest.mark.parametrize("page", ["phone/", "phone/code/"])
def test_no_browser_keeps_the_pages_of_a_code(postbox: Postbox, page: str) -> None:
    client = Client()
    client.post("/en/sign-in/phone/", {"phone": PHONE}, headers=HEADERS)
    assert "no-store" in client.get(f"/en/sign-in/{page}", headers=HEADERS)["Cache-Control"]


def test_a_code_that_could_not_be_sent_is_no_code(now: datetime) -> None:
    with override("en"), pytest.raises(GuildhallError, match="could not be sent"):
        send_code(phone=PHONE, carrier=Postbox(broken=True), language="en", now=now)
    assert not SmsCode.objects.exists()


def test_one_phone_is_one_account(now: datetime) -> None:
    first = public.account_of_phone(phone=PHONE, language="en", now=now)
    again = public.account_of_phone(phone=PHONE, language="en", now=now)
    assert first == again
    assert phone_of(first) == PHONE
    assert PHONE not in first.username
    assert not first.has_usable_password()


def test_a_stranger_and_someone_known_see_the_same(postbox: Postbox, now: datetime) -> None:
    public.account_of_phone(phone=PHONE, language="en", now=now)
    seen = []
    for phone in (PHONE, "13900139000"):
        client = Client()
        answer = client.post("/en/sign-in/phone/", {"phone": phone}, headers=HEADERS)
        page = client.get(answer["Location"], headers=HEADERS).content.decode()
        seen.append((answer.status_code, answer["Location"], _plain(page)))
    assert seen[0] == seen[1]


def _plain(page: str) -> str:
    import re

    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r'value="[A-Za-z0-9]{64}"|\d{3}\*{4}\d{2}', "", main)


def test_signing_in_begins_an_account_without_a_role(postbox: Postbox) -> None:
    client = Client()
    assert client.post("/en/sign-in/phone/?next=/en/places/", {"phone": "+86 138-0013-8000"})["Location"].startswith(
        "/en/sign-in/phone/code/"
    )
    assert PHONE not in str(dict(client.session.items())), "the session tells nobody's number"
    code = postbox.taken[0]["body"].split("code", 1)[0]
    digits = "".join(letter for letter in code if letter.isdigit())[:6]
    before = client.session.session_key
    wrong = client.post("/en/sign-in/phone/code/", {"code": "12345"}, headers=HEADERS)
    assert "The code is not right" in wrong.content.decode()
    right = client.post("/en/sign-in/phone/code/", {"code": digits, "next": "/en/places/"}, headers=HEADERS)
    assert right["Location"] == "/en/places/"
    assert client.session.session_key != before, "a session key from before the sign-in opens nothing"
    account = Account.objects.get()
    assert account.kind == "public"
    assert [event.action for event in AuditEvent.objects.order_by("event_id")] == ["office.begin_account", "office.sign_in"]
    assert client.get("/en/desk/")["Location"].startswith("/en/role/")


@pytest.mark.parametrize("phone", ["12", "abc", "+44 20 7946 0000", "2380013800", "138001380001"])
def test_only_a_mobile_number_is_sent_a_code(postbox: Postbox, phone: str) -> None:
    page = Client().post("/en/sign-in/phone/", {"phone": phone}, headers=HEADERS).content.decode()
    assert "no mobile number" in page
    assert not postbox.taken


def test_how_often_a_code_is_sent_is_limited_by_phone_and_by_address(postbox: Postbox) -> None:
    client = Client()
    assert client.post("/en/sign-in/phone/", {"phone": PHONE}).status_code == 302
    assert Client().post("/en/sign-in/phone/", {"phone": PHONE}).status_code == 429
    answers = [Client().post("/en/sign-in/phone/", {"phone": f"139{number:08d}"}).status_code for number in range(20)]
    assert answers.count(302) == 18
    assert answers[-1] == 429


def test_a_closed_account_does_not_sign_in(postbox: Postbox, now: datetime) -> None:
    account = public.account_of_phone(phone=PHONE, language="en", now=now)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    client = Client()
    client.post("/en/sign-in/phone/", {"phone": PHONE}, headers=HEADERS)
    digits = "".join(letter for letter in postbox.taken[0]["body"] if letter.isdigit())[:6]
    assert client.post("/en/sign-in/phone/code/", {"code": digits})["Location"] == "/en/sign-in/staff/closed/"
    assert client.get("/en/desk/")["Location"].startswith("/en/sign-in/")


def test_who_signs_in_without_a_password_has_no_pages_about_one(postbox: Postbox, now: datetime) -> None:
    """They could not be asked for it again, and a factor added by a thief would lock them out."""
    account = public.account_of_phone(phone=PHONE, language="en", now=now)
    client = Client()
    client.force_login(account, backend=PATH)
    for path in ("password/", "confirm/", "factors/", "factors/app/", "factors/passkeys/add/"):
        assert client.get(f"/en/account/{path}").status_code == 404, path
    assert client.get("/en/account/sessions/").status_code == 200
