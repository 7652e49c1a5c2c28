"""What people ask about a payslip of theirs, and what payroll answered."""

from django.db import models
from django.db.models import Q

from core.tenancy import CROWN, TenantKey, TenantModel
from payroll.models.slips import Payslip


class PayQuestion(TenantModel):
    """A question about a committed payslip, by the person whose pay it is.

    `finding` is what payroll found: errors of payroll and what came in wrong are counted apart.
    """

    class State(models.TextChoices):
        OPEN = "open", "To be answered"
        ANSWERED = "answered", "Answered"
        CLOSED = "closed", "Closed"

    class Finding(models.TextChoices):
        RIGHT = "right", "The payslip is right"
        PAYROLL = "payroll", "An error of payroll"
        EMPLOYER = "employer", "Came in late or wrong"

    number = models.BigIntegerField()
    payslip = TenantKey(Payslip, related_name="questions")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    text = models.CharField(max_length=2000)
    asked_by_id = models.BigIntegerField()
    asked_by_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=2000, default="")
    finding = models.CharField(max_length=8, choices=Finding, default="")
    answered_by_name = models.CharField(max_length=120, default="")
    answered_at = models.DateTimeField(null=True)

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="pay_question_number_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | (~Q(state="open") & Q(answered_at__isnull=False) & ~Q(answer="", finding="")),
                name="pay_question_is_open_until_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "payslip"], name="pay_question_of"),
            models.Index(
                fields=["organisation_id", "number"],
                name="pay_question_open",
                condition=Q(state="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"QUESTION-{self.number}"
