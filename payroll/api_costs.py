"""What the payroll service costs, for programs."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, Pounds, asked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from payroll.permissions import KEEP_SERVICE_COST, SEE_PAY_RUNS
from payroll.selectors.costs import service_costs
from payroll.services.costs import record_service_cost


class ServiceCostAsked(serializers.Serializer):
    """The cost of the month of a day, in pence, and how it was found."""

    month = serializers.DateField()
    cost_pence = serializers.IntegerField(min_value=0, max_value=10**12)
    found_by = serializers.CharField(max_length=200)


class ServiceCostRow(serializers.Serializer):
    """What was recorded for a month; of one month the newest holds."""

    month = serializers.DateField()
    cost = Pounds(source="cost_pence")
    found_by = serializers.CharField()
    recorded_at = serializers.DateTimeField()


ServiceCostPart = part_type(ServiceCostRow)


class ServiceCosts(Endpoint):
    """Costs of the payroll service, the newest month first."""

    permission = SEE_PAY_RUNS

    @extend_schema(
        operation_id="pay_costs_list", responses=ServiceCostPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Of one month the newest word comes first."""
        rows = service_costs(self.actor.organisation_id)
        part = part_of(request, rows, "-month", "-recorded_at", "-id")
        return Response(ServiceCostPart(part).data)


class ServiceCostRecorded(Endpoint):
    """Recording the cost of a month."""

    permission = KEEP_SERVICE_COST

    @extend_schema(
        operation_id="pay_costs_record", request=ServiceCostAsked, responses={201: ServiceCostRow}
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Boards divide it by payslips and people when they are next made."""
        given = asked(ServiceCostAsked, request)
        made = record_service_cost(by=self.actor, at=timezone.now(), **given)
        return Response(ServiceCostRow(made).data, status=201)
