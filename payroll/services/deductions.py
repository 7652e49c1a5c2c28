"""What orders and plans of recovery share: nobody keeps their own, and each ends with a reason."""

from collections.abc import Mapping
from typing import Any

from core.actors import Actor
from core.states import move
from events.services import record
from hr.models import Employment
from payroll.models import PayOrder, RecoveryPlan
from payroll.rules import PRL13, PRL25


def check_not_own(*, employment: Employment, by: Actor) -> None:
    """PRL25 for one's own pay."""
    PRL25.check(by.person_id is None or employment.person_id != by.person_id)


def end_deduction(
    *, row: PayOrder | RecoveryPlan, moves: Mapping[str, Any], verb: str, reason: str, by: Actor
) -> None:
    """Ends it by the move `end` and records that; PRL25 for one's own, PRL13 without a reason."""
    check_not_own(employment=row.employment, by=by)
    PRL13.check(reason.strip())
    rows = type(row).objects.filter(organisation_id=by.organisation_id, pk=row.pk)
    move(rows, moves, "end", expected=1, reason=reason.strip()[:200])
    row.refresh_from_db()
    record(verb, row, by=by, comment=row.reason)
