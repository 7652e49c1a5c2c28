"""Which invoices a credit note takes back, and by how much of each."""

from django.db import models

from core.tenancy import TenantKey, TenantModel
from finance.models.payables import Invoice


class CreditMatch(TenantModel):
    """A part of a credit note said to credit an invoice. Undone ones are kept with the reason.

    What stands is added up in `Invoice.matched_pence` of both, which never goes beyond the gross.
    """

    credit = TenantKey(Invoice, related_name="matches_as_credit")
    invoice = TenantKey(Invoice, related_name="matches_as_invoice")
    amount_pence = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by_name = models.CharField(max_length=120, default="")
    undone_reason = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_pence__gt=0), name="match_is_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at=None) | ~models.Q(undone_reason=""),
                name="match_undone_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "credit"], name="match_credit"),
            models.Index(fields=["organisation_id", "invoice"], name="match_invoice"),
        ]
