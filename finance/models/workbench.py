"""What the people who enter invoices share while they work: who has which one open."""

from django.db import models

from core.tenancy import EDITABLE, TenantKey, TenantModel
from finance.models.payables import Invoice


class InvoiceDocument(TenantModel):
    """What a supplier sent, as it came: a PDF or a picture, which waits for its invoice."""

    class Kind(models.TextChoices):
        PDF = "application/pdf", "PDF"
        PNG = "image/png", "PNG picture"
        JPEG = "image/jpeg", "JPEG picture"

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    invoice = TenantKey(Invoice, null=True, related_name="documents")
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "sha256"], name="invoice_document_once"
            )
        ]
        indexes = [
            models.Index(fields=["organisation_id", "invoice"], name="invoice_document_invoice"),
        ]

    def __str__(self) -> str:
        return self.name


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
