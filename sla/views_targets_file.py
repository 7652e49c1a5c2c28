"""Targets from a file, and the list of them in the columns of such a file."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from core.web.exports import listed
from core.web.loads import AS_IT_IS, Load, two_steps
from core.web.pages import page
from sla.permissions import SEE_MEASURES, SET_TARGETS
from sla.rules import SLA01, SLA02, SLA03, SLA09, SLA12
from sla.selectors import current_indicators, targets_of
from sla.services.targets import TargetLines
from sla.services.targets_file import PlannedTarget, TargetFacts, plan_targets, propose_targets
from tenants.reading import Cells

WORDS = (
    "A row is the target of a measure from a month on, and the two lines under it; a row without"
    " all three ends the target. What is another than it is now is proposed, and holds once"
    " somebody else agrees. Targets that are not in the file stay."
)
LINES = ("target", "approaching", "inadequate")
COLUMN_OF: dict[Any, str] = {
    SLA01: "Measure",
    SLA02: "Target, approaching or inadequate",
    SLA03: "Measure",
    SLA09: "From",
    SLA12: "Measure",
}


def _facts(row: dict[str, str]) -> tuple[TargetFacts, list[str]]:
    cells = Cells(row)
    code = cells.text("measure", most=12, needed=True).upper()
    month = cells.month("from")
    if month is None and not cells.wrong:
        cells.wrong.append("From: enter a month like 04/2027.")
    first, second, third = (cells.number(column) for column in LINES)
    lines: TargetLines = None
    if first is not None and second is not None and third is not None:
        lines = (first, second, third)
    elif not cells.wrong and (first, second, third) != (None, None, None):
        cells.wrong.append("Target, approaching and inadequate: enter all three, or none.")
    return TargetFacts(code=code, month=month or date.min, lines=lines), cells.wrong


def _said(lines: TargetLines) -> str:
    return ", ".join(f"{line.normalize():f}" for line in lines) if lines else "no target"


def _says(plan: PlannedTarget) -> tuple[str, str, str]:
    one = plan.facts
    what = f"{plan.name} from {one.month:%B %Y}"
    if not plan.acts:
        return what, AS_IT_IS, ""
    return what, "Proposed", f"before: {_said(plan.before)}; now: {_said(one.lines)}"


TARGETS = Load(
    title="Load targets",
    words=WORDS,
    back="target_history",
    here="targets_load",
    export="targets_export",
    required=("measure", "from", *LINES),
    optional=("name",),
    columns=COLUMN_OF,
    read=_facts,
    plan=plan_targets,
    says=_says,
    keep=propose_targets,
    done="what is new is proposed, and holds once somebody else agrees",
)


@page(SET_TARGETS)
def load(request: Any) -> HttpResponse:
    """A file of targets: shown first, then proposed."""
    return two_steps(request, TARGETS)


@page(SEE_MEASURES)
@require_GET
def export(request: Any) -> HttpResponse:
    """The targets in force and to come, in the columns in which a file of them is loaded."""
    names = {row.code: row.name for row in current_indicators(request.today)}
    found = {}
    for row in targets_of([request.organisation.id]):
        began = row.valid_from <= request.today
        found[row.indicator_code, date.min if began else row.valid_from] = row
    rows = [
        [row.indicator_code, row.valid_from, *(row.lines or [None] * 3), names.get(code, "")]
        for (code, _), row in sorted(found.items(), key=lambda pair: pair[0])
    ]
    heads = ("Measure", "From", "Target", "Approaching", "Inadequate", "Name")
    return listed(request, "targets_now", "Targets in force and to come", heads, rows)
