"""Recording what the payroll service cost in a month."""

from datetime import date, datetime

from core.actors import Actor, require
from events.services import record_about
from payroll.models import ServiceCost
from payroll.permissions import KEEP_SERVICE_COST
from payroll.rules import PRL60


def record_service_cost(
    *, month: date, cost_pence: int, found_by: str, by: Actor, at: datetime
) -> ServiceCost:
    """What holds for the month of that day from now on; what was recorded before stays on record.

    PRL60 unless it says how it was found and is nothing or more. Event payroll.cost.recorded.
    """
    require(by, KEEP_SERVICE_COST)
    said, first = " ".join(found_by.split())[:200], month.replace(day=1)
    PRL60.check(said and cost_pence >= 0)
    made = ServiceCost.objects.create(
        organisation_id=by.organisation_id, month=first, cost_pence=cost_pence, found_by=said,
        recorded_at=at, recorded_by_name=by.name,
    )  # fmt: skip
    about = ("tenants.organisation", by.organisation_id)
    record_about("payroll.cost.recorded", *about, by=by, at=at, month=f"{first:%B %Y}")
    return made
