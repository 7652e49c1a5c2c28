"""Payments that may have been made twice, found over the whole history as recovery auditors do.

What is looked for is what `finance.duplicates` looks for when an invoice comes in, over all that is
there, plus VAT that was added twice. A pair that was looked at keeps its answer when the history is
gone through again. What a credit note of the same amount has undone is no pair.
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
SELECT i.id, p.key AS party, i.ref_norm, i.gross_pence AS gross, i.net_pence AS net,
       i.vat_pence AS vat, i.invoice_on
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
SELECT DISTINCT ON (id) id, first, grade FROM pairs WHERE id <> first ORDER BY id, grade
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
_INDEX = "CREATE INDEX ON recovery_invoice (party, gross)"
_KEEP = """
INSERT INTO finance_duplicatecase (organisation_id, later_id, earlier_id, grade, amount_pence,
  state, owner_name, note, found_on, version)
SELECT %(org)s, p.id, p.first, p.grade, n.gross, 'open', '', '', %(on)s, 1
  FROM recovery_pair p JOIN recovery_invoice n ON n.id = p.id
 WHERE NOT EXISTS (SELECT FROM recovery_invoice c JOIN recovery_invoice o ON o.id = p.first
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
    values |= {"shortest": SHORTEST_NUMBER, "few": FEW}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.recovery_invoice, pg_temp.recovery_pair")
        cursor.execute(_INVOICES, values)
        cursor.execute(_INDEX)
        cursor.execute("ANALYZE recovery_invoice")
        cursor.execute(_PAIRS, values)
        cursor.execute(_NEAR, values)
        near = [row for row in cursor.fetchall() if nearly_same(row[2], row[3])]
        cursor.execute(_ADD_NEAR, [[row[0] for row in near], [row[1] for row in near]])
        cursor.execute(_KEEP, values)
        found = cursor.rowcount
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
