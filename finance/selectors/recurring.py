"""Schedules of recurring invoices: which there are, what came of them, and what has not come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from core.actors import Actor
from core.errors import NotFound
from finance.models import Invoice, RecurringArrival, RecurringInvoice
from finance.recurrence import days_until

State = RecurringInvoice.State


def schedules(organisation_ids: Sequence[int]) -> QuerySet[RecurringInvoice]:
    """All that were not refused, those that wait for a second person first."""
    rows = RecurringInvoice.objects.filter(organisation_id__in=list(organisation_ids))
    rows = rows.exclude(state=State.REFUSED).select_related("supplier")
    return rows.order_by("-state", "supplier__name", "number")


def schedule_by_number(actor: Actor, number: int) -> RecurringInvoice:
    """With its supplier and coding. NotFound for a number that none has here."""
    rows = RecurringInvoice.objects.filter(organisation_id=actor.organisation_id, number=number)
    found = rows.select_related("supplier", "coding__account", "coding__unit").first()
    if found is None:
        raise NotFound("There is no such schedule.")
    return found


@dataclass(frozen=True)
class Day:
    """A day of a schedule, and what came for it."""

    schedule: RecurringInvoice
    expected_on: date
    arrival: RecurringArrival | None
    missed: bool


def days_of(schedule: RecurringInvoice, today: date) -> list[Day]:
    """Every day until today, the newest first, and the next one to come before them."""
    came = _came([schedule.organisation_id], [schedule.pk])
    every = list(_until(schedule, today + timedelta(days=400)))
    past = [on for on in every if on <= today]
    following = [on for on in every if on > today][:1]
    return [_day(schedule, on, came, today) for on in reversed([*past, *following])]


def not_arrived(organisation_ids: Sequence[int], today: date) -> list[Day]:
    """What should have come by now and has not, the longest missed first."""
    here = list(organisation_ids)
    begun = RecurringInvoice.objects.filter(
        organisation_id__in=here, state=State.ACTIVE, first_on__lte=today
    )
    rows = list(begun.select_related("supplier").order_by("number"))
    came = _came(here, [row.pk for row in rows])
    days = [_day(row, on, came, today) for row in rows for on in _until(row, today)]
    return sorted((one for one in days if one.missed), key=lambda one: one.expected_on)


def _until(row: RecurringInvoice, until: date) -> list[date]:
    return list(days_until(row.first_on, row.frequency, row.last_on, until))


def _came(
    organisation_ids: Sequence[int], schedule_ids: Sequence[int]
) -> dict[tuple[int, int, date], RecurringArrival]:
    rows = RecurringArrival.objects.filter(
        ~Q(invoice__state=Invoice.State.REVERSED),
        organisation_id__in=list(organisation_ids),
        schedule_id__in=list(schedule_ids),
    ).select_related("invoice")
    return {(one.organisation_id, one.schedule_id, one.expected_on): one for one in rows}


def _day(
    row: RecurringInvoice,
    on: date,
    came: dict[tuple[int, int, date], RecurringArrival],
    today: date,
) -> Day:
    arrival = came.get((row.organisation_id, row.pk, on))
    late = on + timedelta(days=row.grace_days) < today
    return Day(row, on, arrival, missed=arrival is None and late and row.state == State.ACTIVE)
