"""What people do all day, in a browser without JavaScript: every form is a form of its own.

From a file to the board: test_thread.py. Signing in with a second factor: test_second_factor.py.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from approvals.services import set_routes
from core.actors import system_actor
from core.scope import scope
from finance.services.ledger import ensure_periods
from finance.services.suppliers import create_supplier
from tenants.roles import Role
from tests.browser.conftest import signed_in
from tests.finance import payables, payment_books
from tests.world import World


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(8_000)
    yield context.new_page()
    context.close()


def become(window: Page, server: str, world: World, who: str) -> None:
    signed_in(window.context, server, world.people[f"{who}@eastmere"])


def test_an_invoice_is_entered_and_approved(
    committed_world: World, server: str, window: Page
) -> None:
    world, today = committed_world, timezone.localdate()
    by = payment_books.books(world)
    payables.prepare(world)
    with scope(acting=by.organisation_id):
        ensure_periods(days=[today], by=by)
        create_supplier(name="Harrow Paper Ltd", by=by)
        system = system_actor(by.organisation_id)
        set_routes(subject_key="finance.invoice", bands=[(0, None, Role.MANAGER)], by=system)
    become(window, server, world, "finance_officer")
    window.goto(f"{server}/eastmere/invoices/new/")
    window.get_by_label("Supplier's name or code").fill("harrow")
    window.get_by_role("button", name="Find").click()
    window.get_by_role("link", name="Harrow Paper Ltd").click()
    window.get_by_label("Invoice number").fill("HP-1")
    window.get_by_label("Invoice date").fill(f"{today - timedelta(days=3):%d/%m/%Y}")
    window.get_by_label("Date received").fill(f"{today:%d/%m/%Y}")
    window.get_by_label("Total on the invoice").fill("120.00")

    def line(held: str) -> Locator:
        return window.get_by_label(f"{held} of line 1", exact=True)

    line("Description").fill("Paper")
    line("Account").select_option("54300")
    line("Cost centre").select_option(index=1)
    line("Net").fill("100.00")
    line("VAT").fill("20.00")
    window.get_by_role("button", name="Work out the total").click()
    expect(window.get_by_text("as on the invoice")).to_be_visible()
    window.get_by_role("button", name="Enter this invoice").click()
    expect(window.get_by_role("heading", level=1)).to_contain_text("INV-1")
    window.get_by_role("button", name="Send for approval").first.click()
    become(window, server, world, "manager")
    window.goto(f"{server}/eastmere/waiting/")
    window.get_by_role("button", name="Approve").first.click()
    expect(window.get_by_text("Approved:").first).to_be_visible()


def test_a_route_is_changed_by_two_people(
    committed_world: World, server: str, window: Page
) -> None:
    world = committed_world
    payables.prepare(world)
    become(window, server, world, "administrator")
    window.goto(f"{server}/eastmere/approvals/routes/finance.invoice/")
    window.get_by_role("link", name="Propose a change").click()
    window.locator("[name=steps-0-role]").select_option("finance_manager")
    window.locator("[name=reason]").fill("New scheme of delegation")
    window.get_by_role("button", name="Send for agreement").click()
    expect(window.get_by_text("It takes effect once somebody else agrees")).to_be_visible()
    become(window, server, world, "finance_manager")
    window.goto(f"{server}/eastmere/waiting/")
    window.get_by_role("button", name="Approve").first.click()
    window.goto(f"{server}/eastmere/approvals/routes/finance.invoice/")
    expect(window.get_by_text("New scheme of delegation").first).to_be_visible()
    expect(window.get_by_text("Finance manager").first).to_be_visible()
