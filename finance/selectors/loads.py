"""What stands in the way of taking the load of a file back."""

from django.db import connection

from finance.models import SourceFile
from runs.models import Run
from runs.selectors import nothing_done

State = SourceFile.State

NAMED = 5
# A published payment belongs to the load that recorded it; any other one was made afterwards.
_FURTHER = """
SELECT i.number, i.state, r.number FROM finance_invoice i
LEFT JOIN finance_allocation a ON a.organisation_id = i.organisation_id AND a.invoice_id = i.id
  AND a.live
LEFT JOIN finance_payment y ON y.organisation_id = a.organisation_id AND y.id = a.payment_id
LEFT JOIN finance_paymentrun r ON r.organisation_id = y.organisation_id AND r.id = y.payment_run_id
  AND r.method <> 'published'
WHERE i.organisation_id = %(org)s AND i.source_file_id = %(file)s
  AND (i.state IN ('submitted', 'approved') OR r.id IS NOT NULL)
ORDER BY i.number
"""


def gone_further(file: SourceFile) -> str:
    """Which invoices of the file wait for approval or are in a payment made since; "" if none."""
    with connection.cursor() as cursor:
        cursor.execute(_FURTHER, {"org": file.organisation_id, "file": file.pk})
        found = cursor.fetchall()
    named = [
        f"INV-{number} ({f'in PAY-{run}' if run else 'waits for approval'})"
        for number, _state, run in found[:NAMED]
    ]
    if len(found) > NAMED:
        named.append(f"and {len(found) - NAMED:,} more")
    return ", ".join(named) + "." if named else ""


def may_be_taken_back(file: SourceFile, run: Run | None) -> bool:
    """Whether there is a load to undo, or one that did nothing and can be set aside."""
    if run is None or file.purpose == "einvoice":
        return False
    return file.state == State.LOADED or (file.state == State.READING and nothing_done(run))
