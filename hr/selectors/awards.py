"""Pay awards, and what one costs by unit."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from core.errors import NotFound
from core.templatetags.web import day, pounds
from hr.models import PayAward, PayScale

# A value after the award: the percentage half up to the penny or pound, or the least sum on top.
RISEN = """(CASE WHEN %(whole)s
  THEN greatest((v.annual_pence * (10000 + %(percent)s) + 500000) / 1000000 * 100,
                (v.annual_pence + %(least)s + 50) / 100 * 100)
  ELSE greatest((v.annual_pence * (10000 + %(percent)s) + 5000) / 10000,
                v.annual_pence + %(least)s) END)"""
# Whole years of money are shared by hours and by who bears them; days before today are owed.
_COSTS = f"""
SELECT coalesce(u.code, o.slug), coalesce(u.name, o.name),
       count(DISTINCT a.employment_id) FILTER (WHERE v.from_on <= %(today)s
         AND (v.to_on IS NULL OR v.to_on > %(today)s)
         AND l.from_on <= %(today)s AND (l.to_on IS NULL OR l.to_on > %(today)s)),
       coalesce(round(sum(({RISEN} - v.annual_pence)::numeric * l.weekly_minutes
         * s.ten_thousandths / (h.full_time_minutes * 10000.0)) FILTER (WHERE v.from_on <= %(today)s
         AND (v.to_on IS NULL OR v.to_on > %(today)s)
         AND l.from_on <= %(today)s AND (l.to_on IS NULL OR l.to_on > %(today)s))), 0)::bigint,
       coalesce(round(sum(({RISEN} - v.annual_pence)::numeric * l.weekly_minutes
         * s.ten_thousandths / (h.full_time_minutes * 10000.0 * 365)
         * greatest(least(coalesce(l.to_on, %(today)s), coalesce(v.to_on, %(today)s), %(today)s)
                    - greatest(l.from_on, v.from_on, %(from_on)s), 0))), 0)::bigint
  FROM hr_placement l
  JOIN hr_assignment a ON a.organisation_id = %(here)s AND a.id = l.assignment_id
  JOIN hr_paypoint p ON p.organisation_id = %(here)s AND p.id = l.pay_point_id
   AND p.scale_id = %(scale)s
  JOIN hr_payvalue v ON v.organisation_id = %(here)s AND v.pay_point_id = p.id
   AND (v.to_on IS NULL OR v.to_on > %(from_on)s)
  JOIN hr_payscale c ON c.organisation_id = %(here)s AND c.id = p.scale_id
  JOIN hr_hoursbasis h ON h.organisation_id = %(here)s AND h.code = c.hours_code
   AND h.from_on <= %(today)s AND (h.to_on IS NULL OR h.to_on > %(today)s)
  JOIN hr_costshare s ON s.organisation_id = %(here)s AND s.placement_id = l.id
  LEFT JOIN tenants_unit u ON u.organisation_id = %(here)s AND u.id = s.unit_id
  LEFT JOIN ctx.organisations() o ON o.id = s.other_id
 WHERE l.organisation_id = %(here)s AND l.superseded_at IS NULL
   AND (l.to_on IS NULL OR l.to_on > %(from_on)s)
 GROUP BY 1, 2 ORDER BY 1
"""  # noqa: S608 (no words of people)


class Cost(NamedTuple):
    """What a unit bears: people, pence more a year, and pence for the days before today."""

    code: str
    name: str
    people: int
    yearly_pence: int
    owed_pence: int


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


def costs_of(terms: Terms, today: date) -> list[Cost]:
    """What it costs by who bears it, pay alone: on-costs follow from it. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COSTS, {**terms.values(), "today": today})
        return [Cost(*row) for row in cursor.fetchall()]


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
    """«3.2%, at least £500.00 a year»."""
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
        ("Rise", rise(award)),
        ("From", day(award.from_on)),
        ("More a year", pounds(sum(one.yearly_pence for one in costs))),
        ("Owed for days before", pounds(sum(one.owed_pence for one in costs))),
        ("Why", award.reason),
    ]
