"""Closing a period: what a second person agreed to leave as it is."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import TenantModel


class PeriodWaiver(TenantModel):
    """One person asks, and another agrees, that a period closes though something of it is open.

    It holds for what was open then: `found` things of `found_pence`. More than that is asked again.
    """

    period = models.IntegerField()
    assertion = models.CharField(max_length=20)
    found = models.IntegerField()
    found_pence = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    asked_by_id = models.BigIntegerField(null=True)
    asked_by_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    agreed_by_id = models.BigIntegerField(null=True)
    agreed_by_name = models.CharField(max_length=120, default="")
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "period", "assertion"], name="waiver_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="waived_for_a_reason"),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True)
                | Q(agreed_by_id__isnull=False) & ~Q(agreed_by_id=F("asked_by_id")),
                name="waived_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assertion} in {self.period}"
