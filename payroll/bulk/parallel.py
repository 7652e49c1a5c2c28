"""The two payrolls beside each other, and why they differ: by statements over all rows at once.

The causes are looked for in this order, and the first that fits is kept: a rounding; somebody whom
one side alone pays; hours, rate, tax code or letter that the file states otherwise; something that
one side alone entered; what follows from a difference further up; and a rule, where everything
that goes in is the same. The rest nobody explains.
"""

from typing import Any

from django.db import connection

from payroll.models import LOWERING, ParallelRun
from payroll.paying.reckoned import AWAY_KINDS

ROUNDING_PENCE = 2
# What each kind is worked out from: kinds of a lower rank. Equal ranks do not feed each other.
RANKS = {
    1: ("basic", "allowance", "extra", "back", *LOWERING, *AWAY_KINDS),
    2: ("pension", "giving"),
    3: ("tax", "nic", "student", "postgraduate"),
    4: ("orders", "fees", "overpaid_before", "expenses"),
    5: ("gross", "taxable", "net", "employer_nic", "employer_pension"),
}
# Somebody typed these; no calculation finds them.
ENTERED = ("extra", "expenses", "back", "overpaid", "overpaid_before", "sacrifice",
           "pension_given", "giving")  # fmt: skip

BESIDE = """
DROP TABLE IF EXISTS beside;
CREATE TEMP TABLE beside ON COMMIT DROP AS
WITH theirs AS (
  SELECT a.employee, m.target, coalesce(m.element_id, 0) AS element,
         sum(CASE WHEN m.reversed THEN -a.amount_pence ELSE a.amount_pence END)::bigint AS pence,
         sum(a.minutes) AS minutes, max(a.rate_pence) AS rate, max(nullif(a.fact, '')) AS fact
    FROM payroll_legacyamount a JOIN payroll_legacyelement m
      ON m.organisation_id = %(here)s AND m.code = a.code AND m.target <> 'ignored'
   WHERE a.organisation_id = %(here)s AND a.parallel_run_id = %(parallel)s
   GROUP BY 1, 2, 3
), slips AS (
  SELECT * FROM payroll_payslip s WHERE s.organisation_id = %(here)s AND s.pay_run_id = %(run)s
), ours AS (
  SELECT s.number AS employee, l.kind AS target, coalesce(l.element_id, 0) AS element,
         sum(l.amount_pence)::bigint AS pence
    FROM slips s JOIN payroll_payslipline l ON l.organisation_id = %(here)s AND l.payslip_id = s.id
   GROUP BY 1, 2, 3
  UNION ALL
  SELECT s.number, v.target, 0, v.pence FROM slips s CROSS JOIN LATERAL (VALUES
    ('gross', s.gross_pence), ('taxable', s.taxable_pence), ('net', s.net_pence),
    ('employer_nic', s.employer_nic_pence), ('employer_pension', s.employer_pension_pence)
  ) AS v (target, pence) WHERE v.target IN (SELECT target FROM theirs)
), differing AS (
  SELECT employee, target, element, coalesce(t.pence, 0) AS legacy, coalesce(o.pence, 0) AS ours,
         t.minutes, t.rate, t.fact
    FROM theirs t FULL JOIN ours o USING (employee, target, element)
   WHERE coalesce(t.pence, 0) <> coalesce(o.pence, 0)
)
SELECT d.*, s.employment_id AS employment, coalesce(s.name, '') AS name,
       s.id IS NOT NULL AS paid_here,
       EXISTS (SELECT FROM theirs t WHERE t.employee = d.employee) AS paid_there,
       upper(regexp_replace(d.fact, '[[:space:]]|(M1|W1)$', '', 'gi'))
         || CASE WHEN d.fact ~* '(M1|W1)$' THEN 'X' ELSE '' END AS their_fact,
       CASE d.target
         WHEN 'tax' THEN (s.inputs ->> 'code')
           || CASE WHEN (s.inputs ->> 'cumulative')::boolean THEN '' ELSE 'X' END
         WHEN 'nic' THEN s.inputs ->> 'letter' END AS our_fact,
       CASE WHEN d.target = 'basic' THEN jobs.minutes
            WHEN d.element > 0 THEN items.minutes END AS our_minutes,
       CASE WHEN d.target = 'basic' THEN jobs.rate END AS our_rate,
       r.rank, 'unexplained'::text AS cause, ''::text AS found
  FROM differing d
  LEFT JOIN slips s ON s.number = d.employee
  LEFT JOIN LATERAL (
    SELECT CASE WHEN count(*) = count(DISTINCT p ->> 0) THEN sum((p ->> 4)::int) END AS minutes,
           CASE WHEN count(*) = 1 THEN max((p ->> 3)::bigint) END AS rate
      FROM jsonb_array_elements(s.inputs -> 'pieces') p WHERE p ->> 9 IS NULL) jobs ON true
  LEFT JOIN LATERAL (
    SELECT sum((i ->> 7)::int) AS minutes FROM jsonb_array_elements(s.inputs -> 'items') i
     WHERE (i ->> 1)::bigint = d.element) items ON true
  JOIN unnest(%(kinds)s::text[], %(ranks)s::int[]) AS r (kind, rank) ON r.kind = d.target
"""
# Each looks at what the ones before it left unexplained.
CAUSES = """
UPDATE beside SET cause = 'rounding', found = abs(legacy - ours) || 'p'
 WHERE abs(legacy - ours) <= %(rounding)s;
UPDATE beside SET cause = 'input', found =
  CASE WHEN paid_here THEN 'Paid here, and not by the other payroll'
       ELSE 'Paid by the other payroll, and not here' END
 WHERE cause = 'unexplained' AND NOT (paid_here AND paid_there);
UPDATE beside SET cause = 'input', found = format('Hours: %%s there, %%s here',
  round(minutes / 60.0, 2), round(our_minutes / 60.0, 2))
 WHERE cause = 'unexplained' AND minutes <> our_minutes;
UPDATE beside SET cause = 'parameter', found = format('Rate: £%%s there, £%%s here',
  to_char(rate / 100.0, 'FM999,999,990.00'), to_char(our_rate / 100.0, 'FM999,999,990.00'))
 WHERE cause = 'unexplained' AND rate <> our_rate;
UPDATE beside SET cause = 'parameter', found = format('%%s: %%s there, %%s here',
  CASE target WHEN 'tax' THEN 'Tax code' ELSE 'Letter' END, their_fact, our_fact)
 WHERE cause = 'unexplained' AND their_fact <> our_fact;
UPDATE beside SET cause = 'input', found =
  CASE WHEN ours = 0 THEN 'Entered there, and not here'
       WHEN legacy = 0 THEN 'Entered here, and not there'
       ELSE 'Another amount was entered' END
 WHERE cause = 'unexplained' AND target = ANY (%(entered)s)
   AND (ours = 0 OR legacy = 0 OR (coalesce(our_minutes, 0) = 0 AND target <> 'back'));
UPDATE beside SET cause = 'parameter', found = 'The same hours, so another rate'
 WHERE cause = 'unexplained' AND minutes = our_minutes AND (rate IS NULL OR our_rate IS NULL);
UPDATE beside SET cause = 'rule', found = 'The same hours and rate, and another amount'
 WHERE cause = 'unexplained' AND minutes = our_minutes AND rate = our_rate;
UPDATE beside b SET cause = 'input', found = 'Follows from what differs before it: compare again'
  ' once that is settled'
 WHERE cause = 'unexplained' AND rank > 1 AND EXISTS (
   SELECT FROM beside f WHERE f.employee = b.employee AND f.rank < b.rank
      AND f.cause <> 'rounding');
UPDATE beside b SET cause = 'rounding', found = 'Roundings of what it is the sum of'
 WHERE cause = 'unexplained' AND rank = 5 AND abs(legacy - ours) <= %(rounding)s * (
   SELECT count(*) FROM beside f WHERE f.employee = b.employee AND f.cause = 'rounding');
UPDATE beside SET cause = 'rule', found = format('The same %%s and pay, and another amount',
  CASE target WHEN 'tax' THEN 'tax code' ELSE 'letter' END)
 WHERE cause = 'unexplained' AND their_fact = our_fact
"""
# What says the same as before keeps what people said of it.
KEEP = """
DELETE FROM payroll_paralleldifference d
 WHERE d.organisation_id = %(here)s AND d.parallel_run_id = %(parallel)s AND NOT EXISTS (
   SELECT FROM beside b WHERE b.employee = d.employee AND b.target = d.target
      AND b.element = coalesce(d.element_id, 0) AND b.legacy = d.legacy_pence
      AND b.ours = d.ours_pence);
UPDATE payroll_paralleldifference d SET cause = b.cause, found = b.found FROM beside b
 WHERE d.organisation_id = %(here)s AND d.parallel_run_id = %(parallel)s AND d.agreed_at IS NULL
   AND b.employee = d.employee AND b.target = d.target AND b.element = coalesce(d.element_id, 0);
INSERT INTO payroll_paralleldifference (organisation_id, parallel_run_id, employee, employment_id,
  name, target, element_id, legacy_pence, ours_pence, cause, found, assigned_to_name, said,
  explanation, explained_by_name, agreed_by_name)
SELECT %(here)s, %(parallel)s, b.employee, b.employment, b.name, b.target, nullif(b.element, 0),
       b.legacy, b.ours, b.cause, b.found, '', '', '', '', ''
  FROM beside b WHERE NOT EXISTS (
   SELECT FROM payroll_paralleldifference d
    WHERE d.organisation_id = %(here)s AND d.parallel_run_id = %(parallel)s
      AND d.employee = b.employee AND d.target = b.target
      AND coalesce(d.element_id, 0) = b.element);
DROP TABLE beside
"""


def write_differences(parallel: ParallelRun) -> None:
    """The differences of results and the pay run that they name, each with its cause."""
    ranks = {kind: rank for rank, kinds in RANKS.items() for kind in kinds}
    values: dict[str, Any] = {
        "here": parallel.organisation_id, "parallel": parallel.pk, "run": parallel.pay_run_id,
        "kinds": list(ranks), "ranks": list(ranks.values()), "entered": list(ENTERED),
        "rounding": ROUNDING_PENCE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statements in (BESIDE, "ANALYZE beside", CAUSES, KEEP):
            cursor.execute(statements, values)
