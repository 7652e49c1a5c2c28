"""Statements of suppliers: kept, their columns confirmed, every line held against our books."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import PurePath

from django.db.models import F
from django.utils import timezone

from core.actors import Actor, require
from core.errors import Clash
from core.templatetags.web import pounds
from events.services import record
from finance.models import Supplier, SupplierStatement, SupplierStatementLine
from finance.permissions import ENTER_INVOICES
from finance.reading.supplier_statement import layout_of, read_statement, rows_of
from finance.rules_workbench import SST01, SST02
from finance.selectors.layouts import SUPPLIER, columns_before
from finance.selectors.supplier_statements import Compared, compare
from finance.services.layouts import keep_layout
from tenants.services import next_number

State = SupplierStatement.State


def receive_statement(
    *,
    supplier: Supplier,
    name: str,
    data: bytes,
    statement_on: date,
    stated_pence: int | None = None,
    by: Actor,
) -> SupplierStatement:
    """Kept, and reconciled at once where a person confirmed such columns before.

    SST01 for the same bytes again, `Unreadable` when they are no table. Event
    finance.supplier.statement_received.
    """
    require(by, ENTER_INVOICES)
    digest = hashlib.sha256(data).hexdigest()
    known = SupplierStatement.objects.filter(
        organisation_id=by.organisation_id, supplier_id=supplier.pk, sha256=digest
    ).first()
    SST01.check(known is None, f"It is {known}.")
    layout = layout_of(rows_of(data))
    today = timezone.localdate()
    saved = columns_before(by.organisation_id, layout.signature, kind=SUPPLIER, on=today)
    statement = SupplierStatement.objects.create(
        organisation_id=by.organisation_id,
        number=next_number("supplier_statement", by=by),
        supplier=supplier,
        statement_on=statement_on,
        stated_pence=stated_pence,
        name=PurePath(name).name[:200],
        sha256=digest,
        **SupplierStatement.sealed_content(by.organisation_id, data),
        mapping=saved[SUPPLIER] if saved else layout.columns,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=timezone.now(),
    )
    record("finance.supplier.statement_received", supplier, by=by, number=statement.number)
    if saved:
        reconcile_statement(statement=statement, version=1, by=by)
    return statement


def choose_statement_columns(
    *, statement: SupplierStatement, version: int, columns: Mapping[str, int], by: Actor
) -> None:
    """The columns as a person confirmed them, kept for the layout; then it is reconciled by them.

    SST02 for a column with two roles, `Unreadable` for what cannot be read by them.
    """
    require(by, ENTER_INVOICES)
    SST02.check(len(set(columns.values())) == len(columns))
    statement.mapping = dict(columns)
    reconcile_statement(statement=statement, version=version, by=by)
    layout = layout_of(rows_of(statement.content))
    columns_now = {SUPPLIER: dict(columns)}
    keep_layout(signature=layout.signature, name=statement.name, mapping=columns_now, by=by)


def reconcile_statement(*, statement: SupplierStatement, version: int, by: Actor) -> None:
    """Every line is held against the books as they are now, instead of how they were before.

    Clash if somebody was faster. Event finance.supplier.statement_reconciled.
    """
    require(by, ENTER_INVOICES)
    lines = read_statement(statement.content, statement.mapping)
    rows = SupplierStatement.objects.filter(
        organisation_id=by.organisation_id, pk=statement.pk, version=version
    )
    found = compare(statement.supplier, statement.statement_on, lines)
    changed = rows.update(
        state=State.RECONCILED,
        mapping=statement.mapping,
        their_pence=sum(one.their_pence for one in found),
        our_pence=sum(one.our_pence for one in found),
        reconciled_by_name=by.name,
        reconciled_at=timezone.now(),
        version=F("version") + 1,
    )
    if changed != 1:
        raise Clash()
    SupplierStatementLine.objects.filter(
        organisation_id=by.organisation_id, statement_id=statement.pk
    ).delete()
    SupplierStatementLine.objects.bulk_create(_row(statement, one) for one in found)
    statement.refresh_from_db()
    record(
        "finance.supplier.statement_reconciled",
        statement.supplier,
        by=by,
        number=statement.number,
        theirs=pounds(statement.their_pence),
        ours=pounds(statement.our_pence),
    )


def _row(statement: SupplierStatement, one: Compared) -> SupplierStatementLine:
    line = one.line
    return SupplierStatementLine(
        organisation_id=statement.organisation_id,
        statement=statement,
        row_no=line.row_no if line else 0,
        reference=(line.reference if line else one.reference)[:80],
        dated_on=line.dated_on if line else one.dated_on,
        text=line.text if line else "",
        their_pence=one.their_pence,
        our_pence=one.our_pence,
        outcome=one.outcome,
        words=one.words[:300],
        invoice_id=one.invoice_id,
    )
