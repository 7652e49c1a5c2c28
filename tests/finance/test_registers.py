"""Numbers of new suppliers looked up at registers: over HTTP, at a server of this test."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from core.registry import SUBJECTS
from core.scope import scope
from finance import registers
from finance.models import SupplierRequest
from tenants.models import Organisation
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
    answer = client.post(f"{page}look-up/", follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_both_are_asked_and_what_they_say_is_kept(world: World, registry: Registry) -> None:
    page, row = asked_for(world)
    officer = signed_in(world, OFFICER)
    assert "Not looked up yet" in officer.get(page).content.decode()
    said = look(officer, page)
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
        assert "nobody asked" not in warned


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


def test_who_may_have_it_asked(world: World, registry: Registry) -> None:
    page, _ = asked_for(world)
    assert signed_in(world, "auditor@eastmere").post(f"{page}look-up/").status_code == 403
    assert signed_in(world, OFFICER).get(f"{page}look-up/").status_code == 405
    assert registry.asked == []
