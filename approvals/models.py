"""Decisions on anything registered as a subject: who may, who did, and why."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import EDITABLE, TenantModel


class Route(TenantModel):
    """Who decides on a kind of subject within a band of amounts: half-open, [from, to)."""

    subject_key = models.CharField(max_length=60)
    from_pence = models.BigIntegerField(default=0)
    to_pence = models.BigIntegerField(null=True)
    role = models.CharField(max_length=24)

    security = EDITABLE

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "subject_key", "from_pence"], name="route_band_once"
            ),
            models.CheckConstraint(
                condition=Q(to_pence__isnull=True) | Q(to_pence__gt=F("from_pence")),
                name="route_band_not_empty",
            ),
        ]


class Request(TenantModel):
    """One submission for approval. The route and limit that applied are kept as they were."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a decision"
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Returned"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"

    subject_key = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    thread = models.UUIDField()
    summary = models.CharField(max_length=200)
    amount_pence = models.BigIntegerField()
    unit_path = models.CharField(max_length=200, default="")
    role = models.CharField(max_length=24)
    limit_pence = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=120, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by_rule = models.BooleanField(default=False)
    comment = models.CharField(max_length=500, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True)
                | Q(made_by_id__isnull=True)
                | ~Q(decided_by_id=F("made_by_id")),
                name="maker_is_never_checker",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "withdrawn"]) | Q(decided_at__isnull=False),
                name="decision_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "rejected"]) | ~Q(comment=""),
                name="return_has_a_sentence",
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "subject_key", "subject_id"],
                condition=Q(state="waiting"),
                name="one_waiting_request",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "role", "id"],
                name="request_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["organisation_id", "subject_key", "subject_id"], name="request_subject"
            ),
            # Lists of what was submitted and decided, newest first. What a rule decides in bulk has
            # neither person and is in the first of them only.
            models.Index(
                fields=["organisation_id", "-decided_at", "-id"],
                name="request_decided",
                condition=~Q(state="waiting"),
            ),
            models.Index(
                fields=["organisation_id", "decided_by_id", "-decided_at", "-id"],
                name="request_decided_by",
                condition=Q(decided_by_id__isnull=False),
            ),
            models.Index(
                fields=["organisation_id", "made_by_id", "-made_at", "-id"],
                name="request_made_by",
                condition=Q(made_by_id__isnull=False),
            ),
        ]
