"""What is owed besides invoices, such as tax that was taken from pay."""

from django.db import models
from django.db.models import Q

from core.tenancy import INSERT_ONLY, TenantKey, TenantModel
from finance.models.ledger import Coding
from finance.models.payables import Supplier


class Liability(TenantModel):
    """An amount owed to a payee, as the app above that owes it states it; it never changes.

    Whether it is paid is a question of its payments: one at most is proposed or released at a time.
    `reference` is what the payee asks to be quoted.
    """

    number = models.BigIntegerField()
    supplier = TenantKey(Supplier, related_name="liabilities")
    words = models.CharField(max_length=120)
    reference = models.CharField(max_length=18)
    due_on = models.DateField()
    amount_pence = models.BigIntegerField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="liability_number_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_pence__gt=0) & Q(reference__regex=r"^[A-Z0-9 ./&-]{1,18}$"),
                name="liability_can_be_paid",
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "supplier"], name="liability_supplier")]

    def __str__(self) -> str:
        return f"OWED-{self.number}"


class LiabilityPart(TenantModel):
    """What of a liability stands on one coding of the ledger; its parts are all of it."""

    liability = TenantKey(Liability, related_name="parts")
    coding = TenantKey(Coding, related_name="+")
    amount_pence = models.BigIntegerField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "liability", "coding"], name="liability_part_once"
            )
        ]
