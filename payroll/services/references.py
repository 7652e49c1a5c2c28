"""Recording under which references an employer reports to HMRC and pays."""

import re
from datetime import date, datetime

from core.actors import Actor, require
from core.templatetags.web import day
from events.services import record
from payroll.models import EmployerReference
from payroll.models.references import ACCOUNTS_OFFICE, PAYE_REFERENCE
from payroll.permissions import KEEP_PAY_GROUPS
from payroll.rules import PRL40


def record_references(
    *,
    paye_reference: str,
    accounts_office: str,
    address: str,
    from_on: date,
    by: Actor,
    at: datetime,
    small_employer: bool = False,
    claims_allowance: bool = False,
    levy_share_pence: int | None = None,
) -> EmployerReference:
    """The references and the address from a day on; what held before stays recorded.

    A small employer recovers more statutory family pay than it paid. PRL40 unless they are written
    as HMRC writes them, in capitals and without spaces, and there is an address. Event
    payroll.reference.recorded.
    """
    require(by, KEEP_PAY_GROUPS)
    PRL40.check(re.fullmatch(PAYE_REFERENCE, paye_reference), "PAYE reference")
    PRL40.check(re.fullmatch(ACCOUNTS_OFFICE, accounts_office), "Accounts Office reference")
    PRL40.check(address.strip(), "Address")
    made = EmployerReference.objects.create(
        organisation_id=by.organisation_id, paye_reference=paye_reference,
        accounts_office=accounts_office, small_employer=small_employer,
        address=address.strip(), from_on=from_on,
        claims_allowance=claims_allowance, levy_share_pence=levy_share_pence,
        recorded_at=at, recorded_by_name=by.name,
    )  # fmt: skip
    record(
        "payroll.reference.recorded", made, by=by, at=at, reference=paye_reference,
        day=day(from_on),
    )  # fmt: skip
    return made
