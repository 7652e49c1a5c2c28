"""Notices of loans, gifts and pay given up."""

from django.db.models import QuerySet

from payroll.models import PayNotice


def notices_here(organisation_id: int) -> QuerySet[PayNotice]:
    """All that were recorded, the newest day first."""
    rows = PayNotice.objects.filter(organisation_id=organisation_id).select_related("employment")
    return rows.order_by("-from_on", "-recorded_at", "-id")
