"""Who has which allowance besides the pay of the point, dated on two axes as placements are."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import TenantKey, TenantModel
from hr.models.people import Assignment
from hr.models.terms import ends_later


class HeldAllowance(TenantModel):
    """A job has an allowance between two days, as it was known between two moments.

    It is named by the code of the terms, which say what it is worth on each of its days.
    """

    assignment = TenantKey(Assignment, related_name="allowances")
    code = models.CharField(max_length=20)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    request_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            ends_later("held_allowance_days"),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
                name="held_allowance_known_before_superseded",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "assignment"], name="held_allowance_of"),
        ]
