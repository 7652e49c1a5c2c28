"""The exceptions queue, who sees to what, who has what open, and clashes that say what changed."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from finance.models import Invoice, Presence
from finance.rules import INV08, INV14
from finance.selectors.exceptions import Wanted, around, groups, queue
from finance.services import invoices as services
from finance.services.holds import assign
from finance.services.invoices_bulk import hold_invoices, release_invoices, take_invoices
from finance.services.presence import be_on
from tests.finance.payables import again, invoice, prepare, supplier
from tests.world import TODAY, World

QUEUE = "/eastmere/invoices/exceptions/"


@pytest.fixture
def ready(world: World) -> World:
    prepare(world)
    return world


@pytest.fixture
def stopped(ready: World) -> list[Invoice]:
    """Two held for VAT, one for its coding, one disputed; of £1, £2, £3 and £4."""
    owner, by = supplier(ready), ready.actor("finance_officer@eastmere")
    rows = [invoice(ready, owner, f"X-{n}00", net=n * 100) for n in (1, 2, 3, 4)]
    with scope(acting=by.organisation_id):
        for row, cause in zip(rows, ("vat", "vat", "coding"), strict=False):
            services.hold(invoice=row, version=1, cause=cause, text="See", by=by, as_of=TODAY)
        services.dispute(invoice=rows[3], version=1, text="Too much", by=by)
        return [again(row) for row in rows]


def signed(client: Client, world: World, who: str = "finance_officer@eastmere") -> Client:
    client.force_login(world.people[who])
    return client


def sent(row: Invoice, action: str, **more: Any) -> dict[str, Any]:
    return {"action": action, "version": row.version, **more}


def test_a_hold_has_an_owner_and_a_day_in_working_time(
    ready: World, stopped: list[Invoice]
) -> None:
    vat, _, coding, disputed = stopped
    officer = ready.actor("finance_officer@eastmere")
    assert (vat.owner_name, vat.owner_id) == (officer.name, officer.person_id)
    # Three working days after Monday 15 June 2026.
    assert vat.answer_on == coding.answer_on == date(2026, 6, 18)
    assert disputed.answer_on and disputed.answer_on > timezone.localdate() + timedelta(days=11)
    with scope(acting=officer.organisation_id):
        services.release_hold(invoice=vat, version=vat.version, text="Asked", by=officer)
        services.resolve(invoice=disputed, version=disputed.version, by=officer)
        for row in (vat, disputed):
            freed = (row.owner_id, row.owner_name, row.answer_on, row.stopped_at)
            assert freed == (None, "", None, None)
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.filter(pk=vat.pk).update(owner_id=1)


def test_many_are_held_taken_and_released_with_their_clock(ready: World) -> None:
    rows = [invoice(ready, supplier(ready), f"M-{n}") for n in range(3)]
    by = ready.actor("finance_officer@eastmere")
    agent = ready.actor("centre_agent@centre", "eastmere")
    ids = [row.pk for row in rows]
    with scope(acting=by.organisation_id):
        hold_invoices(invoice_ids=ids, cause="price", by=by, as_of=TODAY)
        assert {again(row).answer_on for row in rows} == {date(2026, 6, 22)}
        assert take_invoices(invoice_ids=ids[:2], by=agent) == 2
        assert take_invoices(invoice_ids=ids[:2], by=agent) == 0
        assert [again(row).owner_id == agent.person_id for row in rows] == [True, True, False]
        with pytest.raises(NotAllowed):
            take_invoices(invoice_ids=ids, by=ready.actor("auditor@eastmere"))
        release_invoices(invoice_ids=ids, by=by)
        assert {again(row).owner_id for row in rows} == {None}


def test_assigning(ready: World, stopped: list[Invoice]) -> None:
    row, by = stopped[0], ready.actor("finance_officer@eastmere")
    agent, given = ready.people["centre_agent@centre"], {"answer_on": TODAY, "as_of": TODAY}
    with scope(acting=by.organisation_id):
        assign(invoice=row, version=row.version, owner_id=agent.pk, by=by, **given)
        assert row.owner_name == agent.name
        with pytest.raises(Clash):
            assign(invoice=row, version=row.version - 1, owner_id=agent.pk, by=by, **given)
        auditor = ready.people["auditor@eastmere"].pk
        with pytest.raises(Refused) as refusal:
            assign(invoice=row, version=row.version, owner_id=auditor, by=by, **given)
        assert refusal.value.rule is INV14
        services.release_hold(invoice=row, version=row.version, by=by)
        with pytest.raises(Refused) as refusal:
            assign(invoice=row, version=row.version, owner_id=agent.pk, by=by, **given)
        assert refusal.value.rule is INV08


def test_the_queue_is_grouped_narrowed_and_walked(ready: World, stopped: list[Invoice]) -> None:
    here, officer = ready.id("eastmere"), ready.people["finance_officer@eastmere"].pk
    everything = Wanted((here,), today=date(2026, 6, 19), person_id=officer)
    numbers = [row.number for row in stopped]
    with scope(acting=here):
        found = [(one.cause, one.number, one.pence, one.late) for one in groups(everything)]
        assert found == [("vat", 2, 360, 2), ("coding", 1, 360, 1), ("disputed", 1, 480, 0)]
        assert [one.number for one in queue(everything)] == numbers
        middle = around(everything, stopped[1])
        assert (middle.before, middle.after) == (numbers[0], numbers[2])
        assert (middle.place, middle.everything) == (2, 4)
        for narrowed, expected in (
            ({"cause": "vat"}, numbers[:2]),
            ({"cause": "disputed"}, numbers[3:]),
            ({"whose": "late"}, numbers[:3]),
            ({"whose": "nobody"}, []),
            ({"whose": "mine"}, numbers),
        ):
            wanted = Wanted((here,), everything.today, officer, **narrowed)
            assert [one.number for one in queue(wanted)] == expected


def test_the_remedy_is_at_hand_and_leads_to_the_next(
    ready: World, stopped: list[Invoice], client: Client
) -> None:
    vat, other, coding, disputed = stopped
    signed(client, ready)
    page = client.get(QUEUE).content.decode()
    assert "VAT to be checked" in page and "Disputed with the supplier" in page
    empty = client.post(f"{QUEUE}{vat.number}/?cause=vat", sent(vat, "release", said=""))
    assert empty.status_code == 422
    answer = client.post(
        f"{QUEUE}{vat.number}/?cause=vat", sent(vat, "send", said="Their agent says so")
    )
    assert answer["Location"] == f"{QUEUE}{other.number}/?cause=vat"
    recoded = {"account_1": "54000", "unit_1": ""}
    client.post(f"{QUEUE}{coding.number}/", sent(coding, "release", **recoded))
    client.post(f"{QUEUE}{disputed.number}/", sent(disputed, "resolve", said="They agreed"))
    with scope(acting=ready.id("eastmere")):
        states = [again(row).state for row in stopped]
    assert states == ["submitted", "held", "received", "received"]
    shown = client.get(f"/eastmere/invoices/{vat.number}/").content.decode()
    assert "VAT: Their agent says so" in shown


def test_no_exception_costs_more_than_a_page_may(
    ready: World, stopped: list[Invoice], client: Client
) -> None:
    signed(client, ready)
    for row in stopped:
        answer = client.get(f"{QUEUE}{row.number}/")
        # The demonstration asks once more: who one may choose to be.
        assert int(answer["X-Queries"]) <= 9, row.hold_cause


def test_the_order_that_was_missing_is_kept_with_the_invoice(ready: World, client: Client) -> None:
    row, by = invoice(ready, supplier(ready)), ready.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        services.hold(invoice=row, version=1, cause="no_order", by=by, as_of=TODAY)
    signed(client, ready).post(f"{QUEUE}{row.number}/", sent(row, "release", said=" PO 4500 "))
    with scope(acting=by.organisation_id):
        assert (again(row).state, again(row).order_ref) == ("received", "PO 4500")
    assert "PO 4500" in client.get(f"/eastmere/invoices/{row.number}/").content.decode()


def test_the_last_of_the_queue_leads_back_to_it(
    ready: World, stopped: list[Invoice], client: Client
) -> None:
    coding = stopped[2]
    recoded = {"account_1": "54000", "unit_1": ""}
    answer = signed(client, ready).post(
        f"{QUEUE}{coding.number}/?cause=coding", sent(coding, "release", **recoded)
    )
    assert answer["Location"] == QUEUE
    assert "No invoices here" in client.get(f"{QUEUE}?cause=coding").content.decode()


def test_selected_ones_are_taken(ready: World, stopped: list[Invoice], client: Client) -> None:
    signed(client, ready, "centre_agent@centre")
    client.post(QUEUE, {"act": "take", "invoices": [stopped[0].pk]})
    with scope(acting=ready.id("eastmere")):
        assert again(stopped[0]).owner_id == ready.people["centre_agent@centre"].pk


def test_a_clash_says_what_changed_and_keeps_what_was_typed(
    ready: World, stopped: list[Invoice], client: Client
) -> None:
    row, by = stopped[0], ready.actor("centre_agent@centre", "eastmere")
    signed(client, ready)
    seen = client.get(f"{QUEUE}{row.number}/").context["seen"]
    with scope(acting=by.organisation_id):
        services.release_hold(invoice=again(row), version=row.version, text="Known", by=by)
    for where in (f"{QUEUE}{row.number}/", f"/eastmere/invoices/{row.number}/"):
        answer = client.post(where, sent(row, "dispute", text="My own words", seen=seen))
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Released from hold" in page and by.name in page and "My own words" in page
        assert "Held: VAT" not in page


def test_who_has_it_open_is_seen_in_the_lists_and_ends_by_itself(
    ready: World, stopped: list[Invoice], client: Client
) -> None:
    row, agent = stopped[0], ready.actor("centre_agent@centre", "eastmere")
    said = f"{agent.name} is on this"
    here = f"/eastmere/invoices/{row.number}/presence/"
    signed(client, ready, "centre_agent@centre")
    asking = {"HX-Request": "true"}
    assert client.post(here, headers=asking).status_code == 200
    assert said not in client.get(QUEUE).content.decode()
    signed(client, ready)
    for address in (QUEUE, "/eastmere/invoices/", f"{QUEUE}{row.number}/"):
        assert said in client.get(address).content.decode()
    assert said in client.get(here, headers=asking).content.decode()
    with scope(acting=agent.organisation_id):
        be_on(invoice=row, by=agent, at=timezone.now() - timedelta(minutes=1))
        assert Presence.objects.count() == 1
    assert said not in client.get(QUEUE).content.decode()


def test_export_and_the_empty_queue(ready: World, client: Client) -> None:
    signed(client, ready, "auditor@eastmere")
    assert "Nothing is held or disputed" in client.get(QUEUE).content.decode()
    row = invoice(ready, supplier(ready), "E-1")
    by = ready.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        services.hold(invoice=row, version=1, cause="vat", text="=1+1", by=by, as_of=TODAY)
    text = client.get(f"{QUEUE}export/").content.decode()
    assert f"INV-{row.number}" in text and ",'=1+1," in text and "Total gross" in text
    assert client.get(f"{QUEUE}export/?format=xlsx").content[:2] == b"PK"
    assert "I see to it" not in client.get(f"{QUEUE}{row.number}/").content.decode()
    assert client.post(f"{QUEUE}{row.number}/", sent(row, "take")).status_code == 403
