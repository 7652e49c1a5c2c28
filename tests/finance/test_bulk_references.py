"""Rows of bulk tables cannot point into another organisation, nor be turned there later."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.scope import scope
from finance.models import Allocation, Invoice, InvoiceLine, Payment
from tests.finance import payables
from tests.finance.payment_books import books, invoice, propose, supplier
from tests.world import World


@pytest.fixture
def theirs(world: World) -> dict[str, int]:
    """Ids of the other organisation, whose rows exist."""
    payables.prepare(world, "northdale")
    owner = payables.supplier(world, slug="northdale")
    row = payables.invoice(world, owner, slug="northdale")
    return {"supplier": owner.pk, "invoice": row.pk}


def refused(words: str) -> Any:
    return pytest.raises(IntegrityError, match=words)


def test_a_row_that_points_elsewhere_is_refused(world: World, theirs: dict[str, int]) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        invoice(by, supplier(by, "A"), 100)
        run = propose(by)
        ours = Invoice.objects.get()
        payment = Payment.objects.get()
        facts = {f.attname: getattr(ours, f.attname) for f in Invoice._meta.local_fields}
        del facts["id"]
        with refused("finance_invoice.supplier_id points at no"), transaction.atomic():
            Invoice.objects.create(**facts | {"number": 99, "supplier_id": theirs["supplier"]})
        with refused("finance_invoiceline.invoice_id points at no"), transaction.atomic():
            InvoiceLine.objects.create(
                organisation_id=by.organisation_id,
                invoice_id=theirs["invoice"],
                line_no=1,
                net_pence=1,
            )
        with refused("finance_allocation.invoice_id points at no"), transaction.atomic():
            Allocation.objects.create(
                organisation_id=by.organisation_id,
                payment=payment,
                invoice_id=theirs["invoice"],
                amount_pence=1,
            )
        with refused("finance_payment.supplier_id points at no"), transaction.atomic():
            Payment.objects.create(
                organisation_id=by.organisation_id,
                payment_run=run,
                number=99,
                supplier_id=theirs["supplier"],
                amount_pence=1,
                paid_on=run.pay_on,
            )


def test_what_a_row_points_at_never_changes(world: World, theirs: dict[str, int]) -> None:
    """Not even to another row of the same organisation; what is set again as it was passes."""
    by = books(world)
    with scope(acting=by.organisation_id):
        row = invoice(by, supplier(by, "A"), 100)
        other = supplier(by, "B")
        for target in (theirs["supplier"], other.pk):
            with refused("what a row points at never changes"), transaction.atomic():
                Invoice.objects.filter(pk=row.pk).update(supplier_id=target)
        assert Invoice.objects.filter(pk=row.pk).update(supplier_id=row.supplier_id) == 1
