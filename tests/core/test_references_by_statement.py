"""References of tables written in bulk keep the promises of foreign keys."""

import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.db import IntegrityError, transaction

from core.management.commands.init_db import connect
from core.scope import scope
from finance.models import Invoice, InvoiceLine
from payroll.models import Payslip, PayslipLine
from tests.finance import payables
from tests.payroll.pay_runs import calculated, payroll, person
from tests.world import World

OF_LINES = "finance_invoiceline_invoice_id_same_org"


@pytest.fixture
def ours(committed_world: World) -> Invoice:
    payables.prepare(committed_world)
    return payables.invoice(committed_world, payables.supplier(committed_world))


@pytest.fixture
def admin(ours: Invoice) -> Iterator[Any]:
    """An administrator, whom row security does not bind, in a transaction that is taken back."""
    with closing(connect(os.environ["COMMONWELL_DATABASE"])) as found:
        found.autocommit = False
        with found.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
            yield cursor
        found.rollback()


def lines(invoice: Invoice, *ids: int) -> list[InvoiceLine]:
    here = invoice.organisation_id
    return [
        InvoiceLine(organisation_id=here, invoice_id=key, line_no=90 + n, net_pence=1)
        for n, key in enumerate(ids)
    ]


def test_one_row_of_many_that_refers_to_nothing_is_refused(ours: Invoice) -> None:
    """At the end of the statement, and not of the transaction."""
    with scope(acting=ours.organisation_id):
        with pytest.raises(IntegrityError, match=OF_LINES), transaction.atomic():
            InvoiceLine.objects.bulk_create(lines(ours, ours.pk, 0, ours.pk))
        assert not InvoiceLine.objects.filter(line_no__gte=90).exists()


def test_a_row_of_another_organisation_is_nothing(committed_world: World, ours: Invoice) -> None:
    payables.prepare(committed_world, "northdale")
    owner = payables.supplier(committed_world, slug="northdale")
    theirs = payables.invoice(committed_world, owner, slug="northdale")
    with scope(acting=ours.organisation_id):
        with pytest.raises(IntegrityError, match=OF_LINES), transaction.atomic():
            InvoiceLine.objects.bulk_create(lines(ours, theirs.pk))


def test_a_change_is_asked_too(ours: Invoice) -> None:
    with scope(acting=ours.organisation_id):
        rows = InvoiceLine.objects.filter(invoice=ours)
        assert rows.update(net_pence=7) == 1
        with pytest.raises(IntegrityError, match=OF_LINES), transaction.atomic():
            rows.update(invoice_id=0)
        assert rows.count() == 1


def test_what_is_referred_to_cannot_go(ours: Invoice, admin: Any) -> None:
    """Asked when the transaction ends, so the order in which both go does not matter."""
    admin.execute("DELETE FROM finance_invoice WHERE id = %s", [ours.pk])
    with pytest.raises(psycopg2.IntegrityError, match=OF_LINES):
        admin.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_both_may_go_together(ours: Invoice, admin: Any) -> None:
    admin.execute("DELETE FROM finance_invoice WHERE id = %s", [ours.pk])
    admin.execute("DELETE FROM finance_invoiceline WHERE invoice_id = %s", [ours.pk])
    admin.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_number_of_what_is_referred_to_stays(ours: Invoice, admin: Any) -> None:
    admin.execute("UPDATE finance_invoice SET id = id + 1000 WHERE id = %s", [ours.pk])
    with pytest.raises(psycopg2.IntegrityError, match=OF_LINES):
        admin.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_who_deletes_waits_for_rows_on_their_way(ours: Invoice, admin: Any) -> None:
    with scope(acting=ours.organisation_id):
        InvoiceLine.objects.bulk_create(lines(ours, ours.pk))
        admin.execute("DELETE FROM finance_invoiceline WHERE invoice_id = %s", [ours.pk])
        admin.execute("DELETE FROM finance_invoice WHERE id = %s", [ours.pk])
        with pytest.raises(psycopg2.errors.LockNotAvailable):
            admin.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_is_referred_to_may_be_changed_meanwhile(ours: Invoice, admin: Any) -> None:
    with scope(acting=ours.organisation_id):
        InvoiceLine.objects.bulk_create(lines(ours, ours.pk))
        admin.execute("UPDATE finance_invoice SET version = version WHERE id = %s", [ours.pk])
        assert admin.rowcount == 1


def test_what_the_application_deletes_is_locked_itself(committed_world: World) -> None:
    """A payslip that somebody writes a line of cannot be thrown away meanwhile."""
    by = payroll(committed_world, person(1))
    calculated(by)
    with scope(acting=by.organisation_id):
        mine = Payslip.objects.get()
        more = {"organisation_id": by.organisation_id, "payslip": mine, "kind": "tax"}
        PayslipLine.objects.create(**more, place=99, amount_pence=1)
        with closing(connect(os.environ["COMMONWELL_DATABASE"])) as other:
            with other.cursor() as cursor, pytest.raises(psycopg2.errors.LockNotAvailable):
                cursor.execute("SET lock_timeout = '200ms'")
                cursor.execute("DELETE FROM payroll_payslip WHERE id = %s", [mine.pk])
