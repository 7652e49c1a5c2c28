"""Volumes: upright bars by month, lying bars by category."""

from dataclasses import dataclass

from core.charts import svg
from core.charts.svg import Chart, Column

HEIGHT = 240
ROW = 30


@dataclass(frozen=True)
class Bar:
    """One bar: its length in the units of the chart, and the figure as people read it.

    Money is given in whole pence with its text in pounds.
    """

    label: str
    value: float
    text: str


@dataclass(frozen=True)
class PeriodBars:
    """Bars by period, in order of time; `measure` heads the column of figures."""

    title: str
    sentence: str
    bars: tuple[Bar, ...]
    measure: str
    unit: str = ""
    # What one step of the value scale stands for: 100 when bars are pence and the scale pounds.
    divisor: int = 1
    csv_url: str = ""


@dataclass(frozen=True)
class CategoryBars:
    """Bars by category in the order given; `category` and `measure` head the columns."""

    title: str
    sentence: str
    bars: tuple[Bar, ...]
    category: str
    measure: str
    csv_url: str = ""


def draw_periods(data: PeriodBars, *, width: int = svg.WIDE) -> Chart:
    """Upright bars on a scale that includes nought; the figures are in the table."""
    sizes = [bar.value / data.divisor for bar in data.bars]
    area = svg.frame([0, *sizes] if any(sizes) else [0, 1], width, HEIGHT, data.unit)
    parts = svg.scale_lines(area, data.unit)
    slot = (area.right - area.left) / max(1, len(sizes))
    for index, size in enumerate(sizes):
        middle, half = area.x(index, len(sizes)), slot * 0.35
        high, low = sorted((area.y(size), area.y(0)))
        parts.append(svg.rectangle((middle - half, high), (middle + half, low), svg.BLUE))
    parts += svg.period_labels(area, [bar.label for bar in data.bars])
    return _chart(data, parts, width, HEIGHT, "Period", data.measure)


def draw_categories(data: CategoryBars, *, width: int = svg.WIDE) -> Chart:
    """Lying bars with the figure at each end; labels stand above the bars on a narrow drawing."""
    narrow = width < svg.NARROWEST_WIDE
    labels = 0.0 if narrow else width * 0.32
    row = ROW + 18 if narrow else ROW
    longest = max((abs(bar.value) for bar in data.bars), default=0) or 1
    figures = max((len(bar.text) for bar in data.bars), default=0) * svg.CHARACTER + 12
    room = max(20.0, width - labels - figures)
    parts: list[str] = []
    for index, bar in enumerate(data.bars):
        top = 4 + index * row + (18 if narrow else 0)
        length = abs(bar.value) / longest * room
        # A negative bar is hollow: length alone would not tell it from a charge.
        paint = svg.WHITE if bar.value < 0 else svg.BLUE
        end = (labels + max(1.0, length), top + ROW - 10)
        parts.append(svg.rectangle((labels, top), end, paint, svg.BLUE))
        parts.append(svg.text(labels + length + 6, top + 15, bar.text))
        label = svg.short(bar.label, width if narrow else labels - 8)
        where = (0.0, top - 5) if narrow else (labels - 8, top + 15)
        parts.append(svg.text(*where, label, anchor="start" if narrow else "end"))
    height = 8 + row * len(data.bars)
    return _chart(data, parts, width, height, data.category, data.measure)


def _chart(
    data: PeriodBars | CategoryBars,
    parts: list[str],
    width: int,
    height: int,
    label: str,
    measure: str,
) -> Chart:
    return Chart(
        svg.picture(data.title, data.sentence, width, height, parts),
        data.title,
        data.sentence,
        (Column(label), Column(measure, numeric=True)),
        tuple((bar.label, bar.text) for bar in data.bars),
        csv_url=data.csv_url,
    )
