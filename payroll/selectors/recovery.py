"""Plans of recovery: the list, one of them, what was taken for it and what is still owed."""

from collections.abc import Sequence

from django.db.models import QuerySet

from core.errors import NotFound
from payroll.models import PayRun, RecoveryPlan, RecoveryTaken


def plans_here(organisation_id: int, state: str = "") -> QuerySet[RecoveryPlan]:
    """Plans of the organisation, newest first."""
    rows = RecoveryPlan.objects.filter(organisation_id=organisation_id)
    rows = rows.select_related("employment")
    return (rows.filter(state=state) if state else rows).order_by("-number")


def one_plan(organisation_id: int, number: int) -> RecoveryPlan:
    """The plan of that number, or NotFound."""
    found = plans_here(organisation_id).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such plan.")
    return found


def recovered(plan: RecoveryPlan) -> Sequence[RecoveryTaken]:
    """What committed payslips took for it, newest first, each with what was owed after it."""
    rows = RecoveryTaken.objects.filter(
        organisation_id=plan.organisation_id, plan=plan, payslip__pay_run__state__in=PayRun.FINAL
    )
    return list(rows.select_related("payslip__pay_run").order_by("-payslip__pays_on"))
