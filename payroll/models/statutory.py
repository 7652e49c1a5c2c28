"""Average earnings that somebody stated, where the payslips here do not reach back far enough."""

from django.db import models
from django.db.models import Q

from core.tenancy import INSERT_ONLY, TenantKey, TenantModel
from hr.models import Employment


class StatedEarnings(TenantModel):
    """Earnings liable to National Insurance before an absence: of so many weeks, or months.

    They are taken instead of those of the payslips; of one absence, what was recorded last.
    """

    class Unit(models.TextChoices):
        WEEKS = "weeks", "Weeks"
        MONTHS = "months", "Months"

    employment = TenantKey(Employment, related_name="+")
    absence = models.BigIntegerField()
    earnings_pence = models.BigIntegerField()
    parts = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=6, choices=Unit)
    paper = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=120)

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(earnings_pence__gte=0, parts__gt=0) & ~Q(paper=""),
                name="stated_earnings_have_a_span_and_a_paper",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "employment"], name="stated_earnings_of"),
        ]
