"""Average earnings that somebody stated, and letters that say why statutory pay is not paid."""

from django.db import models
from django.db.models import Q

from core.tenancy import CROWN, INSERT_ONLY, TenantKey, TenantModel
from hr.models import Employment
from payroll.calculator.refusals import FORMS, REASONS


class StatedEarnings(TenantModel):
    """Earnings liable to National Insurance before an absence: of so many weeks, or months.

    They are taken instead of those of the payslips; of one absence, what was recorded last.
    """

    class Unit(models.TextChoices):
        WEEKS = "weeks", "Weeks"
        MONTHS = "months", "Months"

    employment = TenantKey(Employment, related_name="+")
    absence = models.BigIntegerField()
    earnings_pence = models.BigIntegerField()
    parts = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=6, choices=Unit)
    paper = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=120)

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(earnings_pence__gte=0, parts__gt=0) & ~Q(paper=""),
                name="stated_earnings_have_a_span_and_a_paper",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "employment"], name="stated_earnings_of"),
        ]


class StatutoryLetter(TenantModel):
    """Why statutory pay was refused or ended, as the person was told it; kept as it was given.

    `absence` is its number. `from_on` is the first day that is not paid.
    """

    number = models.BigIntegerField()
    employment = TenantKey(Employment, related_name="+")
    absence = models.BigIntegerField()
    form = models.CharField(max_length=5, choices=FORMS)
    reason = models.CharField(max_length=9, choices=REASONS)
    from_on = models.DateField()
    given_on = models.DateField()
    given_by_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.IntegerField()
    content_sealed = models.BinaryField()  # base64 of the packed PDF
    made_at = models.DateTimeField()

    # Its seal is renewed when keys are; a trigger lets nothing else of it change.
    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="statutory_letter_number_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "employment", "absence", "reason"],
                name="statutory_letter_given_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form}-{self.number}"
