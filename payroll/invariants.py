"""What must always be true of pay."""

from collections.abc import Iterator

from core.errors import InvariantBroken
from core.invariants import register
from core.vault import register as sealed
from payroll.models import (
    Certificate,
    PayFile,
    PayFilePart,
    PaymentSummary,
    StatutoryLetter,
    Submission,
)
from payroll.selectors.runs import bytes_of

register(
    "The lines of every payslip add up to its net pay",
    """
SELECT 'Payslip', s.id, 'of', s.net_pence, 'pence has lines of', coalesce(l.pence, 0)
  FROM payroll_payslip s LEFT JOIN (
    SELECT payslip_id, sum(amount_pence) AS pence FROM payroll_payslipline
     WHERE organisation_id = %(organisation)s GROUP BY payslip_id) l ON l.payslip_id = s.id
 WHERE s.organisation_id = %(organisation)s AND s.net_pence <> coalesce(l.pence, 0)
 ORDER BY s.id LIMIT 100
""",
)
register(
    "What payslips cost is borne by somebody, to the penny",
    """
SELECT 'Payslip', s.id, 'costs', s.employer_nic_pence + s.employer_pension_pence,
       'besides pay, of which are borne', coalesce(c.pence, 0)
  FROM payroll_payslip s LEFT JOIN (
    SELECT payslip_id, sum(nic_pence + pension_pence) AS pence FROM payroll_paycost
     WHERE organisation_id = %(organisation)s GROUP BY payslip_id) c ON c.payslip_id = s.id
 WHERE s.organisation_id = %(organisation)s
   AND s.employer_nic_pence + s.employer_pension_pence <> coalesce(c.pence, 0)
 ORDER BY s.id LIMIT 100
""",
)
register(
    "The journal of a committed pay run is the sum of its payslips",
    """
SELECT 'Pay run', r.number, 'owes net pay of', p.net, 'and its journal', coalesce(l.net, 0),
       '; it costs', p.cost, 'and its journal', coalesce(l.cost, 0)
  FROM payroll_payrun r
  JOIN (SELECT s.pay_run_id, sum(s.net_pence) AS net, sum(c.pence) AS cost
          FROM payroll_payslip s LEFT JOIN (
            SELECT payslip_id,
                   sum(pay_pence + nic_pence + pension_pence + expenses_pence) AS pence
              FROM payroll_paycost WHERE organisation_id = %(organisation)s GROUP BY payslip_id) c
            ON c.payslip_id = s.id
         WHERE s.organisation_id = %(organisation)s GROUP BY s.pay_run_id) p ON p.pay_run_id = r.id
  LEFT JOIN (SELECT j.subject_id, j.batch_id,
            -sum(l.amount_pence) FILTER (WHERE a.code = '21500') AS net,
            sum(l.amount_pence) FILTER (WHERE a.code < '20000' OR a.code >= '50000') AS cost
          FROM finance_journal j
          JOIN finance_journalline l ON l.organisation_id = j.organisation_id
           AND l.period = j.period AND l.batch_id = j.batch_id AND l.journal_id = j.id
          JOIN finance_coding c ON c.organisation_id = j.organisation_id AND c.id = l.coding_id
          JOIN finance_account a ON a.organisation_id = j.organisation_id AND a.id = c.account_id
         WHERE j.organisation_id = %(organisation)s AND j.subject_key = 'payroll.run'
         GROUP BY j.subject_id, j.batch_id) l ON l.subject_id = r.id AND l.batch_id = r.batch_id
 WHERE r.organisation_id = %(organisation)s AND r.state IN ('committed', 'paid')
   AND (p.net <> coalesce(l.net, 0) OR p.cost <> coalesce(l.cost, 0))
 ORDER BY r.number LIMIT 100
""",
)
register(
    "Net pay is paid whole: payments, files and net pay control agree",
    """
SELECT 'Pay run', r.number, 'owes', coalesce((r.results->>'net')::bigint, 0), 'and pays',
       coalesce(p.pence, 0), 'by files of', coalesce(f.pence, 0)
  FROM payroll_payrun r
  LEFT JOIN (SELECT pay_run_id, sum(amount_pence) AS pence FROM payroll_paypayment
    WHERE organisation_id = %(organisation)s AND again = 0
    GROUP BY pay_run_id) p ON p.pay_run_id = r.id
  LEFT JOIN (SELECT pay_run_id, max(total_pence) AS pence, min(total_pence) AS least,
                    count(*) AS files FROM payroll_payfile
    WHERE organisation_id = %(organisation)s AND pay_again_id IS NULL
    GROUP BY pay_run_id) f ON f.pay_run_id = r.id
 WHERE r.organisation_id = %(organisation)s AND CASE WHEN r.state = 'paid'
   THEN (r.results->>'net')::bigint <> coalesce(p.pence, 0) OR p.pence <> coalesce(f.pence, 0)
        OR f.pence <> f.least OR f.files <> 2
   ELSE p.pence IS NOT NULL OR f.pence IS NOT NULL END
 ORDER BY r.number LIMIT 100
""",
)
register(
    "Net pay control owes what committed runs will pay, and what came back and is not paid again",
    """
SELECT 'The ledger owes', l.pence, 'and of pay are owed', n.pence + b.pence - p.pence
  FROM (SELECT coalesce(-sum(l.amount_pence), 0)::bigint AS pence FROM finance_journalline l
    JOIN finance_journal j ON j.organisation_id = l.organisation_id AND j.period = l.period
     AND j.batch_id = l.batch_id AND j.id = l.journal_id
     AND j.subject_key IN ('payroll.run', 'payroll.return', 'payroll.again')
    JOIN finance_coding c ON c.organisation_id = l.organisation_id AND c.id = l.coding_id
    JOIN finance_account a ON a.organisation_id = c.organisation_id AND a.id = c.account_id
     AND a.code = '21500'
    WHERE l.organisation_id = %(organisation)s) l,
   (SELECT coalesce(sum((results->>'net')::bigint), 0)::bigint AS pence FROM payroll_payrun
     WHERE organisation_id = %(organisation)s AND state = 'committed') n,
   (SELECT coalesce(sum(amount_pence), 0)::bigint AS pence FROM payroll_payreturn
     WHERE organisation_id = %(organisation)s) b,
   (SELECT coalesce(sum(amount_pence), 0)::bigint AS pence FROM payroll_paypayment
     WHERE organisation_id = %(organisation)s AND again > 0) p
 WHERE l.pence <> n.pence + b.pence - p.pence
""",
)
register(
    "Net pay is paid again only after it came back, once, by files of its own",
    """
SELECT 'Payment', p.number, 'of', p.amount_pence, 'pence pays again', coalesce(t.amount_pence, 0)
  FROM payroll_paypayment p
  LEFT JOIN (SELECT b.payslip_id, b.again, r.amount_pence, x.pay_again_id
      FROM payroll_paypayment b
      JOIN payroll_payreturn r ON r.organisation_id = b.organisation_id AND r.payment_id = b.id
      JOIN payroll_payagainpart x ON x.organisation_id = b.organisation_id
       AND x.pay_return_id = r.id AND x.live
     WHERE b.organisation_id = %(organisation)s) t
    ON t.payslip_id = p.payslip_id AND t.again = p.again - 1 AND t.pay_again_id = p.pay_again_id
 WHERE p.organisation_id = %(organisation)s AND p.again > 0
   AND p.amount_pence IS DISTINCT FROM t.amount_pence
 UNION ALL
SELECT 'REPAY', a.number, 'of', a.total_pence, 'pence pays', coalesce(p.pence, 0)
  FROM payroll_payagain a
  LEFT JOIN (SELECT pay_again_id, count(*) AS n, sum(amount_pence) AS pence
      FROM payroll_paypayment WHERE organisation_id = %(organisation)s AND again > 0
     GROUP BY pay_again_id) p ON p.pay_again_id = a.id
  LEFT JOIN (SELECT pay_again_id, count(*) AS n, min(total_pence) AS least,
                    max(total_pence) AS most FROM payroll_payfile
     WHERE organisation_id = %(organisation)s GROUP BY pay_again_id) f ON f.pay_again_id = a.id
 WHERE a.organisation_id = %(organisation)s AND CASE WHEN a.state = 'released'
   THEN (p.n, p.pence, f.n, f.least, f.most)
     IS DISTINCT FROM (a.payments::bigint, a.total_pence::numeric, 2::bigint, a.total_pence,
                       a.total_pence)
   ELSE p.n IS NOT NULL OR f.n IS NOT NULL END
 UNION ALL
SELECT 'What came back of payment', p.number, 'of', p.amount_pence, 'pence is', r.amount_pence
  FROM payroll_payreturn r
  JOIN payroll_paypayment p ON p.organisation_id = r.organisation_id AND p.id = r.payment_id
 WHERE r.organisation_id = %(organisation)s AND r.amount_pence <> p.amount_pence
 ORDER BY 2 LIMIT 100
""",
)
register(
    "An item of pay is paid by the committed run whose payslip names it, and by no other",
    """
SELECT 'Item', i.id, 'of pay run', coalesce(r.number::text, '-'), 'is named by',
       coalesce(n.named, 0), 'payslips of it and', coalesce(n.others, 0), 'of others'
  FROM payroll_payitem i
  LEFT JOIN payroll_payrun r ON r.organisation_id = i.organisation_id AND r.id = i.pay_run_id
  LEFT JOIN (SELECT (item ->> 0)::bigint AS id,
                    count(*) FILTER (WHERE s.pay_run_id = x.pay_run_id) AS named,
                    count(*) FILTER (WHERE s.pay_run_id IS DISTINCT FROM x.pay_run_id) AS others
               FROM payroll_payslip s
               JOIN payroll_payrun p ON p.organisation_id = s.organisation_id
                AND p.id = s.pay_run_id AND p.state IN ('committed', 'paid')
              CROSS JOIN LATERAL jsonb_array_elements(s.inputs -> 'items') item
               JOIN payroll_payitem x ON x.organisation_id = s.organisation_id
                AND x.id = (item ->> 0)::bigint
              WHERE s.organisation_id = %(organisation)s GROUP BY 1) n ON n.id = i.id
 WHERE i.organisation_id = %(organisation)s
   AND (coalesce(n.others, 0) > 0 OR coalesce(n.named, 0) <> (i.pay_run_id IS NOT NULL)::int)
 ORDER BY i.id LIMIT 100
""",
)
register(
    "Back pay corrects a period that was paid before, and never one to come",
    """
SELECT 'Payslip line', l.id, 'of pay run', r.number, 'corrects period', l.origin_id
  FROM payroll_payslipline l
  JOIN payroll_payslip s ON s.organisation_id = l.organisation_id AND s.id = l.payslip_id
  JOIN payroll_payrun r ON r.organisation_id = l.organisation_id AND r.id = s.pay_run_id
  JOIN payroll_payperiod p ON p.organisation_id = l.organisation_id AND p.id = l.origin_id
 WHERE l.organisation_id = %(organisation)s AND l.kind = 'back'
   AND (p.pays_on > s.pays_on OR NOT EXISTS (
     SELECT FROM payroll_payrun o WHERE o.organisation_id = l.organisation_id
        AND o.period_id = l.origin_id AND o.state IN ('committed', 'paid')
        AND o.pays_on <= s.pays_on AND o.id <> r.id))
 ORDER BY l.id LIMIT 100
""",
)
register(
    "Basic pay of a period is paid once, and back pay knows all that was paid before",
    """
SELECT 'Employment', s.employment_id, 'has basic pay of period', r.period_id, 'on payslips',
       count(DISTINCT s.id)
  FROM payroll_payslip s
  JOIN payroll_payrun r ON r.organisation_id = s.organisation_id AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid')
  JOIN payroll_payslipline l ON l.organisation_id = s.organisation_id AND l.payslip_id = s.id
   AND l.kind IN ('basic', 'allowance') AND l.amount_pence <> 0
 WHERE s.organisation_id = %(organisation)s
 GROUP BY s.employment_id, r.period_id HAVING count(DISTINCT s.id) > 1
 UNION ALL
SELECT 'Payslip', s.id, 'takes for paid in period', (e ->> 0)::bigint, 'pence of',
       (e ->> 5)::bigint
  FROM payroll_payslip s
  JOIN payroll_payrun r ON r.organisation_id = s.organisation_id AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid')
 CROSS JOIN LATERAL jsonb_array_elements(s.inputs -> 'back') e
 WHERE s.organisation_id = %(organisation)s AND (e ->> 5)::bigint <> coalesce((
   SELECT sum(l.amount_pence) FROM payroll_payslip o
     JOIN payroll_payrun p ON p.organisation_id = o.organisation_id AND p.id = o.pay_run_id
      AND p.state IN ('committed', 'paid') AND p.committed_at < r.committed_at
     JOIN payroll_payslipline l ON l.organisation_id = o.organisation_id AND l.payslip_id = o.id
      AND l.kind IN ('basic', 'allowance', 'back') AND l.job = (e ->> 3)::int
    WHERE o.organisation_id = %(organisation)s AND o.employment_id = s.employment_id
      AND coalesce(l.origin_id, p.period_id) = (e ->> 0)::bigint), 0)
 ORDER BY 2 LIMIT 100
""",
)
register(
    "What payslips take for orders is what their lines say, and no debt is taken twice",
    """
SELECT 'Payslip', s.id, 'takes', coalesce(l.pence, 0), 'for orders, and of these stand',
       coalesce(t.pence, 0)
  FROM payroll_payslip s
  LEFT JOIN (SELECT payslip_id, -sum(amount_pence) AS pence FROM payroll_payslipline
    WHERE organisation_id = %(organisation)s AND kind = 'orders' GROUP BY payslip_id) l
    ON l.payslip_id = s.id
  LEFT JOIN (SELECT payslip_id, sum(deducted_pence) AS pence FROM payroll_ordertaken
    WHERE organisation_id = %(organisation)s GROUP BY payslip_id) t ON t.payslip_id = s.id
 WHERE s.organisation_id = %(organisation)s AND coalesce(l.pence, 0) <> coalesce(t.pence, 0)
 UNION ALL
SELECT 'Order', o.number, 'of', o.debt_pence, 'pence has taken', sum(t.deducted_pence)
  FROM payroll_payorder o
  JOIN payroll_ordertaken t ON t.organisation_id = o.organisation_id AND t.order_id = o.id
 WHERE o.organisation_id = %(organisation)s AND o.debt_pence IS NOT NULL
 GROUP BY o.number, o.debt_pence HAVING sum(t.deducted_pence) > o.debt_pence
 ORDER BY 2 LIMIT 100
""",
)
register(
    "What payslips take of overpayments is what their lines say, and no more than was overpaid",
    """
SELECT 'Payslip', s.id, 'takes', coalesce(l.pence, 0), 'back, and of plans stand',
       coalesce(t.pence, 0)
  FROM payroll_payslip s
  LEFT JOIN (SELECT payslip_id, -sum(amount_pence) AS pence FROM payroll_payslipline
    WHERE organisation_id = %(organisation)s AND kind IN ('overpaid', 'overpaid_before')
    GROUP BY payslip_id) l ON l.payslip_id = s.id
  LEFT JOIN (SELECT payslip_id, sum(taken_pence) AS pence FROM payroll_recoverytaken
    WHERE organisation_id = %(organisation)s GROUP BY payslip_id) t ON t.payslip_id = s.id
 WHERE s.organisation_id = %(organisation)s AND coalesce(l.pence, 0) <> coalesce(t.pence, 0)
 UNION ALL
SELECT 'Plan', p.number, 'of', p.gross_pence, 'pence has taken', sum(t.taken_pence)
  FROM payroll_recoveryplan p
  JOIN payroll_recoverytaken t ON t.organisation_id = p.organisation_id AND t.plan_id = p.id
 WHERE p.organisation_id = %(organisation)s
 GROUP BY p.number, p.gross_pence HAVING sum(t.taken_pence) > p.gross_pence
 ORDER BY 2 LIMIT 100
""",
)
register(
    "Nobody joins a pension scheme twice without leaving it between",
    """
SELECT 'Employment', employment_id, 'is', event, 'from', from_on, 'after', before
  FROM (SELECT employment_id, event, from_on, id,
               lag(event) OVER (PARTITION BY employment_id ORDER BY id) AS before
          FROM payroll_pensionstatus
         WHERE organisation_id = %(organisation)s
           AND event NOT IN ('assessed', 'postponed')) s
 WHERE event NOT IN ('opted_out', 'ceased') AND before NOT IN ('opted_out', 'ceased')
 ORDER BY id LIMIT 100
""",
)
register(
    "What committed runs found for automatic enrolment is on record, with its letter",
    """
SELECT 'Pay run', r.number, 'found that employment', s.employment_id, 'is',
       s.inputs -> 'enrolment' ->> 0, 'and on record stands', coalesce(p.event, 'nothing'),
       'with letter', coalesce(l.kind, 0)
  FROM payroll_payslip s
  JOIN payroll_payrun r ON r.organisation_id = s.organisation_id AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid')
  LEFT JOIN payroll_pensionstatus p ON p.organisation_id = s.organisation_id
   AND p.pay_run_id = r.id AND p.employment_id = s.employment_id
  LEFT JOIN payroll_pensionletter l ON l.organisation_id = s.organisation_id AND l.status_id = p.id
 WHERE s.organisation_id = %(organisation)s
   AND (s.inputs -> 'enrolment' ->> 0, coalesce((s.inputs -> 'enrolment' ->> 6)::int, 0))
       IS DISTINCT FROM (p.event, coalesce(l.kind, 0))
 ORDER BY s.id LIMIT 100
""",
)
register(
    "Opting out gives back no more than was taken",
    """
SELECT 'Employment', o.employment_id, 'opted out, and payslips since', o.from_on, 'took',
       sum(s.pension_pence)
  FROM (SELECT employment_id, min(from_on) AS from_on FROM payroll_pensionstatus
         WHERE organisation_id = %(organisation)s AND event = 'opted_out'
         GROUP BY employment_id) o
  JOIN payroll_payslip s ON s.organisation_id = %(organisation)s
   AND s.employment_id = o.employment_id
  JOIN payroll_payrun r ON r.organisation_id = s.organisation_id AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid')
  JOIN payroll_payperiod p ON p.organisation_id = s.organisation_id AND p.id = r.period_id
   AND p.ends_on >= o.from_on
 WHERE s.organisation_id = %(organisation)s
 GROUP BY o.employment_id, o.from_on HAVING sum(s.pension_pence) < 0
 ORDER BY 2 LIMIT 100
""",
)
register(
    "What was made for HMRC is what its pay run paid",
    """
SELECT 'Submission', m.irmark, 'has tax of', m.tax_pence, 'and the payslips', s.tax
  FROM payroll_submission m
  JOIN (SELECT pay_run_id, count(*) AS people, sum(taxable_pence) AS taxable,
               sum(tax_pence) AS tax, sum(nic_pence) AS nic, sum(employer_nic_pence) AS employer
          FROM payroll_payslip WHERE organisation_id = %(organisation)s
         GROUP BY pay_run_id) s ON s.pay_run_id = m.pay_run_id
 WHERE m.organisation_id = %(organisation)s
   AND (m.people, m.taxable_pence, m.tax_pence, m.nic_pence, m.employer_nic_pence)
       IS DISTINCT FROM (s.people, s.taxable, s.tax, s.nic, s.employer)
 ORDER BY 2 LIMIT 100
""",
)
register(
    "Control accounts of pay hold of runs what they owe to others less what was paid over",
    """
SELECT 'Account', a.code, 'holds', coalesce(b.pence, 0), 'of runs and is owed',
       coalesce(d.pence, 0)
  FROM finance_account a
  LEFT JOIN (SELECT d.account, sum(d.amount_pence) AS pence FROM payroll_paydue d
    WHERE d.organisation_id = %(organisation)s AND NOT EXISTS (
      SELECT FROM finance_payment y WHERE y.organisation_id = d.organisation_id
         AND y.liability_id = d.liability_id AND y.state = 'released')
    GROUP BY d.account) d ON d.account = a.code
  LEFT JOIN (SELECT c.account_id, -sum(l.amount_pence)::bigint AS pence
    FROM finance_journalline l
    JOIN finance_journal j ON j.organisation_id = l.organisation_id AND j.period = l.period
     AND j.batch_id = l.batch_id AND j.id = l.journal_id
     AND j.subject_key IN ('payroll.run', 'finance.payment_run', 'finance.payment_return')
    JOIN finance_coding c ON c.organisation_id = l.organisation_id AND c.id = l.coding_id
    WHERE l.organisation_id = %(organisation)s GROUP BY c.account_id) b ON b.account_id = a.id
 WHERE a.organisation_id = %(organisation)s
   AND a.code IN ('21510', '21511', '21512', '21520', '21525', '21526')
   AND coalesce(b.pence, 0) <> coalesce(d.pence, 0) ORDER BY a.code
""",
)


def _false_files(organisation_id: int) -> Iterator[str]:
    files = PayFile.objects.filter(organisation_id=organisation_id).order_by("id")
    for file in files.select_related("pay_run"):
        try:
            bytes_of(file)
        except InvariantBroken as error:
            yield f"{file.pay_run}: {error}"


register("A file of pay for the bank has the bytes that were made", _false_files)
sealed(Submission, "content_sealed")
sealed(PaymentSummary, "content_sealed")
sealed(Certificate, "content_sealed")
sealed(PayFilePart, "content_sealed")
sealed(StatutoryLetter, "content_sealed")
register(
    "A replaced P60 is the version before, of the same person and tax year",
    """
SELECT 'Certificate', c.number, 'is version', c.version, 'and replaces', coalesce(b.number, 0)
  FROM payroll_certificate c LEFT JOIN payroll_certificate b
    ON b.organisation_id = c.organisation_id AND b.id = c.replaces_id
   AND (b.employment_id, b.kind, b.tax_year, b.rehearsed, b.version)
     = (c.employment_id, c.kind, c.tax_year, c.rehearsed, c.version - 1)
 WHERE c.organisation_id = %(organisation)s AND c.version > 1 AND b.id IS NULL
 ORDER BY c.number LIMIT 100
""",
)
