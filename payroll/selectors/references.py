"""The references of an employer: those of a day, and all that were recorded."""

from datetime import date

from django.db.models import QuerySet

from payroll.models import EmployerReference


def references_of(organisation_id: int) -> QuerySet[EmployerReference]:
    """All that were recorded, the newest day first."""
    rows = EmployerReference.objects.filter(organisation_id=organisation_id)
    return rows.order_by("-from_on", "-recorded_at", "-id")


def reference_on(organisation_id: int, on: date) -> EmployerReference | None:
    """What holds on a day, if anything does."""
    return references_of(organisation_id).filter(from_on__lte=on).first()
