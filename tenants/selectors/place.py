"""What an organisation is, and on which days it is closed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.errors import NotFound
from core.working_time import national_holidays
from events.selectors import Entry, timeline_of
from tenants.models import ClosureDay, Organisation
from tenants.selectors import BANK_HOLIDAYS_OF

ORGANISATION = "tenants.organisation"
BANK_HOLIDAY = "Bank holiday"
# WCAG 2.2, 1.4.3: the contrast of text with what it stands on.
LEAST_CONTRAST = Decimal("4.5")


def organisation_here(organisation_id: int) -> Organisation:
    """The facts of an organisation, in a scope that holds it."""
    return Organisation.objects.get(pk=organisation_id)


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


def readable(colour: str) -> bool:
    """Can white words be read on a colour that is written like #1f4e5f?"""
    return _contrast_with_white(colour) >= LEAST_CONTRAST


def _contrast_with_white(colour: str) -> Decimal:
    """How much white words stand out on a colour, from 1 to 21."""
    parts = [Decimal(int(colour[at : at + 2], 16)) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / Decimal("12.92")
        if part <= Decimal("0.04045")
        else ((part + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")
        for part in parts
    )
    light = Decimal("0.2126") * red + Decimal("0.7152") * green + Decimal("0.0722") * blue
    return Decimal("1.05") / (light + Decimal("0.05"))
