"""Numbers of new suppliers looked up where they are registered; the answer is kept."""

from datetime import datetime

from core.actors import Actor, require
from events.services import record
from finance.models import SupplierLookup, SupplierRequest
from finance.permissions import CHANGE_SUPPLIERS
from finance.registers import may_be_asked_for, registers
from finance.rules import SUP30, SUP31


def look_up_supplier(*, row: SupplierRequest, by: Actor, at: datetime) -> list[SupplierLookup]:
    """Asks each register that is set up and knows such numbers; keeps what it said.

    SUP30 if there is none, SUP31 in a rehearsal. That nobody answered is kept too. Event
    finance.supplier.looked_up, one for each.
    """
    require(by, CHANGE_SUPPLIERS)
    numbers = {"vat": row.supplier.vat_number, "company": row.supplier.company_number}
    asked = [one for one in registers() if numbers[one.key] and one.knows(numbers[one.key])]
    SUP30.check(asked)
    SUP31.check(may_be_asked_for(by.organisation_id))
    answers = [(one, one.look_up(numbers[one.key])) for one in asked]
    made = SupplierLookup.objects.bulk_create(
        SupplierLookup(
            organisation_id=by.organisation_id,
            request=row,
            register=register.key,
            number=numbers[register.key],
            outcome=answer.outcome,
            name=answer.name,
            said=answer.said,
            made_by_id=by.person_id,
            made_by_name=by.name,
            made_at=at,
        )
        for register, answer in answers
    )
    for one in made:
        words = {"register": one.get_register_display(), "outcome": one.words}
        record("finance.supplier.looked_up", row.supplier, by=by, at=at, **words)
    return made
