"""The two files of a run, made from its rows alone: the same run always gives the same bytes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from core.working_time import HolidaysUnknown, Nation, national_holidays
from finance.formats.bacs18 import BacsCredit, BacsFile
from finance.formats.bacs18 import write as write_bacs
from finance.formats.bank_days import bacs_processing_day
from finance.formats.pain001 import PainCredit, PainFile, PainParty
from finance.formats.pain001 import write as write_pain
from finance.models import BankAccount, PaymentRun


@dataclass(frozen=True)
class Line:
    """One payment as the bank needs it."""

    number: int
    end_to_end: str
    pence: int
    sort_code: str
    account: str
    name: str


def banking_holidays(day: date) -> frozenset[date]:
    """Bank holidays around a day. Bacs keeps those of England and Wales for everyone.

    `HolidaysUnknown` when the year is not published yet.
    """
    years = {day.year, (day - timedelta(days=14)).year}
    return frozenset().union(*(national_holidays(Nation.ENGLAND_AND_WALES, y) for y in years))


def processing_day(pay_on: date) -> date | None:
    """The day the bank must have the file for; None when nothing can arrive on `pay_on`."""
    try:
        return bacs_processing_day(pay_on, banking_holidays(pay_on))
    except (HolidaysUnknown, ValueError):
        return None


def lines_of(run: PaymentRun) -> list[Line]:
    """The payments of a proposed run in the order of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, end_to_end, amount_pence, sort_code, account_number, account_name"
            " FROM finance_payment WHERE organisation_id = %s AND payment_run_id = %s"
            " AND state = 'proposed' ORDER BY number",
            [run.organisation_id, run.pk],
        )
        return [Line(*row) for row in cursor.fetchall()]


def bacs_file(
    run: PaymentRun, account: BankAccount, lines: Collection[Line], serial: str, made_at: datetime
) -> bytes:
    """Bacs Standard 18. `Unwritable` with every problem."""
    holidays = banking_holidays(run.pay_on)
    file = BacsFile(
        sun=account.service_user,
        serial=serial,
        sort_code=account.sort_code,
        account=account.account_number,
        account_name=account.account_name,
        originator=account.account_name,
        narrative=str(run),
        created_on=timezone.localdate(made_at),
        process_on=bacs_processing_day(run.pay_on, holidays),
        file_number=int(serial) % 1000,
        credits=tuple(
            BacsCredit(p.sort_code, p.account, p.pence, p.name, f"PMT-{p.number}") for p in lines
        ),
    )
    return write_bacs(file, holidays)


def pain_file(
    run: PaymentRun, account: BankAccount, lines: Collection[Line], serial: str, made_at: datetime
) -> bytes:
    """pain.001.001.09 with the same payments. `Unwritable` with every problem."""
    file = PainFile(
        message_id=f"{account.service_user}-{serial}",
        payment_id=f"{account.service_user}-{serial}-1",
        created_at=timezone.localtime(made_at),
        execute_on=run.pay_on,
        service="bacs",
        sun=account.service_user,
        debtor=PainParty(account.account_name, account.sort_code, account.account_number),
        credits=tuple(
            PainCredit(
                p.end_to_end,
                p.pence,
                PainParty(p.name, p.sort_code, p.account),
                f"{run} PMT-{p.number}",
            )
            for p in lines
        ),
    )
    return write_pain(file, banking_holidays(run.pay_on))
