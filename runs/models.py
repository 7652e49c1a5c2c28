"""Bulk jobs as rows: unique, restartable, visible, finished only when their totals reconcile."""

from django.db import models
from django.db.models import Q

from core.tenancy import EDITABLE, TenantKey, TenantModel


class Run(TenantModel):
    """One piece of bulk work for one organisation. The row is the job; Celery is only its bell."""

    class State(models.TextChoices):
        PLANNED = "planned", "Waiting to start"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        HELD = "held", "Held: something does not agree"
        CANCELLED = "cancelled", "Cancelled"

    OPEN = (State.PLANNED, State.RUNNING)

    kind = models.CharField(max_length=40)
    number = models.BigIntegerField()
    idempotency_key = models.CharField(max_length=120)
    inputs = models.JSONField(default=dict)
    inputs_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    rows_total = models.BigIntegerField(default=0)
    rows_done = models.BigIntegerField(default=0)
    # Rows of a long part that is not committed yet: for the eye alone, nothing relies on them.
    rows_underway = models.BigIntegerField(default=0)
    control = models.JSONField(default=dict)
    results = models.JSONField(default=dict)
    problem = models.TextField(default="")
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "kind", "idempotency_key"], name="run_once"
            ),
            models.UniqueConstraint(fields=["organisation_id", "number"], name="run_number_once"),
            models.CheckConstraint(
                condition=~Q(state="finished") | Q(finished_at__isnull=False),
                name="finished_run_has_an_end",
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "-id"], name="run_newest")]

    def __str__(self) -> str:
        return f"RUN-{self.number}"


class Chunk(TenantModel):
    """A part of a run that one worker does in one transaction."""

    class State(models.TextChoices):
        TODO = "todo", "To do"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    run = TenantKey(Run, related_name="chunks")
    sequence = models.IntegerField()
    inputs = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.TODO)
    attempts = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    results = models.JSONField(default=dict)
    error = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "run", "sequence"], name="chunk_once"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "sequence"], name="chunk_todo", condition=Q(state="todo"))
        ]


class Problem(TenantModel):
    """Something a person should look at, grouped by cause while the run goes on."""

    run = TenantKey(Run, related_name="exceptions")
    cause = models.CharField(max_length=60)
    row = models.CharField(max_length=60, default="")
    text = models.TextField()
    link = models.CharField(max_length=200, default="")
    resolved_at = models.DateTimeField(null=True)
    resolved_by_name = models.CharField(max_length=120, default="")

    security = EDITABLE

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "run", "cause", "id"], name="exception_cause")
        ]
