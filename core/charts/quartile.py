"""Own place among peers: the middle half as a box, the median, the own dot with its figure.

Only what may be disclosed is given to this chart: without quartiles there is no box, and peers
are dots only where they agreed to be named.
"""

from dataclasses import dataclass

from core.charts import svg
from core.charts.svg import Chart, Column

HEIGHT = 150
MIDDLE = 66
# The scale spans at least this share of the largest figure.
LEAST_SPAN = 0.1


@dataclass(frozen=True)
class Dot:
    """A named organisation's value."""

    label: str
    value: float


@dataclass(frozen=True)
class Reference:
    """An outside figure, with its year and source in the label."""

    label: str
    value: float


@dataclass(frozen=True)
class QuartilePlot:
    """Own value among peers; everything that is not disclosed is None or empty."""

    title: str
    sentence: str
    own: Dot | None
    median: float | None = None
    lower: float | None = None
    upper: float | None = None
    peers: tuple[Dot, ...] = ()
    references: tuple[Reference, ...] = ()
    unit: str = "%"
    contributors: int = 0
    csv_url: str = ""


def draw_quartile(data: QuartilePlot, *, width: int = svg.WIDE) -> Chart:
    """Box and dots on one level scale, with the table of the same figures."""
    figures = _figures(data)
    low = min((value for _, value, _ in figures), default=0.0)
    high = max((value for _, value, _ in figures), default=1.0)
    # Figures that hardly differ must not look far apart.
    room = max(0.0, LEAST_SPAN * max(abs(low), abs(high)) - (high - low)) / 2
    scale = svg.ticks(
        low - room,
        high + room,
        wanted=6 if width >= svg.NARROWEST_WIDE else 3,
    )
    plot = _Level(scale[0], scale[-1], 28, width - 28)
    parts = [*_scale(plot, scale, data.unit), *_box(plot, data), *_dots(plot, data, width)]
    return Chart(
        svg.picture(data.title, data.sentence, width, HEIGHT, parts),
        data.title,
        data.sentence,
        (Column("Figure"), Column("Value", numeric=True), Column("Kind")),
        tuple((label, svg.number(value, data.unit, 2), kind) for label, value, kind in figures),
        _note(data),
        data.csv_url,
    )


@dataclass(frozen=True)
class _Level:
    low: float
    high: float
    left: float
    right: float

    def x(self, value: float) -> float:
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)


def _figures(data: QuartilePlot) -> list[tuple[str, float, str]]:
    summary = [
        ("Lower quartile", data.lower),
        ("Median", data.median),
        ("Upper quartile", data.upper),
    ]
    own = [(data.own.label, data.own.value, "Own figure")] if data.own else []
    return [
        *own,
        *((label, value, "Peers") for label, value in summary if value is not None),
        *((dot.label, dot.value, "Peer, named by agreement") for dot in data.peers),
        *((each.label, each.value, "Outside reference") for each in data.references),
    ]


def _scale(plot: _Level, scale: list[float], unit: str) -> list[str]:
    parts = [svg.line((plot.left, 104), (plot.right, 104), svg.LINES)]
    for value in scale:
        x = plot.x(value)
        parts.append(svg.line((x, 100), (x, 108), svg.GREY))
        label = svg.number(value, unit, 2)
        parts.append(svg.text(x, 124, label, anchor="middle", fill=svg.GREY))
    return parts


def _box(plot: _Level, data: QuartilePlot) -> list[str]:
    parts = []
    if data.lower is not None and data.upper is not None:
        left, right = plot.x(data.lower), plot.x(data.upper)
        corners = (left, MIDDLE - 20), (max(left + 1, right), MIDDLE + 20)
        parts.append(svg.rectangle(*corners, svg.PALE, svg.GREY))
    if data.median is not None:
        x = plot.x(data.median)
        edges = {"x1": x, "x2": x, "y1": MIDDLE - 20, "y2": MIDDLE + 20}
        parts.append(svg.element("line", stroke=svg.BLACK, stroke_width=3, **edges))
    return parts


def _dots(plot: _Level, data: QuartilePlot, width: int) -> list[str]:
    parts = [svg.circle(plot.x(dot.value), MIDDLE, 5, svg.GREY) for dot in data.peers]
    for each in data.references:
        x = plot.x(each.value)
        parts.append(svg.line((x, MIDDLE - 28), (x, 104), svg.PINK, "6 3"))
    if data.own:
        x = plot.x(data.own.value)
        words = svg.short(f"{data.own.label} {svg.number(data.own.value, data.unit)}", width)
        half = len(words) * svg.BOLD_CHARACTER / 2
        middle = max(half, min(width - half, x))
        parts.append(svg.circle(x, MIDDLE, 9, svg.BLUE))
        parts.append(svg.text(middle, 20, words, anchor="middle", fill=svg.BLUE, bold=True))
        parts.append(svg.line((x, 26), (x, MIDDLE - 10), svg.BLUE))
    return parts


def _note(data: QuartilePlot) -> str:
    said = ["Large dot: own figure."] if data.own else []
    if data.lower is not None and data.upper is not None:
        said.append("Box: the middle half of the group (inclusive quartiles).")
    if data.median is not None:
        said.append(f"Thick line: median of {data.contributors} organisations.")
    if data.peers:
        said.append("Small dots: peers who agreed to be named.")
    if data.references:
        said.append("Dashed lines: outside references.")
    return " ".join(said)
