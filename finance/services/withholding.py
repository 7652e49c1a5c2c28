"""A part of an invoice that payment runs leave unpaid, while the rest of it is paid."""

from typing import Any

from core.actors import Actor, require
from core.errors import Clash
from core.money import formatted
from events.services import record
from finance.models import Invoice
from finance.permissions import ENTER_INVOICES
from finance.rules import INV08, INV09, INV10, INV20


def withhold(*, invoice: Invoice, version: int, pence: int, text: str, by: Actor) -> Invoice:
    """Runs pay all but so many pence of a posted invoice, until another amount is set; 0 is none.

    INV09 without a reason, INV08 unless posted, INV10 in a payment run, INV20 unless less than
    what is open, Clash after a change. Event finance.invoice.withheld.
    """
    require(by, ENTER_INVOICES, unit_path=invoice.unit_path)
    INV09.check(text.strip())
    here = {"organisation_id": invoice.organisation_id}
    # A proposal skips the locked row, or was before and is seen.
    now = Invoice.objects.select_for_update().get(**here, pk=invoice.pk)
    if now.version != version:
        raise Clash()
    INV08.check(now.state == Invoice.State.POSTED, f"It is {now.get_state_display().lower()}.")
    INV10.check(not now.allocations.filter(**here, live=True, part__gt=now.parts).exists())
    INV20.check(pence == 0 or 0 < pence < now.open_pence)
    now.withheld_pence, now.withheld_text = pence, text.strip() if pence else ""
    now.touched, now.version = True, version + 1
    now.save(update_fields=["withheld_pence", "withheld_text", "touched", "version"])
    said: dict[str, Any] = {"thread": now.thread, "comment": text.strip()}
    if pence:
        record("finance.invoice.withheld", now, by=by, amount=formatted(pence), **said)
    else:
        record("finance.invoice.let_go", now, by=by, **said)
    return now
