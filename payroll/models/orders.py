"""Orders that attach earnings, and what each payslip took for each of them."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import CROWN, TenantKey, TenantModel
from hr.models import Employment
from payroll.models.slips import WRITTEN, Payslip


class OrderKind(models.TextChoices):
    """What an order is, as far as its law and its rates differ."""

    CHILD_MAINTENANCE = "child_maintenance", "Child maintenance (DEO)"
    COURT = "court", "Priority court order (AEO)"
    FINE = "fine", "Fine of a court, by fixed rates"
    COUNCIL_TAX_ENGLAND = "council_tax_england", "Council tax, England"
    COUNCIL_TAX_WALES = "council_tax_wales", "Council tax, Wales"
    EARNINGS_ARRESTMENT = "earnings_arrestment", "Earnings arrestment, Scotland"
    MAINTENANCE_ARRESTMENT = "maintenance_arrestment", "Current maintenance arrestment, Scotland"
    DIRECT_EARNINGS = "direct_earnings", "Direct earnings attachment (DEA)"
    DIRECT_EARNINGS_HIGHER = "direct_earnings_higher", "Direct earnings attachment, higher rates"
    JUDGMENT = "judgment", "Court order for a judgment debt"


# Their deduction is a table's; that of the others is stated in the order.
BY_RATES = (
    *(OrderKind.FINE, OrderKind.COUNCIL_TAX_ENGLAND, OrderKind.COUNCIL_TAX_WALES),
    *(OrderKind.EARNINGS_ARRESTMENT, OrderKind.DIRECT_EARNINGS, OrderKind.DIRECT_EARNINGS_HIGHER),
)


class PayOrder(TenantModel):
    """An order that attaches the earnings of an employment, as it was received.

    `normal_pence` and `protected_pence` are what it states for one pay day; a day's amount for a
    maintenance arrestment. It runs until `debt_pence` is taken, or without one until it is ended.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "Taken from pay"
        PAID = "paid", "Paid off"
        ENDED = "ended", "Ended"

    number = models.BigIntegerField()
    employment = TenantKey(Employment, related_name="+")
    kind = models.CharField(max_length=24, choices=OrderKind)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    reference = models.CharField(max_length=40)
    creditor = models.CharField(max_length=100)
    made_on = models.DateField()
    received_on = models.DateField()
    normal_pence = models.BigIntegerField(default=0)
    protected_pence = models.BigIntegerField(default=0)
    debt_pence = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, default="")  # why it was ended
    entered_by_name = models.CharField(max_length=120)
    entered_at = models.DateTimeField()

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="pay_order_number_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "employment", "reference"],
                condition=~Q(state="ended"),
                name="pay_order_once",
            ),
            models.CheckConstraint(
                condition=Q(received_on__gte=F("made_on")), name="pay_order_received_once_made"
            ),
            models.CheckConstraint(
                condition=Q(normal_pence__gte=0, protected_pence__gte=0)
                & (Q(debt_pence__isnull=True) | Q(debt_pence__gt=0))
                & (Q(kind__in=BY_RATES, normal_pence=0) | ~Q(kind__in=BY_RATES)),
                name="pay_order_amounts_fit_its_kind",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | ~Q(reason=""), name="pay_order_ended_with_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "employment"], name="pay_order_of"),
        ]

    def __str__(self) -> str:
        return f"ORDER-{self.number}"


class OrderTaken(TenantModel):
    """What one payslip took for one order, and what it carries to the next pay day."""

    payslip = TenantKey(Payslip, related_name="orders")
    order = TenantKey(PayOrder, related_name="taken")
    wanted_pence = models.BigIntegerField()
    protected_pence = models.BigIntegerField()
    deducted_pence = models.BigIntegerField()
    arrears_pence = models.BigIntegerField()
    protected_arrears_pence = models.BigIntegerField()

    security = WRITTEN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "payslip", "order"], name="order_taken_once"
            ),
            models.CheckConstraint(
                condition=Q(deducted_pence__gte=0), name="order_takes_nothing_back"
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "order"], name="order_taken_of")]
