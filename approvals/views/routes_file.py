"""Routes from a file, and the list of them in the columns of such a file."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from approvals.authority import deciding_roles
from approvals.bands import Patience, bands_of
from approvals.models import Route
from approvals.permissions import SEE_ROUTES, SET_ROUTES
from approvals.rules import APR02, APR06, APR20, APR22, APR23
from approvals.selectors.routes import kinds_with_routes, routes_by_kind
from approvals.services.routes_file import (
    PlannedStep,
    StepFacts,
    plan_route_steps,
    propose_routes,
)
from core.money import formatted, pounds
from core.web.exports import listed
from core.web.loads import AS_IT_IS, Load, two_steps
from core.web.pages import page
from tenants.reading import Cells
from tenants.roles import Role

WORDS = (
    "A row is a step: who decides on amounts from here up, and who is asked too when it is late."
    " All rows of one kind are its route. One that is another than it is now is proposed, and"
    " holds from its day once somebody else agrees. Kinds that are not in the file stay."
)
HOURS = 60
EXPORTED = (
    *("Kind", "Name", "From", "Amounts from", "Step", "Who decides", "When late"),
    *("Remind hours", "Escalate hours"),
)
COLUMN_OF: dict[Any, str] = {
    APR02: "Kind",
    APR06: "Amounts from, step or who decides",
    APR20: "From, remind hours or escalate hours",
    APR22: "From, remind hours or escalate hours",
    APR23: "Kind",
}


def _facts(row: dict[str, str]) -> tuple[StepFacts, list[str]]:
    cells, usual = Cells(row), Patience()
    remind = cells.count("remind_hours", usual.remind // HOURS, most=400)
    escalate = cells.count("escalate_hours", usual.escalate // HOURS, most=800)
    facts = StepFacts(
        key=_kind(cells.text("kind", most=80, needed=True)),
        from_on=cells.day("from"),
        from_pence=cells.pence("amounts_from") or 0,
        number=cells.count("step", 1, most=9),
        role=_role(cells, "who_decides", needed=True),
        escalates_to=_role(cells, "when_late", needed=False),
        patience=Patience(remind * HOURS, escalate * HOURS),
    )
    return facts, cells.wrong


def _kind(said: str) -> str:
    """The key of a kind, given by its key or its name."""
    named = {str(label).casefold(): key for key, label in kinds_with_routes().items()}
    return named.get(said.casefold(), said)


def _role(cells: Cells, column: str, *, needed: bool) -> str:
    said = cells.text(column, most=40, needed=needed)
    known = {word.casefold(): role for role in map(Role, deciding_roles())
             for word in (role.value, role.label)}  # fmt: skip
    if said and said.casefold() not in known:
        labels = ", ".join(sorted({role.label for role in known.values()}))
        cells.wrong.append(f"{column.replace('_', ' ').capitalize()}: write one of {labels}.")
    return str(known.get(said.casefold(), ""))


def _says(plan: PlannedStep) -> tuple[str, str, str]:
    one = plan.facts
    what = f"{plan.label}, from {formatted(one.from_pence)}, step {one.number}"
    if not plan.acts:
        return what, AS_IT_IS, ""
    late = f", when late {Role(one.escalates_to).label}" if one.escalates_to else ""
    return what, "Proposed", f"{Role(one.role).label if one.role else 'nobody'}{late}"


ROUTES = Load(
    title="Load approval routes",
    words=WORDS,
    back="approval_routes",
    here="routes_load",
    export="routes_export",
    required=("kind", "amounts_from", "step", "who_decides"),
    optional=("name", "from", "when_late", "remind_hours", "escalate_hours"),
    columns=COLUMN_OF,
    read=_facts,
    plan=plan_route_steps,
    says=_says,
    keep=propose_routes,
    done="what is new is proposed, and holds once somebody else agrees",
)


@page(SET_ROUTES)
def load(request: Any) -> HttpResponse:
    """A file of routes: shown first, then proposed."""
    return two_steps(request, ROUTES)


@page(SEE_ROUTES)
@require_GET
def export(request: Any) -> HttpResponse:
    """The routes in force, a step a row, in the columns in which a file of them is loaded."""
    kinds = routes_by_kind(request.organisation.id, request.today)
    rows = [row for kind in kinds if kind.current for row in _rows(kind.key, kind.current)]
    return listed(request, "approval_routes", "Approval routes in force", EXPORTED, rows)


def _rows(key: str, route: Route) -> list[list[Any]]:
    label, hours = kinds_with_routes()[key], [route.remind_hours, route.escalate_hours]
    return [
        [
            *(key, str(label), route.from_on, pounds(band.from_pence), band.number),
            Role(band.role).label,
            Role(band.escalates_to).label if band.escalates_to else "",
            *hours,
        ]
        for band in bands_of(route)
    ]
