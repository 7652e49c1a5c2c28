"""Pages of measures: the list of all, and each with its definition, figures and target."""

import csv
from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from core.actors import may
from core.charts import Chart
from core.errors import NotFound
from core.web.exports import neutral
from core.web.pages import page
from core.web.refusals import refusals_on
from sla.forms import TargetForm
from sla.models import Indicator, Target
from sla.permissions import SEE_MEASURES, SET_TARGETS
from sla.ratings import Polarity, Rating
from sla.readings import base_words, control_chart, read
from sla.registry import MEASURES, Kind
from sla.selectors import (
    Figure,
    Values,
    assess,
    chosen_month,
    current_indicators,
    indicator_versions,
    latest_month,
    lines_in_words,
    measure_values,
    rating_words,
    remarks_of,
    shown,
    shown_both,
    target_on,
    targets_of,
)
from sla.services import propose_target

LIVE_COLUMNS = [
    {"key": "code", "label": "Code"},
    {"key": "name", "label": "Measure"},
    {"key": "value", "label": "Latest month", "numeric": True},
    {"key": "rating", "label": "Rating"},
]
OTHER_COLUMNS = [
    {"key": "code", "label": "Code"},
    {"key": "name", "label": "Measure"},
    {"key": "why", "label": "Why it is not measured"},
]
CSV_COLUMNS = (
    *("organisation", "code", "measure", "month", "numerator", "denominator"),
    *("value", "unit", "note", "numerator_after_relief", "denominator_after_relief"),
    "value_after_relief",
)
KINDS = {
    Kind.KPI: "Performance (KPI): can have a target",
    Kind.KAI: "Volumes (KAI): never judged",
    Kind.INPUT: "The organisation's own part (input KPI)",
}
POLARITY_WORDS = {
    Polarity.HIGHER: "Higher is better",
    Polarity.LOWER: "Lower is better",
    Polarity.CONTEXT: "Neither way is better: it gives context",
}


def _url(slug: str, code: str) -> str:
    return reverse("indicator", kwargs={"organisation": slug, "code": code})


@page(SEE_MEASURES)
def measures(request: Any) -> HttpResponse:
    """Every indicator of the catalogue: the live ones with their newest figure, others with why."""
    here = request.organisation
    found = current_indicators(request.today)
    live = [row for row in found if row.live]
    values = measure_values([here.id], live)
    month = chosen_month(request.GET.get("month", ""), values.months, request.today)
    targets = targets_of([here.id])
    rows = [(row.kind, _live_row(row, here, values, targets, month)) for row in live]
    context = {
        "live_columns": LIVE_COLUMNS,
        "live_count": len(live),
        "kinds": [
            {"name": name, "rows": [row for of, row in rows if of == kind]}
            for kind, name in KINDS.items()
        ],
        "month": month,
        "count": len(found),
        **_not_live(found, here, request.GET.get("function", "")),
    }
    return render(request, "sla/measures.html", context)


def _not_live(found: list[Indicator], here: Any, function: str) -> dict[str, Any]:
    """The functions with what cannot be measured yet, and the rows of the one that is open."""
    others = [row for row in found if not row.live]
    return {
        "functions": sorted(Counter(row.function for row in others).items()),
        "function": function,
        "other_columns": OTHER_COLUMNS,
        "others": [
            {"url": _url(here.slug, row.code), "cells": [row.code, row.name, row.not_live]}
            for row in others
            if row.function == function
        ],
    }


def _live_row(
    row: Indicator, here: Any, values: Values, targets: list[Target], month: Any
) -> dict[str, Any]:
    if month is None:
        return {"url": _url(here.slug, row.code), "cells": [row.code, row.name, "", ""]}
    figure = values.figure(here.id, row, month)
    lines = target_on(targets, here.id, row, month)
    net = values.net(here.id, row, month)
    words = shown_both(figure, net, row, lines)
    cells = [row.code, row.name, words, _rating(figure, net, row, lines)]
    return {"url": _url(here.slug, row.code), "cells": cells}


def _rating(figure: Figure, net: Figure | None, row: Indicator, lines: Any) -> str:
    """The rating in words, of what is left after relief; nothing for volumes, never judged."""
    if row.kind == Kind.KAI:
        return ""
    found = assess(net or figure, lines)
    return found.reason if found.rating is Rating.OTHER else rating_words(found, net)


def _indicator(code: str) -> list[Indicator]:
    """The versions of a code, newest first; NotFound for a code that nobody defined."""
    versions = indicator_versions(code)
    if not versions:
        raise NotFound()
    return versions


@page(SEE_MEASURES, unsafe=SET_TARGETS)
def indicator(request: Any, code: str) -> HttpResponse:
    """Definition, figures with what they come from, target and rating, references."""
    versions = _indicator(code)
    row, here = versions[0], request.organisation
    form = TargetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("valid_from", "reason")}
        with refusals_on(form):
            propose_target(indicator_code=code, lines=form.lines, by=request.actor, **given)
            messages.success(request, "Proposed. It holds once somebody else agrees.")
            return redirect("indicator", organisation=here.slug, code=code)
    rated = row.kind != Kind.KAI and row.polarity != Polarity.CONTEXT
    context = {
        "row": row,
        "versions": versions,
        "facts": _facts(row),
        "rated": rated,
        "form": form if rated and row.live and may(request.actor, SET_TARGETS) else None,
        "csv_url": _csv_url(here.slug, code),
        "remarks": remarks_of(here.id, code),
        **_months(request, row, rated),
    }
    return render(request, "sla/indicator.html", context, status=422 if form.errors else 200)


def _months(request: Any, row: Indicator, rated: bool) -> dict[str, Any]:
    """The figures of the organisation as chart and table, with the targets they are held to."""
    here = request.organisation
    values = measure_values([here.id], [row])
    targets = targets_of([here.id], [row.code])
    figures = values.series(here.id, row)
    rows = [
        _month_row(row, (each, values.net(here.id, row, each.month)), targets, request, rated)
        for each in reversed(figures)
    ]
    columns = _columns(rated)
    if not any(each["cells"][-1] for each in rows):
        # Of whoever may not see them, or of what has none.
        columns = columns[:-1]
        rows = [{"cells": each["cells"][:-1]} for each in rows]
    return {
        "chart": _chart(row, values, targets, request) if figures else None,
        "columns": columns,
        "rows": rows,
        "targets": [(each, lines_in_words(each)) for each in reversed(targets)],
    }


def _chart(row: Indicator, values: Values, targets: list[Target], request: Any) -> Chart:
    """The control chart of the two years up to the last whole month, as the board has it."""
    here, month = request.organisation, latest_month(values.months, request.today)
    assert month is not None
    reading = read(values, here.id, row, month, targets)
    return control_chart(reading, _csv_url(here.slug, row.code))


def _csv_url(slug: str, code: str) -> str:
    return reverse("indicator_csv", kwargs={"organisation": slug, "code": code})


def _facts(row: Indicator) -> list[dict[str, str]]:
    """The definition as a list of facts."""
    facts = [
        ("Kind", row.kind),
        ("Function", row.function),
        ("Formula", row.formula_in_words),
        ("Counted above the line", _label(row.numerator)),
        ("Counted below the line", _label(row.denominator)),
        ("Unit", row.unit or "number"),
        ("Better", POLARITY_WORDS[Polarity(row.polarity)]),
        ("Frequency", row.frequency),
        ("Not measured", row.not_live),
        ("Version", f"{row.version}, in force from {row.valid_from:%d/%m/%Y}"),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]


def _label(key: str) -> str:
    return MEASURES[key].label if key in MEASURES else key


def _columns(rated: bool) -> list[dict[str, Any]]:
    numbers = [
        {"key": key, "label": label, "numeric": True}
        for key, label in (
            ("numerator", "Above the line"),
            ("denominator", "Below the line"),
            ("value", "Value"),
        )
    ]
    judged = [{"key": "target", "label": "Target", "numeric": True}]
    judged.append({"key": "rating", "label": "Rating"})
    last = {"key": "rows", "label": "Rows behind it"}
    return [{"key": "month", "label": "Month"}, *numbers, *(judged if rated else []), last]


def _month_row(
    row: Indicator,
    found: tuple[Figure, Figure | None],
    targets: list[Target],
    request: Any,
    rated: bool,
) -> dict[str, Any]:
    figure, net = found
    lines = target_on(targets, request.organisation.id, row, figure.month)
    judged = [shown(lines.met_at, row) if lines else "", _rating(figure, net, row, lines)]
    cells = [
        _journey_link(row, figure, request),
        base_words(figure.numerator, row.numerator),
        base_words(figure.denominator, row.denominator),
        shown_both(figure, net, row, lines),
        *(judged if rated else []),
        _rows_link(row, figure, request),
    ]
    return {"cells": cells}


def _journey_link(row: Indicator, figure: Figure, request: Any) -> str:
    """The month, which leads to what its figure was made of."""
    slug, month = request.organisation.slug, f"{figure.month:%Y-%m}"
    url = reverse("journey", kwargs={"organisation": slug, "code": row.code, "month": month})
    whole = figure.month < request.today.replace(day=1)
    said = f"{figure.month:%B %Y}" if whole else f"{figure.month:%B %Y}, so far"
    return format_html('<a class="govuk-link" href="{}">{}</a>', url, said)


def _rows_link(row: Indicator, figure: Figure, request: Any) -> str:
    """A link to the list of the month's rows, for those who may see that list."""
    measure = MEASURES.get(row.numerator)
    link = measure.source.rows if measure else None
    if link is None or figure.value is None or not may(request.actor, link.permission):
        return ""
    url = link.url(request.organisation.slug, figure.month)
    hidden = f" {figure.month:%B %Y}"
    return format_html(
        '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">{}</span></a>',
        url,
        link.label,
        hidden,
    )


@page(SEE_MEASURES)
def indicator_csv(request: Any, code: str) -> HttpResponse:
    """The same figures as a file: numerator and denominator as stored, value to six places."""
    row, here = _indicator(code)[0], request.organisation
    values = measure_values([here.id], [row])
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{here.slug}-{row.code}.csv"'
    writer = csv.writer(answer)
    writer.writerow(CSV_COLUMNS)
    for figure in values.series(here.id, row):
        net = values.net(here.id, row, figure.month)
        counted = (f"{figure.month:%Y-%m}", *_counted(figure))
        after = _counted(net) if net else ()
        writer.writerow(
            [neutral(here.name), row.code, row.name, *counted, row.unit, figure.reason, *after]
        )
    return answer


def _counted(figure: Figure) -> tuple[Any, Any, str]:
    value = "" if figure.value is None else f"{float(figure.value):.6f}"
    return figure.numerator, figure.denominator, value
