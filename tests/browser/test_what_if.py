"""What would my pay be, in the browser: a case in, lines that open, the print view."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import check, console_errors, serving, signed_in
from tests.conftest import committing
from tests.world import build_world

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def served(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Any, str]]:
    with committing(django_db_blocker):
        world = build_world()
        with serving() as server:
            yield world.people["payroll_officer@eastmere"], server


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_case_from_question_to_print(
    served: tuple[Any, str], browser: Browser, script: bool
) -> None:
    person, server = served
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    signed_in(context, server, person)
    errors = console_errors(page)
    page.goto(f"{server}/eastmere/payroll/what-if/")
    page.get_by_label("Pay date").fill("30/11/2026")
    page.get_by_label("Salary for a year").fill("32,000")
    page.get_by_text("Pension, salary sacrifice and giving").click()
    page.get_by_label("Pension scheme", exact=True).select_option("nhs")
    page.get_by_role("button", name="Work it out").click()
    _opens(page)
    if script:
        check(page)
        page.set_viewport_size(PHONE)
        check(page)
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/phone.png", full_page=True)
    page.get_by_role("button", name="Print view").click()
    assert page.locator(".app-payslip details:not([open])").count() == 0
    assert page.get_by_role("button", name="Work it out").count() == 0
    assert errors == []
    context.close()


def _opens(page: Page) -> None:
    """A line shows its workings when it is opened, by key as by mouse."""
    said = page.get_by_text("of tax to month 8", exact=False)
    assert not said.is_visible()
    line = page.locator("summary", has_text="Income tax")
    line.focus()
    page.keyboard.press("Enter")
    assert said.is_visible()


def test_a_wrong_answer_leads_to_its_field(served: tuple[Any, str], browser: Browser) -> None:
    person, server = served
    page = browser.new_page()
    signed_in(page.context, server, person)
    page.goto(f"{server}/eastmere/payroll/what-if/")
    page.get_by_label("Salary for a year").fill("32000")
    page.get_by_text("Tax, National Insurance and loans").click()
    page.get_by_label("Tax code").fill("SD7")
    page.get_by_role("button", name="Work it out").click()
    check(page)
    page.get_by_role("link", name="D7 has no rate in Scotland", exact=False).click()
    assert page.evaluate("document.activeElement.id") == "id_code"
    page.context.close()
