"""Books with a released run, and what the bank says about it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.actors import Actor
from core.scope import scope
from finance.models import BankAccount, PaymentRun, StatementLine
from finance.services.ledger import NewJournal, NewLine, coding_ids, post_journals
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


def paid(pence: int, ref: str = "", text: str = "BACS", day: date = PAY_ON) -> Entry:
    return (day, -pence, ref, text)


def line(number: int = 1) -> StatementLine:
    return StatementLine.objects.order_by("id")[number - 1]


def bank_account() -> BankAccount:
    return account()
