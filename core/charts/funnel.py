"""The funnel: partners of different size against limits that allow for their size."""

from dataclasses import dataclass

from core.charts import svg
from core.charts.svg import Chart, Column, Frame

HEIGHT = 320


@dataclass(frozen=True)
class FunnelPoint:
    """One organisation: its denominator and its rate in percent.

    `reading` says where it lies; `outlier` draws it as a diamond, `own` large with its figure.
    """

    label: str
    size: int
    rate: float
    reading: str
    outlier: bool = False
    own: bool = False


@dataclass(frozen=True)
class FunnelEdge:
    """The limits in percent at one size."""

    size: int
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float


@dataclass(frozen=True)
class Funnel:
    """Points among limits; `edges` in order of size, from the smallest drawn to the largest."""

    title: str
    sentence: str
    centre: float
    edges: tuple[FunnelEdge, ...]
    points: tuple[FunnelPoint, ...]
    size_label: str
    csv_url: str = ""


@dataclass(frozen=True)
class _Across:
    largest: int
    area: Frame

    def x(self, size: float) -> float:
        return self.area.left + size / self.largest * (self.area.right - self.area.left)


def draw_funnel(data: Funnel, *, width: int = svg.WIDE) -> Chart:
    """The funnel plot with its table; nobody is ranked, rows keep the order given."""
    rates = [point.rate for point in data.points] + [data.centre]
    limits = [limit for edge in data.edges for limit in (edge.lower_998, edge.upper_998)]
    area = svg.frame(rates + limits, width, HEIGHT, "%")
    sizes = [each.size for each in data.points] + [edge.size for edge in data.edges]
    scale = svg.ticks(0, max(sizes, default=1), 5 if width >= svg.NARROWEST_WIDE else 2)
    across = _Across(int(scale[-1]), area)
    parts = [
        *svg.scale_lines(area, "%"),
        *_sizes(across, scale, data.size_label),
        *_limits(across, data),
        *(mark for point in data.points for mark in _mark(across, point, width)),
    ]
    return Chart(
        svg.picture(data.title, data.sentence, width, HEIGHT, parts),
        data.title,
        data.sentence,
        (
            Column("Organisation"),
            Column(data.size_label, numeric=True),
            Column("Rate", numeric=True),
            Column("Reading"),
        ),
        tuple(
            (each.label, f"{each.size:,}", svg.number(each.rate, "%", 2), each.reading)
            for each in data.points
        ),
        "Diamond: different from the group. Circle: no different. Dashes: 95% limits, "
        "dots: 99.8% limits, solid line: the group as a whole.",
        data.csv_url,
    )


def _sizes(across: _Across, scale: list[float], label: str) -> list[str]:
    bottom = across.area.bottom
    parts = []
    for size in scale[:-1]:
        where = across.x(size)
        parts.append(svg.text(where, bottom + 20, f"{size:,.0f}", anchor="middle", fill=svg.GREY))
    end = (
        f"{scale[-1]:,.0f} {label}"
        if across.area.right > svg.NARROWEST_WIDE
        else f"{scale[-1]:,.0f}"
    )
    parts.append(svg.text(across.area.right + 8, bottom + 20, end, anchor="end", fill=svg.GREY))
    return parts


def _limits(across: _Across, data: Funnel) -> list[str]:
    area, drawn = across.area, []
    for name, dash in (
        ("lower_95", "6 4"),
        ("upper_95", "6 4"),
        ("lower_998", "2 3"),
        ("upper_998", "2 3"),
    ):
        path = [(across.x(edge.size), area.y(getattr(edge, name))) for edge in data.edges]
        drawn.append(svg.polyline(path, svg.GREY, dash))
    level = area.y(data.centre)
    return [*drawn, svg.line((area.left, level), (area.right, level), svg.GREY)]


def _mark(across: _Across, point: FunnelPoint, width: int) -> list[str]:
    x, y = across.x(point.size), across.area.y(point.rate)
    radius = 9 if point.own else 5
    if point.outlier:
        marks = [svg.diamond(x, y, radius + 2, svg.ORANGE)]
    else:
        marks = [svg.circle(x, y, radius, svg.BLUE)]
    if point.own or point.outlier:
        words = svg.short(f"{point.label} {svg.number(point.rate, '%')}", width - 60)
        half = len(words) * svg.BOLD_CHARACTER / 2
        middle = max(across.area.left + half, min(width - half, x))
        level = y - 14 if y > across.area.top + 28 else y + 26
        marks.append(svg.text(middle, level, words, anchor="middle", fill=svg.BLUE, bold=True))
    return marks
