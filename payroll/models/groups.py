"""Pay groups, who belongs to them, and their calendars."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import CROWN, TenantKey, TenantModel
from finance.models import BankAccount
from hr.models import Employment, PayScale
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import Frequency

SCHEMES = [
    (Scheme.NONE.value, "None"),
    (Scheme.NHS.value, "NHS Pension Scheme"),
    (Scheme.LGPS.value, "Local Government Pension Scheme"),
    (Scheme.CIVIL_SERVICE.value, "Civil Service pensions"),
    (Scheme.TEACHERS.value, "Teachers' Pensions"),
    (Scheme.MONEY_PURCHASE.value, "Money purchase, relief at source"),
    (Scheme.PERCENTAGE.value, "A percentage of pay"),
]
FREQUENCIES = [(f.value, f.value.replace("_", "-").capitalize()) for f in Frequency]
LETTERS = [(letter, letter) for letter in "ABCDEFHIJKLMNSVXZ"]


class ProRata(models.TextChoices):
    """How pay of a part of a period is found: the rule that the organisation states."""

    WORKING = "working", "Working days of the period"
    CALENDAR = "calendar", "Calendar days of the period"
    PER_260 = "per_260", "1/260 of a year for each working day"
    PER_365 = "per_365", "1/365 of a year for each calendar day"


class DirectorMethod(models.TextChoices):
    """How the year of a director is settled, by the codes of HMRC."""

    STANDARD = "AN", "Standard: with every pay"
    ALTERNATIVE = "AL", "Alternative: with the last pay of the tax year"


class PayGroup(TenantModel):
    """Everybody who is paid on the same days: those of one scale, or all who are in no other.

    `anchor_on` is a pay day, from which all others follow. Pay that changes by more than
    `limit_percent` is looked at. Of both pension rates the law or the scheme may set another, which
    then holds. Figures of the pension that nobody published yet are refused
    unless `allow_derived` says that this employer uses them.
    """

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    frequency = models.CharField(max_length=12, choices=FREQUENCIES)
    anchor_on = models.DateField()
    pro_rata = models.CharField(max_length=10, choices=ProRata, default=ProRata.WORKING)
    cut_off_days = models.PositiveSmallIntegerField(default=8)
    limit_percent = models.PositiveSmallIntegerField(default=20)
    scale = TenantKey(PayScale, null=True, related_name="+")
    scheme = models.PositiveSmallIntegerField(choices=SCHEMES, default=Scheme.NONE.value)
    member_rate_percent = models.DecimalField(max_digits=5, decimal_places=2, db_default=0)
    employer_rate_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    allow_derived = models.BooleanField(default=False)
    bank_account = TenantKey(BankAccount, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "code"], name="pay_group_once"),
            models.UniqueConstraint(
                fields=["organisation_id", "scale"],
                condition=Q(scale__isnull=False),
                name="pay_group_of_scale_once",
            ),
            models.UniqueConstraint(
                fields=["organisation_id"],
                condition=Q(scale__isnull=True),
                name="pay_group_of_the_rest_once",
            ),
        ]


class PayMember(TenantModel):
    """An employment in a pay group, with what only payroll knows of it.

    `brought_…` are taxable pay and tax of the tax year that began in `brought_year`, from before
    the first payslip here: of a P45, or of the payroll that was left. `director_…` are a company
    director's: since when, by which method, and of the tax year that began in `director_year` the
    pay that bore contributions since then, and both contributions, from before the first payslip.
    The minimum wage asks for the rest: the first day of an apprenticeship, and of lodging with the
    employer for so much a day, while these last. The letter of a pay day follows the age on it,
    unless `letter_kept`.
    """

    employment = TenantKey(Employment, related_name="+")
    pay_group = TenantKey(PayGroup, related_name="members")
    letter = models.CharField(max_length=1, choices=LETTERS, default="A")
    letter_kept = models.BooleanField(default=False, db_default=False)
    loans = models.PositiveSmallIntegerField(default=0)
    scheme = models.PositiveSmallIntegerField(choices=SCHEMES)
    half = models.BooleanField(default=False)
    brought_year = models.PositiveSmallIntegerField(default=0)
    brought_pay_pence = models.BigIntegerField(default=0)
    brought_tax_pence = models.BigIntegerField(default=0)
    director_from = models.DateField(null=True)
    director_method = models.CharField(
        max_length=2, choices=DirectorMethod, default="", db_default=""
    )
    director_year = models.PositiveSmallIntegerField(default=0, db_default=0)
    director_pay_pence = models.BigIntegerField(default=0, db_default=0)
    director_nic_pence = models.BigIntegerField(default=0, db_default=0)
    director_employer_nic_pence = models.BigIntegerField(default=0, db_default=0)
    apprentice_from = models.DateField(null=True)
    lodged_from = models.DateField(null=True)
    lodging_pence = models.BigIntegerField(default=0, db_default=0)

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "employment"], name="pay_member_once"
            ),
            models.CheckConstraint(
                condition=Q(director_from__isnull=True) ^ ~Q(director_method=""),
                name="directors_have_a_method",
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "pay_group"], name="pay_member_of")]


class PayPeriod(TenantModel):
    """What one pay day pays for, and by when each step has to be done, all on banking days."""

    pay_group = TenantKey(PayGroup, related_name="periods")
    starts_on = models.DateField()
    ends_on = models.DateField()
    cut_off_on = models.DateField()
    approve_on = models.DateField()
    submit_on = models.DateField()
    pays_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "pay_group", "pays_on"], name="pay_day_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"))
                & Q(cut_off_on__lte=F("approve_on"))
                & Q(approve_on__lte=F("submit_on"))
                & Q(submit_on__lt=F("pays_on")),
                name="pay_period_days_in_order",
            ),
        ]
