"""What was withheld from pay: who is paid for each creditor, and what HMRC is told of a month."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from core.scope import scope
from finance.formats.bank_days import add_banking_days
from finance.models import BankAccount, Supplier
from finance.paying.files import banking_holidays
from finance.services.payments import release_run
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import Frequency, period_of, year_start
from payroll.models import CreditorKind, PayRun
from payroll.owing import usual_day
from payroll.selectors.dues import day_due, owed_here, payees_by_key
from payroll.services.paying_over import pay_over, record_payee
from payroll.services.payment_summaries import make_eps
from sharedservices.demo.people import Place
from sharedservices.demo.suppliers import (
    COUNCIL_TAX,
    DEBTS,
    FUND,
    GIFTS,
    HMRC,
    MASTER_TRUST,
    NHS_FUND,
)
from tenants.roles import Role

ACCOUNT, DAYS_BEFORE = "Payroll account", 4
# Kind, scheme, what orders call the creditor, and the supplier.
PAYEES = (
    (CreditorKind.HMRC, Scheme.NONE, "", HMRC),
    (CreditorKind.PENSION, Scheme.LGPS, "", FUND),
    (CreditorKind.PENSION, Scheme.NHS, "", NHS_FUND),
    (CreditorKind.PENSION, Scheme.MONEY_PURCHASE, "", MASTER_TRUST),
    (CreditorKind.GIVING, Scheme.NONE, "", GIFTS),
    (CreditorKind.ORDER, Scheme.NONE, DEBTS, DEBTS),
    (CreditorKind.ORDER, Scheme.NONE, COUNCIL_TAX, COUNCIL_TAX),
)


def record_payees(place: Place, *, today: date) -> None:
    """HMRC, pension funds and who sends orders are suppliers with accounts of long standing."""
    by, at = place.actor(Role.PAYROLL_OFFICER, today), timezone.now()
    here = {"organisation_id": place.organisation_id}
    found = {one.name: one for one in Supplier.objects.filter(**here)}
    for kind, scheme, creditor, name in PAYEES:
        quoted = kind in (CreditorKind.PENSION, CreditorKind.GIVING)
        reference = place.partner.short_name if quoted else ""
        record_payee(
            kind=kind, scheme=scheme, creditor=creditor, supplier=found[name],
            reference=reference, due_day=usual_day(kind, scheme, today), by=by, at=at,
        )  # fmt: skip


def pay_what_was_due(place: Place, *, today: date) -> None:
    """What had to be with others by now was proposed by one and released by another."""
    by, boss = (place.actor(role, today) for role in (Role.PAYROLL_OFFICER, Role.FINANCE_MANAGER))
    with scope(acting=place.organisation_id):
        payees = payees_by_key(place.organisation_id)
        due = {
            one.key: on for one in owed_here(place.organisation_id)
            if (on := day_due(one, payees[one.payee_key])) <= today
        }  # fmt: skip
        if not due:
            return
        pay_on = min(due.values())
        proposed_on = add_banking_days(pay_on, -DAYS_BEFORE, banking_holidays(pay_on))
        at = datetime.combine(proposed_on, time(9), UTC)
        account = BankAccount.objects.get(organisation_id=place.organisation_id, name=ACCOUNT)
        run = pay_over(keys=list(due), pay_on=pay_on, bank_account=account, by=by, at=at)
        release_run(run=run, typed_total_pence=run.total_pence, version=run.version, by=boss,
                    at=at + timedelta(hours=2))  # fmt: skip


def tell_hmrc(place: Place, *, today: date) -> None:
    """The payment summary of the month that was paid: the levy, and what is recovered."""
    by = place.actor(Role.PAYROLL_OFFICER, today)
    with scope(acting=place.organisation_id):
        paid = PayRun.objects.filter(state=PayRun.State.PAID).order_by("pays_on").first()
        if paid is None:
            return
        month = period_of(paid.pays_on, Frequency.MONTHLY).number
        year = year_start(paid.pays_on).year
        make_eps(tax_year=year, month=month, final=False, by=by, at=timezone.now())
