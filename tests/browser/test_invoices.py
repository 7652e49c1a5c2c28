"""Invoices and suppliers in a real browser: by keyboard, beside the list, on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.finance.payables import invoice, prepare, supplier
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
