"""What left for the bank: payments of net pay and the files that carry them. Nothing is changed."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import CROWN, INSERT_ONLY, Security, TenantKey, TenantModel
from core.vault import SealedContent
from hr.models import PrivateDetails
from payroll.models.slips import Payslip
from payroll.models.steps import PayRun


class PayAgain(TenantModel):
    """Payments of a run that came back, to be paid again on a day: one proposes, another releases.

    Its account is that of the run. What stands in it is in its parts (payroll.models.returns).
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        RELEASED = "released", "Released: bank files made"
        CANCELLED = "cancelled", "Cancelled"

    number = models.BigIntegerField()
    pay_run = TenantKey(PayRun, related_name="again")
    pays_on = models.DateField()
    state = models.CharField(max_length=9, choices=State, default=State.PROPOSED)
    payments = models.IntegerField()
    total_pence = models.BigIntegerField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    released_by_id = models.BigIntegerField(null=True)
    released_by_name = models.CharField(max_length=120, default="")
    released_at = models.DateTimeField(null=True)
    batch_id = models.BigIntegerField(null=True)

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="pay_again_number_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="released")
                | Q(released_by_id__isnull=False, released_at__isnull=False)
                & ~Q(released_by_id=F("made_by_id")),
                name="paid_again_by_a_second_person",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "pay_run", "number"], name="pay_again_of_run")
        ]

    def __str__(self) -> str:
        return f"REPAY-{self.number}"


class PayPayment(TenantModel):
    """The net pay of a payslip, to the account that was in use when the file was made.

    `again` counts how often it was paid before and came back: of those it stands in `pay_again`.
    """

    pay_run = TenantKey(PayRun, related_name="+")
    payslip = TenantKey(Payslip, related_name="payments")
    pay_again = TenantKey(PayAgain, null=True, related_name="+")
    again = models.PositiveSmallIntegerField(default=0, db_default=0)
    number = models.BigIntegerField()
    amount_pence = models.BigIntegerField()
    details = TenantKey(PrivateDetails, related_name="+")
    account_name = models.CharField(max_length=60)

    security = Security(update=False, crown=True)
    bulk_references = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "payslip", "again"], name="payslip_is_paid_once"
            ),
            models.CheckConstraint(
                condition=Q(again=0, pay_again__isnull=True)
                | Q(again__gt=0, pay_again__isnull=False),
                name="paid_again_is_released",
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="pay_payment_number_once"
            ),
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="pay_payment_is_positive"),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "pay_run", "number"], name="pay_payment_of")
        ]

    def __str__(self) -> str:
        return f"SALARY {self.number}"


class PayFile(TenantModel):
    """A file handed to the bank: made once, never again; serial and hash guard its bytes."""

    class Format(models.TextChoices):
        BACS18 = "bacs18", "Bacs Standard 18"
        PAIN001 = "pain001", "ISO 20022 pain.001.001.09"

    pay_run = TenantKey(PayRun, related_name="files")
    pay_again = TenantKey(PayAgain, null=True, related_name="files")
    format = models.CharField(max_length=8, choices=Format)
    serial = models.CharField(max_length=16)
    service_user = models.CharField(max_length=6)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    payments = models.IntegerField()
    total_pence = models.BigIntegerField()
    made_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "pay_run", "format"],
                condition=Q(pay_again__isnull=True),
                name="pay_file_of_run_once",
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "pay_again", "format"], name="pay_file_again_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "service_user", "format", "serial"],
                name="pay_file_serial_once",
            ),
        ]


class PayFilePart(TenantModel, SealedContent):
    """Some of the bytes of a file. The database lets nothing of it be changed but its seal."""

    pay_file = TenantKey(PayFile, related_name="parts")
    sequence = models.IntegerField()

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "pay_file", "sequence"], name="part_of_pay_file_once"
            )
        ]
