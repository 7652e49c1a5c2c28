"""What was made to tell HMRC of a pay run. Nothing here was sent: there is no connection."""

from django.db import models
from django.db.models import Q

from core.tenancy import CROWN, TenantKey, TenantModel
from payroll.models.steps import PayRun


class Submission(TenantModel):
    """The full payment submission of a final run: made once, sealed, with its control totals."""

    pay_run = TenantKey(PayRun, related_name="submissions")
    irmark = models.CharField(max_length=28)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    people = models.IntegerField()
    taxable_pence = models.BigIntegerField()
    tax_pence = models.BigIntegerField()
    nic_pence = models.BigIntegerField()
    employer_nic_pence = models.BigIntegerField()
    content_sealed = models.BinaryField()  # base64 of the packed text
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    # Its seal is renewed when keys are; its other figures are compared with the run nightly.
    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "pay_run"], name="submission_of_run_once"
            )
        ]


class PaymentSummary(TenantModel):
    """An employer payment summary of a tax month: made, numbered and sealed, never changed.

    Amounts are of the tax year to date. A later one of the same month stands for the earlier.
    """

    number = models.BigIntegerField()
    tax_year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    no_payment = models.BooleanField()
    claims_allowance = models.BooleanField(null=True)  # said only when it changed
    levy_pence = models.BigIntegerField()
    recovered_pence = models.BigIntegerField()
    compensation_pence = models.BigIntegerField()
    final = models.BooleanField()
    irmark = models.CharField(max_length=28)
    sha256 = models.CharField(max_length=64)
    content_sealed = models.BinaryField()  # base64 of the packed text
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="payment_summary_number_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "tax_year", "month", "sha256"],
                name="payment_summary_said_once",
            ),
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12) & (Q(final=False) | Q(month=12)),
                name="payment_summary_of_a_tax_month",
            ),
        ]

    def __str__(self) -> str:
        return f"EPS-{self.number}"
