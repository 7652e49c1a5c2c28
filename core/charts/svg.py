"""Parts that every chart is made of: palette, scales, marks, the picture and its table.

Drawn with presentation attributes only: the content security policy forbids inline styles. No
meaning is carried by colour alone. Text is set in units of the drawing, so a chart for a narrow
screen is drawn narrow, never shrunk.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, isclose, log10
from typing import Protocol, TypeVar
from zlib import crc32

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

Data = TypeVar("Data", contravariant=True)

WIDE = 720
NARROW = 340
NARROWEST_WIDE = 480
FONT_SIZE = 14
# Rough width of a character of 14-unit Arial, for fitting labels.
CHARACTER = 7.2
BOLD_CHARACTER = 8

# Chosen from the government analysis palette, the orange darkened until it could be read.
BLUE = "#12436D"
TEAL = "#1F8479"
PINK = "#801650"
ORANGE = "#B8420F"
GREY = "#505A5F"
BLACK = "#0B0C0C"
WHITE = "#FFFFFF"
PALE = "#EEF2F6"
LINES = "#B1B4B6"
TEXT_COLOURS = (BLUE, PINK, ORANGE, GREY, BLACK)
MARK_COLOURS = (BLUE, TEAL, PINK, ORANGE, GREY)
BACKGROUNDS = (WHITE, PALE)


@dataclass(frozen=True)
class Column:
    """A column of the table beside a chart."""

    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Chart:
    """A picture, what it says and the same figures as a table, as the chart component wants it."""

    svg: SafeString
    title: str
    sentence: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    csv_url: str = ""
    # The drawing for paper, where `svg` holds one for each width of a screen.
    paper: str = ""

    @property
    def headers(self) -> tuple[str, ...]:
        """The labels of the columns."""
        return tuple(column.label for column in self.columns)


class Drawer(Protocol[Data]):
    """A function that draws one kind of chart at a given width."""

    def __call__(self, data: Data, /, *, width: int) -> Chart:
        """The chart, `width` units wide."""


def for_every_width(draw: Drawer[Data], data: Data) -> Chart:
    """The chart drawn twice, wide and narrow; the style sheet shows the one that fits."""
    wide, narrow = draw(data, width=WIDE), draw(data, width=NARROW)
    both = format_html(
        '<div class="app-svg-wide">{}</div><div class="app-svg-narrow">{}</div>',
        wide.svg,
        narrow.svg,
    )
    return replace(wide, svg=both, paper=wide.svg)


@dataclass(frozen=True)
class Frame:
    """The plotting area inside a drawing, and the values at its edges."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float

    def y(self, value: float) -> float:
        """Height of a value in the drawing."""
        share = (value - self.low) / (self.high - self.low)
        return self.bottom - share * (self.bottom - self.top)

    def x(self, position: int, count: int) -> float:
        """Centre of the slot at `position` of `count` across the plot."""
        return self.left + (self.right - self.left) * (position + 0.5) / count


def element(name: str, content: str = "", /, **attributes: str | float) -> str:
    """One SVG element. Numbers get one decimal, an underscore becomes a hyphen, text is escaped."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _attribute(value: str | float) -> str:
    if isinstance(value, str):
        return escape(value)
    return f"{value:.1f}".removesuffix(".0")


def text(
    x: float, y: float, words: str, *, anchor: str = "start", fill: str = BLACK, bold: bool = False
) -> str:
    """Words in the drawing; `anchor` is start, middle or end. Bold ones stand off the lines."""
    marks: dict[str, str | float] = {}
    if bold:
        marks = {"font_weight": "bold", "stroke": WHITE, "stroke_width": 4, "paint_order": "stroke"}
    return element("text", escape(words), x=x, y=y, text_anchor=anchor, fill=fill, **marks)


def line(start: tuple[float, float], end: tuple[float, float], stroke: str, dash: str = "") -> str:
    """A straight line, dashed when `dash` is given."""
    pattern = {"stroke_dasharray": dash} if dash else {}
    (x1, y1), (x2, y2) = start, end
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, **pattern)


def rectangle(
    start: tuple[float, float], end: tuple[float, float], fill: str, stroke: str = "none"
) -> str:
    """A rectangle from its upper left corner to its lower right one."""
    (left, top), (right, bottom) = start, end
    size = {"width": right - left, "height": bottom - top}
    return element("rect", x=left, y=top, **size, fill=fill, stroke=stroke)


def polyline(points: Iterable[tuple[float, float]], stroke: str, dash: str = "") -> str:
    """A line through points."""
    pattern = {"stroke_dasharray": dash} if dash else {}
    path = " ".join(f"{_attribute(x)},{_attribute(y)}" for x, y in points)
    return element("polyline", points=path, fill="none", stroke=stroke, stroke_width=2, **pattern)


def circle(x: float, y: float, radius: float, fill: str) -> str:
    """An ordinary point, ringed in white so that it stands off the line."""
    return element("circle", cx=x, cy=y, r=radius, fill=fill, stroke=WHITE)


def diamond(x: float, y: float, radius: float, fill: str) -> str:
    """A point of real change: the shape says it, the colour only repeats it."""
    corners = ((x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y))
    path = " ".join(f"{_attribute(a)},{_attribute(b)}" for a, b in corners)
    return element("polygon", points=path, fill=fill, stroke=WHITE)


def picture(
    title: str, description: str, width: float, height: float, parts: Iterable[str]
) -> SafeString:
    """The whole drawing, named and described for a screen reader."""
    body = "".join(parts)
    # Two drawings of the same chart on one page, wide and narrow, need different ids.
    key = f"chart-{crc32(f'{title}|{description}|{width}|{body}'.encode()):08x}"
    named = element("title", escape(title) or " ", id=f"{key}-title")
    described = element("desc", escape(description) or " ", id=f"{key}-desc")
    drawing = element(
        "svg",
        named + described + body,
        xmlns="http://www.w3.org/2000/svg",
        class_="app-svg",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        viewBox=f"0 0 {_attribute(width)} {_attribute(height)}",
        width=width,
        height=height,
        font_family="Arial, Helvetica, sans-serif",
        font_size=FONT_SIZE,
    )
    # Every text and attribute above went through escape().
    return mark_safe(drawing)  # noqa: S308


def number(value: float | None, unit: str = "", places: int = 1) -> str:
    """A figure for people: thousands separated, no needless zero; pounds with all their pence."""
    if value is None:
        return "Not measured"
    shown = f"{abs(value):,.{places}f}"
    if unit == "£" and value % 1:
        shown = f"{abs(value):,.2f}"
    elif "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    sign = "−" if value < 0 and shown != "0" else ""
    return f"{sign}£{shown}" if unit == "£" else f"{sign}{shown}{unit}"


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round values from at or below `low` to at or above `high`, about `wanted` of them."""
    if isclose(low, high):
        low, high = low - 1, high + 1
    rough = (high - low) / wanted
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    first, last = floor(low / step), ceil(high / step)
    return [round(position * step, 10) for position in range(first, last + 1)]


def frame(values: Sequence[float], width: float, height: float, unit: str) -> Frame:
    """A plotting area whose left margin fits the labels of its scale."""
    scale = ticks(min(values), max(values))
    widest = max(len(number(value, unit, 2)) for value in scale)
    left = 14 + widest * CHARACTER
    return Frame(left, width - 12, 14, height - 28, scale[0], scale[-1])


def scale_lines(area: Frame, unit: str) -> list[str]:
    """Horizontal grid lines with their values."""
    parts = []
    for value in ticks(area.low, area.high):
        if area.low <= value <= area.high:
            level = area.y(value)
            parts.append(line((area.left, level), (area.right, level), LINES))
            label = number(value, unit, 2)
            parts.append(text(area.left - 6, level + 5, label, anchor="end", fill=GREY))
    return parts


def period_labels(area: Frame, labels: Sequence[str]) -> list[str]:
    """Labels along the bottom, as many as fit, always with the newest."""
    if not labels:
        return []
    widest = max(len(label) for label in labels) * CHARACTER + 10
    every = max(1, ceil(widest * len(labels) / (area.right - area.left)))
    parts = []
    for index in range(len(labels) - 1, -1, -every):
        half = len(labels[index]) * CHARACTER / 2
        middle = min(area.x(index, len(labels)), area.right + 10 - half)
        middle = max(middle, half)
        parts.append(text(middle, area.bottom + 20, labels[index], anchor="middle", fill=GREY))
    return parts


def short(words: str, width: float) -> str:
    """Words cut to fit `width`, with an ellipsis; the table keeps them whole."""
    fits = max(1, int(width / CHARACTER))
    return words if len(words) <= fits else words[: fits - 1].rstrip() + "…"
