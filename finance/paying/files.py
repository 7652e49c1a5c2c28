"""The files of a run, made from its rows alone: the same run always gives the same bytes."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from core.working_time import HolidaysUnknown, Nation, national_holidays
from finance.formats.bacs18 import BacsCredit, BacsFile
from finance.formats.bacs18 import write as write_bacs
from finance.formats.bank_csv_out import FasterCredit, FasterFile
from finance.formats.bank_csv_out import write as write_faster
from finance.formats.bank_days import bacs_processing_day, previous_banking_day
from finance.formats.pain001 import PainCredit, PainFile, PainParty
from finance.formats.pain001 import write as write_pain
from finance.models import (
    BankAccount,
    BankProfile,
    PaymentFile,
    PaymentFilePart,
    PaymentRun,
)


class Line(NamedTuple):
    """One payment as the bank needs it."""

    number: int
    pence: int
    sort_code: str
    account: str
    name: str
    reference: str = ""  # what the payee asks to be quoted


def banking_holidays(day: date) -> frozenset[date]:
    """Bank holidays around a day. Bacs keeps those of England and Wales for everyone.

    `HolidaysUnknown` when the year is not published yet.
    """
    years = {day.year, (day - timedelta(days=14)).year}
    return frozenset().union(*(national_holidays(Nation.ENGLAND_AND_WALES, y) for y in years))


def last_day_to_submit(pay_on: date) -> date | None:
    """The last day to hand over the file; None when nothing can arrive on `pay_on`.

    Bacs takes three banking days: the file comes in, is processed the next day, and the money is
    in the account on the third.
    """
    try:
        holidays = banking_holidays(pay_on)
        return previous_banking_day(bacs_processing_day(pay_on, holidays), holidays)
    except (HolidaysUnknown, ValueError):
        return None


def still_in_time(method: str, pay_on: date, today: date) -> bool:
    """Can the money arrive on a day from a file that is handed over today?"""
    if method == PaymentRun.Method.FASTER:
        return pay_on >= today
    submit_by = last_day_to_submit(pay_on)
    return submit_by is not None and submit_by >= today


def bacs_file(
    run: PaymentRun,
    account: BankAccount,
    serial: str,
    made_at: datetime,
    lines: Iterable[Line],
) -> Iterator[bytes]:
    """Bacs Standard 18 in pieces. `Unwritable` with every problem."""
    holidays = banking_holidays(run.pay_on)
    sort_code, number = account.digits()
    file = BacsFile(
        sun=account.service_user,
        serial=serial,
        sort_code=sort_code,
        account=number,
        account_name=account.account_name,
        originator=account.account_name,
        narrative=str(run),
        created_on=timezone.localdate(made_at),
        process_on=bacs_processing_day(run.pay_on, holidays),
        file_number=int(serial) % 1000,
        payments=run.payments,
        total_pence=run.total_pence,
    )
    credits = (
        BacsCredit(p.sort_code, p.account, p.pence, p.name, p.reference or f"PMT-{p.number}")
        for p in lines
    )
    return write_bacs(file, credits, holidays)


def pain_file(
    run: PaymentRun,
    account: BankAccount,
    serial: str,
    made_at: datetime,
    lines: Iterable[Line],
) -> Iterator[bytes]:
    """pain.001.001.09 with the same payments, in pieces. `Unwritable` with every problem."""
    file = PainFile(
        message_id=f"{account.service_user}-{serial}",
        payment_id=f"{account.service_user}-{serial}-1",
        created_at=timezone.localtime(made_at),
        execute_on=run.pay_on,
        service="bacs",
        sun=account.service_user,
        debtor=PainParty(account.account_name, *account.digits()),
        payments=run.payments,
        total_pence=run.total_pence,
    )
    credits = (
        PainCredit(
            f"PMT-{p.number}",
            p.pence,
            PainParty(p.name, p.sort_code, p.account),
            p.reference or f"{run} PMT-{p.number}",
        )
        for p in lines
    )
    return write_pain(file, credits, banking_holidays(run.pay_on))


def faster_file(
    run: PaymentRun,
    account: BankAccount,
    serial: str,
    made_at: datetime,
    lines: Iterable[Line],
) -> Iterator[bytes]:
    """The CSV of the profile that the run was proposed with. `Unwritable` with every problem."""
    profile = BankProfile.objects.get(organisation_id=run.organisation_id, pk=run.profile_id)
    file = FasterFile(
        *account.digits(),
        account_name=account.account_name,
        run=str(run),
        pay_on=run.pay_on,
        payments=run.payments,
        total_pence=run.total_pence,
        most_pence=profile.limit_pence,
    )
    credits = (
        FasterCredit(p.sort_code, p.account, p.pence, p.name, p.reference or f"PMT-{p.number}")
        for p in lines
    )
    return write_faster(file, profile.layout, credits)


def content_of(file: PaymentFile) -> Iterator[bytes]:
    """The bytes handed to the bank, piece by piece; read in an open scope."""
    parts = PaymentFilePart.objects.filter(
        organisation_id=file.organisation_id,
        payment_run_id=file.payment_run_id,
        format=file.format,
    ).order_by("sequence")
    for part in parts.iterator(chunk_size=1):
        yield part.content
