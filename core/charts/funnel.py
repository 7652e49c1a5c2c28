"""The funnel: partners of different size against limits that allow for their size."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.charts import svg
from core.charts.svg import Chart, Column, Frame

HEIGHT = 340
# Beneath the scale stands what it counts.
TITLE_HEIGHT = 20
Box = tuple[float, float, float, float]


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
    """Points among limits; `edges` in order of size, from the smallest drawn to the largest.

    `size_label` says what the sizes count: "Invoices paid".
    """

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
    area = svg.frame(rates + limits, width, HEIGHT - TITLE_HEIGHT, "%")
    sizes = [each.size for each in data.points] + [edge.size for edge in data.edges]
    scale = svg.ticks(0, max(sizes, default=1), 5 if width >= svg.NARROWEST_WIDE else 2)
    across = _Across(int(scale[-1]), area)
    parts = [
        *svg.scale_lines(area, "%"),
        *_sizes(across, scale, data.size_label),
        *_limits(across, data),
        *(_mark(across, point) for point in data.points),
        *_names(across, data.points, width),
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
    area = across.area
    parts = []
    for size in scale:
        # The last one would stick out where it stood in the middle.
        last = size == scale[-1]
        where, anchor = (area.right + 8, "end") if last else (across.x(size), "middle")
        parts.append(
            svg.text(where, area.bottom + 20, f"{size:,.0f}", anchor=anchor, fill=svg.GREY)
        )
    words = svg.short(label, area.right - area.left)
    middle = (area.left + area.right) / 2
    parts.append(svg.text(middle, area.bottom + 40, words, anchor="middle", fill=svg.GREY))
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


def _radius(point: FunnelPoint) -> int:
    return 9 if point.own else 5


def _mark(across: _Across, point: FunnelPoint) -> str:
    x, y = across.x(point.size), across.area.y(point.rate)
    if point.outlier:
        return svg.diamond(x, y, _radius(point) + 2, svg.ORANGE)
    return svg.circle(x, y, _radius(point), svg.BLUE)


def _names(across: _Across, points: tuple[FunnelPoint, ...], width: int) -> list[str]:
    """The own point and those apart by name, each where it covers neither a mark nor a name."""
    taken = []
    for point in points:
        x, y, reach = across.x(point.size), across.area.y(point.rate), _radius(point) + 2
        taken.append((x - reach, y - reach, x + reach, y + reach))
    parts = []
    for point in points:
        if not (point.own or point.outlier):
            continue
        words = svg.short(f"{point.label} {svg.number(point.rate, '%')}", width - 60)
        boxes = list(_places(across, point, len(words) * svg.BOLD_CHARACTER / 2, width))
        box = next((box for box in boxes if not any(_overlap(box, one) for one in taken)), boxes[0])
        taken.append(box)
        middle, level = (box[0] + box[2]) / 2, box[3] - 3
        parts.append(svg.text(middle, level, words, anchor="middle", fill=svg.BLUE, bold=True))
    return parts


def _places(across: _Across, point: FunnelPoint, half: float, width: int) -> Iterator[Box]:
    """Boxes for a name of that half width inside the drawing, the best first."""
    x, y, area = across.x(point.size), across.area.y(point.rate), across.area
    gap = _radius(point) + 4
    for middle, level in (
        (x, y - gap - 5),
        (x, y + gap + 14),
        (x - gap - half, y + 5),
        (x + gap + half, y + 5),
        (x, y - gap - 23),
        (x, y + gap + 32),
        (x, y - gap - 41),
        (x, y + gap + 50),
    ):
        inside = max(area.left + half, min(width - half, middle))
        if area.top + 9 <= level <= area.bottom - 4:
            yield (inside - half, level - 12, inside + half, level + 3)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
