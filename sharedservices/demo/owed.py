"""What was withheld from pay: who is paid for each creditor, and what HMRC is told of a month."""

from datetime import date

from django.utils import timezone

from core.scope import scope
from finance.models import Supplier
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import Frequency, period_of, year_start
from payroll.models import CreditorKind, PayRun
from payroll.owing import usual_day
from payroll.services.paying_over import record_payee
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
