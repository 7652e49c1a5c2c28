"""Attachment orders, for programs: what runs, what was taken for it, entering and ending."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, Pounds, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from payroll.api_deductions import MOST_PENCE, DeductionAsked, EndAsked, taken_employment
from payroll.models import OrderKind, PayOrder
from payroll.permissions import KEEP_ORDERS, SEE_ORDERS
from payroll.selectors.orders import one_order, orders_here, taken_for
from payroll.services.looking import look_at_order, look_at_orders
from payroll.services.orders import NewOrder, end_order, enter_order


class OrdersQuery(serializers.Serializer):
    """What can be asked for."""

    state = serializers.ChoiceField(choices=PayOrder.State.values, required=False)


class OrderRow(serializers.Serializer):
    """An order as it stands in the list."""

    number = serializers.IntegerField()
    employee = serializers.IntegerField(source="employment.number")
    kind = serializers.ChoiceField(choices=OrderKind.values)
    state = serializers.ChoiceField(choices=PayOrder.State.values)
    received_on = serializers.DateField()
    creditor = serializers.CharField()


class TakenRow(serializers.Serializer):
    """What a committed payslip took, and what it carries to the next pay day."""

    pay_run = serializers.IntegerField(source="payslip.pay_run.number")
    pays_on = serializers.DateField(source="payslip.pays_on")
    wanted = Pounds(source="wanted_pence")
    protected = Pounds(source="protected_pence")
    deducted = Pounds(source="deducted_pence")
    arrears = Pounds(source="arrears_pence")


class OrderOut(OrderRow):
    """An order with what was taken for it, newest first."""

    reference = serializers.CharField()
    made_on = serializers.DateField()
    normal = Pounds(source="normal_pence")
    protected = Pounds(source="protected_pence")
    debt = Pounds(source="debt_pence", allow_null=True)
    taken = serializers.SerializerMethodField()

    @extend_schema_field(TakenRow(many=True))
    def get_taken(self, order: PayOrder) -> list[dict[str, Any]]:
        """By pay day."""
        return [dict(row) for row in TakenRow(taken_for(order), many=True).data]


class OrderAsked(DeductionAsked):
    """What the order says; amounts are pence of one pay day, the debt is the whole of it."""

    kind = serializers.ChoiceField(choices=OrderKind.values)
    reference = serializers.CharField(max_length=40)
    creditor = serializers.CharField(max_length=100)
    made_on = serializers.DateField()
    received_on = serializers.DateField()
    normal_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, default=0)
    protected_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, default=0)
    debt_pence = serializers.IntegerField(
        min_value=1, max_value=MOST_PENCE, default=None, allow_null=True
    )


OrderPart = part_type(OrderRow)


class Orders(Endpoint):
    """Attachment orders, newest first."""

    permission = SEE_ORDERS

    @extend_schema(
        operation_id="pay_orders_list", responses=OrderPart,
        parameters=[OrdersQuery, CURSOR_PARAMETER],
    )  # fmt: skip
    def get(self, request: Request, organisation: str) -> Response:
        """Each look is recorded."""
        look_at_orders(by=self.actor)
        rows = orders_here(self.actor.organisation_id, **queried(OrdersQuery, request))
        return Response(OrderPart(part_of(request, rows, "-number")).data)


class OrderRead(Endpoint):
    """One attachment order."""

    permission = SEE_ORDERS

    @extend_schema(operation_id="pay_orders_read", responses=OrderOut)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """Each look is recorded."""
        order = one_order(self.actor.organisation_id, number)
        look_at_order(order=order, by=self.actor)
        return Response(OrderOut(order).data)


class OrderEntered(Endpoint):
    """Entering an order that was received."""

    permission = KEEP_ORDERS
    moves_money = True

    @extend_schema(operation_id="pay_orders_enter", request=OrderAsked, responses={201: OrderOut})
    def post(self, request: Any, organisation: str) -> Response:
        """The next pay that is calculated takes it."""
        given = asked(OrderAsked, request)
        whose = taken_employment(self.actor, given)
        order = enter_order(employment=whose, order=NewOrder(**given), by=self.actor)
        return Response(OrderOut(order).data, status=201)


class OrderEnded(Endpoint):
    """Ending an order that was recalled or discharged."""

    permission = KEEP_ORDERS
    moves_money = True

    @extend_schema(operation_id="pay_orders_end", request=EndAsked, responses=OrderOut)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """No pay that is calculated from then on takes it."""
        order = one_order(self.actor.organisation_id, number)
        end_order(order=order, reason=asked(EndAsked, request)["reason"], by=self.actor)
        return Response(OrderOut(order).data)
