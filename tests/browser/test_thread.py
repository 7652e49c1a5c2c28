"""One invoice down the whole thread, from a file to the board, with scripts and without."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from approvals.services import set_routes
from core.actors import Actor, system_actor
from core.scope import scope
from finance.services.ledger import ensure_periods
from finance.services.suppliers import create_supplier
from runs.services import work_all
from sla.services import compute_measures, load_indicators
from tenants.roles import Role
from tests.browser.conftest import console_errors, signed_in
from tests.finance import payables, payment_books
from tests.world import World

DESK = {"width": 1440, "height": 850}
PHONE = {"width": 390, "height": 844}
HEADINGS = "Supplier Name,Invoice Number,Invoice Date,Date Received,Net Amount,VAT,Category\n"


@pytest.fixture
def officer(committed_world: World) -> Actor:
    """Books that can pay, a supplier with bank details, and every invoice up to the manager."""
    world = committed_world
    by = payment_books.books(world)
    payables.prepare(world)
    load_indicators()
    with scope(acting=by.organisation_id):
        ensure_periods(days=[timezone.localdate()], by=by)
        paper = create_supplier(name="Harrow Paper Ltd", by=by)
        payment_books.bank(by, paper)
        payment_books.bank(by, create_supplier(name="Green & Sons", by=by))
        system = system_actor(by.organisation_id)
        set_routes(subject_key="finance.invoice", bands=[(0, None, Role.MANAGER)], by=system)
    return by


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def window(request: pytest.FixtureRequest, browser: Browser, officer: Actor) -> Page:
    context = browser.new_context(java_script_enabled=request.param, viewport=DESK)
    request.addfinalizer(context.close)
    context.set_default_timeout(8_000)
    return context.new_page()


def received_file() -> bytes:
    """An invoice that is in order, and one whose VAT cannot be right."""
    today = timezone.localdate()
    invoiced, received = today - timedelta(days=20), today - timedelta(days=18)
    days = f"{invoiced:%d/%m/%Y},{received:%d/%m/%Y}"
    return (
        f"{HEADINGS}Harrow Paper Ltd,HP-1,{days},100.00,20.00,Stationery\n"
        f"Green & Sons,GS-7,{days},300.00,60.00,Grounds maintenance\n"
    ).encode()


def test_invoice_from_file_to_board(
    committed_world: World, officer: Actor, server: str, window: Page
) -> None:
    errors = console_errors(window)
    base = f"{server}/eastmere"

    def become(who: str) -> None:
        signed_in(window.context, server, committed_world.people[f"{who}@eastmere"])

    become("finance_officer")
    load_file(window, base)
    hold_and_release(window, base)
    code_and_send(window, base)
    become("manager")
    approve_on_a_phone(window, base)
    become("finance_officer")
    propose_and_change(window, base)
    become("finance_manager")
    release_and_fetch(window, base)
    compute_measures([officer.organisation_id])
    become("auditor")
    open_figure(window, base)
    assert errors == []


def load_file(window: Page, base: str) -> None:
    window.goto(f"{base}/files/upload/")
    sent = {"name": "june.csv", "mimeType": "text/csv", "buffer": received_file()}
    window.locator("input[type=file]").set_input_files(sent)
    window.get_by_label("Supplier invoices to be checked").check()
    window.get_by_role("button", name="Send and look at the columns").click()
    window.get_by_role("button", name="Load with these columns").click()
    expect(window.get_by_text("Waiting to start")).to_be_visible()
    work_all()
    window.reload()
    window.get_by_role("link", name="The run that loaded it").click()
    expect(window.get_by_text("Finished, and every total that was expected agrees")).to_be_visible()
    window.go_back()
    window.get_by_role("link", name="See the invoices").click()
    expect(window.locator("[data-row]")).to_have_count(2)


def hold_and_release(window: Page, base: str) -> None:
    window.goto(f"{base}/invoices/2/")
    window.get_by_text("Hold", exact=True).click()
    window.get_by_label("Cause").select_option(label="VAT to be checked")
    window.get_by_role("button", name="Hold this invoice").click()
    window.goto(f"{base}/invoices/?state=held")
    window.get_by_role("link", name="VAT to be checked 1").click()
    expect(window.locator("[data-row]")).to_have_count(1)
    window.goto(f"{base}/invoices/2/")
    window.get_by_role("button", name="Release from hold").click()
    expect(window.locator("main .govuk-tag").first).to_have_text("Received")


def code_and_send(window: Page, base: str) -> None:
    window.goto(f"{base}/invoices/1/")
    window.get_by_role("link", name="Change the coding").click()
    window.get_by_label("Line 1, Stationery: account").select_option("54300")
    window.get_by_label("Line 1, Stationery: cost centre").select_option(label="110 Finance")
    window.get_by_role("button", name="Save the coding").click()
    expect(window.get_by_text("Chosen by Finance officer of eastmere")).to_be_visible()
    window.goto(f"{base}/invoices/")
    for number in (1, 2):
        window.get_by_label(f"Select INV-{number}").check()
    window.get_by_role("button", name="Send for approval").click()
    expect(window.get_by_text("Sent for approval 2 of 2 invoices.")).to_be_visible()


def approve_on_a_phone(window: Page, base: str) -> None:
    """Everything needed is on the card; one press decides."""
    window.set_viewport_size(PHONE)
    window.goto(f"{base}/waiting/")
    card = window.get_by_role("article").filter(has_text="HP-1")
    expect(card).to_contain_text("Finance, Office print post and telephone")
    expect(card).to_contain_text("£120.00")
    for name in ("Harrow Paper Ltd, HP-1", "Green & Sons, GS-7"):
        window.get_by_role("button", name=f"Approve {name}").click()
        expect(window.get_by_text(f"Approved: {name}")).to_be_visible()
    window.set_viewport_size(DESK)


def propose_and_change(window: Page, base: str) -> None:
    window.goto(f"{base}/payment-runs/new/")
    later = timezone.localdate() + timedelta(days=40)
    window.get_by_label("Pay what is due up to").fill(f"{later:%d/%m/%Y}")
    window.get_by_role("button", name="Show what would be paid").click()
    window.get_by_role("button", name="Propose 2 payments of £480.00").click()
    window.get_by_role("row", name="Green & Sons").get_by_role("checkbox").check()
    window.get_by_role("button", name="Take out").click()
    expect(window.get_by_text("The run is now £120.00.")).to_be_visible()
    expect(window.get_by_text("waits for a second person who may release")).to_be_visible()


def release_and_fetch(window: Page, base: str) -> None:
    window.goto(f"{base}/reports/prompt-payment/")
    expect(window.get_by_text("nothing can be said about time to pay")).to_be_visible()
    window.goto(f"{base}/payment-runs/1/")
    window.get_by_label("Total of the run").fill("119.00")
    window.get_by_role("button", name="Release").click()
    expect(window.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert window.title().startswith("Error: ")
    window.get_by_label("Total of the run").fill("120.00")
    window.get_by_role("button", name="Release").click()
    with window.expect_download() as fetched:
        window.get_by_role("link", name="Download the Bacs Standard 18 file").click()
    assert fetched.value.path().read_bytes().startswith(b"VOL1")
    # Towards the end of a month the bank pays in the next one.
    paid = timezone.localdate() + timedelta(days=10)
    window.goto(f"{base}/reports/prompt-payment/?on={paid:%Y-%m-%d}")
    expect(window.get_by_text("100.00% by number")).to_be_visible()


def open_figure(window: Page, base: str) -> None:
    """From a tile of the board to the definition, and to the invoices counted in it."""
    window.goto(f"{base}/board/")
    window.get_by_role("link", name="Invoices paid within 30 days (by number)").first.click()
    expect(window.get_by_role("heading", name="Definition")).to_be_visible()
    rows = window.locator("table").filter(has_text="Rows behind it")
    rows.get_by_role("link").first.click()
    expect(window.get_by_role("row", name="HP-1")).to_be_visible()
