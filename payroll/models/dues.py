"""What committed runs owe to others for pay, who these are, and what settles it."""

from django.db import models
from django.db.models import Q

from core.tenancy import CROWN, INSERT_ONLY, TenantKey, TenantModel
from finance.models import Liability, Supplier
from payroll.models.groups import SCHEMES
from payroll.models.orders import PayOrder
from payroll.models.steps import PayRun


class CreditorKind(models.TextChoices):
    """What is withheld is owed to one of these."""

    HMRC = "hmrc", "HMRC"
    PENSION = "pension", "Pension fund"
    ORDER = "order", "Attachment order"
    GIVING = "giving", "Payroll giving agency"


class DueWhat(models.TextChoices):
    """Besides what payslips withhold: what is worked out on the pay bill of the tax year."""

    WITHHELD = "", "Withheld, or owed beside pay"
    LEVY = "levy", "Apprenticeship levy"
    ALLOWANCE = "allowance", "Employment allowance"
    RECOVERED = "recovered", "Statutory family pay recovered"


class PayDue(TenantModel):
    """What one run owes one creditor on one control account; below zero is owed back.

    `month_on` begins its month: a tax month for HMRC, a calendar month for others. `liability` is
    what it was paid over with, and set once.
    """

    pay_run = TenantKey(PayRun, related_name="dues")
    kind = models.CharField(max_length=8, choices=CreditorKind)
    scheme = models.PositiveSmallIntegerField(choices=SCHEMES, default=0)
    order = TenantKey(PayOrder, null=True, related_name="+")
    what = models.CharField(
        max_length=9, choices=DueWhat, default=DueWhat.WITHHELD, db_default="", blank=True
    )
    account = models.CharField(max_length=5)
    month_on = models.DateField()
    amount_pence = models.BigIntegerField()
    liability = TenantKey(Liability, null=True, related_name="+")

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "pay_run", "kind", "scheme", "order", "account", "what"],
                nulls_distinct=False,
                name="pay_due_of_run_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="order") ^ Q(order__isnull=True), name="pay_due_names_its_order"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "-month_on", "kind", "scheme", "order"],
                name="pay_due_month",
            ),
            models.Index(fields=["organisation_id", "liability"], name="pay_due_liability"),
        ]


class PayPayee(TenantModel):
    """Which supplier stands for a creditor, and on which day of the next month it is due.

    The last recorded holds. Of orders, `creditor` is the key of the name that the order states.
    """

    kind = models.CharField(max_length=8, choices=CreditorKind)
    scheme = models.PositiveSmallIntegerField(choices=SCHEMES, default=0)
    creditor = models.CharField(max_length=100, default="", blank=True)
    supplier = TenantKey(Supplier, related_name="+")
    reference = models.CharField(max_length=18, default="", blank=True)
    due_day = models.PositiveSmallIntegerField()
    recorded_by_name = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_day__gte=1, due_day__lte=28), name="payee_due_day_of_every_month"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "kind", "scheme", "creditor", "-recorded_at"],
                name="payee_of_creditor",
            )
        ]
