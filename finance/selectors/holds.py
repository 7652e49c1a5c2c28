"""What is noted on an invoice that stops: since when, by when an answer is wanted, and of whom."""

from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from core.actors import Actor
from core.permissions import PERMISSIONS
from core.working_time import add_working_days
from finance.models import Invoice
from finance.permissions import ENTER_INVOICES
from tenants.selectors import role_holders, working_calendar

DISPUTE = "dispute"
OPENING = time(9)
# Working days until an answer is wanted, by cause: what one can settle oneself is asked for sooner
# than what a supplier or a colleague has to say.
ANSWER_DAYS = {
    "duplicate": 2,
    "bank": 2,
    "coding": 3,
    "vat": 3,
    "no_order": 5,
    "not_received": 5,
    "price": 5,
    "recurring": 5,
    "other": 5,
    DISPUTE: 10,
}
STOPPED = (Invoice.State.HELD, Invoice.State.DISPUTED)
FREED: dict[str, Any] = {
    "stopped_at": None,
    "answer_on": None,
    "owner_id": None,
    "owner_name": "",
}


def stopped(*, cause: str, owner: Actor | None, on: date, at: int = 0) -> dict[str, Any]:
    """What is noted on an invoice that stops on a day: since when, by when, and who is on it.

    Without an owner `at` says which organisation's calendar counts the days.
    """
    calendar = working_calendar(owner.organisation_id if owner else at)
    return {
        "stopped_at": _moment(on),
        "answer_on": add_working_days(calendar, on, ANSWER_DAYS.get(cause, 5)),
        "owner_id": owner.person_id if owner else None,
        "owner_name": owner.name if owner else "",
    }


def _moment(on: date) -> datetime:
    """Now, or the beginning of work on an earlier day."""
    now = timezone.now()
    if on < timezone.localdate(now):
        return timezone.make_aware(datetime.combine(on, OPENING))
    return now


def people_on_invoices(organisation_id: int, on: date) -> dict[int, str]:
    """Who may see to an invoice of an organisation that day: names by person."""
    holders = role_holders(PERMISSIONS[ENTER_INVOICES].roles, on)
    return {one.person_id: one.name for one in holders if one.organisation_id == organisation_id}
