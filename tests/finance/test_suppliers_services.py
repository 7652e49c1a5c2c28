"""Suppliers and their bank details: no one person changes where money goes."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from approvals.models import Request
from approvals.services import decide, withdraw
from core.errors import Clash, Refused
from core.registry import SUBJECTS
from core.scope import scope
from core.working_time import add_working_days
from events.selectors import timeline
from finance.models import Supplier, SupplierBank
from finance.selectors.cooling import USUAL_DAYS
from finance.selectors.suppliers import banks_of
from finance.services.suppliers import (
    change_supplier,
    masked,
    propose_bank,
    record_call,
)
from tenants.selectors import working_calendar
from tests.finance.payables import prepare, supplier
from tests.world import TODAY, World


def account_in_use(of: Supplier, on: date) -> list[str]:
    agreed = banks_of(of).filter(state=SupplierBank.State.ACTIVE, valid__contains=on)
    return [bank.digits()[1] for bank in agreed]


def propose(world: World, of: object, account: str = "12345678", days: int = 0) -> SupplierBank:
    by = world.actor("finance_officer@eastmere")
    return propose_bank(
        supplier=of,
        sort_code="12-34-56",
        account_number=account,
        account_name="Harrow Paper",
        from_on=TODAY + timedelta(days=days),
        by=by,
    )


def called(world: World, bank: SupplierBank, outcome: str = "confirmed") -> SupplierBank:
    record_call(
        bank=bank, outcome=outcome, person="Jo Harrow", number="01632 960123", source="invoice",
        by=world.actor("finance_officer@eastmere"), at=timezone.now(),
    )  # fmt: skip
    return bank


def decided(world: World, bank: SupplierBank, decision: str, who: str = "finance_manager") -> None:
    request = Request.objects.get(subject_key="finance.supplier_bank", subject_id=bank.pk)
    by = world.actor(f"{who}@eastmere")
    decide(request=request, decision=decision, comment="No", by=by, as_of=timezone.now())


def test_second_person_agrees_and_earlier_details_end(world: World) -> None:
    prepare(world)
    harrow = supplier(world)
    with scope(acting=world.id("eastmere")):
        decided(world, called(world, propose(world, harrow)), "approve")
        assert account_in_use(harrow, TODAY) == ["12345678"]
        decided(world, called(world, propose(world, harrow, "87654321", days=5)), "approve")
        assert account_in_use(harrow, TODAY + timedelta(days=4)) == ["12345678"]
        assert account_in_use(harrow, TODAY + timedelta(days=5)) == ["87654321"]
        assert "Bank details ••••4321 agreed" in [entry.text for entry in timeline(harrow)]


def test_nobody_agrees_before_the_supplier_confirmed_it(world: World) -> None:
    prepare(world)
    harrow, moss = supplier(world), supplier(world, "Moss")
    with scope(acting=world.id("eastmere")):
        bank = propose(world, harrow)
        card = SUBJECTS["finance.supplier_bank"]

        def warned() -> str:
            return " ".join(card.warnings(card.reading(SupplierBank.objects.filter(pk=bank.pk))[0]))

        assert "number you knew before" in warned() and "same account" not in warned()
        for outcome in ("", "unreached", "denied"):
            if outcome:
                called(world, bank, outcome)
            with pytest.raises(Refused) as refusal, transaction.atomic():
                decided(world, bank, "approve")
            assert refusal.value.code == "SUP07"
        assert "did not ask for this" in warned()
        propose(world, moss)
        assert "another supplier" in warned().lower()
        assert "12345678" not in warned()
        decided(world, called(world, bank), "approve")
        with pytest.raises(Refused) as refusal:
            called(world, bank)
        assert refusal.value.code == "SUP04"
        assert "Call about bank details ••••5678 to Jo Harrow: They confirmed the change" in [
            entry.text for entry in timeline(harrow)
        ]


def test_a_change_cools_off_and_first_details_do_not(world: World) -> None:
    prepare(world)
    harrow, today = supplier(world), timezone.localdate()
    with scope(acting=world.id("eastmere")):
        calendar = working_calendar(world.id("eastmere"))
        decided(world, called(world, propose(world, harrow)), "approve")
        decided(world, called(world, propose(world, harrow, "87654321")), "approve")
        first, change = SupplierBank.objects.order_by("id")
        assert first.paid_from == TODAY
        assert change.paid_from == add_working_days(calendar, today, USUAL_DAYS)


def test_refused_details_are_never_used(world: World) -> None:
    prepare(world)
    harrow = supplier(world)
    with scope(acting=world.id("eastmere")):
        bank = propose(world, harrow)
        with pytest.raises(Refused, match="waiting already"):
            propose(world, harrow)
        decided(world, bank, "return")
        assert account_in_use(harrow, TODAY) == []
        propose(world, harrow)


def test_proposal_can_be_withdrawn(world: World) -> None:
    prepare(world)
    harrow = supplier(world)
    with scope(acting=world.id("eastmere")):
        bank = propose(world, harrow)
        request = Request.objects.get(subject_key="finance.supplier_bank", subject_id=bank.pk)
        withdraw(request=request, by=world.actor("finance_officer@eastmere"))
        assert SupplierBank.objects.get(pk=bank.pk).state == "refused"


def test_wrong_digits_are_refused(world: World) -> None:
    prepare(world)
    harrow = supplier(world)
    with scope(acting=world.id("eastmere")), pytest.raises(Refused, match="6 digits"):
        propose(world, harrow, "1234")


def test_change_names_the_fields(world: World) -> None:
    harrow = supplier(world)
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        facts = {"terms_days": 14, "town": "Leeds", "name": "Harrow Paper"}
        changed = change_supplier(supplier=harrow, version=1, facts=facts, by=by)
        assert (changed.terms_days, changed.town, changed.version) == (14, "Leeds", 2)
        assert timeline(harrow)[0].text == "Changed: payment terms, town"


def test_a_change_from_an_older_look_is_refused(world: World) -> None:
    harrow = supplier(world)
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        change_supplier(supplier=harrow, version=1, facts={"town": "Leeds"}, by=by)
        with pytest.raises(Clash):
            change_supplier(supplier=harrow, version=1, facts={"town": "York"}, by=by)
        # Saving what is there already changes nothing, not even the version.
        kept = change_supplier(supplier=harrow, version=2, facts={"town": "Leeds"}, by=by)
        assert (kept.town, kept.version) == ("Leeds", 2)


def test_code_is_taken_once(world: World) -> None:
    assert supplier(world).code == "S000001"
    supplier(world, "Two", code="X1")
    with pytest.raises(Refused, match="exists already"):
        supplier(world, "Three", code="X1")


def test_account_is_masked() -> None:
    assert masked("5678") == "••••5678"
    assert masked("") == ""
