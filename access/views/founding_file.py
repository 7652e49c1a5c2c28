"""Files of organisations: their columns, and the list of all in the columns of such a file."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.dates import MONTHS
from django.views.decorators.http import require_GET

from access.selectors.invitations import waiting_for_link
from core.actors import Actor
from core.web.exports import listed
from core.web.loads import AS_IT_IS, Load
from core.web.pages import page
from tenants.forms import COLOUR
from tenants.models import Organisation
from tenants.permissions import SEE_ORGANISATION
from tenants.reading import Cells
from tenants.rules import TEN01, TEN02, TEN12, TEN19, TEN20, TEN23
from tenants.selectors import all_organisations
from tenants.services.founding import NewOrganisation, PlannedFounding, plan_foundings

KIND, STANDING, NATION = Organisation.Kind, Organisation.Standing, Organisation.Nation
APRIL = 4
# Each administrator is sent mail while somebody waits.
MOST = 100
WORDS = (
    "A row is an organisation, known by its part of the addresses. One that is not there is founded"
    " in one act with all others, and its first administrator is sent a link; an empty month is"
    " April, an empty colour the one that all begin with. One that is there stays as it is; its"
    " administrator is sent another link while the first one has not been used."
)
REQUIRED = ("address", "name", "short_name", "kind", "standing")
OPTIONAL = (
    *("nation", "financial_year_begins_in", "rehearsal", "part_of", "colour", "status"),
    *("administrator", "administrator_email"),
)
# Which column a rule speaks of.
COLUMN_OF: dict[Any, str] = {
    **dict.fromkeys((TEN01, TEN02, TEN19), "Address"),
    TEN12: "Colour",
    TEN20: "Part of",
    TEN23: "Kind",
}
MONTH_NUMBERS = {str(word).casefold(): at for at, name in MONTHS.items() for word in (name, at)}
ANSWERS = {"yes": True, "no": False, "": False}


def _known(choices: Any) -> dict[str, str]:
    """Values by themselves, by their labels, and by what their labels begin with."""
    pairs = [(one.value, one.label) for one in choices]
    words = ((value, word) for value, label in pairs for word in (value, label, *label.split(":")))
    return {word.casefold(): value for value, word in words}


KINDS, STANDINGS, NATIONS = map(_known, (KIND, STANDING, NATION))


def _facts(row: dict[str, str]) -> tuple[NewOrganisation, list[str]]:
    cells = Cells(row)
    begins = cells.one_of("financial_year_begins_in", MONTH_NUMBERS, MONTHS.values())
    facts = NewOrganisation(
        slug=cells.text("address", most=40, needed=True),
        name=cells.text("name", most=120, needed=True),
        short_name=cells.text("short_name", most=40, needed=True),
        kind=cells.one_of("kind", KINDS, KIND.labels, needed=True) or "",
        standing=cells.one_of("standing", STANDINGS, STANDING.labels, needed=True) or "",
        nation=cells.one_of("nation", NATIONS, NATION.labels) or "",
        year_starts_month=begins or APRIL,
        rehearsal=bool(cells.one_of("rehearsal", ANSWERS, ("yes", "no"))),
        administrator_name=cells.text("administrator", most=120),
        administrator_email=cells.email("administrator_email"),
        parent=cells.text("part_of", most=40),
        brand_colour=cells.like("colour", re.compile(COLOUR), "#1f4e5f").lower(),
    )
    return facts, cells.wrong


@dataclass
class Planned(PlannedFounding):
    """`again` says who is sent another link, where they have not come in by the first one."""

    again: str = ""


def planned(*, wanted: Sequence[NewOrganisation], by: Actor, **_day: Any) -> list[Planned]:
    """What would become of each of these; an organisation that is there has another link sent to
    the administrator of its row, if that is who still waits."""
    plans = plan_foundings(wanted=wanted, by=by)
    waiting = waiting_for_link(by)
    found = []
    for plan in plans:
        one = plan.facts
        who = waiting.get(one.slug) if not plan.acts else None
        again = who.email if who and who.email == one.administrator_email.lower() else ""
        found.append(Planned(one, acts=plan.acts, refusals=plan.refusals, again=again))
    return found


def _says(plan: Planned) -> tuple[str, str, str]:
    one, what = plan.facts, f"{plan.facts.slug} {plan.facts.name}"
    if plan.again and not plan.refusals:
        return what, "Sent another link", plan.again
    if not plan.acts or plan.refusals or not (one.kind and one.standing):
        return what, AS_IT_IS, ""
    said = [
        *(KIND(one.kind).label, STANDING(one.standing).label, NATION(one.nation).label),
        *([f"part of {one.parent}"] if one.parent else []),
        f"financial year from {MONTHS[one.year_starts_month]}",
        *(["rehearses"] if one.rehearsal else []),
        f"link to {one.administrator_name}, {one.administrator_email}",
    ]
    return what, "Founded", "; ".join(said)


def organisations_kept_by(keep: Callable[..., object]) -> Load:
    """The kind of file, with what is done when somebody has confirmed it."""
    return Load(
        title="Load organisations",
        words=WORDS,
        back="organisation",
        here="organisations_load",
        export="organisations_export",
        required=REQUIRED,
        optional=OPTIONAL,
        columns=COLUMN_OF,
        read=_facts,
        plan=planned,
        says=_says,
        keep=keep,
        done="",
        most=MOST,
    )


@page(SEE_ORGANISATION)
@require_GET
def organisations_export(request: Any) -> HttpResponse:
    """The organisations that are listed here, in the columns in which a file of them is loaded."""
    here = request.organisation
    found = [one for one in all_organisations() if here.is_centre or one.id == here.id]
    rows = [
        [
            *(one.slug, one.name, one.short_name, KIND(one.kind).label),
            *(STANDING(one.standing).label, "", "", "", ""),
            *(one.brand_colour, Organisation.Status(one.status).label, "", ""),
        ]
        for one in found
    ]
    heads = [head.replace("_", " ").capitalize() for head in (*REQUIRED, *OPTIONAL)]
    return listed(request, "organisations", "Organisations", heads, rows, {})
