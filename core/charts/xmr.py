"""The control chart: a measure over time, its expected range, and real change by shape."""

from dataclasses import dataclass

from core.charts import svg
from core.charts.svg import Chart, Column, Frame

HEIGHT = 280


@dataclass(frozen=True)
class XmrPoint:
    """One period. `signal` names the rule that makes it real change; `note` is for the table."""

    label: str
    value: float | None
    signal: str = ""
    note: str = ""


@dataclass(frozen=True)
class Xmr:
    """A control chart; `mean`, `lower` and `upper` are None while there are too few points.

    `baseline` says in words what the limits rest on: "April 2025 to March 2026".
    """

    title: str
    sentence: str
    points: tuple[XmrPoint, ...]
    mean: float | None = None
    lower: float | None = None
    upper: float | None = None
    target: float | None = None
    unit: str = "%"
    baseline: str = ""
    csv_url: str = ""


def draw_xmr(data: Xmr, *, width: int = svg.WIDE) -> Chart:
    """The control chart with its table; `width` 340 draws it for a phone."""
    values = [point.value for point in data.points if point.value is not None]
    lines = [v for v in (data.mean, data.lower, data.upper, data.target) if v is not None]
    area = svg.frame(values + lines or [0, 1], width, HEIGHT, data.unit)
    parts = [
        *_range(data, area),
        *svg.scale_lines(area, data.unit),
        *_lines(data, area),
        *_series(data, area),
        *svg.period_labels(area, [point.label for point in data.points]),
    ]
    return Chart(
        svg.picture(data.title, data.sentence, width, HEIGHT, parts),
        data.title,
        data.sentence,
        (Column("Period"), Column("Value", numeric=True), Column("Reading"), Column("Note")),
        tuple(_row(point, data) for point in data.points),
        _note(data),
        data.csv_url,
    )


def _range(data: Xmr, area: Frame) -> list[str]:
    if data.lower is None or data.upper is None:
        return []
    top, bottom = area.y(data.upper), area.y(data.lower)
    return [svg.rectangle((area.left, top), (area.right, bottom), svg.PALE)]


def _lines(data: Xmr, area: Frame) -> list[str]:
    drawn = [
        (data.lower, svg.GREY, "2 4"),
        (data.upper, svg.GREY, "2 4"),
        (data.mean, svg.GREY, ""),
        (data.target, svg.PINK, "8 4"),
    ]
    parts = [
        svg.line((area.left, area.y(value)), (area.right, area.y(value)), colour, dash)
        for value, colour, dash in drawn
        if value is not None
    ]
    if data.target is not None:
        words = f"target {svg.number(data.target, data.unit)}"
        level = max(area.top + 10, area.y(data.target) - 5)
        parts.append(svg.text(area.left + 4, level, words, fill=svg.PINK))
    return parts


def _series(data: Xmr, area: Frame) -> list[str]:
    count, parts, marks = len(data.points), [], []
    stretch: list[tuple[float, float]] = []
    for index, point in enumerate(data.points):
        # A period that was not measured leaves a gap: joining over it would invent a value.
        if point.value is None:
            parts.append(svg.polyline(stretch, svg.BLUE))
            stretch = []
            continue
        x, y = area.x(index, count), area.y(point.value)
        stretch.append((x, y))
        marks.append(
            svg.diamond(x, y, 7, svg.ORANGE) if point.signal else svg.circle(x, y, 4, svg.BLUE)
        )
    parts.append(svg.polyline(stretch, svg.BLUE))
    return [*parts, *marks]


def _row(point: XmrPoint, data: Xmr) -> tuple[str, str, str, str]:
    reading = f"Real change: {point.signal}" if point.signal else "As expected"
    if point.value is None:
        reading = "Not measured"
    elif data.mean is None:
        reading = "Too few periods to judge"
    return point.label, svg.number(point.value, data.unit, 2), reading, point.note


def _note(data: Xmr) -> str:
    if data.mean is None or data.lower is None or data.upper is None:
        return "Too few periods for an expected range."
    edges = " to ".join(svg.number(edge, data.unit) for edge in (data.lower, data.upper))
    words = f"Diamond: real change. Circle: as expected. Band: expected range, {edges}"
    return f"{words}, from {data.baseline}." if data.baseline else f"{words}."
