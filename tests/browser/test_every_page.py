"""Every page that can be opened, from the URL map: as someone who may, at two widths."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page

from core.actors import may
from tenants.models import Person
from tenants.roles import Role
from tests.browser.conftest import check, console_errors, serving, signed_in
from tests.browser.furnished import SLUG, arguments, furnish
from tests.conftest import committing
from tests.house.test_routes import ROUTES
from tests.world import World

WIDTHS = (1440, 390)
MOST_QUERIES = 10
MOST_BYTES = 100_000
MOST_ZIPPED = 14_000  # what comes in the first flight of packets
# They only answer what a button sends, or send elsewhere.
NOT_PAGES = {"home", "health", "demo_be", "demo_start_over", "send_again"}
# Steps of signing in, and what one has or has not: test_second_factor.py goes through them.
NOT_PAGES |= {"mfa_login_webauthn", "mfa_authenticate", "mfa_remove_webauthn"}
NOT_PAGES |= {"openid_connect_callback"}
SEND_ON = {
    *("prove_again", "account_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_activate_totp"),
    "bank_accept",
    "approval_link",
    "event_subject",
    "file_progress",
    "invoice_presence",
    "payment_run_change",
    "payment_run_release",
    "reconciliation_prepare",
    "reconciliation_sign",
    *("run_progress", "pay_progress", "pay_certificate_progress"),
}
# Personas in the order in which they are tried: those who work on the pages come first.
PREFERRED = (
    Role.FINANCE_OFFICER,
    Role.FINANCE_MANAGER,
    Role.AUDITOR,
    Role.BOARD_MEMBER,
    Role.ADMINISTRATOR,
    Role.HR_OFFICER,
    Role.PAYROLL_OFFICER,
)


PAGES = {
    str(entry.name): (route, entry.callback.access[0])
    for route, entry in ROUTES
    if not route.startswith("api/") and entry.name not in NOT_PAGES
}


@dataclass
class Visit:
    """The furnished world, where it is served, and the arguments of its addresses."""

    world: World
    server: str
    filled: dict[str, dict[str, Any]]

    def address(self, name: str) -> str:
        here = "centre" if self._who(name).endswith("@centre") else SLUG
        known = {"organisation": here, "number": 1, "id": 1, **self.filled.get(name, {})}
        keys = re.findall(r"<(?:\w+:)?(\w+)>", PAGES[name][0])
        return reverse(name, kwargs={key: known[key] for key in keys})

    def person(self, name: str) -> Person:
        return self.world.people[self._who(name)]

    def _who(self, name: str) -> str:
        if self.filled.get(name, {}).get("organisation") == "centre":
            return "centre_manager@centre"
        permission = PAGES[name][1]
        able = [*(f"{role}@{SLUG}" for role in PREFERRED), "centre_manager@centre"]
        return next(
            who for who in able if permission == "open" or may(self.world.actor(who), permission)
        )


@pytest.fixture(scope="module")
def visit(django_db_setup: None, django_db_blocker: Any) -> Iterator[Visit]:
    with committing(django_db_blocker):
        world = furnish()
        with serving() as server:
            yield Visit(world, server, arguments(world))


@pytest.fixture(scope="module")
def answers(visit: Visit) -> dict[str, Any]:
    """What the plain client gets at every address."""
    found = {}
    for name in PAGES:
        client = Client(headers={"accept-encoding": "gzip"})
        if name != "account_login":
            client.force_login(visit.person(name))
        found[name] = client.get(visit.address(name))
    return found


def _is_page(answer: Any) -> bool:
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("name", PAGES)
def test_page_is_light(answers: dict[str, Any], name: str) -> None:
    answer = answers[name]
    if answer.status_code == 405 or name in SEND_ON:
        return
    assert answer.status_code == (403 if name == "account_signup" else 200), answer
    assert int(answer["X-Queries"]) <= MOST_QUERIES
    if _is_page(answer):
        assert len(answer.content) <= MOST_BYTES
        assert len(gzip.compress(answer.content)) <= MOST_ZIPPED


def test_titles_tell_pages_apart(answers: dict[str, Any]) -> None:
    titles: dict[str, str] = {}
    for name, answer in answers.items():
        if not _is_page(answer):
            continue
        title = re.findall(r"<title>(.*?)</title>", answer.content.decode(), re.S)[0]
        assert title not in titles, (name, titles.get(title))
        titles[title] = name


@pytest.fixture(scope="module")
def window(visit: Visit, browser: Browser) -> Iterator[Page]:
    """One window for all pages: opening one for each would take longer than the pages."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_page_in_the_browser(
    answers: dict[str, Any], visit: Visit, window: Page, name: str
) -> None:
    """No console error, which includes what the content policy stops; axe finds nothing."""
    if not _is_page(answers[name]):
        return
    if name != "account_login":
        signed_in(window.context, visit.server, visit.person(name))
    errors = console_errors(window)
    window.set_viewport_size({"width": WIDTHS[0], "height": 850})
    window.goto(visit.server + visit.address(name))
    check(window)
    window.set_viewport_size({"width": WIDTHS[1], "height": 844})
    check(window)
    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.className") == "govuk-skip-link"
    assert errors == []
