"""A bank account at the end of a period: ledger, statement, and what lies between, as it was then.

A match counts from its own day to the day it was undone, so that the sheet of a past period can be
made again at any time and comes out the same.
"""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from finance.banking.passes import values
from finance.models import BankAccount

# Only texts of this module enter another one.
# ruff: noqa: S608

SHOWN = 200  # items listed; their count and sum are of all

COUNTS = "m.matched_on <= %(on)s AND (m.undone_on IS NULL OR m.undone_on > %(on)s)"
CHAIN = """
SELECT number, from_on, to_on, opening_pence, closing_pence,
       lag(number) OVER w, lag(to_on) OVER w, lag(closing_pence) OVER w
FROM finance_bankstatement
WHERE organisation_id = %(organisation)s AND bank_account_id = %(account)s
WINDOW w AS (ORDER BY from_on, number) ORDER BY from_on, number
"""
FIGURES = """
SELECT
  (SELECT coalesce(sum(debit_pence - credit_pence), 0)::bigint FROM finance_balance
    WHERE organisation_id = %(organisation)s AND coding_id = %(coding)s AND period <= %(period)s),
  (SELECT coalesce(sum(amount_pence), 0)::bigint FROM finance_statementline
    WHERE organisation_id = %(organisation)s AND bank_account_id = %(account)s
      AND booked_on <= %(on)s),
  (SELECT coalesce(sum(l.amount_pence), 0)::bigint FROM finance_journalline l
     JOIN finance_journal j ON j.organisation_id = %(organisation)s AND j.period = l.period
      AND j.batch_id = l.batch_id AND j.id = l.journal_id
    WHERE l.organisation_id = %(organisation)s AND l.coding_id = %(coding)s
      AND l.period <= %(first_period)s AND j.posting_date < %(first)s)
"""
UNMATCHED = f"""
WITH open AS (
  SELECT l.id, l.booked_on, l.statement_id, l.line_no, l.text, l.party,
         l.amount_pence - coalesce(x.pence, 0) AS pence
  FROM finance_statementline l LEFT JOIN (
    SELECT d.line_id, sum(d.amount_pence)::bigint AS pence
    FROM finance_bankmatch m JOIN finance_matchedline d
      ON d.organisation_id = %(organisation)s AND d.bank_match_id = m.id
    WHERE m.organisation_id = %(organisation)s AND m.bank_account_id = %(account)s AND {COUNTS}
    GROUP BY d.line_id
  ) x ON x.line_id = l.id
  WHERE l.organisation_id = %(organisation)s AND l.bank_account_id = %(account)s
    AND l.booked_on <= %(on)s AND l.amount_pence <> coalesce(x.pence, 0)
)
SELECT o.booked_on, 'BST-' || s.number || ' line ' || o.line_no, concat_ws(' ', o.party, o.text),
       o.pence, count(*) OVER (), (sum(o.pence) OVER ())::bigint
FROM open o JOIN finance_bankstatement s
  ON s.organisation_id = %(organisation)s AND s.id = o.statement_id
ORDER BY o.booked_on, o.id LIMIT {SHOWN}
"""
UNTICKED = f"""
SELECT j.posting_date, j.series || '-' || j.year || '-' || j.document_no,
       coalesce(nullif(l.description, ''), j.narrative), l.amount_pence, count(*) OVER (),
       (sum(l.amount_pence) OVER ())::bigint
FROM finance_journalline l
JOIN finance_journal j ON j.organisation_id = %(organisation)s AND j.period = l.period
 AND j.batch_id = l.batch_id AND j.id = l.journal_id
WHERE l.organisation_id = %(organisation)s AND l.coding_id = %(coding)s
  AND l.period BETWEEN %(first_period)s AND %(period)s AND j.posting_date >= %(first)s
  AND j.subject_key <> 'finance.bank_match'
  AND NOT EXISTS (
    SELECT FROM finance_matcheditem i JOIN finance_bankmatch m
      ON m.organisation_id = %(organisation)s AND m.id = i.bank_match_id
    WHERE i.organisation_id = %(organisation)s AND i.kind = 'ledger' AND i.period = l.period
      AND i.batch_id = l.batch_id AND i.journal_id = l.journal_id AND i.line_no = l.line_no
      AND {COUNTS})
ORDER BY j.posting_date, j.batch_id, j.id LIMIT {SHOWN}
"""
# Released and not on a statement by then; without those that our bank had rejected by then.
TRANSIT = f"""
SELECT y.paid_on, 'PMT-' || y.number, s.name, -y.amount_pence, count(*) OVER (),
       (-sum(y.amount_pence) OVER ())::bigint
FROM finance_paymentrun r
JOIN finance_payment y ON y.organisation_id = %(organisation)s AND y.payment_run_id = r.id
JOIN finance_supplier s ON s.organisation_id = %(organisation)s AND s.id = y.supplier_id
WHERE r.organisation_id = %(organisation)s AND r.bank_account_id = %(account)s
  AND r.state = 'released' AND r.pay_on <= %(on)s AND y.state IN ('released', 'returned')
  AND NOT EXISTS (SELECT FROM finance_paymentreturn t WHERE t.organisation_id = %(organisation)s
    AND t.payment_id = y.id AND t.kind = 'rejected' AND t.returned_on <= %(on)s)
  AND NOT EXISTS (
    SELECT FROM finance_matcheditem i JOIN finance_bankmatch m
      ON m.organisation_id = %(organisation)s AND m.id = i.bank_match_id
    WHERE i.organisation_id = %(organisation)s AND i.payment_id = y.id AND {COUNTS})
ORDER BY y.paid_on, y.number LIMIT {SHOWN}
"""
COMING_BACK = f"""
SELECT t.returned_on, 'PMT-' || y.number, s.name, t.amount_pence, count(*) OVER (),
       (sum(t.amount_pence) OVER ())::bigint
FROM finance_paymentreturn t
JOIN finance_payment y ON y.organisation_id = %(organisation)s AND y.id = t.payment_id
JOIN finance_paymentrun r ON r.organisation_id = %(organisation)s AND r.id = y.payment_run_id
JOIN finance_supplier s ON s.organisation_id = %(organisation)s AND s.id = y.supplier_id
WHERE t.organisation_id = %(organisation)s AND t.kind = 'returned' AND t.returned_on <= %(on)s
  AND r.bank_account_id = %(account)s
  AND NOT EXISTS (
    SELECT FROM finance_matcheditem i JOIN finance_bankmatch m
      ON m.organisation_id = %(organisation)s AND m.id = i.bank_match_id
    WHERE i.organisation_id = %(organisation)s AND i.payment_return_id = t.id AND {COUNTS})
ORDER BY t.returned_on, y.number LIMIT {SHOWN}
"""
OPEN = {
    "unmatched": UNMATCHED,
    "unticked": UNTICKED,
    "transit": TRANSIT,
    "coming_back": COMING_BACK,
}
LISTS = " UNION ALL ".join(f"SELECT '{name}', o.* FROM ({of}) o" for name, of in OPEN.items())


@dataclass(frozen=True)
class Listed:
    """One thing that is on one side only: day, what names it, words, pence."""

    on: str
    name: str
    text: str
    pence: int


@dataclass(frozen=True)
class Items:
    """Their count and sum, and the oldest of them."""

    count: int = 0
    pence: int = 0
    rows: list[Listed] = field(default_factory=list)


@dataclass(frozen=True)
class Link:
    """A statement that does not follow from the one before it: a gap, or days that overlap."""

    number: int
    before: int
    problem: str
    difference_pence: int


@dataclass(frozen=True)
class Sheet:
    """`brought_pence` is what the first statement opens with beyond what the ledger had then."""

    statement_pence: int
    ledger_pence: int
    brought_pence: int
    unmatched: Items
    unticked: Items
    transit: Items
    coming_back: Items
    reaches: date | None = None
    links: list[Link] = field(default_factory=list)

    def kept(self) -> dict[str, Any]:
        """The lists as they are frozen with a signature."""
        return {name: asdict(getattr(self, name)) for name in OPEN}


def links(account: BankAccount) -> list[Link]:
    """Every statement of the account that does not lead on from the one before."""
    return _chain(account)[1]


def _chain(account: BankAccount) -> tuple[list[tuple[Any, ...]], list[Link]]:
    with connection.cursor() as cursor:
        cursor.execute(CHAIN, values(account))
        rows = cursor.fetchall()
    broken = []
    for number, from_on, _, opening, _, before, ended_on, closing in rows:
        if before is None or opening == closing:
            continue
        overlap = from_on <= ended_on
        problem = "overlap" if overlap else "gap"
        broken.append(Link(number, before, problem, opening - closing))
    return rows, broken


def sheet_of(account: BankAccount, on: date) -> Sheet | None:
    """The account at the end of the day `on`, the last of its period; None without a statement."""
    whole, broken = _chain(account)
    chain = [row for row in whole if row[1] <= on]
    if not chain:
        return None
    first = chain[0][1]
    known = values(account) | {
        "on": on,
        "period": on.year * 100 + on.month,
        "first": first,
        "first_period": first.year * 100 + first.month,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, known)
        ledger, moved, before = cursor.fetchone()
        cursor.execute(LISTS, known)
        rows = cursor.fetchall()
    lists = {name: _items(sorted(row[1:] for row in rows if row[0] == name)) for name in OPEN}
    seen = {row[0] for row in chain}
    return Sheet(
        statement_pence=chain[0][3] + moved,
        ledger_pence=ledger,
        brought_pence=chain[0][3] - before,
        **lists,
        reaches=_reach(whole, broken, on),
        links=[link for link in broken if link.number in seen],
    )


def _reach(whole: list[tuple[Any, ...]], broken: list[Link], on: date) -> date:
    """The last day that statements tell of: one that follows on later says there was no entry."""
    later = [row[0] for row in whole if row[1] > on]
    follows = later and later[0] not in {link.number for link in broken}
    ended: date = max(row[2] for row in whole if row[1] <= on)
    return on if follows else ended


def _items(rows: list[tuple[Any, ...]]) -> Items:
    if not rows:
        return Items()
    listed = [
        Listed(f"{day:%Y-%m-%d}", name, text[:120], pence) for day, name, text, pence, *_ in rows
    ]
    return Items(rows[0][4], rows[0][5], listed)
