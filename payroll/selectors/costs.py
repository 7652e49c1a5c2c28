"""What the payroll service cost."""

from django.db.models import QuerySet

from payroll.models import ServiceCost


def service_costs(organisation_id: int) -> QuerySet[ServiceCost]:
    """Everything that was recorded, the newest month and of it the newest word first."""
    rows = ServiceCost.objects.filter(organisation_id=organisation_id)
    return rows.order_by("-month", "-recorded_at", "-id")
