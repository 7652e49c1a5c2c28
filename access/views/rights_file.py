"""Rights from a file: given, changed and ended together, after a look at each."""

from typing import Any

from django.http import HttpResponse

from access.permissions import KEEP_GRANTS
from access.rules import ACC10, ACC11, ACC12, ACC13, ACC15, ACC24
from access.services.grants_file import (
    CHANGED,
    ENDED,
    GIVEN,
    PlannedRight,
    RightFacts,
    keep_rights,
    plan_rights,
)
from core.web.loads import AS_IT_IS, Load, two_steps
from core.web.pages import page
from tenants.reading import Cells
from tenants.roles import Role

WORDS = (
    "A row is a right, known by email address, role, unit and first day. One that is not there is"
    " given; of one that is, limit and last day become what the row says, and yesterday as its last"
    " day ends it at once. Rights that are not in the file stay. Somebody new needs a name."
)
GIVER = "given_or_changed_by"
ROLES = {word.casefold(): role for role in Role for word in (role.value, role.label)}
ACTS = {GIVEN: "Given", CHANGED: "Changed", ENDED: "Ended"}
# Which column a rule speaks of.
COLUMN_OF: dict[Any, str] = {
    ACC10: "Email",
    ACC11: "Unit code or limit",
    ACC12: "From or last day",
    ACC13: "Role",
    ACC15: "Unit code",
    ACC24: "Person",
}


def _facts(row: dict[str, str]) -> tuple[RightFacts, list[str]]:
    cells = Cells(row)
    role = ROLES.get(cells.text("role", most=40, needed=True).casefold(), "")
    facts = RightFacts(
        email=cells.email("email", needed=True),
        name=cells.text("person", most=120),
        role=role,
        unit=cells.text("unit_code", most=24),
        limit_pence=cells.pence("limit"),
        since=cells.day("from"),
        until=cells.after("last_day"),
    )
    if not role and not cells.wrong:
        cells.wrong.append(f"Role: write one of {', '.join(Role.labels)}.")
    return facts, cells.wrong


def _says(plan: PlannedRight) -> tuple[str, str, str]:
    one = plan.facts
    role = Role(one.role).label if one.role else "no role"
    what = f"{one.email}, {role}{f', {one.unit}' if one.unit else ''}"
    if plan.refusals or not plan.verb:
        return what, AS_IT_IS, ""
    return what, ACTS[plan.verb], plan.said()


RIGHTS = Load(
    title="Load rights",
    words=WORDS,
    back="rights",
    here="rights_load",
    export="rights_export",
    required=("email", "role"),
    optional=("person", "job", "unit_code", "unit", "limit", "from", "last_day", GIVER),
    columns=COLUMN_OF,
    read=_facts,
    plan=plan_rights,
    says=_says,
    keep=keep_rights,
)


@page(KEEP_GRANTS, bank=True)
def load(request: Any) -> HttpResponse:
    """A file of rights: shown first, then done."""
    return two_steps(request, RIGHTS)
