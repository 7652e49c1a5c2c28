"""Net pay that came back is paid again: proposed by payroll, released by a second person, once."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from approvals.services.notices import tell_all
from core.actors import Actor, require
from core.errors import InvariantBroken
from core.money import formatted
from core.states import move
from core.templatetags.web import day
from events.services import record
from finance.banking.accounts import lock_accounts
from finance.formats.bank_days import is_banking_day
from finance.paying.files import banking_holidays, last_day_to_submit
from finance.services import ledger
from finance.services.ledger import NewJournal, NewLine
from hr.selectors.accounts import changes_waiting
from hr.selectors.pay import bank_details
from payroll.models import PayAgain, PayAgainPart, PayPayment, PayReturn, PayRun
from payroll.permissions import APPROVE_PAY, RUN_PAY
from payroll.rules import PRL18, PRL25, PRT02, PRT03, PRT04, PRT05, PRT06, PRT07, PRT08
from payroll.selectors.returns import owed_again, parts_of
from payroll.services.committing import NET_PAY, SERIES
from payroll.services.paying import make_files
from payroll.services.runs import locked
from tenants.services import next_number

State = PayAgain.State
MOVES = {
    "release": ((State.PROPOSED,), State.RELEASED),
    "cancel": ((State.PROPOSED,), State.CANCELLED),
}
# What a bank cannot pay to the same account again: by Bacs invalid, dead, moved, unknown and
# closed; by ISO 20022 invalid, closed, blocked and dead.
FOR_GOOD = frozenset({"0", "2", "3", "5", "B", "AC01", "AC02", "AC03", "AC04", "AC06", "MD07"})


def propose_again(
    *, pay_run: PayRun, employees: Collection[int], pays_on: date, by: Actor, at: datetime
) -> PayAgain:
    """What came back of these employee numbers, to the accounts in force on the day.

    PRT02 unless all of it is owed and stands in no proposal, PRT04 for the day, PRL25 for one's
    own, PRL18 without an account, PRT03 where the account cannot take it. Event
    payroll.again.proposed.
    """
    require(by, RUN_PAY)
    now = locked(pay_run)
    backs = owed_again(now, employees)
    PRT02.check(backs and len(backs) == len(set(employees)))
    _check_day(pays_on, at)
    PRL25.check(all(_person(back) != by.person_id for back in backs))
    accounts = _accounts(backs, pays_on)
    _check_accounts(backs, accounts)
    again = PayAgain.objects.create(
        organisation_id=by.organisation_id, number=next_number("pay_again", by=by), pay_run=now,
        pays_on=pays_on, payments=len(backs), total_pence=sum(b.amount_pence for b in backs),
        made_by_id=by.person_id, made_by_name=by.name, made_at=at,
    )  # fmt: skip
    PayAgainPart.objects.bulk_create(
        PayAgainPart(
            organisation_id=by.organisation_id, pay_again=again, pay_return=back,
            details_id=accounts[back.pk][0], account_name=accounts[back.pk][2],
        )
        for back in backs
    )  # fmt: skip
    record("payroll.again.proposed", again, by=by, at=at, **_said(again))
    return again


def _said(again: PayAgain) -> dict[str, Any]:
    return {"payments": again.payments, "total": formatted(again.total_pence)}


def _person(back: PayReturn) -> int | None:
    person: int | None = back.payment.payslip.employment.person_id
    return person


def _check_day(pays_on: date, at: datetime) -> None:
    submit_by = last_day_to_submit(pays_on)
    PRT04.check(submit_by is not None and submit_by >= timezone.localdate(at))
    PRT04.check(is_banking_day(pays_on, banking_holidays(pays_on)))


def _accounts(backs: Sequence[PayReturn], on: date) -> dict[int, tuple[int, bytes, str]]:
    """By return, the account that pay goes to on the day. PRL18."""
    jobs = {back.pk: back.payment.payslip.employment_id for back in backs}
    found = bank_details(backs[0].organisation_id, sorted(set(jobs.values())), on)
    without = [b.payment.payslip.name for b in backs if jobs[b.pk] not in found]
    PRL18.check(not without, ", ".join(without[:5]))
    return {key: found[job] for key, job in jobs.items()}


def _check_accounts(
    backs: Sequence[PayReturn], accounts: dict[int, tuple[int, bytes, str]]
) -> None:
    """PRT03 where what came back for good would go to the very account that it came back from."""
    stuck = [back for back in backs if back.reason_code in FOR_GOOD and _same(back, accounts)]
    people = [person for back in stuck if (person := _person(back)) is not None]
    waiting = changes_waiting(backs[0].organisation_id, people) if people else {}
    names = [
        back.payment.payslip.name
        + (f" (another cools off until {day(waiting[key])})" if key in waiting else "")
        for back, key in ((back, _person(back)) for back in stuck)
    ]
    PRT03.check(not stuck, ", ".join(names[:5]))


def _same(back: PayReturn, accounts: dict[int, tuple[int, bytes, str]]) -> bool:
    """Whether it is the account that was paid. Within a building society the reference tells
    accounts apart, so that other details with one are another account.
    """
    before, (now, index, _) = back.payment.details, accounts[back.pk]
    if before.pk == now:
        return True
    return bytes(before.account_index) == index and not before.reference_sealed


def release_again(*, again: PayAgain, typed_total_pence: int, by: Actor, at: datetime) -> PayAgain:
    """The second person has it paid: payments, both files and the journal, all or nothing.

    PRT08 unless it is proposed, PRT05 for who proposed it, PRT06 for another total, PRT04 when it
    can no longer arrive, PRL25 for one's own, PRT07 when an account changed, PAY12 for a name that
    cannot be written. Event payroll.again.released.
    """
    require(by, APPROVE_PAY)
    lock_accounts(by.organisation_id)
    now = _locked(again)
    PRT05.check(by.person_id is not None and by.person_id != now.made_by_id)
    PRT06.check(typed_total_pence == now.total_pence)
    _check_day(now.pays_on, at)
    parts = list(parts_of(now))
    backs = [part.pay_return for part in parts]
    PRL25.check(all(_person(back) != by.person_id for back in backs))
    accounts = _accounts(backs, now.pays_on)
    PRT07.check(all(accounts[one.pay_return_id][0] == one.details_id for one in parts))
    total = _write_payments(now, parts, by)
    if (len(parts), total) != (now.payments, now.total_pence):
        raise InvariantBroken(f"{now}: payments of {total} pence are not what was proposed.")
    account = now.pay_run.period.pay_group.bank_account
    serial = make_files(now, account, len(parts), total, at)
    batch_id = _post(now, account.coding_id, by)
    rows = PayAgain.objects.filter(organisation_id=by.organisation_id, pk=now.pk)
    move(rows, MOVES, "release", expected=1, released_by_id=by.person_id,
         released_by_name=by.name, released_at=at, batch_id=batch_id)  # fmt: skip
    now.refresh_from_db()
    record("payroll.again.released", now, by=by, at=at, serial=serial, **_said(now))
    _tell(now, backs, by, at)
    return now


def _locked(again: PayAgain) -> PayAgain:
    """As it is now, its run locked first. PRT08 unless it is proposed."""
    run = locked(again.pay_run)
    now = PayAgain.objects.select_for_update().get(
        organisation_id=again.organisation_id, pk=again.pk
    )
    PRT08.check(now.state == State.PROPOSED)
    now.pay_run = run
    return now


def _write_payments(again: PayAgain, parts: Sequence[PayAgainPart], by: Actor) -> int:
    """Each is of the payslip that was paid before, and the next of its payments."""
    first = next_number("pay_payment", by=by, count=len(parts))
    made = PayPayment.objects.bulk_create(
        PayPayment(
            organisation_id=by.organisation_id, pay_run=again.pay_run, pay_again=again,
            payslip_id=part.pay_return.payment.payslip_id, number=number,
            again=part.pay_return.payment.again + 1, amount_pence=part.pay_return.amount_pence,
            details_id=part.details_id, account_name=part.account_name,
        )
        for number, part in enumerate(parts, start=first)
    )  # fmt: skip
    return sum(one.amount_pence for one in made)


def _post(again: PayAgain, bank: int, by: Actor) -> int:
    """Dr net pay control, Cr the bank account, as a pay run is paid."""
    ledger.ensure_periods(days=[again.pays_on], by=by)
    owed = ledger.coding_ids(pairs=[(NET_PAY, None)], by=by)[NET_PAY, None]
    lines = [
        NewLine(owed, again.total_pence, str(again)),
        NewLine(bank, -again.total_pence, str(again)),
    ]
    words = f"{again} of {again.pay_run}: to the bank"
    journal = NewJournal(again.pays_on, words, lines, "payroll.again", again.pk)
    (posted,) = ledger.post_journals(
        journals=[journal], source="payroll.again", key=str(again.number), series=SERIES, by=by
    )
    return posted.batch_id


def _tell(again: PayAgain, backs: Sequence[PayReturn], by: Actor, at: datetime) -> None:
    people = [
        (person, back.payment.payslip.name, f"pay-again:{back.pk}")
        for back in backs
        if (person := _person(back)) is not None
    ]
    words = f"It is to be in the account that your pay goes to on {day(again.pays_on)}."
    title = "Pay that did not reach you is paid again"
    tell_all(people=people, title=title, body=words, link="my_payslips", by=by, at=at)


def cancel_again(*, again: PayAgain, by: Actor, at: datetime) -> PayAgain:
    """The proposal comes to nothing; what is in it is owed as before.

    PRT08 unless it is proposed. Event payroll.again.cancelled.
    """
    require(by, RUN_PAY)
    now = _locked(again)
    here = {"organisation_id": by.organisation_id}
    PayAgainPart.objects.filter(**here, pay_again=now).update(live=False)
    move(PayAgain.objects.filter(**here, pk=now.pk), MOVES, "cancel", expected=1)
    now.refresh_from_db()
    record("payroll.again.cancelled", now, by=by, at=at, payments=now.payments)
    return now
