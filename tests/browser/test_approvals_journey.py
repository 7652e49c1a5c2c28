"""A manager decides on a phone and at a desk; an officer watches a run; an auditor proves seals."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from core.scope import scope
from runs import services as runs
from tests.approvals.cast import make_day, set_bands, submit
from tests.browser.conftest import signed_in
from tests.events.sealing import seal_everything
from tests.runs import kinds as _kinds  # noqa: F401
from tests.world import World

WIDTHS = pytest.mark.parametrize("width", [1440, 390])
Checker = Callable[[Page], None]
SignIn = Callable[[str], None]


@WIDTHS
def test_manager_decides_in_place(
    committed_world: World,
    server: str,
    page: Page,
    sign_in: SignIn,
    check_page: Checker,
    width: int,
) -> None:
    set_bands(committed_world)
    flood = submit(committed_world, make_day(committed_world, "warn"), summary="Flood closure")
    submit(committed_world, make_day(committed_world), summary="Painting the hall")
    submit(committed_world, make_day(committed_world), summary="Mending the roof")
    sign_in("manager@eastmere")
    page.set_viewport_size({"width": width, "height": 850})
    page.goto(f"{server}/eastmere/waiting/")
    expect(page).to_have_title("Waiting for you (3) – Eastmere – Commonwell")
    check_page(page)
    page.get_by_role("button", name="Approve Mending the roof").click()
    together = page.get_by_role("button", name="Approve all others without warnings")
    expect(together).to_be_visible()
    expect(page.locator("input[name=all]")).to_have_count(1)
    expect(page.locator(".app-badge")).to_contain_text("2")
    page.get_by_role("button", name="Approve Painting the hall").click()
    done = page.get_by_role("heading", name="Approved: Painting the hall")
    expect(done).to_be_focused()
    expect(page.locator("#waiting-count")).to_have_text("1")
    card = page.locator(f"#request-{flood.pk}")
    card.get_by_text("Send back or reject").click()
    card.get_by_role("button", name="Send back").click()
    expect(card.get_by_text("Enter a reason so Member of staff of eastmere")).to_be_visible()
    expect(card.get_by_role("textbox")).to_be_focused()
    check_page(page)
    card.get_by_role("textbox").fill("Which day exactly?")
    card.get_by_role("button", name="Send back").click()
    expect(page.get_by_role("heading", name="Sent back: Flood closure")).to_be_focused()
    page.goto(f"{server}/eastmere/waiting/decided/")
    expect(page.get_by_text("Which day exactly?")).to_be_visible()
    check_page(page)


@WIDTHS
def test_run_is_watched_until_it_ends(
    committed_world: World,
    server: str,
    page: Page,
    sign_in: SignIn,
    check_page: Checker,
    width: int,
) -> None:
    by = committed_world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        run = runs.make_run(kind="tests.short", key="k", inputs={"parts": 4}, by=by)
    runs.work_chunk(by.organisation_id, run.pk)
    sign_in("finance_officer@eastmere")
    page.set_viewport_size({"width": width, "height": 850})
    page.goto(f"{server}/eastmere/runs/1/")
    expect(page.get_by_text("1 of 10")).to_be_visible()
    check_page(page)
    runs.work_all()
    expect(page.get_by_text("Finished, and every control total agrees")).to_be_visible()
    expect(page.get_by_text("4 is even")).to_be_visible()
    assert page.locator("[hx-trigger]").count() == 0
    check_page(page)
    page.goto(f"{server}/eastmere/runs/")
    check_page(page)


@WIDTHS
def test_auditor_proves_the_trail(
    committed_world: World,
    server: str,
    page: Page,
    sign_in: SignIn,
    check_page: Checker,
    width: int,
) -> None:
    set_bands(committed_world)
    seal_everything()
    sign_in("auditor@eastmere")
    page.set_viewport_size({"width": width, "height": 850})
    page.goto(f"{server}/eastmere/trail/")
    check_page(page)
    page.get_by_role("link", name="Seals and proof").click()
    page.get_by_role("button", name="Check every seal").click()
    expect(page.get_by_text("The one seal holds.")).to_be_visible()
    check_page(page)
    page.goto(f"{server}/eastmere/deliveries/")
    check_page(page)


def test_one_tap_on_a_phone_and_taken_back(
    committed_world: World, server: str, page: Page, sign_in: SignIn, check_page: Checker
) -> None:
    set_bands(committed_world)
    submit(committed_world, make_day(committed_world), summary="Painting the hall")
    sign_in("manager@eastmere")
    page.set_viewport_size({"width": 390, "height": 850})
    page.goto(f"{server}/eastmere/waiting/")
    button = page.get_by_role("button", name="Approve Painting the hall")
    box = button.bounding_box()
    assert box is not None and box["height"] >= 36 and box["y"] + box["height"] < 850
    button.click()
    expect(page.get_by_role("heading", name="Approved: Painting the hall")).to_be_focused()
    check_page(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back, it waits again: Painting the hall")).to_be_visible()
    check_page(page)


def test_several_by_keyboard_and_what_became_of_them(
    committed_world: World, server: str, page: Page, sign_in: SignIn, check_page: Checker
) -> None:
    set_bands(committed_world)
    for reason in ("warn", "Hall", "Roof"):
        submit(committed_world, make_day(committed_world, reason), summary=f"About {reason}")
    sign_in("manager@eastmere")
    page.set_viewport_size({"width": 390, "height": 850})
    page.goto(f"{server}/eastmere/waiting/")
    for name in ("About warn", "About Roof"):
        page.get_by_role("checkbox", name=f"Select {name}").focus()
        page.keyboard.press("Space")
    check_page(page)
    page.get_by_role("button", name="Approve the selected").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Approved 1 of 2 requests")).to_be_visible()
    expect(page.get_by_text("There is something to check.")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("Taken back, it waits again: About Roof")).to_be_visible()


def test_delegated_and_decided_without_scripts(
    committed_world: World, server: str, browser: Browser
) -> None:
    world = committed_world
    set_bands(world)
    submit(world, make_day(world), summary="Painting the hall")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    signed_in(context, server, world.people["manager@eastmere"])
    page.goto(f"{server}/eastmere/waiting/delegations/")
    page.get_by_label("Who decides for you").select_option("Finance officer of eastmere")
    page.get_by_label("Up to and including").fill("31/12/2099")
    page.get_by_role("button", name="Delegate").click()
    expect(page.get_by_text("decides for you in these days")).to_be_visible()
    signed_in(context, server, world.people["finance_officer@eastmere"])
    page.goto(f"{server}/eastmere/waiting/")
    expect(page.get_by_text("You decide for Manager of eastmere")).to_be_visible()
    page.get_by_role("button", name="Approve Painting the hall").click()
    expect(page.get_by_text("Approved: Painting the hall")).to_be_visible()
    page.goto(f"{server}/eastmere/waiting/decided/")
    words = "Decided by Finance officer of eastmere for Manager of eastmere"
    expect(page.get_by_text(words)).to_be_visible()
    context.close()
