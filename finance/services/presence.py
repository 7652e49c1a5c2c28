"""Who has an invoice open just now. It is noted while the page is open, and ends by itself."""

from datetime import datetime, timedelta

from django.db import connection

from core.actors import Actor, require
from finance.models import Invoice
from finance.permissions import ENTER_INVOICES

KEPT = timedelta(days=1)
HERE = """
INSERT INTO finance_presence (organisation_id, invoice_id, person_id, person_name, seen_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (organisation_id, invoice_id, person_id)
DO UPDATE SET seen_at = excluded.seen_at, person_name = excluded.person_name
"""
GONE = "DELETE FROM finance_presence WHERE organisation_id = %s AND seen_at < %s"


def be_on(*, invoice: Invoice, by: Actor, at: datetime) -> None:
    """The person has the invoice open at that moment. No event: nothing is changed by looking."""
    require(by, ENTER_INVOICES, unit_path=invoice.unit_path)
    with connection.cursor() as cursor:
        cursor.execute(GONE, [by.organisation_id, at - KEPT])
        cursor.execute(HERE, [by.organisation_id, invoice.pk, by.person_id, by.name, at])
