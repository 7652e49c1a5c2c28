"""A decision on an invoice is taken back: in the ledger by a reversal, and only in time."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from approvals.models import Request
from approvals.rules import APR16
from approvals.services import decide, undo
from core.errors import Refusal
from core.invariants import problems
from core.scope import scope
from finance.models import Invoice, Journal, Reversal
from finance.services.invoices import enter_invoice, hold, submit_for_approval
from tests.finance import payment_books
from tests.finance.payables import again, entry, invoice, prepare, supplier
from tests.finance.payment_books import books, propose
from tests.world import TODAY, World


@pytest.fixture
def ready(world: World) -> World:
    prepare(world)
    return world


def act(world: World, request: Request, what: Any, **given: Any) -> Any:
    by = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        return what(request=request, by=by, as_of=timezone.now(), **given)


def submitted(world: World) -> tuple[Invoice, Request]:
    row = invoice(world, supplier(world))
    with scope(acting=row.organisation_id):
        submit_for_approval(invoice=row, version=1, by=world.actor("finance_officer@eastmere"))
        return again(row), Request.objects.get(subject_id=row.pk, state="waiting")


def test_an_approval_leaves_the_ledger_and_comes_again(ready: World) -> None:
    row, request = submitted(ready)
    act(ready, request, decide, decision="approve")
    act(ready, request, undo)
    with scope(acting=row.organisation_id):
        now = again(row)
        assert (now.state, now.journal_id, now.approved_on, now.posted_on, now.period) == (
            "submitted",
            *(None,) * 4,
        )
        assert (Journal.objects.count(), Reversal.objects.count()) == (2, 1)
        assert list(problems(row.organisation_id)) == []
    act(ready, request, decide, decision="approve")
    with scope(acting=row.organisation_id):
        assert again(row).state == "posted"
        assert (Journal.objects.count(), Reversal.objects.count()) == (3, 1)
        assert list(problems(row.organisation_id)) == []


@pytest.mark.parametrize(("decision", "state"), [("return", "received"), ("reject", "disputed")])
def test_a_no_is_taken_back(ready: World, decision: str, state: str) -> None:
    row, request = submitted(ready)
    act(ready, request, decide, decision=decision, comment="No order")
    with scope(acting=row.organisation_id):
        assert again(row).state == state
    act(ready, request, undo)
    with scope(acting=row.organisation_id):
        assert (again(row).state, again(row).hold_text) == ("submitted", "")


def test_not_after_the_officer_went_on_with_it(ready: World) -> None:
    row, request = submitted(ready)
    act(ready, request, decide, decision="return", comment="No order")
    with scope(acting=row.organisation_id):
        by = ready.actor("finance_officer@eastmere")
        now = again(row)
        hold(invoice=now, version=now.version, cause="no_order", by=by, as_of=TODAY)
    with pytest.raises(Refusal, match=str(APR16.__doc__)):
        act(ready, request, undo)


def test_not_once_it_lies_in_a_payment(ready: World) -> None:
    by = books(ready)
    with scope(acting=by.organisation_id):
        harrow = payment_books.supplier(by, "HARROW")
        row = enter_invoice(entry=entry(harrow, "P-1"), by=by, as_of=TODAY)
        submit_for_approval(invoice=row, version=row.version, by=by)
        request = Request.objects.get(subject_id=row.pk)
    act(ready, request, decide, decision="approve")
    with scope(acting=by.organisation_id):
        propose(by, due_to=TODAY + timedelta(days=300))
    with pytest.raises(Refusal, match="payment"):
        act(ready, request, undo)
    with scope(acting=by.organisation_id):
        assert again(row).state == "posted"
