"""What the establishment may cost: budgeted posts at the top point of their grades."""

from datetime import date
from typing import Any

from django.db import connection

from core.actors import Actor
from hr.models import GRADE_ON
from hr.selectors.people import seen_by

# Twelve months of a hundred hundredths each.
_BUDGET = f"""
SELECT u.path, round(sum(b.fte_hundredths * t.top) / 1200.0)::bigint
  FROM hr_position p
  JOIN tenants_unit u ON u.organisation_id = p.organisation_id AND u.id = p.unit_id
  JOIN hr_positionbudget b ON b.organisation_id = p.organisation_id AND b.position_id = p.id
   AND b.from_on <= %(on)s AND (b.to_on IS NULL OR b.to_on > %(on)s)
  JOIN (SELECT o.scale_id, o.grade, max(v.annual_pence) AS top
          FROM hr_paypoint o
          JOIN hr_payvalue v ON v.organisation_id = o.organisation_id AND v.pay_point_id = o.id
           AND v.from_on <= %(on)s AND (v.to_on IS NULL OR v.to_on > %(on)s)
         WHERE o.organisation_id = %(here)s GROUP BY o.scale_id, o.grade) t
    ON t.scale_id = p.scale_id AND t.grade = {GRADE_ON.format(post="p", day="%(on)s")}
 WHERE p.organisation_id = %(here)s
   AND (%(all)s OR EXISTS (SELECT FROM unnest(%(paths)s::text[]) w WHERE u.path ^@ w))
 GROUP BY u.path
"""  # noqa: S608 (no words of people)


def budgeted_pay(actor: Actor, on: date) -> dict[str, int]:
    """Pence a month by the path of each unit that the actor sees, as values are on a day."""
    paths = list(seen_by(actor))
    given: dict[str, Any] = {
        "here": actor.organisation_id,
        "on": on,
        "all": not paths,
        "paths": paths,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BUDGET, given)
        return dict(cursor.fetchall())
