"""What suppliers are told about their payments."""

from django.db import models
from django.db.models import Q

from core.tenancy import TenantKey, TenantModel
from finance.models.payments import Payment


class RemittanceAdvice(TenantModel):
    """The e-mail about one payment: written once, sent once, and kept to see what was sent."""

    payment = TenantKey(Payment, related_name="+")
    address = models.EmailField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "payment"], name="advised_once"),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "id"],
                name="advice_unsent",
                condition=Q(sent_at__isnull=True),
            ),
        ]
