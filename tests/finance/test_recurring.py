"""Schedules of recurring invoices: days, what fits, what is held, what has not come, two people."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from finance.models import Invoice, InvoiceLine, RecurringArrival, RecurringInvoice, Supplier
from finance.recurrence import days_until, expected_near
from finance.rules import INV09, INV14
from finance.rules_workbench import REC01, REC02, REC03, REC04
from finance.selectors.recurring import days_of, not_arrived
from finance.services.invoices import LineEntry, release_hold, reverse_invoice
from finance.services.recurring import Plan, decide_schedule, end_schedule, propose_schedule
from tests.finance.files_in import RECEIVED, load
from tests.finance.payables import again, invoice, prepare, supplier
from tests.world import TODAY, World

FIRST = date(2026, 4, 30)
PAGE = "/eastmere/invoices/recurring/"


@pytest.fixture
def ready(world: World) -> World:
    prepare(world)
    return world


def plan(world: World, **given: Any) -> Plan:
    facts: dict[str, Any] = {
        **{"description": "Cleaning", "expected_pence": 120_00, "tolerance_pence": 5_00},
        **{"frequency": "monthly", "first_on": FIRST, "last_on": None, "unit_id": None},
        **{"account_code": "54000", "owner_id": world.actor("centre_agent@centre").person_id},
    }
    return Plan(**{**facts, **given})


def proposed(world: World, of: Supplier, **given: Any) -> RecurringInvoice:
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        facts = {"plan": plan(world, **given), "by": by, "as_of": TODAY}
        return propose_schedule(supplier=of, **facts)


def agreed(world: World, of: Supplier, **given: Any) -> RecurringInvoice:
    row, boss = proposed(world, of, **given), world.actor("finance_manager@eastmere")
    with scope(acting=boss.organisation_id):
        decide_schedule(schedule=row, version=1, agree=True, by=boss)
    return row


def came(world: World, of: Supplier, ref: str, on: date, pence: int = 120_00, **given: Any) -> Any:
    """An invoice of that day whose line nobody coded."""
    lines = [LineEntry("Cleaning of May", "", None, "ZR-IN", pence)]
    facts = {"lines": lines, "invoice_on": on, **given}
    return invoice(world, of, ref, **facts)


def arrivals() -> list[tuple[date, int, bool]]:
    rows = RecurringArrival.objects.order_by("expected_on")
    return list(rows.values_list("expected_on", "invoice__number", "fits"))


def test_days_are_those_of_the_calendar() -> None:
    month_ends = list(days_until(date(2026, 1, 31), "monthly", None, date(2026, 4, 30)))
    assert month_ends == [date(2026, m, d) for m, d in ((1, 31), (2, 28), (3, 31), (4, 30))]
    assert len(list(days_until(FIRST, "weekly", FIRST + timedelta(20), date(2027, 1, 1)))) == 3
    near = expected_near(FIRST, "monthly", None, date(2026, 5, 20))
    assert near == date(2026, 5, 30)
    assert expected_near(FIRST, "yearly", None, date(2026, 9, 1)) is None
    assert expected_near(FIRST, "quarterly", FIRST, date(2026, 7, 30)) is None


def test_what_fits_is_coded_and_says_so_and_what_differs_is_held(ready: World) -> None:
    firm = supplier(ready, "Bright Cleaning")
    agreed(ready, firm)
    fits = came(ready, firm, "B-101", date(2026, 5, 2), 124_99)
    dear = came(ready, firm, "B-2020", date(2026, 5, 29), 150_00)
    twice = came(ready, firm, "B-30300", date(2026, 5, 30))
    other = came(ready, supplier(ready), "H-1", date(2026, 5, 29))
    owner = ready.actor("centre_agent@centre")
    with scope(acting=ready.id("eastmere")):
        assert arrivals() == [
            (FIRST, fits.number, True),
            (date(2026, 5, 30), dear.number, False),
        ]
        line = InvoiceLine.objects.get(invoice_id=fits.pk)
        assert line.coding_reason == "Fits RI-1, Cleaning, for 30 April 2026" and line.coding_id
        assert (fits.state, other.state) == ("received", "received")
        assert (dear.state, dear.hold_cause, dear.owner_name) == ("held", "recurring", owner.name)
        assert dear.hold_text == (
            "It is £30.00 more than the £120.00 of RI-1, Cleaning, for 30 May 2026."
        )
        assert twice.hold_text.startswith(f"{dear} came already for RI-1")
        assert InvoiceLine.objects.get(invoice_id=dear.pk).coding_id is None
        by = ready.actor("finance_officer@eastmere")
        release_hold(invoice=dear, version=dear.version, text="Agreed by Ada", by=by)
        assert len(arrivals()) == 2
        with pytest.raises(IntegrityError), transaction.atomic():
            RecurringArrival.objects.filter(invoice_id=dear.pk).update(expected_on=FIRST)


def test_words_tell_schedules_of_one_supplier_apart_and_a_reversed_one_makes_room(
    ready: World,
) -> None:
    firm, boss = supplier(ready), ready.actor("finance_manager@eastmere")
    agreed(ready, firm, mark="Depot", expected_pence=50_00)
    agreed(ready, firm, mark="Library")
    wrong = came(ready, firm, "L-1", FIRST, 99_00, description="library, April")
    odd = came(ready, firm, "X-77", FIRST, 50_00, description="Sundries")
    with scope(acting=boss.organisation_id):
        assert "less than the £120.00 of RI-2" in wrong.hold_text and odd.state == "received"
        given = {"reason": "Wrong", "by": boss, "as_of": TODAY}
        reverse_invoice(invoice=wrong, version=wrong.version, **given)
    right = came(ready, firm, "L-2222", FIRST, description="library, April")
    with scope(acting=boss.organisation_id):
        assert arrivals() == [(FIRST, right.number, True)]


def test_what_comes_after_the_end_is_held_where_its_words_are_known(ready: World) -> None:
    firm = supplier(ready)
    agreed(ready, firm, mark="Depot", last_on=FIRST)
    named = came(ready, firm, "D-1", date(2026, 6, 1), description="Depot, June")
    other = came(ready, firm, "X-77", date(2026, 6, 2), description="Sundries")
    with scope(acting=ready.id("eastmere")):
        assert named.hold_text == (
            "It comes after the last one of RI-1, Cleaning, for 30 April 2026."
        )
        assert other.state == "received" and arrivals() == []


def test_what_a_person_coded_stays_and_what_a_load_coded_is_replaced(ready: World) -> None:
    firm = supplier(ready, "Harrow Paper Ltd")
    agreed(ready, firm, expected_pence=120_00, first_on=date(2026, 6, 1))
    keyed = invoice(ready, firm, "K-1", invoice_on=date(2026, 5, 28))
    with scope(acting=ready.id("eastmere")):
        (line,) = keyed.lines.all()
        assert line.coding_reason == "Chosen"
        RecurringArrival.objects.all().delete()
    load(ready, RECEIVED, purpose="invoices")
    with scope(acting=ready.id("eastmere")):
        row = Invoice.objects.get(supplier_ref="INV-100")
        assert "Fits RI-1" in row.lines.get().coding_reason
        assert [number for _, number, _ in arrivals()] == [row.number]


def test_what_has_not_come_is_listed_until_it_comes(ready: World) -> None:
    firm = supplier(ready)
    early = came(ready, firm, "E-1", FIRST)
    row = agreed(ready, firm)
    with scope(acting=ready.id("eastmere")):
        assert arrivals() == [(FIRST, early.number, True)], "taken in when it was agreed"
        assert again(early).lines.get().coding_id is None

        def missed(today: date) -> list[date]:
            return [one.expected_on for one in not_arrived([ready.id("eastmere")], today)]

        assert missed(date(2026, 6, 4)) == []
        assert missed(date(2026, 6, 5)) == [date(2026, 5, 30)]
        days = days_of(row, date(2026, 6, 5))
        assert [one.expected_on for one in days] == [date(2026, 6, 30), date(2026, 5, 30), FIRST]
    came(ready, firm, "E-22", date(2026, 6, 5))
    with scope(acting=ready.id("eastmere")):
        assert missed(date(2026, 7, 1)) == []


def test_two_people_and_no_change_but_an_earlier_end(ready: World) -> None:
    firm, by = supplier(ready), ready.actor("finance_officer@eastmere")
    boss = ready.actor("finance_manager@eastmere")
    auditor = ready.actor("auditor@eastmere").person_id
    for given, rule in (
        ({"expected_pence": 0}, REC01),
        ({"tolerance_pence": -1}, REC01),
        ({"last_on": FIRST - timedelta(1)}, REC01),
        ({"owner_id": auditor}, INV14),
    ):
        with pytest.raises(Refused) as refusal:
            proposed(ready, firm, **given)
        assert refusal.value.rule is rule
    row = proposed(ready, firm)
    with scope(acting=by.organisation_id):
        with pytest.raises(NotAllowed):
            decide_schedule(schedule=row, version=1, agree=True, by=by)
        RecurringInvoice.objects.update(made_by_id=boss.person_id)
        row.refresh_from_db()
        with pytest.raises(Refused) as refusal:
            decide_schedule(schedule=row, version=1, agree=True, by=boss)
        assert refusal.value.rule is REC02
        RecurringInvoice.objects.update(made_by_id=by.person_id)
        row.refresh_from_db()
        with pytest.raises(Clash):
            decide_schedule(schedule=row, version=9, agree=True, by=boss)
        decide_schedule(schedule=row, version=1, agree=False, by=boss)
        with pytest.raises(Refused) as refusal:
            decide_schedule(schedule=row, version=2, agree=True, by=boss)
        assert refusal.value.rule is REC03
    assert came(ready, firm, "R-1", FIRST, 1_00).state == "received"
    row = agreed(ready, firm)
    ends: dict[str, Any] = {"schedule": row, "version": 2, "by": by}
    with scope(acting=by.organisation_id):
        for on, reason, rule in ((FIRST, " ", INV09), (FIRST - timedelta(1), "x", REC01)):
            with pytest.raises(Refused) as refusal:
                end_schedule(**ends, last_on=on, reason=reason)
            assert refusal.value.rule is rule
        end_schedule(**ends, last_on=FIRST, reason="Contract over")
        with pytest.raises(Refused) as refusal:
            end_schedule(**{**ends, "version": 3}, last_on=FIRST + timedelta(9), reason="x")
        assert refusal.value.rule is REC04
        assert [one.expected_on for one in days_of(row, TODAY)] == [FIRST]


def test_pages(ready: World, client: Client) -> None:
    client.force_login(ready.people["finance_officer@eastmere"])
    firm = supplier(ready)
    assert "No schedules yet" in client.get(PAGE).content.decode()
    new = f"/eastmere/suppliers/schedule/{firm.code}/"
    given = {"description": "Cleaning", "expected": "120", "tolerance": "5", "account": "54000"}
    given |= {"frequency": "monthly", "first_on": "30/04/2026", "last_on": "", "grace_days": "5"}
    given |= {"owner": str(ready.people["finance_officer@eastmere"].pk), "unit": "", "mark": ""}
    assert client.post(new, {**given, "expected": "x"}).status_code == 422
    assert client.post(new, {**given, "last_on": "01/04/2026"}).status_code == 422
    assert "waits for a second person" in client.post(new, given, follow=True).content.decode()
    where = f"{PAGE}1/"
    assert "Agree to it" not in client.get(where).content.decode()
    assert client.post(where, {"action": "agree", "version": 1}).status_code == 403
    client.force_login(ready.people["finance_manager@eastmere"])
    assert "Agree to it" in client.get(where).content.decode()
    answer = client.post(where, {"action": "agree", "version": 1}, follow=True)
    assert "RI-1 is in use" in answer.content.decode()
    assert client.post(where, {"action": "agree", "version": 2}).status_code == 422
    shown = client.get(PAGE).content.decode()
    assert "Not arrived, the longest missed first" in shown and "£120.00" in shown
    client.force_login(ready.people["finance_officer@eastmere"])
    held = came(ready, firm, "C-1", FIRST, 1_00)
    assert "It is £119.00 less" in client.get(where).content.decode()
    text = client.get(f"/eastmere/invoices/exceptions/{held.number}/").content.decode()
    assert "Who agreed to the difference?" in text
    assert client.post(where, {"action": "end", "version": 2}).status_code == 422
    ended = {"action": "end", "version": 2, "last_on": "30/04/2026", "reason": "Contract over"}
    assert "ends on 30 April 2026" in client.post(where, ended, follow=True).content.decode()
    assert "No schedules yet" not in client.get(PAGE).content.decode()


def test_programs_decide_and_end_as_the_pages_do(ready: World) -> None:
    row = proposed(ready, supplier(ready))
    where = f"/api/v1/eastmere/recurring-invoices/{row.number}/"

    def send(who: str, act: str, **body: Any) -> Any:
        client = Client()
        client.force_login(ready.people[f"finance_{who}@eastmere"])
        return client.post(f"{where}{act}/", body, content_type="application/json")

    assert send("officer", "decision", agree=True, version=1).status_code == 403
    assert send("manager", "decision", agree=True, version=7).status_code == 409
    agreed = send("manager", "decision", agree=True, version=1).json()
    assert (agreed["state"], agreed["version"]) == ("active", 2)
    assert agreed["missed_on"] == [day["expected_on"] for day in agreed["days"] if day["missed"]]
    ended = {"last_on": "2026-04-01", "reason": "Over", "version": 2}
    assert send("officer", "end", **ended).json()["code"] == "REC01"
    told = send("officer", "end", **{**ended, "last_on": "2026-09-30"}).json()
    assert (told["last_on"], told["ended_reason"], told["version"]) == ("2026-09-30", "Over", 3)
