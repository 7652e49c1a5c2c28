"""Requests for a starter, a change, a transfer or a leaver, and files of staff."""

import uuid

from django.db import models
from django.db.models import Q

from core.tenancy import TenantKey, TenantModel
from hr.models.people import Assignment, Employment, Position
from hr.models.terms import PayPoint


class StaffRequest(TenantModel):
    """What somebody asks to become true on a day. Nothing changes before it is approved."""

    class Kind(models.TextChoices):
        STARTER = "starter", "Starter"
        CHANGE = "change", "Change"
        TRANSFER = "transfer", "Transfer"
        LEAVER = "leaver", "Leaver"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a decision"
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Sent back"
        REJECTED = "rejected", "Rejected"

    number = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    effective_on = models.DateField()
    reason = models.CharField(max_length=200)
    # Of a starter; of the others the assignment says who it is.
    name = models.CharField(max_length=120)
    email = models.EmailField(default="")
    assignment = TenantKey(Assignment, null=True, related_name="requests")
    position = TenantKey(Position, null=True, related_name="+")
    pay_point = TenantKey(PayPoint, null=True, related_name="+")
    weekly_minutes = models.PositiveIntegerField(null=True)
    thread = models.UUIDField(default=uuid.uuid4)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    employment = TenantKey(Employment, null=True, related_name="requests")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="staff_request_number_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="starter") ^ Q(assignment__isnull=False),
                name="only_starters_have_no_job_yet",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "employment", "-id"], name="request_of_staff")
        ]


class StaffFile(TenantModel):
    """A file of staff as it was sent. It is loaded whole or not at all."""

    class State(models.TextChoices):
        LOADED = "loaded", "Loaded"
        REFUSED = "refused", "Not loaded"

    number = models.BigIntegerField()
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State)
    rows = models.PositiveIntegerField()
    people = models.PositiveIntegerField(default=0)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="staff_file_number_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "sha256"],
                condition=Q(state="loaded"),
                name="staff_file_loaded_once",
            ),
        ]


class StaffFileError(TenantModel):
    """Something wrong with a row of a file, in words."""

    file = TenantKey(StaffFile, related_name="errors")
    row_no = models.PositiveIntegerField()
    text = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "file", "row_no"], name="errors_of")]
