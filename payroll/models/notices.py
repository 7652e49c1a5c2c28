"""What is taken from every pay of an employment, by a notice or an authority, from a day on."""

from django.db import models
from django.db.models import Q

from core.tenancy import INSERT_ONLY, TenantKey, TenantModel
from hr.models import Employment


class PayNotice(TenantModel):
    """What holds from a day on, until the next one; of one day, what was recorded last.

    `loans` are bits as `payroll.calculator.loans` reads them; amounts are those of one pay day.
    """

    employment = TenantKey(Employment, related_name="+")
    from_on = models.DateField()
    loans = models.PositiveSmallIntegerField(default=0)
    gift_pence = models.BigIntegerField(default=0)
    sacrifice_pence = models.BigIntegerField(default=0)
    pension_pence = models.BigIntegerField(default=0)  # given up for a pension
    paper = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=120)

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gift_pence__gte=0, sacrifice_pence__gte=0, pension_pence__gte=0)
                & ~Q(paper=""),
                name="pay_notice_takes_by_a_paper",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "employment", "-from_on", "-recorded_at"],
                name="pay_notice_on",
            ),
        ]
