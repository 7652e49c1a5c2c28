"""What payroll is worked out from: facts of many employments at once, as known at a moment.

Each answer is one statement, whatever the number of people.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from core.db.arrays import number_array
from hr.models import Allowance

ONE_DAY = timedelta(days=1)

# A piece is what a job is, at one value of its point and one full week, between two days. Days of
# a job without a value are in `placed` and in no piece. Costs are looked up for each piece: joined
# as a set of their own they are looped over, since no statistics tell how many there are. An
# allowance is another piece, for the days of one that it is held and worth something.
_FACTS = """
WITH placed AS MATERIALIZED (
  SELECT a.employment_id, a.id AS assignment_id, a.number AS job, l.id, l.position_id,
         l.pay_point_id, l.weekly_minutes,
         greatest(l.from_on, %(first)s) AS from_on,
         least(coalesce(l.to_on, %(until)s), %(until)s) AS to_on
    FROM hr_assignment a
    JOIN hr_placement l ON l.organisation_id = %(here)s AND l.assignment_id = a.id
   WHERE a.organisation_id = %(here)s AND a.employment_id = ANY (%(ids)s)
     AND l.from_on < %(until)s AND (l.to_on IS NULL OR l.to_on > %(first)s)
     AND l.recorded_at <= %(known_at)s
     AND (l.superseded_at IS NULL OR l.superseded_at > %(known_at)s)
), basic AS MATERIALIZED (
  SELECT p.employment_id, p.assignment_id, p.job, p.id, o.title,
         t.grade || ', ' || t.point AS point, v.annual_pence, p.weekly_minutes,
         h.full_time_minutes, greatest(p.from_on, v.from_on, h.from_on) AS from_on,
         least(p.to_on, coalesce(v.to_on, p.to_on), coalesce(h.to_on, p.to_on)) AS to_on
    FROM placed p
    JOIN hr_position o ON o.organisation_id = %(here)s AND o.id = p.position_id
    JOIN hr_payscale c ON c.organisation_id = %(here)s AND c.id = o.scale_id
    JOIN hr_paypoint t ON t.organisation_id = %(here)s AND t.id = p.pay_point_id
    JOIN hr_payvalue v ON v.organisation_id = %(here)s AND v.pay_point_id = p.pay_point_id
     AND v.from_on < p.to_on AND (v.to_on IS NULL OR v.to_on > p.from_on)
    JOIN hr_hoursbasis h ON h.organisation_id = %(here)s AND h.code = c.hours_code
     AND h.from_on < least(p.to_on, coalesce(v.to_on, p.to_on))
     AND (h.to_on IS NULL OR h.to_on > greatest(p.from_on, v.from_on))
), held AS MATERIALIZED (
  SELECT g.assignment_id, g.code, g.from_on, coalesce(g.to_on, %(until)s) AS to_on
    FROM hr_heldallowance g
   WHERE g.organisation_id = %(here)s
     AND g.assignment_id = ANY (ARRAY(SELECT DISTINCT assignment_id FROM placed))
     AND g.from_on < %(until)s AND (g.to_on IS NULL OR g.to_on > %(first)s)
     AND g.recorded_at <= %(known_at)s
     AND (g.superseded_at IS NULL OR g.superseded_at > %(known_at)s)
), allowed AS (
  SELECT b.employment_id, b.job, b.id,
         (%(words)s::jsonb ->> w.kind) || ', ' || w.name AS title,
         CASE WHEN w.rate_percent IS NULL THEN 'a sum'
              ELSE trim_scale(w.rate_percent) || '%% of ' || b.point
                || CASE WHEN worth.share < w.least_pence THEN ', but at least'
                        WHEN worth.share > w.most_pence THEN ', but at most' ELSE '' END
         END AS point,
         coalesce(w.amount_pence,
                  least(greatest(worth.share, w.least_pence), w.most_pence)) AS annual_pence,
         b.weekly_minutes, b.full_time_minutes,
         greatest(b.from_on, g.from_on, w.from_on) AS from_on,
         least(b.to_on, g.to_on, coalesce(w.to_on, b.to_on)) AS to_on,
         (SELECT min(f.id) FROM hr_allowance f WHERE f.organisation_id = %(here)s
             AND f.kind = w.kind AND f.name = w.name) AS allowance
    FROM held g
    JOIN basic b ON b.assignment_id = g.assignment_id
     AND b.from_on < g.to_on AND b.to_on > g.from_on
    JOIN hr_allowance w ON w.organisation_id = %(here)s AND w.code = g.code
     AND (w.recorded_at IS NULL OR w.recorded_at <= %(known_at)s)
     AND (w.superseded_at IS NULL OR w.superseded_at > %(known_at)s)
     AND w.from_on < least(b.to_on, g.to_on)
     AND (w.to_on IS NULL OR w.to_on > greatest(b.from_on, g.from_on))
   CROSS JOIN LATERAL (
     SELECT round(b.annual_pence * w.rate_percent / 100)::bigint AS share) worth
), pieces AS (
  SELECT p.employment_id, jsonb_agg(jsonb_build_array(p.job, p.title, p.point, p.annual_pence,
           p.weekly_minutes, p.full_time_minutes, p.from_on, p.to_on,
           (SELECT jsonb_agg(jsonb_build_array(s.unit_id, s.other_id, s.ten_thousandths)
                             ORDER BY s.id) FROM hr_costshare s
             WHERE s.organisation_id = %(here)s AND s.placement_id = p.id))
           || CASE WHEN p.allowance > 0 THEN jsonb_build_array(p.allowance) ELSE '[]' END
           ORDER BY p.job, p.allowance, p.from_on) AS found
    FROM (SELECT employment_id, job, id, title, point, annual_pence, weekly_minutes,
                 full_time_minutes, from_on, to_on, 0 AS allowance FROM basic
           UNION ALL SELECT * FROM allowed) p
   GROUP BY p.employment_id
)
SELECT e.id, e.number, e.name, e.name_norm, e.from_on, e.to_on, coalesce(q.found, '[]'::jsonb),
       coalesce(d.placed, 0), coalesce(x.ni_sealed, '') <> '', x.born_on, coalesce(x.tax_code, ''),
       coalesce(x.non_cumulative, false), coalesce(x.account_sealed, '') <> '',
       coalesce(y.allowed, 0)
  FROM hr_employment e
  LEFT JOIN pieces q ON q.employment_id = e.id
  LEFT JOIN (SELECT employment_id, sum(to_on - from_on)::int AS placed FROM placed
              GROUP BY employment_id) d ON d.employment_id = e.id
  LEFT JOIN (SELECT p.employment_id,
                    sum(least(p.to_on, g.to_on) - greatest(p.from_on, g.from_on))::int AS allowed
               FROM held g JOIN placed p ON p.assignment_id = g.assignment_id
                AND p.from_on < g.to_on AND p.to_on > g.from_on
              GROUP BY p.employment_id) y ON y.employment_id = e.id
  LEFT JOIN hr_privatedetails x ON x.organisation_id = %(here)s AND x.employment_id = e.id
   AND x.from_on <= %(on)s AND (x.to_on IS NULL OR x.to_on > %(on)s)
   AND x.recorded_at <= %(known_at)s
   AND (x.superseded_at IS NULL OR x.superseded_at > %(known_at)s)
 WHERE e.organisation_id = %(here)s AND e.id = ANY (%(ids)s) ORDER BY e.id
"""


@dataclass(frozen=True)
class PayFacts:
    """One employment in a period. A piece is a list: job, title, point, full-time pence of a year,
    minutes a week, minutes of the full week, from, until, and its cost as lists of unit, other
    organisation and ten-thousandths. One of an allowance has its name and how it is reckoned in
    place of title and point, and one more: the first row of the terms with that kind and name.
    `placed` counts the days that its jobs were held, `allowed` those of their allowances.
    """

    employment_id: int
    number: int
    name: str
    name_norm: str
    from_on: date
    to_on: date | None
    pieces: list[list[Any]]
    placed: int
    has_ni_number: bool
    born_on: date | None
    tax_code: str
    non_cumulative: bool
    has_account: bool
    allowed: int = 0


def pay_facts(
    organisation_id: int,
    employment_ids: Sequence[int],
    *,
    first: date,
    until: date,
    on: date,
    known_at: datetime,
) -> list[PayFacts]:
    """What jobs were worth from `first` until before `until`, with the tax data of day `on`."""
    given: dict[str, Any] = {"here": organisation_id, "ids": number_array(employment_ids)}
    given |= {"first": first, "until": until, "on": on, "known_at": known_at}
    given["words"] = json.dumps({kind.value: kind.label for kind in Allowance.Kind})
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, given)
        rows = [list(row) for row in cursor.fetchall()]
    return [PayFacts(*[*row[:6], json.loads(row[6]), *row[7:]]) for row in rows]


def last_jobs(
    organisation_id: int, left: dict[int, date], known_at: datetime
) -> dict[int, list[list[Any]]]:
    """What the jobs of people were as they left (`left` are the days after), each of no days."""
    if not left:
        return {}
    first, until = min(left.values()) - ONE_DAY, max(left.values())
    facts = pay_facts(
        organisation_id, list(left), first=first, until=until, on=until, known_at=known_at
    )
    # The places of days are from and until; an earlier job ended on another day.
    return {
        one.employment_id: [
            [*piece[:6], piece[7], *piece[7:]]
            for piece in one.pieces
            if piece[7] == left[one.employment_id].isoformat()
        ]
        for one in facts
    }


def employed_between(organisation_id: int, first: date, until: date) -> list[tuple[int, int, int]]:
    """(employment, scale of its first job, person) of who was employed on one of the days."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (e.id) e.id, o.scale_id, e.person_id FROM hr_employment e"
            " JOIN hr_assignment a ON a.organisation_id = %(here)s AND a.employment_id = e.id"
            " JOIN hr_placement l ON l.organisation_id = %(here)s AND l.assignment_id = a.id"
            "  AND l.superseded_at IS NULL AND l.from_on < %(until)s"
            " JOIN hr_position o ON o.organisation_id = %(here)s AND o.id = l.position_id"
            " WHERE e.organisation_id = %(here)s AND e.from_on < %(until)s"
            "  AND (e.to_on IS NULL OR e.to_on > %(first)s)"
            " ORDER BY e.id, a.number, l.from_on DESC",
            {"here": organisation_id, "first": first, "until": until},
        )
        return list(cursor.fetchall())


_OTHERS = """
SELECT a.id, o.id, o.number
  FROM hr_employment a JOIN hr_employment o ON o.organisation_id = %(here)s
   AND o.person_id = a.person_id AND o.id <> a.id
   AND o.from_on < %(until)s AND (o.to_on IS NULL OR o.to_on > %(first)s)
 WHERE a.organisation_id = %(here)s AND a.id = ANY (%(ids)s)
 ORDER BY a.id, o.id
"""


def other_employments(
    organisation_id: int, employment_ids: Sequence[int], first: date, until: date
) -> dict[int, list[tuple[int, int]]]:
    """(employment, its number) of the others of the same person here which lasted on one of the
    days, by employment; only of who has any.
    """
    given: dict[str, Any] = {"here": organisation_id, "first": first, "until": until}
    given["ids"] = number_array(employment_ids)
    found: dict[int, list[tuple[int, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, given)
        for employment, other, number in cursor.fetchall():
            found.setdefault(employment, []).append((other, number))
    return found


def born_days(organisation_id: int, employment_ids: Sequence[int], on: date) -> dict[int, date]:
    """The day of birth of each employment's person, where it is known on a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT employment_id, born_on FROM hr_privatedetails"
            " WHERE organisation_id = %s AND employment_id = ANY (%s) AND born_on IS NOT NULL"
            " AND superseded_at IS NULL AND from_on <= %s AND (to_on IS NULL OR to_on > %s)",
            [organisation_id, number_array(employment_ids), on, on],
        )
        return dict(cursor.fetchall())


# Of private details `d`, on a %(day)s.
ACCOUNT_IN_USE = """(d.account_sealed <> '' AND d.superseded_at IS NULL AND d.from_on <= %(day)s
   AND (d.to_on IS NULL OR d.to_on > %(day)s))"""
_ACCOUNTS = f"""
SELECT employment_id, id, account_index, account_name FROM hr_privatedetails d
 WHERE organisation_id = %(here)s AND employment_id = ANY (%(ids)s) AND {ACCOUNT_IN_USE}
"""  # noqa: S608 (the condition above, no words of people)


def bank_details(
    organisation_id: int, employment_ids: Sequence[int], on: date
) -> dict[int, tuple[int, bytes, str]]:
    """(row, index of the account, its name) that pay goes to on a day, where known.

    Who shares an account has the same index; the digits are opened for the bank file alone.
    """
    given: dict[str, Any] = {"here": organisation_id, "day": on}
    given["ids"] = number_array(employment_ids)
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, given)
        return {row[0]: (row[1], bytes(row[2]), row[3]) for row in cursor.fetchall()}


class JobRate(NamedTuple):
    """Full-time pence of a year, minutes of a full week, the path of the unit of a job, and the
    scale and grade of its point."""

    full_year: int
    full_week: int
    unit_path: str
    scale: str
    grade: str


def job_rates(
    organisation_id: int, jobs: Sequence[tuple[int, int, date]], known_at: datetime
) -> dict[tuple[int, int, date], JobRate]:
    """What jobs, as (employment, number), were worth on a day, and where they were.

    A job that was not held then, or whose point had no value, is not in the answer.
    """
    wanted = sorted(set(jobs))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.employment, w.job, w.day, v.annual_pence, h.full_time_minutes, u.path,"
            "       c.code, t.grade"
            " FROM unnest(%(employments)s::bigint[], %(jobs)s::int[], %(days)s::date[])"
            "   AS w (employment, job, day)"
            " JOIN hr_assignment a ON a.organisation_id = %(here)s"
            "  AND a.employment_id = w.employment AND a.number = w.job"
            " JOIN hr_placement l ON l.organisation_id = %(here)s AND l.assignment_id = a.id"
            "  AND l.from_on <= w.day AND (l.to_on IS NULL OR l.to_on > w.day)"
            "  AND l.recorded_at <= %(known_at)s"
            "  AND (l.superseded_at IS NULL OR l.superseded_at > %(known_at)s)"
            " JOIN hr_position o ON o.organisation_id = %(here)s AND o.id = l.position_id"
            " JOIN tenants_unit u ON u.organisation_id = %(here)s AND u.id = o.unit_id"
            " JOIN hr_payscale c ON c.organisation_id = %(here)s AND c.id = o.scale_id"
            " JOIN hr_paypoint t ON t.organisation_id = %(here)s AND t.id = l.pay_point_id"
            " JOIN hr_payvalue v ON v.organisation_id = %(here)s"
            "  AND v.pay_point_id = l.pay_point_id"
            "  AND v.from_on <= w.day AND (v.to_on IS NULL OR v.to_on > w.day)"
            " JOIN hr_hoursbasis h ON h.organisation_id = %(here)s AND h.code = c.hours_code"
            "  AND h.from_on <= w.day AND (h.to_on IS NULL OR h.to_on > w.day)",
            {
                "here": organisation_id,
                "employments": [one[0] for one in wanted],
                "jobs": [one[1] for one in wanted],
                "days": [one[2] for one in wanted],
                "known_at": known_at,
            },
        )
        return {row[:3]: JobRate(*row[3:]) for row in cursor.fetchall()}
