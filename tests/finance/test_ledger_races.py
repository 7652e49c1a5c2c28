"""Many writers at once: numbers without gaps, duplicates once, closing against posting; seals."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from typing import TypeVar

import pytest
from django.db import connection, connections

from core.actors import Actor
from core.errors import Refused
from core.management.commands.init_db import connect
from core.scope import scope
from finance.models import Balance, Batch, Journal, JournalLine, LedgerSeal, Period
from finance.services.ledger import post_journals
from finance.services.periods import ensure_periods, soft_close_period
from tests.finance.ledger_books import journal, opened, post_one
from tests.world import World

WRITERS = 8
T = TypeVar("T")


def together(work: Callable[[int], T], count: int = WRITERS) -> list[T]:
    """The work in as many threads, each with its own connection."""

    def own(n: int) -> T:
        try:
            return work(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(own, range(count)))


def verified(by: Actor) -> list[tuple[int, str]]:
    with scope(readable={by.organisation_id}), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ctx.verify_ledger(%s)", [by.organisation_id])
        return list(cursor.fetchall())


def test_organisations_open_the_same_year_at_once(committed_world: World) -> None:
    slugs = ("eastmere", "northdale", "centre")
    officers = [committed_world.actor(f"administrator@{slug}") for slug in slugs]
    start = threading.Barrier(len(slugs))

    def open_year(n: int) -> bool:
        by = officers[n]
        with scope(acting=by.organisation_id):
            start.wait()
            ensure_periods(days=[date(2061, 7, 1)], by=by)
            return Period.objects.filter(period=206107, status=Period.Status.OPEN).exists()

    assert together(open_year, len(slugs)) == [True, True, True]


def test_numbers_have_no_gaps_though_a_third_is_rolled_back(committed_world: World) -> None:
    by = opened(committed_world)
    rollback = RuntimeError("rolled back")

    def write(writer: int) -> int:
        kept = 0
        for n in range(15):
            try:
                with scope(acting=by.organisation_id):
                    post_journals(
                        journals=[journal(by, 100 + n)] * (1 + n % 3),
                        source="race",
                        key=f"{writer}/{n}",
                        series="GJ",
                        by=by,
                    )
                    if n % 3 == 2:
                        raise rollback
                    kept += 1 + n % 3
            except RuntimeError as error:
                assert error is rollback
        return kept

    kept = sum(together(write))
    with scope(acting=by.organisation_id):
        numbers = sorted(Journal.objects.values_list("document_no", flat=True))
        assert numbers == list(range(1, kept + 1))
        assert JournalLine.objects.count() == 2 * kept
        assert sum(Balance.objects.values_list("lines", flat=True)) == 2 * kept
    assert verified(by) == []


def test_duplicates_at_once_post_once(committed_world: World) -> None:
    by = opened(committed_world)
    refs = together(lambda n: post_one(by, key="same"))
    assert len(set(refs)) == 1
    with scope(acting=by.organisation_id):
        assert (Batch.objects.count(), LedgerSeal.objects.count()) == (1, 1)


def test_organisations_post_beside_each_other(committed_world: World) -> None:
    books = [opened(committed_world), opened(committed_world, "northdale")]
    together(lambda n: post_one(books[n % 2], key=str(n)))
    for by in books:
        with scope(acting=by.organisation_id):
            assert Journal.objects.count() == WRITERS // 2
        assert verified(by) == []


def test_whoever_closes_waits_for_the_posting_in_flight(committed_world: World) -> None:
    by, manager = opened(committed_world), committed_world.actor("finance_manager@eastmere")
    sealed, order = threading.Event(), []

    def post(n: int) -> None:
        with scope(acting=by.organisation_id):
            post_journals(
                journals=[journal(by, 5, date(2026, 4, 2))],
                source="race",
                key="slow",
                series="GJ",
                by=by,
            )
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            sealed.set()
            threading.Event().wait(0.5)
            order.append("posted")

    def close(n: int) -> None:
        assert sealed.wait(10)
        with scope(acting=by.organisation_id):
            soft_close_period(period=202604, by=manager)
            order.append("closed")

    together(lambda n: (post, close)[n](n), 2)
    assert order == ["posted", "closed"]


def test_a_posting_that_began_before_the_close_is_refused_after_it(
    committed_world: World,
) -> None:
    by, manager = opened(committed_world), committed_world.actor("finance_manager@eastmere")
    begun, closed = threading.Event(), threading.Event()

    def post(n: int) -> str:
        try:
            with scope(acting=by.organisation_id):
                post_journals(
                    journals=[journal(by, 5, date(2026, 4, 2))],
                    source="race",
                    key="late",
                    series="GJ",
                    by=by,
                )
                begun.set()
                assert closed.wait(10)
        except Exception as error:
            return error.__cause__.diag.constraint_name  # type: ignore[union-attr]
        return "posted"

    def close(n: int) -> str:
        assert begun.wait(10)
        with scope(acting=by.organisation_id):
            soft_close_period(period=202604, by=manager)
        closed.set()
        return "closed"

    assert together(lambda n: (post, close)[n](n), 2) == ["period_open", "closed"]
    with scope(acting=by.organisation_id):
        assert Journal.objects.count() == 0
        assert Period.objects.get(period=202604).status == "soft"


@pytest.mark.parametrize(
    ("tampering", "problems"),
    [
        (
            "UPDATE finance_journalline SET amount_pence = amount_pence * 2 WHERE batch_id ="
            " (SELECT batch_id FROM finance_ledgerseal WHERE number = 2)",
            [(2, "entries were changed, removed or added")],
        ),
        (
            "UPDATE finance_journal SET narrative = 'Oil' WHERE batch_id ="
            " (SELECT batch_id FROM finance_ledgerseal WHERE number = 1)",
            [(1, "entries were changed, removed or added")],
        ),
        (
            "DELETE FROM finance_ledgerseal WHERE number = 2",
            [(3, "a link of the chain is missing"), (4, "a batch has no seal")],
        ),
        (
            "DELETE FROM finance_ledgerseal WHERE number = 3",
            [
                (2, "the head of the chain is not its last link"),
                (3, "a batch has no seal"),
            ],
        ),
        (
            "UPDATE finance_batch SET made_by_name = 'Someone else' WHERE id ="
            " (SELECT batch_id FROM finance_ledgerseal WHERE number = 3)",
            [(3, "entries were changed, removed or added")],
        ),
    ],
)
def test_seals_show_what_an_administrator_changed(
    committed_world: World, tampering: str, problems: list[tuple[int, str]]
) -> None:
    by = opened(committed_world)
    for n in range(3):
        post_one(by, key=str(n))
    assert verified(by) == []
    with closing(connect(os.environ["COMMONWELL_DATABASE"])) as admin, admin.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(tampering)
    assert verified(by) == problems


def test_refusals_leave_nothing(committed_world: World) -> None:
    by = opened(committed_world)
    with pytest.raises(Refused):
        post_one(by, day=date(2026, 12, 1))
    with scope(acting=by.organisation_id):
        assert (Batch.objects.count(), Journal.objects.count()) == (0, 0)
