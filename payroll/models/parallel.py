"""Results of the payroll that is left, and what its elements are called here."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import Security, TenantKey, TenantModel
from hr.models import Employment
from payroll.models.claims import PayElement
from payroll.models.groups import PayPeriod
from payroll.models.slips import LineKind
from payroll.models.steps import PayRun


class Sum(models.TextChoices):
    """What other payrolls write beside their elements, and no line of a payslip here is."""

    GROSS = "gross", "Total: gross pay"
    TAXABLE = "taxable", "Total: taxable pay"
    NET = "net", "Total: net pay"
    EMPLOYER_NIC = "employer_nic", "Total: employer's National Insurance"
    EMPLOYER_PENSION = "employer_pension", "Total: employer's pension contribution"


IGNORED = "ignored"
TARGETS = [*LineKind.choices, *Sum.choices, (IGNORED, "Not compared")]
# Lines of these kinds say which element of pay they are.
OF_ELEMENTS = (LineKind.EXTRA, LineKind.EXPENSES)


class ParallelRun(TenantModel):
    """What another payroll paid on a pay day, compared with what the pay run here would pay.

    `version` is that of the pay run when it was compared.
    """

    class State(models.TextChoices):
        LOADED = "loaded", "Loaded"
        COMPARED = "compared", "Compared"
        SIGNED = "signed", "Signed off"
        WITHDRAWN = "withdrawn", "Withdrawn"

    number = models.BigIntegerField()
    period = TenantKey(PayPeriod, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.LOADED)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    rows = models.IntegerField()
    people = models.IntegerField()
    reason = models.CharField(max_length=200, default="")  # why it was withdrawn
    pay_run = TenantKey(PayRun, null=True, related_name="+")
    version = models.PositiveIntegerField(default=0)
    compared_at = models.DateTimeField(null=True)
    unexplained = models.IntegerField(null=True)  # how many were left when it was signed
    signed_by_id = models.BigIntegerField(null=True)
    signed_by_name = models.CharField(max_length=120, default="")
    signed_at = models.DateTimeField(null=True)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="parallel_run_number_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "sha256"],
                condition=~Q(state="withdrawn"),
                name="parallel_run_file_once",
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "period"],
                condition=~Q(state="withdrawn"),
                name="parallel_run_of_period_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(reason=""),
                name="parallel_run_withdrawn_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["compared", "signed"])
                | Q(pay_run__isnull=False, compared_at__isnull=False),
                name="parallel_run_compared_with_a_run",
            ),
            models.CheckConstraint(
                condition=~Q(state="signed")
                | (
                    Q(unexplained__isnull=False, signed_at__isnull=False)
                    & ~Q(signed_by_id=F("made_by_id"))
                ),
                name="parallel_run_signed_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"PARALLEL-{self.number}"


class LegacyElement(TenantModel):
    """An element of the other payroll, and what it is here: guessed by name until confirmed.

    `reversed` where that payroll writes what it takes as amounts above nought.
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80, default="")
    target = models.CharField(max_length=16, choices=TARGETS, blank=True, default="")
    element = TenantKey(PayElement, null=True, related_name="+")
    reversed = models.BooleanField(default=False)
    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_by_name = models.CharField(max_length=120, default="")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "code"], name="legacy_element_once"),
            models.CheckConstraint(
                condition=Q(target__in=OF_ELEMENTS) ^ Q(element__isnull=True),
                name="legacy_element_names_ours",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | ~Q(target=""),
                name="legacy_element_confirmed_as_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


class LegacyAmount(TenantModel):
    """A row of the file: what the other payroll paid or took, and what it took it from.

    `fact` is the tax code of tax, or the letter of National Insurance, that it used.
    """

    parallel_run = TenantKey(ParallelRun, related_name="amounts")
    row_no = models.IntegerField()
    employee = models.BigIntegerField()
    code = models.CharField(max_length=40)
    amount_pence = models.BigIntegerField()
    minutes = models.IntegerField(null=True)
    rate_pence = models.BigIntegerField(null=True)
    fact = models.CharField(max_length=10, default="")

    security = Security(update=False, crown=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "parallel_run", "row_no"], name="legacy_row_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "parallel_run", "employee"], name="legacy_amount_of"
            )
        ]


class DifferenceCause(models.TextChoices):
    """Why the two payrolls do not pay the same."""

    ROUNDING = "rounding", "Rounding"
    INPUT = "input", "Input"
    PARAMETER = "parameter", "Parameter"
    RULE = "rule", "Rule"
    UNEXPLAINED = "unexplained", "Unexplained"


# A person says one of these; roundings are found by themselves.
SAYABLE = [one for one in DifferenceCause.choices if one[0] not in ("rounding", "unexplained")]


class ParallelDifference(TenantModel):
    """One kind of pay of one person that differs. Lines that take are below nought on both sides.

    `cause` and `found` are what the comparison found; once a second person agrees to what a person
    `said`, that is the cause.
    """

    parallel_run = TenantKey(ParallelRun, related_name="differences")
    employee = models.BigIntegerField()
    employment = TenantKey(Employment, null=True, related_name="+")
    name = models.CharField(max_length=120, default="")
    target = models.CharField(max_length=16, choices=TARGETS)
    element = TenantKey(PayElement, null=True, related_name="+")
    legacy_pence = models.BigIntegerField()
    ours_pence = models.BigIntegerField()
    cause = models.CharField(max_length=12, choices=DifferenceCause)
    found = models.CharField(max_length=200, default="")
    assigned_to_id = models.BigIntegerField(null=True)
    assigned_to_name = models.CharField(max_length=120, default="")
    said = models.CharField(max_length=12, choices=DifferenceCause, default="", blank=True)
    explanation = models.CharField(max_length=300, default="")
    explained_by_id = models.BigIntegerField(null=True)
    explained_by_name = models.CharField(max_length=120, default="")
    agreed_by_id = models.BigIntegerField(null=True)
    agreed_by_name = models.CharField(max_length=120, default="")
    agreed_at = models.DateTimeField(null=True)

    security = Security(delete=True, crown=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "parallel_run", "employee", "target", "element"],
                nulls_distinct=False,
                name="parallel_difference_once",
            ),
            models.CheckConstraint(
                condition=Q(said="", explanation="", explained_by_name="")
                | (~Q(said="") & ~Q(explanation="") & ~Q(explained_by_name="")),
                name="difference_explained_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True)
                | (~Q(said="") & Q(cause=F("said")) & ~Q(agreed_by_id=F("explained_by_id"))),
                name="difference_agreed_by_a_second_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "parallel_run", "cause", "employee"],
                name="parallel_difference_of",
            )
        ]


class GoLive(TenantModel):
    """The decision that pay moves here: asked for by payroll, agreed to by a second person.

    `figures` are the signed parallel runs that it rests on, as they stood when it was asked for;
    `waiver` is why it is asked for without two pay days that leave nothing unexplained.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Waits for approval"
        AGREED = "agreed", "Agreed: live"
        DECLINED = "declined", "Declined"

    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    figures = models.JSONField()
    waiver = models.CharField(max_length=300, default="")
    asked_by_id = models.BigIntegerField(null=True)
    asked_by_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=200, default="")  # why it was declined
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=120, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id"], condition=Q(state="asked"), name="go_live_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(state="asked")
                | (Q(decided_at__isnull=False) & ~Q(decided_by_id=F("asked_by_id"))),
                name="go_live_decided_by_a_second_person",
            ),
        ]
