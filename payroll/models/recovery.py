"""Plans by which overpaid wages are given back, and what each payslip took for them."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import CROWN, TenantKey, TenantModel
from hr.models import Employment
from payroll.models.slips import WRITTEN, Payslip


class RecoveryPlan(TenantModel):
    """What somebody was overpaid and agreed to give back: an instalment of each pay day.

    In the tax year of `overpaid_on` it comes off gross pay, after it off net pay. Both amounts are
    of the same mistake: what was paid too much, and what of it reached the person. It stops when
    nothing is owed. `protected_pence` is what must be left of the pay that it comes off.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "Taken from pay"
        REPAID = "completed", "Repaid"
        ENDED = "ended", "Ended"

    number = models.BigIntegerField()
    employment = TenantKey(Employment, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    overpaid_on = models.DateField()
    why = models.CharField(max_length=200)
    gross_pence = models.BigIntegerField()
    net_pence = models.BigIntegerField()
    instalment_pence = models.BigIntegerField()
    protected_pence = models.BigIntegerField(default=0)
    agreed_on = models.DateField()
    from_on = models.DateField()
    reason = models.CharField(max_length=200, default="")  # why it was ended
    entered_by_name = models.CharField(max_length=120)
    entered_at = models.DateTimeField()

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="recovery_plan_number_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "employment"],
                condition=Q(state="active"),
                name="recovery_plan_runs_alone",
            ),
            models.CheckConstraint(
                condition=Q(net_pence__gt=0, instalment_pence__gt=0, protected_pence__gte=0)
                & Q(gross_pence__gte=F("net_pence")),
                name="recovery_plan_amounts",
            ),
            models.CheckConstraint(
                condition=Q(agreed_on__gte=F("overpaid_on")), name="recovery_is_agreed_afterwards"
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | ~Q(reason=""), name="recovery_ended_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"RECOVERY-{self.number}"


class RecoveryTaken(TenantModel):
    """What one payslip took for a plan, gross or net, and what is owed after it."""

    payslip = TenantKey(Payslip, related_name="recoveries")
    plan = TenantKey(RecoveryPlan, related_name="taken")
    taken_pence = models.BigIntegerField()
    gross_left_pence = models.BigIntegerField()
    net_left_pence = models.BigIntegerField()

    security = WRITTEN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "payslip", "plan"], name="recovery_taken_once"
            ),
            models.CheckConstraint(
                condition=Q(taken_pence__gte=0, gross_left_pence__gte=0, net_left_pence__gte=0),
                name="recovery_leaves_nothing_below_nought",
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "plan"], name="recovery_taken_of")]
