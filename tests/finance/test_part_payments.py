"""A part of an invoice is kept back and the rest paid; each part once, and back when it returns."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from core.actors import Actor
from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from events.selectors import timeline
from finance.models import Allocation, Invoice, Payment, PaymentRun
from finance.rules import INV08, INV09, INV10, INV20, INV21
from finance.services.invoices import dispute, reverse_invoice
from finance.services.payments import cancel_run, put_back_payments, take_out_payments
from finance.services.returns import return_payment
from finance.services.withholding import withhold
from tests.finance.payables import again
from tests.finance.payment_books import AT, books, invoice, propose, release, supplier
from tests.finance.test_discounts import wrong
from tests.finance.test_payments_release import balance
from tests.world import TODAY, World


@pytest.fixture
def officer(world: World) -> Actor:
    return books(world)


def kept(row: Invoice, pence: int, by: Actor, **given: Any) -> Invoice:
    facts: dict[str, Any] = {"version": again(row).version, "text": "Two are broken", **given}
    return withhold(invoice=row, pence=pence, by=by, **facts)


def standing(row: Invoice) -> tuple[str, int, int, bool]:
    now = again(row)
    return now.state, now.allocated_pence, now.withheld_pence, now.paid_on is not None


def test_the_rest_is_paid_and_what_was_kept_back_later(world: World, officer: Actor) -> None:
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=officer.organisation_id):
        harrow = supplier(officer, "HARROW")
        row, other = invoice(officer, harrow, 1_000_00), invoice(officer, harrow, 50_00)
        now = kept(row, 300_00, officer)
        assert timeline(now)[0].text == "£300.00 of it is kept back: Two are broken"
        run = propose(officer)
        assert run.total_pence == 750_00
        run = release(run, boss)
        assert standing(row) == ("posted", 700_00, 300_00, False)
        assert standing(other) == ("paid", 50_00, 0, True)
        assert balance("21000") == -300_00
        assert wrong(officer) == []
        # Nothing more of it is due for payment until it is let go.
        with pytest.raises(Refused, match="nothing is due"):
            propose(officer)
        kept(row, 0, officer, text="They came")
        last = release(propose(officer), boss)
        assert (last.total_pence, standing(row)) == (300_00, ("paid", 1_000_00, 0, True))
        parts = Allocation.objects.filter(invoice=row).order_by("part")
        assert list(parts.values_list("part", "amount_pence")) == [(1, 700_00), (2, 300_00)]
        assert balance("21000") == 0
        assert wrong(officer) == []


def test_a_part_that_comes_back_is_owed_again_and_no_more(world: World, officer: Actor) -> None:
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=officer.organisation_id):
        row = invoice(officer, supplier(officer, "HARROW"), 1_000_00)
        kept(row, 300_00, officer)
        release(propose(officer), boss)
        kept(row, 0, officer)
        release(propose(officer), boss)
        first = Payment.objects.order_by("number")[0]
        return_payment(payment=first, kind="returned", reason="Closed", by=officer, at=AT)
        assert standing(row) == ("posted", 300_00, 0, False)
        assert balance("21000") == -700_00
        assert wrong(officer) == []
        assert release(propose(officer), boss).total_pence == 700_00
        assert standing(row) == ("paid", 1_000_00, 0, True)
        numbers = Allocation.objects.filter(invoice=row).order_by("part").values_list("part")
        assert [part for (part,) in numbers] == [1, 2, 3]
        assert wrong(officer) == []


def test_a_part_paid_invoice_that_is_disputed_stays_so_when_its_part_comes_back(
    world: World, officer: Actor
) -> None:
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=officer.organisation_id):
        row = invoice(officer, supplier(officer, "HARROW"), 1_000_00)
        kept(row, 300_00, officer)
        release(propose(officer), boss)
        dispute(invoice=again(row), version=again(row).version, text="All of it", by=officer)
        return_payment(
            payment=Payment.objects.get(), kind="returned", reason="Closed", by=officer, at=AT
        )
        assert standing(row) == ("disputed", 0, 300_00, False)
        assert wrong(officer) == []


def test_a_proposal_holds_the_part_it_was_made_with(world: World, officer: Actor) -> None:
    with scope(acting=officer.organisation_id):
        row = invoice(officer, supplier(officer, "HARROW"), 1_000_00)
        run = propose(officer)
        with pytest.raises(Refused) as refused:
            kept(row, 300_00, officer)
        assert refused.value.code == INV10.__name__
        taken = take_out_payments(run=run, numbers=[1], version=run.version, by=officer)
        kept(row, 300_00, officer)
        # What was taken out paid all of it: as it was it no longer stands.
        with pytest.raises(Refused, match="no longer posted and open"):
            put_back_payments(run=taken, numbers=[1], version=taken.version, by=officer)
        cancel_run(run=PaymentRun.objects.get(), version=taken.version, by=officer)
        assert propose(officer).total_pence == 700_00


def test_what_is_refused_says_why(world: World, officer: Actor) -> None:
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=officer.organisation_id):
        harrow = supplier(officer, "HARROW")
        row, credit = invoice(officer, harrow, 1_000_00), invoice(officer, harrow, -10_00)
        for pence, given, rule in (
            (1_000_00, {}, INV20),
            (-1, {}, INV20),
            (1, {"text": " "}, INV09),
        ):
            with pytest.raises(Refused) as refused:
                kept(row, pence, officer, **given)
            assert refused.value.code == rule.__name__
        with pytest.raises(Refused) as refused:
            kept(credit, 1, officer)
        assert refused.value.code == INV20.__name__
        with pytest.raises(Clash):
            kept(row, 1, officer, version=99)
        with pytest.raises(NotAllowed):
            kept(row, 1, world.actor("auditor@eastmere"))
        kept(row, 300_00, officer)
        release(propose(officer), boss)
        with pytest.raises(Refused) as refused:
            now = again(row)
            reverse_invoice(invoice=now, version=now.version, reason="Wrong", by=boss, as_of=TODAY)
        assert refused.value.code == INV21.__name__
        kept(row, 0, officer)
        release(propose(officer), boss)
        with pytest.raises(Refused) as refused:
            kept(row, 1, officer)
        assert refused.value.code == INV08.__name__


def test_the_table_refuses_more_than_is_open_and_a_part_twice(officer: Actor) -> None:
    with scope(acting=officer.organisation_id):
        row = invoice(officer, supplier(officer, "HARROW"), 1_000_00)
        rows = Invoice.objects.filter(pk=row.pk)
        for facts in (
            {"withheld_pence": 1_000_01, "withheld_text": "More"},
            {"withheld_pence": 1, "withheld_text": ""},
        ):
            with pytest.raises(IntegrityError, match="withheld"), transaction.atomic():
                rows.update(**facts)
        propose(officer)
        one = Allocation.objects.get()
        with pytest.raises(IntegrityError, match="part_in_one_live_payment"), transaction.atomic():
            Allocation.objects.create(
                organisation_id=officer.organisation_id,
                payment_id=one.payment_id,
                invoice=row,
                amount_pence=1,
            )


def test_the_page_keeps_a_part_back_and_says_so(
    world: World, officer: Actor, client: Client
) -> None:
    with scope(acting=officer.organisation_id):
        row = invoice(officer, supplier(officer, "HARROW"), 1_000_00)
    client.force_login(world.people["finance_officer@eastmere"])
    page = f"/eastmere/invoices/{row.number}/"
    asked = {"action": "withhold", "version": 1, "amount": "", "text": "Two are broken"}
    answer = client.post(page, asked)
    assert answer.status_code == 422
    assert b'<details class="govuk-details" open>' in answer.content
    assert client.post(page, {**asked, "amount": "300"}).status_code == 302
    said = client.get(page).content.decode()
    assert "£300.00: Two are broken" in said
    with scope(acting=officer.organisation_id):
        release(propose(officer), world.actor("finance_manager@eastmere"))
    said = client.get(page).content.decode()
    assert "£700.00, £300.00 is open" in said
