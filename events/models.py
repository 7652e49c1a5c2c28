"""What happened, once and for good: audit trail, timeline and outbox in one row."""

import uuid

from django.db import models
from django.db.models import Q

from core.tenancy import INSERT_ONLY, READ_ONLY, Security, TenantKey, TenantModel


class Event(TenantModel):
    """A verb done to a subject. Append-only; no foreign keys, so that it outlives what it names."""

    verb = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    thread = models.UUIDField(default=uuid.uuid4)
    person_id = models.BigIntegerField(null=True)
    person_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    security = INSERT_ONLY

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation_id", "subject_key", "subject_id", "id"], name="event_subject"
            ),
            models.Index(fields=["organisation_id", "-at"], name="event_newest"),
            models.Index(fields=["organisation_id", "thread"], name="event_thread"),
        ]


class Delivery(TenantModel):
    """An event on its way to one handler: at least once, in order per subject."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        STUCK = "stuck", "Stuck"

    event_id = models.BigIntegerField()
    handler = models.CharField(max_length=80)
    subject_key = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_at = models.DateTimeField()
    error = models.TextField(default="")

    security = Security()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "event_id", "handler"], name="delivered_once"
            )
        ]
        indexes = [
            models.Index(fields=["run_at"], name="delivery_waiting", condition=Q(state="waiting")),
            # Without it the page of stuck ones looks through every delivery ever made.
            models.Index(
                fields=["organisation_id", "run_at"],
                name="delivery_stuck",
                condition=Q(state="stuck"),
            ),
        ]


class Seal(TenantModel):
    """A link of the hash chain over an organisation's events: written by the sealing function."""

    number = models.BigIntegerField()
    from_transaction = models.BigIntegerField()
    to_transaction = models.BigIntegerField()
    events = models.IntegerField()
    previous = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    security = READ_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "number"], name="seal_number_once")
        ]
        # Which seal covers an event: a year has half a million seals.
        indexes = [
            models.Index(fields=["organisation_id", "to_transaction"], name="seal_transaction")
        ]


class Webhook(TenantModel):
    """An address that is told of events. Its secret lies sealed, and signs what is sent.

    `told_to` is the transaction before which every event was looked at: events are found by the
    transaction that wrote them, as those of a slow one appear behind later ones.
    """

    url = models.CharField(max_length=500)
    purpose = models.CharField(max_length=120)
    # The beginnings of verbs, with spaces between them: «finance.invoice» is all about invoices.
    verbs = models.CharField(max_length=400)
    secret = models.TextField()
    told_to = models.BigIntegerField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=120, default="")

    security = Security()


class WebhookDelivery(TenantModel):
    """An event on its way to a webhook: at least once, with pauses that grow."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Delivered"
        GIVEN_UP = "given_up", "Given up"

    webhook = TenantKey(Webhook, related_name="deliveries")
    event_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, default="")

    security = Security()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "webhook", "event_id"], name="webhook_told_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "run_at"],
                name="webhook_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["organisation_id", "webhook", "-id"], name="webhook_newest"),
        ]
