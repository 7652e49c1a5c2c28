"""Employer payment summaries that were made."""

from django.db.models import QuerySet

from core.errors import NotFound
from payroll.models import PaymentSummary


def summaries_of(organisation_id: int) -> QuerySet[PaymentSummary]:
    """The newest first, without what they hold."""
    rows = PaymentSummary.objects.filter(organisation_id=organisation_id)
    return rows.defer("content_sealed").order_by("-number")


def one_summary(organisation_id: int, number: int) -> PaymentSummary:
    """NotFound for a number that was not given here."""
    found = PaymentSummary.objects.filter(organisation_id=organisation_id, number=number).first()
    if found is None:
        raise NotFound("There is no such employer payment summary.")
    return found
