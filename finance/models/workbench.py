"""What the people who enter invoices share while they work: who has which one open."""

from django.db import models

from core.tenancy import EDITABLE, TenantKey, TenantModel
from finance.models.payables import Invoice


class Presence(TenantModel):
    """Somebody has an invoice open. It is renewed while they have it, and ends by itself."""

    invoice = TenantKey(Invoice, related_name="presences")
    person_id = models.BigIntegerField()
    person_name = models.CharField(max_length=120)
    seen_at = models.DateTimeField()

    security = EDITABLE

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "invoice", "person_id"], name="presence_once"
            )
        ]
