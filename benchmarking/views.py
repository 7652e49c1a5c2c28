"""Board pages: one organisation, all partners of the centre, and the comparison."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from benchmarking import boards
from benchmarking.permissions import MAKE_PACKS, SEE_COMPARISON, SEE_PARTNERS
from benchmarking.selectors import cells_of, named_peers
from benchmarking.statistics import Disclosure
from core.actors import may
from core.permissions import PERMISSIONS
from core.web.pages import page
from sla.models import Indicator
from sla.permissions import SEE_BOARD
from sla.ratings import Polarity, Rating
from sla.readings import Reading, control_chart, read, state_words
from sla.registry import Kind
from sla.selectors import (
    Said,
    Values,
    chosen_month,
    current_indicators,
    measure_values,
    notes_of,
    targets_of,
)

CONTROL_CHARTS, PLACE_CHARTS = 2, 3
SPEND = "finance.spend_by_service"


def _months(values: Values) -> list[dict[str, str]]:
    """The months to choose from, newest first."""
    return [{"value": f"{m:%Y-%m}", "label": f"{m:%B %Y}"} for m in reversed(values.months)]


def _indicator_url(slug: str, indicator: Indicator) -> str:
    return reverse("indicator", kwargs={"organisation": slug, "code": indicator.code})


def _csv_url(slug: str, indicator: Indicator) -> str:
    return reverse("indicator_csv", kwargs={"organisation": slug, "code": indicator.code})


@page(SEE_BOARD)
def board(request: Any) -> HttpResponse:
    """How one organisation is doing; the centre's own address leads to all partners."""
    here = request.organisation
    if here.is_centre:
        return redirect("centre_board", organisation=here.slug)
    live = [row for row in current_indicators(request.today) if row.live]
    values = measure_values([here.id], live, parts_of=SPEND)
    month = chosen_month(request.GET.get("month", ""), values.months, request.today)
    context: dict[str, Any] = {"months": _months(values), "month": month}
    if month is not None:
        context |= _board_context(here, live, values, month)
        context["may_pack"] = may(request.actor, MAKE_PACKS)
    return render(request, "benchmarking/board.html", context)


def _board_context(here: Any, live: list[Indicator], values: Values, month: date) -> dict[str, Any]:
    targets = targets_of([here.id])
    notes = notes_of(here.id, month)
    readings = [read(values, here.id, row, month, targets) for row in live]
    main = [r for r in readings if boards.on_board(r.indicator, here.kind)]
    told = sorted((r for r in main if r.measured), key=lambda r: r.indicator.board)
    judged = [each for each in told if each.indicator.kind == Kind.KPI]
    cells = cells_of(month, [reading.indicator.code for reading in told])
    return {
        "headline": boards.headline(main),
        "state": state_words(notes.signed),
        "month_value": f"{month:%Y-%m}",
        **_performance(here, judged, cells, notes.remarks),
        "spend": boards.spend_chart(values.parts.get(month.isoformat(), []), month),
        "volumes": _rows(readings, Kind.KAI, here.slug),
        "inputs": _rows(readings, Kind.INPUT, here.slug),
        "unmeasured": boards.reasons(readings),
        "columns": _COLUMNS,
    }


def _attention(slug: str, reading: Reading, said: dict[str, list[Said]]) -> dict[str, Any]:
    found = boards.attention(reading, _indicator_url(slug, reading.indicator))
    return {**found, "remarks": said.get(reading.indicator.code, [])}


def _performance(
    here: Any, told: list[Reading], cells: dict[str, Any], said: dict[str, list[Said]]
) -> dict[str, Any]:
    """Tiles and charts of what is judged; in the charts what needs attention comes first."""
    charted = sorted(told, key=lambda r: (not r.needs_attention, not r.changed))
    places = [
        boards.place_chart(
            reading,
            here.short_name,
            cells.get(reading.indicator.code),
            csv_url=_csv_url(here.slug, reading.indicator),
        )
        for reading in told
    ]
    return {
        "attention": [_attention(here.slug, r, said) for r in charted if r.needs_attention],
        "tiles": [boards.tile(r, _indicator_url(here.slug, r.indicator)) for r in told],
        "charts": [
            control_chart(reading, _csv_url(here.slug, reading.indicator))
            for reading in charted[:CONTROL_CHARTS]
        ],
        "places": [chart for chart in places if chart is not None][:PLACE_CHARTS],
    }


_COLUMNS = [
    {"key": "name", "label": "Measure"},
    {"key": "value", "label": "Month", "numeric": True},
    {"key": "before", "label": "Month before", "numeric": True},
    {"key": "change", "label": "Change"},
]


def _rows(readings: list[Reading], kind: Kind, slug: str) -> list[dict[str, Any]]:
    """Table rows of one kind of measure, values in words."""
    return [
        {
            "url": _indicator_url(slug, reading.indicator),
            "cells": [reading.indicator.name, reading.words, boards.before(reading), reading.says],
        }
        for reading in readings
        if reading.indicator.kind == kind and reading.measured
    ]


@page(SEE_PARTNERS)
def centre_board(request: Any) -> HttpResponse:
    """All partners whose boards the person may see, at the centre; a partner sees its own."""
    if not request.organisation.is_centre:
        return redirect("board", organisation=request.organisation.slug)
    partners = _partners(request)
    main = boards.performance(current_indicators(request.today), "")
    values = measure_values([partner.id for partner in partners], main)
    month = chosen_month(request.GET.get("month", ""), values.months, request.today)
    context: dict[str, Any] = {"months": _months(values), "month": month, "partners": partners}
    if month is not None:
        chosen = _chosen(request.GET.get("indicator", ""), main)
        context |= _partners_context(partners, main, values, month, chosen)
    return render(request, "benchmarking/centre_board.html", context)


def _partners(request: Any) -> list[Any]:
    """Organisations where the person's own role there opens the board."""
    roles = PERMISSIONS[SEE_BOARD].roles
    open_to = {r.organisation_id for r in request.actor.rights if r.role in roles}
    members = request.standing.memberships
    return [m for m in members if not m.is_centre and m.organisation_id in open_to]


def _chosen(code: str, main: list[Indicator]) -> Indicator:
    shares = [row for row in main if boards.is_share_of_counts(row)]
    return next((row for row in shares if row.code == code), shares[0])


def _partners_context(
    partners: list[Any], main: list[Indicator], values: Values, month: date, chosen: Indicator
) -> dict[str, Any]:
    targets = targets_of([partner.id for partner in partners])
    rows, troubled = [], []
    for partner in partners:
        readings = [read(values, partner.id, row, month, targets) for row in main]
        url = reverse("board", kwargs={"organisation": partner.slug})
        troubled += [(partner.short_name, r) for r in readings if r.needs_attention]
        cells = [partner.short_name, *(_cell(reading, partner.slug) for reading in readings)]
        rows.append({"url": f"{url}?month={month:%Y-%m}", "cells": cells})
    figures = [(p.short_name, values.figure(p.id, chosen, month)) for p in partners]
    columns = [{"key": row.code, "label": row.name, "numeric": True} for row in main]
    return {
        "month_value": f"{month:%Y-%m}",
        "headline": boards.partners_headline(len(partners), troubled),
        "rows": rows,
        "columns": [{"key": "partner", "label": "Partner"}, *columns],
        "funnel": boards.funnel_chart(chosen, month, figures),
        "choices": [row for row in main if boards.is_share_of_counts(row)],
        "chosen": chosen,
    }


_WARNING = format_html(' <strong class="govuk-tag govuk-tag--red">{}</strong>', "Look")


def _cell(reading: Reading, slug: str) -> str:
    """A figure that opens its page, with real change in words."""
    if not reading.measured:
        return "Not measured"
    rating = reading.assessment.rating
    said = [reading.rated] if rating is not Rating.OTHER else []
    said += [reading.says] if reading.changed else []
    return format_html(
        '<a class="govuk-link" href="{}">{}</a>{}<br><span class="app-quiet">{}</span>',
        _indicator_url(slug, reading.indicator),
        reading.words,
        _WARNING if reading.needs_attention else "",
        ": ".join(said),
    )


@page(SEE_COMPARISON)
def comparison(request: Any) -> HttpResponse:
    """Own place among all partners, indicator by indicator, no more than may be shown."""
    here = request.organisation
    if here.is_centre:
        return redirect("centre_board", organisation=here.slug)
    compared = boards.compared(current_indicators(request.today))
    values = measure_values([here.id], compared)
    month = chosen_month(request.GET.get("month", ""), values.months, request.today)
    context: dict[str, Any] = {"months": _months(values), "month": month}
    if month is not None:
        readings = [read(values, here.id, row, month) for row in compared]
        context |= _comparison_context(here, readings, month, request.GET.get("indicator", ""))
    return render(request, "benchmarking/comparison.html", context)


def _comparison_context(
    here: Any, readings: list[Reading], month: date, asked: str
) -> dict[str, Any]:
    """All of a month in a table, and the one asked for, or the first measured one, as a chart."""
    compared = [reading.indicator for reading in readings]
    cells = cells_of(month, [row.code for row in compared])
    named = named_peers(compared, month, cells)
    by_code = {reading.indicator.code: reading for reading in readings}
    chosen = by_code.get(asked) or next((r for r in readings if r.measured), readings[0])
    code, csv_url = chosen.indicator.code, _csv_url(here.slug, chosen.indicator)
    return {
        "month_value": f"{month:%Y-%m}",
        "chart": boards.place_chart(chosen, here.short_name, cells.get(code), named[code], csv_url),
        "chosen": chosen.indicator,
        "columns": _COMPARISON,
        "rows": [_compared(r, cells.get(r.indicator.code), here.slug, month) for r in readings],
        "references": chosen.indicator.references,
    }


_COMPARISON = [
    {"key": "name", "label": "Measure"},
    {"key": "own", "label": "Own figure", "numeric": True},
    {"key": "n", "label": "Organisations", "numeric": True},
    {"key": "lower", "label": "Lower quartile", "numeric": True},
    {"key": "median", "label": "Median", "numeric": True},
    {"key": "upper", "label": "Upper quartile", "numeric": True},
    {"key": "place", "label": "Own place"},
]


def _compared(reading: Reading, cell: Any, slug: str, month: date) -> dict[str, Any]:
    """One line of the comparison; what is not shown is a dash, and the reason stands beside it."""
    url = reverse("comparison", kwargs={"organisation": slug})
    indicator = reading.indicator
    figures = [None, None, None] if cell is None else [cell.lower, cell.median, cell.upper]
    numbers = ["–" if f is None else boards.figure_words(f, indicator) for f in figures]
    if cell is None or cell.disclosure == Disclosure.NOTHING:
        place = cell.withheld if cell is not None else "Nobody has figures for this month."
    elif reading.now.value is None:
        place = "No own figure"
    else:
        place = boards.place_words(reading.now.value, cell, Polarity(indicator.polarity))
    count = str(cell.contributors) if cell is not None and cell.median is not None else "–"
    return {
        "url": f"{url}?month={month:%Y-%m}&indicator={indicator.code}",
        "cells": [indicator.name, reading.words, count, *numbers, place],
    }
