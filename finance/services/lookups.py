"""Numbers of new suppliers looked up where they are registered; the answer is kept."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from core.actors import Actor, require
from events.services import record
from finance.models import SupplierRequest
from finance.permissions import CHANGE_SUPPLIERS
from finance.registers import LABELS, may_be_asked_for, registers
from finance.rules import SUP30, SUP31


def look_up_supplier(*, row: SupplierRequest, by: Actor, at: datetime) -> list[str]:
    """Asks each register that is set up and knows such numbers; returns what they said, in words.

    SUP30 if there is none, SUP31 in a rehearsal. The last answer of each is kept with the request,
    also that nobody answered. Event finance.supplier.looked_up, one for each.
    """
    require(by, CHANGE_SUPPLIERS)
    numbers = {"vat": row.supplier.vat_number, "company": row.supplier.company_number}
    asked = [one for one in registers() if numbers[one.key] and one.knows(numbers[one.key])]
    SUP30.check(asked)
    SUP31.check(may_be_asked_for(by.organisation_id))
    on = {"on": timezone.localdate(at).isoformat(), "by": by.name}
    found: dict[str, dict[str, Any]] = {}
    for one in asked:
        answer, number = one.look_up(numbers[one.key]), numbers[one.key]
        found[one.key] = {"number": number, "words": answer.words, "outcome": answer.outcome, **on}
    rows = SupplierRequest.objects.filter(organisation_id=by.organisation_id, pk=row.pk)
    kept = rows.select_for_update().get()
    rows.update(looked_up={**kept.looked_up, **found})
    for key, said in found.items():
        words = {"register": LABELS[key], "number": said["number"], "outcome": said["words"]}
        record("finance.supplier.looked_up", row.supplier, by=by, at=at, **words)
    return [f"{LABELS[key]}: {said['words']}" for key, said in found.items()]
