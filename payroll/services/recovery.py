"""Plans of recovery: entered once somebody agreed to one, and ended before all is given back."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.actors import Actor, require
from events.services import record
from hr.models import Employment
from payroll.models import RecoveryPlan
from payroll.permissions import KEEP_PLANS
from payroll.rules import PRL29, PRL30
from payroll.services.deductions import check_not_own, end_deduction
from tenants.services import next_number

State = RecoveryPlan.State
MOVES = {"end": ((State.ACTIVE,), State.ENDED)}


@dataclass(frozen=True)
class NewPlan:
    """What was agreed. Amounts are pence; the instalment is that of one pay day."""

    overpaid_on: date
    why: str
    gross_pence: int
    net_pence: int
    instalment_pence: int
    agreed_on: date
    from_on: date
    protected_pence: int = 0

    def check(self, today: date) -> None:
        """PRL29 with the field and the remedy."""
        PRL29.check(
            0 < self.net_pence <= self.gross_pence,
            "Reached them: enter what of the overpayment did, not more than was overpaid.",
        )
        PRL29.check(self.instalment_pence > 0, "Instalment: enter it.")
        PRL29.check(
            self.overpaid_on <= self.agreed_on <= today,
            "Agreed on: it is not before the overpayment, and not in the future.",
        )


def enter_plan(*, employment: Employment, plan: NewPlan, by: Actor) -> RecoveryPlan:
    """Taken by every run from `from_on` that is calculated from now on, until nothing is owed.

    PRL25 for one's own, PRL29 with what does not fit, PRL30 while another one runs. Event
    payroll.recovery.entered.
    """
    require(by, KEEP_PLANS)
    check_not_own(employment=employment, by=by)
    now = timezone.now()
    plan.check(timezone.localdate(now))
    try:
        with transaction.atomic():
            made = RecoveryPlan.objects.create(
                organisation_id=by.organisation_id, **vars(plan), employment=employment,
                number=next_number("recovery_plan", by=by), entered_by_name=by.name,
                entered_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "recovery_plan_runs_alone" not in str(error):
            raise
        raise PRL30.refuse() from None
    record("payroll.recovery.entered", made, by=by)
    return made


def end_plan(*, plan: RecoveryPlan, reason: str, by: Actor) -> RecoveryPlan:
    """Nothing more is taken by a run that is calculated from now on; what is owed stays owed.

    PRL25 for one's own, PRL13 without a reason. Clash unless it runs. Event payroll.recovery.ended.
    """
    require(by, KEEP_PLANS)
    end_deduction(row=plan, moves=MOVES, verb="payroll.recovery.ended", reason=reason, by=by)
    return plan
