"""Payslips with their lines and costs, and what a person has to look at before pay is committed."""

from django.db import models
from django.db.models import Q

from core.tenancy import EDITABLE, Security, TenantKey, TenantModel
from hr.models import Allowance, Employment
from payroll.models.claims import PayElement
from payroll.models.groups import PayPeriod
from payroll.models.steps import PayRun
from tenants.models import Organisation, Unit

# Written, and before the commit thrown away and written anew; never changed.
WRITTEN = Security(update=False, delete=True, crown=True)


class LineKind(models.TextChoices):
    """What a line is for. Those after net pay are the employer's."""

    BASIC = "basic", "Basic pay"
    ALLOWANCE = "allowance", "Allowance"
    SSP = "ssp", "Statutory sick pay"
    SMP = "smp", "Statutory maternity pay"
    SAP = "sap", "Statutory adoption pay"
    SPP = "spp", "Statutory paternity pay"
    SHPP = "shpp", "Statutory shared parental pay"
    SPBP = "spbp", "Statutory bereavement pay"
    SNCP = "sncp", "Statutory neonatal pay"
    INCLUDED = "included", "Statutory pay that basic pay holds"
    STOPPED = "stopped", "Basic pay stopped while away"
    EXTRA = "extra", "Additional pay"
    BACK = "back", "Back pay"
    EXPENSES = "expenses", "Expenses paid back"
    OVERPAID = "overpaid", "Overpayment taken back"
    SACRIFICE = "sacrifice", "Salary sacrifice"
    PENSION_GIVEN = "pension_given", "Pension by salary sacrifice"
    PENSION = "pension", "Pension contribution"
    GIVING = "giving", "Payroll giving"
    TAX = "tax", "Income tax"
    NIC = "nic", "National Insurance"
    STUDENT = "student", "Student loan"
    POSTGRADUATE = "postgraduate", "Postgraduate loan"
    ORDERS = "orders", "Attachment orders"
    FEES = "fees", "Fees for orders"
    OVERPAID_BEFORE = "overpaid_before", "Overpayment of an earlier year taken back"


# What lowers pay before National Insurance is worked out on it.
LOWERING = (LineKind.OVERPAID, LineKind.SACRIFICE, LineKind.PENSION_GIVEN)


class Payslip(TenantModel):
    """One person's pay of one run. `inputs` is all that it was worked out from.

    `…_to_date` are of the tax year with this payment, as they go to HMRC. `basic_of` is the period
    whose basic pay it pays; none where it pays what was left of one, or who had left.
    """

    pay_run = TenantKey(PayRun, related_name="payslips")
    employment = TenantKey(Employment, related_name="+")
    basic_of = TenantKey(PayPeriod, null=True, related_name="+")
    number = models.BigIntegerField()
    name = models.CharField(max_length=120)
    name_norm = models.CharField(max_length=120)
    pays_on = models.DateField()
    gross_pence = models.BigIntegerField()
    expenses_pence = models.BigIntegerField(db_default=0)  # paid back beside pay, untaxed
    taxable_pence = models.BigIntegerField()
    tax_pence = models.BigIntegerField()
    nic_pence = models.BigIntegerField()
    pension_pence = models.BigIntegerField()
    net_pence = models.BigIntegerField()
    employer_nic_pence = models.BigIntegerField()
    employer_pension_pence = models.BigIntegerField()
    pension_rate = models.PositiveIntegerField(db_default=0)  # hundredths of one per cent
    gross_to_date_pence = models.BigIntegerField()
    taxable_to_date_pence = models.BigIntegerField()
    tax_to_date_pence = models.BigIntegerField()
    nic_to_date_pence = models.BigIntegerField()
    pension_to_date_pence = models.BigIntegerField()
    inputs = models.JSONField()

    security = WRITTEN
    bulk_references = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "pay_run", "employment"], name="payslip_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "employment", "basic_of"],
                name="basic_pay_of_a_period_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "employment", "-pays_on"], name="payslip_of"),
            models.Index(fields=["organisation_id", "pay_run", "name_norm"], name="payslip_name"),
        ]


class PayslipLine(TenantModel):
    """A line of a payslip: what is paid is above zero, what is taken below. They sum to the net.

    Claims name their element, back pay the period that it corrects, an allowance the first row of
    the terms with its kind and name.
    """

    payslip = TenantKey(Payslip, related_name="lines")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=LineKind)
    job = models.PositiveSmallIntegerField(default=0)
    element = TenantKey(PayElement, null=True, related_name="+")
    origin = TenantKey(PayPeriod, null=True, related_name="+")
    allowance = TenantKey(Allowance, null=True, related_name="+")
    amount_pence = models.BigIntegerField()

    security = WRITTEN
    bulk_references = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "payslip", "place"], name="payslip_line_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="back") ^ Q(origin__isnull=True), name="back_pay_names_its_period"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["extra", "expenses"]) ^ Q(element__isnull=True),
                name="claims_name_their_element",
            ),
            models.CheckConstraint(
                condition=Q(kind="allowance") ^ Q(allowance__isnull=True),
                name="allowances_name_their_terms",
            ),
        ]


class PayCost(TenantModel):
    """Who bears a payslip's pay, National Insurance and pension: a unit or another employer."""

    payslip = TenantKey(Payslip, related_name="costs")
    unit = TenantKey(Unit, null=True, related_name="+")
    other = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    pay_pence = models.BigIntegerField()
    nic_pence = models.BigIntegerField()
    pension_pence = models.BigIntegerField()
    expenses_pence = models.BigIntegerField(db_default=0)

    security = WRITTEN
    bulk_references = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True) ^ Q(other__isnull=True), name="pay_cost_one_bearer"
            )
        ]
        indexes = [models.Index(fields=["organisation_id", "payslip"], name="pay_cost_of")]


class Cause(models.TextChoices):
    """Why a payslip has to be looked at."""

    NO_PAY = "no_pay", "Net pay is nothing or below"
    NO_BANK = "no_bank", "No bank account"
    NO_CODE = "no_code", "No tax code: emergency 0T is used"
    NO_NI_NUMBER = "no_ni_number", "No National Insurance number"
    NO_BIRTH = "no_birth", "No date of birth"
    NO_VALUE = "no_value", "A pay point or an allowance has no value"
    LETTER = "letter", "National Insurance letter against age"
    CHANGE = "change", "Net pay changed beyond the limit"
    FIRST = "first", "First pay"
    LEAVER = "leaver", "Leaver"
    LEAVER_PAID = "leaver_paid", "Was paid after leaving"
    HIGH_TAX = "high_tax", "Tax is more than 40% of pay"
    LIMITED = "limited", "Tax is held to half of pay"
    TIER = "tier", "Another rate of pension contribution"
    MINIMUM_WAGE = "minimum_wage", "Below the minimum wage"
    TAKEN_BACK = "taken_back", "Paid too much before: taken back"
    NO_EARNINGS = "no_earnings", "Average earnings for statutory pay are not known"
    NO_STATUTORY = "no_statutory", "Away without statutory pay"
    NO_RATE = "no_rate", "An item of pay has no hourly rate"
    ENROLMENT = "enrolment", "To be enrolled in a pension scheme"
    DIRECTOR = "director", "Director: the year cannot be settled by what is known"
    SEVERAL = "several", "Several employments that are not counted together"
    SHARED_BANK = "shared_bank", "Bank account shared with somebody else"


class PayException(TenantModel):
    """Something to look at: put right and calculated again, or waived with a reason."""

    pay_run = TenantKey(PayRun, related_name="+")
    employment = TenantKey(Employment, related_name="+")
    number = models.BigIntegerField()
    name = models.CharField(max_length=120)
    cause = models.CharField(max_length=16, choices=Cause)
    text = models.CharField(max_length=300)
    reason = models.CharField(max_length=200, default="")
    waived_by_id = models.BigIntegerField(null=True)
    waived_by_name = models.CharField(max_length=120, default="")
    waived_at = models.DateTimeField(null=True)

    security = EDITABLE

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "pay_run", "employment", "cause"],
                name="pay_exception_once",
            ),
            models.CheckConstraint(
                condition=Q(waived_at__isnull=True) | ~Q(reason=""), name="waived_with_a_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "pay_run", "cause", "number"], name="pay_exception_of"
            )
        ]
