"""Financial years and their periods: opening, soft close, close, and the way back."""

from collections.abc import Collection
from datetime import date

from django.db import connection
from django.utils import timezone

from core.actors import Actor, require
from events.services import record
from finance.models import Period
from finance.permissions import CLOSE_PERIODS
from finance.rules_ledger import LED06, LED07, LED08, LED11
from finance.selectors.closing import in_the_way, standings
from tenants.selectors import year_starts_month

Status = Period.Status


def period_of(day: date) -> int:
    """The period of a day as yyyymm: periods are calendar months."""
    return day.year * 100 + day.month


def ensure_periods(*, days: Collection[date], by: Actor) -> None:
    """Makes the financial years of `days` and opens the months asked for. Idempotent.

    The other months of a new year stay future; a month that was closed stays closed. A future
    month is opened by being asked for, with all before it in the years made here.
    """
    wanted = {period_of(day) for day in days}
    if not wanted:
        return
    starts = year_starts_month(by.organisation_id)
    known = dict(
        Period.objects.filter(organisation_id=by.organisation_id).values_list("period", "status")
    )
    if all(known.get(period, Status.FUTURE) != Status.FUTURE for period in wanted):
        return
    first_months = {_year_of(period, starts) for period in wanted}
    months = [month for year in first_months for month in _months(year, starts)]
    with connection.cursor() as cursor:
        for year in sorted({month.period // 100 for month in months}):
            cursor.execute("SELECT ctx.open_ledger_year(%s)", [year])
    for month in months:
        month.organisation_id = by.organisation_id
        month.status = Status.OPEN if month.period <= max(wanted) else Status.FUTURE
    # Two first postings of a year may meet here: the loser's rows are there already.
    Period.objects.bulk_create(months, ignore_conflicts=True)
    Period.objects.filter(
        organisation_id=by.organisation_id,
        period__lte=max(wanted),
        year__in=first_months,
        status=Status.FUTURE,
    ).update(status=Status.OPEN)


def _year_of(period: int, starts: int) -> int:
    year, month = divmod(period, 100)
    return year if month >= starts else year - 1


def _months(year: int, starts: int) -> list[Period]:
    """The twelve periods of the financial year that begins in month `starts` of `year`."""
    made = []
    for number in range(1, 13):
        over, month = divmod(starts + number - 2, 12)
        first = date(year + over, month + 1, 1)
        after = date(first.year + month // 11, (month + 1) % 12 + 1, 1)
        made.append(Period(period=period_of(first), year=year, number=number, span=(first, after)))
    return made


def soft_close_period(*, period: int, by: Actor) -> Period:
    """Open to soft closed: from now on only those who close periods post into it.

    Refused with LED06 while an earlier period is open. Event finance.period.soft_closed.
    """
    return _forwards(period, Status.OPEN, Status.SOFT, "finance.period.soft_closed", by)


def close_period(*, period: int, by: Actor) -> Period:
    """Soft closed to closed: nobody posts into it. Waits for postings in flight.

    Refused with LED06 while an earlier period is not closed, with LED11 while something stands in
    the way that nobody waived. Event finance.period.closed.
    """
    found = in_the_way(standings(by.organisation_id, period))
    LED11.check(not found, f"Not so yet: {found}.")
    return _forwards(period, Status.SOFT, Status.CLOSED, "finance.period.closed", by)


def reopen_period(*, period: int, reason: str, by: Actor) -> Period:
    """One step back, by someone else than took the last one, with a reason (LED08).

    Event finance.period.reopened.
    """
    require(by, CLOSE_PERIODS)
    row = _locked(period, by)
    back = {Status.SOFT: Status.OPEN, Status.CLOSED: Status.SOFT}
    LED07.check(row.status in back)
    LED08.check(reason.strip() and by.person_id and by.person_id != row.moved_by_id)
    return _moved(row, back[Status(row.status)], by, "finance.period.reopened", reason.strip())


def _locked(period: int, by: Actor) -> Period:
    return Period.objects.select_for_update().get(organisation_id=by.organisation_id, period=period)


def _forwards(period: int, source: str, target: str, verb: str, by: Actor) -> Period:
    require(by, CLOSE_PERIODS)
    row = _locked(period, by)
    LED07.check(row.status == source)
    behind = {Status.OPEN, Status.FUTURE} | ({Status.SOFT} if target == Status.CLOSED else set())
    earlier = Period.objects.filter(
        organisation_id=by.organisation_id, period__lt=period, status__in=behind
    )
    LED06.check(not earlier.exists())
    return _moved(row, target, by, verb)


def _moved(row: Period, status: str, by: Actor, verb: str, comment: str = "") -> Period:
    row.status, row.moved_at = status, timezone.now()
    row.moved_by_id, row.moved_by_name = by.person_id, by.name
    row.save(update_fields=["status", "moved_at", "moved_by_id", "moved_by_name"])
    record(verb, row, by=by, period=str(row), comment=comment)
    return row
