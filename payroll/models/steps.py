"""A pay run: the steps of one pay period, from the record of staff to the bank."""

from django.db import models
from django.db.models import F, Q, Value

from core.tenancy import TenantKey, TenantModel
from payroll.models.groups import PayPeriod


class PayRun(TenantModel):
    """The pay of a group for a period. Calculated again as often as wanted until it is committed.

    The first run of a period is everybody's, on its pay day. A later one is supplementary: for the
    `chosen` employments, on a day of its own, and pays what was not paid yet.
    `inputs` is what its calculation shares (days, frequency, rule of part periods), `digest` the
    figures of the law it used: with the inputs of its payslips it can be worked out again.
    `results` are its control totals, `variance` says by cause why they are not those of the run
    before (payroll.variance).
    """

    class State(models.TextChoices):
        CALCULATING = "calculating", "Being calculated"
        CALCULATED = "calculated", "Calculated: to be checked"
        SUBMITTED = "submitted", "Waits for approval"
        APPROVED = "approved", "Approved: being committed"
        COMMITTED = "committed", "Committed"
        PAID = "paid", "Paid: bank file made"

    FINAL = (State.COMMITTED, State.PAID)

    number = models.BigIntegerField()
    period = TenantKey(PayPeriod, related_name="+")
    sequence = models.PositiveSmallIntegerField(default=1)
    pays_on = models.DateField()
    chosen = models.JSONField(default=list)
    reason = models.CharField(max_length=200, default="")
    state = models.CharField(max_length=12, choices=State, default=State.CALCULATING)
    version = models.PositiveIntegerField(default=1)
    run_id = models.BigIntegerField(null=True)
    inputs = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, default="")
    results = models.JSONField(default=dict)
    variance = models.JSONField(db_default=Value({}, models.JSONField()), default=dict)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    submitted_by_id = models.BigIntegerField(null=True)
    submitted_by_name = models.CharField(max_length=120, default="")
    approved_by_id = models.BigIntegerField(null=True)
    approved_by_name = models.CharField(max_length=120, default="")
    approved_at = models.DateTimeField(null=True)
    committed_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    batch_id = models.BigIntegerField(null=True)
    pay_batch_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="pay_run_number_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "period", "sequence"], name="pay_run_of_period_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "period"],
                condition=~Q(state__in=["committed", "paid"]),
                name="pay_run_of_period_open_once",
            ),
            models.CheckConstraint(
                condition=Q(sequence=1, reason="", chosen=[])
                | Q(sequence__gt=1) & ~Q(reason="") & ~Q(chosen=[]),
                name="supplementary_pay_is_chosen_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(approved_by_id__isnull=True)
                | (~Q(approved_by_id=F("made_by_id")) & ~Q(approved_by_id=F("submitted_by_id"))),
                name="pay_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["committed", "paid"])
                | Q(approved_by_id__isnull=False, committed_at__isnull=False),
                name="committed_pay_was_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"PAYROLL-{self.number}"

    @property
    def supplementary(self) -> bool:
        return self.sequence > 1
