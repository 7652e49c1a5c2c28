"""What stands between a supplier and its money besides its bank details."""

from django.db import models
from django.db.models import Q

from core.tenancy import INSERT_ONLY, TenantModel


class CoolingOff(TenantModel):
    """From a day on, how many working days changed bank details cool off. Never changed."""

    from_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "from_on"], name="one_cooling_off_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(days__gte=0, days__lte=60), name="cools_0_to_60_days"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="cools_off_for_a_reason"),
        ]
