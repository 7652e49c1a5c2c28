"""A part of a file, from its bytes to invoices, journals and payments."""

from typing import Any

from django.db import connection
from django.utils import timezone

from core.actors import Actor
from finance.bulk import duplicates, posting
from finance.bulk.prepare import prepare
from finance.bulk.rows import Share, share_of
from finance.bulk.staging import array_text, copy_frame, make_tables
from finance.bulk.writing import Writer
from finance.clock import timed
from finance.models import SourceFile
from finance.reading.kept import reading_of
from finance.services import ledger
from finance.services.recurring import hold_against_schedules
from runs.faults import fault_point
from runs.models import Run

_ROW_COLUMNS = ("row_no", "kind", "cause", "cause_text", "amount_pence", "cells", "line")
_LINE_COLUMNS = (
    *("line", "inv", "line_no", "description", "coding_id", "coding_reason", "vat_code"),
    *("net", "vat"),
)
_INVOICE_COLUMNS = (
    *("inv", "supplier_id", "redacted", "reference", "reference_key", "own_reference"),
    *("invoice_on", "received_on", "dated_on", "due_on", "net", "vat", "gross", "description"),
    *("unit_path", "pay", "settled", "hold"),
)
_PAYMENT_COLUMNS = ("pay", "supplier_id", "dated_on", "amount")


def load_part(
    *, run: Run, part: int, parts: int, file: SourceFile, by: Actor
) -> tuple[Share, dict[str, int]]:
    """Does a part of the file; returns it and the figures it adds to the run.

    The parts of a file share a transaction, and files of one organisation go one after the other,
    so that suppliers, numbers and duplicates of each are seen by the next.
    """
    published = file.purpose == "published"
    with timed("read"):
        reading = reading_of(file)
    with timed("group"):
        share = share_of(reading, published=published, part=part, parts=parts)
    with connection.cursor() as cursor:
        one_at_a_time(by)
        make_tables(cursor)
        writer = Writer(cursor, file, by, run.made_at)
        figures = {}
        if len(share.invoices):
            figures = _invoices(writer, share, published, f"{file.number}/{part}")
        with timed("rows"):
            rows = share.rows.assign(cells=[array_text(cells) for cells in share.rows["cells"]])
            copy_frame(cursor, "load_row", rows, _ROW_COLUMNS)
            writer.rows()
    fault_point("finance.rows_written")
    return share, figures


def one_at_a_time(by: Actor) -> None:
    """Loads of an organisation, and those taken back, wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"finance.load_file|{by.organisation_id}"],
        )


def _invoices(writer: Writer, share: Share, published: bool, key: str) -> dict[str, int]:
    cursor, by = writer.cursor, writer.by
    payables, bank = _open_books(share, published, by)
    lines, invoices, payments = prepare(cursor, share, published=published, by=by, at=writer.at)
    with timed("staging"):
        copy_frame(cursor, "load_line", lines, _LINE_COLUMNS)
        copy_frame(cursor, "load_invoice", invoices, _INVOICE_COLUMNS)
        copy_frame(cursor, "load_payment", payments, _PAYMENT_COLUMNS)
    with timed("duplicates"):
        grades = duplicates.grade_duplicates(cursor, by=by)
    fault_point("finance.staged")
    if published:
        with timed("posting"):
            posting.post_invoices(cursor, key=key, payables=payables, by=by)
        fault_point("finance.invoices_posted")
    with timed("invoices"):
        writer.invoices(len(invoices), published=published)
    with timed("lines"):
        writer.lines()
    if not published:
        made = _scheduled(cursor, by)
        hold_against_schedules(invoice_ids=made, by=by, as_of=timezone.localdate(writer.at))
    if len(payments):
        with timed("payment posting"):
            posting.post_payments(cursor, key=key, payables=payables, bank=bank, by=by)
        with timed("payments"):
            writer.payments(len(payments))
        fault_point("finance.payments_written")
    return {
        "invoices": len(invoices),
        "payments": len(payments),
        "paid_pence": int(payments["amount"].sum()),
        "in_suspense": int((lines["coding_reason"].str.startswith("No rule")).sum()),
        **{f"duplicates_{grade}": count for grade, count in sorted(grades.items())},
    }


def _scheduled(cursor: Any, by: Actor) -> list[int]:
    """Those of the chunk whose suppliers have a schedule."""
    cursor.execute(
        "SELECT l.id FROM load_invoice l WHERE l.supplier_id IN"
        " (SELECT supplier_id FROM finance_recurringinvoice"
        "   WHERE organisation_id = %s AND state = 'active') ORDER BY l.id",
        [by.organisation_id],
    )
    return [row[0] for row in cursor.fetchall()]


def _open_books(share: Share, published: bool, by: Actor) -> tuple[int, int]:
    """A chart for the organisation, and a period for every day that is posted to."""
    with timed("periods"):
        ledger.install_chart(by=by)
        if published:
            days = {day.date() for day in share.invoices["dated_on"].drop_duplicates()}
            ledger.ensure_periods(days=days, by=by)
        return posting.control_codings(by)
