"""Paying as people see it: from the preview to the printed remittance, each role in its place."""

import hashlib
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.actors import Actor
from core.scope import scope
from core.working_time import Nation, add_working_days, national_calendar
from finance.models import PaymentFile, PaymentRun, SupplierBank
from finance.services.payments import propose_run
from tests.finance.payment_books import account, books, invoice, release, supplier
from tests.world import World

LISTS = ["payment-runs/", "payment-runs/1/", "payments/", "payments/1/", "bank-accounts/"]


def pay_day() -> date:
    """A day that payments can still reach, from today's date as pages see it."""
    calendar = national_calendar(Nation.ENGLAND_AND_WALES)
    return add_working_days(calendar, timezone.localdate(), 3)


def client(world: World, who: str) -> Client:
    signed_in = Client()
    signed_in.force_login(world.people[who])
    return signed_in


def made_run(world: World, many: int = 3, slug: str = "eastmere") -> PaymentRun:
    """A proposal of today with `many` payments of two invoices each."""
    by = books(world, slug)
    with scope(acting=by.organisation_id):
        fill(by, many)
        return propose_run(due_to=pay_day(), pay_on=pay_day(), bank_account=account(), by=by)


def fill(by: Actor, many: int) -> None:
    for number in range(many):
        row = supplier(by, f"S{number}")
        invoice(by, row, 1_000 + number)
        invoice(by, row, -100)


def released(world: World, many: int = 3, slug: str = "eastmere") -> PaymentRun:
    run = made_run(world, many, slug)
    boss = world.actor(f"finance_manager@{slug}")
    with scope(acting=boss.organisation_id):
        return release(run, boss, at=timezone.now())


def state_of(run: PaymentRun) -> PaymentRun:
    with scope(acting=run.organisation_id):
        return PaymentRun.objects.get(pk=run.pk)


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_officer_sees_what_would_be_paid_and_proposes_it(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        fill(by, 2)
        invoice(by, supplier(by, "POOR", banked=False), 500)
        chosen = {"due_to": pay_day(), "pay_on": pay_day(), "bank_account": account().pk}
    officer = client(world, "finance_officer@eastmere")
    assert officer.get("/eastmere/payment-runs/new/").status_code == 200
    shown = text(officer.get("/eastmere/payment-runs/new/", chosen))
    assert "2 payments of £18.01 in all" in shown
    assert "Suppliers without bank details in use: 1" in shown
    answer = officer.post("/eastmere/payment-runs/new/", chosen)
    assert answer["Location"] == "/eastmere/payment-runs/1/"
    again = officer.post("/eastmere/payment-runs/new/", chosen)
    assert again["Location"] == "/eastmere/payment-runs/1/"
    run = text(officer.get("/eastmere/payment-runs/1/"))
    assert "This run waits for a second person who may release payments." in run
    assert "First payment to this supplier : 2 payments, £18.01" in run


def test_unfit_payment_day_is_said_beside_the_field(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        chosen = {"due_to": "2026-06-01", "pay_on": "2026-06-06", "bank_account": account().pk}
    officer = client(world, "finance_officer@eastmere")
    shown = officer.post("/eastmere/payment-runs/new/", chosen)
    assert shown.context["form"].errors["pay_on"] == [
        "Choose a banking day at least two banking days ahead: Bacs takes three days in all."
    ]
    assert shown.status_code == 422


def test_a_proposal_of_nothing_is_said_on_the_form_with_its_days(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        chosen = {"due_to": "2019-01-31", "pay_on": pay_day(), "bank_account": account().pk}
    refused = client(world, "finance_officer@eastmere").post("/eastmere/payment-runs/new/", chosen)
    assert refused.status_code == 422 and refused.context["form"].errors
    assert refused.context["form"]["due_to"].value() == "2019-01-31"
    assert 'value="2019-01-31"' in refused.content.decode()


def test_second_person_types_the_total(world: World) -> None:
    run = made_run(world)
    boss = client(world, "finance_manager@eastmere")
    url = "/eastmere/payment-runs/1/release/"
    assert "You are the second person." in text(boss.get("/eastmere/payment-runs/1/"))
    unsaid = boss.post(url, {"version": "1"})
    assert (unsaid.status_code, "Enter the total of the run" in text(unsaid)) == (422, True)
    wrong = boss.post(url, {"total": "27.02", "version": "1"})
    assert (wrong.status_code, "not the total" in text(wrong)) == (422, True)
    assert boss.post(url, {"total": "£27.03", "version": "7"}).status_code == 409
    assert state_of(run).state == "proposed"
    assert boss.post(url, {"total": "£27.03", "version": "1"}).status_code == 302
    assert state_of(run).state == "released"
    shown = text(boss.get("/eastmere/payment-runs/1/"))
    assert "Journal of this run" in shown
    with scope(acting=run.organisation_id):
        for file in PaymentFile.objects.all():
            assert file.sha256 in shown


def test_download_is_the_same_each_time(world: World) -> None:
    released(world)
    boss = client(world, "finance_manager@eastmere")
    for kind in ("bacs18", "pain001"):
        url = f"/eastmere/payment-runs/1/files/{kind}/"
        first, second = boss.get(url), boss.get(url)
        assert first.content == second.content
        assert hashlib.sha256(first.content).hexdigest() == first["X-Content-SHA256"]
        assert "attachment" in first["Content-Disposition"]
    assert boss.get("/eastmere/payment-runs/1/files/other/").status_code == 404
    assert client(world, "auditor@eastmere").get(url).status_code == 403
    assert "Downloaded the Bacs Standard 18 file" in text(boss.get("/eastmere/payment-runs/1/"))


def test_payments_are_taken_out_put_back_and_the_run_cancelled(world: World) -> None:
    run = made_run(world)
    officer = client(world, "finance_officer@eastmere")
    url = "/eastmere/payment-runs/1/change/"
    officer.post(url, {"action": "take_out", "payments": ["1", "3"], "version": "1"})
    assert (state_of(run).payments, state_of(run).total_pence) == (1, 901)
    stale = officer.post(url, {"action": "take_out", "payments": ["2"], "version": "1"})
    assert stale.status_code == 409
    back = {"action": "put_back", "scope": "all", "warning": "removed", "version": "2"}
    officer.post(url, back)
    assert (state_of(run).payments, state_of(run).total_pence) == (3, 2_703)
    assert officer.post(url, {"action": "take_out", "version": "3"}).status_code == 302
    cancel = "/eastmere/payment-runs/1/cancel/"
    asked = officer.get(cancel)
    assert "proposed 3 payments of £27.03 in all" in text(asked)
    assert b'name="version" value="3"' in asked.content
    assert state_of(run).state == "proposed"
    assert f'href="{cancel}"' in officer.get("/eastmere/payment-runs/1/").content.decode()
    assert client(world, "finance_manager@eastmere").get(cancel).status_code == 403
    assert officer.post(cancel, {"version": "2"}).status_code == 409
    officer.post(cancel, {"version": "3"})
    assert state_of(run).state == "cancelled"
    assert officer.get("/eastmere/payment-runs/1/").status_code == 200
    assert officer.get(cancel)["Location"] == "/eastmere/payment-runs/1/"


@pytest.mark.parametrize(
    ("role", "sees", "changes", "releases", "downloads"),
    [
        ("finance_officer", 200, 409, 403, 200),
        ("finance_manager", 200, 403, 302, 200),
        ("auditor", 200, 403, 403, 403),
        ("centre_agent", 200, 409, 403, 403),
        ("centre_manager", 200, 403, 403, 403),
        ("manager", 403, 403, 403, 403),
        ("board_member", 403, 403, 403, 403),
        ("staff", 403, 403, 403, 403),
    ],
)
def test_each_role_in_its_place(
    world: World, role: str, sees: int, changes: int, releases: int, downloads: int
) -> None:
    released(world)
    person = client(world, f"{role}@eastmere")
    for page in LISTS:
        assert person.get(f"/eastmere/{page}").status_code == sees, page
    cancel = person.post("/eastmere/payment-runs/1/cancel/", {"version": "1"})
    assert cancel.status_code == changes
    # The manager released it, so the same release again answers as the first did.
    again = {"total": "27.03", "version": "1"}
    assert person.post("/eastmere/payment-runs/1/release/", again).status_code == releases
    assert person.get("/eastmere/payment-runs/1/files/bacs18/").status_code == downloads


def test_no_page_shows_a_whole_account_number(world: World) -> None:
    run = released(world)
    with scope(acting=run.organisation_id):
        numbers = [*(bank.digits()[1] for bank in SupplierBank.objects.all()), "66374958"]
    officer = client(world, "finance_officer@eastmere")
    for page in [*LISTS, "payments/export/"]:
        shown = officer.get(f"/eastmere/{page}").content.decode()
        assert [number for number in numbers if number in shown] == [], page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [3, 2, 1]),
        ("?supplier=Supplier+S1", [2]),
        ("?supplier=Nobody", []),
        ("?run=1", [3, 2, 1]),
        ("?run=2", []),
        ("?since=2030-01-01", []),
        ("?until=2030-01-01", [3, 2, 1]),
        ("?state=removed", []),
        ("?since=nonsense", [3, 2, 1]),
    ],
)
def test_filters_of_the_list_hold_for_the_export_too(
    world: World, query: str, expected: list[int]
) -> None:
    released(world)
    person = client(world, "auditor@eastmere")
    names = [f"PMT-{number}" for number in expected]
    shown = person.get(f"/eastmere/payments/{query}")
    assert [row["cells"][0] for row in shown.context["rows"]] == names
    export = person.get(f"/eastmere/payments/export/{query}").content.decode("utf-8-sig")
    assert re.findall(r"(PMT-\d+),PAY", export) == names
    assert f"Rows,{len(names)}" in export


def test_remittance_lists_invoices_and_credits(world: World) -> None:
    released(world)
    shown = client(world, "finance_officer@eastmere").get("/eastmere/payments/1/")
    cells = [row["cells"] for row in shown.context["rows"]]
    assert [(c[0], c[3], c[4]) for c in cells] == [
        ("INV-1", "Invoice", "£10.00"),
        ("INV-2", "Credit note", "−£1.00"),
        ("Total", "", "£9.00"),
    ]


def test_centre_sees_the_runs_of_its_partners_with_links_to_them(world: World) -> None:
    released(world, 1, "eastmere")
    made_run(world, 1, "northdale")
    shown = client(world, "centre_manager@centre").get("/centre/payment-runs/")
    found = sorted((row["cells"][1], row["url"]) for row in shown.context["rows"])
    assert found == [
        ("Eastmere", "/eastmere/payment-runs/1/"),
        ("Northdale", "/northdale/payment-runs/1/"),
    ]
    paid = client(world, "centre_manager@centre").get("/centre/payments/")
    assert [row["url"] for row in paid.context["rows"]] == ["/eastmere/payments/1/"]
    other = client(world, "finance_officer@northdale").get("/northdale/payments/")
    assert list(other.context["rows"]) == []


@pytest.mark.parametrize("done", [False, True])
def test_one_and_three_rows_cost_the_same_queries(world: World, done: bool) -> None:
    (released if done else made_run)(world, 1)
    (released if done else made_run)(world, 3, "northdale")
    for page in [*LISTS, "payments/?state=proposed"]:
        costs = [
            int(client(world, f"finance_officer@{slug}").get(f"/{slug}/{page}")["X-Queries"])
            for slug in ("eastmere", "northdale")
        ]
        assert costs[0] == costs[1], page
        assert costs[0] <= 10, page


def test_a_rehearsal_does_not_reach_the_bank(world: World) -> None:
    released(world)
    boss = client(world, "finance_manager@eastmere")
    file = "/eastmere/payment-runs/1/files/bacs18/"
    assert boss.get(file).status_code == 200
    for status in ("rehearsal", "live"):
        world.becomes(status)
        answer = boss.get(file)
        assert (answer.status_code, "PAY13" in text(answer)) == (422, True)
        assert b"089999" not in answer.content
