"""Payment runs: proposed by one person, released by another, in one file, once and for good.

Each function is one transaction of the caller's scope: a crash leaves nothing of it or all of it.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import connection
from django.db.models import F, Max
from django.utils import timezone

from core.actors import Actor, require
from core.errors import Clash, InvariantBroken
from core.money import formatted
from core.outside import may_leave
from core.permissions import PERMISSIONS
from core.scope import SCO01, current_scope
from core.states import move
from events.services import record
from finance.formats.bacs18 import MAX_CONTRA_PENCE
from finance.formats.text import field18
from finance.models import BankAccount, BankProfile, Coding, Payment, PaymentFile, PaymentRun
from finance.paying import changes, files, selection
from finance.paying.causes import CAUSES
from finance.paying.making import account_and_serial, keep_files, writers_of
from finance.paying.writing import written_aside
from finance.permissions import (
    APPROVE_INVOICES,
    DOWNLOAD_PAYMENT_FILES,
    KEEP_BANK_ACCOUNTS,
    PROPOSE_PAYMENTS,
    RELEASE_PAYMENTS,
)
from finance.rules_payments import (
    PAY01,
    PAY02,
    PAY03,
    PAY04,
    PAY05,
    PAY06,
    PAY07,
    PAY08,
    PAY09,
    PAY10,
    PAY11,
    PAY12,
    PAY13,
    PAY14,
    PAY17,
    PAY18,
)
from finance.selectors.bank_profiles import most_pence, profile_in_force
from finance.selectors.responses import einvoices_paid
from finance.services import ledger
from finance.services.discounts import post_discounts
from finance.services.responses import answer_suppliers
from runs.faults import fault_point
from tenants.selectors import role_holders
from tenants.services import next_number

PAYABLES, TRANSIT, BANK = "21000", "16100", "16000"
SERIES = "PR"
MOVES = {
    "release": ((PaymentRun.State.PROPOSED,), PaymentRun.State.RELEASED),
    "cancel": ((PaymentRun.State.PROPOSED,), PaymentRun.State.CANCELLED),
}


def create_bank_account(
    *,
    name: str,
    sort_code: str,
    account_number: str,
    account_name: str,
    service_user: str,
    by: Actor,
) -> BankAccount:
    """An account to pay from (PAY11). Accounts of one Bacs service user share its serials.

    Its balance has a coding of its own in the ledger: the bank account of the chart, told apart by
    an activity from the second on.
    """
    require(by, KEEP_BANK_ACCOUNTS)
    lengths = ((sort_code, 6), (account_number, 8), (service_user, 6))
    account_name = " ".join(account_name.split())
    PAY11.check(
        all(t.isascii() and t.isdigit() and len(t) == n for t, n in lengths)
        and field18(account_name)
        and account_name.isprintable()
    )
    used = BankAccount.objects.filter(
        organisation_id=by.organisation_id, service_user=service_user
    ).aggregate(serial=Max("next_serial"))["serial"]
    return BankAccount.objects.create(
        organisation_id=by.organisation_id,
        name=name,
        **BankAccount.sealed(by.organisation_id, sort_code, account_number),
        account_name=account_name,
        service_user=service_user,
        next_serial=used or 1,
        coding_id=_own_coding(by),
    )


def _own_coding(by: Actor) -> int:
    plain = ledger.coding_ids(pairs=[(BANK, None)], by=by)[BANK, None]
    count = BankAccount.objects.filter(organisation_id=by.organisation_id).count()
    if not count:
        return plain
    account_id = Coding.objects.get(organisation_id=by.organisation_id, pk=plain).account_id
    return Coding.objects.create(
        organisation_id=by.organisation_id,
        account_id=account_id,
        activity=f"bank {count + 1}",
        valid=(None, None),
    ).pk


def approval_limits(organisation_id: int, on: date) -> list[int]:
    """The money limits of people who approve invoices: what splits like to stay under."""
    holders = role_holders(PERMISSIONS[APPROVE_INVOICES].roles, on)
    here = [h.limit_pence for h in holders if h.organisation_id == organisation_id]
    return sorted({limit for limit in here if limit})


def check_pay_day(*, method: str, pay_on: date, today: date) -> None:
    """PAY01 or PAY17 unless money can arrive on the day from a file handed over today or later."""
    rule = PAY17 if method == PaymentRun.Method.FASTER else PAY01
    rule.check(files.still_in_time(method, pay_on, today))


def check_profile(*, method: str, bank_account: BankAccount, pay_on: date) -> BankProfile | None:
    """The profile by which a run of Faster Payments is written; PAY18 if the bank has none yet."""
    if method != PaymentRun.Method.FASTER:
        return None
    found = profile_in_force(bank_account, pay_on)
    PAY18.check(found)
    return found


def propose_run(
    *,
    due_to: date,
    pay_on: date,
    bank_account: BankAccount,
    by: Actor,
    method: str = PaymentRun.Method.BACS,
    at: datetime | None = None,
) -> PaymentRun:
    """Chooses what is due up to `due_to`, net of credits, and ties it to payments of a new run.

    Asked again with the same days and account while that run is still proposed, it returns that
    run. Refused: PAY01 and PAY17 (day), PAY18 (no profile), PAY02 (nothing to pay), PAY12 (beyond
    one file). Event finance.payment_run.proposed.
    """
    require(by, PROPOSE_PAYMENTS)
    at = at or timezone.now()
    today = timezone.localdate(at)
    check_pay_day(method=method, pay_on=pay_on, today=today)
    profile = check_profile(method=method, bank_account=bank_account, pay_on=pay_on)
    one_at_a_time(by=by)
    limits = approval_limits(by.organisation_id, today)
    wanted = selection.Wanted(by.organisation_id, due_to, pay_on, limits, most_pence(profile))
    before = PaymentRun.objects.filter(
        organisation_id=by.organisation_id,
        state=PaymentRun.State.PROPOSED,
        purpose=PaymentRun.Purpose.INVOICES,
        due_to=due_to,
        pay_on=pay_on,
        bank_account=bank_account,
        method=method,
    ).first()
    if before is not None:
        return before
    count, total = selection.choose(wanted)
    PAY02.check(count)
    check_size(method, total)
    run = PaymentRun.objects.create(
        organisation_id=by.organisation_id,
        number=next_number("payment_run", by=by),
        method=method,
        bank_account=bank_account,
        profile=profile,
        due_to=due_to,
        pay_on=pay_on,
        payments=count,
        total_pence=total,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )
    _fill(run, wanted, count, by, at)
    note_proposal(run=run, by=by, at=at, left_out=_left_out_words())
    fault_point("payments.proposed")
    return run


def note_proposal(*, run: PaymentRun, by: Actor, at: datetime, left_out: str = "nobody") -> None:
    """Event finance.payment_run.proposed: of whom, and who is left out of it."""
    _record("finance.payment_run.proposed", run, by, at, left_out=left_out)


def check_size(method: str, total_pence: int) -> None:
    """Bacs has one contra for the whole file; Faster Payments are debited one by one."""
    whole = method == PaymentRun.Method.FASTER or total_pence <= MAX_CONTRA_PENCE
    PAY12.check(whole, f"It holds at most {formatted(MAX_CONTRA_PENCE)}.")


def _fill(run: PaymentRun, wanted: selection.Wanted, count: int, by: Actor, at: datetime) -> None:
    first = next_number("payment", by=by, count=count)
    fault_point("payments.numbered")
    written = selection.write_payments(wanted, run_id=run.pk, first_number=first, at=at)
    fault_point("payments.written")
    pence = selection.write_allocations(run.organisation_id)
    if (written, pence) != (count, run.total_pence):
        raise InvariantBroken(f"{run} does not add up to what its payments settle.")
    fault_point("payments.allocated")


def one_at_a_time(*, by: Actor) -> None:
    """Proposals of one organisation wait for each other, so the later sees the earlier."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{by.organisation_id}|finance.payment_run"],
        )


def _left_out_words() -> str:
    found = [
        f"{count:,} {CAUSES[cause][0]} ({formatted(pence)})"
        for cause, count, pence in selection.left_out()
    ]
    return ", ".join(found) or "nobody"


def thread_of(run: PaymentRun) -> UUID:
    """All events of a run share one thread."""
    return uuid5(NAMESPACE_OID, f"finance.payment_run/{run.organisation_id}/{run.pk}")


def _record(verb: str, run: PaymentRun, by: Actor, at: datetime | None, **data: Any) -> None:
    facts = {"payments": f"{run.payments:,}", "total": formatted(run.total_pence), **data}
    record(verb, run, by=by, thread=thread_of(run), at=at, **facts)


def _locked(run: PaymentRun, version: int) -> PaymentRun:
    """The run as it is now, locked. Clash unless it still is the version that was seen."""
    now = PaymentRun.objects.select_for_update().get(organisation_id=run.organisation_id, pk=run.pk)
    if now.version != version:
        raise Clash()
    PAY08.check(now.state == PaymentRun.State.PROPOSED)
    return now


def take_out_payments(
    *, run: PaymentRun, numbers: Collection[int], version: int, by: Actor
) -> PaymentRun:
    """Takes payments out of a proposal; their invoices are open again (PAY08, Clash)."""
    require(by, PROPOSE_PAYMENTS)
    run = _locked(run, version)
    chosen = sorted(set(numbers))
    if changes.free(run, chosen) != len(chosen):
        raise Clash()
    changes.add_up(run)
    _record("finance.payment_run.taken_out", run, by, None, numbers=_named(chosen))
    return run


def put_back_payments(
    *, run: PaymentRun, numbers: Collection[int], version: int, by: Actor
) -> PaymentRun:
    """Puts payments back as they were proposed (PAY08; PAY09 if one no longer stands so)."""
    require(by, PROPOSE_PAYMENTS)
    one_at_a_time(by=by)
    run = _locked(run, version)
    chosen = sorted(set(numbers))
    changes.gather(run)
    changed = changes.changed_payments(run, state=Payment.State.REMOVED, numbers=chosen)
    PAY09.check(not changed, " ".join(changed))
    if changes.bring_back(run, chosen) != len(chosen):
        raise Clash()
    changes.add_up(run)
    check_size(run.method, run.total_pence)
    _record("finance.payment_run.put_back", run, by, None, numbers=_named(chosen))
    return run


def _named(numbers: Sequence[int]) -> str:
    named = ", ".join(f"PMT-{number}" for number in numbers[:5])
    return named if len(numbers) <= 5 else f"{named} and {len(numbers) - 5:,} more"


def cancel_run(*, run: PaymentRun, version: int, by: Actor) -> PaymentRun:
    """Ends a proposal; every invoice in it is open again (PAY08, Clash)."""
    require(by, PROPOSE_PAYMENTS)
    run = _locked(run, version)
    changes.free(run)
    rows = PaymentRun.objects.filter(organisation_id=run.organisation_id, pk=run.pk)
    move(rows, MOVES, "cancel", expected=1, version=F("version") + 1)
    _record("finance.payment_run.cancelled", run, by, None)
    run.refresh_from_db()
    return run


def release_run(
    *,
    run: PaymentRun,
    typed_total_pence: int,
    version: int,
    by: Actor,
    at: datetime | None = None,
) -> PaymentRun:
    """Makes its files, posts the journal and marks payments and invoices, all or nothing.

    The same person asking again gets the released run unchanged; anybody else a Clash. Refused:
    the limit of the grant, PAY03 to PAY07, PAY10, PAY12. Event finance.payment_run.released.
    """
    require(by, RELEASE_PAYMENTS)
    at = at or timezone.now()
    again = _released_before(run, typed_total_pence, by)
    if again is not None:
        return again
    run = _locked(run, version)
    _check_release(run, typed_total_pence, by, at)
    fault_point("payments.checked")
    account, serial = account_and_serial(run)
    with written_aside(run, writers_of(run, account, serial, at)) as files_made:
        batch_id = _post(run, by)
        fault_point("payments.posted")
        payments, unpaid = changes.settle(run)
        if payments != run.payments or unpaid:
            raise Clash()
        paid = einvoices_paid(run.organisation_id, changes.electronic())
        answer_suppliers(invoices=paid, by=by)
        fault_point("payments.settled")
        keep_files(run, account, serial, files_made, at)
    fault_point("payments.filed")
    move(
        PaymentRun.objects.filter(organisation_id=run.organisation_id, pk=run.pk),
        MOVES,
        "release",
        expected=1,
        version=F("version") + 1,
        batch_id=batch_id,
        released_by_id=by.person_id,
        released_by_name=by.name,
        released_at=at,
    )
    _record("finance.payment_run.released", run, by, at, serial=serial)
    fault_point("payments.released")
    run.refresh_from_db()
    return run


def _released_before(run: PaymentRun, typed_total_pence: int, by: Actor) -> PaymentRun | None:
    """The run, if this very release was already done: an answer lost on its way is no error."""
    now = PaymentRun.objects.select_for_update().get(organisation_id=run.organisation_id, pk=run.pk)
    same = now.released_by_id == by.person_id and now.total_pence == typed_total_pence
    return now if now.state == PaymentRun.State.RELEASED and same else None


def _check_release(run: PaymentRun, typed_total_pence: int, by: Actor, at: datetime) -> None:
    require(by, RELEASE_PAYMENTS, amount_pence=run.total_pence)
    PAY03.check(by.person_id is not None and by.person_id != run.made_by_id)
    PAY10.check(run.payments)
    PAY04.check(typed_total_pence == run.total_pence)
    PAY05.check(files.still_in_time(run.method, run.pay_on, timezone.localdate(at)))
    changes.gather(run)
    changed = changes.changed_payments(run, state=Payment.State.PROPOSED)
    PAY06.check(not changed, " ".join(changed))
    PAY07.check(not changes.touched_by(run, by.person_id or 0))
    if changes.gathered() != changes.Control(run.payments, run.total_pence, 0):
        raise InvariantBroken(f"{run} does not add up to what its payments settle.")


def _post(run: PaymentRun, by: Actor) -> int:
    """Dr trade payables per payment, Cr payments in transit and discounts, on the pay day."""
    ledger.ensure_periods(days=[run.pay_on], by=by)
    codings = ledger.coding_ids(pairs=[(PAYABLES, None), (TRANSIT, None)], by=by)
    with connection.cursor() as cursor:
        ledger.stage(cursor)
    changes.stage_journal(run, payables=codings[PAYABLES, None], transit=codings[TRANSIT, None])
    if run.items.filter(organisation_id=run.organisation_id, discount_pence__gt=0).exists():
        here = {"organisation": run.organisation_id, "run": run.pk}
        post_discounts(which="run", values=here, sign=-1, by=by)
    batches = ledger.post_staged(
        source="finance.payment_run", key=str(run.number), series=SERIES, by=by
    )
    return batches[0]


def note_download(*, file: PaymentFile, by: Actor) -> None:
    """Leaves on the run's timeline who took its file away, which holds full bank details.

    PAY13 for one of a rehearsal, PAY14 while the bank has not said what became of it, SCO01 where
    nobody is acted for any more. Event finance.payment_run.downloaded.
    """
    require(by, DOWNLOAD_PAYMENT_FILES)
    here = current_scope()
    SCO01.check(here is not None and here.acting == by.organisation_id)
    PAY13.check(may_leave(by.organisation_id, file.made_at))
    run = file.payment_run
    PAY14.check(
        not run.items.filter(
            organisation_id=run.organisation_id, answer=Payment.Answer.UNKNOWN
        ).exists()
    )
    label = PaymentFile.Format(file.format).label
    _record("finance.payment_run.downloaded", run, by, None, format=label, serial=file.serial)
