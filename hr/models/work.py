"""Requests about staff, from a starter to a secondment, and files of staff."""

import uuid

from django.db import models
from django.db.models import F, Q

from core.tenancy import TenantKey, TenantModel
from hr.models.people import WHOLE, Assignment, Employment, Position
from hr.models.terms import PayPoint
from tenants.models import Organisation


class StaffRequest(TenantModel):
    """What somebody asks to become true on a day. Nothing changes before it is approved."""

    class Kind(models.TextChoices):
        STARTER = "starter", "Starter"
        CHANGE = "change", "Change"
        TRANSFER = "transfer", "Transfer"
        LEAVER = "leaver", "Leaver"
        COST_SPLIT = "cost_split", "Cost split"
        SECONDMENT = "secondment", "Secondment"
        JOINT_POST = "joint_post", "Joint post"
        ALLOWANCE = "allowance", "Allowance"
        NO_MORE = "no_more", "End of an allowance"

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
    # As in a file of staff, such as «H10:60; H20:40».
    cost_centres = models.CharField(max_length=200, default="", db_default="")
    # By its code: what is to be paid besides, or no more.
    allowance = models.CharField(max_length=20, default="", db_default="")
    # Of a secondment: where to, until before which day, and how much of the cost goes along. An
    # allowance may end as well.
    host = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    to_on = models.DateField(null=True)
    ten_thousandths = models.PositiveIntegerField(null=True)
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
            models.CheckConstraint(
                condition=Q(
                    kind="secondment",
                    host__isnull=False,
                    to_on__gt=F("effective_on"),
                    ten_thousandths__gt=0,
                    ten_thousandths__lte=WHOLE,
                )
                | ~Q(kind="secondment") & Q(host=None, ten_thousandths=None),
                name="only_a_secondment_has_a_host",
            ),
            models.CheckConstraint(
                condition=Q(to_on=None)
                | Q(kind__in=["secondment", "allowance"], to_on__gt=F("effective_on")),
                name="secondments_and_allowances_may_end",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["allowance", "no_more"]) ^ Q(allowance=""),
                name="requests_for_allowances_name_one",
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
