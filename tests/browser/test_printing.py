"""On paper a page says whose it is, in that organisation's colour, and who printed it."""

from collections.abc import Callable
from io import BytesIO

from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.finance.payables import invoice, prepare, supplier
from tests.world import World

COLOUR = "getComputedStyle(document.querySelector('.app-letterhead')).borderBottomColor"


def test_a_list_is_printed_on_the_paper_of_its_organisation(
    committed_world: World, server: str, page: Page, sign_in: Callable[[str], None]
) -> None:
    prepare(committed_world)
    harrow = supplier(committed_world)
    for number in range(1, 51):
        invoice(committed_world, harrow, f"A-{number}00", net=number * 1_000)
    sign_in("finance_officer@eastmere")
    page.goto(f"{server}/eastmere/invoices/")
    letterhead = page.locator(".app-letterhead")
    expect(letterhead).to_be_hidden()
    page.emulate_media(media="print")
    expect(letterhead).to_be_visible()
    expect(page.locator("header.app-header")).to_be_hidden()
    assert page.evaluate(COLOUR) == "rgb(31, 78, 95)"
    sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf())).pages]
    assert "Eastmere" in sheets[0]
    assert f"Printed by {committed_world.people['finance_officer@eastmere']}" in sheets[0]
    assert f"{timezone.localdate():%-d %b %Y}" in sheets[0]
    assert len(sheets) > 1
    for number, text in enumerate(sheets, 1):
        assert f"{number} of {len(sheets)}" in text
        assert "Sign out" not in text
