"""Team cost: posts, budget and what committed pay cost, by unit and month."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.charts import Bar, Chart, PeriodBars, draw_periods, for_every_width
from core.templatetags.web import pounds, thousands
from core.web.pages import page
from payroll.permissions import SEE_TEAM_COST
from payroll.selectors.team import (
    FEWEST,
    Team,
    UnitCost,
    months_of,
    teams,
    total_pence,
    unit_costs,
)

HEADS = (
    *("Unit", "Budgeted", "Filled", "Vacant", "Budgeted pay"),
    *("Pay", "National Insurance and pension", "People paid"),
)
COLUMNS = [{"label": label, "numeric": n > 0} for n, label in enumerate(HEADS)]


@page(SEE_TEAM_COST)
@require_GET
def team_cost(request: Any) -> HttpResponse:
    costs = unit_costs(request.actor)
    months = months_of(costs)
    asked = request.GET.get("month", "")
    month = next((one for one in months if f"{one:%Y-%m}" == asked), newest(months, request.today))
    on = min(_last_of(month), request.today) if month else request.today
    context = {
        "on": on,
        "month": month,
        "months": [{"value": f"{one:%Y-%m}", "label": f"{one:%B %Y}"} for one in reversed(months)],
        "columns": COLUMNS,
        "rows": [_row(one) for one in teams(request.actor, costs, month, on)],
        "chart": _chart(costs, months, month) if month else None,
        "fewest": FEWEST,
    }
    return render(request, "payroll/team_cost.html", context)


def newest(months: list[date], today: date) -> date | None:
    """The last that has begun: a supplementary run may already have paid for one to come."""
    begun = [one for one in months if one <= today] or months
    return begun[-1] if begun else None


def _last_of(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _fte(hundredths: int) -> str:
    return thousands(Decimal(hundredths).scaleb(-2))


def _row(one: Team) -> dict[str, Any]:
    vacant, cost = one.budgeted - one.filled, one.cost
    told = cost is None or cost.pay_pence is not None
    amounts = [_pounds(cost.pay_pence if cost else 0), _pounds(cost.on_cost_pence if cost else 0)]
    people = cost.people if cost else 0
    cells = [one.name, _fte(one.budgeted), _fte(one.filled), _fte(vacant),
             pounds(one.budget_pence), *amounts,
             thousands(people) if told else f"Fewer than {FEWEST}"]  # fmt: skip
    return {"id": one.path, "tone": "bad" if vacant < 0 else "", "cells": cells}


def _pounds(pence: int | None) -> str:
    return "Not shown" if pence is None else pounds(pence)


def _chart(costs: list[UnitCost], months: list[date], month: date) -> Chart:
    totals = [(one, total_pence(costs, one)) for one in months]
    title = f"{pounds(dict(totals)[month])} in {month:%B %Y}"
    sentence = "Pay of each month, with the employer's National Insurance and pension."
    bars = tuple(Bar(f"{one:%b %Y}", total, pounds(total)) for one, total in totals)
    return for_every_width(draw_periods, PeriodBars(title, sentence, bars, "Cost", "£", 100))
