"""What is owed besides invoices: stated by the app that owes it, paid by payment runs like any."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from core.actors import Actor
from core.errors import InvariantBroken
from core.vault import next_ids
from finance.models import BankAccount, Liability, LiabilityPart, Payment, PaymentRun, Supplier
from finance.paying import liabilities as chosen
from finance.paying.selection import Wanted
from finance.rules_payments import PAY02, PAY19
from finance.services import payments
from tenants.services import next_number

LIVE = (Payment.State.PROPOSED, Payment.State.RELEASED)


@dataclass(frozen=True)
class NewLiability:
    """What is owed to whom, and the codings it stands on, each with its pence."""

    supplier: Supplier
    words: str
    reference: str
    due_on: date
    parts: Sequence[tuple[int, int]]

    @property
    def pence(self) -> int:
        return sum(pence for _, pence in self.parts)


def state_liabilities(*, owed: Sequence[NewLiability], by: Actor, at: datetime) -> list[Liability]:
    """Writes them down for good. The app that owes asks who may, and sees to it that it is once."""
    here = {"organisation_id": by.organisation_id}
    if not owed:
        return []
    first = next_number("liability", by=by, count=len(owed))
    ids = next_ids(Liability, len(owed))
    made = Liability.objects.bulk_create(
        Liability(
            **here, id=key, number=number, supplier=one.supplier, words=one.words[:120],
            reference=one.reference, due_on=one.due_on, amount_pence=one.pence,
            made_by_id=by.person_id, made_by_name=by.name, made_at=at,
        )
        for number, key, one in zip(range(first, first + len(owed)), ids, owed, strict=True)
    )  # fmt: skip
    LiabilityPart.objects.bulk_create(
        LiabilityPart(**here, liability=row, coding_id=coding, amount_pence=pence)
        for row, one in zip(made, owed, strict=True)
        for coding, pence in one.parts
    )
    return made


def propose_liabilities(
    *,
    liabilities: Sequence[int],
    pay_on: date,
    bank_account: BankAccount,
    by: Actor,
    at: datetime,
    method: str = PaymentRun.Method.BACS,
) -> PaymentRun:
    """A payment run of those that no payment settles; where one settles all of them, its run.

    The app that owes them asks who may. A second person releases it like any other. Refused:
    PAY01, PAY17, PAY18 (day), PAY19 (a payee), PAY02 (nothing). Event
    finance.payment_run.proposed.
    """
    payments.check_pay_day(method=method, pay_on=pay_on, today=timezone.localdate(at))
    profile = payments.check_profile(method=method, bank_account=bank_account, pay_on=pay_on)
    payments.one_at_a_time(by=by)
    wanted = Wanted(by.organisation_id, pay_on, pay_on, (), payments.most_pence(profile))
    count, total = chosen.choose(wanted, liabilities)
    if not count:
        return _settled_by(by, liabilities)
    without = chosen.cannot_be_paid()
    PAY19.check(not without, " ".join(without))
    payments.check_size(method, total)
    run = PaymentRun.objects.create(
        organisation_id=by.organisation_id,
        number=next_number("payment_run", by=by),
        method=method,
        purpose=PaymentRun.Purpose.LIABILITIES,
        bank_account=bank_account,
        profile=profile,
        due_to=pay_on,
        pay_on=pay_on,
        payments=count,
        total_pence=total,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )
    first = next_number("payment", by=by, count=count)
    written = chosen.write_payments(wanted, run_id=run.pk, first_number=first, at=at)
    if written != count:
        raise InvariantBroken(f"{run} does not pay what it was proposed for.")
    payments.note_proposal(run=run, by=by, at=at)
    return run


def _settled_by(by: Actor, liabilities: Sequence[int]) -> PaymentRun:
    """The newest run that pays any of them. PAY02 where there is none."""
    rows = Payment.objects.filter(
        organisation_id=by.organisation_id, liability_id__in=liabilities, state__in=LIVE
    )
    found = rows.select_related("payment_run").order_by("-id").first()
    PAY02.check(found)
    assert found is not None
    return found.payment_run
