"""What must always be true of the bank's side, and between it and the ledger."""

from collections.abc import Iterator

from core.invariants import register
from core.vault import register as sealed
from finance.banking.sheet import sheet_of
from finance.banking.transit import IN_TRANSIT
from finance.models import (
    BankAccount,
    BankReconciliation,
    InvoiceDocument,
    PaymentFilePart,
    SourceFile,
    SupplierBank,
    SupplierStatement,
)

register(
    "The entries of a statement lead from its opening to its closing balance",
    "SELECT 'statement', s.number, 'has', s.entries, 'entries of', s.closing_pence"
    " - s.opening_pence, 'pence; they are', coalesce(l.n, 0), 'of', coalesce(l.pence, 0)"
    " FROM finance_bankstatement s LEFT JOIN (SELECT statement_id, count(*) AS n,"
    "  sum(amount_pence) AS pence FROM finance_statementline"
    "  WHERE organisation_id = %(organisation)s GROUP BY 1) l ON l.statement_id = s.id"
    " WHERE s.organisation_id = %(organisation)s AND (s.entries <> coalesce(l.n, 0)"
    "  OR s.closing_pence - s.opening_pence <> coalesce(l.pence, 0)) ORDER BY s.number LIMIT 100",
)
register(
    "What is matched of an entry is what its matches explain",
    "SELECT 'entry', l.line_no, 'of statement', l.statement_id, 'has', l.matched_pence,"
    " 'pence matched, its matches', coalesce(d.pence, 0) FROM finance_statementline l LEFT JOIN ("
    "  SELECT line_id, sum(amount_pence) AS pence FROM finance_matchedline"
    "  WHERE organisation_id = %(organisation)s AND live GROUP BY 1) d ON d.line_id = l.id"
    " WHERE l.organisation_id = %(organisation)s AND l.matched_pence <> coalesce(d.pence, 0)"
    " ORDER BY l.id LIMIT 100",
)
register(
    "A match explains entries by things of the same amount",
    "SELECT 'match', m.number, 'explains', coalesce(d.pence, 0), 'pence by', coalesce(i.pence, 0)"
    " FROM finance_bankmatch m LEFT JOIN (SELECT bank_match_id, sum(amount_pence) AS pence"
    "  FROM finance_matchedline WHERE organisation_id = %(organisation)s GROUP BY 1) d"
    "  ON d.bank_match_id = m.id LEFT JOIN (SELECT bank_match_id, sum(amount_pence) AS pence"
    "  FROM finance_matcheditem WHERE organisation_id = %(organisation)s GROUP BY 1) i"
    "  ON i.bank_match_id = m.id WHERE m.organisation_id = %(organisation)s"
    " AND (m.amount_pence <> coalesce(d.pence, 0) OR m.amount_pence <> coalesce(i.pence, 0))"
    " ORDER BY m.number LIMIT 100",
)
register(
    "A payment run counts as cleared what statements show and what never left",
    "SELECT 'run', r.number, 'counts', r.cleared, 'payments as cleared; they are', coalesce(y.n, 0)"
    " FROM finance_paymentrun r LEFT JOIN (SELECT y.payment_run_id, count(*) AS n"
    "  FROM finance_payment y WHERE y.organisation_id = %(organisation)s AND ("
    "   y.id IN (SELECT payment_id FROM finance_matcheditem"
    "    WHERE organisation_id = %(organisation)s AND live AND payment_id IS NOT NULL)"
    "   OR y.id IN (SELECT payment_id FROM finance_paymentreturn"
    "    WHERE organisation_id = %(organisation)s AND kind = 'rejected')) GROUP BY 1) y"
    "  ON y.payment_run_id = r.id"
    " WHERE r.organisation_id = %(organisation)s AND r.cleared <> coalesce(y.n, 0)"
    " ORDER BY r.number LIMIT 100",
)
register(
    "A payment is returned exactly when it was reversed, once",
    "SELECT 'payment', y.number, 'is', y.state, CASE WHEN t.id IS NULL THEN 'without a' ELSE"
    " 'with a' END, 'reversal' FROM finance_payment y LEFT JOIN finance_paymentreturn t"
    "  ON t.organisation_id = %(organisation)s AND t.payment_id = y.id"
    " WHERE y.organisation_id = %(organisation)s AND (y.state = 'returned') <> (t.id IS NOT NULL)"
    " ORDER BY y.number LIMIT 100",
)
register(
    "Payments in transit are those that no statement shows",
    "SELECT 'the ledger has', t.ledger, 'pence in transit, payments and returns',"  # noqa: S608
    f" t.items FROM ({IN_TRANSIT}) t WHERE t.ledger <> t.items",
)


def _signed_sheets(organisation_id: int) -> Iterator[str]:
    """Made again, each says what was signed; the newest of an account holds all before it."""
    for account in BankAccount.objects.filter(organisation_id=organisation_id):
        signed = BankReconciliation.objects.filter(
            organisation_id=organisation_id, bank_account=account, state="signed"
        )
        for row in signed.order_by("-period")[:1]:
            sheet = sheet_of(account, row.ends_on)
            now = (sheet.statement_pence, sheet.ledger_pence, sheet.kept()) if sheet else None
            if now != (row.statement_pence, row.ledger_pence, row.sheet):
                yield f"{row}: the ledger or the statements are no longer those that were signed"


register("A signed bank reconciliation still agrees with ledger and statements", _signed_sheets)
sealed(SupplierBank, "account_sealed", "account_index")
sealed(BankAccount, "account_sealed", "account_index")
for model in (SourceFile, InvoiceDocument, SupplierStatement, PaymentFilePart):
    sealed(model, "content_sealed")
