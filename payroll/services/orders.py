"""Orders that attach earnings: entered as they were received, and ended when they are recalled."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.actors import Actor, require
from events.services import record
from hr.models import Employment
from payroll.models import OrderKind, PayOrder
from payroll.models.orders import BY_RATES
from payroll.permissions import KEEP_ORDERS
from payroll.rules import PRL26, PRL27, PRL28
from payroll.services.deductions import check_not_own, end_deduction
from tenants.services import next_number

State = PayOrder.State
MOVES = {"end": ((State.ACTIVE,), State.ENDED)}
COUNCIL_TAX = (OrderKind.COUNCIL_TAX_ENGLAND, OrderKind.COUNCIL_TAX_WALES)
MOST_COUNCIL_TAX = 2
# Whose protected earnings the order states; of the others the law does.
STATES_PROTECTED = (OrderKind.CHILD_MAINTENANCE, OrderKind.COURT, OrderKind.JUDGMENT)
OF_A_DEBT = (*COUNCIL_TAX, OrderKind.FINE, OrderKind.EARNINGS_ARRESTMENT, OrderKind.JUDGMENT)


@dataclass(frozen=True)
class NewOrder:
    """What the order says. Amounts are pence of one pay day, the debt is the whole of it."""

    kind: str
    reference: str
    creditor: str
    made_on: date
    received_on: date
    normal_pence: int = 0
    protected_pence: int = 0
    debt_pence: int | None = None

    def check(self, today: date) -> None:
        """PRL26 with the field and the remedy."""
        PRL26.check(
            self.made_on <= self.received_on <= today,
            "Day received: it is not before the day of the order, and not in the future.",
        )
        if self.kind in BY_RATES:
            said = "Normal deduction: leave it empty, the law sets the rates of this kind."
            PRL26.check(not self.normal_pence, said)
        else:
            PRL26.check(self.normal_pence > 0, "Normal deduction: enter it.")
        said = "Protected earnings: leave it empty, the law sets them for this kind."
        PRL26.check(self.kind in STATES_PROTECTED or not self.protected_pence, said)
        PRL26.check(self.debt_pence or self.kind not in OF_A_DEBT, "Debt: enter what is owed.")


def enter_order(*, employment: Employment, order: NewOrder, by: Actor) -> PayOrder:
    """Taken by every pay run that is calculated from now on, until it is paid off or ended.

    PRL25 for one's own, PRL26 with what does not fit, PRL27 for a reference that is on record,
    PRL28 for a third council tax order. Event payroll.order.entered.
    """
    require(by, KEEP_ORDERS)
    check_not_own(employment=employment, by=by)
    now = timezone.now()
    order.check(timezone.localdate(now))
    here = {"organisation_id": by.organisation_id}
    _one_at_a_time(employment)
    running = PayOrder.objects.filter(**here, employment=employment, state=State.ACTIVE)
    full = running.filter(kind__in=COUNCIL_TAX).count() >= MOST_COUNCIL_TAX
    PRL28.check(order.kind not in COUNCIL_TAX or not full)
    try:
        with transaction.atomic():
            made = PayOrder.objects.create(
                **here, **vars(order), employment=employment,
                number=next_number("pay_order", by=by), entered_by_name=by.name, entered_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "pay_order_once" not in str(error):
            raise
        raise PRL27.refuse() from None
    record("payroll.order.entered", made, by=by)
    return made


def end_order(*, order: PayOrder, reason: str, by: Actor) -> PayOrder:
    """Recalled or discharged: no run that is calculated from now on takes it.

    PRL25 for one's own, PRL13 without a reason. Clash unless it runs. Event payroll.order.ended.
    """
    require(by, KEEP_ORDERS)
    end_deduction(row=order, moves=MOVES, verb="payroll.order.ended", reason=reason, by=by)
    return order


def _one_at_a_time(employment: Employment) -> None:
    """Orders of one employment wait for each other, so the later counts the earlier."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('payroll.order', %s))", [employment.pk]
        )
