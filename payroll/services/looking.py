"""Looks at what people are paid: each is an event on the person, their own looks too."""

from core.actors import Actor, require
from core.scope import SCO01, current_scope
from core.templatetags.web import day
from events.services import record
from hr.models import Employment
from payroll.models import Payslip
from payroll.permissions import SEE_PAYSLIPS


def look_at_payslip(*, payslip: Payslip, by: Actor) -> None:
    """For the person and for those entitled. Event payroll.payslip.seen.

    Where nobody is acted for any more nothing can be noted, so only the person still looks (SCO01).
    """
    if _may_look(payslip.employment, by):
        record("payroll.payslip.seen", payslip.employment, by=by, day=day(payslip.pays_on))


def look_at_history(*, employment: Employment, by: Actor) -> None:
    """As `look_at_payslip`, of the list of all payslips. Event payroll.history.seen."""
    if _may_look(employment, by):
        record("payroll.history.seen", employment, by=by)


def look_at_year(*, employment: Employment, of: str, by: Actor) -> bool:
    """As `look_at_payslip`, of the P60, P45 or figures of a tax year. Event payroll.year.seen.

    Whether it was noted: what only a noted look may show stays away otherwise.
    """
    noted = _may_look(employment, by)
    if noted:
        record("payroll.year.seen", employment, by=by, of=of)
    return noted


def _may_look(employment: Employment, by: Actor) -> bool:
    """Whether the look can be noted; refused who may not look."""
    own = by.person_id is not None and by.person_id == employment.person_id
    if not own:
        require(by, SEE_PAYSLIPS)
    here = current_scope()
    acting = here is not None and here.acting == by.organisation_id
    SCO01.check(own or acting)
    return acting
