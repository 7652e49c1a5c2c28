"""What is published about how promptly suppliers are paid."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import INSERT_ONLY, TenantModel


class PaymentsNotice(TenantModel):
    """A version of a half-year's payments compliance notice, as an officer signed it.

    Procurement Act 2023, section 69. Nothing of it changes any more; later knowledge is another
    version with its reason.
    """

    first_on = models.DateField()
    last_on = models.DateField()
    version = models.IntegerField()
    figures = models.JSONField()
    statement = models.CharField(max_length=300)
    job_title = models.CharField(max_length=80)
    reason = models.CharField(max_length=300, default="", blank=True)
    signed_by_id = models.BigIntegerField(null=True)
    signed_by_name = models.CharField(max_length=120)
    signed_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "first_on", "version"], name="notice_version_once"
            ),
            models.CheckConstraint(
                condition=Q(version=1) | (Q(version__gt=1) & ~Q(reason="")),
                name="another_version_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(job_title="") & Q(last_on__gt=F("first_on")),
                name="notice_names_an_officer",
            ),
        ]

    def __str__(self) -> str:
        return f"Payments compliance notice from {self.first_on:%-d %B %Y}"

    @property
    def period(self) -> int:
        return self.first_on.year * 100 + self.first_on.month
