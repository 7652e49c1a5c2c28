"""Charts: readable by everyone, true to the numbers, clean under a strict content policy."""

import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from core.charts import (
    NARROW,
    WIDE,
    Bar,
    CategoryBars,
    Chart,
    Dot,
    Funnel,
    FunnelEdge,
    FunnelPoint,
    PeriodBars,
    QuartilePlot,
    Reference,
    Sparkline,
    Waterfall,
    Xmr,
    XmrPoint,
    draw_categories,
    draw_funnel,
    draw_periods,
    draw_quartile,
    draw_sparkline,
    draw_waterfall,
    draw_xmr,
    for_every_width,
)
from core.charts import svg as drawing

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert("1")</script> & Sons'
MONTHS = tuple(f"{month} 2026" for month in ("Jan", "Feb", "Mar", "Apr", "May", "Jun"))

XMR = Xmr(
    title=f"Paid on time: better since May {HOSTILE}",
    sentence="96.2% in June, average 90.1%.",
    points=(
        *(XmrPoint(label, 90.0 + n) for n, label in enumerate(MONTHS[:3])),
        XmrPoint(MONTHS[3], None),
        XmrPoint(MONTHS[4], 95.0, "outside the expected range", HOSTILE),
        XmrPoint(MONTHS[5], 96.25, "outside the expected range"),
    ),
    mean=90.1,
    lower=86.0,
    upper=94.0,
    target=95.0,
    baseline="January to March 2026",
)
SPARK = Sparkline("Corrections", "Steady.", MONTHS, (1, 2, None, 2, 1, 9), frozenset({5}), "")
PERIODS = PeriodBars(
    "Invoices fell in June",
    "1,200 in June.",
    tuple(Bar(label, 100000 * n, f"£{1000 * n:,}") for n, label in enumerate(MONTHS, 1)),
    "Paid",
    unit="£",
    divisor=100,
)
CATEGORIES = CategoryBars(
    "Most is held for coding",
    "300 of 420.",
    (Bar("No order number", 300, "300"), Bar(HOSTILE * 3, 120, "120"), Bar("Credit", -20, "−20")),
    "Cause",
    "Invoices",
)
STEPS = Waterfall(
    "Gross pay rose",
    "£70 against the month before.",
    (Bar("Starters", 100, "£100"), Bar(HOSTILE * 3, -80, "−£80"), Bar("Claims", 50, "£50")),
    Bar("Together", 70, "£70"),
    "Cause",
    "Gross",
)
QUARTILE = QuartilePlot(
    "Cost per invoice: in the best quarter",
    "£2.95, median £3.90.",
    Dot("Wexcombe Borough Council", 2.95),
    median=3.895,
    lower=3.34,
    upper=4.4425,
    peers=(Dot("Ashby County", 5.6),),
    references=(Reference("NHS mean, 2015/16", 3.74),),
    unit="£",
    contributors=9,
)
FUNNEL = Funnel(
    "One organisation differs from the group",
    "Wexcombe is outside the limits.",
    92.0,
    tuple(FunnelEdge(size, 92 - 100 / size, 92 + 100 / size, 84, 99.6) for size in (120, 2400)),
    (
        FunnelPoint("Ashby", 120, 86.67, "within the limits"),
        FunnelPoint("Wexcombe", 2400, 86.67, "outside the limits", outlier=True, own=True),
    ),
    "invoices",
)
CASES = [
    (draw_xmr, XMR),
    (draw_sparkline, SPARK),
    (draw_periods, PERIODS),
    (draw_categories, CATEGORIES),
    (draw_waterfall, STEPS),
    (draw_quartile, QUARTILE),
    (draw_funnel, FUNNEL),
]
every_chart = pytest.mark.parametrize(("draw", "data"), CASES, ids=lambda each: type(each).__name__)
every_width = pytest.mark.parametrize("width", [NARROW, WIDE])


def parsed(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(chart.svg)


def count(chart: Chart, tag: str) -> int:
    return len(parsed(chart).findall(f".//{SVG}{tag}"))


@every_width
@every_chart
def test_a_picture_is_named_and_described(draw: Callable, data: object, width: int) -> None:
    chart = draw(data, width=width)
    root = parsed(chart)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert (title.text, description.text) == (chart.title, chart.sentence)
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert root.get("width") == str(width)


@every_width
@every_chart
def test_no_inline_style_script_or_raw_text(draw: Callable, data: object, width: int) -> None:
    markup = draw(data, width=width).svg
    assert re.search(r"\sstyle=|<script|\son\w+=|<style|nan|inf", markup) is None


@every_chart
def test_the_table_beside_fits_its_headers(draw: Callable, data: object) -> None:
    chart = draw(data)
    assert chart.rows
    assert {len(row) for row in chart.rows} == {len(chart.headers)}
    assert all(isinstance(cell, str) for row in chart.rows for cell in row)


@every_width
@every_chart
def test_words_stay_inside_the_drawing(draw: Callable, data: object, width: int) -> None:
    for words in parsed(draw(data, width=width)).iter(f"{SVG}text"):
        long = len(words.text) * drawing.CHARACTER
        share = {"start": 0, "middle": 0.5, "end": 1}[words.get("text-anchor")]
        left = float(words.get("x")) - share * long
        assert left >= -1, words.text
        assert left + long <= width + 1, words.text


@every_width
@every_chart
def test_every_part_is_inside_the_drawing(draw: Callable, data: object, width: int) -> None:
    root = parsed(draw(data, width=width))
    height = float(root.get("height"))
    for part in root.iter():
        across = [float(part.get(name)) for name in ("x", "x1", "x2", "cx") if part.get(name)]
        down = [float(part.get(name)) for name in ("y", "y1", "y2", "cy") if part.get(name)]
        assert all(-1 <= value <= width + 1 for value in across)
        assert all(-1 <= value <= height + 1 for value in down)


def test_each_step_begins_where_the_one_before_ended() -> None:
    bars = list(parsed(draw_waterfall(STEPS)).iter(f"{SVG}rect"))
    spans = [(float(one.get("x", 0)), float(one.get("x", 0)) + float(one.get("width", 0)))
             for one in bars]  # fmt: skip
    starters, taken, claims, total = spans
    assert starters[0] == total[0] == pytest.approx(min(left for left, _ in spans))
    assert (taken[1], taken[0], claims[1]) == pytest.approx(
        (starters[1], claims[0], total[1]), abs=0.2
    )
    assert [one.get("fill") for one in bars] == [drawing.BLUE, drawing.WHITE] + [drawing.BLUE] * 2


def test_real_change_is_a_diamond() -> None:
    chart = draw_xmr(XMR)
    assert (count(chart, "polygon"), count(chart, "circle")) == (2, 3)
    assert (count(draw_sparkline(SPARK), "polygon"), count(draw_sparkline(SPARK), "circle")) == (
        1,
        0,
    )
    assert (count(draw_funnel(FUNNEL), "polygon"), count(draw_funnel(FUNNEL), "circle")) == (1, 1)


def test_a_month_not_measured_leaves_a_gap() -> None:
    chart = draw_xmr(XMR)
    assert count(chart, "polyline") == 2
    assert chart.rows[3] == ("Apr 2026", "Not measured", "Not measured", "")
    assert chart.rows[5] == ("Jun 2026", "96.25%", "Real change: outside the expected range", "")
    assert chart.note == (
        "Diamond: real change. Circle: as expected. Band: expected range, 86% to 94%, "
        "from January to March 2026."
    )


def test_a_short_history_is_drawn_without_limits() -> None:
    chart = draw_xmr(Xmr("New", "Two months.", (XmrPoint("Jan", 5.0), XmrPoint("Feb", 5.0))))
    assert chart.rows[0] == ("Jan", "5%", "Too few periods to judge", "")
    assert chart.note == "Too few periods for an expected range."
    assert count(chart, "rect") == 0


def test_nothing_at_all_can_be_drawn() -> None:
    empty = [
        draw_xmr(Xmr("", "", ())),
        draw_sparkline(Sparkline("", "", (), ())),
        draw_periods(PeriodBars("", "", (), "Paid")),
        draw_categories(CategoryBars("", "", (), "Cause", "Invoices")),
        draw_quartile(QuartilePlot("", "", None)),
        draw_funnel(Funnel("", "", 92.0, (), (), "invoices")),
    ]
    assert [chart.rows for chart in empty] == [()] * 6
    assert [parsed(chart).get("role") for chart in empty] == ["img"] * 6


def test_only_what_is_disclosed_is_drawn() -> None:
    hidden = draw_quartile(QuartilePlot("Own trend only", "Too few peers.", Dot("Wexcombe", 2.95)))
    assert hidden.rows == (("Wexcombe", "2.95%", "Own figure"),)
    assert (count(hidden, "rect"), count(hidden, "circle")) == (0, 1)
    assert hidden.note == "Large dot: own figure."


def test_the_quartile_table_names_each_kind() -> None:
    assert draw_quartile(QUARTILE).rows == (
        ("Wexcombe Borough Council", "£2.95", "Own figure"),
        ("Lower quartile", "£3.34", "Peers"),
        ("Median", "£3.90", "Peers"),
        ("Upper quartile", "£4.44", "Peers"),
        ("Ashby County", "£5.60", "Peer, named by agreement"),
        ("NHS mean, 2015/16", "£3.74", "Outside reference"),
    )


def test_bars_keep_the_figures_people_read() -> None:
    chart = draw_periods(PERIODS)
    assert chart.headers == ("Period", "Paid")
    assert chart.rows[-1] == ("Jun 2026", "£6,000")
    hollow = [part.get("fill") for part in parsed(draw_categories(CATEGORIES)).iter(f"{SVG}rect")]
    assert hollow == [drawing.BLUE, drawing.BLUE, drawing.WHITE]


def test_both_widths_together_have_ids_of_their_own() -> None:
    chart = for_every_width(draw_xmr, XMR)
    ids = re.findall(r' id="([^"]+)"', chart.svg)
    assert len(ids) == len(set(ids)) == 4
    assert re.findall(r"app-svg-\w+", chart.svg) == ["app-svg-wide", "app-svg-narrow"]
    assert hasattr(chart.svg, "__html__")


def test_labels_thin_out_on_a_phone_and_keep_the_newest() -> None:
    labels = [f"Mon {n:02} 2026" for n in range(24)]
    data = Xmr("Long", "Long.", tuple(XmrPoint(label, 5.0 + n) for n, label in enumerate(labels)))
    shown = [
        [words.text for words in parsed(draw_xmr(data, width=width)).iter(f"{SVG}text")]
        for width in (NARROW, WIDE)
    ]
    kept = [[label for label in words if label.startswith("Mon")] for words in shown]
    assert [labels_[0] for labels_ in kept] == ["Mon 23 2026"] * 2
    assert len(kept[0]) < len(kept[1]) < 24


def contrast(first: str, second: str) -> float:
    """The WCAG contrast ratio of two colours written #RRGGBB, from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("background", drawing.BACKGROUNDS)
def test_the_palette_can_be_read(background: str) -> None:
    assert min(contrast(each, background) for each in drawing.TEXT_COLOURS) >= 4.5
    assert min(contrast(each, background) for each in drawing.MARK_COLOURS) >= 3


def test_contrast_of_the_extremes() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#B8420F", "#B8420F") == 1


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (86, 96.25, [85, 87.5, 90, 92.5, 95, 97.5]),
        (5, 5, [4, 4.5, 5, 5.5, 6]),
        (-3, 4, [-4, -2, 0, 2, 4]),
    ],
)
def test_scales_use_round_values(low: float, high: float, expected: list[float]) -> None:
    assert drawing.ticks(low, high) == expected


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1234.5, "£", "£1,234.50"),
        (-5, "£", "−£5"),
        (-0.01, "%", "0%"),
        (100, "%", "100%"),
        (None, "%", "Not measured"),
    ],
)
def test_figures_for_people(value: float | None, unit: str, shown: str) -> None:
    assert drawing.number(value, unit) == shown


@every_width
def test_names_in_the_funnel_lie_on_nothing_and_its_axis_has_a_title(width: int) -> None:
    near = tuple(
        FunnelPoint(f"Partner {n}", 2000 + n, 96.0 - n, "outside", outlier=True) for n in range(4)
    )
    plain = FunnelPoint("Ashby", 2001, 91.0, "within the limits")
    chart = draw_funnel(replace(FUNNEL, points=(*near, plain)), width=width)
    texts = parsed(chart).findall(f".//{SVG}text")
    names = [one for one in texts if one.get("font-weight") == "bold"]
    boxes = [
        (float(one.get("x", 0)), float(one.get("y", 0)), len(one.text or "") * 4) for one in names
    ]
    for at, (x, y, half) in enumerate(boxes):
        for other_x, other_y, other_half in boxes[at + 1 :]:
            assert abs(y - other_y) >= 15 or abs(x - other_x) >= half + other_half
    assert "invoices" in [one.text for one in texts]
    assert chart.headers[1] == "invoices"
