"""The rows of matches, written set by set: items of runs, payments, returns and the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from finance.banking.passes import OPEN_PAYMENTS, OPEN_RETURNS
from finance.models import BankAccount

# Only texts of this package enter another one.
# ruff: noqa: S608

OF_RUNS = f"""
INSERT INTO finance_matcheditem (organisation_id, bank_match_id, kind, amount_pence,
  payment_id, live)
SELECT %(organisation)s, w.bank_match, 'payment', -p.pence, p.id, true
FROM unnest(%(matches)s::bigint[], %(ids)s::bigint[]) AS w (bank_match, id)
JOIN ({OPEN_PAYMENTS}) p ON p.run_id = w.id
"""
OF_PAYMENTS = f"""
INSERT INTO finance_matcheditem (organisation_id, bank_match_id, kind, amount_pence,
  payment_id, live)
SELECT %(organisation)s, w.bank_match, 'payment', -p.pence, p.id, true
FROM unnest(%(matches)s::bigint[], %(ids)s::bigint[]) AS w (bank_match, id)
JOIN ({OPEN_PAYMENTS}) p ON p.id = w.id
"""
OF_RETURNS = f"""
INSERT INTO finance_matcheditem (organisation_id, bank_match_id, kind, amount_pence,
  payment_return_id, live)
SELECT %(organisation)s, w.bank_match, 'return', p.pence, p.id, true
FROM unnest(%(matches)s::bigint[], %(ids)s::bigint[]) AS w (bank_match, id)
JOIN ({OPEN_RETURNS}) p ON p.id = w.id
"""
OF_LEDGER = """
INSERT INTO finance_matcheditem (organisation_id, bank_match_id, kind, amount_pence, period,
  batch_id, journal_id, line_no, live)
SELECT %(organisation)s, w.bank_match, 'ledger', l.amount_pence, l.period, l.batch_id,
       l.journal_id, l.line_no, true
FROM unnest(%(matches)s::bigint[], %(periods)s::int[], %(batches)s::bigint[],
  %(journals)s::bigint[], %(line_nos)s::int[]) AS
  w (bank_match, period, batch_id, journal_id, line_no)
JOIN finance_journalline l ON l.organisation_id = %(organisation)s AND l.period = w.period
 AND l.batch_id = w.batch_id AND l.journal_id = w.journal_id AND l.line_no = w.line_no
WHERE l.coding_id = %(coding)s
"""
CLEARED = """
UPDATE finance_paymentrun r SET cleared = r.cleared + %(step)s * c.n
FROM (
  SELECT y.payment_run_id, count(*)::int AS n
  FROM finance_matcheditem m
  JOIN finance_payment y ON y.organisation_id = %(organisation)s AND y.id = m.payment_id
  WHERE m.organisation_id = %(organisation)s AND m.bank_match_id = ANY (%(matches)s)
  GROUP BY y.payment_run_id
) c
WHERE r.organisation_id = %(organisation)s AND r.id = c.payment_run_id
"""
# What a statement shows was done, whatever the bank had said before.
ANSWERED = """
UPDATE finance_payment y SET answer = 'accepted' FROM finance_matcheditem m
WHERE m.organisation_id = %(organisation)s AND m.bank_match_id = ANY (%(matches)s)
  AND y.organisation_id = %(organisation)s AND y.id = m.payment_id AND y.answer = 'unknown'
"""
SUMS = """
SELECT bank_match_id, kind, coding_id, sum(amount_pence)::bigint, count(*)
FROM finance_matcheditem
WHERE organisation_id = %(organisation)s AND bank_match_id = ANY (%(matches)s)
GROUP BY bank_match_id, kind, coding_id ORDER BY bank_match_id, kind, coding_id
"""


@dataclass(frozen=True)
class Sum:
    """Items of one kind, and coding, in a match."""

    kind: str
    coding_id: int | None
    pence: int
    count: int


Chosen = Sequence[tuple[int, int]]  # (match, what)


def write_items(
    account: BankAccount,
    values: dict[str, Any],
    *,
    runs: Chosen,
    payments: Chosen,
    returns: Chosen,
    ledger: Sequence[tuple[int, tuple[int, ...]]],
) -> None:
    """Writes what is still open of the things chosen; the caller compares counts and sums."""
    with connection.cursor() as cursor:
        for statement, pairs in (
            (OF_RUNS, runs),
            (OF_PAYMENTS, payments),
            (OF_RETURNS, returns),
        ):
            if pairs:
                matches, ids = ([pair[n] for pair in pairs] for n in (0, 1))
                known: dict[str, Any] = {**values, "matches": matches, "ids": ids}
                cursor.execute(statement, known)
        if ledger:
            columns = ("periods", "batches", "journals", "line_nos")
            known = {**values, "matches": [match for match, _ in ledger]}
            known |= {name: [key[n] for _, key in ledger] for n, name in enumerate(columns)}
            cursor.execute(OF_LEDGER, known)


def sums(organisation_id: int, matches: Sequence[int]) -> dict[int, list[Sum]]:
    """By match, its items added up by kind and coding."""
    found: dict[int, list[Sum]] = {match: [] for match in matches}
    with connection.cursor() as cursor:
        cursor.execute(SUMS, {"organisation": organisation_id, "matches": list(matches)})
        for match, kind, coding, pence, count in cursor.fetchall():
            found[match].append(Sum(kind, coding, pence, count))
    return found


def clear_payments(organisation_id: int, matches: Sequence[int], *, step: int) -> None:
    """Counts the payments of the matches as cleared (step 1), or as open again (step -1)."""
    known: dict[str, Any] = {
        "organisation": organisation_id,
        "matches": list(matches),
        "step": step,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLEARED, known)
        if step > 0:
            cursor.execute(ANSWERED, known)
