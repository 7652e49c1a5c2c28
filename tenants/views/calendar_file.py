"""Closed days from a file, and the list of them in the columns of such a file."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from core.templatetags.web import day
from core.web.exports import listed
from core.web.loads import AS_IT_IS, Load, two_steps
from core.web.pages import page
from core.working_time import LAST_YEAR
from tenants.permissions import KEEP_ORGANISATION, SEE_ORGANISATION
from tenants.reading import Cells
from tenants.rules import TEN13, TEN16, TEN17
from tenants.selectors.place import closed_days, organisation_here
from tenants.services.days import CLOSED, DayFacts, PlannedDay, keep_days, plan_days

WORDS = (
    "A row is a day on which nobody works. One that is not closed yet is closed, for the reason of"
    " its row; with «yes» under «Open again» it is a working day again. A day that is closed"
    " already keeps its reason, and days that are not in the file stay as they are."
)
ANSWERS = {"yes": True, "no": False, "": False}
COLUMN_OF: dict[Any, str] = {TEN13: "Day", TEN16: "Open again", TEN17: "Day"}


def _facts(row: dict[str, str]) -> tuple[DayFacts, list[str]]:
    cells = Cells(row)
    on = cells.day("day")
    opens = ANSWERS.get(cells.text("open_again", most=10).casefold())
    why = cells.text("why", most=120, needed=not opens)
    if on is None and not cells.wrong:
        cells.wrong.append("Day: enter a date like 14/12/2026.")
    if opens is None:
        cells.wrong.append("Open again: write yes or no.")
    return DayFacts(day=on or date.min, why=why, opens=bool(opens)), cells.wrong


def _says(plan: PlannedDay) -> tuple[str, str, str]:
    one = plan.facts
    what = f"{one.day:%A} {day(one.day)}" if one.day > date.min else "no day"
    if not plan.verb:
        return what, AS_IT_IS, ""
    return (what, "Closed", one.why) if plan.verb == CLOSED else (what, "Open again", "")


DAYS = Load(
    title="Load closed days",
    words=WORDS,
    back="calendar",
    here="calendar_load",
    export="calendar_export",
    required=("day", "why"),
    optional=("weekday", "open_again"),
    columns=COLUMN_OF,
    read=_facts,
    plan=plan_days,
    says=_says,
    keep=keep_days,
)


@page(KEEP_ORGANISATION)
def load(request: Any) -> HttpResponse:
    """A file of closed days: shown first, then done."""
    return two_steps(request, DAYS)


@page(SEE_ORGANISATION)
@require_GET
def export(request: Any) -> HttpResponse:
    """The closed days from this year on, in the columns in which a file of them is loaded."""
    place = organisation_here(request.organisation.id)
    years = range(min(request.today.year, LAST_YEAR), LAST_YEAR + 1)
    found = [one for year in years for one in closed_days(place, year)]
    rows = [[one.day, f"{one.day:%A}", one.why, ""] for one in found]
    chosen = {"Years": f"{years[0]} to {years[-1]}"}
    heads = ("Day", "Weekday", "Why", "Open again")
    return listed(request, "closed_days", "Closed days", heads, rows, chosen)
