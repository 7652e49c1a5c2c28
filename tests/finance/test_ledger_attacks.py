"""What the database refuses, whoever asks: each attack by hand, past the services."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection

from core.actors import Actor
from core.management.commands.init_db import connect
from core.scope import scope
from finance.models import Coding, Period
from finance.services.periods import ensure_periods, soft_close_period
from tests.finance.ledger_books import DAY, codings, opened, post_one
from tests.world import World

JUNE = 202606


@contextmanager
def breaks(constraint: str) -> Iterator[None]:
    """The named constraint or trigger says no."""
    with pytest.raises(DatabaseError) as caught:
        yield
    assert caught.value.__cause__.diag.constraint_name == constraint


@contextmanager
def denied(words: str = "permission denied") -> Iterator[None]:
    """The rights of the application role end here (42501)."""
    with pytest.raises(DatabaseError) as caught:
        yield
    assert caught.value.__cause__.pgcode == "42501"
    assert words in str(caught.value)


def open_batch(cursor: Any, key: str = "x", journals: int = 1, period: int = JUNE) -> int:
    cursor.execute(
        "SELECT batch_id FROM ctx.open_batch(%s, 'attack', %s, 'hash', 'GJ', %s, false, 1, 'Eve')",
        [period, key, journals],
    )
    return cursor.fetchone()[0]


def header(cursor: Any, by: Actor, batch: int, **changes: Any) -> None:
    row = {
        "organisation_id": by.organisation_id,
        "period": JUNE,
        "batch_id": batch,
        "id": 1,
        "document_no": 1,
        "posting_date": DAY,
        "line_count": 2,
        "total_debit_pence": 100,
        "year": 2026,
        "series": "GJ",
    } | changes
    cursor.execute(
        f"INSERT INTO finance_journal ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",
        list(row.values()),
    )


def line(
    cursor: Any,
    by: Actor,
    batch: int,
    coding: int,
    pence: int,
    *,
    no: int = 1,
    journal: int = 1,
    period: int = JUNE,
    table: str = "finance_journalline",
) -> None:
    cursor.execute(
        f"INSERT INTO {table} (organisation_id, period, batch_id, journal_id, line_no, coding_id,"
        " amount_pence) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [by.organisation_id, period, batch, journal, no, coding, pence],
    )


def entry(cursor: Any, by: Actor, *, pence: int = -100, **changes: Any) -> int:
    """A journal by hand: debit 100 pence, and a credit that may be wrong."""
    cost, payable = codings(by)
    batch = open_batch(cursor)
    header(cursor, by, batch, **changes)
    line(cursor, by, batch, cost, 100)
    line(cursor, by, batch, payable, pence, no=2)
    return batch


@contextmanager
def acting(by: Actor) -> Iterator[Any]:
    with scope(acting=by.organisation_id), connection.cursor() as cursor:
        yield cursor


def test_an_entry_by_hand_that_keeps_the_promises_is_accepted(world: World) -> None:
    by = opened(world)
    with acting(by) as cursor:
        entry(cursor, by)


def test_an_unbalanced_journal(world: World) -> None:
    by = opened(world)
    with breaks("journal_balances"), acting(by) as cursor:
        entry(cursor, by, pence=-99)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"line_count": 3}, "journal_control_total"),
        ({"total_debit_pence": 99}, "journal_control_total"),
        ({"document_no": 2}, "journal_numbers"),
        ({"series": "ZZ"}, "journal_numbers"),
        ({"year": 2025}, "journal_numbers"),
        ({"posting_date": date(2026, 7, 1)}, "date_in_period"),
        ({"id": 2}, "journal_control_total"),
    ],
)
def test_a_header_that_tells_otherwise(
    world: World, changes: dict[str, Any], constraint: str
) -> None:
    by = opened(world)
    with breaks(constraint), acting(by) as cursor:
        entry(cursor, by, **changes)


def test_a_header_without_lines_and_lines_without_header(world: World) -> None:
    by = opened(world)
    with breaks("journal_control_total"), acting(by) as cursor:
        header(cursor, by, open_batch(cursor))
    with breaks("journal_control_total"), acting(by) as cursor:
        batch = open_batch(cursor)
        line(cursor, by, batch, codings(by)[0], 5)
        line(cursor, by, batch, codings(by)[1], -5, no=2)


def test_a_batch_with_fewer_journals_than_numbers_taken(world: World) -> None:
    by = opened(world)
    with breaks("journal_numbers"), acting(by) as cursor:
        open_batch(cursor)
    with breaks("journal_numbers"), acting(by) as cursor:
        cost, payable = codings(by)
        batch = open_batch(cursor, journals=2)
        header(cursor, by, batch)
        line(cursor, by, batch, cost, 100)
        line(cursor, by, batch, payable, -100, no=2)


def test_a_period_that_is_closed_future_or_unknown(world: World) -> None:
    by, manager = opened(world), world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        for period in (202604, 202605, JUNE):
            soft_close_period(period=period, by=manager)
    with breaks("period_open"), acting(by) as cursor:
        entry(cursor, by)
    for period in (202609, 203001):
        with breaks("period_open"), acting(by) as cursor:
            open_batch(cursor, period=period)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_table_that_shadows_the_periods(world: World) -> None:
    by = opened(world)
    with breaks("period_open"), acting(by) as cursor:
        cursor.execute("CREATE TEMP TABLE finance_period AS SELECT * FROM public.finance_period")
        cursor.execute("UPDATE pg_temp.finance_period SET status = 'open'")
        open_batch(cursor, period=202609)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_codings_of_others_retired_or_out_of_date(world: World) -> None:
    by, other = opened(world), opened(world, "northdale")
    with scope(acting=other.organisation_id):
        foreign = codings(other)[0]
    with breaks("coding_postable"), acting(by) as cursor:
        batch = open_batch(cursor)
        header(cursor, by, batch)
        line(cursor, by, batch, foreign, 100)
        line(cursor, by, batch, codings(by)[1], -100, no=2)
    for change in ({"postable": False}, {"valid": (None, date(2026, 6, 1))}):
        with breaks("coding_postable"), acting(by) as cursor:
            Coding.objects.filter(pk=codings(by)[0]).update(**change)
            entry(cursor, by)


def test_a_line_for_a_sealed_batch(world: World) -> None:
    by = opened(world)
    with breaks("rows_in_own_batch"), acting(by) as cursor:
        batch = entry(cursor, by)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        line(cursor, by, batch, codings(by)[0], 1, no=3)


def test_a_late_line_or_header_in_another_transaction(committed_world: World) -> None:
    by = opened(committed_world)
    ref = post_one(by)
    with breaks("rows_in_own_batch"), acting(by) as cursor:
        line(cursor, by, ref.batch_id, codings(by)[0], 1, no=3)
    with breaks("rows_in_own_batch"), acting(by) as cursor:
        header(cursor, by, ref.batch_id, id=2, document_no=2)


def test_a_batch_that_is_absent_of_others_or_of_another_period(world: World) -> None:
    by, other = opened(world), opened(world, "northdale")
    theirs = post_one(other)
    for batch, period in ((999_999, JUNE), (theirs.batch_id, JUNE)):
        with breaks("rows_in_own_batch"), acting(by) as cursor:
            line(cursor, by, batch, codings(by)[0], 1, period=period)
    with breaks("rows_in_own_batch"), acting(by) as cursor:
        line(cursor, by, open_batch(cursor), codings(by)[0], 1, period=202605)


def test_a_row_for_another_organisation(world: World) -> None:
    by, other = opened(world), opened(world, "northdale")
    theirs = post_one(other)
    with denied("row-level security"), acting(by) as cursor:
        line(cursor, other, theirs.batch_id, codings(by)[0], 1, no=3)


def test_posting_without_acting_for_anyone(world: World) -> None:
    by = opened(world)
    with denied("acted for"), scope(readable={by.organisation_id}):
        with connection.cursor() as cursor:
            open_batch(cursor)


def test_a_partition_named_directly(world: World) -> None:
    by = opened(world)
    with denied(), acting(by) as cursor:
        batch = open_batch(cursor)
        line(cursor, by, batch, codings(by)[0], 1, table="finance_journalline_2026")
    with denied(), acting(by) as cursor:
        cursor.execute("SELECT count(*) FROM finance_journalline_2026")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE finance_journal SET narrative = 'other'",
        "UPDATE finance_journalline SET amount_pence = 0",
        "DELETE FROM finance_journal",
        "DELETE FROM finance_journalline",
        "TRUNCATE finance_journalline",
        "UPDATE finance_batch SET key = 'other'",
        "DELETE FROM finance_batch",
        "INSERT INTO finance_batch SELECT * FROM finance_batch",
        "UPDATE finance_balance SET debit_pence = 0",
        "INSERT INTO finance_balance SELECT * FROM finance_balance",
        "UPDATE finance_series SET next_no = 1",
        "UPDATE finance_chainhead SET number = 0",
        "INSERT INTO finance_ledgerseal SELECT * FROM finance_ledgerseal",
        "DELETE FROM finance_ledgerseal",
        "DELETE FROM finance_reversal",
        "DELETE FROM finance_period",
        "DELETE FROM finance_coding",
        "ALTER TABLE finance_journalline DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "SELECT ctx.ledger_batch_digest(1, 202606, 1)",
        "SELECT ctx.ledger_add_balances(b, '[,]'::daterange) FROM finance_batch b",
    ],
)
def test_rights_that_the_application_has_not(world: World, statement: str) -> None:
    by = opened(world)
    post_one(by)
    with pytest.raises(DatabaseError) as caught, acting(by) as cursor:
        cursor.execute(statement)
    assert caught.value.__cause__.pgcode == "42501"


AS_ADMINISTRATOR = (
    "UPDATE finance_journal SET narrative = 'other'",
    "UPDATE finance_journalline_2026 SET amount_pence = 0",
    "DELETE FROM finance_journalline",
    "DELETE FROM finance_journal_2026",
    "TRUNCATE finance_journalline",
    "TRUNCATE finance_journalline_2026",
    "TRUNCATE finance_journal_2026 CASCADE",
    "UPDATE finance_batch SET key = 'other'",
    "DELETE FROM finance_ledgerseal",
    "TRUNCATE finance_ledgerseal",
    "INSERT INTO finance_journalline_2026 SELECT organisation_id, period, batch_id, journal_id,"
    " coding_id, amount_pence, line_no + 5, '' FROM finance_journalline",
    "INSERT INTO finance_journalline SELECT organisation_id, period, batch_id, journal_id,"
    " coding_id, amount_pence, line_no + 5, '' FROM finance_journalline",
)


def test_the_administrator_of_the_server_is_refused_too(committed_world: World) -> None:
    post_one(opened(committed_world))
    with closing(connect(os.environ["COMMONWELL_DATABASE"])) as admin, admin.cursor() as cursor:
        for statement in AS_ADMINISTRATOR:
            with pytest.raises(Exception, match=r"append-only|absent, sealed or of another"):
                cursor.execute(statement)


def test_periods_and_codings_stay_what_they_are(world: World) -> None:
    by = opened(world)
    here = by.organisation_id
    june = Period.objects.filter
    with breaks("period_goes_forwards"), scope(acting=here):
        june(period=JUNE).update(status="closed")
    with breaks("period_goes_forwards"), scope(acting=here):
        june(period=JUNE).update(status="future")
    with breaks("period_stays"), scope(acting=here):
        june(period=JUNE).update(year=2025)
    with breaks("reopened_by_a_second_person"), scope(acting=here):
        june(period=JUNE).update(status="soft", moved_by_id=1)
        june(period=JUNE).update(status="open", moved_by_id=1)
    with breaks("coding_stays"), scope(acting=here):
        cost, payable = codings(by)
        other = Coding.objects.get(pk=payable).account_id
        Coding.objects.filter(pk=cost).update(account_id=other)


def test_a_key_used_for_other_content(world: World) -> None:
    by = opened(world)
    with acting(by) as cursor:
        entry(cursor, by)
    with breaks("batch_once"), acting(by) as cursor:
        cursor.execute(
            "SELECT ctx.open_batch(%s, 'attack', 'x', 'other', 'GJ', 1, false, 1, 'Eve')", [JUNE]
        )


def test_reversals_of_nothing_and_twice(world: World) -> None:
    by = opened(world)
    first, second = post_one(by, "1"), post_one(by, "2")
    insert = (
        "INSERT INTO finance_reversal (organisation_id, period, batch_id, journal_id, by_period,"
        " by_batch_id, by_journal_id, reason) VALUES (%s, %s, %s, %s, %s, %s, 1, 'Eve')"
    )
    here = by.organisation_id
    with breaks("reversal_of_a_journal"), acting(by) as cursor:
        cursor.execute(insert, [here, JUNE, first.batch_id, 9, JUNE, second.batch_id])
    with breaks("journal_reversed_once"), acting(by) as cursor:
        for _ in range(2):
            cursor.execute(insert, [here, JUNE, first.batch_id, 1, JUNE, second.batch_id])


def test_years_beyond_reason_get_no_partition(world: World) -> None:
    by = opened(world)
    with pytest.raises(DatabaseError, match="No ledger is kept"), scope(acting=by.organisation_id):
        ensure_periods(days=[date(1066, 10, 14)], by=by)
