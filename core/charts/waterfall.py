"""A change step by step: what each cause added or took, and where they lead together."""

from dataclasses import dataclass
from itertools import accumulate

from core.charts import svg
from core.charts.bars import ROW, Bar
from core.charts.svg import Chart, Column


@dataclass(frozen=True)
class Waterfall:
    """Steps from nought in the order given; `total` names where they end."""

    title: str
    sentence: str
    bars: tuple[Bar, ...]
    total: Bar
    category: str
    measure: str
    csv_url: str = ""


def draw_waterfall(data: Waterfall, *, width: int = svg.WIDE) -> Chart:
    """Lying bars, each from where the one before ended; what is taken is hollow."""
    narrow = width < svg.NARROWEST_WIDE
    levels = [0.0, *accumulate(bar.value for bar in data.bars)]
    steps = [*zip(data.bars, levels, levels[1:], strict=False), (data.total, 0.0, levels[-1])]
    low, high = min(levels), max(levels)
    labels = 0.0 if narrow else width * 0.4
    figures = max(len(bar.text) for bar, _, _ in steps) * svg.CHARACTER + 12
    scale = max(20.0, width - labels - figures) / ((high - low) or 1)
    row, parts = ROW + 18 if narrow else ROW, []
    for index, (bar, start, end) in enumerate(steps):
        top = 4 + index * row + (18 if narrow else 0)
        left, right = (labels + (value - low) * scale for value in sorted((start, end)))
        paint = svg.WHITE if end < start else svg.BLUE
        stroke = svg.BLACK if bar is data.total else svg.BLUE
        right = max(right, left + 1)
        parts.append(svg.rectangle((left, top), (right, top + ROW - 10), paint, stroke))
        parts.append(svg.text(right + 6, top + 15, bar.text, bold=bar is data.total))
        label = svg.short(bar.label, width if narrow else labels - 8)
        where = (0.0, top - 5) if narrow else (labels - 8, top + 15)
        parts.append(svg.text(*where, label, anchor="start" if narrow else "end"))
    height = 8 + row * len(steps)
    return Chart(
        svg.picture(data.title, data.sentence, width, height, parts),
        data.title,
        data.sentence,
        (Column(data.category), Column(data.measure, numeric=True)),
        tuple((bar.label, bar.text) for bar, _, _ in steps),
        csv_url=data.csv_url,
    )
