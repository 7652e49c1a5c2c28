"""Posting: numbers, balances, periods, exactly once, reversal."""

from datetime import date

import pytest
from django.db import connection

from core.errors import Refused
from core.scope import scope
from finance.models import (
    Account,
    Balance,
    Batch,
    Journal,
    JournalLine,
    LedgerSeal,
    Period,
    Reversal,
)
from finance.services.closing import agree_waiver, ask_waiver
from finance.services.ledger import (
    NewJournal,
    NewLine,
    coding_ids,
    ensure_periods,
    install_chart,
    post_journals,
    post_staged,
    reverse_journal,
    stage,
)
from finance.services.periods import close_period, reopen_period, soft_close_period
from tests.finance.ledger_books import DAY, codings, journal, opened, post_one
from tests.world import World


def refused(code: str) -> object:
    return pytest.raises(Refused, check=lambda error: error.code == code)


def verified(organisation_id: int) -> list[tuple[int, str]]:
    with scope(readable={organisation_id}), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ctx.verify_ledger(%s)", [organisation_id])
        return list(cursor.fetchall())


def test_chart_and_codings_are_made_once(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        install_chart(by=by)
        assert Account.objects.filter(organisation_id=by.organisation_id).count() == 85
        first = coding_ids(pairs=[("52000", None), ("52000", None)], by=by)
        assert coding_ids(pairs=[("52000", None)], by=by) == first
        with refused("LED10"):
            coding_ids(pairs=[("99999", None)], by=by)


def test_periods_follow_the_financial_year(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        rows = list(Period.objects.order_by("period"))
        assert [(p.period, p.year, p.number) for p in rows][:2] == [
            (202604, 2026, 1),
            (202605, 2026, 2),
        ]
        assert [p.period for p in rows][-4:] == [202612, 202701, 202702, 202703]
        assert [p.period for p in rows if p.status == "open"] == [202604, 202605, 202606]
        ensure_periods(days=[date(2027, 3, 31)], by=by)
        assert Period.objects.filter(status="open").count() == 12


def test_a_posting_has_number_balance_and_seal(world: World) -> None:
    by = opened(world)
    refs = [post_one(by, key=str(n), pence=100 * n) for n in (1, 2, 3)]
    assert [ref.document_no for ref in refs] == [1, 2, 3]
    with scope(acting=by.organisation_id):
        cost, payable = codings(by)
        balances = {
            b.coding_id: (b.debit_pence, b.credit_pence, b.lines) for b in Balance.objects.all()
        }
        assert balances == {cost: (600, 0, 3), payable: (0, 600, 3)}
        assert list(LedgerSeal.objects.order_by("number").values_list("number", "lines")) == [
            (1, 2),
            (2, 2),
            (3, 2),
        ]
        lines = JournalLine.objects.filter(
            organisation_id=by.organisation_id,
            period=refs[1].period,
            batch_id=refs[1].batch_id,
            journal_id=refs[1].journal_id,
        ).order_by("line_no")
        assert [(line.line_no, line.coding_id, line.amount_pence) for line in lines] == [
            (1, cost, 200),
            (2, payable, -200),
        ]
    assert verified(by.organisation_id) == []


def test_one_posting_may_cross_periods(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        refs = post_journals(
            journals=[journal(by, 5, date(2026, month, 1)) for month in (6, 4, 6, 5)],
            source="test",
            key="many",
            series="GJ",
            by=by,
        )
    assert [(ref.period, ref.journal_id, ref.document_no) for ref in refs] == [
        (202606, 1, 3),
        (202604, 1, 1),
        (202606, 2, 4),
        (202605, 1, 2),
    ]
    assert verified(by.organisation_id) == []


def test_the_same_request_posts_once(world: World) -> None:
    by = opened(world)
    first = post_one(by, key="same")
    assert post_one(by, key="same") == first
    with scope(acting=by.organisation_id):
        assert Batch.objects.count() == 1
    with refused("LED04"):
        post_one(by, key="same", pence=1)
    with refused("LED04"):
        post_one(by, key="same", day=date(2026, 5, 1))


def test_callers_fill_the_staged_tables_themselves(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id), connection.cursor() as cursor:
        cost, payable = codings(by)
        stage(cursor)
        cursor.execute(
            "INSERT INTO new_journal SELECT n * 10, %s, 'Invoice', 'finance.invoice', n"
            " FROM generate_series(1, 50) n",
            [DAY],
        )
        cursor.execute(
            "INSERT INTO new_line SELECT n * 10, c, a * n, NULL FROM generate_series(1, 50) n,"
            " (VALUES (%s, 1), (%s, -1)) v (c, a)",
            [cost, payable],
        )
        (batch,) = post_staged(source="invoices", key="7", series="AP", by=by)
        cursor.execute(
            "SELECT journal_key, period, batch_id, journal_id, document_no FROM posted_journal"
            " ORDER BY journal_key LIMIT 2"
        )
        assert cursor.fetchall() == [(10, 202606, batch, 1, 1), (20, 202606, batch, 2, 2)]
        assert Journal.objects.get(batch_id=batch, id=2).subject_id == 2
    assert verified(by.organisation_id) == []


@pytest.mark.parametrize("lines", [[(0, 5), (1, -4)], [(0, 5)], []])
def test_unbalanced_or_short_journals_are_refused(
    world: World, lines: list[tuple[int, int]]
) -> None:
    by = opened(world)
    with refused("LED01"), scope(acting=by.organisation_id):
        keys = codings(by)
        made = NewJournal(DAY, "Wrong", [NewLine(keys[which], pence) for which, pence in lines])
        post_journals(journals=[made], source="test", key="1", series="GJ", by=by)


def test_foreign_or_retired_codings_are_refused(world: World) -> None:
    by, other = opened(world), opened(world, "northdale")
    with scope(acting=other.organisation_id):
        foreign = codings(other)
    with refused("LED03"), scope(acting=by.organisation_id):
        made = NewJournal(DAY, "Theirs", [NewLine(foreign[0], 5), NewLine(foreign[1], -5)])
        post_journals(journals=[made], source="test", key="1", series="GJ", by=by)
    with refused("LED03"), scope(acting=by.organisation_id):
        made = journal(by)
        from finance.models import Coding

        Coding.objects.filter(pk=made.lines[0].coding_id).update(postable=False)
        post_journals(journals=[made], source="test", key="1", series="GJ", by=by)


def test_only_open_periods_are_posted_into(world: World) -> None:
    by, manager = opened(world), world.actor("finance_manager@eastmere")
    here = by.organisation_id
    with refused("LED02"):
        post_one(by, day=date(2026, 9, 1))
    with refused("LED06"), scope(acting=here):
        soft_close_period(period=202606, by=manager)
    with scope(acting=here):
        for period in (202604, 202605, 202606):
            soft_close_period(period=period, by=manager)
    with refused("LED02"):
        post_one(by, key="late")
    assert post_one(manager, key="late").document_no == 1
    with scope(acting=here):
        # These books owe money to nobody's invoice, which keeps a period open.
        ask_waiver(period=202604, assertion="payables", reason="Made up", by=by)
        agree_waiver(period=202604, assertion="payables", by=manager)
        close_period(period=202604, by=manager)
    with refused("LED02"):
        post_one(manager, key="later", day=date(2026, 4, 1))


def test_reopening_needs_a_reason_and_a_second_person(world: World) -> None:
    by, manager = opened(world), world.actor("finance_manager@eastmere")
    here = by.organisation_id
    second = world.actor("finance_manager@eastmere")
    second = type(second)(
        world.people["manager@eastmere"].pk, "Second", here, second.rights, second.readable
    )
    with scope(acting=here):
        soft_close_period(period=202604, by=manager)
    for reason, actor in (("Late invoice", manager), (" ", second)):
        with refused("LED08"), scope(acting=here):
            reopen_period(period=202604, reason=reason, by=actor)
    with scope(acting=here):
        assert reopen_period(period=202604, reason="Late invoice", by=second).status == "open"


def test_a_reversal_undoes_once(world: World) -> None:
    by = opened(world)
    ref = post_one(by)
    where = {"period": ref.period, "batch_id": ref.batch_id, "journal_id": ref.journal_id}
    with scope(acting=by.organisation_id):
        back = reverse_journal(**where, on=DAY, reason="Entered twice", by=by)
        assert Reversal.objects.get().by_batch_id == back.batch_id
        with refused("LED05"):
            reverse_journal(**where, on=DAY, reason="Again", by=by)
    with scope(acting=by.organisation_id):
        assert {b.debit_pence - b.credit_pence for b in Balance.objects.all()} == {0}
    assert verified(by.organisation_id) == []
