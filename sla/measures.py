"""Measures of the measures: how many met their target, and how many missed it again."""

from datetime import date

from django.urls import reverse

from sla.permissions import SEE_MEASURES
from sla.registry import (
    BaseMeasure,
    Kind,
    Live,
    MeasureUnit,
    RowsLink,
    Source,
    explain,
    make_live,
    register,
)


def _measures(slug: str, month: date) -> str:
    return f"{reverse('measures', kwargs={'organisation': slug})}?month={month:%Y-%m}"


# Value and target are compared as products, so that nothing is rounded. The month before the first
# is read as well, because a repeated failure needs it. Where relief was given, what is left counts.
TARGETS = Source(
    "sla.targets",
    """WITH defined AS (
      SELECT DISTINCT ON (code) code, numerator, denominator, factor, polarity
      FROM sla_indicator WHERE kind = 'KPI' AND numerator <> '' AND function <> 'SLA and Contract'
      ORDER BY code, version DESC),
    value AS (
      SELECT measure, month, value FROM sla_measurevalue
      WHERE organisation_id = %(organisation)s AND part = ''
        AND month >= %(first)s::date - interval '1 month' AND month < %(until)s),
    months AS (SELECT DISTINCT month FROM value),
    judged AS (
      SELECT d.code, m.month, CASE d.polarity
        WHEN 'lower' THEN v.above * d.factor <= t.met_at * v.below
        ELSE v.above * d.factor >= t.met_at * v.below END AS met
      FROM defined d CROSS JOIN months m
      LEFT JOIN value n ON n.measure = d.numerator AND n.month = m.month
      LEFT JOIN value b ON b.measure = d.denominator AND b.month = m.month
      LEFT JOIN value na ON na.measure = 'net.' || d.code || '.above' AND na.month = m.month
      LEFT JOIN value nb ON nb.measure = 'net.' || d.code || '.below' AND nb.month = m.month
      CROSS JOIN LATERAL (SELECT coalesce(na.value, n.value, 0) AS above,
        coalesce(nb.value, b.value, 1) AS below) v
      CROSS JOIN LATERAL (SELECT t.met_at FROM sla_target t
        WHERE t.organisation_id = %(organisation)s AND t.indicator_code = d.code
          AND t.valid_from <= m.month ORDER BY t.valid_from DESC LIMIT 1) t
      WHERE t.met_at IS NOT NULL
        AND CASE WHEN d.denominator = '' THEN n.value IS NOT NULL
            ELSE coalesce(nb.value, b.value) > 0 END),
    followed AS (
      SELECT month, met, coalesce(NOT lag(met) OVER kpi
        AND lag(month) OVER kpi = month - interval '1 month', false) AS after_a_miss
      FROM judged WINDOW kpi AS (PARTITION BY code ORDER BY month))
    SELECT month, met, NOT met AND after_a_miss AS again FROM followed
    WHERE month >= %(first)s""",
    rows=RowsLink("Measures of the month", SEE_MEASURES, _measures),
    late=2,
)
_COUNT = MeasureUnit.COUNT
register(
    BaseMeasure("sla.kpis_measured", "KPIs measured against a target", _COUNT, TARGETS, "count(*)"),
    BaseMeasure(
        "sla.kpis_met",
        "KPIs at their target or better",
        _COUNT,
        TARGETS,
        "count(*) FILTER (WHERE met)",
    ),
    BaseMeasure(
        "sla.kpis_missed_again",
        "KPIs that missed their target in two months running",
        _COUNT,
        TARGETS,
        "count(*) FILTER (WHERE again)",
    ),
)
_NO_TARGET = "No KPI with a target was measured in this month."
make_live(
    Live("SLA-01", Kind.KPI, "sla.kpis_met", "sla.kpis_measured", missing=_NO_TARGET, board=11),
    Live("SLA-03", Kind.KPI, "sla.kpis_missed_again", "sla.kpis_measured", missing=_NO_TARGET),
)
explain(
    SLA_02="Needs service credits and charges, which come with charging.",
    SLA_04="Needs the agreed hours of the service and its outages, which nothing records.",
    SLA_05="Needs the days on which a partner's inputs are due; how complete they are is AP-I02.",
    SLA_06="Needs returns with a due day; here the figures are computed, not returned.",
)
