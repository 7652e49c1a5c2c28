"""Under which references an employer reports to HMRC and pays, and from where, from a day on."""

from django.db import models
from django.db.models import Q

from core.tenancy import INSERT_ONLY, TenantModel

PAYE_REFERENCE = r"^[0-9]{3}/[A-Z0-9]{1,10}$"
ACCOUNTS_OFFICE = r"^[0-9]{3}P[A-Z][0-9]{7}[0-9X]$"


class EmployerReference(TenantModel):
    """What holds from a day on, until the next one; of one day, what was recorded last."""

    paye_reference = models.CharField(max_length=14)
    accounts_office = models.CharField(max_length=13)
    address = models.CharField(max_length=200)
    # Class 1 contributions of the tax year before were low enough to recover more than was paid.
    small_employer = models.BooleanField(db_default=False, default=False)
    # Public authorities may not claim the employment allowance. Of a group that shares the levy's
    # allowance, this employer's part of it in a year; none is all of it.
    claims_allowance = models.BooleanField(db_default=False, default=False)
    levy_share_pence = models.BigIntegerField(null=True)
    from_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=120)

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(paye_reference__regex=PAYE_REFERENCE)
                & Q(accounts_office__regex=ACCOUNTS_OFFICE),
                name="employer_references_as_hmrc_writes_them",
            ),
            models.CheckConstraint(condition=~Q(address=""), name="employer_has_an_address"),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "-from_on", "-recorded_at"], name="employer_reference_on"
            )
        ]
