"""What must be settled before a period closes: each an assertion, asked in one query.

Everything that the period should hold is in the ledger, the bank agrees, and nothing is parked.
"""

# ruff: noqa: S608 (the SQL is made of constants; values are parameters)
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from finance.banking import transit
from finance.banking.months import last_day
from finance.models import PeriodWaiver

SUSPENSE, PAYABLES = "29000", "21000"
# The control account that a month leaves with nothing on it.
NET_PAY = "21500"


@dataclass(frozen=True)
class Assertion:
    """What should be true, what to do where it is not, and the page where one does it."""

    key: str
    says: str
    remedy: str
    page: str
    query: str = ""

    def link(self, slug: str, period: int) -> str:
        """The rows behind it."""
        query = self.query.format(period=period, last=last_day(period))
        return reverse(self.page, kwargs={"organisation": slug}) + query


ASSERTIONS = (
    *(
        Assertion(
            state,
            f"No invoice received by then {words}",
            remedy,
            "invoices",
            f"?state={state}&dates=received&until={{last}}",
        )
        for state, words, remedy in (
            ("received", "waits to be sent for approval", "Send it, or hold it with its cause."),
            ("submitted", "waits for approval", "Ask who decides, or waive it for a later period."),
            ("approved", "waits to be posted", "Post it."),
            ("held", "is held", "Release or reverse it, or waive it with what is expected."),
        )
    ),
    Assertion(
        "proposals",
        "No payment run for a day of it is left proposed",
        "Release it or cancel it.",
        "payment_runs",
        "?state=proposed",
    ),
    Assertion(
        "unmatched",
        "Every entry of the bank is matched",
        "Match or code what is left of the statements.",
        "bank",
    ),
    Assertion(
        "unreconciled",
        "Every bank account is reconciled and signed",
        "Prepare the reconciliation of the month and have a second person sign it.",
        "bank",
    ),
    Assertion(
        "suspense",
        "Suspense is empty",
        "Code what is on the account to where it belongs.",
        "ledger_enquiry",
        "?account=" + SUSPENSE + "&until={period}",
    ),
    Assertion(
        "net_pay",
        "Net pay control is nil: what was calculated was paid",
        "Pay the runs that are committed, or waive what is paid in the next period.",
        "ledger_enquiry",
        "?account=" + NET_PAY + "&until={period}",
    ),
    Assertion(
        "in_transit",
        "Payments in transit equal those that no statement shows, as of now",
        "Something is wrong in the books: run check_invariants and tell the administrator.",
        "ledger_enquiry",
        "?account=" + transit.ACCOUNT,
    ),
    Assertion(
        "payables",
        "Open invoices equal trade payables, as of now",
        "Something is wrong in the books: run check_invariants and tell the administrator.",
        "aged_creditors",
    ),
    Assertion(
        "runs",
        "No run that was begun by then is still going",
        "Let it finish, or cancel it.",
        "runs",
    ),
)
BY_KEY = {each.key: each for each in ASSERTIONS}

FAILING = f"""
SELECT state, count(*), coalesce(sum(gross_pence), 0)::bigint FROM finance_invoice
WHERE organisation_id = %(organisation)s AND received_on <= %(last)s
  AND state IN ('received', 'submitted', 'approved', 'held') GROUP BY state
UNION ALL
SELECT 'proposals', count(*), coalesce(sum(total_pence), 0)::bigint FROM finance_paymentrun
WHERE organisation_id = %(organisation)s AND state = 'proposed' AND pay_on <= %(last)s
UNION ALL
SELECT 'unmatched', count(*), coalesce(sum(abs(amount_pence - matched_pence)), 0)::bigint
FROM finance_statementline
WHERE organisation_id = %(organisation)s AND booked_on <= %(last)s
  AND matched_pence <> amount_pence
UNION ALL
SELECT 'unreconciled', count(*), 0 FROM finance_bankaccount a
WHERE a.organisation_id = %(organisation)s
  AND EXISTS (SELECT FROM finance_balance b WHERE b.organisation_id = %(organisation)s
              AND b.coding_id = a.coding_id AND b.period = %(period)s)
  AND NOT EXISTS (SELECT FROM finance_bankreconciliation r
                  WHERE r.organisation_id = %(organisation)s AND r.bank_account_id = a.id
                    AND r.period = %(period)s AND r.state = 'signed')
UNION ALL
SELECT k.key, (coalesce(sum(b.pence), 0) <> 0)::int, abs(coalesce(sum(b.pence), 0))::bigint
FROM (VALUES ('suspense', %(suspense)s), ('net_pay', %(net_pay)s)) k(key, code)
LEFT JOIN (
  SELECT a.code, b.debit_pence - b.credit_pence AS pence FROM finance_balance b
  JOIN finance_coding c ON c.organisation_id = b.organisation_id AND c.id = b.coding_id
  JOIN finance_account a ON a.organisation_id = c.organisation_id AND a.id = c.account_id
  WHERE b.organisation_id = %(organisation)s AND b.period <= %(period)s
    AND a.code IN (%(suspense)s, %(net_pay)s)) b ON b.code = k.code
GROUP BY k.key
UNION ALL
SELECT 'payables', (l.pence <> i.pence)::int, abs(l.pence - i.pence) FROM (
  SELECT coalesce(-sum(debit_pence - credit_pence), 0)::bigint AS pence FROM finance_balance
  WHERE organisation_id = %(organisation)s AND coding_id IN (
    SELECT c.id FROM finance_coding c JOIN finance_account a
      ON a.organisation_id = c.organisation_id AND a.id = c.account_id
    WHERE c.organisation_id = %(organisation)s AND a.code = %(payables)s)) l, (
  SELECT coalesce(sum(gross_pence - allocated_pence), 0)::bigint AS pence FROM finance_invoice
  WHERE organisation_id = %(organisation)s AND journal_id IS NOT NULL
    AND state NOT IN ('paid', 'reversed')) i
UNION ALL
SELECT 'in_transit', (t.ledger <> t.items)::int, abs(t.ledger - t.items)
FROM ({transit.IN_TRANSIT}) t
UNION ALL
SELECT 'runs', count(*), 0 FROM runs_run
WHERE organisation_id = %(organisation)s AND state IN ('planned', 'running')
  AND made_at < %(after)s
"""


@dataclass(frozen=True)
class Standing:
    """An assertion in a period: how much speaks against it, and who agreed to leave it so."""

    assertion: Assertion
    found: int = 0
    pence: int = 0
    waiver: PeriodWaiver | None = field(default=None, compare=False)

    @property
    def holds(self) -> bool:
        return self.found == 0

    @property
    def waived(self) -> bool:
        """Was as much as there is now agreed to by a second person?"""
        it = self.waiver
        if it is None or it.agreed_at is None:
            return False
        return self.found <= it.found and self.pence <= it.found_pence

    @property
    def stands_in_the_way(self) -> bool:
        return not (self.holds or self.waived)


def standings(organisation_id: int, period: int) -> list[Standing]:
    """Every assertion of a period as things stand now."""
    last = last_day(period)
    after = timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))
    values: dict[str, Any] = {
        "organisation": organisation_id,
        "period": period,
        "last": last,
        "after": after,
        "suspense": SUSPENSE,
        "net_pay": NET_PAY,
        "payables": PAYABLES,
    }
    with connection.cursor() as cursor:
        cursor.execute(FAILING, values)
        found = {key: (int(count), int(pence)) for key, count, pence in cursor.fetchall()}
    waivers = PeriodWaiver.objects.filter(organisation_id=organisation_id, period=period)
    by_key = {row.assertion: row for row in waivers}
    return [
        Standing(each, *found.get(each.key, (0, 0)), by_key.get(each.key)) for each in ASSERTIONS
    ]


def in_the_way(found: Sequence[Standing]) -> str:
    """What keeps the period from closing, in words; empty for nothing."""
    return "; ".join(each.assertion.says for each in found if each.stands_in_the_way)
