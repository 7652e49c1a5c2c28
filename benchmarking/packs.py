"""What a board pack says: the figures of a month in words, the pictures of the page, the numbers.

Plain JSON for the template `benchmarking/pack.typ`. The same figures give the same contents, so a
pack made again is a new version only if something changed.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from benchmarking import boards
from benchmarking.selectors import cells_of
from core.charts import Chart
from core.templatetags.web import day
from sla.ratings import Rating
from sla.readings import Reading, control_chart, read, state_words
from sla.registry import MEASURES, Kind
from sla.selectors import (
    Said,
    current_indicators,
    measure_values,
    notes_of,
    shown,
    targets_of,
)
from tenants.selectors import OrganisationRow

NUMBERS_OF_MONTHS = 13


def contents(place: OrganisationRow, month: date, *, today: date) -> dict[str, Any] | None:
    """The pack of an organisation and month; None while nothing of it is measured."""
    live = [row for row in current_indicators(today) if row.live]
    values = measure_values([place.id], live)
    if month not in values.months:
        return None
    targets = targets_of([place.id])
    notes = notes_of(place.id, month)
    readings = [read(values, place.id, row, month, targets) for row in live]
    measured = [each for each in readings if each.measured]
    main = [each for each in readings if boards.on_board(each.indicator, place.kind)]
    told = sorted((each for each in main if each.measured), key=lambda r: r.indicator.board)
    judged = [each for each in told if each.indicator.kind == Kind.KPI]
    return {
        "title": f"Board pack, {month:%B %Y}",
        "from": place.name,
        "colour": place.brand_colour,
        "headline": boards.headline(main),
        "state": state_words(notes.signed),
        "attention": _attention(judged, notes.remarks),
        "remarks": _other_remarks(readings, judged, notes.remarks),
        "measures": [_line(each) for each in judged],
        "charts": [_picture(control_chart(each)) for each in judged],
        "places": _places(judged, place.short_name, month),
        "inputs": [_line(each) for each in measured if each.indicator.kind == Kind.INPUT],
        "volumes": [_line(each) for each in measured if each.indicator.kind == Kind.KAI],
        "unmeasured": boards.reasons(readings),
        "appendix": [_numbers(each) for each in measured],
    }


Remarks = Mapping[str, list[Said]]


def _attention(judged: list[Reading], said: Remarks) -> list[dict[str, Any]]:
    return [
        {**boards.attention(each, ""), "remarks": _words(each, said)}
        for each in judged
        if each.needs_attention
    ]


def _other_remarks(
    readings: list[Reading], judged: list[Reading], said: Remarks
) -> list[dict[str, Any]]:
    """What was said of measures that do not stand out."""
    shown_above = {each.indicator.code for each in judged if each.needs_attention}
    return [
        {"name": each.indicator.name, "remarks": _words(each, said)}
        for each in readings
        if each.indicator.code not in shown_above and _words(each, said)
    ]


def _words(reading: Reading, said: Remarks) -> list[str]:
    remarks = said.get(reading.indicator.code, [])
    return [f"{one.text} ({one.made_by_name}, {day(one.made_at)})" for one in remarks]


def _line(reading: Reading) -> dict[str, Any]:
    """Measure, month, month before, target, rating, change."""
    target = shown(reading.lines.met_at, reading.indicator) if reading.lines else ""
    rating = reading.assessment.rating
    rated = "" if rating is Rating.OTHER else reading.rated
    name, before = reading.indicator.name, boards.before(reading)
    return {"cells": [name, reading.both, before, target, rated, reading.says]}


def _picture(chart: Chart) -> dict[str, str]:
    return {"title": chart.title, "sentence": chart.sentence, "svg": chart.paper}


def _places(judged: list[Reading], name: str, month: date) -> list[dict[str, str]]:
    """Own place among peers, by the very cells and rules of suppression that the page uses."""
    cells = cells_of(month, [each.indicator.code for each in judged])
    charts = [boards.place_chart(each, name, cells.get(each.indicator.code)) for each in judged]
    return [_picture(chart) for chart in charts if chart is not None]


def _numbers(reading: Reading) -> dict[str, Any]:
    """The last months of a measure: above the line, below it, the value."""
    row = reading.indicator
    figures = reversed(reading.figures[-NUMBERS_OF_MONTHS:])
    return {
        "title": f"{row.code} {row.name}",
        "formula": row.formula_in_words,
        "heads": ["Month", _label(row.numerator), _label(row.denominator), "Value"],
        "rows": [
            {
                "cells": [
                    f"{each.month:%B %Y}",
                    "" if each.numerator is None else f"{each.numerator:,}",
                    "" if each.denominator is None else f"{each.denominator:,}",
                    shown(each.value, row),
                ]
            }
            for each in figures
        ],
    }


def _label(key: str) -> str:
    if key not in MEASURES:
        return ""
    unit = " (pence)" if MEASURES[key].unit == "pence" else ""
    return f"{MEASURES[key].label}{unit}"
