"""Setting up and using a second factor, by keyboard and on a phone, with scripts and without."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tenants.models import Person
from tests.access.codes import PASSWORD, code, with_app, with_password
from tests.browser.conftest import console_errors
from tests.world import World

Check = Callable[[Page], None]


@pytest.fixture
def officer(committed_world: World) -> Person:
    return with_password(committed_world.people["finance_officer@eastmere"])


@pytest.fixture
def localhost(server: str) -> str:
    """Passkeys belong to a name, not to a number."""
    return server.replace("127.0.0.1", "localhost")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A narrow window without scripts."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def enter(page: Page, where: str, person: Person) -> None:
    page.goto(f"{where}/account/login/")
    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_an_app_is_set_up_by_keyboard(
    page: Page, server: str, officer: Person, check_page: Check
) -> None:
    enter(page, server, officer)
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    check_page(page)
    page.get_by_role("link", name="Set up an app").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="The key as a picture for the app")).to_be_visible()
    check_page(page)
    page.get_by_label("Code that the app shows now").fill("000000")
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Each code works once")
    check_page(page)
    page.get_by_label("Code that the app shows now").fill(code(page.locator("code").inner_text()))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    assert page.locator(".app-codes li").count() == 10
    check_page(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(re.compile("/eastmere/$"))


def test_without_scripts_on_a_phone(phone: Page, server: str, officer: Person) -> None:
    secret = with_app(officer)
    enter(phone, server, officer)
    expect(phone.get_by_text("A passkey needs JavaScript")).to_be_visible()
    expect(phone.get_by_role("button", name="Use a passkey")).to_be_hidden()
    phone.get_by_label("Code").fill(code(secret))
    phone.get_by_role("button", name="Continue").click()
    expect(phone).to_have_url(re.compile("/eastmere/$"))


def test_a_passkey_is_set_up_and_signs_in_alone(
    page: Page, localhost: str, officer: Person, check_page: Check
) -> None:
    """The browser's own virtual authenticator stands in for a finger on a sensor."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True}
    options |= {"automaticPresenceSimulation": True}
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    enter(page, localhost, officer)
    page.get_by_role("link", name="Set up a passkey").click()
    check_page(page)
    page.get_by_label("Name of the passkey").fill("Work laptop")
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(re.compile("/eastmere/$"))

    page.goto(f"{localhost}/account/second-factor/passkey/")
    page.goto(f"{localhost}/account/prove/?next=/eastmere/payment-runs/")
    check_page(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/eastmere/payment-runs/$"))

    page.goto(f"{localhost}/account/second-factor/")
    page.get_by_role("link", name="Remove Work laptop").click()
    check_page(page)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("main")).to_contain_text("the last one stays")

    page.goto(f"{localhost}/account/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{localhost}/account/login/")
    check_page(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/eastmere/$"))

    # Nobody touches the sensor: said on the page, which is still there.
    page.goto(f"{localhost}/account/logout/")
    page.get_by_role("button", name="Sign out").click()
    given = {"authenticatorId": made["authenticatorId"]}
    devtools.send("WebAuthn.setUserVerified", given | {"isUserVerified": False})
    page.goto(f"{localhost}/account/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("The passkey was not used")).to_be_visible()
    check_page(page)


def test_the_password_stands_beside_the_passkey(
    browser: Browser, server: str, officer: Person, check_page: Check
) -> None:
    """At the second step of signing in, wide and narrow."""
    with_app(officer)
    context = browser.new_context()
    page = context.new_page()
    errors = console_errors(page)
    enter(page, server, officer)
    check_page(page)
    page.set_viewport_size({"width": 320, "height": 640})
    check_page(page)
    assert errors == []
    context.close()
