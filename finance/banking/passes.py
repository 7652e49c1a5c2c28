"""The matching passes: what each entry that is not matched yet could be, the surest first.

Every pass is a set of joins over all open entries of an account and all that is open in the books:
1 the total of a payment run, 2 references, 3 amount and name, 4 entries of the ledger, 5 amount
alone, 6 all payments of a day, 7 rules for fees, interest and HMRC. A candidate is `exact` when it
may be matched without a person, if it is also the only one, both ways.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from finance.models import BankAccount

# Only texts of this module enter another one.
# ruff: noqa: S608


RULES = Path(settings.BASE_DIR) / "finance" / "data" / "bank_rules.csv"

# What is open on an account: other statements of this package build on these.
OPEN_LINES = """
SELECT id, booked_on, amount_pence - matched_pence AS pence,
       upper(concat_ws(' ', refs, text, bank_reference)) AS words,
       regexp_replace(upper(concat_ws(' ', party, refs, text)), '[^A-Z0-9]', '', 'g') AS plain
FROM finance_statementline
WHERE organisation_id = %(organisation)s AND bank_account_id = %(account)s
  AND matched_pence <> amount_pence
"""
OPEN_PAYMENTS = """
SELECT y.id, y.number, y.amount_pence AS pence, y.paid_on, r.id AS run_id, r.number AS run_no,
       s.name, s.name_norm
FROM finance_paymentrun r
JOIN finance_payment y ON y.organisation_id = %(organisation)s AND y.payment_run_id = r.id
JOIN finance_supplier s ON s.organisation_id = %(organisation)s AND s.id = y.supplier_id
WHERE r.organisation_id = %(organisation)s AND r.bank_account_id = %(account)s
  AND r.state = 'released' AND r.cleared < r.payments
  AND (y.state = 'released' OR y.state = 'returned' AND EXISTS (
         SELECT FROM finance_paymentreturn t WHERE t.organisation_id = %(organisation)s
           AND t.payment_id = y.id AND t.kind = 'returned'))
  AND NOT EXISTS (SELECT FROM finance_matcheditem m WHERE m.organisation_id = %(organisation)s
                    AND m.payment_id = y.id AND m.live)
"""
OPEN_RETURNS = """
SELECT t.id, y.number, t.amount_pence AS pence, t.returned_on, s.name, s.name_norm
FROM finance_paymentreturn t
JOIN finance_payment y ON y.organisation_id = %(organisation)s AND y.id = t.payment_id
JOIN finance_paymentrun r ON r.organisation_id = %(organisation)s AND r.id = y.payment_run_id
JOIN finance_supplier s ON s.organisation_id = %(organisation)s AND s.id = y.supplier_id
WHERE t.organisation_id = %(organisation)s AND t.kind = 'returned'
  AND r.bank_account_id = %(account)s
  AND NOT EXISTS (SELECT FROM finance_matcheditem m WHERE m.organisation_id = %(organisation)s
                    AND m.payment_return_id = t.id AND m.live)
"""
# The journals of matches are the bank's own entries and wait for no statement.
OPEN_BOOK = """
SELECT l.period, l.batch_id, l.journal_id, l.line_no, l.amount_pence AS pence, j.posting_date,
       coalesce(nullif(l.description, ''), j.narrative) AS narrative
FROM finance_journalline l
JOIN finance_journal j ON j.organisation_id = %(organisation)s AND j.period = l.period
 AND j.batch_id = l.batch_id AND j.id = l.journal_id
WHERE l.organisation_id = %(organisation)s AND l.coding_id = %(coding)s
  AND l.period BETWEEN %(first)s AND %(last)s AND j.subject_key <> 'finance.bank_match'
  AND NOT EXISTS (SELECT FROM finance_matcheditem m WHERE m.organisation_id = %(organisation)s
    AND m.period = l.period AND m.batch_id = l.batch_id AND m.journal_id = l.journal_id
    AND m.line_no = l.line_no AND m.live AND m.kind = 'ledger')
"""
# The periods of the open entries and a week around them, which leaves the others' parts unread.
NEAR = OPEN_BOOK.replace(
    "BETWEEN %(first)s AND %(last)s",
    "BETWEEN (SELECT to_char(min(booked_on) - 7, 'YYYYMM')::int FROM line)"
    " AND (SELECT to_char(max(booked_on) + 7, 'YYYYMM')::int FROM line)",
)
CANDIDATES = f"""
WITH line AS MATERIALIZED ({OPEN_LINES}), payment AS MATERIALIZED ({OPEN_PAYMENTS}),
back AS MATERIALIZED ({OPEN_RETURNS}), book AS MATERIALIZED ({NEAR}),
run AS (
  SELECT p.run_id, p.run_no, min(p.paid_on) AS paid_on, count(*) AS n, sum(p.pence) AS pence,
         min((SELECT f.service_user || '-' || f.serial FROM finance_paymentfile f
               WHERE f.organisation_id = %(organisation)s AND f.payment_run_id = p.run_id
               LIMIT 1)) AS serial
  FROM payment p GROUP BY p.run_id, p.run_no
), token AS (
  SELECT l.id AS line_id, l.pence, t.found[1]::bigint AS number
  FROM line l, regexp_matches(l.words, '\\mPMT-?([0-9]{{1,15}})\\M', 'g') AS t (found)
)
SELECT l.id, 1, 'run', l.booked_on = r.paid_on OR position(r.serial IN l.words) > 0
         OR l.words ~ ('\\mPAY-' || r.run_no || '\\M'),
       'The total of PAY-' || r.run_no || ', ' || r.n || CASE r.n WHEN 1 THEN ' payment' ELSE
         ' payments' END || ' for ' || to_char(r.paid_on, 'FMDD FMMonth'),
       'run', ARRAY[r.run_id], ARRAY[]::bigint[], abs(l.booked_on - r.paid_on)
FROM line l JOIN run r ON r.pence = -l.pence
 AND l.booked_on BETWEEN r.paid_on - 5 AND r.paid_on + 10
UNION ALL
SELECT t.line_id, 2, 'reference', true, 'It names ' || string_agg('PMT-' || p.number, ', '
         ORDER BY p.number) || ', and the amount is the same', 'payment', array_agg(p.id),
       array_agg(DISTINCT p.run_id), 0
FROM token t JOIN payment p ON p.number = t.number
GROUP BY t.line_id, t.pence HAVING sum(p.pence) = -t.pence
UNION ALL
SELECT t.line_id, 2, 'reference', true, 'It names ' || string_agg('PMT-' || b.number, ', '
         ORDER BY b.number) || ', which came back', 'return', array_agg(b.id), '{{}}', 0
FROM token t JOIN back b ON b.number = t.number
GROUP BY t.line_id, t.pence HAVING sum(b.pence) = t.pence
UNION ALL
SELECT l.id, 3, 'name', true, 'PMT-' || p.number || ' to ' || p.name || ': the same amount and'
         ' name', 'payment', ARRAY[p.id], ARRAY[p.run_id], abs(l.booked_on - p.paid_on)
FROM line l JOIN payment p ON p.pence = -l.pence AND length(p.name_norm) > 4
 AND l.booked_on BETWEEN p.paid_on - 5 AND p.paid_on + 10
 AND position(left(p.name_norm, 12) IN l.plain) > 0
UNION ALL
SELECT l.id, 3, 'name', true, 'PMT-' || b.number || ' to ' || b.name || ' came back: the same'
         ' amount and name', 'return', ARRAY[b.id], '{{}}', abs(l.booked_on - b.returned_on)
FROM line l JOIN back b ON b.pence = l.pence AND length(b.name_norm) > 4
 AND l.booked_on BETWEEN b.returned_on - 10 AND b.returned_on + 20
 AND position(left(b.name_norm, 12) IN l.plain) > 0
UNION ALL
SELECT l.id, 4, 'ledger', l.booked_on = b.posting_date, 'In the ledger already on '
         || to_char(b.posting_date, 'FMDD FMMonth') || ': ' || left(b.narrative, 80),
       'ledger', ARRAY[b.period, b.batch_id, b.journal_id, b.line_no], '{{}}',
       abs(l.booked_on - b.posting_date)
FROM line l JOIN book b ON b.pence = l.pence
 AND b.posting_date BETWEEN l.booked_on - 7 AND l.booked_on + 7
UNION ALL
SELECT l.id, 5, 'amount', false, 'PMT-' || p.number || ' to ' || p.name || ' has the same amount',
       'payment', ARRAY[p.id], ARRAY[p.run_id], abs(l.booked_on - p.paid_on)
FROM line l JOIN payment p ON p.pence = -l.pence
 AND l.booked_on BETWEEN p.paid_on - 5 AND p.paid_on + 14
UNION ALL
SELECT l.id, 5, 'amount', false, 'PMT-' || b.number || ' to ' || b.name || ', which came back, has'
         ' the same amount', 'return', ARRAY[b.id], '{{}}', abs(l.booked_on - b.returned_on)
FROM line l JOIN back b ON b.pence = l.pence
 AND l.booked_on BETWEEN b.returned_on - 10 AND b.returned_on + 20
UNION ALL
SELECT l.id, 6, 'day', false, 'All ' || d.n || ' payments for ' || to_char(d.paid_on,
         'FMDD FMMonth') || ', in several runs', 'run', d.runs, '{{}}', abs(l.booked_on - d.paid_on)
FROM line l JOIN (
  SELECT paid_on, sum(pence) AS pence, count(*) AS n, array_agg(DISTINCT run_id) AS runs
  FROM payment GROUP BY paid_on HAVING count(DISTINCT run_id) > 1
) d ON d.pence = -l.pence AND l.booked_on BETWEEN d.paid_on - 5 AND d.paid_on + 10
UNION ALL
SELECT l.id, 7, 'rule', false, 'A ' || u.name, 'coded', ARRAY[u.account::bigint], '{{}}',
       u.place::int
FROM line l JOIN unnest(%(words)s::text[], %(sides)s::text[], %(accounts)s::text[],
  %(names)s::text[]) WITH ORDINALITY AS u (words, side, account, name, place)
 ON l.words ~ u.words AND u.side = CASE WHEN l.pence > 0 THEN 'in' ELSE 'out' END
ORDER BY 2, 4 DESC, 9, 1, 7
"""


@dataclass(frozen=True)
class Suggestion:
    """What an entry could be. `ids` are of the kind: runs, payments, returns, an account's code,
    or the four parts of the key of a line of the ledger; `runs` those of the payments."""

    line_id: int
    rank: int
    way: str
    exact: bool
    why: str
    kind: str
    ids: tuple[int, ...]
    runs: tuple[int, ...] = ()

    @property
    def keys(self) -> set[Any]:
        """What can be matched once only; a coding can be used again and again."""
        if self.kind == "coded":
            return set()
        return (
            {("ledger", self.ids)} if self.kind == "ledger" else {(self.kind, n) for n in self.ids}
        )

    @property
    def clashes(self) -> set[Any]:
        """What must not be taken by another: a run in whole leaves none of its payments."""
        of_run = {("part", n) for n in self.ids} if self.kind == "run" else set()
        return self.keys | of_run | {("run", n) for n in self.runs}

    @property
    def takes(self) -> set[Any]:
        """What nothing after it can have."""
        return self.keys | {("part", n) for n in self.runs}


@cache
def rules() -> dict[str, list[str]]:
    """The columns of the rules, by the names of their parameters."""
    with RULES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    plural = {"words": "words", "side": "sides", "account": "accounts", "name": "names"}
    return {many: [row[one] for row in rows] for one, many in plural.items()}


def values(account: BankAccount) -> dict[str, Any]:
    """What every statement of matching needs to know."""
    return {
        "organisation": account.organisation_id,
        "account": account.pk,
        "coding": account.coding_id,
    }


def suggestions(account: BankAccount) -> dict[int, Suggestion]:
    """By entry, the best that nothing surer has taken. `exact` ones may be matched as they are."""
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, values(account) | rules())
        rows = cursor.fetchall()
    return chosen([_read(row) for row in rows])


def _read(row: tuple[Any, ...]) -> Suggestion:
    line_id, rank, way, exact, why, kind, ids, runs, _ = row
    return Suggestion(line_id, rank, way, exact, why, kind, tuple(ids), tuple(runs))


def chosen(found: Sequence[Suggestion]) -> dict[int, Suggestion]:
    """The surest first: each entry gets one, each payment, return or ledger line is given once.

    A candidate stays exact only if, in its pass, its entry has no other exact one and nothing of
    it fits another entry as exactly.
    """
    of_line = Counter((s.line_id, s.rank) for s in found if s.exact)
    of_key: dict[Any, set[int]] = defaultdict(set)
    for s in found:
        for key in s.keys if s.exact else ():
            of_key[key, s.rank].add(s.line_id)
    taken: set[Any] = set()
    best: dict[int, Suggestion] = {}
    for s in found:
        if s.line_id in best or taken & s.clashes:
            continue
        alone = of_line[s.line_id, s.rank] == 1
        alone = alone and all(len(of_key[key, s.rank]) == 1 for key in s.keys)
        best[s.line_id] = replace(s, exact=s.exact and alone)
        taken |= s.takes
    return best
