"""What suppliers are told of their electronic invoices."""

import uuid

from django.db import models
from django.db.models import Q

from core.tenancy import TenantKey, TenantModel
from finance.models.payables import SourceFile


class InvoiceResponse(TenantModel):
    """A message about a document that came in: written once for each status, and never changed.

    Only whether it was handed over to an access point is added, once. Addresses are
    scheme:identifier.
    """

    class Status(models.TextChoices):
        """In the order in which they are told."""

        ACKNOWLEDGED = "AB", "Acknowledged"
        IN_PROCESS = "IP", "In process"
        UNDER_QUERY = "UQ", "Under query"
        REJECTED = "RE", "Rejected"
        ACCEPTED = "AP", "Accepted"
        PAID = "PD", "Paid"

    class Reason(models.TextChoices):
        REFERENCES = "REF", "References incorrect"
        LEGAL = "LEG", "Legal information incorrect"
        DELIVERY = "DEL", "Delivery issues"
        PRICES = "PRI", "Prices incorrect"
        OTHER = "OTH", "Other"

    class Action(models.TextChoices):
        NONE = "NOA", "No action required"
        INFORMATION = "PIN", "Provide information"
        NEW_INVOICE = "NIN", "Issue new invoice"

    source_file = TenantKey(SourceFile, related_name="responses")
    message_id = models.UUIDField(default=uuid.uuid4)
    status = models.CharField(max_length=2, choices=Status)
    reason = models.CharField(max_length=3, choices=Reason, default="", blank=True)
    action = models.CharField(max_length=3, choices=Action, default="", blank=True)
    words = models.CharField(max_length=500, default="", blank=True)
    effective_on = models.DateField()
    document_number = models.CharField(max_length=80)
    document_on = models.DateField()
    document_type = models.CharField(max_length=3)
    seller = models.CharField(max_length=120)
    seller_name = models.CharField(max_length=200)
    buyer = models.CharField(max_length=120)
    buyer_name = models.CharField(max_length=200)
    content = models.BinaryField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    handed_by_name = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "source_file", "status"], name="responded_once"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["UQ", "RE"]) | ~Q(reason="") & ~Q(words=""),
                name="query_and_rejection_say_why",
            ),
            models.CheckConstraint(
                condition=Q(handed_at=None, handed_by_name="")
                | Q(handed_at__isnull=False) & ~Q(handed_by_name=""),
                name="handed_over_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "id"],
                name="response_waiting",
                condition=Q(handed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.document_number}"
