"""Grades of likely duplicates among the invoices of a chunk and those before it.

A  same supplier and number. B  same supplier, gross and invoice date, unless the invoice has a
number of its own and the supplier sends that amount several times a day as a rule
(`finance.duplicates.is_usual`). C  same number and gross, another supplier. D  same supplier and
gross within 45 days and the supplier's numbers differ by a character. G  net equals an earlier
gross of the supplier, so VAT may have been added twice.
Grades are noted on the invoice with the one it resembles; nothing is discarded. Redacted suppliers
are many people under one name and are left out, and reversed invoices no longer count.
"""

from typing import Any

from core.actors import Actor
from finance.keys import nearly_same

DAYS_APART = 45
# A number under three characters is no evidence across suppliers.
SHORTEST_NUMBER = 3

# Each looks first at the invoices already there, then at earlier ones of the same chunk.
_SAME = """
UPDATE load_invoice l SET grade = %(grade)s, duplicate_of = f.id FROM (
  SELECT n.inv, min(o.id) AS id FROM load_invoice n
  JOIN finance_invoice o ON o.organisation_id = %(org)s AND o.state <> 'reversed' AND {matches}
  WHERE n.grade = '' AND NOT n.redacted AND {asked} GROUP BY n.inv) f
WHERE l.inv = f.inv
"""
_SAME_HERE = """
UPDATE load_invoice l SET grade = %(grade)s, duplicate_of = f.first_id FROM (
  SELECT inv, grade, id, first_value(id) OVER same AS first_id,
         first_value(supplier_id) OVER same AS first_supplier, supplier_id
  FROM load_invoice n WHERE NOT n.redacted AND {asked}
  WINDOW same AS (PARTITION BY {keys} ORDER BY inv)) f
WHERE l.inv = f.inv AND l.grade = '' AND f.first_id <> f.id AND {which}
"""
_EXACT = (
    {
        "grade": "A",
        "asked": "n.reference_key <> ''",
        "matches": "o.ref_norm = n.reference_key AND o.supplier_id = n.supplier_id",
        "keys": "supplier_id, reference_key",
        "which": "true",
    },
    {
        "grade": "B",
        "asked": "n.gross <> 0",
        "matches": "o.supplier_id = n.supplier_id AND o.gross_pence = n.gross"
        " AND o.invoice_on = n.invoice_on",
        "keys": "supplier_id, gross, invoice_on",
        "which": "true",
    },
    {
        "grade": "C",
        "asked": f"n.gross <> 0 AND length(n.reference_key) >= {SHORTEST_NUMBER}",
        "matches": "o.ref_norm = n.reference_key AND o.gross_pence = n.gross"
        " AND o.supplier_id <> n.supplier_id",
        "keys": "reference_key, gross",
        "which": "f.first_supplier <> f.supplier_id",
    },
)
# As finance.duplicates.is_usual, over what is there and what comes, for what was just graded B. It
# counts over all suppliers that are one party by name or VAT number (finance.selectors.duplicates).
_ASKED = """
CREATE TEMP TABLE load_asked ON COMMIT DROP AS
SELECT DISTINCT supplier_id, gross FROM load_invoice WHERE grade = 'B' AND reference_key <> ''
"""
_ALIKE = """
CREATE TEMP TABLE load_alike ON COMMIT DROP AS
WITH party AS (
  SELECT s.id, s.name_norm, s.vat_number FROM finance_supplier s
  WHERE s.organisation_id = %(org)s AND s.id IN (SELECT supplier_id FROM load_asked)),
member AS (
  SELECT p.id, s.id AS member_id FROM party p
  JOIN finance_supplier s ON s.organisation_id = %(org)s AND s.name_norm = p.name_norm
  UNION
  SELECT p.id, s.id FROM party p
  JOIN finance_supplier s ON s.organisation_id = %(org)s AND s.vat_number = p.vat_number
  WHERE p.vat_number <> '')
SELECT a.supplier_id, a.gross, m.member_id FROM load_asked a JOIN member m ON m.id = a.supplier_id
"""
_USUAL = """
WITH days AS (
  SELECT supplier_id, gross, invoice_on, count(*) AS number FROM (
    SELECT a.supplier_id, a.gross, n.invoice_on FROM load_invoice n
    JOIN load_alike a ON a.member_id = n.supplier_id AND a.gross = n.gross
    UNION ALL
    SELECT a.supplier_id, a.gross, o.invoice_on FROM finance_invoice o
    JOIN load_alike a ON a.member_id = o.supplier_id AND a.gross = o.gross_pence
    WHERE o.organisation_id = %(org)s AND o.state <> 'reversed') every
  GROUP BY 1, 2, 3),
usual AS (
  SELECT supplier_id, gross FROM days GROUP BY 1, 2
  HAVING max(number) > 2 OR count(*) FILTER (WHERE number > 1) > 1)
UPDATE load_invoice l SET grade = '', duplicate_of = NULL FROM usual u
WHERE l.supplier_id = u.supplier_id AND l.gross = u.gross AND l.grade = 'B'
  AND l.reference_key <> ''
"""
_NEAR = """
SELECT n.inv, n.reference_key, o.id, o.ref_norm FROM load_invoice n
JOIN finance_invoice o ON o.organisation_id = %(org)s AND o.supplier_id = n.supplier_id
  AND o.gross_pence = n.gross AND o.state <> 'reversed'
  AND o.invoice_on BETWEEN n.invoice_on - %(days)s AND n.invoice_on + %(days)s
WHERE n.grade = '' AND n.own_reference AND n.gross <> 0 AND NOT n.redacted
UNION ALL
SELECT n.inv, n.reference_key, o.id, o.reference_key FROM load_invoice n
JOIN load_invoice o ON o.supplier_id = n.supplier_id AND o.gross = n.gross AND o.inv < n.inv
  AND o.invoice_on BETWEEN n.invoice_on - %(days)s AND n.invoice_on + %(days)s
WHERE n.grade = '' AND n.own_reference AND n.gross <> 0 AND NOT n.redacted
ORDER BY 1, 3
"""
_VAT_TWICE = """
UPDATE load_invoice l SET grade = 'G', duplicate_of = f.id FROM (
  SELECT n.inv, min(o.id) AS id FROM load_invoice n
  JOIN finance_invoice o ON o.organisation_id = %(org)s AND o.supplier_id = n.supplier_id
    AND o.gross_pence = n.net AND o.vat_pence <> 0 AND o.state <> 'reversed'
  WHERE n.grade = '' AND n.vat <> 0 AND NOT n.redacted GROUP BY n.inv) f
WHERE l.inv = f.inv
"""


def grade_duplicates(cursor: Any, *, by: Actor) -> dict[str, int]:
    """Fills grade and duplicate_of of `load_invoice`; returns how many of each grade."""
    for test in _EXACT:
        values = {"org": by.organisation_id, "grade": test["grade"]}
        cursor.execute(_SAME.format(**test), values)
        cursor.execute(_SAME_HERE.format(**test), values)
        if test["grade"] == "B":
            _take_back_usual(cursor, by)
    _grade_near(cursor, by)
    cursor.execute(_VAT_TWICE, {"org": by.organisation_id})
    cursor.execute("SELECT grade, count(*) FROM load_invoice WHERE grade <> '' GROUP BY grade")
    return dict(cursor.fetchall())


def _take_back_usual(cursor: Any, by: Actor) -> None:
    cursor.execute("DROP TABLE IF EXISTS pg_temp.load_asked, pg_temp.load_alike")
    cursor.execute(_ASKED)
    if not cursor.rowcount:
        return
    cursor.execute("ANALYZE load_asked")
    cursor.execute(_ALIKE, {"org": by.organisation_id})
    cursor.execute("ANALYZE load_alike")
    cursor.execute(_USUAL, {"org": by.organisation_id})


def _grade_near(cursor: Any, by: Actor) -> None:
    cursor.execute(_NEAR, {"org": by.organisation_id, "days": DAYS_APART})
    near: dict[int, int] = {}
    for inv, key, other_id, other_key in cursor.fetchall():
        if inv not in near and nearly_same(key, other_key):
            near[inv] = other_id
    cursor.execute(
        "UPDATE load_invoice l SET grade = 'D', duplicate_of = n.other"
        " FROM unnest(%s::int[], %s::bigint[]) AS n (inv, other) WHERE l.inv = n.inv",
        [list(near), list(near.values())],
    )
