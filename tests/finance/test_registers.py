"""Numbers of new suppliers looked up at registers: over HTTP, at a server of this test."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from core.registry import SUBJECTS
from core.rounds import go_round
from core.scope import scope
from core.templatetags.web import day
from events.models import Event
from finance import registers
from finance.models import RegisterLookup, SupplierRequest
from finance.services.lookups import ASKING, MOST_ATTEMPTS, _claim, _keep, answer_lookups
from tenants.models import Organisation
from tests.calls import call
from tests.finance.payables import ask, prepare
from tests.house.test_routes import signed_in
from tests.world import World

VAT, COMPANY = "GB123456782", "00445790"
OFFICER = "finance_officer@eastmere"


class Registry(HTTPServer):
    """Answers as the two registers do, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str, str]] = []
        self.answers: dict[str, tuple[int, Any]] = {
            "/oauth/token": (200, {"access_token": "let-in", "expires_in": 14400}),
            "/organisations/vat/check-vat-number/lookup/123456782": (
                200,
                {"target": {"name": "KESTREL LTD", "vatNumber": "123456782"}},
            ),
            "/company/00445790": (
                200,
                {"company_name": "KESTREL LIMITED", "company_status": "dissolved"},
            ),
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        said = (self.path, str(self.headers.get("Authorization")), body)
        self.server.asked.append(said)
        status, answer = self.server.answers.get(self.path, (404, {"code": "NOT_FOUND"}))
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"{self.server.url}/company/00445790")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def registry(settings: Settings) -> Iterator[Registry]:
    server = Registry()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.REGISTERS_INSIDE = True
    settings.VAT_REGISTER_AT = settings.COMPANY_REGISTER_AT = server.url
    settings.VAT_REGISTER_ID, settings.VAT_REGISTER_KEY = "program", "secret"
    settings.COMPANY_REGISTER_KEY = "key"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def asked_for(world: World, **facts: Any) -> tuple[str, SupplierRequest]:
    prepare(world)
    by = world.actor(OFFICER)
    with scope(acting=by.organisation_id):
        row = ask(by, **(facts or {"vat_number": VAT, "company_number": COMPANY}))
    return f"/eastmere/suppliers/requests/{row.number}/", row


def kept(world: World) -> dict[str, tuple[str, str]]:
    with scope(acting=world.id("eastmere")):
        found = SupplierRequest.objects.get().looked_up
        return {key: (one["outcome"], one["words"]) for key, one in found.items()}


def look(client: Client, page: str) -> str:
    """The page once every question has its answer, however often it had to be asked."""
    told = client.post(f"{page}look-up/", follow=True)
    assert told.status_code == 200
    for minutes in range(0, 60, 10):
        answer_lookups(as_of=timezone.now() + timedelta(minutes=minutes))
    return " ".join((told.content + client.get(page).content).decode().split())


def test_both_are_asked_and_what_they_say_is_kept(world: World, registry: Registry) -> None:
    page, row = asked_for(world)
    officer = signed_in(world, OFFICER)
    assert "Not looked up yet" in officer.get(page).content.decode()
    told = officer.post(f"{page}look-up/", follow=True).content.decode()
    assert "The registers are being asked" in told
    assert f"{COMPANY}: asked on {day(timezone.localdate())}" in told and "waiting" in told
    assert "Look its numbers up now" not in told
    assert registry.asked == [] and kept(world) == {}
    assert go_round(timezone.now()) == 2
    said = officer.get(page).content.decode()
    assert "GB123456782: registered as KESTREL LTD. Looked up on" in said
    assert "00445790: registered as KESTREL LIMITED (dissolved). Looked up on" in said
    assert "Looked up at HMRC: GB123456782, registered as KESTREL LTD" in said
    assert kept(world) == {
        "vat": ("registered", "registered as KESTREL LTD"),
        "company": ("registered", "registered as KESTREL LIMITED (dissolved)"),
    }
    token, vat, company = registry.asked
    assert "client_id=program" in token[2] and "client_secret=secret" in token[2]
    assert vat[1] == "Bearer let-in"
    assert company[1] == f"Basic {base64.b64encode(b'key:').decode()}"
    with scope(acting=world.id("eastmere")):
        fresh = SupplierRequest.objects.get(pk=row.pk)
        warned = " ".join(SUBJECTS["finance.supplier_request"].warnings(fresh))
        assert "registered as KESTREL LIMITED (dissolved)" in warned
        assert "has not answered" not in warned


def test_a_number_that_is_not_known_and_a_register_that_is_away(
    world: World, registry: Registry
) -> None:
    registry.answers["/oauth/token"] = (401, {"error": "invalid_client"})
    page, _ = asked_for(world, vat_number=VAT, company_number="SC123456")
    said = look(signed_in(world, OFFICER), page)
    assert "no answer (It let nobody in: 401.)" in said and "SC123456: not known there" in said
    for wrong in ((302, {}), (200, b"<html>"), (200, {"company_name": 7}), (200, b"[" * 300_000)):
        registry.answers["/company/SC123456"] = wrong
        look(signed_in(world, OFFICER), page)
        assert kept(world)["company"][0] == "unanswered"
    assert not any(path == "/company/00445790" for path, _, _ in registry.asked)


def test_private_addresses_are_not_asked(
    world: World, registry: Registry, settings: Settings
) -> None:
    settings.REGISTERS_INSIDE = False
    page, _ = asked_for(world)
    assert "no answer (The address has to begin with https://.)" in look(
        signed_in(world, OFFICER), page
    )
    settings.COMPANY_REGISTER_AT = registry.url.replace("http://", "https://")
    look(signed_in(world, OFFICER), page)
    assert "(The address leads into a private network.)" in kept(world)["company"][1]
    assert registry.asked == []


def test_it_is_off_without_an_address_and_the_page_says_so(world: World) -> None:
    page, _ = asked_for(world)
    officer = signed_in(world, OFFICER)
    text = officer.get(page).content.decode()
    assert text.count("Not looked up: this is off, as the operator set up no connection") == 2
    assert "Look its numbers up now" not in text
    assert "No register can be asked about this supplier" in look(officer, page)
    assert kept(world) == {} and registers.registers() == []


def test_a_rehearsal_asks_nobody(world: World, registry: Registry) -> None:
    page, _ = asked_for(world)
    with scope(acting=world.id("eastmere")):
        Organisation.objects.filter(slug="eastmere").update(status="rehearsal")
    assert "This organisation rehearses" in look(signed_in(world, OFFICER), page)
    assert registry.asked == [] and kept(world) == {}


def test_a_rehearsal_begun_meanwhile_asks_nobody(world: World, registry: Registry) -> None:
    page, _ = asked_for(world)
    signed_in(world, OFFICER).post(f"{page}look-up/")
    with scope(acting=world.id("eastmere")):
        Organisation.objects.filter(slug="eastmere").update(status="rehearsal")
    assert answer_lookups(as_of=timezone.now()) == 0
    assert registry.asked == []


def test_it_is_asked_again_after_a_pause_and_given_up_at_last(
    world: World, registry: Registry
) -> None:
    registry.answers["/company/SC123456"] = (503, {})
    page, row = asked_for(world, company_number="SC123456")
    officer, now = signed_in(world, OFFICER), timezone.now()
    officer.post(f"{page}look-up/")
    assert answer_lookups(as_of=now + timedelta(seconds=1)) == 0
    assert answer_lookups(as_of=now + timedelta(seconds=2)) == 0, "before its pause is over"
    assert len(registry.asked) == 1
    assert (
        "(no answer yet: It answered with 503 and no name.)" in officer.get(page).content.decode()
    )
    with scope(acting=world.id("eastmere")):
        warned = " ".join(SUBJECTS["finance.supplier_request"].warnings(row))
    assert "alone: Companies House has not answered." in warned
    officer.post(f"{page}look-up/")
    for minutes in range(1, 60, 5):
        answer_lookups(as_of=now + timedelta(minutes=minutes))
    assert len(registry.asked) == MOST_ATTEMPTS
    assert kept(world)["company"][0] == "unanswered"
    assert "Look its numbers up now" in officer.get(page).content.decode()


def test_of_two_workers_one_answer_is_kept(world: World, registry: Registry) -> None:
    page, _ = asked_for(world, company_number=COMPANY)
    signed_in(world, OFFICER).post(f"{page}look-up/")
    here, now = world.id("eastmere"), timezone.now()
    with scope(acting=here):
        assert len(_claim(here, now - timedelta(days=1), now + timedelta(seconds=1))) == 1
    assert answer_lookups(as_of=now + timedelta(minutes=1)) == 0, "another worker has it"
    with scope(acting=here):
        slow = RegisterLookup.objects.get()
    assert answer_lookups(as_of=now + ASKING + timedelta(seconds=5)) == 1, "it died"
    with scope(acting=here):
        assert not _keep(slow, registers.Answer("unknown"), now)
        told = Event.objects.filter(verb="finance.supplier.looked_up")
        assert told.count() == 1
    assert kept(world)["company"][0] == "registered"


def test_programs_have_it_asked_and_read_the_answer(world: World, registry: Registry) -> None:
    _, row = asked_for(world)
    here = f"supplier-requests/{row.number}/"
    told = call(world, "finance_officer", f"{here}look-up/", {})
    assert told.status_code == 202
    states = {one["register"]: one["state"] for one in told.json()["registers"]}
    assert states == {"vat": "waiting", "company": "waiting"}
    answer_lookups(as_of=timezone.now())
    (company,) = [
        one
        for one in call(world, "finance_officer", here).json()["registers"]
        if one["register"] == "company"
    ]
    assert (company["state"], company["number"]) == ("registered", COMPANY)


def test_who_may_have_it_asked(world: World, registry: Registry) -> None:
    page, _ = asked_for(world)
    assert signed_in(world, "auditor@eastmere").post(f"{page}look-up/").status_code == 403
    assert signed_in(world, OFFICER).get(f"{page}look-up/").status_code == 405
    assert registry.asked == []
