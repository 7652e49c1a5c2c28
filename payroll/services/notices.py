"""Recording loans to repay, gifts to charity and pay given up, each by its paper, from a day on."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from core.actors import Actor, require
from core.templatetags.web import day
from events.services import record
from hr.models import Employment
from payroll.calculator.loans import plan_bits
from payroll.models import PayNotice
from payroll.permissions import KEEP_NOTICES
from payroll.rules import PRL35
from payroll.services.deductions import check_not_own


@dataclass(frozen=True)
class NewNotice:
    """All that holds from a day on. Plans are written as `2+PGL`; amounts are pence a pay day."""

    from_on: date
    paper: str
    loans: str = ""
    gift_pence: int = 0
    sacrifice_pence: int = 0
    pension_pence: int = 0


def record_notice(*, employment: Employment, notice: NewNotice, by: Actor) -> PayNotice:
    """Taken by every run for a pay day from then on that is calculated from now on.

    It takes the place of the notice before, which stays recorded. PRL25 for one's own, PRL04 for a
    plan of loan that does not exist, PRL35 without a paper. Event payroll.notice.recorded.
    """
    require(by, KEEP_NOTICES)
    check_not_own(employment=employment, by=by)
    PRL35.check(notice.paper.strip(), "Paper: enter its name and date.")
    PRL35.check(
        min(notice.gift_pence, notice.sacrifice_pence, notice.pension_pence) >= 0,
        "Gift and pay given up: enter no amount below zero.",
    )
    made = PayNotice.objects.create(
        organisation_id=by.organisation_id, employment=employment, from_on=notice.from_on,
        loans=plan_bits(notice.loans), gift_pence=notice.gift_pence,
        sacrifice_pence=notice.sacrifice_pence, pension_pence=notice.pension_pence,
        paper=notice.paper.strip()[:100],
        recorded_at=timezone.now(), recorded_by_name=by.name,
    )  # fmt: skip
    record("payroll.notice.recorded", made, by=by, day=day(notice.from_on))
    return made
