"""Bank accounts, statements and matches as pages show them. Amounts are pence."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Prefetch, Q, QuerySet
from django.db.models.functions import Abs

from core.errors import NotFound
from finance.banking.passes import OPEN_BOOK, OPEN_PAYMENTS, OPEN_RETURNS, values
from finance.models import (
    Account,
    BankAccount,
    BankMatch,
    BankReconciliation,
    BankReport,
    BankReportItem,
    BankStatement,
    MatchedItem,
    MatchedLine,
    Payment,
    PaymentReturn,
    SourceFile,
    StatementLine,
)

# Only texts of the matching passes enter another one.
# ruff: noqa: S608

# Of each kind of thing that an entry could be, so many are offered, the nearest in amount first.
OFFERED = 40
AROUND = timedelta(days=62)

ACCOUNTS = """
SELECT a.organisation_id, a.id, a.name, a.account_ending, s.number, s.to_on,
       s.closing_pence, coalesce(l.open, 0), coalesce(l.pence, 0)::bigint, r.signed,
       coalesce(c.broken, 0)
FROM finance_bankaccount a
LEFT JOIN LATERAL (
  SELECT number, to_on, closing_pence FROM finance_bankstatement
  WHERE organisation_id = a.organisation_id AND bank_account_id = a.id
  ORDER BY from_on DESC, number DESC LIMIT 1
) s ON true
LEFT JOIN LATERAL (
  SELECT count(*) AS open, sum(abs(amount_pence - matched_pence)) AS pence
  FROM finance_statementline WHERE organisation_id = a.organisation_id
    AND bank_account_id = a.id AND matched_pence <> amount_pence
) l ON true
LEFT JOIN LATERAL (
  SELECT max(ends_on) AS signed FROM finance_bankreconciliation
  WHERE organisation_id = a.organisation_id AND bank_account_id = a.id AND state = 'signed'
) r ON true
LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE opening <> before) AS broken FROM (
    SELECT opening_pence AS opening, lag(closing_pence) OVER (ORDER BY from_on, number) AS before
    FROM finance_bankstatement
    WHERE organisation_id = a.organisation_id AND bank_account_id = a.id) x
) c ON true
WHERE a.organisation_id = ANY (%(organisations)s) ORDER BY a.organisation_id, a.name, a.id
"""


@dataclass(frozen=True)
class AccountRow:
    """An account with its last statement, what waits to be matched, and how far it is signed."""

    organisation_id: int
    id: int
    name: str
    account_ending: str
    statement_no: int | None
    to_on: date | None
    closing_pence: int | None
    unmatched: int
    unmatched_pence: int
    signed_to: date | None
    broken: int


def account_rows(organisations: Sequence[int]) -> list[AccountRow]:
    """Every account of the organisations in one query."""
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS, {"organisations": list(organisations)})
        return [AccountRow(*row) for row in cursor.fetchall()]


def bank_account(organisation_id: int, account_id: int) -> BankAccount:
    """NotFound unless it is one of the organisation's."""
    found = BankAccount.objects.filter(organisation_id=organisation_id, pk=account_id).first()
    if found is None:
        raise NotFound("There is no such bank account.")
    return found


def statement_list(organisations: Sequence[int]) -> QuerySet[BankStatement]:
    """Newest first, each with its account."""
    rows = BankStatement.objects.filter(organisation_id__in=list(organisations))
    return rows.select_related("bank_account").order_by("-from_on", "-number")


def statements_of(account: BankAccount) -> QuerySet[BankStatement]:
    """The statements of one account, newest first."""
    return statement_list([account.organisation_id]).filter(bank_account=account)


def statement_by_number(organisation_id: int, number: int) -> BankStatement:
    """NotFound for a number that was not given here."""
    found = statement_list([organisation_id]).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such statement.")
    return found


def reconciliations_of(account: BankAccount) -> QuerySet[BankReconciliation]:
    """Newest first, with those whose signature was taken back."""
    rows = BankReconciliation.objects.filter(
        organisation_id=account.organisation_id, bank_account=account
    )
    return rows.order_by("-period", "-id")


def reconciliation_of(
    organisation_id: int, account_id: int, period: int
) -> BankReconciliation | None:
    """The one that stands for the period, prepared or signed, with its account."""
    rows = BankReconciliation.objects.filter(
        organisation_id=organisation_id, bank_account_id=account_id, period=period
    )
    standing = rows.exclude(state=BankReconciliation.State.UNSIGNED)
    return standing.select_related("bank_account").first()


def lines_of(statement: BankStatement, shown: str = "") -> QuerySet[StatementLine]:
    """The entries in order, with what each is matched with; «open» leaves out the explained."""
    live = MatchedLine.objects.filter(organisation_id=statement.organisation_id, live=True)
    rows = StatementLine.objects.filter(
        organisation_id=statement.organisation_id, statement=statement
    ).prefetch_related(Prefetch("matched", queryset=live.select_related("bank_match")))
    if shown == "open":
        rows = rows.exclude(matched_pence=F("amount_pence"))
    return rows.order_by("line_no")


def line_and_others(
    statement: BankStatement, line_no: int
) -> tuple[StatementLine, list[StatementLine]]:
    """An entry and, nearest first, those open on the statement that may belong to it.

    NotFound for an entry that the statement has not.
    """
    rows = StatementLine.objects.filter(
        Q(line_no=line_no) | ~Q(matched_pence=F("amount_pence")),
        organisation_id=statement.organisation_id,
        statement=statement,
    )
    found = list(rows.order_by(Abs(F("line_no") - line_no), "line_no")[: OFFERED + 1])
    if not found or found[0].line_no != line_no:
        raise NotFound("The statement has no such entry.")
    for row in found:
        row.statement, row.bank_account = statement, statement.bank_account
    return found[0], found[1:]


def open_lines(account: BankAccount, ids: Collection[int]) -> list[StatementLine]:
    """Those of the entries that are of the account and not explained yet."""
    rows = StatementLine.objects.filter(
        organisation_id=account.organisation_id, bank_account=account, pk__in=list(ids)
    ).exclude(matched_pence=F("amount_pence"))
    return list(rows.order_by("booked_on", "id"))


@dataclass(frozen=True)
class Offer:
    """Something open in the books that an entry could be; `value` names it in a form."""

    value: str
    on: date
    text: str
    pence: int


OFFERS = (
    ("runs", f"SELECT 'run-' || run_id, min(paid_on), 'PAY-' || run_no || ': ' || count(*)"
     f" || ' payments', -sum(pence)::bigint AS pence FROM ({OPEN_PAYMENTS}) p"
     " GROUP BY run_id, run_no"),
    ("payments", "SELECT 'payment-' || id, paid_on, 'PMT-' || number || ' to ' || name,"
     f" -pence AS pence FROM ({OPEN_PAYMENTS}) p"),
    ("returns", "SELECT 'return-' || id, returned_on, 'PMT-' || number || ' to ' || name, pence"
     f" FROM ({OPEN_RETURNS}) p"),
    ("ledger", "SELECT concat_ws('-', 'ledger', period, batch_id, journal_id, line_no),"
     f" posting_date, narrative, pence FROM ({OPEN_BOOK}) p"),
)  # fmt: skip
NEAREST = " UNION ALL ".join(
    f"(SELECT '{kind}', o.* FROM ({statement}) o ORDER BY abs(o.pence - %(left)s), 3"
    f" LIMIT {OFFERED})"
    for kind, statement in OFFERS
)


def offers(account: BankAccount, line: StatementLine) -> dict[str, list[Offer]]:
    """By kind, what is open on the account, the nearest to the entry's amount first."""
    known = values(account) | {
        "left": line.amount_pence - line.matched_pence,
        "first": period_of(line.booked_on - AROUND),
        "last": period_of(line.booked_on + AROUND),
    }
    found: dict[str, list[Offer]] = {}
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, known)
        for kind, *row in cursor.fetchall():
            found.setdefault(kind, []).append(Offer(*row))
    return found


def period_of(day: date) -> int:
    """The period of a day as yyyymm."""
    return day.year * 100 + day.month


def codable_accounts(organisation_id: int, *, without: Collection[str]) -> list[Account]:
    """The accounts that an entry may be coded to by hand."""
    rows = Account.objects.filter(organisation_id=organisation_id).exclude(code__in=list(without))
    return list(rows.order_by("code"))


def match_by_number(organisation_id: int, number: int) -> BankMatch:
    """NotFound for a number that was not given here."""
    found = (
        BankMatch.objects.select_related("bank_account")
        .filter(organisation_id=organisation_id, number=number)
        .first()
    )
    if found is None:
        raise NotFound("There is no such match.")
    return found


def matches_of(line: StatementLine) -> list[BankMatch]:
    """The matches that explain an entry, in part or whole."""
    parts = MatchedLine.objects.filter(organisation_id=line.organisation_id, line=line, live=True)
    return [part.bank_match for part in parts.select_related("bank_match").order_by("id")]


def lines_matched(match: BankMatch) -> QuerySet[MatchedLine]:
    """The entries that the match explains."""
    rows = MatchedLine.objects.filter(organisation_id=match.organisation_id, bank_match=match)
    return rows.select_related("line__statement").order_by("line_id")


def items_matched(match: BankMatch) -> QuerySet[MatchedItem]:
    """What they are in the books."""
    rows = MatchedItem.objects.filter(organisation_id=match.organisation_id, bank_match=match)
    return rows.select_related(
        "payment__supplier", "payment_return__payment__supplier", "coding__account"
    ).order_by("id")


def report_by_number(organisation_id: int, number: int) -> BankReport:
    """NotFound for a number that was not given here."""
    found = (
        BankReport.objects.select_related("source_file")
        .defer("source_file__content_sealed")
        .filter(organisation_id=organisation_id, number=number)
        .first()
    )
    if found is None:
        raise NotFound("There is no such report.")
    return found


def report_list(organisations: Sequence[int]) -> QuerySet[BankReport]:
    """Newest first."""
    return BankReport.objects.filter(organisation_id__in=list(organisations)).order_by("-number")


def items_of(report: BankReport) -> QuerySet[BankReportItem]:
    """The answers of a report, those that nothing was done about first."""
    rows = BankReportItem.objects.filter(
        organisation_id=report.organisation_id, bank_report=report
    ).select_related("payment__supplier")
    return rows.order_by("-result", "item_no")


def return_of(payment: Payment) -> PaymentReturn | None:
    """Why the payment did not reach its payee, if it did not."""
    return PaymentReturn.objects.filter(
        organisation_id=payment.organisation_id, payment_id=payment.pk
    ).first()


def out_of_file(file: SourceFile) -> tuple[list[BankStatement], list[BankReport]]:
    """What came in with a bank file."""
    here: dict[str, Any] = {"organisation_id": file.organisation_id, "source_file": file}
    statements = BankStatement.objects.filter(**here).select_related("bank_account")
    return list(statements.order_by("number")), list(BankReport.objects.filter(**here))
