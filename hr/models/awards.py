"""Pay awards and regradings: points of a scale rise, or jobs move to others, from a day on."""

import uuid

from django.db import models
from django.db.models import Q

from core.tenancy import TenantKey, TenantModel
from hr.models.terms import PayScale


class PayAward(TenantModel):
    """Each value rises by a percentage, and by at least a sum of a year; a second person agrees.

    A regrading moves jobs to other points instead: those on some points (`moves`, from and to), or
    some (`chosen`, assignment and point); `words` say it. `costs` is what it was worked out to cost
    by unit when it was proposed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for approval"
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Returned"
        REJECTED = "rejected", "Rejected"

    number = models.BigIntegerField()
    scale = TenantKey(PayScale, related_name="awards")
    from_on = models.DateField()
    percent_hundredths = models.PositiveIntegerField(default=0)
    least_pence = models.BigIntegerField(default=0)
    whole_pounds = models.BooleanField(default=True)
    reason = models.CharField(max_length=200)
    moves = models.JSONField(default=list)
    chosen = models.JSONField(default=list)
    words = models.CharField(max_length=300, default="")
    costs = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    thread = models.UUIDField(default=uuid.uuid4)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="pay_award_number_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "scale"],
                condition=Q(state="waiting"),
                name="pay_award_of_scale_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(percent_hundredths__gt=0)
                | Q(least_pence__gt=0)
                | ~Q(moves=[])
                | ~Q(chosen=[]),
                name="pay_award_gives_something",
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "-number"], name="pay_award_newest")]

    def __str__(self) -> str:
        return f"AWARD-{self.number}"

    @property
    def regrades(self) -> bool:
        return bool(self.moves or self.chosen)
