"""Payments that come back or were never made: reversed exactly once, their invoices open again.

What the bank has not said is «unknown» and stays so until a statement or a person tells: nothing
is ever paid again by itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from core.actors import Actor, require
from core.errors import InvariantBroken
from events.services import record
from finance.banking import reversing
from finance.banking.accounts import lock_accounts
from finance.banking.others import MAKERS, Answer, Known, Maker
from finance.formats.bank_reports import BankReport as Report
from finance.formats.bank_reports import Item, Outcome
from finance.models import (
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
    lock_accounts(by.organisation_id)
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


def _tell(going: reversing.Going, by: Actor, at: datetime) -> None:
    back = PaymentReturn.objects.filter(
        organisation_id=by.organisation_id, payment_id__in=[g[0] for g in going], made_at=at
    )
    for row in back.select_related("payment"):
        record("finance.payment.returned", row.payment, by=by, at=at, reason=row.reason)


@dataclass(frozen=True)
class Judged:
    """An answer: the payment that it is about, who made that (None: it is ours), and the result."""

    item: Item
    payment: Known | None
    maker: Maker | None
    result: str

    @property
    def reason(self) -> str:
        return self.item.reason or f"Code {self.item.code or 'not given'}"


def load_report(*, report: Report, file: SourceFile, by: Actor) -> BankReport:
    """Keeps every answer of a report and reverses what it says came back, each once for good.

    Payments that other apps made are theirs to reverse (finance.banking.others). An answer about
    nobody's payment, of another amount or another file is kept as an exception and changes
    nothing. Event finance.bank_report.loaded.
    """
    require(by, RETURN_PAYMENTS)
    lock_accounts(by.organisation_id)
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
    _write_items(row, results)
    wanted = [one for one in results if one.result == Result.REVERSED and one.payment is not None]
    ours = [
        (one.payment.key, _kind(one.item), one.item.code, one.reason)
        for one in wanted
        if one.payment is not None and one.maker is None
    ]
    done = _take_back(ours, by, at, key=f"{row}", report=row)
    done += _hand_on(wanted, row, by, at)
    if done != len(wanted):
        raise InvariantBroken(f"{row} takes back {len(wanted)} payments; {done} could be.")
    _note_answers(results, by)
    record("finance.bank_report.loaded", row, by=by, at=at, entries=len(items), reversed=done)
    return row


def _kind(item: Item) -> str:
    return Kind.RETURNED if item.outcome == Outcome.RETURNED else Kind.REJECTED


def _hand_on(wanted: Sequence[Judged], report: BankReport, by: Actor, at: datetime) -> int:
    """What other apps made is taken back by them; returns how many."""
    done = 0
    for maker in MAKERS.values():
        answers = [
            Answer(one.payment.key, one.item.outcome == Outcome.RETURNED, one.item.code, one.reason)
            for one in wanted
            if one.payment is not None and one.maker is maker
        ]
        if answers:
            done += maker.take_back(answers=answers, report=report, by=by, at=at)
    return done


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
    found = [(str(row), row.amount_pence) for row in payments.order_by("number")]
    for maker in MAKERS.values():
        found += maker.of_file(report.file_reference, by)
    return [
        Item(place, reference, pence, report.whole, reason="The bank's answer to the file")
        for place, (reference, pence) in enumerate(found, start=1)
    ]


def _judge(items: Sequence[Item], report: Report, by: Actor) -> list[Judged]:
    references = sorted({item.reference for item in items})
    ours = _known(references, report, by)
    theirs = [(maker, maker.known(references, report, by)) for maker in MAKERS.values()]
    judged: list[Judged] = []
    seen: set[tuple[Maker | None, int]] = set()
    for item in items:
        maker, payment = None, ours.get(item.reference)
        for other, known in theirs if payment is None else ():
            if item.reference in known:
                maker, payment = other, known[item.reference]
        result = _result(item, payment)
        if result == Result.REVERSED and payment is not None:
            key = (maker, payment.key)
            result = Result.BEFORE if key in seen else result
            seen.add(key)
        judged.append(Judged(item, payment, maker, result))
    return judged


def _known(references: Sequence[str], report: Report, by: Actor) -> dict[str, Known]:
    """Payments of this app that left, by the references that name them."""
    numbers = {one: int(named[1]) for one in references if (named := _OURS.search(one))}
    rows = Payment.objects.filter(
        organisation_id=by.organisation_id,
        number__in=numbers.values(),
        payment_run__bank_account__isnull=False,
        state__in=[Payment.State.RELEASED, Payment.State.RETURNED],
    )
    by_number = {row.number: row for row in rows.select_related("payment_run__bank_account")}
    run_id = _run_of_file(report.file_reference, by) if report.format == "pain002" else None
    found: dict[str, Known] = {}
    for reference, number in numbers.items():
        row = by_number.get(number)
        if row is not None:
            account = row.payment_run.bank_account
            same_file = (
                account is not None and account.service_user == report.file_reference
                if report.format == "arucs"
                else row.payment_run_id == run_id
            )
            back = row.state == Payment.State.RETURNED
            found[reference] = Known(row.pk, row.amount_pence, same_file, back)
    return found


def _result(item: Item, payment: Known | None) -> str:
    if payment is None:
        return Result.NO_PAYMENT
    if item.pence is not None and item.pence != payment.pence:
        return Result.OTHER_AMOUNT
    if not payment.same_file:
        return Result.OTHER_FILE
    if item.outcome not in (Outcome.RETURNED, Outcome.REJECTED):
        return Result.NOTED
    return Result.BEFORE if payment.back else Result.REVERSED


def _write_items(report: BankReport, results: Sequence[Judged]) -> None:
    BankReportItem.objects.bulk_create(
        [
            BankReportItem(
                organisation_id=report.organisation_id,
                bank_report=report,
                item_no=place,
                reference=one.item.reference[:60],
                amount_pence=one.item.pence,
                outcome=one.item.outcome,
                reason_code=one.item.code[:10],
                reason=one.item.reason[:200],
                payment_id=one.payment.key if one.payment and one.maker is None else None,
                maker=one.maker.name if one.maker else "",
                result=one.result,
            )
            for place, one in enumerate(results, start=1)
        ]
    )


def _note_answers(results: Sequence[Judged], by: Actor) -> None:
    for outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN):
        ids = [
            one.payment.key
            for one in results
            if one.payment is not None and one.maker is None
            and one.result == Result.NOTED and one.item.outcome == outcome
        ]  # fmt: skip
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
