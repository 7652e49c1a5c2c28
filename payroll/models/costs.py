"""What the payroll service cost, month by month, so that a board can see what a payslip costs."""

from django.db import models
from django.db.models import Q

from core.tenancy import INSERT_ONLY, TenantModel


class ServiceCost(TenantModel):
    """The cost of running payroll for this organisation in a month, and how it was found.

    Of one month what was recorded last holds; nothing is changed.
    """

    month = models.DateField()
    cost_pence = models.BigIntegerField()
    found_by = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=120)

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1, cost_pence__gte=0) & ~Q(found_by=""),
                name="service_cost_of_a_month_is_explained",
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "-month", "-recorded_at"], name="service_cost_of"
            )
        ]
