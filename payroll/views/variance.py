"""Why a run comes to something else than the run before: a chart and a table, screen and paper."""

from collections.abc import Callable
from typing import Any

from core.charts import Bar, Chart, Waterfall, draw_waterfall, for_every_width
from core.templatetags.web import pounds
from payroll.models import PayRun
from payroll.variance import CauseOfChange, causes_of, together

HEADS = ("Cause", "Gross pay", "Net pay", "Cost to the employer")
TITLE = "Why gross pay changed"


def cells_of(row: CauseOfChange, label: str) -> list[str]:
    """A row of the table."""
    return [label, *(pounds(pence) for pence in (row.gross, row.net, row.employer))]


def rows_of(run: PayRun) -> list[list[str]]:
    """A row a cause, and the last for all of them; nothing where there was no run before."""
    rows = causes_of(run.variance)
    if not rows:
        return []
    return [*(cells_of(row, row.label) for row in rows), cells_of(together(rows), "Together")]


def chart_of(run: PayRun, draw: Callable[..., Chart] = for_every_width) -> Chart | None:
    """The steps of gross pay; None where no cause moved it."""
    rows = causes_of(run.variance)
    moved = [row for row in rows if row.gross]
    if not moved:
        return None
    largest, total = max(moved, key=lambda row: abs(row.gross)), together(rows).gross
    sentence = (
        f"{pounds(total)} against PAYROLL-{run.variance['before']}; the most by"
        f" «{largest.label}», {pounds(largest.gross)}."
    )
    bars = tuple(Bar(row.label, row.gross, pounds(row.gross)) for row in moved)
    data = Waterfall(TITLE, sentence, bars, Bar("Together", total, pounds(total)), "Cause", "Gross")
    return draw(draw_waterfall, data)


def table_of(run: PayRun) -> dict[str, Any]:
    """What the run's page shows of it."""
    found = rows_of(run)
    return {
        "chart": chart_of(run) if found else None,
        "columns": [{"label": head, "numeric": n > 0} for n, head in enumerate(HEADS)],
        "rows": [{"id": n, "cells": cells} for n, cells in enumerate(found)],
    }
