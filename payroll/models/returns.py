"""Payments of net pay that did not arrive, and what is paid again."""

from django.db import models
from django.db.models import Q

from core.tenancy import CROWN, INSERT_ONLY, TenantKey, TenantModel
from finance.models import BankReport
from hr.models import PrivateDetails
from payroll.models.out import PayAgain, PayPayment


class PayReturn(TenantModel):
    """A payment of net pay that did not reach its person, reversed: once and for good.

    Of a `returned` one the money left and comes back; that of an `unpaid` one never left. Either
    way the bank account has it and net pay control owes it.
    """

    class Kind(models.TextChoices):
        RETURNED = "returned", "Returned by the person's bank"
        UNPAID = "unpaid", "Never made by our bank"

    payment = TenantKey(PayPayment, related_name="returns")
    bank_report = TenantKey(BankReport, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    amount_pence = models.BigIntegerField()
    reason_code = models.CharField(max_length=10, default="")
    reason = models.CharField(max_length=200)
    returned_on = models.DateField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    batch_id = models.BigIntegerField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "payment"], name="pay_payment_returned_once"
            )
        ]


class PayAgainPart(TenantModel):
    """What came back, in one proposal that stands at most, with the account it is to go to."""

    pay_again = TenantKey(PayAgain, related_name="parts")
    pay_return = TenantKey(PayReturn, related_name="parts")
    details = TenantKey(PrivateDetails, related_name="+")
    account_name = models.CharField(max_length=60)
    live = models.BooleanField(default=True)

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "pay_return"],
                condition=Q(live=True),
                name="return_is_paid_again_once",
            )
        ]
        indexes = [models.Index(fields=["organisation_id", "pay_again"], name="pay_again_part_of")]
