"""Invoices and suppliers in a real browser: by keyboard, beside the list, on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core.scope import scope
from finance.services.documents import keep_document
from tests.finance.payables import invoice, prepare, supplier
from tests.finance.pdf_documents import pdf_of
from tests.world import World

PAGES = [
    "/eastmere/invoices/",
    "/eastmere/invoices/?state=held",
    "/eastmere/invoices/1/",
    "/eastmere/invoices/1/coding/",
    "/eastmere/invoices/new/?q=harr",
    "/eastmere/invoices/new/?supplier=S000001",
    "/eastmere/suppliers/",
    "/eastmere/suppliers/of/S000001/",
    "/eastmere/suppliers/bank/S000001/",
    "/eastmere/reports/aged-creditors/",
    "/eastmere/reports/prompt-payment/",
]


@pytest.fixture
def listed(committed_world: World) -> World:
    """Three invoices of one supplier, numbers 1 to 3."""
    prepare(committed_world)
    harrow = supplier(committed_world)
    for number in (1, 2, 3):
        invoice(committed_world, harrow, f"A-{number}00", net=number * 1_000)
    return committed_world


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_accessible(
    listed: World,
    server: str,
    page: Page,
    sign_in: Callable[[str], None],
    check_page: Callable[[Page], None],
    width: int,
) -> None:
    sign_in("finance_officer@eastmere")
    page.set_viewport_size({"width": width, "height": 850})
    for path in PAGES:
        page.goto(server + path)
        check_page(page)


def test_officer_works_the_list_by_keyboard(
    listed: World,
    server: str,
    page: Page,
    sign_in: Callable[[str], None],
    check_page: Callable[[Page], None],
) -> None:
    sign_in("finance_officer@eastmere")
    page.set_viewport_size({"width": 1440, "height": 850})
    page.goto(f"{server}/eastmere/invoices/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#pane h2").first).to_contain_text("INV-3")
    check_page(page)
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_have_text("1 selected")
    page.get_by_role("button", name="Hold", exact=True).click()
    expect(page.get_by_text("Held 1 of 1 invoice.")).to_be_visible()
    page.get_by_role("link", name="Held 1").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    page.goto(f"{server}/eastmere/invoices/")
    page.fill("#q", "INV-2")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page).to_have_url(f"{server}/eastmere/invoices/?q=INV-2&dates=due")


def test_officer_enters_from_a_document_by_keyboard_alone(
    committed_world: World,
    server: str,
    page: Page,
    sign_in: Callable[[str], None],
    check_page: Callable[[Page], None],
) -> None:
    prepare(committed_world)
    supplier(committed_world, "Harrow Joinery Limited")
    by = committed_world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        paper = pdf_of("Harrow Joinery Ltd, oak doors, invoice HJ-17")
        keep_document(name="oak.pdf", data=paper, by=by)
    sign_in("finance_officer@eastmere")
    page.set_viewport_size({"width": 1440, "height": 850})
    page.goto(f"{server}/eastmere/invoices/documents/")
    keys = page.keyboard
    keys.press("j")
    keys.press("Enter")
    expect(page.get_by_text("Its name stands on the document.")).to_be_visible()
    check_page(page)
    keys.press("/")
    keys.type("harrow j")
    expect(page.get_by_text("Its name stands on the document.")).to_be_hidden()
    page.get_by_role("link", name="Harrow Joinery Limited").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Enter an invoice")
    expect(page.locator("iframe")).to_have_attribute("title", "oak.pdf")
    keys.press("/")
    # Beside each of the three days is a button that shows a calendar.
    days = ("01/06/2026", "", "", "", "", "")
    for typed in ("HJ-17", *days, "120", "", "Doors", ""):
        keys.type(typed)
        keys.press("Tab")
    # The lines can be scrolled by keyboard, so that they are a stop of their own.
    for typed in ("", "Oak doors", "54300", "", "SR-IN", "100"):
        keys.type(typed)
        keys.press("Tab")
    expect(page.get_by_text("total £120.00")).to_be_visible()
    expect(page.get_by_text("as on the invoice")).to_be_visible()
    check_page(page)
    keys.press("Enter")
    expect(page.get_by_text("INV-1 is entered.")).to_be_visible()
    check_page(page)


def test_list_works_without_script(
    listed: World, server: str, browser: object, sign_in: Callable[[str], None], context: object
) -> None:
    sign_in("finance_officer@eastmere")
    plain = browser.new_context(  # type: ignore[attr-defined]
        java_script_enabled=False,
        storage_state=context.storage_state(),  # type: ignore[attr-defined]
    )
    page = plain.new_page()
    page.goto(f"{server}/eastmere/invoices/")
    page.check("input[name=invoices] >> nth=0")
    page.get_by_role("button", name="Send for approval").click()
    expect(page.get_by_text("Sent for approval 1 of 1 invoice.")).to_be_visible()
    page.get_by_role("link", name="INV-1", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("INV-1")
    plain.close()
