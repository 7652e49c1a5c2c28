"""What a board page says: readings worked out from figures, then tiles, charts and a sentence.

Knows no table. A volume is never coloured; a tile is coloured by its rating and by real change,
never by a wobble, and says the same in words.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from benchmarking.models import BenchmarkCell
from benchmarking.selectors import NamedPeer
from benchmarking.statistics import (
    Disclosure,
    Quartiles,
    funnel_limits,
    funnel_words,
    position,
)
from core.charts import (
    Bar,
    CategoryBars,
    Chart,
    Dot,
    Funnel,
    FunnelEdge,
    FunnelPoint,
    QuartilePlot,
    Reference,
    Sparkline,
    draw_categories,
    draw_funnel,
    draw_quartile,
    draw_sparkline,
    for_every_width,
)
from core.money import formatted
from sla.control_charts import Verdict
from sla.models import Indicator
from sla.ratings import Polarity, Rating
from sla.readings import Reading
from sla.registry import LIVE, MEASURES, Kind, MeasureUnit
from sla.selectors import Figure, chart_unit, shown

TILE_MONTHS = 12
LARGEST_BARS = 10
FUNNEL_STEPS = 24
TONES = {Verdict.BETTER: "good", Verdict.WORSE: "bad"}


def on_board(indicator: Indicator, kind: str) -> bool:
    """Whether an indicator stands on the board of an organisation of this kind."""
    live = LIVE.get(indicator.code)
    if live is None or not indicator.board:
        return False
    return not live.board_of or kind in live.board_of


def headline(readings: Sequence[Reading]) -> str:
    """How many measures need attention and how many are better; volumes are neither."""
    judged = [each for each in readings if each.indicator.kind != Kind.KAI and each.measured]
    if not judged:
        return "No performance measure could be worked out for this month."
    bad = sum(each.needs_attention for each in judged)
    better = sum(each.change.verdict is Verdict.BETTER for each in judged)
    rated = [each for each in judged if each.lines is not None]
    met = sum(each.assessment.rating is Rating.GOOD for each in rated)
    parts = [f"{_measures(bad)} {'needs' if bad == 1 else 'need'} attention" if bad else ""]
    parts.append(f"{_measures(better)} really better" if better else "")
    parts.append(f"{met} of {_measures(len(rated))} with a target met it" if rated else "")
    said = [part for part in parts if part]
    if not said:
        return f"No real change in {_measures(len(judged))}, and none has a target."
    return f"{'; '.join(said)}."


def _measures(count: int) -> str:
    return f"{count} measure" if count == 1 else f"{count} measures"


def partners_headline(count: int, troubled: Sequence[tuple[str, Reading]]) -> str:
    """Where it is really getting worse, and how many organisations have nothing to look at."""
    if not troubled:
        return "No measure of any organisation needs attention."
    worse = Counter(n for n, reading in troubled if reading.change.verdict is Verdict.WORSE)
    where = [f"{name} ({_measures(number)})" for name, number in worse.most_common()]
    said = f"Really worse at {', '.join(where)}." if where else "Nothing is really getting worse."
    fine = count - len({name for name, _ in troubled})
    if not fine:
        return f"{said} Every organisation has something to look at."
    return f"{said} Nothing to look at in {fine} of {count} organisations."


def attention(reading: Reading, url: str) -> dict[str, str]:
    """What is wrong with a measure, in one line."""
    said = []
    if reading.lines is not None:
        target = shown(reading.lines.met_at, reading.indicator)
        said.append(f"target {target}: {reading.rated.lower()}")
    if reading.change.since:
        said.append(reading.change.sentence[0].lower() + reading.change.sentence[1:].rstrip("."))
    return {
        "name": reading.indicator.name,
        "value": reading.both,
        "said": "; ".join(said) or "no target",
        "url": url,
    }


def before(reading: Reading) -> str:
    """The figure of the month before in words; nothing for the first."""
    if len(reading.figures) < 2:
        return ""
    return shown(reading.figures[-2].value, reading.indicator)


def reasons(readings: Sequence[Reading]) -> list[dict[str, Any]]:
    """Why measures are not measured this month: each reason once, with the measures it stops."""
    found: dict[str, list[str]] = {}
    for reading in readings:
        if not reading.measured:
            found.setdefault(reading.now.reason, []).append(reading.indicator.name)
    return [{"reason": reason, "names": names} for reason, names in found.items()]


def tile(reading: Reading, url: str) -> dict[str, Any]:
    """A tile: value, rating and change in words, and the shape of the last year."""
    volume = reading.indicator.kind == Kind.KAI
    said = [f"{reading.after_relief} after relief"] if reading.net else []
    if reading.lines is not None and reading.assessment.rating is not Rating.OTHER:
        target = shown(reading.lines.met_at, reading.indicator)
        said.append(f"{reading.rated}, target {target}")
    said.append(reading.says)
    points = reading.chart.points[-TILE_MONTHS:]
    signals = frozenset(i for i, point in enumerate(points) if point.signals)
    spark = Sparkline(
        reading.indicator.name,
        reading.change.sentence,
        tuple(point.label for point in points),
        tuple(point.value for point in points),
        signals,
        chart_unit(reading.indicator),
    )
    return {
        "label": reading.indicator.name,
        "value": reading.words,
        "change": ": ".join(said),
        "tone": "plain" if volume else _tone(reading),
        "spark": draw_sparkline(spark).svg,
        "url": url,
    }


def _tone(reading: Reading) -> str:
    return "bad" if reading.needs_attention else TONES.get(reading.change.verdict, "plain")


def figure_words(value: Decimal, indicator: Indicator) -> str:
    """A published figure as people read it."""
    return shown(Fraction(value), indicator)


def place_words(value: Fraction, cell: BenchmarkCell, polarity: Polarity) -> str:
    """Where a value stands in a published cell, no more exactly than the cell may show."""
    if cell.lower is not None and cell.upper is not None and cell.median is not None:
        found = Quartiles(Fraction(cell.lower), Fraction(cell.median), Fraction(cell.upper))
        return position(value, found, polarity)
    assert cell.median is not None
    median = Fraction(cell.median)
    if value == median:
        return "at the median"
    return "above the median" if value > median else "below the median"


def place_chart(
    reading: Reading,
    organisation: str,
    cell: BenchmarkCell | None,
    peers: Sequence[NamedPeer] = (),
    csv_url: str = "",
) -> Chart | None:
    """Own place among peers and beside references; None when there is nothing to stand beside."""
    published = cell is not None and cell.disclosure != Disclosure.NOTHING
    references = _references(reading.indicator)
    if reading.now.value is None or not (published or references or peers):
        return None
    indicator, value = reading.indicator, reading.now.value
    if published and cell is not None:
        finding = place_words(value, cell, Polarity(indicator.polarity))
        who = f"{cell.contributors} organisations compared in {reading.now.month:%B %Y}."
    else:
        finding = "beside outside references" if references else "beside named peers"
        why = cell.withheld if cell is not None else "No comparison has been published."
        who = f"Peers are not shown. {why}"
    numbers = [cell.median, cell.lower, cell.upper] if cell is not None else [None, None, None]
    median, lower, upper = (None if each is None else float(each) for each in numbers)
    data = QuartilePlot(
        title=f"{indicator.name}: {finding}",
        sentence=f"{organisation} {reading.words}. {who}",
        own=Dot(organisation, float(value)),
        median=median,
        lower=lower,
        upper=upper,
        peers=tuple(Dot(peer.name, float(peer.value)) for peer in peers),
        references=references,
        unit=chart_unit(indicator),
        contributors=cell.contributors if published and cell is not None else 0,
        csv_url=csv_url,
    )
    return for_every_width(draw_quartile, data)


def _references(indicator: Indicator) -> tuple[Reference, ...]:
    return tuple(
        Reference(f"{each['statistic']}, {each['year'] or 'undated'}", float(each["value"]))
        for each in indicator.references
    )


def spend_chart(parts: Sequence[tuple[str, int]], month: date) -> Chart | None:
    """The largest services of a month by net spend in pence."""
    largest = sorted((p for p in parts if p[1] > 0), key=lambda p: (-p[1], p[0]))[:LARGEST_BARS]
    if not largest:
        return None
    total = sum(pence for _, pence in parts)
    name, pence = largest[0]
    data = CategoryBars(
        title=f"Spend by service: {name} is the largest",
        sentence=f"{formatted(pence)} of {formatted(total)} in {month:%B %Y}.",
        bars=tuple(Bar(label, float(amount), formatted(amount)) for label, amount in largest),
        category="Service",
        measure="Net spend",
    )
    return for_every_width(draw_categories, data)


def performance(indicators: Sequence[Indicator], kind: str) -> list[Indicator]:
    """The performance indicators on the board of this kind of organisation, in their order."""
    found = [row for row in indicators if row.kind == Kind.KPI and on_board(row, kind)]
    return sorted(found, key=lambda row: row.board)


def compared(indicators: Sequence[Indicator]) -> list[Indicator]:
    """Indicators that mean the same everywhere, those of the board first.

    Left out: plain volumes, and shares of targets that each organisation sets for itself.
    """
    found = [
        row
        for row in indicators
        if row.denominator in MEASURES and not MEASURES[row.denominator].source.late
    ]
    return sorted(found, key=lambda row: (not row.board, row.board))


def is_share_of_counts(indicator: Indicator) -> bool:
    """Whether chance can be reckoned: pounds are not independent cases, invoices are."""
    below = MEASURES.get(indicator.denominator)
    return indicator.unit == "%" and below is not None and below.unit == MeasureUnit.COUNT


def funnel_chart(
    indicator: Indicator, month: date, figures: Sequence[tuple[str, Figure]]
) -> Chart | None:
    """Partners of different size against the limits of chance; only for shares of counts."""
    counted = [(name, f) for name, f in figures if f.denominator and f.value is not None]
    if not counted or not is_share_of_counts(indicator):
        return None
    sizes = [figure.denominator or 0 for _, figure in counted]
    hits = sum(figure.numerator or 0 for _, figure in counted)
    proportion = hits / sum(sizes)
    points = tuple(_funnel_point(name, figure, proportion) for name, figure in counted)
    apart = [point.label for point in points if point.outlier]
    finding = f"{', '.join(apart)} to look at" if apart else "nobody differs from the group"
    largest = max(sizes)
    steps = sorted({max(1, largest * step // FUNNEL_STEPS) for step in range(1, FUNNEL_STEPS + 1)})
    data = Funnel(
        title=f"{indicator.name}: {finding}",
        sentence=f"{_partners(len(points))} in {month:%B %Y}, together {proportion * 100:.1f}%.",
        centre=proportion * 100,
        edges=tuple(_edge(proportion, size) for size in steps),
        points=points,
        size_label=MEASURES[indicator.denominator].label,
    )
    return for_every_width(draw_funnel, data)


def _partners(count: int) -> str:
    return "1 organisation" if count == 1 else f"{count} organisations"


def _funnel_point(name: str, figure: Figure, proportion: float) -> FunnelPoint:
    size = figure.denominator or 0
    words = funnel_words((figure.numerator or 0) / size, funnel_limits(proportion, size))
    rate = float(figure.value or 0)
    return FunnelPoint(name, size, rate, words, outlier=words.startswith("outside"))


def _edge(proportion: float, size: int) -> FunnelEdge:
    found = funnel_limits(proportion, size)
    edges = (found.lower_95, found.upper_95, found.lower_998, found.upper_998)
    return FunnelEdge(size, *(edge * 100 for edge in edges))
