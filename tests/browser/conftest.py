"""A real server in a thread, a real browser, and no console error anywhere."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import BrowserContext, Page

from tenants.models import Person
from tests.conftest import proved
from tests.world import World

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What it found right is not told: to tell it takes longer than to look.
AXE = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
AXE_SCRIPT = Axe().axe_script
VIOLATIONS = """options => axe.run(options).then(all => all.violations.map(
    one => [one.id, one.nodes.slice(0, 3).map(node => node.html.slice(0, 160))]))"""
EXPECTED_STATUSES = ("403", "404", "409", "422")

if CHROMIUM is None and os.environ.get("CI") == "true":
    raise RuntimeError("Continuous integration must have a Chromium on the PATH.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip = pytest.mark.skip(reason="no Chromium on the PATH: apt-get install chromium")
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(skip)


@pytest.fixture(scope="session", autouse=True)
def _async_unsafe() -> None:
    """Playwright keeps an event loop in this thread; the tests still call the ORM directly."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "headless": True, "args": FLAGS}


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        return


@contextmanager
def serving() -> Iterator[str]:
    """The address of the product, served from a thread, on the database of this process."""
    httpd = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, connections_override={})
    httpd.set_app(get_wsgi_application())
    often = {"poll_interval": 0.01}  # how soon it ends
    thread = threading.Thread(target=httpd.serve_forever, kwargs=often, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()
    connections.close_all()


@pytest.fixture
def serve(committed: None) -> Iterator[str]:
    """The address of the product, serving the test's own database."""
    with serving() as address:
        yield address


@pytest.fixture
def server(committed_world: World, serve: str) -> str:
    """The address of the product with the world of the tests in it."""
    return serve


def signed_in(context: BrowserContext, server: str, person: Person) -> None:
    """Signs the browser in by a session row, as sign-in itself would leave it."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    proved(session, person)
    session.save()
    context.clear_cookies()
    context.add_cookies([{"name": "sessionid", "value": session.session_key or "", "url": server}])


@pytest.fixture
def sign_in(committed_world: World, server: str, context: BrowserContext) -> Callable[[str], None]:
    """Signs the browser in as «role@slug»."""

    def go(who: str) -> None:
        signed_in(context, server, committed_world.people[who])

    return go


def console_errors(page: Page) -> list[str]:
    """A list that fills with the page's errors, of scripts and of the content policy."""
    errors: list[str] = []

    def note(message: Any) -> None:
        expected = any(status in message.text for status in EXPECTED_STATUSES)
        if message.type == "error" and not expected:
            errors.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors


@pytest.fixture(autouse=True)
def no_console_errors(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test with a page of its own; what opens another one watches it itself."""
    watched = "page" in request.fixturenames
    errors = console_errors(request.getfixturevalue("page")) if watched else []
    yield
    assert errors == []


def check(page: Page) -> None:
    """No accessibility violation, and no sideways scroll at the width in use."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(VIOLATIONS, AXE)
    assert found == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.fixture
def check_page() -> Callable[[Page], None]:
    return check
