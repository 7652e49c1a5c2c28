"""What left for the bank: payments of net pay and the files that carry them. Nothing is changed."""

from django.db import models

from core.tenancy import INSERT_ONLY, Security, TenantKey, TenantModel
from hr.models import PrivateDetails
from payroll.models.slips import Payslip
from payroll.models.steps import PayRun


class PayPayment(TenantModel):
    """The net pay of a payslip, to the account that was in use when the file was made."""

    pay_run = TenantKey(PayRun, related_name="+")
    payslip = TenantKey(Payslip, related_name="+")
    number = models.BigIntegerField()
    amount_pence = models.BigIntegerField()
    details = TenantKey(PrivateDetails, related_name="+")
    account_name = models.CharField(max_length=60)

    security = Security(update=False, crown=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "payslip"], name="payslip_is_paid_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="pay_payment_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_pence__gt=0), name="pay_payment_is_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "pay_run", "number"], name="pay_payment_of")
        ]


class PayFile(TenantModel):
    """A file handed to the bank: made once, never again; serial and hash guard its bytes."""

    class Format(models.TextChoices):
        BACS18 = "bacs18", "Bacs Standard 18"
        PAIN001 = "pain001", "ISO 20022 pain.001.001.09"

    pay_run = TenantKey(PayRun, related_name="files")
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
                fields=["organisation_id", "pay_run", "format"], name="pay_file_of_run_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "service_user", "format", "serial"],
                name="pay_file_serial_once",
            ),
        ]


class PayFilePart(TenantModel):
    """Some of the bytes of a file, packed by zlib."""

    pay_file = TenantKey(PayFile, related_name="parts")
    sequence = models.IntegerField()
    packed = models.BinaryField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "pay_file", "sequence"], name="part_of_pay_file_once"
            )
        ]
