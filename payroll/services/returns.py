"""Net pay that did not arrive: reversed exactly once, told of, and owed again.

Nothing is ever paid again by itself (payroll.services.paying_again).
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from approvals.services.notices import tell_all
from core.actors import Actor, require
from core.outside import may_leave
from core.vault import next_ids
from events.services import record
from finance.banking.others import Answer
from finance.models import BankReport
from finance.services import ledger
from finance.services.ledger import NewJournal, NewLine
from payroll.models import PayPayment, PayReturn, PayRun
from payroll.permissions import RUN_PAY
from payroll.rules import PRL13, PRL25, PRT01, PRT09
from payroll.selectors.returns import last_payment, of_first_file
from payroll.services.committing import NET_PAY, SERIES

Kind = PayReturn.Kind


def return_pay(
    *, pay_run: PayRun, employee: int, kind: str, reason: str, by: Actor, code: str = "",
    at: datetime,
) -> PayReturn:  # fmt: skip
    """Reverses the last payment of somebody by what a person learnt from the bank.

    NotFound for who was not paid. PRL13 without a reason, PRL25 for one's own, PRT01 for what came
    back before, and for what was made in a rehearsal. Event payroll.run.came_back.
    """
    require(by, RUN_PAY)
    PRL13.check(reason.strip())
    payment = last_payment(pay_run, employee)
    PRL25.check(payment.payslip.employment.person_id != by.person_id)
    again = payment.pay_again
    made_at = again.released_at if again else pay_run.paid_at
    PRT01.check(made_at and may_leave(by.organisation_id, made_at))
    answer = Answer(payment.pk, Kind(kind) == Kind.RETURNED, code, reason.strip())
    PRT01.check(_take_back([answer], None, by, at, key=str(payment)))
    return PayReturn.objects.get(organisation_id=by.organisation_id, payment=payment)


def return_file(
    *, pay_run: PayRun, typed_total_pence: int, reason: str, by: Actor, code: str = "", at: datetime
) -> int:
    """Reverses the bank file of a run whole, which was turned down; how many payments.

    As with one payment nothing is paid again before somebody proposes it and a second person
    releases it.

    PRL13 without a reason, PRT01 where all came back before and for what was made in a rehearsal,
    PRT09 for another total than that of the payments left. Event payroll.run.came_back.
    """
    require(by, RUN_PAY)
    PRL13.check(reason.strip())
    run = PayRun.objects.select_for_update().get(organisation_id=by.organisation_id, pk=pay_run.pk)
    PRT01.check(run.paid_at and may_leave(by.organisation_id, run.paid_at))
    rows = dict(of_first_file(run).values_list("pk", "amount_pence"))
    PRT01.check(rows)
    PRT09.check(sum(rows.values()) == typed_total_pence)
    answers = [Answer(key, returned=False, code=code, reason=reason.strip()) for key in rows]
    return _take_back(answers, None, by, at, key=f"{run} whole")


def take_back_answered(
    *, answers: Sequence[Answer], report: BankReport, by: Actor, at: datetime
) -> int:
    """What a report of the bank says did not arrive, as finance takes it in; how many were.

    Event payroll.run.came_back.
    """
    return _take_back(answers, report, by, at, key=str(report))


def _take_back(
    answers: Sequence[Answer], report: BankReport | None, by: Actor, at: datetime, *, key: str
) -> int:
    """Those that did not come back before do: a journal and a row of each."""
    here, wanted = {"organisation_id": by.organisation_id}, {one.key: one for one in answers}
    rows = PayPayment.objects.filter(**here, pk__in=wanted).order_by("number")
    # Returns of a run wait for each other, and for proposals to pay it again.
    runs = PayRun.objects.filter(**here, pk__in=rows.values("pay_run_id")).order_by("pk")
    list(runs.select_for_update().values_list("pk"))
    found = list(
        rows.filter(returns__isnull=True).select_related(
            "pay_run__period__pay_group__bank_account", "pay_again", "payslip__employment"
        )
    )
    if not found:
        return 0
    backs = [
        _back(payment, wanted[payment.pk], pk, report, by, at)
        for payment, pk in zip(found, next_ids(PayReturn, len(found)), strict=True)
    ]
    _post(found, backs, by, key)
    PayReturn.objects.bulk_create(backs)
    _tell(found, backs, by, at)
    return len(backs)


def _back(
    payment: PayPayment, answer: Answer, pk: int, report: BankReport | None, by: Actor,
    at: datetime,
) -> PayReturn:  # fmt: skip
    """Dated the day on which it is known, which may lie before the pay day of a refused file."""
    return PayReturn(
        organisation_id=by.organisation_id, id=pk, payment=payment, bank_report=report,
        kind=Kind.RETURNED if answer.returned else Kind.UNPAID, amount_pence=payment.amount_pence,
        reason_code=answer.code[:10], reason=answer.reason[:200],
        returned_on=timezone.localdate(at), made_by_id=by.person_id,
        made_by_name=by.name, made_at=at,
    )  # fmt: skip


def _post(payments: Sequence[PayPayment], backs: Sequence[PayReturn], by: Actor, key: str) -> None:
    """Dr the bank account, where an entry of a statement ticks it off, Cr net pay control.

    Never before the day on which the payment itself is posted.
    """
    days = [
        max(back.returned_on, (payment.pay_again or payment.pay_run).pays_on)
        for payment, back in zip(payments, backs, strict=True)
    ]
    ledger.ensure_periods(days=set(days), by=by)
    owed = ledger.coding_ids(pairs=[(NET_PAY, None)], by=by)[NET_PAY, None]
    journals = []
    for payment, back, on in zip(payments, backs, days, strict=True):
        account, words = payment.pay_run.period.pay_group.bank_account, f"{payment} came back"
        lines = [
            NewLine(account.coding_id, back.amount_pence, words),
            NewLine(owed, -back.amount_pence, words),
        ]
        journals.append(NewJournal(on, words, lines, "payroll.return", back.pk))
    posted = ledger.post_journals(
        journals=journals, source="payroll.return", key=key, series=SERIES, by=by
    )
    for back, ref in zip(backs, posted, strict=True):
        back.batch_id = ref.batch_id


def _tell(
    payments: Sequence[PayPayment], backs: Sequence[PayReturn], by: Actor, at: datetime
) -> None:
    """One event of each run, without names; and each person, without figures."""
    runs = {one.pay_run_id: one.pay_run for one in payments}
    for key, run in runs.items():
        count = sum(one.pay_run_id == key for one in payments)
        record("payroll.run.came_back", run, by=by, at=at, payments=count)
    people = [
        (job.person_id, job.name, f"pay-return:{back.pk}")
        for job, back in zip((one.payslip.employment for one in payments), backs, strict=True)
        if job.person_id is not None
    ]
    words = (
        "It is still owed to you, and payroll pays it again. Look whether the account that your"
        " pay goes to is right; a change cools off for some working days first."
    )
    title = "A payment of your pay did not reach your account"
    tell_all(people=people, title=title, body=words, link="my_account", by=by, at=at)
