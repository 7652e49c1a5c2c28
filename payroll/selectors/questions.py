"""Questions about payslips: the list of payroll, one of them, those about one payslip."""

from collections.abc import Sequence

from django.db.models import QuerySet

from core.errors import NotFound
from payroll.models import PayQuestion, Payslip


def questions_here(organisation_id: int, state: str = "") -> QuerySet[PayQuestion]:
    """Questions of the organisation, newest first."""
    rows = PayQuestion.objects.filter(organisation_id=organisation_id)
    rows = rows.select_related("payslip__pay_run", "payslip__employment")
    return (rows.filter(state=state) if state else rows).order_by("-number")


def one_question(organisation_id: int, number: int) -> PayQuestion:
    """The question of that number, or NotFound."""
    found = questions_here(organisation_id).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such question.")
    return found


def questions_about(payslip: Payslip) -> Sequence[PayQuestion]:
    """Those about a payslip, oldest first."""
    rows = PayQuestion.objects.filter(organisation_id=payslip.organisation_id, payslip=payslip)
    return list(rows.order_by("number"))
