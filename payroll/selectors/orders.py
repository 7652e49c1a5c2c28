"""Orders that attach earnings: the list, one of them, and what was taken for it."""

from collections.abc import Sequence

from django.db.models import QuerySet, Sum

from core.errors import NotFound
from payroll.models import OrderTaken, PayOrder, PayRun


def orders_here(organisation_id: int, state: str = "") -> QuerySet[PayOrder]:
    """Orders of the organisation, newest first."""
    rows = PayOrder.objects.filter(organisation_id=organisation_id).select_related("employment")
    return (rows.filter(state=state) if state else rows).order_by("-number")


def one_order(organisation_id: int, number: int) -> PayOrder:
    """The order of that number, or NotFound."""
    found = orders_here(organisation_id).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such order.")
    return found


def taken_for(order: PayOrder) -> Sequence[OrderTaken]:
    """What committed payslips took for it, newest first: at most the pay days since it came."""
    rows = OrderTaken.objects.filter(
        organisation_id=order.organisation_id, order=order, payslip__pay_run__state__in=PayRun.FINAL
    )
    return list(rows.select_related("payslip__pay_run").order_by("-payslip__pays_on"))


def taken_pence(order: PayOrder) -> int:
    """All that committed payslips took for it."""
    rows = OrderTaken.objects.filter(
        organisation_id=order.organisation_id, order=order, payslip__pay_run__state__in=PayRun.FINAL
    )
    return int(rows.aggregate(pence=Sum("deducted_pence"))["pence"] or 0)
