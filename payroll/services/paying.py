"""From committed to paid: payments of net pay and their two files, exactly once."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import tee
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from core.actors import Actor, require
from core.errors import InvariantBroken
from core.money import formatted
from core.outside import may_leave
from core.scope import SCO01, current_scope
from core.states import move
from core.vault import place_in, unseal
from events.services import record
from finance.formats.bacs18 import BacsCredit, BacsFile
from finance.formats.bacs18 import write as write_bacs
from finance.formats.bank_days import bacs_processing_day
from finance.formats.errors import Unwritable
from finance.formats.pain001 import PainCredit, PainFile, PainParty
from finance.formats.pain001 import write as write_pain
from finance.models import BankAccount
from finance.paying.files import banking_holidays, last_day_to_submit
from finance.paying.making import next_serial
from finance.paying.writing import Written, written
from finance.rules_payments import PAY12, PAY13
from finance.services import ledger
from finance.services.ledger import NewJournal, NewLine
from hr.models import PrivateDetails
from hr.selectors.pay import ACCOUNT_IN_USE
from payroll.models import PayAgain, PayFile, PayFilePart, PayRun
from payroll.permissions import RUN_PAY
from payroll.rules import PRL09, PRL17, PRL18
from payroll.services.committing import NET_PAY, SERIES
from payroll.services.runs import MOVES, locked
from runs.faults import fault_point
from runs.models import Run
from runs.services import make_run
from tenants.services import next_number

PAY = "payroll.pay"
# Net pay goes to the account that is in use on the pay day.
_TO_PAY = """
SELECT count(*), coalesce(sum(net_pence), 0)::bigint FROM payroll_payslip
 WHERE organisation_id = %(here)s AND pay_run_id = %(run)s AND net_pence > 0
"""
_ACCOUNTS = f"""
  hr_privatedetails d ON d.organisation_id = %(here)s AND d.employment_id = s.employment_id
   AND {ACCOUNT_IN_USE}
 WHERE s.organisation_id = %(here)s AND s.pay_run_id = %(run)s AND s.net_pence > 0
"""
_PAYMENTS = f"""
INSERT INTO payroll_paypayment (organisation_id, pay_run_id, payslip_id, number, amount_pence,
  details_id, account_name)
SELECT %(here)s, %(run)s, s.id, %(first)s - 1 + row_number() OVER (ORDER BY s.number),
       s.net_pence, d.id, d.account_name FROM payroll_payslip s JOIN {_ACCOUNTS}
"""  # noqa: S608 (of the lines above, no words of people)
_WITHOUT = f"""
SELECT s.name FROM payroll_payslip s LEFT JOIN {_ACCOUNTS} AND d.id IS NULL
 ORDER BY s.number LIMIT 5
"""  # noqa: S608 (as above)
# What files are made of: a run, or payments of one that came back and are made again.
Paid = PayRun | PayAgain


class Credit(NamedTuple):
    """One payment as the bank needs it."""

    number: int
    pence: int
    sort_code: str
    account: str
    name: str
    reference: str

    @property
    def words(self) -> str:
        """What goes with it: a building society finds the account by its own reference alone."""
        return self.reference or f"SALARY {self.number}"


def order_payment(*, pay_run: PayRun, by: Actor) -> Run:
    """Has a worker make the bank files of a committed run; asked again, it is the same work.

    PRL09 unless committed, PRL17 when the money can no longer arrive in time.
    """
    require(by, RUN_PAY)
    now = locked(pay_run)
    PRL09.check(now.state in PayRun.FINAL)
    if now.state == PayRun.State.COMMITTED:
        _check_day(now, timezone.now())
    run = make_run(kind=PAY, key=str(now.number), inputs={"pay_run": now.number}, by=by)
    rows = PayRun.objects.filter(organisation_id=by.organisation_id, pk=now.pk)
    rows.update(run_id=run.pk)
    return run


def _check_day(pay_run: PayRun, at: datetime) -> None:
    submit_by = last_day_to_submit(pay_run.pays_on)
    PRL17.check(submit_by is not None and submit_by >= timezone.localdate(at))


def pay(*, pay_run: PayRun, by: Actor, at: datetime) -> PayRun:
    """Writes payments, files and the journal from net pay control to the bank, all or nothing.

    PRL09, PRL17, PRL18 without an account, PAY12 where a name cannot be written. Event
    payroll.run.paid.
    """
    now = locked(pay_run)
    PRL09.check(now.state == PayRun.State.COMMITTED)
    _check_day(now, at)
    account = now.period.pay_group.bank_account
    payments, total = _write_payments(now, by)
    if total != now.results["net"]:
        raise InvariantBroken(f"{now}: payments of {total} pence are not its net pay.")
    fault_point("payroll.payments")
    serial = make_files(now, account, payments, total, at)
    batch_id = _post(now, account, total, by)
    rows = PayRun.objects.filter(organisation_id=now.organisation_id, pk=now.pk)
    move(rows, MOVES, "pay", expected=1, paid_at=at, pay_batch_id=batch_id)
    said: dict[str, Any] = {"payments": payments, "total": formatted(total)}
    record("payroll.run.paid", now, by=by, at=at, serial=serial, **said)
    return now


def make_files(of: Paid, account: BankAccount, payments: int, total: int, at: datetime) -> str:
    """Writes both files in one pass and keeps them; their serial. PAY12."""
    serial = f"{next_serial(account):06d}"
    # Both take a piece in turn, so that an account is read and opened once.
    copies = tee(_credits(of), len(WRITERS))
    pieces = {
        kind: writer(of, account, serial, at, payments, total, copy)
        for (kind, writer), copy in zip(WRITERS.items(), copies, strict=True)
    }
    try:
        files = written(pieces)
    except Unwritable as error:
        raise PAY12.refuse(" ".join(f"{problem}." for problem in error.problems[:5])) from error
    for kind, file in files.items():
        _keep(of, kind, serial, account, file, (payments, total), at)
    return serial


def _write_payments(pay_run: PayRun, by: Actor) -> tuple[int, int]:
    """A payment for each payslip with net pay, in the order of employee numbers (PRL18).

    How many there are, and what they come to in pence.
    """
    given: dict[str, Any] = {"here": pay_run.organisation_id, "run": pay_run.pk}
    given["day"] = pay_run.pays_on
    with connection.cursor() as cursor:
        cursor.execute(_TO_PAY, given)
        count, total = cursor.fetchone()
        given["first"] = next_number("pay_payment", by=by, count=max(count, 1))
        cursor.execute(_PAYMENTS, given)
        if cursor.rowcount != count:
            cursor.execute(_WITHOUT, given)
            raise PRL18.refuse(", ".join(name for (name,) in cursor.fetchall()))
    return count, total


def _in_run(of: Paid) -> tuple[int, int | None]:
    """The run that payments are of, and what makes them again, if anything does."""
    return (of.pay_run_id, of.pk) if isinstance(of, PayAgain) else (of.pk, None)


def _credits(of: Paid) -> Iterator[Credit]:
    """The payments in the order of their numbers, some at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT p.number, p.amount_pence, p.account_name, d.id, d.account_sealed,"
            " d.reference_sealed"
            " FROM payroll_paypayment p JOIN hr_privatedetails d"
            "  ON d.organisation_id = p.organisation_id AND d.id = p.details_id"
            " WHERE p.organisation_id = %s AND p.pay_run_id = %s"
            "   AND p.pay_again_id IS NOT DISTINCT FROM %s ORDER BY p.number",
            [of.organisation_id, *_in_run(of)],
        )
        here = of.organisation_id
        for number, pence, name, details, sealed, reference in cursor:
            digits = PrivateDetails.opened(here, details, sealed)
            place = place_in(PrivateDetails, "reference_sealed", here, details)
            yield Credit(number, pence, *digits, name, unseal(place, reference))


def _bacs(
    of: Paid, account: BankAccount, serial: str, at: datetime, count: int, total: int,
    lines: Iterable[Credit],
) -> Iterator[bytes]:  # fmt: skip
    pays_on = of.pays_on
    holidays = banking_holidays(pays_on)
    sort_code, number = account.digits()
    file = BacsFile(
        sun=account.service_user, serial=serial, sort_code=sort_code,
        account=number, account_name=account.account_name,
        originator=account.account_name, narrative=str(of),
        created_on=timezone.localdate(at), process_on=bacs_processing_day(pays_on, holidays),
        file_number=int(serial) % 1000, payments=count, total_pence=total,
    )  # fmt: skip
    credits = (BacsCredit(c.sort_code, c.account, c.pence, c.name, c.words) for c in lines)
    return write_bacs(file, credits, holidays)


def _pain(
    of: Paid, account: BankAccount, serial: str, at: datetime, count: int, total: int,
    lines: Iterable[Credit],
) -> Iterator[bytes]:  # fmt: skip
    pays_on = of.pays_on
    file = PainFile(
        message_id=f"{account.service_user}-{serial}",
        payment_id=f"{account.service_user}-{serial}-1",
        created_at=timezone.localtime(at), execute_on=pays_on, service="bacs",
        sun=account.service_user,
        debtor=PainParty(account.account_name, *account.digits()),
        payments=count, total_pence=total,
    )  # fmt: skip
    credits = (
        PainCredit(f"PAY-{c.number}", c.pence, PainParty(c.name, c.sort_code, c.account),
                   c.words)
        for c in lines
    )  # fmt: skip
    return write_pain(file, credits, banking_holidays(pays_on))


WRITERS = {PayFile.Format.BACS18: _bacs, PayFile.Format.PAIN001: _pain}


def written_again(*, file: PayFile) -> Iterator[bytes]:
    """The pieces of a file as its payments make them now."""
    of: Paid = file.pay_again or file.pay_run
    account, count = file.pay_run.period.pay_group.bank_account, file.payments
    writer = WRITERS[PayFile.Format(file.format)]
    return writer(of, account, file.serial, file.made_at, count, file.total_pence, _credits(of))


def _keep(
    of: Paid,
    kind: PayFile.Format,
    serial: str,
    account: BankAccount,
    file: Written,
    control: tuple[int, int],
    at: datetime,
) -> None:
    """Stores a file, sealed."""
    here = {"organisation_id": of.organisation_id}
    run, again = _in_run(of)
    kept = PayFile.objects.create(
        **here, pay_run_id=run, pay_again_id=again, format=kind, serial=serial,
        service_user=account.service_user, size_bytes=file.length,
        sha256=file.digest.hexdigest(), payments=control[0], total_pence=control[1], made_at=at,
    )  # fmt: skip
    PayFilePart.objects.bulk_create(
        PayFilePart(**here, pay_file=kept, sequence=n, **part)
        for n, part in enumerate(PayFilePart.sealed_pieces(of.organisation_id, file.parts), start=1)
    )


def _post(pay_run: PayRun, account: BankAccount, total: int, by: Actor) -> int:
    """Dr net pay control, Cr the bank account, on the pay day: a statement's line ticks it off."""
    codings = ledger.coding_ids(pairs=[(NET_PAY, None)], by=by)
    lines = [
        NewLine(codings[NET_PAY, None], total, str(pay_run)),
        NewLine(account.coding_id, -total, str(pay_run)),
    ]
    words = f"{pay_run} {pay_run.period.pay_group.name}: to the bank"
    journal = NewJournal(pay_run.pays_on, words, lines, "payroll.run", pay_run.pk)
    (posted,) = ledger.post_journals(
        journals=[journal], source="payroll.pay", key=str(pay_run.number), series=SERIES, by=by
    )
    return posted.batch_id


def note_download(*, file: PayFile, by: Actor) -> None:
    """Leaves on the timeline who took the file away: it holds everybody's pay and account.

    PAY13 for one of a rehearsal, SCO01 where nobody is acted for. Event payroll.file.downloaded.
    """
    require(by, RUN_PAY)
    here = current_scope()
    SCO01.check(here is not None and here.acting == by.organisation_id)
    PAY13.check(may_leave(by.organisation_id, file.made_at))
    label = PayFile.Format(file.format).label
    of = file.pay_again or file.pay_run
    record("payroll.file.downloaded", of, by=by, format=label, serial=file.serial)
