"""Rows of the large tables cannot point into another organisation."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

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


def refused(act: Callable[[], Any], constraint: str) -> None:
    """The reference is looked up when the transaction would end."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        act()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_row_that_points_elsewhere_is_refused(world: World, theirs: dict[str, int]) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        ours = invoice(by, supplier(by, "A"), 100)
        run = propose(by)
        payment = Payment.objects.get()
        facts = {f.attname: getattr(ours, f.attname) for f in Invoice._meta.local_fields}
        del facts["id"]
        here = {"organisation_id": by.organisation_id}
        refused(
            lambda: Invoice.objects.create(
                **facts | {"number": 99, "supplier_id": theirs["supplier"]}
            ),
            "finance_invoice_supplier_id_same_org",
        )
        refused(
            lambda: Invoice.objects.filter(pk=ours.pk).update(supplier_id=theirs["supplier"]),
            "finance_invoice_supplier_id_same_org",
        )
        refused(
            lambda: InvoiceLine.objects.create(
                **here, invoice_id=theirs["invoice"], line_no=1, net_pence=1
            ),
            "finance_invoiceline_invoice_id_same_org",
        )
        refused(
            lambda: Allocation.objects.create(
                **here, payment=payment, invoice_id=theirs["invoice"], amount_pence=1
            ),
            "finance_allocation_invoice_id_same_org",
        )
        refused(
            lambda: Payment.objects.create(
                **here,
                payment_run=run,
                number=99,
                supplier_id=theirs["supplier"],
                amount_pence=1,
                paid_on=run.pay_on,
            ),
            "finance_payment_supplier_id_same_org",
        )
