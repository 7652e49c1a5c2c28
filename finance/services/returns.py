"""Payments that come back or were never made: reversed exactly once, their invoices open again.

What the bank has not said is «unknown» and stays so until a statement or a person tells: nothing
is ever paid again by itself.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from core.actors import Actor, require
from core.errors import InvariantBroken
from events.services import record
from finance.banking import reversing
from finance.formats.bank_reports import BankReport as Report
from finance.formats.bank_reports import Item, Outcome
from finance.models import (
    BankAccount,
    BankReport,
    BankReportItem,
    Payment,
    PaymentFile,
    PaymentReturn,
    PaymentRun,
    SourceFile,
)
from finance.permissions import RETURN_PAYMENTS
from finance.rules_bank import BNK09, BNK11
from finance.services import ledger
from finance.services.discounts import post_discounts
from tenants.services import next_number

PAYABLES, TRANSIT = "21000", "16100"
SERIES = "RT"
Kind, Result = PaymentReturn.Kind, BankReportItem.Result
_OURS = re.compile(r"PMT-?0*([1-9][0-9]{0,14})", re.I)


def return_payment(
    *,
    payment: Payment,
    kind: str,
    reason: str,
    by: Actor,
    code: str = "",
    at: datetime | None = None,
) -> PaymentReturn:
    """Reverses one payment by what a person learnt from the bank (BNK09 without it, BNK11).

    Event finance.payment.returned.
    """
    require(by, RETURN_PAYMENTS)
    BNK09.check(reason.strip())
    at = at or timezone.now()
    done = _take_back([(payment.pk, kind, code, reason)], by, at, key=str(payment))
    BNK11.check(done)
    return PaymentReturn.objects.get(organisation_id=by.organisation_id, payment=payment)


def _take_back(
    going: reversing.Going, by: Actor, at: datetime, *, key: str, report: BankReport | None = None
) -> int:
    """Those that can come back do, in one batch of journals; returns how many."""
    _one_at_a_time(by)
    if not going or not reversing.stage(by.organisation_id, going):
        return 0
    day: date = timezone.localdate(at)
    ledger.ensure_periods(days=[day], by=by)
    codings = ledger.coding_ids(pairs=[(PAYABLES, None), (TRANSIT, None)], by=by)
    values = {
        "organisation": by.organisation_id,
        "on": day,
        "at": at,
        "person": by.person_id,
        "name": by.name,
        "report": report.pk if report else None,
        "payables": codings[PAYABLES, None],
        "transit": codings[TRANSIT, None],
    }
    with connection.cursor() as cursor:
        ledger.stage(cursor)
    reversing.stage_journals(values)
    if reversing.any_discount():
        post_discounts(which="return", values=values, sign=1, by=by)
    ledger.post_staged(source="finance.payment_return", key=key, series=SERIES, by=by)
    done, left = reversing.write(values)
    if left:
        raise InvariantBroken(f"{left} invoices of returned payments were not paid.")
    _tell(going, by, at)
    return done


def _one_at_a_time(by: Actor) -> None:
    """Returns and matches wait for each other, so that none is made twice or of a moving thing."""
    accounts = BankAccount.objects.filter(organisation_id=by.organisation_id).order_by("pk")
    list(accounts.select_for_update().values_list("pk"))


def _tell(going: reversing.Going, by: Actor, at: datetime) -> None:
    back = PaymentReturn.objects.filter(
        organisation_id=by.organisation_id, payment_id__in=[g[0] for g in going], made_at=at
    )
    for row in back.select_related("payment"):
        record("finance.payment.returned", row.payment, by=by, at=at, reason=row.reason)


def load_report(*, report: Report, file: SourceFile, by: Actor) -> BankReport:
    """Keeps every answer of a report and reverses what it says came back, each once for good.

    An answer about no payment of ours, of another amount or another file is kept as an exception
    and changes nothing. Event finance.bank_report.loaded.
    """
    require(by, RETURN_PAYMENTS)
    _one_at_a_time(by)
    at = timezone.now()
    items = _items(report, by)
    row = BankReport.objects.create(
        organisation_id=by.organisation_id,
        number=next_number("bank_report", by=by),
        source_file=file,
        format=report.format,
        reference=report.reference[:60],
        file_reference=report.file_reference[:60],
        whole=report.whole or "",
        entries=len(items),
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )
    results = _judge(items, report, by)
    going = [
        (payment.pk, _kind(item), item.code, item.reason or f"Code {item.code or 'not given'}")
        for item, payment, result in results
        if payment is not None and result == Result.REVERSED
    ]
    _write_items(row, results)
    done = _take_back(going, by, at, key=f"{row}", report=row)
    if done != len(going):
        raise InvariantBroken(f"{row} takes back {len(going)} payments; {done} could be.")
    _note_answers(results, by)
    record("finance.bank_report.loaded", row, by=by, at=at, entries=len(items), reversed=done)
    return row


def _kind(item: Item) -> str:
    return Kind.RETURNED if item.outcome == Outcome.RETURNED else Kind.REJECTED


def _run_of_file(reference: str, by: Actor) -> int | None:
    """The run whose file the bank names by service user and serial."""
    user, _, serial = reference.partition("-")
    found = PaymentFile.objects.filter(
        organisation_id=by.organisation_id, service_user=user, serial=serial
    )
    return found.values_list("payment_run_id", flat=True).first()


def _items(report: Report, by: Actor) -> Sequence[Item]:
    """The answers about payments; one about a whole file is one about each payment in it."""
    if report.items or report.whole is None:
        return report.items
    payments = Payment.objects.filter(
        organisation_id=by.organisation_id,
        payment_run_id=_run_of_file(report.file_reference, by),
    ).exclude(state__in=[Payment.State.PROPOSED, Payment.State.REMOVED])
    return [
        Item(
            place, str(row), row.amount_pence, report.whole, reason="The bank's answer to the file"
        )
        for place, row in enumerate(payments.order_by("number"), start=1)
    ]


Judged = tuple[Item, Payment | None, str]


def _judge(items: Sequence[Item], report: Report, by: Actor) -> list[Judged]:
    numbers = {
        item.number: int(found[1]) for item in items if (found := _OURS.search(item.reference))
    }
    rows = Payment.objects.filter(
        organisation_id=by.organisation_id,
        number__in=numbers.values(),
        payment_run__bank_account__isnull=False,
    )
    known = {row.number: row for row in rows.select_related("payment_run__bank_account")}
    run_id = _run_of_file(report.file_reference, by) if report.format == "pain002" else None
    judged: list[Judged] = []
    seen: set[int] = set()
    for item in items:
        payment = known.get(numbers.get(item.number, 0))
        result = _result(item, payment, report, run_id)
        if result == Result.REVERSED and payment is not None:
            result = Result.BEFORE if payment.pk in seen else result
            seen.add(payment.pk)
        judged.append((item, payment, result))
    return judged


def _result(item: Item, payment: Payment | None, report: Report, run_id: int | None) -> str:
    left = (Payment.State.RELEASED, Payment.State.RETURNED)
    if payment is None or payment.state not in left:
        return Result.NO_PAYMENT
    if item.pence is not None and item.pence != payment.amount_pence:
        return Result.OTHER_AMOUNT
    account = payment.payment_run.bank_account
    same_file = (
        account is not None and account.service_user == report.file_reference
        if report.format == "arucs"
        else payment.payment_run_id == run_id
    )
    if not same_file:
        return Result.OTHER_FILE
    if item.outcome not in (Outcome.RETURNED, Outcome.REJECTED):
        return Result.NOTED
    back = payment.state == Payment.State.RETURNED
    return Result.BEFORE if back else Result.REVERSED


def _write_items(report: BankReport, results: Sequence[Judged]) -> None:
    BankReportItem.objects.bulk_create(
        [
            BankReportItem(
                organisation_id=report.organisation_id,
                bank_report=report,
                item_no=place,
                reference=item.reference[:60],
                amount_pence=item.pence,
                outcome=item.outcome,
                reason_code=item.code[:10],
                reason=item.reason[:200],
                payment=payment,
                result=result,
            )
            for place, (item, payment, result) in enumerate(results, start=1)
        ]
    )


def _note_answers(results: Sequence[Judged], by: Actor) -> None:
    for outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN):
        ids = [
            payment.pk
            for item, payment, result in results
            if payment is not None and result == Result.NOTED and item.outcome == outcome
        ]
        rows = Payment.objects.filter(organisation_id=by.organisation_id, pk__in=ids)
        rows.update(answer=outcome.value)


def record_answer(
    *, run: PaymentRun, answer: str, reason: str, by: Actor, at: datetime | None = None
) -> int:
    """What a person learnt from the bank about a whole file: accepted, unknown, or rejected.

    A rejected file reverses all its payments that stand; returns how many that were. Refused:
    BNK09, BNK11. Event finance.payment_run.answered.
    """
    require(by, RETURN_PAYMENTS)
    BNK09.check(reason.strip())
    BNK11.check(run.state == PaymentRun.State.RELEASED and run.bank_account_id is not None)
    at = at or timezone.now()
    rows = Payment.objects.filter(
        organisation_id=by.organisation_id, payment_run=run, state=Payment.State.RELEASED
    )
    done = 0
    if answer == Outcome.REJECTED:
        going = [
            (key, Kind.REJECTED.value, "", reason) for key in rows.values_list("pk", flat=True)
        ]
        done = _take_back(going, by, at, key=f"{run}")
        BNK11.check(done)
    else:
        rows.update(answer=answer)
    record("finance.payment_run.answered", run, by=by, at=at, answer=answer, comment=reason)
    return done
