"""What every answer carries, cookies, and where sign-in may lead: nothing for an attacker."""

import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from tenants.services import create_person
from tests.finance.payables import invoice, prepare, supplier
from tests.house.test_routes import OPEN_ROUTES
from tests.world import World

PASSWORD = "marble-lantern-orchard"
LOGIN = "/account/login/"
STRICT = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def guarded(answer: Any) -> None:
    rules = {rule.strip() for rule in answer["Content-Security-Policy"].split(";")}
    assert rules >= STRICT
    assert not any("unsafe" in rule for rule in rules)
    assert {name: answer[name] for name in ALWAYS} == ALWAYS


@pytest.fixture
def officer(world: World) -> Client:
    prepare(world)
    invoice(world, supplier(world), "AA-1")
    client = Client(raise_request_exception=False)
    client.force_login(world.people["finance_officer@eastmere"])
    return client


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/eastmere/", 200),
        ("/eastmere/invoices/", 200),
        ("/eastmere/invoices/export/", 200),
        ("/eastmere/invoices/export/?format=xlsx", 200),
        ("/api/v1/eastmere/invoices/", 200),
        ("/api/v1/eastmere/invoices/99/", 404),
        ("/api/v1/northdale/invoices/", 404),
        ("/eastmere/trail/", 403),
        ("/eastmere/no/such/page/", 404),
        ("/northdale/invoices/", 404),
        ("/account/signup/", 403),
    ],
)
def test_pages_files_and_refusals_are_guarded(officer: Client, address: str, status: int) -> None:
    answer = officer.get(address)
    assert answer.status_code == status
    guarded(answer)


def test_open_routes_are_guarded(officer: Client) -> None:
    for client in (Client(), officer):
        for _route, entry in OPEN_ROUTES:
            given = {
                "slug": "eastmere",
                "provider_id": "eastmere",
                "number": 1,
                "pk": 1,
                "key": "priya",
                "person": 1,
                "token": "guess",
            }
            wanted = {name: given[name] for name in entry.pattern.converters}
            guarded(client.get(reverse(str(entry.name), kwargs=wanted)))


def test_a_broken_page_is_guarded_and_tells_nothing(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.homes.home_of", lambda request: 1 // 0)
    answer = officer.get("/eastmere/")
    assert answer.status_code == 500
    guarded(answer)
    assert b"ZeroDivision" not in answer.content


def test_pages_of_an_organisation_are_kept_by_nobody(officer: Client) -> None:
    """The browser of a shared desk must not show them after signing out."""
    for address in ("/eastmere/invoices/", "/eastmere/invoices/export/", "/account/sessions/"):
        assert "no-store" in officer.get(address)["Cache-Control"], address
    assert "no-store" in officer.get("/api/v1/eastmere/invoices/")["Cache-Control"]


@pytest.fixture
def person(world: World) -> None:
    create_person(email="ada@eastmere.example", name="Ada Marsh", password=PASSWORD)


def sign_in(client: Client, address: str = LOGIN) -> Any:
    return client.post(address, {"login": "ada@eastmere.example", "password": PASSWORD})


def test_cookies_are_for_this_site_and_not_for_scripts(person: None, settings: Settings) -> None:
    client = Client()
    client.get(LOGIN)
    sign_in(client)
    session, token = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert session["httponly"]
    assert (session["samesite"], token["samesite"]) == ("Lax", "Lax")
    assert int(session["max-age"]) <= 12 * 3600 if session["max-age"] else True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    again = Client()
    again.get(LOGIN)
    sign_in(again)
    assert again.cookies["sessionid"]["secure"]
    assert again.cookies["csrftoken"]["secure"]
    known = again.cookies["known"]
    assert (known["secure"], known["httponly"], known["samesite"]) == (True, True, "Lax")


PRODUCTION = """
from sharedservices import settings as s
from django.conf import settings
settings.configure(HTTPS=True)
from core.web.notices import HostCookie
print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, HostCookie.cookie_name, s.MESSAGE_STORAGE)
print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_SSL_REDIRECT)
print(s.ALLAUTH_TRUSTED_PROXY_COUNT, s.DEBUG, s.MFA_TOTP_TOLERANCE)
from access.known import COOKIE
print(COOKIE)
"""


def test_production_is_stricter() -> None:
    """Cookies that belong to this very host, HTTPS for a year, one proxy, no debugging, codes that
    live half a minute."""
    said = subprocess.run(
        [sys.executable, "-c", PRODUCTION],
        cwd=project.BASE_DIR,
        env={**os.environ, "HTTPS": "True"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines() == [
        "__Host-sessionid __Host-csrftoken __Host-messages core.web.notices.Notices",
        "31536000 True True",
        "1 False 0",
        "__Host-known",
    ]


def test_trace_is_answered_nowhere(officer: Client) -> None:
    for address in ("/", "/eastmere/", "/eastmere/invoices/", "/api/v1/eastmere/invoices/", LOGIN):
        answer = officer.trace(address, headers={"X-Mark": "a-mark"})
        assert answer.status_code == 405, address
        assert b"a-mark" not in answer.content


def test_folders_are_not_listed(officer: Client) -> None:
    for address in ("/static/", "/static/vendor/", "/static/../", "/.git/", "/media/"):
        assert officer.get(address).status_code == 404, address


def test_https_is_asked_for_and_kept(officer: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    assert officer.get("/eastmere/")["Location"] == "https://testserver/eastmere/"
    answer = officer.get("/eastmere/", secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_a_program_without_https_is_refused_and_not_led_on(
    officer: Client, settings: Settings
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = officer.get("/api/v1/eastmere/invoices/")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert "Call over https" in answer.json()["detail"]
    assert officer.get("/api/v1/eastmere/invoices/", secure=True).status_code == 200


def test_signing_in_changes_the_session(person: None) -> None:
    """A session that someone else planted before is worth nothing after."""
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    before = client.session.session_key
    client.cookies["sessionid"] = before
    sign_in(client)
    assert client.session["_auth_user_id"]
    assert client.session.session_key != before
    stale = Client()
    stale.cookies["sessionid"] = before
    assert stale.get("/account/sessions/")["Location"].startswith(LOGIN)


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        r"\\evil.example",
        r"/\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "%2F%2Fevil.example",
    ],
)
def test_sign_in_leads_nowhere_else(person: None, to: str) -> None:
    answer = sign_in(Client(), f"{LOGIN}?next={to}")
    assert answer.status_code == 302
    given = {"login": "ada@eastmere.example", "password": PASSWORD, "next": to}
    for where in (answer["Location"], Client().post(LOGIN, given)["Location"]):
        # Browsers take a backslash for a slash.
        parts = urlsplit(where.replace("\\", "/"))
        assert (parts.scheme, parts.netloc) == ("", ""), where


def test_sign_in_leads_back_to_the_page(person: None) -> None:
    assert sign_in(Client(), f"{LOGIN}?next=/eastmere/invoices/")["Location"] == (
        "/eastmere/invoices/"
    )


@pytest.mark.parametrize("address", ["/eastmere/invoices/", "/account/logout/", LOGIN])
def test_posts_without_the_token_are_refused(world: World, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["finance_officer@eastmere"])
    answer = client.post(address, {"action": "hold"})
    assert answer.status_code == 403
    guarded(answer)


def test_a_script_in_a_name_stays_text(officer: Client, world: World) -> None:
    bad = "<script>alert(1)</script>"
    owner = supplier(world, bad)
    invoice(world, owner, "XX-9", description=bad)
    for address in ("invoices/", "invoices/2/", "suppliers/", f"suppliers/of/{owner.code}/"):
        answer = officer.get(f"/eastmere/{address}")
        assert answer.status_code == 200
        assert "&lt;script&gt;alert(1)" in answer.content.decode(), address
        assert bad not in answer.content.decode(), address
