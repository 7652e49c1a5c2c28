"""The close of last month: one thing two people agreed to leave, the others stand in the way."""

from datetime import date, timedelta

from core.scope import scope
from finance.selectors.closing import standings
from finance.services.closing import agree_waiver, ask_waiver
from sharedservices.demo.people import Place
from tenants.roles import Role

WHY = "The supplier sends the missing papers next week; the cost is accrued."


def waive_one(place: Place, *, today: date) -> None:
    """The first of what is open in last month."""
    last = today.replace(day=1) - timedelta(days=1)
    period = last.year * 100 + last.month
    with scope(acting=place.organisation_id):
        open_ones = [s for s in standings(place.organisation_id, period) if not s.holds]
        if len(open_ones) > 1:
            key = open_ones[0].assertion.key
            by, boss = (
                place.actor(role, today) for role in (Role.FINANCE_OFFICER, Role.FINANCE_MANAGER)
            )
            ask_waiver(period=period, assertion=key, reason=WHY, by=by)
            agree_waiver(period=period, assertion=key, by=boss)
