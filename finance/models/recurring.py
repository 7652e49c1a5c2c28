"""Invoices that come again and again: what is expected when, and what has come."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import EDITABLE, TenantKey, TenantModel
from finance.models.ledger import Coding
from finance.models.payables import Invoice, Supplier


class RecurringInvoice(TenantModel):
    """A schedule: proposed by one, agreed by another, ended by a day and never changed."""

    class Frequency(models.TextChoices):
        WEEKLY = "weekly", "Every week"
        FOUR_WEEKLY = "four_weekly", "Every four weeks"
        MONTHLY = "monthly", "Every month"
        QUARTERLY = "quarterly", "Every quarter"
        YEARLY = "yearly", "Every year"

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waiting for a second person"
        ACTIVE = "active", "In use"
        REFUSED = "refused", "Refused"

    number = models.BigIntegerField()
    supplier = TenantKey(Supplier, related_name="schedules")
    description = models.CharField(max_length=120)
    # Words that stand on these invoices; empty if the supplier sends no others.
    mark = models.CharField(max_length=60, default="", blank=True)
    expected_pence = models.BigIntegerField()
    tolerance_pence = models.BigIntegerField(default=0)
    frequency = models.CharField(max_length=11, choices=Frequency)
    first_on = models.DateField()
    last_on = models.DateField(null=True)
    # So many days after its day it is missed.
    grace_days = models.PositiveSmallIntegerField(default=5)
    coding = TenantKey(Coding, related_name="schedules")
    owner_id = models.BigIntegerField()
    owner_name = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=120, default="")
    decided_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=200, default="")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="schedule_number_once"
            ),
            models.CheckConstraint(
                condition=Q(expected_pence__gt=0, tolerance_pence__gte=0),
                name="schedule_expects_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(last_on=None) | Q(last_on__gte=F("first_on")),
                name="schedule_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed")
                | Q(decided_by_id__isnull=False) & ~Q(decided_by_id=F("made_by_id")),
                name="schedule_by_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "supplier"], name="schedule_supplier"),
        ]

    def __str__(self) -> str:
        return f"RI-{self.number}"


class RecurringArrival(TenantModel):
    """An invoice that came for a day of a schedule, and whether it is what was expected."""

    schedule = TenantKey(RecurringInvoice, related_name="arrivals")
    expected_on = models.DateField()
    invoice = TenantKey(Invoice, related_name="arrivals")
    fits = models.BooleanField()
    words = models.CharField(max_length=300)

    # One whose invoice was reversed makes room for the next.
    security = EDITABLE

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "schedule", "expected_on"], name="arrival_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "invoice"], name="invoice_arrives_once"
            ),
        ]
