"""A small line for a tile or a table row: the shape of a year, no scale."""

from dataclasses import dataclass

from core.charts import svg
from core.charts.svg import Chart, Column, Frame

WIDTH, HEIGHT = 120, 32


@dataclass(frozen=True)
class Sparkline:
    """Labels and values in order of time; `signals` are the positions of real change."""

    title: str
    sentence: str
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    signals: frozenset[int] = frozenset()
    unit: str = "%"


def draw_sparkline(data: Sparkline, *, width: int = WIDTH) -> Chart:
    """The small line; its newest point is marked, by a diamond where it is real change."""
    measured = [value for value in data.values if value is not None] or [0]
    low, high = min(measured), max(measured)
    if low == high:
        low, high = low - 1, high + 1
    area = Frame(2, width - 4, 6, HEIGHT - 6, low, high)
    placed = {
        index: (area.x(index, len(data.values)), area.y(value))
        for index, value in enumerate(data.values)
        if value is not None
    }
    parts = [svg.polyline(placed.values(), svg.BLUE)]
    for index, (x, y) in placed.items():
        if index in data.signals:
            parts.append(svg.diamond(x, y, 5, svg.ORANGE))
        elif index == max(placed):
            parts.append(svg.circle(x, y, 4, svg.BLUE))
    rows = zip(data.labels, data.values, strict=True)
    return Chart(
        svg.picture(data.title, data.sentence, width, HEIGHT, parts),
        data.title,
        data.sentence,
        (Column("Period"), Column("Value", numeric=True)),
        tuple((label, svg.number(value, data.unit, 2)) for label, value in rows),
    )
