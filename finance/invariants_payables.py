"""What must always be true of invoices, payments and files, and between them and the ledger."""

import hashlib
from collections.abc import Iterator

from core.errors import InvariantBroken
from core.invariants import register
from finance.models import PaymentFile, PaymentRun
from finance.paying.files import content_of

# Only PAYABLE, a text of this module, enters another one.
# ruff: noqa: S608

# The account whose balance is the sum of what is owed to suppliers.
PAYABLE = (
    "(SELECT c.id FROM finance_coding c JOIN finance_account a"
    "  ON a.organisation_id = c.organisation_id AND a.id = c.account_id"
    "  WHERE c.organisation_id = %(organisation)s AND a.code = '21000')"
)

register(
    "An invoice is the sum of its lines",
    "SELECT 'invoice', i.number, 'is', i.net_pence, 'and', i.vat_pence, 'pence of VAT; its lines',"
    " coalesce(l.net, 0), 'and', coalesce(l.vat, 0) FROM finance_invoice i LEFT JOIN ("
    "  SELECT invoice_id, sum(net_pence) AS net, sum(vat_pence) AS vat FROM finance_invoiceline"
    "  WHERE organisation_id = %(organisation)s GROUP BY 1) l ON l.invoice_id = i.id"
    " WHERE i.organisation_id = %(organisation)s AND (i.net_pence <> coalesce(l.net, 0)"
    " OR i.vat_pence <> coalesce(l.vat, 0)) ORDER BY i.number LIMIT 100",
)
register(
    "Invoices have a journal exactly when their state says so",
    "SELECT 'invoice', number, 'is', state, CASE WHEN journal_id IS NULL THEN 'without' ELSE"
    " 'with' END, 'a journal' FROM finance_invoice WHERE organisation_id = %(organisation)s"
    " AND (state IN ('posted', 'paid') AND journal_id IS NULL"
    " OR state IN ('received', 'submitted', 'approved') AND journal_id IS NOT NULL"
    " OR (period IS NULL) <> (journal_id IS NULL) OR (batch_id IS NULL) <> (journal_id IS NULL))"
    " ORDER BY number LIMIT 100",
)
register(
    "The journal of an invoice credits what is owed for it",
    "SELECT 'invoice', i.number, 'of', i.gross_pence, 'pence: its journal credits',"
    " coalesce(-l.owed, 0) FROM finance_invoice i LEFT JOIN finance_journal j"
    "  ON j.organisation_id = i.organisation_id AND j.period = i.period AND j.batch_id = i.batch_id"
    "  AND j.id = i.journal_id AND j.subject_key = 'finance.invoice' AND j.subject_id = i.id"
    " LEFT JOIN (SELECT period, batch_id, journal_id, sum(amount_pence) AS owed"
    "  FROM finance_journalline WHERE organisation_id = %(organisation)s"
    f"  AND coding_id IN {PAYABLE} GROUP BY 1, 2, 3) l"
    "  ON l.period = j.period AND l.batch_id = j.batch_id AND l.journal_id = j.id"
    " WHERE i.organisation_id = %(organisation)s AND i.journal_id IS NOT NULL"
    " AND (j.id IS NULL OR coalesce(l.owed, 0) <> -i.gross_pence) ORDER BY i.number LIMIT 100",
)
register(
    "A reversed invoice that was posted has a reversed journal",
    "SELECT 'invoice', i.number, 'is', i.state, CASE WHEN r.id IS NULL THEN 'but its journal is not"
    " reversed' ELSE 'but its journal is reversed' END FROM finance_invoice i"
    " LEFT JOIN finance_reversal r ON r.organisation_id = i.organisation_id"
    "  AND r.period = i.period AND r.batch_id = i.batch_id AND r.journal_id = i.journal_id"
    " WHERE i.organisation_id = %(organisation)s AND i.journal_id IS NOT NULL"
    " AND (r.id IS NOT NULL) <> (i.state = 'reversed') ORDER BY i.number LIMIT 100",
)
register(
    "Trade payables in the ledger equal the invoices that are open",
    "SELECT 'the ledger owes', l.pence, 'pence, the invoices', i.pence FROM"
    " (SELECT coalesce(-sum(debit_pence - credit_pence), 0)::bigint AS pence FROM finance_balance"
    f"  WHERE organisation_id = %(organisation)s AND coding_id IN {PAYABLE}) l,"
    " (SELECT coalesce(sum(gross_pence), 0)::bigint AS pence FROM finance_invoice"
    "  WHERE organisation_id = %(organisation)s AND journal_id IS NOT NULL"
    "  AND state NOT IN ('paid', 'reversed')) i WHERE l.pence <> i.pence",
)
register(
    "A supplier that was asked for is open exactly when a second person agreed",
    "SELECT 'supplier', s.code, 'is', s.status, 'and its request', r.state"
    " FROM finance_supplierrequest r JOIN finance_supplier s"
    "  ON s.organisation_id = r.organisation_id AND s.id = r.supplier_id"
    " WHERE r.organisation_id = %(organisation)s"
    " AND r.state <> CASE WHEN s.status IN ('proposed', 'refused') THEN s.status"
    "  ELSE 'agreed' END ORDER BY s.code LIMIT 100",
)
register(
    "A supplier with a hold in force is held",
    "SELECT 'supplier', s.code, 'is', s.status, 'under hold', h.number"
    " FROM finance_supplierhold h JOIN finance_supplier s"
    "  ON s.organisation_id = h.organisation_id AND s.id = h.supplier_id"
    " WHERE h.organisation_id = %(organisation)s AND h.released_at IS NULL"
    " AND s.status <> 'held' ORDER BY s.code LIMIT 100",
)
register(
    "What is allocated to an invoice is what its payments settle",
    "SELECT 'invoice', i.number, 'has', i.allocated_pence, 'pence allocated, its payments',"
    " coalesce(a.pence, 0) FROM finance_invoice i LEFT JOIN (SELECT a.invoice_id,"
    "  sum(a.amount_pence + a.discount_pence) AS pence FROM finance_allocation a"
    "  JOIN finance_payment y"
    "   ON y.organisation_id = a.organisation_id AND y.id = a.payment_id"
    "  WHERE a.organisation_id = %(organisation)s AND a.live AND y.state = 'released'"
    "  GROUP BY 1) a ON a.invoice_id = i.id"
    " WHERE i.organisation_id = %(organisation)s AND i.allocated_pence <> coalesce(a.pence, 0)"
    " ORDER BY i.number LIMIT 100",
)
register(
    "An invoice is paid exactly when released payments settle all of it",
    "SELECT 'invoice', i.number, 'is', i.state, CASE WHEN p.invoice_id IS NULL THEN 'without a'"
    " ELSE 'with a' END, 'released payment' FROM finance_invoice i LEFT JOIN ("
    "  SELECT DISTINCT a.invoice_id FROM finance_allocation a JOIN finance_payment y"
    "   ON y.organisation_id = a.organisation_id AND y.id = a.payment_id"
    "  WHERE a.organisation_id = %(organisation)s AND a.live AND y.state = 'released') p"
    "  ON p.invoice_id = i.id"
    " WHERE i.organisation_id = %(organisation)s AND (i.state = 'paid' AND i.gross_pence <> 0)"
    " <> (p.invoice_id IS NOT NULL AND i.allocated_pence = i.gross_pence)"
    " ORDER BY i.number LIMIT 100",
)
register(
    "What is matched of an invoice or credit note is the sum of its matches",
    "SELECT 'invoice', i.number, 'has', i.matched_pence, 'pence matched, its matches',"
    " coalesce(m.pence, 0) FROM finance_invoice i LEFT JOIN (SELECT id, sum(pence) AS pence FROM ("
    "  SELECT credit_id AS id, -amount_pence AS pence FROM finance_creditmatch"
    "   WHERE organisation_id = %(organisation)s AND undone_at IS NULL"
    "  UNION ALL SELECT invoice_id, amount_pence FROM finance_creditmatch"
    "   WHERE organisation_id = %(organisation)s AND undone_at IS NULL) s GROUP BY id) m"
    "  ON m.id = i.id WHERE i.organisation_id = %(organisation)s"
    " AND (i.matched_pence <> coalesce(m.pence, 0) OR i.matched_pence <> 0"
    "  AND (i.state = 'reversed' OR sign(i.matched_pence) <> sign(i.gross_pence)"
    "   OR abs(i.matched_pence) > abs(i.gross_pence))) ORDER BY i.number LIMIT 100",
)
register(
    "A reconciled statement of a supplier is the sum of its lines on both sides",
    "SELECT 'statement', s.number, 'is', s.their_pence, 'and', s.our_pence, 'pence; its lines',"
    " coalesce(l.theirs, 0), 'and', coalesce(l.ours, 0) FROM finance_supplierstatement s"
    " LEFT JOIN (SELECT statement_id, sum(their_pence) AS theirs, sum(our_pence) AS ours"
    "  FROM finance_supplierstatementline WHERE organisation_id = %(organisation)s GROUP BY 1) l"
    "  ON l.statement_id = s.id WHERE s.organisation_id = %(organisation)s"
    " AND (s.their_pence <> coalesce(l.theirs, 0) OR s.our_pence <> coalesce(l.ours, 0))"
    " ORDER BY s.number LIMIT 100",
)
register(
    "An invoice that fits a schedule is of its supplier and of its amount",
    "SELECT 'schedule', r.number, 'for', a.expected_on, 'has invoice', i.number, 'of',"
    " i.gross_pence, 'pence' FROM finance_recurringarrival a JOIN finance_recurringinvoice r"
    "  ON r.organisation_id = a.organisation_id AND r.id = a.schedule_id"
    " JOIN finance_invoice i ON i.organisation_id = a.organisation_id AND i.id = a.invoice_id"
    " WHERE a.organisation_id = %(organisation)s AND (i.supplier_id <> r.supplier_id OR a.fits"
    "  AND abs(i.gross_pence - r.expected_pence) > r.tolerance_pence)"
    " ORDER BY r.number, a.expected_on LIMIT 100",
)
register(
    "A payment is the sum of what it settles",
    "SELECT 'payment', y.number, 'is', y.amount_pence, 'pence and settles', coalesce(a.pence, 0)"
    " FROM finance_payment y LEFT JOIN (SELECT payment_id, sum(amount_pence) AS pence,"
    "  sum(discount_pence) AS discount FROM finance_allocation"
    "  WHERE organisation_id = %(organisation)s AND live GROUP BY 1"
    "  UNION ALL SELECT y.id, l.amount_pence, 0 FROM finance_payment y JOIN finance_liability l"
    "   ON l.organisation_id = y.organisation_id AND l.id = y.liability_id"
    "  WHERE y.organisation_id = %(organisation)s AND y.state IN ('proposed', 'released')) a"
    "  ON a.payment_id = y.id WHERE y.organisation_id = %(organisation)s"
    " AND CASE WHEN y.state IN ('removed', 'reversed', 'returned') THEN a.pence IS NOT NULL"
    "  ELSE y.amount_pence IS DISTINCT FROM a.pence"
    "   OR y.discount_pence IS DISTINCT FROM a.discount END ORDER BY y.number LIMIT 100",
)
register(
    "What is owed besides invoices is the sum of its parts",
    "SELECT 'liability', l.number, 'is', l.amount_pence, 'pence and its parts',"
    " coalesce(sum(p.amount_pence), 0) FROM finance_liability l LEFT JOIN finance_liabilitypart p"
    "  ON p.organisation_id = l.organisation_id AND p.liability_id = l.id"
    " WHERE l.organisation_id = %(organisation)s GROUP BY l.number, l.amount_pence"
    " HAVING l.amount_pence <> coalesce(sum(p.amount_pence), 0) ORDER BY l.number LIMIT 100",
)
register(
    "A payment run is the sum of its payments",
    "SELECT 'run', r.number, 'has', r.payments, 'payments of', r.total_pence, 'pence; they are',"
    " coalesce(y.n, 0), 'of', coalesce(y.pence, 0) FROM finance_paymentrun r LEFT JOIN ("
    "  SELECT payment_run_id, count(*) AS n, sum(amount_pence) AS pence,"
    "   count(*) FILTER (WHERE state = 'proposed') AS proposed FROM finance_payment"
    "  WHERE organisation_id = %(organisation)s AND state NOT IN ('removed', 'reversed')"
    "  GROUP BY 1) y"
    "  ON y.payment_run_id = r.id WHERE r.organisation_id = %(organisation)s"
    " AND CASE WHEN r.state = 'cancelled' THEN y.n IS NOT NULL ELSE r.payments <> coalesce(y.n, 0)"
    "  OR r.total_pence <> coalesce(y.pence, 0)"
    "  OR (r.state = 'released' AND y.proposed > 0) OR (r.state = 'proposed' AND y.proposed < y.n)"
    "  END ORDER BY r.number LIMIT 100",
)
register(
    "Suppliers are told of payments that left, and of no others",
    "SELECT 'payment', y.number, 'is', y.state, 'and', v.address, 'was written to' FROM"
    " finance_remittanceadvice v JOIN finance_payment y"
    "  ON y.organisation_id = v.organisation_id AND y.id = v.payment_id"
    " WHERE v.organisation_id = %(organisation)s"
    " AND y.state NOT IN ('released', 'returned', 'reversed') ORDER BY y.number LIMIT 100",
)
register(
    "Signed payments notices add up, and their versions leave no gap",
    "SELECT 'notice of', n.first_on, 'version', n.version, 'is number', n.place, 'and counts',"
    " n.figures FROM (SELECT *, row_number() OVER (PARTITION BY first_on ORDER BY version) AS place"
    "  FROM finance_paymentsnotice WHERE organisation_id = %(organisation)s) n"
    " WHERE n.version <> n.place"
    " OR (n.figures->>'payments')::bigint <> (n.figures->>'in_30')::bigint"
    "  + (n.figures->>'in_60')::bigint + (n.figures->>'over_60')::bigint"
    " OR (n.figures->>'paid_pence')::bigint <> (n.figures->>'in_30_pence')::bigint"
    "  + (n.figures->>'in_60_pence')::bigint + (n.figures->>'over_60_pence')::bigint"
    " ORDER BY n.first_on, n.version LIMIT 100",
)


def _false_files(organisation_id: int) -> Iterator[str]:
    files = PaymentFile.objects.filter(organisation_id=organisation_id)
    for file in files.select_related("payment_run").order_by("payment_run", "format"):
        run, digest = file.payment_run, hashlib.sha256()
        try:
            for piece in content_of(file):
                digest.update(piece)
        except InvariantBroken:
            yield f"{run}: the {file.format} file {file.serial} cannot be read"
            continue
        known = (file.payments, file.total_pence, file.sha256, PaymentRun.State.RELEASED)
        if known != (run.payments, run.total_pence, digest.hexdigest(), run.state):
            yield f"{run}: the {file.format} file {file.serial} differs"


register("A file for the bank holds its run, and its bytes are those that were made", _false_files)
register(
    "Released payments are debited to trade payables, and no others",
    "SELECT 'batch', coalesce(y.batch_id, l.batch_id), 'journal', coalesce(y.journal_id,"
    " l.journal_id), 'pays', coalesce(y.pence, 0), 'pence and debits', coalesce(l.pence, 0) FROM"
    " (SELECT batch_id, journal_id, sum(amount_pence + discount_pence) AS pence"
    "  FROM finance_payment"
    "  WHERE organisation_id = %(organisation)s AND state IN ('released', 'returned')"
    "  AND liability_id IS NULL GROUP BY 1, 2) y"
    " FULL JOIN (SELECT l.batch_id, l.journal_id, sum(l.amount_pence) AS pence"
    "  FROM finance_journalline l JOIN finance_journal j ON j.organisation_id = l.organisation_id"
    "   AND j.period = l.period AND j.batch_id = l.batch_id AND j.id = l.journal_id"
    "  WHERE l.organisation_id = %(organisation)s"
    "  AND j.subject_key IN ('finance.payment', 'finance.payment_run')"
    "  AND NOT EXISTS (SELECT FROM finance_reversal r WHERE r.organisation_id = j.organisation_id"
    "   AND r.period = j.period AND r.batch_id = j.batch_id AND r.journal_id = j.id)"
    "  AND NOT EXISTS (SELECT FROM finance_reversal r WHERE r.organisation_id = j.organisation_id"
    "   AND r.by_period = j.period AND r.by_batch_id = j.batch_id AND r.by_journal_id = j.id)"
    f"  AND l.coding_id IN {PAYABLE} GROUP BY 1, 2) l"
    "  ON l.batch_id = y.batch_id AND l.journal_id = y.journal_id"
    " WHERE y.pence IS DISTINCT FROM l.pence ORDER BY 2, 4 LIMIT 100",
)
register(
    "Every row of a loaded file is accounted for, to the penny",
    "SELECT 'file', f.number, 'has', f.rows_total, 'rows of', f.total_pence, 'pence; accounted',"
    " 'for:', coalesce(r.n, e.n, 0), 'of', coalesce(r.pence, e.pence, 0)"
    " FROM finance_sourcefile f LEFT JOIN ("
    "  SELECT source_file_id, count(*) AS n, count(*) FILTER (WHERE kind = 'loaded') AS loaded,"
    "   count(*) FILTER (WHERE kind = 'held') AS held,"
    "   sum(amount_pence) FILTER (WHERE kind IN ('loaded', 'held')) AS pence,"
    "   count(*) FILTER (WHERE (kind = 'loaded') <> (invoice_line_id IS NOT NULL)"
    "    OR kind = 'held' AND cause = '') AS odd FROM finance_sourcerow"
    "  WHERE organisation_id = %(organisation)s GROUP BY 1) r ON r.source_file_id = f.id"
    # An electronic invoice is one invoice as a whole.
    " LEFT JOIN (SELECT source_file_id, count(*) AS n, sum(gross_pence) AS pence"
    "  FROM finance_invoice WHERE organisation_id = %(organisation)s AND origin = 'einvoice'"
    "  GROUP BY 1) e ON e.source_file_id = f.id AND f.purpose = 'einvoice'"
    " WHERE f.organisation_id = %(organisation)s AND f.state = 'loaded'"
    " AND CASE WHEN f.purpose = 'einvoice' THEN coalesce(e.n, 0) <> 1"
    "  OR e.pence <> f.total_pence OR f.loaded_pence <> f.total_pence"
    " ELSE (coalesce(r.n, 0) <> f.rows_total OR coalesce(r.loaded, 0) <> f.rows_loaded"
    " OR coalesce(r.held, 0) <> f.rows_held OR coalesce(r.pence, 0) <> f.total_pence"
    " OR f.rows_loaded + f.rows_held + f.rows_other <> f.rows_total"
    " OR f.loaded_pence + f.held_pence <> f.total_pence OR r.odd > 0)"
    " END ORDER BY f.number LIMIT 100",
)
register(
    "A publication of spending is the file that was put up",
    "SELECT 'the publication of', to_char(p.month, 'FMMonth YYYY'), 'version', p.version,"
    " 'is not the file of its digest' FROM finance_spendpublication p"
    " WHERE p.organisation_id = %(organisation)s"
    " AND encode(sha256(p.content), 'hex') <> p.sha256 ORDER BY p.id",
)
register(
    "An invoice response says in its bytes the status and the document of its row",
    "SELECT 'response', id, 'is', status, 'of', document_number FROM finance_invoiceresponse"
    " WHERE organisation_id = %(organisation)s AND (strpos(convert_from(content, 'UTF8'),"
    "  '<cbc:ResponseCode>' || status || '</') = 0"
    "  OR strpos(convert_from(content, 'UTF8'), message_id::text) = 0) ORDER BY id LIMIT 100",
)
register(
    "What a supplier is told of a document never goes back",
    "SELECT 'response', l.id, 'is', l.status, 'after', e.status FROM finance_invoiceresponse l"
    " JOIN finance_invoiceresponse e ON e.organisation_id = l.organisation_id"
    "  AND e.source_file_id = l.source_file_id AND e.id < l.id"
    " WHERE l.organisation_id = %(organisation)s AND (e.status IN ('RE', 'PD')"
    "  OR array_position(ARRAY['AB', 'IP', 'UQ', 'CA', 'RE', 'AP', 'PD'], e.status::text)"
    "   >= array_position(ARRAY['AB', 'IP', 'UQ', 'CA', 'RE', 'AP', 'PD'], l.status::text))"
    " ORDER BY l.id LIMIT 100",
)
