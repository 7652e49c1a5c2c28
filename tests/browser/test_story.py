"""The story of the demonstration, each person's thing to try in turn, from hand to hand."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from portal.personas import PERSONAS
from runs.services import work_all
from sharedservices.demo import generate, generate_once, history
from sharedservices.demo.cast import HARROWMERE, WEXCOMBE
from sla.services import load_indicators
from tests import databases
from tests.browser.conftest import serving

PUBLISHED = """Body,Paid on,Supplier,Net amount,Reference
Harrowmere,03/11/2026,Tarnwater Utilities Ltd,812.40,T-1
Harrowmere,04/11/2026,Bellwether Couriers Ltd,"1,095.00",B-7
"""
Checker = Callable[[Page], None]


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database with two partners in small, made once to be copied."""
    name = f"{databases.here()}_story"
    partners = tuple(replace(each, invoices=1_500) for each in (HARROWMERE, WEXCOMBE))
    with django_db_blocker.unblock(), override_settings(DEMO=True):
        databases.drop(name)
        databases.copy(databases.here(), name)
        with databases.within(name), pytest.MonkeyPatch.context() as patch:
            load_indicators()
            patch.setattr(history, "SPIKE_INVOICES", 60)
            patch.setattr(generate, "HISTORY_DAYS", 330)
            patch.setattr(generate, "PARTNERS", partners)
            patch.setattr(generate, "CLIENTS", ())
            assert generate_once(say=lambda words: None)
    yield name
    with django_db_blocker.unblock():
        databases.drop(name)


@pytest.fixture
def demonstration(made: str, settings: Settings, django_db_blocker: Any) -> Iterator[str]:
    """The address of the page that asks who one wants to be."""
    settings.DEMO = True
    with django_db_blocker.unblock():
        databases.copy(made, f"{made}_copy")
        with databases.using(f"{made}_copy"), serving() as address:
            yield f"{address}/"


def be(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.get_by_role("button", name=f"Be {name}", exact=True).click()
    page.wait_for_url(lambda url: url != address)


def priya_releases_and_sends(page: Page) -> str:
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    row.get_by_role("link").first.click()
    reference = row.locator("td").nth(3).inner_text()
    expect(page.get_by_text("£38.50 was agreed").first).to_be_visible()
    page.get_by_role("button", name="Release from hold").click()
    page.get_by_role("button", name="Send for approval").click()
    expect(page.get_by_text("Waiting for approval").first).to_be_visible()
    return reference


def helen_approves_one_and_returns_another(page: Page, theirs: str) -> None:
    page.get_by_role("button", name=f"{theirs}", exact=False).first.click()
    # With what the supplier billed before it may be above her limit, and goes on to Daniel.
    expect(page.get_by_role("heading", name="Approved")).to_contain_text(theirs)
    page.get_by_text("Send back or reject").last.click()
    page.get_by_role("textbox").last.fill("Which depot was it for?")
    page.get_by_role("button", name="Send back").last.click()
    expect(page.get_by_role("heading", name="Sent back:")).to_be_visible()


def daniel_releases_and_agrees(page: Page, address: str) -> None:
    page.locator("tbody tr").first.get_by_role("link").click()
    total = page.locator("dt:has-text('Total') + dd").first.inner_text()
    page.get_by_label("Total of the run").fill(total.strip("£"))
    page.get_by_role("button", name="Release", exact=True).click()
    expect(page.get_by_text("Released").first).to_be_visible()
    page.goto(f"{address}harrowmere/waiting/")
    page.get_by_role("button", name="Approve New bank details of Brightholme Care Ltd").click()
    expect(page.get_by_role("heading", name="Approved: New bank details")).to_be_visible()


def leah_asks_for_a_change_of_hours(page: Page) -> str:
    link = page.locator("tbody tr").first.get_by_role("link")
    name = link.inner_text()
    link.click()
    page.get_by_role("link", name="Change job").first.click()
    page.get_by_label("Hours a week").fill("30")
    page.get_by_label("From").fill(f"{localdate():%Y-%m-%d}")
    page.get_by_label("Reason").fill("A phased return was agreed")
    page.get_by_role("button", name="Send for approval").click()
    expect(page.get_by_text("waits for a decision")).to_be_visible()
    return name


def martin_runs_the_pay_and_approves_it(page: Page, name: str) -> None:
    page.get_by_role("button", name="Run the pay of Monthly staff").first.click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    work_all()
    page.reload()
    page.get_by_role("link", name="Waiting for you").click()
    page.get_by_role("button", name=f"Approve Change: {name}").click()
    expect(page.get_by_role("heading", name=f"Approved: Change: {name}")).to_be_visible()


def tom_looks_at_his_pay(page: Page) -> None:
    page.get_by_role("table", name="Payslips").get_by_role("link").first.click()
    page.get_by_text("Income tax").first.click()
    expect(page.get_by_text("Taxable pay from the start of the tax year")).to_be_visible()


def amara_loads_a_file(page: Page, folder: Path) -> None:
    file = folder / "november.csv"
    file.write_text(PUBLISHED)
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Send and look at the columns").click()
    expect(page.get_by_text("2 rows will load and 0 will be held")).to_be_visible()
    page.get_by_role("button", name="Load with these columns").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    work_all()
    page.reload()
    expect(page.get_by_text("2 invoices and credit notes came out of it")).to_be_visible()


def gareth_finds_where_it_got_worse(page: Page) -> None:
    expect(page.get_by_text("Really worse at Wexcombe")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="Wexcombe")
    row.get_by_role("link").nth(1).click()
    expect(page.get_by_role("heading", name="worse since").first).to_be_visible()


def ruth_looks_at_what_fell_short(page: Page) -> None:
    expect(page.get_by_role("heading", name="To look at")).to_be_visible()
    page.locator("#attention + ul a").first.click()
    expect(page.get_by_role("heading", name="Month by month")).to_be_visible()
    assert page.get_by_role("link", name="Invoices of the month").count() == 0


def iqbal_finds_them_in_the_trail_and_opens_a_figure(page: Page, address: str) -> None:
    for name, done in (
        ("Priya Nair", "Released from hold"),
        ("Helen Cartwright", "Approved"),
        ("Daniel Osei", "Released"),
    ):
        line = page.get_by_role("row").filter(has_text=name).filter(has_text=done)
        expect(line.first).to_be_visible()
    page.goto(f"{address}harrowmere/measures/AP-03/")
    page.get_by_role("link", name="Invoices of the month").first.click()
    expect(page.locator("tbody tr").first).to_be_visible()


def sian_ends_a_right(page: Page) -> None:
    page.get_by_role("link", name="Tom Adeyemi").first.click()
    page.get_by_role("row").filter(has_text="anager").get_by_role("link", name="End").first.click()
    page.get_by_label("Reason").fill("The holiday is over")
    page.get_by_role("button", name="End").first.click()
    expect(page.get_by_role("heading", name="Rights that have ended")).to_be_visible()


def everybody_is_reached_from_the_bar(page: Page, address: str) -> None:
    """Also where the line is full: from the first page, as nobody yet, on a laptop."""
    bar = page.get_by_role("navigation", name="Change person")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address)
    # On a usual screen it is one line.
    assert bar.evaluate("bar => bar.offsetHeight") < 40
    page.set_viewport_size({"width": 1280, "height": 900})
    for persona in PERSONAS:
        page.context.clear_cookies()
        page.goto(address)
        bar.get_by_role("button", name=persona.name).click()
        page.wait_for_url(lambda url: url != address)
        expect(bar.locator("[aria-current]")).to_contain_text(persona.name)


def test_the_story_from_hand_to_hand(
    page: Page, demonstration: str, check_page: Checker, tmp_path: Path
) -> None:
    page.goto(demonstration)
    check_page(page)
    be(page, demonstration, "Priya Nair")
    reference = priya_releases_and_sends(page)
    be(page, demonstration, "Helen Cartwright")
    helen_approves_one_and_returns_another(page, reference)
    be(page, demonstration, "Daniel Osei")
    daniel_releases_and_agrees(page, demonstration)
    be(page, demonstration, "Leah Ainsworth")
    who = leah_asks_for_a_change_of_hours(page)
    be(page, demonstration, "Martin Quist")
    martin_runs_the_pay_and_approves_it(page, who)
    be(page, demonstration, "Tom Adeyemi")
    tom_looks_at_his_pay(page)
    be(page, demonstration, "Amara Lindqvist")
    amara_loads_a_file(page, tmp_path)
    be(page, demonstration, "Gareth Pugh")
    check_page(page)
    gareth_finds_where_it_got_worse(page)
    be(page, demonstration, "Councillor Ruth Ellison")
    check_page(page)
    ruth_looks_at_what_fell_short(page)
    be(page, demonstration, "Iqbal Chowdhury")
    iqbal_finds_them_in_the_trail_and_opens_a_figure(page, demonstration)
    be(page, demonstration, "Sian Beddoes")
    sian_ends_a_right(page)
    page.goto(demonstration)
    expect(page.get_by_text("You have been 11 of 11 people.")).to_be_visible()
    everybody_is_reached_from_the_bar(page, demonstration)


def test_each_story_in_the_figures_is_found(page: Page, demonstration: str) -> None:
    for title, seen in (
        ("A late supplier", "Fenwright Agency Staffing Ltd"),
        ("A duplicate", "CPW-88104A"),
        ("New bank details", "New bank details of Brightholme Care Ltd"),
        ("A spike", "Aldermoor Aggregates Ltd"),
    ):
        page.goto(demonstration)
        page.get_by_role("button", name=title).click()
        expect(page.get_by_text(seen).first).to_be_visible()
