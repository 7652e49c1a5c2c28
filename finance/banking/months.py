"""When a month of an account can be reconciled, and what stands in the way."""

from calendar import monthrange
from datetime import date

from core.errors import NotFound
from core.money import formatted
from finance.banking.sheet import Sheet
from finance.formats.bank_days import is_banking_day, previous_banking_day
from finance.models import BankAccount
from finance.paying.files import banking_holidays


def last_day(period: int) -> date:
    """The last day of a period yyyymm; NotFound for one that there cannot be."""
    year, month = divmod(period, 100)
    if not (1990 <= year <= 2100 and 1 <= month <= 12):
        raise NotFound("There is no such month.")
    return date(year, month, monthrange(year, month)[1])


def obstacle(account: BankAccount, period: int, sheet: Sheet | None, *, today: date) -> str:
    """Why the period cannot be reconciled yet, with what to do; empty when it can."""
    on = last_day(period)
    if on >= today:
        return "The period has not ended."
    if sheet is None or sheet.reaches is None:
        return "No statement of it has come. Load its statements first."
    if sheet.links:
        first = sheet.links[0]
        gap = formatted(abs(first.difference_pence))
        return (
            f"Between BST-{first.before} and BST-{first.number} {gap} is missing or doubled."
            " Load the statement that lies between them."
        )
    holidays = banking_holidays(on)
    needed = on if is_banking_day(on, holidays) else previous_banking_day(on, holidays)
    if sheet.reaches < needed:
        return f"Statements reach to {sheet.reaches:%d %B %Y} only. Load the later ones first."
    if sheet.brought_pence:
        return (
            f"The first statement opens with {formatted(sheet.brought_pence)} more than the ledger"
            " had then. Post that difference before its first day."
        )
    return ""
