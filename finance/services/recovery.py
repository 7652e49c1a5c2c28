"""Payments that may have been made twice, found over the whole history as recovery auditors do.

What is looked for is what `finance.duplicates` looks for when an invoice comes in, over all that is
there, plus VAT that was added twice, lines of an order that were billed before, one account behind
two suppliers, the same lines again, a bill that was credited and sent again, and entries of the
bank. A pair that was looked at keeps its answer when the history is gone through again. What a
credit note of the same amount has undone is no pair, unless the credit was not taken.
"""

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from core.actors import Actor, require
from core.errors import Clash
from events.services import record, record_about
from finance.keys import nearly_same
from finance.models import DuplicateCase
from finance.permissions import ENTER_INVOICES
from finance.rules import DUP01

State = DuplicateCase.State
DAYS_APART = 45
ACCOUNT_DAYS = 30
# An amount that a party charges more often than this is its fee, not a slip.
FEW = 3
SHORTEST_NUMBER = 3

# A party is all suppliers of one name or one VAT number, known by the least id among them.
_INVOICES = """
CREATE TEMP TABLE recovery_invoice ON COMMIT DROP AS
WITH named AS (
  SELECT id, vat_number, name_norm, min(id) OVER (PARTITION BY name_norm) AS key
    FROM finance_supplier WHERE organisation_id = %(org)s AND NOT redacted),
taxed AS (
  SELECT id, name_norm, CASE WHEN vat_number = '' THEN key
    ELSE min(key) OVER (PARTITION BY vat_number) END AS key FROM named),
party AS (SELECT id, min(key) OVER (PARTITION BY name_norm) AS key FROM taxed)
SELECT i.id, i.supplier_id, i.state, p.key AS party, i.ref_norm, i.gross_pence AS gross,
       i.net_pence AS net, i.vat_pence AS vat, i.invoice_on,
       regexp_replace(upper(i.order_ref), '[^A-Z0-9]+', '', 'g') AS order_key
  FROM finance_invoice i JOIN party p ON p.id = i.supplier_id
 WHERE i.organisation_id = %(org)s AND i.state <> 'reversed' AND i.gross_pence <> 0
"""
_PAIRS = """
CREATE TEMP TABLE recovery_pair ON COMMIT DROP AS
WITH charged AS MATERIALIZED (SELECT * FROM recovery_invoice WHERE gross > 0),
days AS (SELECT party, gross, invoice_on, count(*) AS n FROM charged GROUP BY 1, 2, 3),
usual AS (SELECT party, gross FROM days GROUP BY 1, 2
          HAVING max(n) > 2 OR count(*) FILTER (WHERE n > 1) > 1),
pairs AS (
  SELECT 'A' AS grade, id, first_value(id) OVER (PARTITION BY party, ref_norm ORDER BY id) AS first
    FROM charged WHERE ref_norm <> ''
  UNION ALL
  SELECT 'B', c.id, first_value(c.id) OVER (PARTITION BY party, gross, invoice_on ORDER BY c.id)
    FROM charged c WHERE NOT EXISTS (
      SELECT FROM usual u WHERE u.party = c.party AND u.gross = c.gross)
  UNION ALL
  SELECT 'C', id, CASE WHEN party <> first_value(party) OVER same
                       THEN first_value(id) OVER same ELSE id END
    FROM charged WHERE length(ref_norm) >= %(shortest)s
  WINDOW same AS (PARTITION BY ref_norm, gross ORDER BY id)
  UNION ALL
  SELECT 'G', n.id, min(o.id) FROM charged n JOIN charged o
      ON o.party = n.party AND o.gross = n.net AND o.vat <> 0 AND o.id < n.id
   WHERE n.vat <> 0 GROUP BY n.id)
SELECT DISTINCT ON (id) id, first, grade, NULL::bigint AS pence FROM pairs WHERE id <> first
 ORDER BY id, grade
"""
_NEAR = """
SELECT n.id, o.id, n.ref_norm, o.ref_norm
  FROM recovery_invoice n JOIN recovery_invoice o
    ON o.party = n.party AND o.gross = n.gross AND o.id < n.id
   AND abs(o.invoice_on - n.invoice_on) <= %(days)s
   AND abs(length(o.ref_norm) - length(n.ref_norm)) <= 1
 WHERE n.gross > 0 AND length(n.ref_norm) > %(shortest)s
   AND NOT EXISTS (SELECT FROM recovery_pair p WHERE p.id = n.id)
   AND (SELECT count(*) FROM recovery_invoice m WHERE m.party = n.party AND m.gross = n.gross)
       <= %(few)s
 ORDER BY n.id, o.id
"""
_ADD_NEAR = """
INSERT INTO recovery_pair (id, first, grade)
SELECT DISTINCT ON (x.id) x.id, x.first, 'D'
  FROM unnest(%s::bigint[], %s::bigint[]) AS x (id, first) ORDER BY x.id, x.first
"""
# Suppliers that share an account are few, so they are found first.
_SAME_ACCOUNT = """
INSERT INTO recovery_pair (id, first, grade)
WITH account AS (
  SELECT DISTINCT account_index, supplier_id FROM finance_supplierbank
   WHERE organisation_id = %(org)s AND state = 'active'),
shared AS (
  SELECT DISTINCT one.supplier_id AS one, other.supplier_id AS other
    FROM account one JOIN account other
      ON other.account_index = one.account_index AND other.supplier_id <> one.supplier_id)
SELECT n.id, min(o.id), 'E' FROM shared s
  JOIN recovery_invoice n ON n.supplier_id = s.one AND n.gross > 0
  JOIN recovery_invoice o ON o.supplier_id = s.other AND o.gross = n.gross AND o.id < n.id
   AND o.party <> n.party AND abs(o.invoice_on - n.invoice_on) <= %(account_days)s
 WHERE NOT EXISTS (SELECT FROM recovery_pair p WHERE p.id = n.id)
 GROUP BY n.id
"""
# Without the orders themselves: a line of an order that was on an earlier invoice, in words and
# amount. What an order is charged more often is a call-off. At stake are those lines alone.
_SAME_ORDER = """
INSERT INTO recovery_pair (id, first, grade, pence)
WITH line AS (
  SELECT i.id, i.party, i.order_key, upper(l.description) AS words, l.net_pence,
         sum(l.net_pence + l.vat_pence)::bigint AS pence
    FROM recovery_invoice i
    JOIN finance_invoiceline l ON l.organisation_id = %(org)s AND l.invoice_id = i.id
   WHERE i.gross > 0 AND length(i.order_key) >= %(shortest)s AND l.description <> ''
     AND l.net_pence > 0
   GROUP BY 1, 2, 3, 4, 5),
again AS (
  SELECT id, pence, min(id) OVER w AS first, count(*) OVER w AS times
    FROM line WINDOW w AS (PARTITION BY party, order_key, words, net_pence))
SELECT id, min(first), 'F', sum(pence) FROM again
 WHERE id <> first AND times <= %(few)s
   AND NOT EXISTS (SELECT FROM recovery_pair p WHERE p.id = again.id)
 GROUP BY id
"""
# Lines are read of those only that have another one of their amount near them.
_SAME_LINES = """
INSERT INTO recovery_pair (id, first, grade)
WITH near AS (
  SELECT id, party, gross, invoice_on,
         invoice_on - lag(invoice_on) OVER w <= %(days)s
         OR lead(invoice_on) OVER w - invoice_on <= %(days)s AS has_one
    FROM recovery_invoice WHERE gross > 0 WINDOW w AS (PARTITION BY gross ORDER BY invoice_on)),
rare AS (SELECT party, gross FROM near GROUP BY 1, 2 HAVING count(*) <= %(few)s),
told AS (
  SELECT n.id, n.gross, n.invoice_on, md5(string_agg(
           concat_ws('|', upper(l.description), l.net_pence, l.vat_pence), '/'
           ORDER BY upper(l.description), l.net_pence, l.vat_pence)) AS words
    FROM near n JOIN rare USING (party, gross)
    JOIN finance_invoiceline l ON l.organisation_id = %(org)s AND l.invoice_id = n.id
   WHERE n.has_one AND l.description <> '' GROUP BY 1, 2, 3 HAVING count(*) > 1)
SELECT n.id, min(o.id), 'H' FROM told n JOIN told o
    ON o.gross = n.gross AND o.words = n.words AND o.id < n.id
   AND abs(o.invoice_on - n.invoice_on) <= %(days)s
 WHERE NOT EXISTS (SELECT FROM recovery_pair p WHERE p.id = n.id)
 GROUP BY n.id
"""
# A credit undoes the first bill only when it is taken; until then both bills are paid.
_BILLED_AGAIN = """
CREATE TEMP TABLE recovery_again ON COMMIT DROP AS
SELECT n.id, min(o.id) AS first FROM recovery_invoice o
  JOIN recovery_invoice c ON c.party = o.party AND c.gross = -o.gross
   AND c.invoice_on >= o.invoice_on AND c.state <> 'paid'
   AND c.invoice_on <= %(on)s::date - %(account_days)s
  JOIN recovery_invoice n ON n.party = o.party AND n.gross = o.gross AND n.id > o.id
   AND n.invoice_on >= c.invoice_on
 WHERE o.gross > 0 AND o.state = 'paid' AND n.state IN ('approved', 'posted', 'paid')
 GROUP BY n.id
"""
_PUT_AGAIN = """
WITH gone AS (DELETE FROM recovery_pair p USING recovery_again a WHERE p.id = a.id)
INSERT INTO recovery_pair (id, first, grade) SELECT id, first, 'I' FROM recovery_again
"""
# Entries of the bank that no payment explains, with the name of the supplier among their words.
_BY_CARD = """
INSERT INTO finance_duplicatecase (organisation_id, later_id, bank_line_id, grade, amount_pence,
  state, owner_name, note, found_on, version)
SELECT DISTINCT ON (l.id) %(org)s, n.id, l.id, 'J', n.gross, 'open', '', '', %(on)s, 1
  FROM finance_statementline l
  JOIN recovery_invoice n ON n.gross = -l.amount_pence
   AND abs(n.invoice_on - l.booked_on) <= %(account_days)s
  JOIN finance_supplier s ON s.organisation_id = %(org)s AND s.id = n.supplier_id
 WHERE l.organisation_id = %(org)s AND l.amount_pence < 0 AND l.matched_pence = 0
   AND n.state IN ('approved', 'posted', 'paid') AND length(s.name_norm) >= %(shortest)s
   AND position(s.name_norm IN regexp_replace(upper(l.party || l.text), '[^A-Z0-9]+', '', 'g')) > 0
 ORDER BY l.id, n.id
ON CONFLICT (organisation_id, later_id, bank_line_id) DO NOTHING
"""
_INDEX = "CREATE INDEX ON recovery_invoice (party, gross)"
_KEEP = """
INSERT INTO finance_duplicatecase (organisation_id, later_id, earlier_id, grade, amount_pence,
  state, owner_name, note, found_on, version)
SELECT %(org)s, p.id, p.first, p.grade, coalesce(p.pence, n.gross), 'open', '', '', %(on)s, 1
  FROM recovery_pair p JOIN recovery_invoice n ON n.id = p.id
 WHERE p.grade = 'I'
    OR NOT EXISTS (SELECT FROM recovery_invoice c JOIN recovery_invoice o ON o.id = p.first
                    WHERE c.party = n.party AND c.gross = -n.gross
                      AND c.invoice_on >= least(o.invoice_on, n.invoice_on))
ON CONFLICT (organisation_id, later_id, earlier_id) DO NOTHING
"""


def find_duplicates(*, by: Actor, as_of: date) -> int:
    """Goes through all invoices that stand; returns how many pairs are new.

    Event finance.duplicates.searched.
    """
    require(by, ENTER_INVOICES)
    values: dict[str, Any] = {"org": by.organisation_id, "on": as_of, "days": DAYS_APART}
    values |= {"shortest": SHORTEST_NUMBER, "few": FEW, "account_days": ACCOUNT_DAYS}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.recovery_invoice, pg_temp.recovery_pair,"
                       " pg_temp.recovery_again")  # fmt: skip
        cursor.execute(_INVOICES, values)
        cursor.execute(_INDEX)
        cursor.execute("ANALYZE recovery_invoice")
        cursor.execute(_PAIRS, values)
        cursor.execute(_NEAR, values)
        near = [row for row in cursor.fetchall() if nearly_same(row[2], row[3])]
        cursor.execute(_ADD_NEAR, [[row[0] for row in near], [row[1] for row in near]])
        for statement in (_SAME_ACCOUNT, _SAME_ORDER, _SAME_LINES, _BILLED_AGAIN, _PUT_AGAIN):
            cursor.execute(statement, values)
        cursor.execute(_KEEP, values)
        found = cursor.rowcount
        cursor.execute(_BY_CARD, values)
        found += cursor.rowcount
    about = ("tenants.organisation", by.organisation_id)
    record_about("finance.duplicates.searched", *about, by=by, found=found)
    return found


def answer_duplicate(
    *, case: DuplicateCase, version: int, state: str, note: str, by: Actor
) -> None:
    """What became of a pair, in a sentence; who says so is on it from now on.

    DUP01 without a sentence, or with a state that is no answer. Event finance.duplicate.answered.
    """
    require(by, ENTER_INVOICES, unit_path=case.later.unit_path)
    DUP01.check(note.strip() and state in State.values and state != State.OPEN)
    rows = DuplicateCase.objects.filter(
        organisation_id=by.organisation_id, pk=case.pk, version=version
    )
    changed = rows.update(
        state=state,
        note=note.strip(),
        owner_id=by.person_id,
        owner_name=by.name,
        answered_at=timezone.now(),
        version=F("version") + 1,
    )
    if changed != 1:
        raise Clash()
    said: dict[str, Any] = {"answer": str(State(state).label).lower(), "comment": note.strip()}
    record("finance.duplicate.answered", case.later, by=by, thread=case.later.thread, **said)
    case.refresh_from_db()
