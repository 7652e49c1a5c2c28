"""Statements come in once, entries are matched for a reason, and the ledger agrees to the penny."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import Clash, NotAllowed, Refused
from core.invariants import problems
from core.scope import scope
from finance.banking.passes import Suggestion, chosen, suggestions
from finance.models import (
    BankMatch,
    BankStatement,
    MatchedItem,
    Payment,
    PaymentRun,
    SourceFile,
    StatementLine,
)
from finance.services.matching import (
    Coded,
    NewMatch,
    accept_suggestions,
    make_matches,
    undo_match,
)
from finance.services.payments import create_bank_account
from finance.services.statements import choose_bank_columns, receive_bank_file
from tests.finance import statement_files as made
from tests.finance.bank_books import (
    OPENING,
    bank_account,
    bank_says,
    line,
    opened,
    paid,
    post_book,
    released,
)
from tests.finance.payment_books import PAY_ON, invoice, propose, release, supplier
from tests.finance.test_payments_release import balance
from tests.world import World

# Invoices of `payment_books` have neither lines nor the key of their journal.
SHORT = (
    "An invoice is the sum of its lines",
    "Invoices have a journal exactly when their state says so",
    "Trade payables in the ledger equal the invoices that are open",
)


def true(world: World, slug: str = "eastmere") -> None:
    """Nothing is broken once the ledger has sealed what was posted, as it does at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    broken = {one.name: one.text for one in problems(world.id(slug))}
    assert {name: text for name, text in broken.items() if name not in SHORT} == {}


def test_a_run_as_one_debit_is_matched_by_itself(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        run = released(world, by, 7_500, 333)
        assert (balance("16000"), balance("16100")) == (OPENING, -7_833)
        bank_says(by, [paid(7_833)])
        (match,) = BankMatch.objects.all()
        assert (match.way, match.automatic, match.matched_on) == ("run", True, PAY_ON)
        assert match.why == "The total of PAY-1, 2 payments for 18 June"
        assert (balance("16000"), balance("16100")) == (OPENING - 7_833, 0)
        assert MatchedItem.objects.filter(live=True, kind="payment").count() == 2
        assert line().matched_pence == -7_833
        assert PaymentRun.objects.get(pk=run.pk).cleared == 2
        true(world)


@pytest.mark.parametrize(
    ("entry", "way", "why"),
    [
        (paid(7_500, "PMT-1"), "reference", "It names PMT-1, and the amount is the same"),
        (
            paid(7_500, text="FASTER PAYMENT SUPPLIER P1X7500"),
            "name",
            "PMT-1 to Supplier P1X7500: the same amount and name",
        ),
    ],
)
def test_single_payments_are_matched_by_reference_and_by_name(
    world: World, entry: made.Entry, way: str, why: str
) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        released(world, by, 7_500, 333)
        bank_says(by, [entry])
        (match,) = BankMatch.objects.all()
        assert (match.way, match.why, match.automatic) == (way, why, True)
        assert balance("16100") == -333
        true(world)


def test_what_only_has_the_amount_is_suggested_and_no_more(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        released(world, by, 7_500, 333)
        bank_says(by, [paid(333)])
        assert BankMatch.objects.count() == 0
        found = suggestions(bank_account())[line().pk]
        assert (found.way, found.exact) == ("amount", False)
        assert found.why == "PMT-2 to Supplier P2X333 has the same amount"
        accept_suggestions(account=bank_account(), line_ids=[line().pk], by=by)
        assert balance("16100") == -7_500
        true(world)


def test_equal_payments_are_never_guessed_and_each_is_given_once(world: World) -> None:
    """Identical payments of one day are real: both entries get one of them."""
    by = opened(world)
    with scope(acting=by.organisation_id):
        for code in ("SAME-A", "SAME-B"):
            invoice(by, supplier(by, code), 500)
        run = propose(by)
        release(run, world.actor("finance_manager@eastmere"))
        bank_says(by, [paid(500), paid(500)])
        assert BankMatch.objects.count() == 0
        found = suggestions(bank_account())
        assert sorted(s.ids for s in found.values()) == sorted(
            (key,) for key in Payment.objects.values_list("pk", flat=True)
        )
        accept_suggestions(account=bank_account(), line_ids=list(found), by=by)
        assert balance("16100") == 0
        true(world)


def test_an_entry_of_the_ledger_is_ticked_and_not_posted_again(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        post_book(by, date(2026, 6, 17), 50_000, "Grant of June")
        before = balance("16000")
        bank_says(by, [(date(2026, 6, 17), 50_000, "", "GRANT")])
        (match,) = BankMatch.objects.all()
        assert (match.way, match.batch_id) == ("ledger", None)
        assert match.why == "In the ledger already on 17 June: Grant of June"
        assert balance("16000") == before
        true(world)


@pytest.mark.parametrize(
    ("pence", "text", "code"),
    [
        (-250, "ACCOUNT CHARGES", "54800"),
        (-90, "DEBIT INTEREST", "59000"),
        (120, "GROSS INTEREST", "49000"),
        (-400, "HMRC PAYE", "21510"),
        (900, "A STRANGER", "16200"),
    ],
)
def test_fees_interest_and_strangers_are_coded_by_rule(
    world: World, pence: int, text: str, code: str
) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        bank_says(by, [(PAY_ON, pence, "", text)])
        assert BankMatch.objects.count() == 0  # never without a person
        accept_suggestions(account=bank_account(), line_ids=[line().pk], by=by)
        assert (balance(code), balance("16000")) == (-pence, OPENING + pence)
        true(world)


def test_many_to_one_and_one_to_many_by_a_person(world: World) -> None:
    """A debit of two parts for one run, and a debit with a fee inside."""
    by = opened(world)
    with scope(acting=by.organisation_id):
        run = released(world, by, 7_000, 800)
        bank_says(by, [paid(5_000), paid(2_800), paid(40, text="A FEE AND MORE")])
        ids = list(StatementLine.objects.order_by("id").values_list("pk", flat=True))
        two = NewMatch(tuple(ids[:2]), "person", "Two parts", runs=(run.pk,))
        fee = NewMatch((ids[2],), "person", "A fee", coded=(Coded("54800", -30),))
        make_matches(account=bank_account(), wanted=[two, fee], by=by)
        assert [line(n).matched_pence for n in (1, 2, 3)] == [-5_000, -2_800, -30]
        assert (balance("16100"), balance("54800")) == (0, 30)
        rest = NewMatch((ids[2],), "person", "The rest", coded=(Coded("59000", -10),))
        make_matches(account=bank_account(), wanted=[rest], by=by)
        assert line(3).matched_pence == -40
        true(world)


def test_sums_accounts_and_what_is_gone_are_refused(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        released(world, by, 7_500, 333)
        bank_says(by, [paid(7_833), paid(100, text="X")])
        done, free = line(1).pk, line(2).pk
        payment = Payment.objects.order_by("id")[0].pk
        for wanted, code in (
            (NewMatch((free,), "person", "x", coded=(Coded("54800", -101),)), "BNK05"),
            (NewMatch((free,), "person", "x", coded=(Coded("54800", 100),)), "BNK05"),
            (NewMatch((free,), "person", "x", coded=(Coded("21000", -100),)), "BNK14"),
            (NewMatch((done,), "person", "x", coded=(Coded("54800", -1),)), "BNK08"),
            (NewMatch((free, free), "person", "x", coded=(Coded("54800", -1),)), "BNK08"),
        ):
            with pytest.raises(Refused) as refusal, transaction.atomic():
                make_matches(account=bank_account(), wanted=[wanted], by=by)
            assert refusal.value.code == code
        with pytest.raises(Clash), transaction.atomic():
            wanted = NewMatch((free,), "person", "x", payments=(payment,))
            make_matches(account=bank_account(), wanted=[wanted], by=by)
        with pytest.raises(NotAllowed):
            accept_suggestions(
                account=bank_account(), line_ids=[free], by=world.actor("auditor@eastmere")
            )


def test_undoing_reverses_and_opens_everything_again(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        run = released(world, by, 7_500, 333)
        bank_says(by, [paid(7_833)])
        match = BankMatch.objects.get()
        with pytest.raises(Refused) as refusal:
            undo_match(match=match, reason=" ", by=by)
        assert refusal.value.code == "BNK09"
        undo_match(match=match, reason="Another run", by=by)
        assert (balance("16000"), balance("16100")) == (OPENING, -7_833)
        assert (line().matched_pence, PaymentRun.objects.get(pk=run.pk).cleared) == (0, 0)
        with pytest.raises(Refused) as refusal:
            undo_match(match=match, reason="Again", by=by)
        assert refusal.value.code == "BNK08"
        accept_suggestions(account=bank_account(), line_ids=[line().pk], by=by)
        assert balance("16100") == 0
        true(world)


@pytest.mark.parametrize("again", ["same", "mt940", "ofx", "csv"])
def test_the_same_statement_is_recognised_in_any_format(world: World, again: str) -> None:
    by = opened(world)
    entries = [paid(7_833), paid(250, text="CHARGES")]
    with scope(acting=by.organisation_id):
        bank_says(by, entries)
        data = {
            "same": made.camt053(entries),
            "mt940": made.mt940(entries),
            "ofx": made.ofx(entries),
            "csv": made.csv(entries),
        }[again]
        taken = receive_bank_file(name="again", data=data, by=by)
        assert (taken.before, list(taken.statements)) == (True, [])
        assert (BankStatement.objects.count(), StatementLine.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (made.camt053(number="11111111"), "BNK01"),
        (made.camt053(currency="EUR"), "BNK02"),
        (made.csv(headings="Date,Type,Sort code,Account number,Details,Ref,Debit,Credit,Other\n"),
         "BNK03"),
    ],
)  # fmt: skip
def test_statements_that_cannot_be_ours_are_refused(world: World, data: bytes, code: str) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        with pytest.raises(Refused) as refusal, transaction.atomic():
            receive_bank_file(name="s", data=data, by=by)
        assert refusal.value.code == code
        assert SourceFile.objects.count() == 0


def test_entries_that_came_before_are_refused_and_a_next_page_is_not(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        bank_says(by, [paid(100), paid(200)])
        with pytest.raises(Refused) as refusal, transaction.atomic():
            bank_says(by, [paid(200), paid(300)], opening=OPENING - 100)
        assert refusal.value.code == "BNK04"
        bank_says(by, [paid(200, text="ONE MORE")], opening=OPENING - 300)
        assert BankStatement.objects.count() == 2


def test_columns_are_chosen_once_for_a_layout(world: World) -> None:
    by = opened(world)
    odd = made.HEADINGS.replace("Debit Amount", "Soll").replace("Credit Amount", "Haben")
    with scope(acting=by.organisation_id):
        taken = receive_bank_file(name="b.csv", data=made.csv([paid(5)], headings=odd), by=by)
        assert (taken.file.state, taken.statements) == ("uploaded", ())
        columns = {**taken.file.mapping, "paid_out": 6, "paid_in": 7}
        (loaded,) = choose_bank_columns(file=taken.file, columns=columns, by=by)
        assert loaded.closing_pence == OPENING - 5
        with pytest.raises(Refused) as refusal:
            choose_bank_columns(file=SourceFile.objects.get(), columns=columns, by=by)
        assert refusal.value.code == "BNK12"
        data = made.csv([paid(6)], OPENING - 5, headings=odd)
        assert len(receive_bank_file(name="c.csv", data=data, by=by).statements) == 1


def test_each_account_is_matched_and_kept_apart(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        second = create_bank_account(
            name="Second", sort_code="089999", account_number="11111111", account_name="Council",
            service_user="654321", by=world.actor("administrator@eastmere"),
        )  # fmt: skip
        released(world, by, 7_833)
        bank_says(by, [paid(7_833)], number="11111111")
        assert BankMatch.objects.count() == 0  # the run was paid from the other account
        assert second.coding_id != bank_account().coding_id
        make_matches(
            account=second,
            wanted=[NewMatch((line().pk,), "person", "x", coded=(Coded("54800", -7_833),))],
            by=by,
        )
        assert balance("16000") == OPENING - 7_833
        true(world)


def test_the_database_holds_statements_and_matches(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        bank_says(by, [paid(100)])
        row = line()
        for change in (
            "UPDATE finance_statementline SET matched_pence = -101",
            "UPDATE finance_statementline SET matched_pence = 1",
            "UPDATE finance_statementline SET amount_pence = -1",
            "UPDATE finance_bankstatement SET closing_pence = 1",
        ):
            with pytest.raises(Exception, match=r"violates|stay as they came|denied"):
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(change)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.pk, row.line_no = None, 2
            row.save(force_insert=True)


def suggestion(line_id: int, kind: str, ids: tuple[int, ...], **facts: object) -> Suggestion:
    given = {"rank": 2, "way": "x", "exact": True, "why": "", **facts}
    return Suggestion(line_id, kind=kind, ids=ids, **given)  # type: ignore[arg-type]


def test_a_run_and_its_payments_are_not_both_given() -> None:
    run = suggestion(1, "run", (9,), rank=1)
    part = suggestion(2, "payment", (5,), runs=(9,))
    assert list(chosen([run, part])) == [1]
    assert list(chosen([part, suggestion(1, "run", (9,), rank=6)])) == [2]


def test_two_that_fit_one_are_not_exact() -> None:
    found = chosen([suggestion(1, "payment", (5,)), suggestion(2, "payment", (5,))])
    assert [(s.line_id, s.exact) for s in found.values()] == [(1, False)]
    found = chosen([suggestion(1, "payment", (5,)), suggestion(1, "payment", (6,))])
    assert [(s.ids, s.exact) for s in found.values()] == [((5,), False)]
