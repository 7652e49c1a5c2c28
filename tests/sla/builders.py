"""Small books for the tests of measures: rows as the tables hold them, and a plain-Python twin."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from core.scope import scope
from finance.models import (
    Invoice,
    InvoiceLine,
    Payment,
    PaymentRun,
    SourceFile,
    SourceRow,
    Supplier,
)

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
_numbers = count(1)


def supplier(organisation_id: int, name: str, **facts: Any) -> Supplier:
    return Supplier.objects.create(
        organisation_id=organisation_id,
        code=name.upper(),
        name=name,
        name_norm=name.upper(),
        made_at=NOW,
        **facts,
    )


def invoice(owner: Supplier, gross: int, lines: int = 1, **facts: Any) -> Invoice:
    """An invoice of `gross` pence; paid when it has a `paid_on`."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "supplier_ref": f"R{number}",
        "ref_norm": f"R{number}",
        "origin": "keyed",
        "invoice_on": date(2026, 1, 1),
        "due_on": date(2026, 1, 31),
        **facts,
    }
    if given.get("paid_on"):
        given |= {"state": "paid", "allocated_pence": gross}
    row = Invoice.objects.create(
        organisation_id=owner.organisation_id,
        number=number,
        supplier=owner,
        net_pence=gross,
        gross_pence=gross,
        made_at=NOW,
        **given,
    )
    for line in range(lines):
        InvoiceLine.objects.create(
            organisation_id=owner.organisation_id,
            invoice=row,
            line_no=line + 1,
            net_pence=gross if line == 0 else 0,
        )
    return row


def payment(owner: Supplier, amount: int, paid_on: date, method: str = "bacs") -> Payment:
    number = next(_numbers)
    run = PaymentRun.objects.create(
        organisation_id=owner.organisation_id,
        number=number,
        method=method,
        due_to=paid_on,
        pay_on=paid_on,
        state="released",
        released_at=NOW,
        made_by_name="Maker",
        made_at=NOW,
    )
    return Payment.objects.create(
        organisation_id=owner.organisation_id,
        payment_run=run,
        number=number,
        supplier=owner,
        amount_pence=amount,
        state="released",
        paid_on=paid_on,
    )


def loaded_file(organisation_id: int, loaded: int, held_causes: list[str]) -> SourceFile:
    number = next(_numbers)
    file = SourceFile.objects.create(
        organisation_id=organisation_id,
        number=number,
        name=f"{number}.csv",
        sha256=str(number),
        content_sealed=b"",
        purpose="invoices",
        state="loaded",
        rows_total=loaded + len(held_causes),
        rows_loaded=loaded,
        rows_held=len(held_causes),
        made_by_name="Maker",
        made_at=datetime(2026, 5, 31, 23, 30, tzinfo=UTC),
    )
    for row_no, cause in enumerate(held_causes, start=1):
        SourceRow.objects.create(
            organisation_id=organisation_id,
            source_file=file,
            row_no=row_no,
            cells=[],
            kind="held",
            cause=cause,
        )
    return file


@dataclass
class Books:
    """What `small_books` wrote, for the twin."""

    invoices: list[Invoice]
    payments: list[Payment]


def small_books(organisation_id: int) -> Books:
    """A dozen invoices around every boundary, payments by both methods, one file."""
    with scope(acting=organisation_id):
        acme, beta = supplier(organisation_id, "Acme"), supplier(organisation_id, "Beta")
        hidden = supplier(organisation_id, "Hidden", redacted=True)
        april, received = date(2026, 4, 1), {"received_on": date(2026, 4, 1)}
        due = {"due_on": date(2026, 5, 1), "posted_on": date(2026, 4, 10), "touched": True}
        rows = [
            invoice(acme, 10_000, **received, **due, paid_on=date(2026, 4, 6)),
            invoice(acme, 20_000, **received, **due, paid_on=date(2026, 4, 7)),
            # Good Friday 3 April and Easter Monday 6 April: day 10 of working is 17 April.
            invoice(acme, 30_000, **received, **due, paid_on=date(2026, 4, 17)),
            invoice(acme, 31_000, **received, **due, paid_on=date(2026, 4, 18)),
            invoice(
                beta, 40_000, 3, **received, **due, paid_on=date(2026, 5, 1), origin="einvoice"
            ),
            invoice(beta, 50_000, **received, **due, paid_on=date(2026, 5, 2)),
            invoice(beta, 60_000, **received, **due, paid_on=date(2026, 5, 31)),
            invoice(beta, 70_000, **received, **due, paid_on=date(2026, 6, 1)),
            invoice(
                beta,
                9_999,
                **received,
                due_on=date(2026, 5, 20),
                posted_on=april,
                approved_on=date(2026, 4, 9),
                paid_on=date(2026, 5, 12),
                ref_norm="",
            ),
            invoice(beta, -5_000, **received, **due, paid_on=date(2026, 4, 30)),
            invoice(
                acme,
                80_000,
                **received,
                due_on=date(2026, 5, 15),
                posted_on=april,
                approved_on=date(2026, 4, 2),
                held_on=april,
            ),
            invoice(
                hidden,
                12_300,
                2,
                origin="published",
                due_on=april,
                posted_on=april,
                paid_on=april,
                duplicate_grade="A",
            ),
        ]
        payments = [
            payment(acme, 10_000, date(2026, 4, 6)),
            payment(beta, 40_000, date(2026, 5, 1)),
            payment(hidden, 12_300, april, "published"),
        ]
        loaded_file(organisation_id, 7, ["amount_missing", "date_unreadable", "supplier_missing"])
    return Books(rows, payments)
