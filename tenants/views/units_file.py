"""Units from a file: added and changed together, after a look at what would become of each."""

from typing import Any

from django.http import HttpResponse

from core.web.loads import AS_IT_IS, Load, two_steps
from core.web.pages import page
from tenants.permissions import KEEP_UNITS
from tenants.reading import Cells
from tenants.rules import TEN03, TEN04, TEN05, TEN06, TEN07, TEN08, TEN10, TEN11
from tenants.services.units import Planned, UnitFacts, keep_units, plan_units

WORDS = (
    "A row is a unit. A code that is not there is added; of one that is there, name, place, budget"
    " holder and last day become what the row says. Units that are not in the file stay."
)
# Which column a rule speaks of.
COLUMN_OF: dict[Any, str] = {
    **dict.fromkeys((TEN03, TEN04), "Code"),
    **dict.fromkeys((TEN05, TEN06, TEN11), "Part of"),
    **dict.fromkeys((TEN07, TEN08), "Last day"),
    TEN10: "Budget holder",
}


def _facts(row: dict[str, str]) -> tuple[UnitFacts, list[str]]:
    cells = Cells(row)
    facts = UnitFacts(
        code=cells.text("code", most=24, needed=True),
        name=cells.text("name", most=120, needed=True),
        parent=cells.text("part_of", most=24),
        holder=cells.email("budget_holder"),
        since=cells.day("first_day"),
        until=cells.after("last_day"),
    )
    return facts, cells.wrong


def _says(plan: Planned) -> tuple[str, str, str]:
    what = f"{plan.facts.code} {plan.facts.name}"
    if plan.new:
        return what, "Added", plan.facts.said()
    return (what, "Changed", plan.said()) if plan.changes else (what, AS_IT_IS, "")


UNITS = Load(
    title="Load units",
    words=WORDS,
    back="units",
    here="units_load",
    export="units_export",
    required=("code", "name"),
    optional=("part_of", "budget_holder", "first_day", "last_day"),
    columns=COLUMN_OF,
    read=_facts,
    plan=plan_units,
    says=_says,
    keep=keep_units,
)


@page(KEEP_UNITS)
def load(request: Any) -> HttpResponse:
    """A file of units: shown first, then done."""
    return two_steps(request, UNITS)
