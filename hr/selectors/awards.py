"""Pay awards and regradings, and what one costs by unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from core.errors import NotFound
from core.templatetags.web import day, pounds
from hr.models import WHOLE, PayAward, PayScale
from hr.on_costs import on_costs

MONTHS = 12

# A value after the award: the percentage half up to the penny or pound, or the least sum on top.
RISEN = """(CASE WHEN %(whole)s
  THEN greatest((v.annual_pence * (10000 + %(percent)s) + 500000) / 1000000 * 100,
                (v.annual_pence + %(least)s + 50) / 100 * 100)
  ELSE greatest((v.annual_pence * (10000 + %(percent)s) + 5000) / 10000,
                v.annual_pence + %(least)s) END)"""
# What a share of the pay of a point comes to, between least and most.
_SHARE = "least(greatest(round({} * w.rate_percent / 100)::bigint, w.least_pence), w.most_pence)"
# Placements that something raises, with the days of both values, and pay of a year as it was and
# will be.
_RISING = f"""
SELECT l.id, l.assignment_id, l.weekly_minutes, l.from_on AS held_from, l.to_on AS held_to,
       v.from_on, v.to_on, p.scale_id, v.annual_pence AS was, {RISEN} AS will
  FROM hr_placement l
  JOIN hr_paypoint p ON p.organisation_id = %(here)s AND p.id = l.pay_point_id
   AND p.scale_id = %(scale)s
  JOIN hr_payvalue v ON v.organisation_id = %(here)s AND v.pay_point_id = p.id
   AND (v.to_on IS NULL OR v.to_on > %(from_on)s)
 WHERE l.organisation_id = %(here)s AND l.superseded_at IS NULL
   AND (l.to_on IS NULL OR l.to_on > %(from_on)s)
"""  # noqa: S608 (no words of people)
# Placements that a regrading moves, and where to. Jobs by name come before the points of a rule.
MOVED = """
SELECT l.id, coalesce(c.point, m.point) AS point
  FROM hr_placement l
  JOIN hr_paypoint p ON p.organisation_id = %(here)s AND p.id = l.pay_point_id
   AND p.scale_id = %(scale)s
  LEFT JOIN unnest(%(jobs)s::bigint[], %(job_points)s::bigint[]) AS c (job, point)
    ON c.job = l.assignment_id
  LEFT JOIN unnest(%(froms)s::bigint[], %(points)s::bigint[]) AS m (was, point)
    ON m.was = l.pay_point_id
 WHERE l.organisation_id = %(here)s AND l.superseded_at IS NULL
   AND (l.to_on IS NULL OR l.to_on > %(from_on)s)
   AND coalesce(c.point, m.point) <> l.pay_point_id
"""
_MOVING = f"""
SELECT l.id, l.assignment_id, l.weekly_minutes, l.from_on AS held_from, l.to_on AS held_to,
       greatest(v.from_on, w.from_on) AS from_on, least(v.to_on, w.to_on) AS to_on,
       %(scale)s AS scale_id, v.annual_pence AS was, w.annual_pence AS will
  FROM ({MOVED}) m
  JOIN hr_placement l ON l.organisation_id = %(here)s AND l.id = m.id
  JOIN hr_payvalue v ON v.organisation_id = %(here)s AND v.pay_point_id = l.pay_point_id
   AND (v.to_on IS NULL OR v.to_on > %(from_on)s)
  JOIN hr_payvalue w ON w.organisation_id = %(here)s AND w.pay_point_id = m.point
   AND (w.to_on IS NULL OR w.to_on > %(from_on)s)
   AND (v.to_on IS NULL OR w.from_on < v.to_on) AND (w.to_on IS NULL OR v.from_on < w.to_on)
"""  # noqa: S608 (no words of people)
# Whole years of money are shared by hours and by who bears them; days before today are owed.
# Allowances that are a share of the pay rise with it.
_COSTS = f"""
WITH raised AS MATERIALIZED (MORE), more AS (
  SELECT id, assignment_id, weekly_minutes, held_from, held_to, from_on, to_on, scale_id,
         will - was AS more FROM raised
  UNION ALL
  SELECT r.id, r.assignment_id, r.weekly_minutes, greatest(r.held_from, g.from_on, w.from_on),
         least(r.held_to, g.to_on, w.to_on), r.from_on, r.to_on, r.scale_id,
         {_SHARE.format("r.will")} - {_SHARE.format("r.was")}
    FROM raised r
    JOIN hr_heldallowance g ON g.organisation_id = %(here)s AND g.assignment_id = r.assignment_id
     AND g.superseded_at IS NULL AND (r.held_to IS NULL OR g.from_on < r.held_to)
     AND (g.to_on IS NULL OR g.to_on > r.held_from)
    JOIN hr_allowance w ON w.organisation_id = %(here)s AND w.code = g.code
     AND w.superseded_at IS NULL
     AND w.rate_percent IS NOT NULL AND w.from_on < coalesce(least(r.held_to, g.to_on), 'infinity')
     AND (w.to_on IS NULL OR w.to_on > greatest(r.held_from, g.from_on))
)
SELECT coalesce(u.code, o.slug), coalesce(u.name, o.name),
       count(DISTINCT a.employment_id) FILTER (WHERE v.from_on <= %(today)s
         AND (v.to_on IS NULL OR v.to_on > %(today)s)
         AND v.held_from <= %(today)s AND (v.held_to IS NULL OR v.held_to > %(today)s)),
       coalesce(round(sum(v.more::numeric * v.weekly_minutes
         * s.ten_thousandths / (h.full_time_minutes * 10000.0)) FILTER (WHERE v.from_on <= %(today)s
         AND (v.to_on IS NULL OR v.to_on > %(today)s)
         AND v.held_from <= %(today)s
         AND (v.held_to IS NULL OR v.held_to > %(today)s))), 0)::bigint,
       coalesce(round(sum(v.more::numeric * v.weekly_minutes
         * s.ten_thousandths / (h.full_time_minutes * 10000.0 * 365)
         * greatest(least(coalesce(v.held_to, %(today)s), coalesce(v.to_on, %(today)s), %(today)s)
                    - greatest(v.held_from, v.from_on, %(from_on)s), 0))), 0)::bigint
  FROM more v
  JOIN hr_assignment a ON a.organisation_id = %(here)s AND a.id = v.assignment_id
  JOIN hr_payscale c ON c.organisation_id = %(here)s AND c.id = v.scale_id
  JOIN hr_hoursbasis h ON h.organisation_id = %(here)s AND h.code = c.hours_code
   AND h.from_on <= %(today)s AND (h.to_on IS NULL OR h.to_on > %(today)s)
  JOIN hr_costshare s ON s.organisation_id = %(here)s AND s.placement_id = v.id
  LEFT JOIN tenants_unit u ON u.organisation_id = %(here)s AND u.id = s.unit_id
  LEFT JOIN ctx.organisations() o ON o.id = s.other_id
 GROUP BY 1, 2 ORDER BY 1
"""  # noqa: S608 (as above)


class Cost(NamedTuple):
    """What a unit bears: people, pence more a year, and pence for the days before today.

    Of what is more a year, `on_cost_pence` come on top for the employer.
    """

    code: str
    name: str
    people: int
    yearly_pence: int
    owed_pence: int
    on_cost_pence: int = 0


@dataclass(frozen=True)
class Terms:
    """An award as it is asked for: percentage in hundredths, least rise of a year in pence."""

    scale: PayScale
    from_on: date
    percent_hundredths: int
    least_pence: int
    whole_pounds: bool

    def values(self) -> dict[str, Any]:
        return {
            "here": self.scale.organisation_id,
            "scale": self.scale.pk,
            "from_on": self.from_on,
            "percent": self.percent_hundredths,
            "least": self.least_pence,
            "whole": self.whole_pounds,
        }


@dataclass(frozen=True)
class Regrading:
    """Jobs that move to other points: those on some points, or some that are named."""

    scale: PayScale
    from_on: date
    words: str
    moves: Sequence[Sequence[int]] = ()
    chosen: Sequence[Sequence[int]] = ()

    def values(self) -> dict[str, Any]:
        return {
            "here": self.scale.organisation_id,
            "scale": self.scale.pk,
            "from_on": self.from_on,
            "froms": [one for one, _ in self.moves],
            "points": [point for _, point in self.moves],
            "jobs": [one for one, _ in self.chosen],
            "job_points": [point for _, point in self.chosen],
        }


def costs_of(asked: Terms | Regrading, today: date) -> list[Cost]:
    """What it costs by who bears it, with what comes on top for the employer. Two statements."""
    more = _RISING if isinstance(asked, Terms) else _MOVING
    with connection.cursor() as cursor:
        cursor.execute(_COSTS.replace("MORE", more), {**asked.values(), "today": today})
        rows = cursor.fetchall()
    rates = on_costs(asked.scale.organisation_id, today)
    return [
        Cost(*row)._replace(on_cost_pence=row[3] * rates.get(row[0], rates.get("", 0)) // WHOLE)
        for row in rows
    ]


def awards_of(organisation_id: int) -> QuerySet[PayAward]:
    """All awards, newest first."""
    rows = PayAward.objects.filter(organisation_id=organisation_id).select_related("scale")
    return rows.order_by("-number")


def award_of(organisation_id: int, number: int) -> PayAward:
    """The award of that number, or NotFound."""
    found = awards_of(organisation_id).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such pay award.")
    return found


def rise(award: PayAward) -> str:
    """«3.2%, at least £500.00 a year», or what a regrading moves."""
    if award.regrades:
        return award.words
    percent = f"{award.percent_hundredths / 100:g}%" if award.percent_hundredths else ""
    least = f"at least {pounds(award.least_pence)} a year" if award.least_pence else ""
    return ", ".join(filter(None, (percent, least)))


def kept_costs(award: PayAward) -> list[Cost]:
    """The costs by unit as they were when it was proposed."""
    return [Cost(*row) for row in award.costs]


def card_of(award: PayAward) -> list[tuple[str, str]]:
    """The facts to decide on."""
    costs = kept_costs(award)
    return [
        ("Scale", award.scale.name),
        ("Regrading" if award.regrades else "Rise", rise(award)),
        ("From", day(award.from_on)),
        ("More a year", pounds(sum(one.yearly_pence for one in costs))),
        ("More a month", pounds(sum(one.yearly_pence for one in costs) // MONTHS)),
        ("On top for the employer, a year", pounds(sum(one.on_cost_pence for one in costs))),
        ("Owed for days before", pounds(sum(one.owed_pence for one in costs))),
        ("Why", award.reason),
    ]
