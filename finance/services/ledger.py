"""Posting to the ledger: the chart, codings, bulk posting and reversal.

    stage(cursor)                                    two TEMP tables appear
    cursor.execute("INSERT INTO new_journal …")      the caller fills them, by SELECT or COPY
    cursor.execute("INSERT INTO new_line …")
    post_staged(source="invoices", key="run 7 chunk 3", series="AP", by=by)
    cursor.execute("UPDATE … FROM posted_journal …") says which journal each of them became

The database checks every promise again when the scope ends (finance/migrations/ledger.sql); the
checks here come first so that people read a sentence.
"""

import csv
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection
from psycopg2.extras import execute_values

from core.actors import Actor, may
from events.services import record_about
from finance.models import Account, Coding, Journal, Period, Reversal
from finance.permissions import CLOSE_PERIODS
from finance.rules_ledger import LED01, LED02, LED03, LED04, LED05, LED09, LED10
from finance.services.periods import ensure_periods

__all__ = [
    "JournalRef",
    "NewJournal",
    "NewLine",
    "coding_ids",
    "ensure_periods",
    "install_chart",
    "post_journals",
    "post_staged",
    "reverse_journal",
    "stage",
]

CHART = Path(settings.BASE_DIR) / "finance" / "data" / "chart_of_accounts.csv"
# Statistics of the staged tables cost more than they save below this size, or this many journals.
ANALYSE_FROM, ANALYSE_FROM_BYTES = 10_000, 1 << 20


@dataclass(frozen=True)
class NewLine:
    """A line to be posted: pence, debit above zero, credit below."""

    coding_id: int
    amount_pence: int
    description: str = ""


@dataclass(frozen=True)
class NewJournal:
    """A journal to be posted; `subject_key` and `subject_id` name what caused it."""

    posting_date: date
    narrative: str
    lines: Sequence[NewLine]
    subject_key: str = ""
    subject_id: int | None = None


@dataclass(frozen=True)
class JournalRef:
    """Where a journal lies, and its number in its series and financial year."""

    period: int
    batch_id: int
    journal_id: int
    document_no: int


def install_chart(*, by: Actor) -> None:
    """The standard chart of accounts for the organisation. Accounts that exist stay as they are."""
    with CHART.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    Account.objects.bulk_create(
        [
            Account(
                organisation_id=by.organisation_id,
                code=row["code"],
                name=row["name"],
                kind=row["class"],
                normal=row["normal"],
                control=row["control"] == "Y",
                subledger=row["subledger"],
                cipfa_group=row["cipfa_group"],
                nhs_tac=row["nhs_tac"],
                vat_default=row["vat_default"],
                close_rule=row["close_rule"],
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )


def coding_ids(
    *, pairs: Collection[tuple[str, int | None]], by: Actor
) -> dict[tuple[str, int | None], int]:
    """The coding of each (account code, unit id), made where it is missing. LED10: no account."""
    here = by.organisation_id
    accounts = dict(
        Account.objects.filter(
            organisation_id=here, code__in={code for code, _ in pairs}
        ).values_list("code", "id")
    )
    missing = sorted({code for code, _ in pairs} - accounts.keys())
    LED10.check(not missing, ", ".join(missing))
    found = _codings(here, pairs)
    if len(found) < len(set(pairs)):
        Coding.objects.bulk_create(
            [
                Coding(
                    organisation_id=here,
                    account_id=accounts[code],
                    unit_id=unit,
                    valid=(None, None),
                )
                for code, unit in dict.fromkeys(pairs)
                if (code, unit) not in found
            ],
            ignore_conflicts=True,
        )
        found = _codings(here, pairs)
    return found


def _codings(
    organisation_id: int, pairs: Collection[tuple[str, int | None]]
) -> dict[tuple[str, int | None], int]:
    wanted = set(pairs)
    rows = Coding.objects.filter(
        organisation_id=organisation_id,
        account__organisation_id=organisation_id,
        account__code__in={code for code, _ in wanted},
        activity="",
        project="",
    ).values_list("account__code", "unit_id", "id")
    return {(code, unit): key for code, unit, key in rows if (code, unit) in wanted}


def stage(cursor: Any) -> None:
    """Makes the empty TEMP tables new_journal and new_line; they go with the transaction.

    Lines are numbered in the order in which they are staged.
    """
    cursor.execute(
        "DROP TABLE IF EXISTS pg_temp.new_journal, pg_temp.new_line, pg_temp.numbered_journal,"
        " pg_temp.posted_journal;"
        "CREATE TEMP TABLE new_journal (journal_key bigint NOT NULL, posting_date date NOT NULL,"
        " narrative text, subject_key text, subject_id bigint) ON COMMIT DROP;"
        "CREATE TEMP TABLE new_line (journal_key bigint NOT NULL, coding_id bigint NOT NULL,"
        " amount_pence bigint NOT NULL, description text,"
        " line_no int GENERATED ALWAYS AS IDENTITY) ON COMMIT DROP;"
        # Only whether there are many journals matters to the plans: a tenth of the sample will do.
        "ALTER TABLE new_journal ALTER journal_key SET STATISTICS 10;"
        "ALTER TABLE new_line ALTER journal_key SET STATISTICS 10"
    )


def post_staged(*, source: str, key: str, series: str, by: Actor) -> list[int]:
    """Posts what was staged, exactly once per (source, key); returns the batches, one a period.

    The TEMP table posted_journal (journal_key, period, batch_id, journal_id, document_no) then
    says what became of each journal, also when the same request was posted before. Refused:
    LED01 unbalanced, LED02 period not open, LED03 coding, LED04 key used for other content, LED09
    nothing staged. Event finance.batch.posted for each batch.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', '256MB', true)")
        digest = _number(cursor, series)
        _check_staged(cursor, by)
        periods = _open_periods(cursor, by)
        batches = [
            _open_batch(cursor, period, count, adjusting, source, key, series, digest, by)
            for period, count, adjusting in periods
        ]
        _place(cursor, batches)
        made = [batch for batch in batches if not batch.replay]
        if made:
            _insert(cursor, [batch.batch_id for batch in made], series, by)
    for batch in made:
        record_about(
            "finance.batch.posted",
            "finance.batch",
            batch.batch_id,
            by=by,
            period=batch.period,
            journals=batch.journals,
            source=source,
        )
    return [batch.batch_id for batch in batches]


@dataclass(frozen=True)
class _Opened:
    period: int
    journals: int
    batch_id: int
    first_no: int
    replay: bool


def _number(cursor: Any, series: str) -> bytes:
    """Gives each journal its period, its place in it and its totals; returns the request's hash.

    The hash is of the content in any order: sums of row hashes, so a million lines need no sort.
    Each hash of a line is the seed of its next: two fifths less time than the hash of a record.
    """
    cursor.execute("SELECT pg_relation_size('pg_temp.new_line')")
    if cursor.fetchone()[0] >= ANALYSE_FROM_BYTES:
        cursor.execute("ANALYZE new_journal (journal_key); ANALYZE new_line (journal_key)")
    cursor.execute(
        "CREATE TEMP TABLE numbered_journal ON COMMIT DROP AS"
        " SELECT j.*, period, s.line_count, s.debit, s.net, s.hash,"
        " row_number() OVER (PARTITION BY period ORDER BY journal_key) AS journal_id"
        " FROM new_journal j"
        " CROSS JOIN LATERAL (SELECT (extract(year FROM j.posting_date) * 100"
        "   + extract(month FROM j.posting_date))::int AS period) p"
        " FULL JOIN (SELECT journal_key, count(*)::int AS line_count, sum(amount_pence) AS net,"
        "   coalesce(sum(amount_pence) FILTER (WHERE amount_pence > 0), 0)::bigint AS debit,"
        "   sum(hashtextextended(coalesce(description, ''), hashint8extended(amount_pence,"
        "     hashint8extended(coding_id, journal_key)))) AS hash"
        "   FROM new_line l GROUP BY journal_key) s USING (journal_key)"
    )
    LED09.check(cursor.rowcount)
    cursor.execute(
        "SELECT %s || '|' || count(*) || '|' || sum(line_count) || '|' || sum(hash) || '|'"
        " || (SELECT sum(hash_record_extended(j, 0)) FROM new_journal j) FROM numbered_journal",
        [series],
    )
    return hashlib.sha256(str(cursor.fetchone()[0]).encode()).digest()


def _check_staged(cursor: Any, by: Actor) -> None:
    cursor.execute(
        "SELECT journal_key, narrative, net FROM numbered_journal WHERE net IS DISTINCT FROM 0"
        " OR line_count < 2 OR period IS NULL ORDER BY journal_key LIMIT 1"
    )
    wrong = cursor.fetchone()
    LED01.check(wrong is None, f"{wrong[1] or wrong[0]}: {wrong[2] or 0} pence." if wrong else "")
    cursor.execute(
        "SELECT count(*) FROM (SELECT DISTINCT coding_id FROM new_line) d WHERE NOT EXISTS ("
        " SELECT FROM finance_coding c WHERE c.organisation_id = %s AND c.id = d.coding_id"
        " AND c.postable AND c.valid && (SELECT daterange(min(posting_date), max(posting_date),"
        " '[]') FROM new_journal))",
        [by.organisation_id],
    )
    LED03.check(cursor.fetchone()[0] == 0)


def _open_periods(cursor: Any, by: Actor) -> list[tuple[int, int, bool]]:
    """(period, journals, is it soft closed) in order; LED02 unless all may be posted into."""
    cursor.execute("SELECT period, count(*) FROM numbered_journal GROUP BY period ORDER BY period")
    wanted = cursor.fetchall()
    rows = Period.objects.filter(
        organisation_id=by.organisation_id, period__in=[period for period, _ in wanted]
    )
    status = {row.period: row.status for row in rows}
    late = not by.system and may(by, CLOSE_PERIODS)
    for period, _ in wanted:
        state = status.get(period, Period.Status.FUTURE)
        LED02.check(
            state == Period.Status.OPEN or (state == Period.Status.SOFT and late),
            f"{date(period // 100, period % 100, 1):%B %Y} is not.",
        )
    return [(p, count, status[p] == Period.Status.SOFT) for p, count in wanted]


def _open_batch(
    cursor: Any,
    period: int,
    journals: int,
    adjusting: bool,
    source: str,
    key: str,
    series: str,
    digest: bytes,
    by: Actor,
) -> _Opened:
    try:
        cursor.execute(
            "SELECT batch_id, first_no, replay FROM ctx.open_batch(%s, %s, %s, %s, %s, %s, %s, %s,"
            " %s)",
            [period, source, key, digest, series, journals, adjusting, by.person_id, by.name],
        )
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name == "batch_once":  # type: ignore[union-attr]
            raise LED04.refuse() from error
        raise
    return _Opened(period, journals, *cursor.fetchone())


def _place(cursor: Any, batches: Sequence[_Opened]) -> None:
    cursor.execute(
        "CREATE TEMP TABLE posted_journal ON COMMIT DROP AS"
        " SELECT n.journal_key, n.period, b.batch_id, n.journal_id,"
        " b.first_no + n.journal_id - 1 AS document_no FROM numbered_journal n"
        " JOIN unnest(%s::int[], %s::bigint[], %s::bigint[]) AS b (period, batch_id, first_no)"
        " USING (period)",
        [
            [batch.period for batch in batches],
            [batch.batch_id for batch in batches],
            [batch.first_no for batch in batches],
        ],
    )


def _insert(cursor: Any, batch_ids: list[int], series: str, by: Actor) -> None:
    """Headers and lines of new batches. Numbered journals already lie in the order of their key."""
    here = by.organisation_id
    cursor.execute(
        "INSERT INTO finance_journal (organisation_id, period, batch_id, id, document_no,"
        " posting_date, line_count, total_debit_pence, year, series, narrative, subject_key,"
        " subject_id) SELECT %s, n.period, b.id, n.journal_id, b.first_no + n.journal_id - 1,"
        " n.posting_date, n.line_count, n.debit, b.year, %s, coalesce(n.narrative, ''),"
        " coalesce(n.subject_key, ''), n.subject_id"
        " FROM numbered_journal n JOIN finance_batch b ON b.period = n.period"
        " WHERE b.organisation_id = %s AND b.id = ANY (%s)",
        [here, series, here, batch_ids],
    )
    if cursor.rowcount >= ANALYSE_FROM:
        cursor.execute("ANALYZE posted_journal")
    cursor.execute(
        "INSERT INTO finance_journalline (organisation_id, period, batch_id, journal_id, coding_id,"
        " amount_pence, line_no, description) SELECT %s, p.period, p.batch_id, p.journal_id,"
        " l.coding_id, l.amount_pence, l.line_no, coalesce(l.description, '')"
        " FROM new_line l JOIN posted_journal p USING (journal_key)"
        " WHERE p.batch_id = ANY (%s)",
        [here, batch_ids],
    )


def post_journals(
    *, journals: Sequence[NewJournal], source: str, key: str, series: str, by: Actor
) -> list[JournalRef]:
    """Posts a handful of journals, exactly once per (source, key), in the order given.

    Refusals are those of `post_staged`, which is for whole runs.
    """
    with connection.cursor() as cursor:
        stage(cursor)
        execute_values(
            cursor.cursor,
            "INSERT INTO new_journal VALUES %s",
            [
                (n, j.posting_date, j.narrative, j.subject_key, j.subject_id)
                for n, j in enumerate(journals)
            ],
        )
        lines = [
            (n, line.coding_id, line.amount_pence, line.description)
            for n, journal in enumerate(journals)
            for line in journal.lines
        ]
        LED01.check(lines)
        execute_values(cursor.cursor, "INSERT INTO new_line VALUES %s", lines)
    post_staged(source=source, key=key, series=series, by=by)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT period, batch_id, journal_id, document_no FROM posted_journal"
            " ORDER BY journal_key"
        )
        return [JournalRef(*row) for row in cursor.fetchall()]


def reverse_journal(
    *, period: int, batch_id: int, journal_id: int, on: date, reason: str, by: Actor
) -> JournalRef:
    """Posts the opposite of a journal on a day of an open period: at most once (LED05).

    The caller decides who may: the owner of the journal's subject knows what hangs on it.
    Event finance.journal.reversed on the batch of the journal.
    """
    here = by.organisation_id
    where = {"period": period, "batch_id": batch_id, "journal_id": journal_id}
    old = Journal.objects.get(organisation_id=here, period=period, batch_id=batch_id, id=journal_id)
    LED05.check(not Reversal.objects.filter(organisation_id=here, **where).exists())
    with connection.cursor() as cursor:
        stage(cursor)
        cursor.execute(
            "INSERT INTO new_journal VALUES (1, %s, %s, %s, %s)",
            [on, f"Reversal of {old.reference}: {reason}", old.subject_key, old.subject_id],
        )
        cursor.execute(
            "INSERT INTO new_line SELECT 1, coding_id, -amount_pence, description"
            " FROM finance_journalline WHERE organisation_id = %s AND period = %s"
            " AND batch_id = %s AND journal_id = %s ORDER BY line_no",
            [here, period, batch_id, journal_id],
        )
        post_staged(source="reversal", key=f"{period}-{batch_id}-{journal_id}", series="RV", by=by)
        cursor.execute("SELECT period, batch_id, journal_id, document_no FROM posted_journal")
        new = JournalRef(*cursor.fetchone())
    Reversal.objects.create(
        organisation_id=here,
        **where,
        by_period=new.period,
        by_batch_id=new.batch_id,
        by_journal_id=new.journal_id,
        reason=reason,
    )
    record_about(
        "finance.journal.reversed",
        "finance.batch",
        batch_id,
        by=by,
        journal=old.reference,
        comment=reason,
    )
    return new
