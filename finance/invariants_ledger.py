"""What must always be true of the ledger. The same promises as the seal keeps, asked afterwards."""

from collections.abc import Iterator

from django.db import connection

from core.invariants import register

register(
    "Every journal balances and agrees with its header",
    "SELECT 'journal', coalesce(j.batch_id, l.batch_id), coalesce(j.id, l.journal_id), 'has',"
    " coalesce(l.n, 0), 'lines of', coalesce(l.d, 0), 'pence that sum to', coalesce(l.s, 0)"
    " FROM (SELECT * FROM finance_journal WHERE organisation_id = %(organisation)s) j"
    " FULL JOIN (SELECT period, batch_id, journal_id, sum(amount_pence) AS s, count(*) AS n,"
    "  coalesce(sum(amount_pence) FILTER (WHERE amount_pence > 0), 0) AS d"
    "  FROM finance_journalline WHERE organisation_id = %(organisation)s GROUP BY 1, 2, 3) l"
    " ON l.period = j.period AND l.batch_id = j.batch_id AND l.journal_id = j.id"
    " WHERE l.n IS NULL OR j.id IS NULL OR l.s <> 0 OR l.n <> j.line_count"
    " OR l.d <> j.total_debit_pence ORDER BY 2, 3 LIMIT 100",
)
register(
    "Balances equal the lines",
    "SELECT 'coding', coding_id, 'in', period, 'differs by', b.s - l.s, 'pence and', b.n - l.n,"
    " 'lines' FROM (SELECT period, coding_id, lines AS n, debit_pence - credit_pence AS s"
    "  FROM finance_balance WHERE organisation_id = %(organisation)s) b"
    " FULL JOIN (SELECT period, coding_id, count(*) AS n, sum(amount_pence) AS s"
    "  FROM finance_journalline WHERE organisation_id = %(organisation)s GROUP BY 1, 2) l"
    " USING (period, coding_id)"
    " WHERE b.s IS DISTINCT FROM l.s OR b.n IS DISTINCT FROM l.n ORDER BY 4, 2 LIMIT 100",
)
register(
    "Document numbers have no gaps",
    "SELECT 'series', s.code, s.year, 'has given', s.next_no - 1, 'numbers to', coalesce(j.n, 0),"
    " 'journals' FROM finance_series s LEFT JOIN (SELECT series, year, count(DISTINCT document_no)"
    "  AS n, min(document_no) AS low, max(document_no) AS high, count(*) AS rows"
    "  FROM finance_journal WHERE organisation_id = %(organisation)s GROUP BY 1, 2) j"
    " ON j.series = s.code AND j.year = s.year WHERE s.organisation_id = %(organisation)s"
    " AND (coalesce(j.n, 0) <> s.next_no - 1 OR j.low <> 1 OR j.high <> j.n OR j.rows <> j.n)",
)
register(
    "A reversal mirrors its journal",
    "SELECT 'journal', r.batch_id, r.journal_id, 'and its reversal', r.by_batch_id,"
    " r.by_journal_id, 'differ' FROM finance_reversal r WHERE r.organisation_id = %(organisation)s"
    " AND EXISTS (SELECT l.coding_id FROM finance_journalline l"
    "  WHERE l.organisation_id = %(organisation)s AND ((l.period, l.batch_id, l.journal_id)"
    "  = (r.period, r.batch_id, r.journal_id) OR (l.period, l.batch_id, l.journal_id)"
    "  = (r.by_period, r.by_batch_id, r.by_journal_id))"
    "  GROUP BY l.coding_id HAVING sum(l.amount_pence) <> 0)",
)


def _broken_seals(organisation_id: int) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, problem FROM ctx.verify_ledger(%s)", [organisation_id])
        for number, problem in cursor.fetchall():
            yield f"link {number}: {problem}"


register("The chain of seals holds", _broken_seals)
