"""Looks at what people are paid: each is an event on the person, their own looks too."""

from core.actors import Actor, require
from core.scope import SCO01, current_scope
from core.templatetags.web import day
from events.services import record, record_about
from hr.models import Employment
from hr.permissions import SEE_ACCOUNT_CHANGES
from payroll.models import PayOrder, PayQuestion, Payslip, RecoveryPlan, StatutoryLetter
from payroll.permissions import (
    KEEP_ENROLMENT,
    KEEP_NOTICES,
    KEEP_PARTICULARS,
    KEEP_STATUTORY,
    SEE_ORDERS,
    SEE_PAYSLIPS,
    SEE_PLANS,
    SEE_QUESTIONS,
)


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


def look_at_order(*, order: PayOrder, by: Actor) -> None:
    """For those entitled. Event payroll.order.seen. SCO01 where nobody is acted for."""
    _check_here(by, SEE_ORDERS)
    record("payroll.order.seen", order, by=by)


def look_at_orders(*, by: Actor) -> None:
    """As `look_at_order`, of the list of all of them. Event payroll.orders.seen."""
    _check_here(by, SEE_ORDERS)
    record_about("payroll.orders.seen", "tenants.organisation", by.organisation_id, by=by)


def look_at_notices(*, by: Actor) -> None:
    """As `look_at_orders`, of the list of notices. Event payroll.notices.seen."""
    _check_here(by, KEEP_NOTICES)
    record_about("payroll.notices.seen", "tenants.organisation", by.organisation_id, by=by)


def look_at_particulars(*, employment: Employment, by: Actor) -> None:
    """As `look_at_order`, of how somebody is paid. Event payroll.particulars.seen."""
    _check_here(by, KEEP_PARTICULARS)
    record("payroll.particulars.seen", employment, by=by)


def look_at_enrolment(*, by: Actor) -> None:
    """As `look_at_orders`, of the list of letters about pensions. Event payroll.enrolment.seen."""
    _check_here(by, KEEP_ENROLMENT)
    record_about("payroll.enrolment.seen", "tenants.organisation", by.organisation_id, by=by)


def look_at_pension(*, employment: Employment, by: Actor) -> None:
    """As `look_at_payslip`, of the pension record and its letters. Event payroll.pension.seen."""
    if _may_look(employment, by):
        record("payroll.pension.seen", employment, by=by)


def look_at_earnings(*, by: Actor) -> None:
    """As `look_at_orders`, of the list of stated earnings. Event payroll.earnings.seen."""
    _check_here(by, KEEP_STATUTORY)
    record_about("payroll.earnings.seen", "tenants.organisation", by.organisation_id, by=by)


def look_at_refusals(*, by: Actor) -> None:
    """As `look_at_orders`, of letters about statutory pay. Event payroll.refusals.seen."""
    _check_here(by, KEEP_STATUTORY)
    record_about("payroll.refusals.seen", "tenants.organisation", by.organisation_id, by=by)


def look_at_refusal(*, letter: StatutoryLetter, by: Actor) -> bool:
    """As `look_at_year`, of a letter about statutory pay. Event payroll.refusal.seen."""
    noted = _may_look(letter.employment, by)
    if noted:
        record("payroll.refusal.seen", letter.employment, by=by, number=letter.absence)
    return noted


def look_at_plan(*, plan: RecoveryPlan, by: Actor) -> None:
    """For those entitled. Event payroll.recovery.seen. SCO01 where nobody is acted for."""
    _check_here(by, SEE_PLANS)
    record("payroll.recovery.seen", plan, by=by)


def look_at_plans(*, by: Actor) -> None:
    """As `look_at_plan`, of the list of all of them. Event payroll.recoveries.seen."""
    _check_here(by, SEE_PLANS)
    record_about("payroll.recoveries.seen", "tenants.organisation", by.organisation_id, by=by)


def look_at_question(*, question: PayQuestion, by: Actor) -> None:
    """For those entitled. Event payroll.question.seen. SCO01 where nobody is acted for."""
    _check_here(by, SEE_QUESTIONS)
    record("payroll.question.seen", question, by=by)


def look_at_questions(*, by: Actor) -> None:
    """As `look_at_question`, of the list of all of them. Event payroll.questions.seen."""
    _check_here(by, SEE_QUESTIONS)
    record_about("payroll.questions.seen", "tenants.organisation", by.organisation_id, by=by)


def look_at_account_changes(*, by: Actor) -> None:
    """As `look_at_orders`, of changes of accounts for pay. Event payroll.accounts.seen."""
    _check_here(by, SEE_ACCOUNT_CHANGES)
    record_about("payroll.accounts.seen", "tenants.organisation", by.organisation_id, by=by)


def _check_here(by: Actor, permission: str) -> None:
    require(by, permission)
    here = current_scope()
    SCO01.check(here is not None and here.acting == by.organisation_id)


def _may_look(employment: Employment, by: Actor) -> bool:
    """Whether the look can be noted; refused who may not look."""
    own = by.person_id is not None and by.person_id == employment.person_id
    if not own:
        require(by, SEE_PAYSLIPS)
    here = current_scope()
    acting = here is not None and here.acting == by.organisation_id
    SCO01.check(own or acting)
    return acting
