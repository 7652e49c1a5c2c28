"""Which months of figures the partners answer for, and what they said of those that stand out."""

from datetime import date

from core.scope import scope
from sharedservices.demo.people import Place
from sla.models import MeasureValue
from sla.services import remark, sign_month
from tenants.roles import Role

# Where last month is left for the visitor to sign.
OPEN = "harrowmere"
SPIKE_BACK = 5
SAID = (
    "Aldermoor sent the invoices of a whole programme at once. Two people of the centre helped out"
    " for a week; since then it sends them weekly."
)


def sign_figures(place: Place, *, today: date) -> None:
    """Every month that is over, but last month where a visitor may sign it."""
    by, running = place.actor(Role.FINANCE_MANAGER, today), today.replace(day=1)
    with scope(acting=place.organisation_id):
        months = MeasureValue.objects.filter(month__lt=running).order_by("month")
        over = list(months.values_list("month", flat=True).distinct())
        if place.partner.slug == OPEN:
            remark(indicator_code="AP-07", month=over[-SPIKE_BACK], text=SAID, by=by)
            over = over[:-1]
        for month in over:
            sign_month(month=month, job_title="Head of Finance", by=by)
