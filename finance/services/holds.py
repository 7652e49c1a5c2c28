"""Who sees to an invoice that is held or disputed, and by when."""

from datetime import date
from typing import Any

from django.db.models import F

from core.actors import Actor, require
from core.errors import Clash
from core.templatetags.web import day
from events.services import record
from finance.models import Invoice
from finance.permissions import ENTER_INVOICES
from finance.rules import INV08, INV14
from finance.selectors.holds import STOPPED, people_on_invoices


def assign(
    *, invoice: Invoice, version: int, owner_id: int, answer_on: date, by: Actor, as_of: date
) -> None:
    """Somebody is on a held or disputed invoice until a day. Event finance.invoice.assigned.

    INV08 in another state, INV14 for who may not change invoices here.
    """
    require(by, ENTER_INVOICES, unit_path=invoice.unit_path)
    INV08.check(invoice.state in STOPPED)
    able = people_on_invoices(by.organisation_id, as_of)
    INV14.check(owner_id in able)
    changed = Invoice.objects.filter(
        organisation_id=by.organisation_id, pk=invoice.pk, version=version, state__in=STOPPED
    ).update(
        owner_id=owner_id,
        owner_name=able[owner_id],
        answer_on=answer_on,
        version=F("version") + 1,
    )
    if changed != 1:
        raise Clash()
    said: dict[str, Any] = {"owner": able[owner_id], "day": day(answer_on)}
    record("finance.invoice.assigned", invoice, by=by, thread=invoice.thread, **said)
    invoice.refresh_from_db()
