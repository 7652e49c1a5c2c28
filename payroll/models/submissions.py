"""What was made to tell HMRC of a pay run. Nothing here was sent: there is no connection."""

from django.db import models

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
