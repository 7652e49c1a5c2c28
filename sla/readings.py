"""All that can be said of an indicator at a month: figure, rating, change and its chart."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from core.charts import Chart, Xmr, XmrPoint, draw_xmr, for_every_width
from core.templatetags.web import day
from sla.control_charts import Change, ControlChart, Verdict, analyse, assurance, describe_change
from sla.models import Indicator, Target
from sla.ratings import Assessment, Polarity, Rating
from sla.ratings import Target as Lines
from sla.registry import MEASURES
from sla.selectors import (
    Figure,
    Signature,
    Values,
    assess,
    chart_unit,
    rating_words,
    shown,
    shown_both,
    target_on,
)

MONTHS_SHOWN = 24


@dataclass(frozen=True)
class Reading:
    """One indicator of one organisation up to a month, with everything that can be said of it."""

    indicator: Indicator
    figures: list[Figure]
    lines: Lines | None
    assessment: Assessment
    chart: ControlChart
    change: Change
    net: Figure | None = None

    @property
    def now(self) -> Figure:
        return self.figures[-1]

    @property
    def words(self) -> str:
        """The value as people read it."""
        return shown(self.now.value, self.indicator, self.lines)

    @property
    def both(self) -> str:
        """The value, and that after relief where some was given: the rating is of that one."""
        return shown_both(self.now, self.net, self.indicator, self.lines)

    @property
    def after_relief(self) -> str:
        """The value after relief as people read it; empty where none was given."""
        return shown(self.net.value, self.indicator, self.lines) if self.net else ""

    @property
    def rated(self) -> str:
        """The rating in words, saying whether it is of what is left after relief."""
        return rating_words(self.assessment, self.net)

    @property
    def measured(self) -> bool:
        return self.now.value is not None

    @property
    def needs_attention(self) -> bool:
        """Really worse than it was, or short of its target by more than a little."""
        short = self.assessment.rating in (Rating.REQUIRES_IMPROVEMENT, Rating.INADEQUATE)
        return short or self.change.verdict is Verdict.WORSE

    @property
    def changed(self) -> bool:
        return self.change.verdict not in (Verdict.NO_CHANGE, Verdict.TOO_SHORT)

    @property
    def says(self) -> str:
        """The change in a few words: "better since Apr 2026", "no real change"."""
        since = f" since {self.change.since}" if self.change.since else ""
        return f"{self.change.verdict}{since}"


def read(
    values: Values,
    organisation_id: int,
    indicator: Indicator,
    month: date,
    targets: Collection[Target] = (),
) -> Reading:
    """The reading of an indicator at a month, over at most two years before it.

    Rated is what is left after relief; the chart and its change are of the gross figures.
    """
    figures = values.series(organisation_id, indicator, month, MONTHS_SHOWN)
    lines = target_on(targets, organisation_id, indicator, month)
    chart = analyse([(f"{each.month:%b %Y}", each.value) for each in figures])
    change = describe_change(chart, Polarity(indicator.polarity))
    net = values.net(organisation_id, indicator, month)
    found = assess(net or figures[-1], lines)
    return Reading(indicator, figures, lines, found, chart, change, net)


def control_chart(reading: Reading, csv_url: str = "") -> Chart:
    """The XmR chart of a reading; its title is the finding."""
    limits = reading.chart.limits
    lines = reading.lines
    sentence = f"{reading.both} in {reading.now.month:%B %Y}. {reading.change.sentence}"
    if lines is not None:
        target = shown(lines.met_at, reading.indicator)
        sentence += f" Target {target}: {reading.rated}."
        # After a real change the expected range is that of before, and foretells nothing.
        if limits is not None and not reading.changed:
            sentence += f" {assurance(limits, lines.met_at, lines.polarity)}"
    first = [each.label for each in reading.chart.points if each.value is not None]
    data = Xmr(
        title=f"{reading.indicator.name}: {reading.says}",
        sentence=sentence,
        points=tuple(
            XmrPoint(point.label, point.value, next(iter(point.signals), ""), figure.reason)
            for point, figure in zip(reading.chart.points, reading.figures, strict=True)
        ),
        mean=limits.mean if limits else None,
        lower=limits.lower if limits else None,
        upper=limits.upper if limits else None,
        target=float(lines.met_at) if lines else None,
        unit=chart_unit(reading.indicator),
        baseline=f"{first[0]} to {first[limits.baseline - 1]}" if limits else "",
        csv_url=csv_url,
    )
    return for_every_width(draw_xmr, data)


def state_words(signed: Signature | None) -> str:
    """Who answers for a month, in one line."""
    if signed is None:
        return "Provisional: nobody has signed these figures yet."
    return f"Signed by {signed.signed_by_name}, {signed.job_title}, on {day(signed.signed_at)}."


def base_words(value: int | None, key: str) -> str:
    """A base measure as people read it: pence as pounds."""
    if value is None or key not in MEASURES:
        return ""
    if MEASURES[key].unit == "pence":
        return f"{'−' if value < 0 else ''}£{abs(value) // 100:,}.{abs(value) % 100:02}"
    return f"{value:,}"
