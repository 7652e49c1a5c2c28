"""Creditors of pay with their payees, and what is done with what is owed to them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from core.actors import Actor
from core.scope import scope
from finance.models import PaymentRun
from finance.services.payments import release_run
from payroll.calculator.pension_schemes import Scheme
from payroll.selectors.dues import Key, Owed, owed_here
from payroll.services.paying_over import pay_over, record_payee
from tests.finance.payment_books import supplier
from tests.payroll.pay_runs import account, next_month_end, refer
from tests.world import World

CREDITORS = (
    ("hmrc", Scheme.NONE, "", "HMRC1", ""),
    ("pension", Scheme.LGPS, "", "FUND1", "EASTMERE 77"),
    ("order", Scheme.NONE, "DWP", "DWP1", ""),
    ("giving", Scheme.NONE, "", "GIFT1", "GIFTS 1"),
)


def payees(by: Actor, suffix: str = "") -> None:
    """Every kind of creditor is paid as a supplier with an account of long standing."""
    for kind, scheme, creditor, code, reference in CREDITORS:
        record_payee(
            kind=kind, scheme=scheme.value, creditor=creditor, reference=reference, due_day=22,
            supplier=supplier(by, f"{code}{suffix}"), by=by, at=timezone.now(),
        )  # fmt: skip


def set_up(by: Actor) -> None:
    """References from long ago, and payees."""
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(2026, 4, 6))
        payees(by)


def owed(by: Actor, **given: Any) -> dict[str, Owed]:
    """What is owed by kind, of one month."""
    with scope(acting=by.organisation_id):
        return {one.key.kind: one for one in owed_here(by.organisation_id, **given)}


def proposed(by: Actor, keys: Sequence[Key] = ()) -> PaymentRun:
    """A payment run of these keys, or of all that is owed."""
    with scope(acting=by.organisation_id):
        chosen = list(keys) or [one.key for one in owed_here(by.organisation_id)]
        return pay_over(
            keys=chosen, pay_on=next_month_end(), bank_account=account(by), by=by,
            at=timezone.now(),
        )  # fmt: skip


def released(world: World, run: PaymentRun, slug: str = "eastmere") -> PaymentRun:
    boss = world.actor(f"finance_manager@{slug}")
    with scope(acting=boss.organisation_id):
        run.refresh_from_db()
        return release_run(run=run, typed_total_pence=run.total_pence, version=run.version, by=boss)
