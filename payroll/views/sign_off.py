"""The sign-off sheet of a run: its totals against the run before, its exceptions, its files."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.pdf import pdf, pdf_response
from core.templatetags.web import day_time, pounds, thousands
from core.web.pages import page
from payroll.bulk.write import TOTALS
from payroll.models import PayRun
from payroll.permissions import SEE_PAY_RUNS
from payroll.selectors import runs as selectors
from payroll.views.runs import facts_of, total_of
from payroll.views.variance import chart_of, rows_of
from tenants.selectors import brand_colour


@page(SEE_PAY_RUNS)
@require_GET
def pay_sign_off(request: Any, number: int) -> HttpResponse:
    """Totals and counts as they stand, nobody's pay."""
    run = selectors.pay_run(request.actor.organisation_id, number)
    at, here = timezone.now(), request.organisation
    facts = [(one["key"], one["value"]) for one in facts_of(run)]
    data = {
        "title": f"Sign-off of {run}: {run.period.pay_group.name}",
        "from": here.name,
        "colour": brand_colour(here.id),
        "facts": [
            *facts,
            ("Step", run.get_state_display()),
            ("Made", f"{day_time(at)} by {request.actor.name}"),
        ],
        "totals": _totals(run),
        "variance": _variance(run),
        "waterfall": _paper(run),
        "causes": [
            {"cells": [one.label, thousands(one.open), thousands(one.waived)]}
            for one in selectors.causes(run)
        ],
        "files": [_file(one) for one in selectors.files_of(run)],
    }
    return pdf_response(f"sign-off-{run}", pdf("payroll/sign_off.typ", data, at=at))


def _totals(run: PayRun) -> list[dict[str, Any]]:
    """Each total, the one of the run before, and the change; the net pay stands out."""
    before = selectors.run_before(run)
    found = [(name, total_of(name, run, before)) for name in TOTALS if run.results]
    return [
        {"cells": [one["label"], one["now"], one["then"], one["change"]], "total": name == "net"}
        for name, one in found
    ]


def _variance(run: PayRun) -> list[dict[str, Any]]:
    rows = rows_of(run)
    return [{"cells": cells, "total": n == len(rows) - 1} for n, cells in enumerate(rows)]


def _paper(run: PayRun) -> dict[str, str]:
    chart = chart_of(run)
    return {"svg": chart.paper, "words": chart.sentence} if chart else {"svg": "", "words": ""}


def _file(one: Any) -> dict[str, Any]:
    total = pounds(one.total_pence)
    return {"cells": [one.get_format_display(), one.serial, thousands(one.payments), total]}
