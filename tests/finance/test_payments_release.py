"""Releasing: two people, one file for ever, a ledger that agrees."""

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from core.actors import Actor, Right, system_actor
from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from events.selectors import timeline
from finance.formats import bacs18, pain001
from finance.models import Invoice, JournalLine, Payment, PaymentFile, PaymentRun, SupplierBank
from finance.paying.files import banking_holidays, content_of
from finance.services.payments import cancel_run, note_download, take_out_payments
from tests.finance.payment_books import (
    AT,
    PAY_ON,
    bank,
    books,
    invoice,
    propose,
    release,
    supplier,
)
from tests.world import World


def two_suppliers(by: Actor) -> PaymentRun:
    one = supplier(by, "A")
    invoice(by, one, 10_000)
    invoice(by, one, -2_500)
    invoice(by, supplier(by, "B"), 333)
    return propose(by)


def balance(code: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(l.amount_pence), 0) FROM finance_journalline l"
            " JOIN finance_coding c ON c.organisation_id = l.organisation_id AND c.id = l.coding_id"
            " JOIN finance_account a ON a.organisation_id = c.organisation_id"
            "  AND a.id = c.account_id WHERE a.code = %s",
            [code],
        )
        return int(cursor.fetchone()[0])


def open_invoices() -> int:
    states = [Invoice.State.POSTED, Invoice.State.DISPUTED]
    return sum(row.gross_pence for row in Invoice.objects.filter(state__in=states))


def test_release_makes_files_journal_and_paid_invoices(world: World) -> None:
    by = books(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        invoice(by, supplier(by, "LATER"), 77, due=date(2026, 9, 1))
        run = release(two_suppliers(by), boss)
        assert (run.state, run.released_by_id, run.version) == ("released", boss.person_id, 2)
        assert set(Payment.objects.values_list("state", "batch_id")) == {("released", run.batch_id)}
        invoices = Invoice.objects.order_by("number").values_list("state", "paid_on")
        assert list(invoices) == [("posted", None), *[("paid", PAY_ON)] * 3]
        assert (balance("21000"), balance("16100")) == (-open_invoices(), -7_833)
        lines = JournalLine.objects.filter(batch_id=run.batch_id).order_by("line_no")
        assert [row.amount_pence for row in lines] == [7_500, 333, -7_833]
        texts = [entry.text for entry in timeline(run)]
    assert texts == [
        "Released 2 payments of £78.33 in file 000001",
        "Proposed 2 payments of £78.33; left out: nobody",
    ]


def test_files_are_valid_and_say_the_same(world: World) -> None:
    by = books(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        run = release(two_suppliers(by), boss)
        files = {f.format: f for f in PaymentFile.objects.all()}
        bacs, pain = (b"".join(content_of(files[name])) for name in ("bacs18", "pain001"))
        assert [f.size_bytes for f in files.values()] == [len(bacs), len(pain)]
    assert bacs18.check(bacs) == []
    assert pain001.check(pain, banking_holidays(PAY_ON)) == []
    assert {(f.payments, f.total_pence, f.serial) for f in files.values()} == {(2, 7_833, "000001")}
    assert b" 26168" in bacs.split(b"\r\n")[3]  # processed on 17 June, a day before the money
    assert pain.count(b"<CdtTrfTxInf>") == 2
    assert run.payments == 2


def test_second_release_gives_the_same_bytes(world: World) -> None:
    by = books(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        run = two_suppliers(by)
        release(run, boss)
        before = list(PaymentFile.objects.order_by("id").values_list("id", "sha256"))
        again = release(run, boss, at=AT + timedelta(days=1))
        assert again.released_at == AT
        assert list(PaymentFile.objects.order_by("id").values_list("id", "sha256")) == before
        other = system_actor(by.organisation_id)
        with pytest.raises(Clash):
            release(run, other)


def test_maker_never_releases(world: World) -> None:
    by = books(world)
    both = Actor(
        by.person_id,
        by.name,
        by.organisation_id,
        (*by.rights, Right(by.organisation_id, "finance_manager")),
    )
    with scope(acting=by.organisation_id):
        run = two_suppliers(by)
        for who in (both, system_actor(by.organisation_id)):
            with pytest.raises(Refused) as refusal:
                release(run, who)
            assert refusal.value.code == "PAY03"
        with pytest.raises(IntegrityError), transaction.atomic():
            PaymentRun.objects.filter(pk=run.pk).update(released_by_id=run.made_by_id)


def test_release_within_the_limit_of_the_grant(world: World) -> None:
    by = books(world)
    boss = world.actor("finance_manager@eastmere")  # up to £1,000,000.00
    with scope(acting=by.organisation_id):
        row = supplier(by, "A")
        invoice(by, row, 100_000_000)
        invoice(by, supplier(by, "B"), 1)
        run = propose(by)
        with pytest.raises(NotAllowed):
            release(run, boss)
        with pytest.raises(NotAllowed):
            release(run, by)
        run = take_out_payments(run=run, numbers=[2], version=1, by=by)
        assert release(run, boss).state == "released"


def test_wrong_total_old_version_and_late_day_are_refused(world: World) -> None:
    by = books(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        run = two_suppliers(by)
        with pytest.raises(Clash):
            release(run, boss, version=2)
        for wanted, code in (
            ({"typed_total_pence": 7_834}, "PAY04"),
            ({"at": AT + timedelta(days=2)}, "PAY05"),  # 17 June: Bacs needed it on the 16th
        ):
            with pytest.raises(Refused) as refusal:
                release(run, boss, **wanted)
            assert refusal.value.code == code
        empty = take_out_payments(run=run, numbers=[1, 2], version=1, by=by)
        with pytest.raises(Refused) as refusal:
            release(empty, boss)
        assert refusal.value.code == "PAY10"
        cancelled = cancel_run(run=empty, version=empty.version, by=by)
        with pytest.raises(Refused) as refusal:
            release(cancelled, boss)
        assert refusal.value.code == "PAY08"
        assert PaymentFile.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("dispute", "an invoice in it is no longer posted and open"),
        ("hold", "its supplier is no longer active"),
        ("bank", "the bank details of its supplier changed"),
        ("no bank", "its supplier has no bank details in use"),
    ],
)
def test_what_changed_since_the_proposal_stops_the_release(
    world: World, change: str, words: str
) -> None:
    by = books(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        run = two_suppliers(by)
        row = Payment.objects.get(number=2).supplier
        if change == "dispute":
            Invoice.objects.filter(supplier=row).update(state="disputed")
        elif change == "hold":
            row.status = "held"
            row.save()
        elif change == "bank":
            bank(by, row, account_number="99999999")
        else:
            SupplierBank.objects.filter(supplier=row).update(state="refused")
        with pytest.raises(Refused) as refusal:
            release(run, boss)
        assert refusal.value.code == "PAY06"
        assert refusal.value.message.endswith(f"PMT-2: {words}.")
        run = take_out_payments(run=run, numbers=[2], version=1, by=by)
        assert release(run, boss).total_pence == 7_500


@pytest.mark.parametrize("what", ["invoice", "bank"])
def test_who_entered_an_invoice_or_bank_details_does_not_release(world: World, what: str) -> None:
    by = books(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        run = two_suppliers(by)
        table = Invoice if what == "invoice" else SupplierBank
        table.objects.update(made_by_id=boss.person_id)
        with pytest.raises(Refused) as refusal:
            release(run, boss)
        assert refusal.value.code == "PAY07"


def test_numbers_that_name_payments_to_the_bank_are_never_used_again(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        run = two_suppliers(by)
        cancel_run(run=run, version=1, by=by)
        propose(by)
        names = [str(payment) for payment in Payment.objects.order_by("id")]
    assert names == ["PMT-1", "PMT-2", "PMT-3", "PMT-4"]


def test_download_leaves_a_trace(world: World) -> None:
    by = books(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        run = release(two_suppliers(by), boss)
        file = PaymentFile.objects.get(format="bacs18")
        note_download(file=file, by=by)
        with pytest.raises(NotAllowed):
            note_download(file=file, by=world.actor("auditor@eastmere"))
        newest = timeline(run)[0]
    assert (newest.text, newest.by) == ("Downloaded the Bacs Standard 18 file 000001", by.name)


def test_no_index_of_payments_changes_with_their_release(db: None) -> None:
    """Else each release writes every index again, three times the work (see storage.sql)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = 'finance_payment'::regclass"
        )
        indexes = [definition for (definition,) in cursor.fetchall()]
    assert len(indexes) > 5
    assert [d for d in indexes if re.search(r"\b(state|batch_id|journal_id)\b", d)] == []
