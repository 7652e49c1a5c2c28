"""The bank files of a run and the serials that name them: made once, for good."""

from concurrent.futures import Future
from datetime import datetime
from functools import partial

from finance.formats.errors import Unwritable
from finance.models import BankAccount, PaymentFile, PaymentRun
from finance.paying import files
from finance.paying.writing import Files, Writer, keep
from finance.rules_payments import PAY12

WRITERS = {
    PaymentRun.Method.BACS: {
        PaymentFile.Format.BACS18: files.bacs_file,
        PaymentFile.Format.PAIN001: files.pain_file,
    },
    PaymentRun.Method.FASTER: {PaymentFile.Format.FASTER: files.faster_file},
}


def account_and_serial(run: PaymentRun) -> tuple[BankAccount, str]:
    """The account that pays, and what names its files.

    Serials of Bacs have no gaps, so Faster Payments take none: the run names its only file.
    """
    account = BankAccount.objects.get(organisation_id=run.organisation_id, pk=run.bank_account_id)
    faster = run.method == PaymentRun.Method.FASTER
    return account, f"F{run.number:05d}" if faster else f"{next_serial(account):06d}"


def writers_of(
    run: PaymentRun, account: BankAccount, serial: str, at: datetime
) -> dict[PaymentFile.Format, Writer]:
    """The files of the run's method.

    The writers count what they write: a file that is not the run to the penny is no file.
    """
    return {
        kind: partial(writer, run, account, serial, at)
        for kind, writer in WRITERS[PaymentRun.Method(run.method)].items()
    }


def keep_files(
    run: PaymentRun, account: BankAccount, serial: str, made: Future[Files], at: datetime
) -> None:
    """Stores the files once they are written (PAY12)."""
    try:
        written = made.result()
    except Unwritable as error:
        raise PAY12.refuse(" ".join(f"{problem}." for problem in error.problems[:5])) from error
    for kind, file in written.items():
        keep(run, kind, file)
        PaymentFile.objects.create(
            organisation_id=run.organisation_id,
            payment_run=run,
            format=kind,
            serial=serial,
            service_user=account.service_user,
            size_bytes=file.length,
            sha256=file.digest.hexdigest(),
            payments=run.payments,
            total_pence=run.total_pence,
            made_at=at,
        )


def next_serial(account: BankAccount) -> int:
    """Gapless per service user: its accounts move on together, their rows locked to commit."""
    accounts = BankAccount.objects.filter(
        organisation_id=account.organisation_id, service_user=account.service_user
    )
    locked = list(accounts.select_for_update().order_by("pk").values_list("next_serial", flat=True))
    serial = max(locked)
    accounts.update(next_serial=serial + 1)
    return serial
