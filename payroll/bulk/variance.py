"""Why a run comes to something else than the run before, by cause, in parts that add up exactly."""

from typing import Any

from django.db import connection

from payroll.models import PayRun
from payroll.paying.inputs import ALLOWANCE, BASIS, FROM, FULL, JOB, MINUTES
from payroll.variance import AMOUNTS

# Of who is in both runs each line has its cause by its kind. Basic pay and allowances of who
# started or left meanwhile are theirs; of others basic pay is split by what the jobs are worth in
# a year: at the new value of the point for the old hours, and then at the new hours. Nobody is in
# a part twice.
_PARTS = f"""
WITH slip AS MATERIALIZED (
  SELECT s.id, s.employment_id AS who, s.pay_run_id = %(run)s AS new, s.gross_pence AS gross,
         s.net_pence AS net, s.employer_nic_pence AS nic,
         s.employer_pension_pence + coalesce((SELECT sum(l.amount_pence)
           FROM payroll_payslipline l WHERE l.organisation_id = %(here)s
            AND l.payslip_id = s.id AND l.kind = 'pension_given'), 0)::bigint AS pension,
         concat(s.inputs->>'code', s.inputs->>'cumulative') AS code, s.inputs->'pieces' AS pieces
    FROM payroll_payslip s
   WHERE s.organisation_id = %(here)s AND s.pay_run_id = ANY (%(runs)s)
), pair AS MATERIALIZED (
  SELECT who, a.who IS NULL AS gone, b.who IS NULL AS came, a.code <> b.code AS coded,
         coalesce(a.gross, 0) - coalesce(b.gross, 0) AS gross,
         coalesce(a.net, 0) - coalesce(b.net, 0) AS net,
         coalesce(a.nic, 0) - coalesce(b.nic, 0) AS nic,
         coalesce(a.pension, 0) - coalesce(b.pension, 0) AS pension,
         m.from_on > %(first)s AS began, m.to_on <= %(until)s AS ended
    FROM (SELECT * FROM slip WHERE new) a
    FULL JOIN (SELECT * FROM slip WHERE NOT new) b USING (who)
    JOIN hr_employment m ON m.organisation_id = %(here)s AND m.id = who
), line AS MATERIALIZED (
  SELECT s.who, l.kind,
         sum(CASE WHEN s.new THEN l.amount_pence ELSE -l.amount_pence END)::bigint AS pence,
         coalesce(sum(l.amount_pence) FILTER (WHERE NOT s.new), 0)::bigint AS was
    FROM slip s
    JOIN payroll_payslipline l ON l.organisation_id = %(here)s AND l.payslip_id = s.id
    JOIN pair p ON p.who = s.who AND NOT p.gone AND NOT p.came
   GROUP BY s.who, l.kind
), job AS (
  SELECT DISTINCT ON (s.who, s.new, j) s.who, s.new, j, (p->>{FULL})::numeric AS rate,
         (p->>{MINUTES})::numeric / (p->>{BASIS})::numeric AS share
    FROM slip s, jsonb_array_elements(s.pieces) p, CAST(p->>{JOB} AS int) j
   WHERE p->>{ALLOWANCE} IS NULL
   ORDER BY s.who, s.new, j, p->>{FROM} DESC
), worth AS (
  SELECT who, coalesce(sum(b.rate * b.share), 0) AS before,
         coalesce(sum(a.rate * a.share), 0) AS now,
         coalesce(sum(coalesce(a.rate, b.rate) * b.share), 0) AS raised
    FROM (SELECT * FROM job WHERE new) a
    FULL JOIN (SELECT * FROM job WHERE NOT new) b USING (who, j)
   GROUP BY who
), basic AS (
  SELECT l.pence, p.began, p.ended,
         CASE WHEN w.raised = w.before OR w.before = 0 THEN 0 WHEN w.now = w.raised THEN l.pence
              ELSE round(l.was * (w.raised - w.before) / w.before)::bigint END AS award,
         w.now = w.raised AS as_long
    FROM line l JOIN pair p USING (who) LEFT JOIN worth w USING (who) WHERE l.kind = 'basic'
), part (cause, gross, net, employer) AS (
  SELECT CASE WHEN came THEN 'starters' ELSE 'leavers' END, gross, net, gross + nic + pension
    FROM pair WHERE came OR gone
  UNION ALL
  SELECT CASE WHEN began THEN 'starters' ELSE 'leavers' END, pence, pence, pence
    FROM basic WHERE began OR ended
  UNION ALL
  SELECT CASE WHEN p.began THEN 'starters' WHEN p.ended THEN 'leavers' ELSE 'allowances' END,
         pence, pence, pence
    FROM line l JOIN pair p USING (who) WHERE l.kind = 'allowance'
  UNION ALL
  SELECT 'award', award, award, award FROM basic WHERE NOT coalesce(began OR ended, false)
  UNION ALL
  SELECT CASE WHEN as_long THEN 'other' ELSE 'hours' END, pence - award, pence - award,
         pence - award
    FROM basic WHERE NOT coalesce(began OR ended, false)
  UNION ALL
  SELECT CASE WHEN l.kind = 'tax' AND p.coded THEN 'code' ELSE c.cause END,
         CASE WHEN c.gross THEN l.pence ELSE 0 END, l.pence,
         CASE WHEN c.gross THEN l.pence ELSE 0 END
    FROM line l JOIN pair p USING (who)
    JOIN unnest(%(kinds)s::text[], %(causes)s::text[], %(in_gross)s::boolean[])
      AS c (kind, cause, gross) ON c.kind = l.kind
  UNION ALL
  SELECT c.cause, 0, 0, CASE c.cause WHEN 'pension' THEN pension ELSE nic END
    FROM pair, unnest(ARRAY['pension', 'deductions']) AS c (cause) WHERE NOT came AND NOT gone
)
SELECT cause, sum(gross)::bigint, sum(net)::bigint, sum(employer)::bigint FROM part GROUP BY cause
"""  # noqa: S608 (places of a piece, no words of people)
# The cause of each kind of line besides basic pay, and whether it is in gross pay.
STATUTORY = ("ssp", "smp", "sap", "spp", "shpp", "spbp", "sncp", "included", "stopped")
KINDS = {
    **dict.fromkeys(STATUTORY, ("statutory", True)),
    "extra": ("claims", True),
    "expenses": ("claims", False),
    "back": ("back", True),
    **dict.fromkeys(("overpaid", "overpaid_before"), ("back", False)),
    **dict.fromkeys(("pension", "pension_given"), ("pension", False)),
    **dict.fromkeys(
        ("tax", "nic", "student", "postgraduate", "giving", "sacrifice", "orders", "fees"),
        ("deductions", False),
    ),
}


def variance_of(pay_run: PayRun, before: PayRun | None) -> dict[str, Any]:
    """By cause the change of gross pay, net pay and what the employer bears, in pence.

    They add up to the change of the totals: what no part explains is «other». Empty without a run
    before. One statement for all payslips.
    """
    if before is None or not before.results:
        return {}
    given: dict[str, Any] = {
        "here": pay_run.organisation_id, "run": pay_run.pk, "runs": [pay_run.pk, before.pk],
        "first": before.period.starts_on, "until": pay_run.inputs["last"],
        "kinds": list(KINDS), "causes": [cause for cause, _ in KINDS.values()],
        "in_gross": [gross for _, gross in KINDS.values()],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, given)
        found = {cause: list(amounts) for cause, *amounts in cursor.fetchall()}
    change = [amount(pay_run.results) - amount(before.results) for amount in AMOUNTS.values()]
    known = [sum(column) for column in zip(*found.values(), strict=True)] or [0] * len(change)
    other = found.setdefault("other", [0] * len(change))
    found["other"] = [a + b - c for a, b, c in zip(other, change, known, strict=True)]
    causes = {cause: amounts for cause, amounts in found.items() if any(amounts)}
    return {"before": before.number, "causes": causes}
