"""Which months of figures the partners answer for, and what they said of those that stand out."""

from collections.abc import Sequence
from datetime import date

from benchmarking.services import make_pack
from core.actors import Actor
from core.scope import scope
from finance.paying.compliance import HalfYear, half_years
from finance.selectors.payments_notices import figures_of
from finance.services.payments_notices import sign_notice
from sharedservices.demo.people import Place
from sla.models import MeasureValue, SignedMonth
from sla.services import remark, sign_month
from tenants.roles import Role

# Where last month is left for the visitor to sign.
OPEN = "harrowmere"
SPIKE_BACK = 5
# Of so many partners, the first, a pack is made.
PACKS = 3
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
        _sign_notices(by, over=half_years(today)[1:], left_open=place.partner.slug == OPEN)


def _sign_notices(by: Actor, *, over: Sequence[HalfYear], left_open: bool) -> None:
    """Every half-year that is over, but the last where a visitor may sign it."""
    for period in reversed(over[1:] if left_open else over):
        seen = figures_of(by.organisation_id, period)
        if seen.payments:
            job = "Director of Finance"
            sign_notice(period=period, job_title=job, seen=seen.digest, by=by)


def make_latest_pack(place: Place, *, today: date) -> None:
    """The newest signed month of a partner as its board has got it."""
    with scope(acting=place.organisation_id):
        month = SignedMonth.objects.latest("month").month
        make_pack(month=month, by=place.actor(Role.FINANCE_MANAGER, today))
