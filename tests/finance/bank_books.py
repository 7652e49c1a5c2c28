"""Books with a released run, and what the bank says about it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Sum

from core.actors import Actor
from core.scope import scope
from finance.models import (
    BankAccount,
    BankReport,
    BankStatement,
    JournalLine,
    Payment,
    PaymentRun,
    StatementLine,
)
from finance.services.ledger import NewJournal, NewLine, coding_ids, post_journals
from finance.services.matching import Coded, NewMatch, make_matches, undo_match
from finance.services.reconciliations import prepare_reconciliation
from finance.services.statements import Taken, receive_bank_file
from tests.finance import statement_files as made
from tests.finance.payment_books import PAY_ON, account, books, invoice, propose, release, supplier
from tests.finance.statement_files import Entry
from tests.world import World

JULY = datetime(2026, 7, 3, 10, tzinfo=ZoneInfo("Europe/London"))
OPENING = 100_000


def opened(world: World, slug: str = "eastmere", opening: int = OPENING) -> Actor:
    """A finance officer whose account has `opening` in the ledger since May, and an account."""
    by = books(world, slug)
    with scope(acting=by.organisation_id):
        post_book(by, date(2026, 5, 29), opening, "Balance brought forward")
    return by


def post_book(by: Actor, day: date, pence: int, text: str) -> None:
    """A journal of the ledger that moves the bank without any payment."""
    codes = coding_ids(pairs=[("16000", None), ("41000", None)], by=by)
    lines = [NewLine(codes["16000", None], pence, text), NewLine(codes["41000", None], -pence)]
    post_journals(
        journals=[NewJournal(day, text, lines)], source="test.book", key=text, series="GR", by=by
    )


def released(world: World, by: Actor, *amounts: int, at: datetime | None = None) -> PaymentRun:
    """A run of one payment for each amount, in an open scope; suppliers P1, P2 …"""
    slug = next(s for s, o in world.organisations.items() if o.pk == by.organisation_id)
    for number, pence in enumerate(amounts, start=1):
        invoice(by, supplier(by, f"P{number}X{pence}"), pence)
    run = propose(by)
    return release(run, world.actor(f"finance_manager@{slug}"))


def bank_says(by: Actor, entries: list[Entry], opening: int = OPENING, **facts: object) -> Taken:
    """A camt.053 statement, taken in."""
    data = made.camt053(entries, opening, **facts)  # type: ignore[arg-type]
    return receive_bank_file(name="statement.xml", data=data, by=by)


def fill(by: Actor, payment: Payment, *, words: str = "ENTRY", many: int = 1) -> dict[str, int]:
    """Statements, matches, an undone one, a report and a sheet, with `many` of each thing.

    `words` is in every text. Opens scopes of its own: the ledger adds up at commit.
    """
    here = by.organisation_id
    days = [date(2026, 6, 30) - timedelta(days=many - 1 - place) for place in range(many)]
    entries = [[(day, -100 - n) for n in range(many)] + [(day, -9)] * (many + 1) for day in days]
    with scope(acting=here):
        own = account()
        digits = own.digits()
        moved = JournalLine.objects.filter(coding_id=own.coding_id)
        opening = moved.aggregate(pence=Sum("amount_pence"))["pence"] or 0
        data = made.mt940_in_words(*digits, words, entries, opening)
        file = receive_bank_file(name=f"{words}.sta", data=data, by=by).file
    with scope(acting=here):
        for statement in BankStatement.objects.order_by("number"):
            lines = list(statement.lines.order_by("line_no")[:many])
            coded = tuple(Coded("54800", one.amount_pence) for one in lines)
            ids = tuple(one.pk for one in lines)
            wanted = [NewMatch(ids, "person", words, coded=coded)]
            (match,) = make_matches(account=own, wanted=wanted, by=by)
        other = statement.lines.order_by("-line_no")[0].pk
        wanted = [NewMatch((other,), "person", words, coded=(Coded("54800", -9),))]
        (wrong,) = make_matches(account=own, wanted=wanted, by=by)
        undo_match(match=wrong, reason=words, by=by)
        refs = [(f"{words}{n}", 5, "Z") for n in range(many)]
        refs.append((str(payment), payment.amount_pence, "Z"))
        data = made.arucs(refs, own.service_user, words, words)
        receive_bank_file(name=f"{words}.xml", data=data, by=by)
    with scope(acting=here):
        prepare_reconciliation(account=own, period=202606, by=by, at=JULY)
        report = BankReport.objects.get()
    return {
        "bank_account": own.pk,
        "statement": statement.number,
        "line": many + 1,
        "bank_file": file.number,
        "match": match.number,
        "report": report.number,
    }


def paid(pence: int, ref: str = "", text: str = "BACS", day: date = PAY_ON) -> Entry:
    return (day, -pence, ref, text)


def line(number: int = 1) -> StatementLine:
    return StatementLine.objects.order_by("id")[number - 1]


def bank_account() -> BankAccount:
    return account()
