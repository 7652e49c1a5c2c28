"""What the bank sends back is reversed once and for good; what it does not say is never guessed."""

from datetime import date

import pytest

from core.errors import Refused
from core.invariants import problems
from core.scope import scope
from finance.models import (
    BankMatch,
    BankReport,
    BankReportItem,
    Invoice,
    Journal,
    Payment,
    PaymentFile,
    PaymentReturn,
    PaymentRun,
)
from finance.services.payments import note_download
from finance.services.returns import record_answer, return_payment
from finance.services.statements import Taken, receive_bank_file
from tests.finance import statement_files as made
from tests.finance.bank_books import OPENING, bank_says, opened, paid, released
from tests.finance.payment_books import propose
from tests.finance.test_bank_matching import true
from tests.finance.test_payments_release import balance, open_invoices
from tests.world import World


def report(by: object, data: bytes) -> Taken:
    return receive_bank_file(name="report.xml", data=data, by=by)  # type: ignore[arg-type]


def states() -> list[tuple[str, int]]:
    return list(Payment.objects.order_by("number").values_list("state", "number"))


def test_a_returned_credit_opens_its_invoice_and_the_money_is_matched_when_it_comes(
    world: World,
) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        released(world, by, 7_500, 333)
        bank_says(by, [paid(7_833)])
        report(by, made.arucs([("PMT-2", 333, "B")]))
        assert states() == [("released", 1), ("returned", 2)]
        row = PaymentReturn.objects.get()
        assert (row.kind, row.reason) == ("returned", "The account is closed")
        back = Invoice.objects.get(gross_pence=333)
        assert (back.state, back.allocated_pence, back.paid_on) == ("posted", 0, None)
        assert (balance("21000"), balance("16100")) == (-open_invoices(), 333)
        true(world)
        day = row.returned_on
        bank_says(
            by, [(day, 333, "PMT-2", "RETURNED")], OPENING - 7_833, reference="S-2", sequence=2
        )
        newest = BankMatch.objects.order_by("-id")[0]
        assert (newest.way, newest.why) == ("reference", "It names PMT-2, which came back")
        assert (balance("16100"), balance("16000")) == (0, OPENING - 7_500)
        true(world)


def test_a_rejected_payment_never_left_and_its_run_is_smaller(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        run = released(world, by, 7_500, 333)
        report(by, made.pain002([("PMT-2", "RJCT", "AC04"), ("PMT-1", "ACSC", "")], group="PART"))
        assert states() == [("released", 1), ("returned", 2)]
        assert PaymentReturn.objects.get().kind == "rejected"
        assert Payment.objects.get(number=1).answer == "accepted"
        assert (balance("16100"), PaymentRun.objects.get(pk=run.pk).cleared) == (-7_500, 1)
        bank_says(by, [paid(7_500)])
        assert BankMatch.objects.get().way == "run"
        assert balance("16100") == 0
        true(world)


def test_a_report_twice_and_a_payment_twice_reverse_once(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        released(world, by, 7_500, 333)
        first = made.arucs([("PMT-2", 333, "B"), ("PMT-2", 333, "B")])
        assert not report(by, first).before
        assert report(by, first).before
        report(by, made.arucs([("PMT-2", 333, "0")], advice="002"))
        results = BankReportItem.objects.order_by("id").values_list("result", flat=True)
        assert list(results) == ["reversed", "before", "before"]
        with pytest.raises(Refused) as refusal:
            return_payment(
                payment=Payment.objects.get(number=2), kind="returned", reason="Again", by=by
            )
        assert refusal.value.code == "BNK11"
        assert PaymentReturn.objects.count() == 1
        true(world)


def test_answers_about_others_are_exceptions_and_change_nothing(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        released(world, by, 7_500, 333)
        report(by, made.arucs([("PMT-9", 1, "0"), ("GIRO", 1, "0"), ("PMT-2", 334, "0")]))
        report(by, made.arucs([("PMT-2", 333, "0")], sun="111111", advice="002"))
        report(by, made.pain002([("PMT-2", "RJCT", "")], file="654321-000099"))
        results = BankReportItem.objects.order_by("id").values_list("result", flat=True)
        assert list(results) == ["no_payment", "no_payment", "amount", "file", "file"]
        assert PaymentReturn.objects.count() == 0
        assert [row.entries for row in BankReport.objects.order_by("id")] == [3, 1, 1]


def test_unknown_is_never_sent_again_and_a_statement_settles_it(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        run = released(world, by, 7_500)
        file = PaymentFile.objects.get(format="bacs18")
        record_answer(run=run, answer="unknown", reason="The line broke", by=by)
        with pytest.raises(Refused) as refusal:
            note_download(file=file, by=by)
        assert refusal.value.code == "PAY14"
        with pytest.raises(Refused) as refusal:
            propose(by)  # its invoice is still paid, so nothing is due
        assert refusal.value.code == "PAY02"
        bank_says(by, [paid(7_500)])
        assert Payment.objects.get().answer == "accepted"
        note_download(file=file, by=by)


def test_a_status_nobody_knows_is_unknown(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        released(world, by, 7_500)
        report(by, made.pain002([("PMT-1", "QQQQ", "")]))
        assert Payment.objects.get().answer == "unknown"
        assert states() == [("released", 1)]


@pytest.mark.parametrize("how", ["report", "person"])
def test_a_file_that_was_rejected_whole_can_be_paid_again(world: World, how: str) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        run = released(world, by, 7_500, 333)
        if how == "report":
            report(by, made.pain002([], group="RJCT"))
        else:
            assert record_answer(run=run, answer="rejected", reason="It came late", by=by) == 2
        assert states() == [("returned", 1), ("returned", 2)]
        assert (balance("16100"), balance("21000")) == (0, -open_invoices())
        again = propose(by)
        assert (again.payments, again.total_pence) == (2, 7_833)
        with pytest.raises(Refused):
            record_answer(run=run, answer="rejected", reason="Once more", by=by)
        true(world)


def test_what_a_statement_shows_comes_back_as_money_whatever_it_is_called(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        released(world, by, 7_500)
        bank_says(by, [paid(7_500)])
        return_payment(payment=Payment.objects.get(), kind="rejected", reason="By telephone", by=by)
        assert PaymentReturn.objects.get().kind == "returned"
        assert balance("16100") == 7_500
        true(world)


def test_a_broken_promise_about_returns_is_found(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        run = released(world, by, 7_500)
        PaymentRun.objects.filter(pk=run.pk).update(cleared=1)
        Payment.objects.update(state="returned")
        found = {one.name for one in problems(world.id("eastmere"))}
        assert {
            "A payment run counts as cleared what statements show and what never left",
            "A payment is returned exactly when it was reversed, once",
        } <= found


def test_dates_of_returns_are_in_open_periods(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        released(world, by, 7_500)
        return_payment(payment=Payment.objects.get(), kind="returned", reason="Closed", by=by)
        row = PaymentReturn.objects.get()
        assert row.period == row.returned_on.year * 100 + row.returned_on.month
        assert row.returned_on >= date(2026, 6, 1)
        of_it = Journal.objects.filter(
            subject_key="finance.payment_return", subject_id=row.payment_id
        )
        assert of_it.count() == 1
