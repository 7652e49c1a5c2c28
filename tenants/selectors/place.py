"""What an organisation is, and on which days it is closed."""

from dataclasses import dataclass
from datetime import date

from core.errors import NotFound
from core.working_time import national_holidays
from events.selectors import Entry, timeline_of
from tenants.models import ClosureDay, Organisation
from tenants.selectors import BANK_HOLIDAYS_OF

ORGANISATION = "tenants.organisation"
BANK_HOLIDAY = "Bank holiday"


def organisation_here(organisation_id: int) -> Organisation:
    """The facts of an organisation, in a scope that holds it."""
    return Organisation.objects.select_related("parent").get(pk=organisation_id)


def history_of_organisation(organisation_id: int) -> list[Entry]:
    """What was done to its facts and its calendar, by whom and why, newest first."""
    return timeline_of(organisation_id, ORGANISATION, organisation_id)


@dataclass(frozen=True)
class Closed:
    """A weekday on which nobody works; a day of the organisation's own has a number."""

    day: date
    why: str
    number: int | None = None


def closed_days(organisation: Organisation, year: int) -> list[Closed]:
    """The bank holidays of its nation and its own days in a year. HolidaysUnknown beyond them."""
    nation = BANK_HOLIDAYS_OF[Organisation.Nation(organisation.nation)]
    found = {day: Closed(day, BANK_HOLIDAY) for day in national_holidays(nation, year)}
    own = ClosureDay.objects.filter(organisation_id=organisation.pk, day__year=year)
    for row in own:
        found.setdefault(row.day, Closed(row.day, row.reason, row.pk))
    return sorted(found.values(), key=lambda one: one.day)


def closure_here(organisation_id: int, number: int) -> ClosureDay:
    """A closed day of the organisation's own. NotFound unless there is one."""
    found: ClosureDay | None = ClosureDay.objects.filter(
        organisation_id=organisation_id, pk=number
    ).first()
    if found is None:
        raise NotFound()
    return found
