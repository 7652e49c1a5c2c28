"""Regrading many jobs at once: the old placements stay as they were known, new ones follow."""

from datetime import datetime

from django.db import connection

from hr.models import GRADE_ON, PayAward
from hr.selectors.awards import MOVED, Regrading

# What began before the day goes on to it as it was; from the day on the job is on the new point.
_REGRADE = f"""
DROP TABLE IF EXISTS pg_temp.regraded, pg_temp.placed_anew;
CREATE TEMP TABLE regraded ON COMMIT DROP AS
SELECT l.*, m.point FROM ({MOVED}) m
  JOIN hr_placement l ON l.organisation_id = %(here)s AND l.id = m.id;
CREATE TEMP TABLE placed_anew ON COMMIT DROP AS
SELECT nextval('hr_placement_id_seq') AS id, n.* FROM (
  SELECT id AS was, pay_point_id AS point, from_on, %(from_on)s::date AS to_on
    FROM regraded WHERE from_on < %(from_on)s
   UNION ALL
  SELECT id, point, greatest(from_on, %(from_on)s), to_on FROM regraded) n;
UPDATE hr_placement l SET superseded_at = %(at)s FROM regraded r
 WHERE l.organisation_id = %(here)s AND l.id = r.id AND l.superseded_at IS NULL;
INSERT INTO hr_placement (organisation_id, id, assignment_id, position_id, pay_point_id,
  weekly_minutes, host_id, from_on, to_on, recorded_at, request_id)
SELECT %(here)s, n.id, r.assignment_id, r.position_id, n.point, r.weekly_minutes, r.host_id,
       n.from_on, n.to_on, %(at)s, r.request_id
  FROM placed_anew n JOIN regraded r ON r.id = n.was;
INSERT INTO hr_costshare (organisation_id, placement_id, unit_id, other_id, ten_thousandths)
SELECT %(here)s, n.id, s.unit_id, s.other_id, s.ten_thousandths
  FROM placed_anew n JOIN hr_costshare s ON s.organisation_id = %(here)s AND s.placement_id = n.was
 ORDER BY n.id, s.id
"""  # noqa: S608 (no words of people)
# A post whose people are all in another grade from the day on is a post of that grade then.
_POSTS = f"""
INSERT INTO hr_positiongrade (organisation_id, position_id, grade, from_on, recorded_at)
SELECT %(here)s, o.id, g.grade, %(from_on)s, %(at)s FROM hr_position o JOIN (
  SELECT l.position_id, min(p.grade) AS grade
    FROM hr_placement l
    JOIN hr_paypoint p ON p.organisation_id = %(here)s AND p.id = l.pay_point_id
   WHERE l.organisation_id = %(here)s AND l.superseded_at IS NULL
     AND (l.to_on IS NULL OR l.to_on > %(from_on)s)
     AND l.position_id IN (SELECT position_id FROM regraded)
   GROUP BY l.position_id HAVING min(p.grade) = max(p.grade)) g ON g.position_id = o.id
 WHERE o.organisation_id = %(here)s
   AND g.grade <> {GRADE_ON.format(post="o", day="%(from_on)s")}
 ORDER BY o.id
"""  # noqa: S608 (no words of people)


def regrade(row: PayAward, at: datetime) -> int:
    """Moves the jobs of an approved regrading, in the transaction of the approval; how many."""
    asked = Regrading(row.scale, row.from_on, row.words, row.moves, row.chosen)
    given = {**asked.values(), "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_REGRADE, given)
        cursor.execute(_POSTS, given)
        cursor.execute("SELECT count(DISTINCT assignment_id) FROM regraded")
        return int(cursor.fetchone()[0])
