"""Reads of the ledger: journals, the trial balance and what lies beneath it. Amounts are pence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import JSONField
from django.db.models.expressions import RawSQL

from core.errors import NotFound
from finance.models import Journal, Period

# The most rows that are counted one by one; beyond it pages say "or more".
COUNT_CAP = 1_000
# Words are looked for in so many lines of an organisation, the newest that the other filters leave:
# no index finds a word within a text under row security, and millions would take seconds.
SEARCHED = 20_000
# Pages lie within so many of the newest lines; what is older is reached by choosing a month.
PAGED = 10_000
NEWEST_FIRST = "ORDER BY l.period DESC, l.batch_id DESC, l.journal_id DESC, l.line_no DESC"
RESULT_KINDS = ["income", "expense"]


def periods_in_use(organisation_ids: Sequence[int]) -> list[Period]:
    """The periods that any of these organisations opened, newest first, each once."""
    rows = Period.objects.filter(organisation_id__in=organisation_ids)
    opened = rows.exclude(status=Period.Status.FUTURE).order_by("-period", "organisation_id")
    return list(opened.distinct("period"))


@dataclass(frozen=True)
class AccountBalance:
    """An account as of a period: its movement in the period and its balance, debit above zero."""

    code: str
    name: str
    kind: str
    moved_pence: int
    balance_pence: int


def trial_balance(organisation_id: int, period: Period) -> list[AccountBalance]:
    """Every account that moved up to a period; the balances sum to zero.

    Income and expenditure begin anew with the financial year; what earlier years left is one row.
    """
    first = year_begins_in(period)
    with connection.cursor() as cursor:
        cursor.execute(
            # One row for what income and expenditure of earlier years left.
            "SELECT CASE WHEN old THEN '' ELSE a.code END, CASE WHEN old THEN"
            " 'Result of earlier years' ELSE a.name END, CASE WHEN old THEN 'equity' ELSE a.kind"
            " END, coalesce(sum(b.debit_pence - b.credit_pence) FILTER (WHERE b.period = %s),"
            " 0)::bigint, sum(b.debit_pence - b.credit_pence)::bigint FROM finance_balance b"
            " JOIN finance_coding c ON c.organisation_id = %s AND c.id = b.coding_id"
            " JOIN finance_account a ON a.organisation_id = %s AND a.id = c.account_id"
            " CROSS JOIN LATERAL (SELECT a.kind = ANY (%s) AND b.period < %s AS old) o"
            " WHERE b.organisation_id = %s AND b.period <= %s GROUP BY 1, 2, 3, old"
            " ORDER BY old, 1",
            [
                period.period,
                organisation_id,
                organisation_id,
                RESULT_KINDS,
                first,
                organisation_id,
                period.period,
            ],
        )
        return [AccountBalance(*row) for row in cursor.fetchall()]


def year_begins_in(period: Period) -> int:
    """The first period of the financial year: whole years are made, so the number tells it."""
    year, month = divmod(period.period, 100)
    back = month - period.number
    return year * 100 + back + 1 if back >= 0 else (year - 1) * 100 + back + 13


@dataclass(frozen=True)
class BookTotals:
    """The books of one organisation at a glance."""

    organisation_id: int
    newest_period: int
    debit_pence: int
    credit_pence: int
    lines: int


def totals_of_books(organisation_ids: Sequence[int]) -> list[BookTotals]:
    """Debits and credits of all periods, by organisation."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation_id, max(period), sum(debit_pence)::bigint,"
            " sum(credit_pence)::bigint, sum(lines)::bigint FROM finance_balance"
            " WHERE organisation_id = ANY (%s) GROUP BY organisation_id",
            [list(organisation_ids)],
        )
        return [BookTotals(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class EntryFilter:
    """What an enquiry asks for. `unit` is the code of a unit: all beneath it are meant too.

    `before` is a line by period, batch, journal and place: it and what is newer are left out.
    """

    organisation_ids: Sequence[int]
    since: int
    until: int
    account: str = ""
    unit: str = ""
    text: str = ""
    batch: int | None = None
    before: Sequence[int] = ()


@dataclass(frozen=True)
class Entry:
    """A line with its journal. `running_pence` is the balance after it, where that means much.

    `newer_pence` is the sum of the lines of the enquiry that are newer.
    """

    organisation_id: int
    period: int
    batch_id: int
    journal_id: int
    line_no: int
    posting_date: date
    reference: str
    account: str
    account_name: str
    unit: str
    text: str
    amount_pence: int
    newer_pence: int
    running_pence: int | None = None


class Entries:
    """The lines of an enquiry, newest first, as a sequence that pages can be cut from."""

    def __init__(self, wanted: EntryFilter) -> None:
        self.wanted = wanted
        self.codings = _codings(wanted)
        self.searched = bool(wanted.text or wanted.batch)
        self.capped = self.searched_in_part = False
        self.count, self.moved_pence, self.closing_pence = self._totals()

    def __len__(self) -> int:
        return min(self.count, PAGED)

    @property
    def limits(self) -> dict[str, int]:
        """How far searching and paging reach, for the page to say."""
        return {"searched": SEARCHED, "paged": PAGED}

    @property
    def runs(self) -> bool:
        """Is there one balance that runs through the rows?"""
        one = len(self.wanted.organisation_ids) == 1
        return one and not self.searched and self.codings is not None

    def __getitem__(self, part: slice) -> list[Entry]:
        start, stop = part.start or 0, self.count if part.stop is None else part.stop
        rows = self._rows(start, max(stop - start, 0))
        if not self.runs:
            return rows
        return [replace(row, running_pence=self.closing_pence - row.newer_pence) for row in rows]

    def _lines(self, order: str, start: int, number: int) -> tuple[str, list[Any]]:
        return _enquired(self.wanted, self.codings, order, start, number)

    def _totals(self) -> tuple[int, int, int]:
        """Rows, their sum, and the balance after the newest: from balances unless searched.

        Accounts of the balance sheet bring their balance forward; income and expenditure begin
        at nought with the first period asked for.
        """
        if self.codings == []:
            return 0, 0, 0
        with connection.cursor() as cursor:
            if self.searched:
                return self._found(cursor)
            cursor.execute(
                "SELECT coalesce(sum(b.lines) FILTER (WHERE b.period >= %s), 0)::bigint,"
                " coalesce(sum(b.debit_pence - b.credit_pence) FILTER (WHERE b.period >= %s),"
                " 0)::bigint, coalesce(sum(b.debit_pence - b.credit_pence) FILTER"
                " (WHERE b.period >= %s OR a.kind <> ALL (%s)), 0)::bigint FROM finance_balance b"
                " JOIN finance_coding c ON c.organisation_id = b.organisation_id"
                "  AND c.id = b.coding_id"
                " JOIN finance_account a ON a.organisation_id = c.organisation_id"
                "  AND a.id = c.account_id"
                " WHERE b.organisation_id = ANY (%s) AND b.period <= %s"
                " AND (%s::bigint[] IS NULL OR b.coding_id = ANY (%s))",
                [
                    *[self.wanted.since] * 3,
                    RESULT_KINDS,
                    list(self.wanted.organisation_ids),
                    self.wanted.until,
                    *[self.codings] * 2,
                ],
            )
            return cursor.fetchone()

    def _found(self, cursor: Any) -> tuple[int, int, int]:
        """Rows and their sum up to the cap, and whether there were more lines than are searched."""
        lines, values = self._lines("", 0, COUNT_CAP)
        cursor.execute(
            "SELECT count(*), coalesce(sum(amount_pence), 0)::bigint,"  # noqa: S608
            " (SELECT coalesce(sum(b.lines), 0) > %s FROM finance_balance b"
            " WHERE b.organisation_id = ANY (%s) AND b.period BETWEEN %s AND %s"
            f" AND (%s::bigint[] IS NULL OR b.coding_id = ANY (%s))) FROM ({lines}) l",
            [
                SEARCHED,
                list(self.wanted.organisation_ids),
                self.wanted.since,
                self.wanted.until,
                *[self.codings] * 2,
                *values,
            ],
        )
        count, moved, more = cursor.fetchone()
        self.capped = count == COUNT_CAP
        self.searched_in_part = bool(self.wanted.text) and not self.wanted.batch and more
        return count, moved, 0

    def _rows(self, start: int, number: int) -> list[Entry]:
        if not self.count:
            return []
        return _entries(*self._lines(NEWEST_FIRST, start, number), NEWEST_FIRST)


def newest_entries(wanted: EntryFilter, most: int) -> list[Entry]:
    """The newest lines of an enquiry, without a balance that runs through them."""
    codings = _codings(wanted)
    if codings == []:
        return []
    return _entries(*_enquired(wanted, codings, NEWEST_FIRST, 0, most), NEWEST_FIRST)


def _enquired(
    wanted: EntryFilter, codings: list[int] | None, order: str, start: int, number: int
) -> tuple[str, list[Any]]:
    """SQL of lines of an enquiry, with its values."""
    sql = "l.period BETWEEN %s AND %s"
    values: list[Any] = [wanted.since, wanted.until]
    if codings is not None:
        sql, values = f"{sql} AND l.coding_id = ANY (%s)", [*values, codings]
    if wanted.batch:
        sql, values = f"{sql} AND l.batch_id = %s", [*values, wanted.batch]
    if wanted.before:
        sql = f"{sql} AND (l.period, l.batch_id, l.journal_id, l.line_no) < (%s, %s, %s, %s)"
        values = [*values, *wanted.before]
    return _lines(wanted.organisation_ids, sql, values, order, start, number, wanted.text)


def _lines(
    organisation_ids: Sequence[int],
    conditions: str,
    values: list[Any],
    order: str,
    start: int,
    number: int,
    words: str = "",
) -> tuple[str, list[Any]]:
    """SQL of a page of lines, with its values. Each organisation walks its own primary key."""
    own = f"SELECT * FROM finance_journalline l WHERE l.organisation_id = o.id AND {conditions}"  # noqa: S608
    if words:
        own = f"SELECT * FROM ({own} {NEWEST_FIRST} LIMIT {SEARCHED}) l WHERE {_WITH_WORDS}"  # noqa: S608
        values = [*values, words]
    newer = f"(sum(l.amount_pence) OVER ({order}) - l.amount_pence)::bigint" if order else "0"
    sql = (
        f"SELECT l.*, {newer} AS newer_pence FROM unnest(%s::int[]) AS o (id) CROSS JOIN LATERAL"  # noqa: S608
        f" ({own} {order} LIMIT %s) l {order} LIMIT %s OFFSET %s"
    )
    return sql, [list(organisation_ids), *values, start + number, number, start]


# The narrative as a value, which is read for the lines searched only: for EXISTS the planner would
# look for the words in all journals first.
_WITH_WORDS = (
    "strpos(lower(l.description || E'\\n' || (SELECT t.narrative FROM finance_journal t"
    " WHERE t.organisation_id = l.organisation_id AND t.period = l.period"
    " AND t.batch_id = l.batch_id AND t.id = l.journal_id)), lower(%s)) > 0"
)


def _entries(lines: str, values: list[Any], order: str) -> list[Entry]:
    """Lines with their journal, account and unit; only the lines wanted are joined."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.organisation_id, l.period, l.batch_id, l.journal_id, l.line_no,"  # noqa: S608
            " j.posting_date, j.series || '-' || j.year || '-' || j.document_no, a.code,"
            " a.name, coalesce(u.code, ''), coalesce(nullif(l.description, ''), j.narrative),"
            f" l.amount_pence, l.newer_pence FROM ({lines}) l"
            " JOIN finance_journal j ON j.organisation_id = l.organisation_id"
            "  AND j.period = l.period AND j.batch_id = l.batch_id AND j.id = l.journal_id"
            " JOIN finance_coding c ON c.organisation_id = l.organisation_id"
            "  AND c.id = l.coding_id"
            " JOIN finance_account a ON a.organisation_id = c.organisation_id"
            "  AND a.id = c.account_id"
            " LEFT JOIN tenants_unit u ON u.organisation_id = c.organisation_id"
            f"  AND u.id = c.unit_id {order}",
            values,
        )
        return [Entry(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Posting:
    """Who posted a journal and when, the seal over it, and what reversed it."""

    made_by_name: str
    made_at: datetime
    seal_number: int | None
    seal_hash: str
    reason: str
    by_period: int | None
    by_batch_id: int | None
    by_journal_id: int | None


_POSTING = """
(SELECT jsonb_build_object('made_by_name', b.made_by_name, 'made_at', b.made_at,
        'seal_number', s.number, 'seal_hash', coalesce(encode(s.hash, 'hex'), ''),
        'reason', coalesce(r.reason, ''), 'by_period', r.by_period, 'by_batch_id', r.by_batch_id,
        'by_journal_id', r.by_journal_id)
   FROM finance_batch b
   LEFT JOIN finance_ledgerseal s ON s.organisation_id = b.organisation_id AND s.batch_id = b.id
   LEFT JOIN finance_reversal r ON r.organisation_id = b.organisation_id AND r.period = b.period
         AND r.batch_id = b.id AND r.journal_id = finance_journal.id
  WHERE b.organisation_id = finance_journal.organisation_id AND b.id = finance_journal.batch_id)
"""


def journal_at(organisations: Sequence[int], period: int, batch: int, number: int) -> Journal:
    """A journal with what `posting_of` tells about it, in one query. NotFound."""
    row = (
        Journal.objects.filter(
            organisation_id__in=organisations, period=period, batch_id=batch, id=number
        )
        .annotate(posting=RawSQL(_POSTING, [], JSONField()))  # noqa: S611
        .first()
    )
    if row is None:
        raise NotFound()
    return row


def posting_of(row: Journal) -> Posting:
    """What is known about the posting of a journal from `journal_at`."""
    told: dict[str, Any] = row.posting  # type: ignore[attr-defined]
    return Posting(**{**told, "made_at": datetime.fromisoformat(told["made_at"])})


def entries_of_journal(row: Journal, most: int = 1000) -> list[Entry]:
    """The lines of one journal in their order, with account and unit."""
    order = "ORDER BY l.line_no"
    where = "l.period = %s AND l.batch_id = %s AND l.journal_id = %s"
    values = [row.period, row.batch_id, row.id]
    return _entries(*_lines([row.organisation_id], where, values, order, 0, most), order)


def _codings(wanted: EntryFilter) -> list[int] | None:
    """The codings of the account and unit asked for; None when neither was."""
    if not (wanted.account or wanted.unit):
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id FROM finance_coding c JOIN finance_account a"
            " ON a.organisation_id = c.organisation_id AND a.id = c.account_id"
            " LEFT JOIN tenants_unit u ON u.organisation_id = c.organisation_id"
            " AND u.id = c.unit_id WHERE c.organisation_id = ANY (%s)"
            " AND (%s = '' OR a.code = %s) AND (%s = '' OR EXISTS (SELECT FROM tenants_unit w"
            " WHERE w.organisation_id = u.organisation_id AND w.code = %s AND u.path ^@ w.path))",
            [list(wanted.organisation_ids), *[wanted.account] * 2, *[wanted.unit] * 2],
        )
        return [row[0] for row in cursor.fetchall()]
