"""Stating average earnings that the payslips here do not show."""

from dataclasses import dataclass

from django.utils import timezone

from core.actors import Actor, require
from events.services import record
from hr.models import Absence
from payroll.models import StatedEarnings
from payroll.permissions import KEEP_STATUTORY
from payroll.rules import PRL90
from payroll.services.deductions import check_not_own


@dataclass(frozen=True)
class NewEarnings:
    """Earnings liable to National Insurance, of `parts` weeks or months, and where they stand."""

    earnings_pence: int
    parts: int
    unit: str
    paper: str


def state_earnings(*, absence: Absence, stated: NewEarnings, by: Actor) -> StatedEarnings:
    """Taken for the absence, and those linked to it, by every calculation from now on.

    PRL25 for one's own, PRL90 without an amount, a span or a paper. Event payroll.earnings.stated.
    """
    require(by, KEEP_STATUTORY)
    check_not_own(employment=absence.employment, by=by)
    PRL90.check(stated.earnings_pence >= 0 and stated.parts > 0 and stated.paper.strip())
    PRL90.check(stated.unit in StatedEarnings.Unit.values)
    made = StatedEarnings.objects.create(
        organisation_id=by.organisation_id, employment=absence.employment, absence=absence.number,
        earnings_pence=stated.earnings_pence, parts=stated.parts, unit=stated.unit,
        paper=stated.paper.strip()[:100], recorded_at=timezone.now(), recorded_by_name=by.name,
    )  # fmt: skip
    record("payroll.earnings.stated", absence.employment, by=by, number=absence.number)
    return made
