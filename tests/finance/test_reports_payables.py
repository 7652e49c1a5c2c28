"""Aged creditors and prompt payment: figures by hand, and the way down to the invoices."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.scope import scope
from finance.models import Invoice, Supplier
from finance.selectors.creditors import aged_creditors, prompt_payment
from finance.shares import share
from tests.finance.payables import supplier
from tests.world import TODAY, World


def row(of: Supplier, number: int, **facts: Any) -> Invoice:
    """An invoice as it stands after everything was done with it."""
    pence = facts.pop("pence", 10_000)
    given = {
        "state": "posted",
        "due_on": TODAY,
        "invoice_on": TODAY,
        "received_on": TODAY,
        "origin": "keyed" if facts.get("received_on", 1) else "published",
        "journal_id": 1,
        **facts,
    }
    if given["state"] == "paid":
        given["allocated_pence"] = pence
    return Invoice.objects.create(
        organisation_id=of.organisation_id,
        supplier=of,
        number=number,
        supplier_ref=str(number),
        ref_norm=str(number),
        net_pence=pence,
        gross_pence=pence,
        made_at=timezone.now(),
        **given,
    )


@pytest.fixture
def owed(world: World) -> World:
    harrow, moss = supplier(world), supplier(world, "Moss")
    with scope(acting=world.id("eastmere")):
        for number, days in enumerate((-1, 0, 1, 30, 31, 60, 61, 90, 91), start=1):
            row(harrow, number, due_on=TODAY - timedelta(days=days), pence=number)
        row(moss, 20, state="disputed", due_on=TODAY - timedelta(days=40), pence=1_000)
        row(moss, 21, state="held", hold_cause="vat", due_on=TODAY, pence=100)
        row(moss, 22, state="received", journal_id=None)
        row(moss, 23, state="paid", paid_on=TODAY)
    return world


def test_aged_buckets_have_sharp_edges(owed: World) -> None:
    with scope(acting=owed.id("eastmere")):
        found, largest = aged_creditors([owed.id("eastmere")], TODAY)
    assert [(one.key, one.number, one.open_pence) for one in found] == [
        ("not_due", 3, 103),
        ("d30", 2, 7),
        ("d60", 2, 11),
        ("d90", 2, 15),
        ("older", 1, 9),
        ("disputed", 1, 1_000),
    ]
    assert [(one.name, one.total_pence) for one in largest] == [
        ("Moss", 1_100),
        ("Harrow Paper", 45),
    ]


def test_every_bucket_opens_its_invoices(owed: World, client: Client) -> None:
    client.force_login(owed.people["auditor@eastmere"])
    page = client.get("/eastmere/reports/aged-creditors/")
    assert page.status_code == 200
    for bucket in page.context["buckets"]:
        found = client.get(bucket["url"]).context["totals"]
        assert f"{found.count}" == bucket["cells"][1], bucket["url"]
    text = client.get("/eastmere/reports/aged-creditors/?format=csv").content.decode("utf-8-sig")
    assert text.splitlines()[-1].endswith(",0.45")


PAID = date(2026, 5, 20)


@pytest.fixture
def paid(world: World) -> World:
    harrow = supplier(world)
    with scope(acting=world.id("eastmere")):
        for number, days in enumerate((0, 5, 6, 30, 31, 45), start=1):
            received = PAID - timedelta(days=days)
            # The fifth is due later than its 30 days, so the Code counts it as in time.
            due = PAID if number == 5 else received + timedelta(days=14)
            row(
                harrow,
                number,
                state="paid",
                paid_on=PAID,
                received_on=received,
                due_on=due,
                pence=100 * number,
            )
        row(harrow, 7, state="paid", paid_on=PAID, received_on=None)
        row(harrow, 8, state="paid", paid_on=PAID, pence=-500)
    return world


def test_prompt_payment_by_hand(paid: World) -> None:
    with scope(acting=paid.id("eastmere")):
        (month,) = prompt_payment([paid.id("eastmere")], date(2026, 5, 1), date(2026, 6, 1))
    assert (month.number, month.pence, month.without_receipt) == (6, 2_100, 1)
    assert (month.in_5, month.in_30, month.in_30_pence) == (2, 4, 1_000)
    assert (month.in_target, month.in_target_pence) == (5, 1_500)
    assert (month.by_number, month.by_value, month.within_30) == ("83.33%", "71.42%", "66.66%")
    assert month.mean_days == "19.5"


def test_percent_is_never_rounded_up_to_the_target() -> None:
    assert share(75_460, 79_474) == "94.94%"
    assert share(0, 0) == "–"


def test_prompt_payment_page(paid: World, client: Client) -> None:
    client.force_login(paid.people["auditor@eastmere"])
    address = "/eastmere/reports/prompt-payment/?on=2026-06-15"
    response = client.get(address)
    page = response.content.decode()
    assert "83.33% by number and 71.42% by value" in page
    assert "Paid invoices without a receipt date, which published files do not state: 1." in page
    assert "Below 95% by number in 1 of 1 months" in page
    month = response.context["rows"][0]
    assert client.get(month["url"]).context["totals"].count == 8
    text = client.get(f"{address}&format=csv").content.decode("utf-8-sig").splitlines()
    assert text[-1].startswith("2026-05-01,6,21.00,83.33%,71.42%")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "yesterday", "2026-02-31"])
def test_a_day_that_nobody_means_is_today(world: World, client: Client, day: str) -> None:
    client.force_login(world.people["auditor@eastmere"])
    today = timezone.localdate()
    since = client.get(f"/eastmere/reports/prompt-payment/?on={day}").context["since"]
    assert 330 < (today - since).days < 366
    assert client.get(f"/eastmere/units/?on={day}").status_code == 200
    assert client.get(f"/eastmere/trail/?until={day}").status_code == 200
    client.force_login(world.people["hr_officer@eastmere"])
    assert client.get(f"/eastmere/staff/?on={day}").context["on"] == today


def test_reports_without_anything(world: World, client: Client) -> None:
    client.force_login(world.people["auditor@eastmere"])
    for name in ("aged-creditors", "prompt-payment"):
        assert client.get(f"/eastmere/reports/{name}/").status_code == 200


def test_the_file_holds_every_supplier_and_comes_to_the_whole(world: World, client: Client) -> None:
    """Of the page only those that are owed most."""
    with scope(acting=world.id("eastmere")):
        by = world.actor("finance_officer@eastmere")
        for number in range(1, 53):
            firm = Supplier.objects.create(
                organisation_id=by.organisation_id, code=f"S{number}", name=f"Firm {number}",
                name_norm=f"FIRM{number}", made_at=timezone.now(),
            )  # fmt: skip
            row(firm, number)
    client.force_login(world.people["auditor@eastmere"])
    page = client.get("/eastmere/reports/aged-creditors/")
    assert len(page.context["suppliers"]) == 50
    text = client.get("/eastmere/reports/aged-creditors/?format=csv").content.decode("utf-8-sig")
    assert "Rows,52" in text and "Sum of Total,5200.00" in text and "Firm 52" in text
    told = client.get("/api/v1/eastmere/aged-creditors/").json()
    assert len(told["suppliers"]) == 52
    assert sum(Decimal(one["open"]) for one in told["buckets"]) == 5_200


def test_programs_are_told_the_figures_of_the_pages(owed: World, client: Client) -> None:
    client.force_login(owed.people["auditor@eastmere"])
    where = "/api/v1/eastmere"
    told = client.get(f"{where}/aged-creditors/").json()
    moss = next(one for one in told["suppliers"] if one["supplier_name"] == "Moss")
    assert (moss["total"], moss["parts"]["disputed"]) == ("11.00", "10.00")
    assert sum(map(Decimal, moss["parts"].values())) == 11
    (month,) = client.get(f"{where}/prompt-payment/?on=2026-06-30").json()
    assert (month["month"], month["invoices"], month["value"]) == ("2026-06-01", 1, "100.00")
    for wrong in ("May", "9999-12-31", "0001-01-01"):
        assert client.get(f"{where}/prompt-payment/?on={wrong}").status_code == 400, wrong
        assert client.get(f"/eastmere/reports/prompt-payment/?on={wrong}").status_code == 200
    alerts = client.get(f"{where}/invoice-alerts/").json()
    why = ["The first invoice of this supplier"]
    assert {one["number"]: one["reasons"] for one in alerts} == {1: why, 20: why}
    assert client.get(f"{where}/trial-balance/").json() == {"period": None, "accounts": []}
    assert client.get(f"{where}/trial-balance/?period=190001").status_code == 404
    client.force_login(owed.people["staff@eastmere"])
    for name in ("aged-creditors", "prompt-payment", "invoice-alerts", "trial-balance"):
        assert client.get(f"{where}/{name}/").status_code == 403, name
