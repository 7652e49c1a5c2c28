"""What is paid besides salaries: its elements, claims sent in for approval, and their items."""

import uuid

from django.db import models
from django.db.models import Q

from core.tenancy import CROWN, TenantKey, TenantModel
from hr.models import Employment
from payroll.models.steps import PayRun


class PayElement(TenantModel):
    """A kind of pay that is claimed: hours at a part of the hourly rate, or an amount; or by its
    code what the terms of the employer say on the day, by scale and grade of the job: hours of the
    jobs that are paid a share more (they are no further hours), or sessions.

    What is not taxed is paid back without deductions, as travel is; it is no pay.
    """

    class Basis(models.TextChoices):
        HOURS = "hours", "Hours at the hourly rate"
        AMOUNT = "amount", "An amount"
        ENHANCED = "enhanced", "Hours of the job, at the share that the terms add"
        SESSIONS = "sessions", "Sessions, at the sum of the terms"

    OF_THE_TERMS = (Basis.ENHANCED, Basis.SESSIONS)

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    basis = models.CharField(max_length=8, choices=Basis)
    percent = models.PositiveSmallIntegerField(default=0)
    taxed = models.BooleanField(default=True)
    pensionable = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "code"], name="pay_element_once"),
            models.UniqueConstraint(
                fields=["organisation_id", "name"], name="pay_element_named_once"
            ),
            models.CheckConstraint(
                condition=Q(basis="hours", percent__gt=0) | (~Q(basis="hours") & Q(percent=0)),
                name="only_hours_have_a_percent",
            ),
            models.CheckConstraint(
                condition=Q(taxed=True) | Q(pensionable=False, basis="amount"),
                name="untaxed_is_an_amount_and_no_pay",
            ),
        ]


class PayClaim(TenantModel):
    """Items of pay sent in together: by a person, for somebody, or as a file. Approved as one.

    `total_pence` is what it was worth when it was sent in, for the limits of who approves.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for approval"
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Returned"
        REJECTED = "rejected", "Rejected"

    number = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    name = models.CharField(max_length=120, default="")  # of the file, if it was one
    sha256 = models.CharField(max_length=64, default="")
    reason = models.CharField(max_length=200)
    unit_path = models.CharField(max_length=200, default="")
    items_count = models.IntegerField()
    total_pence = models.BigIntegerField()
    thread = models.UUIDField(default=uuid.uuid4)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="pay_claim_number_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "sha256"],
                condition=Q(state__in=["waiting", "approved"]) & ~Q(sha256=""),
                name="pay_claim_file_once",
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "-number"], name="pay_claim_newest")]

    def __str__(self) -> str:
        return f"CLAIM-{self.number}"


class PayItem(TenantModel):
    """Hours, sessions or an amount for a day of an employment.

    `pay_run` is the committed run that paid it. `live` ends when its claim is not approved: the
    same can then be claimed again.
    """

    claim = TenantKey(PayClaim, related_name="items")
    element = TenantKey(PayElement, related_name="+")
    employment = TenantKey(Employment, related_name="+")
    job = models.PositiveSmallIntegerField(default=1)
    worked_on = models.DateField()
    minutes = models.PositiveIntegerField(default=0)
    sessions = models.PositiveSmallIntegerField(default=0, db_default=0)
    amount_pence = models.BigIntegerField(default=0)
    note = models.CharField(max_length=100, default="")
    live = models.BooleanField(default=True)
    pay_run = TenantKey(PayRun, null=True, related_name="+")

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("organisation_id", "employment", "element", "job", "worked_on", "minutes"),
                    *("sessions", "amount_pence", "note"),
                ],
                condition=Q(live=True),
                name="pay_item_once",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gt=0, amount_pence=0, sessions=0)
                | Q(minutes=0, amount_pence__gt=0, sessions=0)
                | Q(minutes=0, amount_pence=0, sessions__gt=0),
                name="pay_item_is_hours_sessions_or_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(pay_run__isnull=True) | Q(live=True), name="only_live_items_are_paid"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "claim"], name="pay_item_of_claim"),
            models.Index(fields=["organisation_id", "pay_run"], name="pay_item_of_run"),
        ]
