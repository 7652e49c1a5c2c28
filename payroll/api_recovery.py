"""Plans of recovery, for programs: what runs, what was given back, entering and ending."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, Pounds, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from payroll.api_deductions import MOST_PENCE, DeductionAsked, EndAsked, taken_employment
from payroll.models import RecoveryPlan
from payroll.permissions import KEEP_PLANS, SEE_PLANS
from payroll.selectors.recovery import one_plan, plans_here, recovered
from payroll.services.looking import look_at_plan, look_at_plans
from payroll.services.recovery import NewPlan, end_plan, enter_plan


class PlansQuery(serializers.Serializer):
    """What can be asked for."""

    state = serializers.ChoiceField(choices=RecoveryPlan.State.values, required=False)


class PlanRow(serializers.Serializer):
    """A plan as it stands in the list."""

    number = serializers.IntegerField()
    employee = serializers.IntegerField(source="employment.number")
    state = serializers.ChoiceField(choices=RecoveryPlan.State.values)
    why = serializers.CharField()
    instalment = Pounds(source="instalment_pence")


class RecoveredRow(serializers.Serializer):
    """What a committed payslip took, and what was owed after it."""

    pay_run = serializers.IntegerField(source="payslip.pay_run.number")
    pays_on = serializers.DateField(source="payslip.pays_on")
    taken = Pounds(source="taken_pence")
    gross_left = Pounds(source="gross_left_pence")
    net_left = Pounds(source="net_left_pence")


class PlanOut(PlanRow):
    """A plan with what was given back, newest first."""

    overpaid_on = serializers.DateField()
    gross = Pounds(source="gross_pence")
    net = Pounds(source="net_pence")
    protected = Pounds(source="protected_pence")
    agreed_on = serializers.DateField()
    from_on = serializers.DateField()
    recovered = serializers.SerializerMethodField()

    @extend_schema_field(RecoveredRow(many=True))
    def get_recovered(self, plan: RecoveryPlan) -> list[dict[str, Any]]:
        """By pay day."""
        return [dict(row) for row in RecoveredRow(recovered(plan), many=True).data]


class PlanAsked(DeductionAsked):
    """What the person agreed to; amounts are pence, the instalment that of one pay day."""

    why = serializers.CharField(max_length=200)
    overpaid_on = serializers.DateField()
    gross_pence = serializers.IntegerField(min_value=1, max_value=MOST_PENCE)
    net_pence = serializers.IntegerField(min_value=1, max_value=MOST_PENCE)
    instalment_pence = serializers.IntegerField(min_value=1, max_value=MOST_PENCE)
    protected_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, default=0)
    agreed_on = serializers.DateField()
    from_on = serializers.DateField()


PlanPart = part_type(PlanRow)


class RecoveryPlans(Endpoint):
    """Plans of recovery, newest first."""

    permission = SEE_PLANS

    @extend_schema(
        operation_id="recovery_plans_list", responses=PlanPart,
        parameters=[PlansQuery, CURSOR_PARAMETER],
    )  # fmt: skip
    def get(self, request: Request, organisation: str) -> Response:
        """Each look is recorded."""
        look_at_plans(by=self.actor)
        rows = plans_here(self.actor.organisation_id, **queried(PlansQuery, request))
        return Response(PlanPart(part_of(request, rows, "-number")).data)


class RecoveryPlanRead(Endpoint):
    """One plan of recovery."""

    permission = SEE_PLANS

    @extend_schema(operation_id="recovery_plans_read", responses=PlanOut)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """Each look is recorded."""
        plan = one_plan(self.actor.organisation_id, number)
        look_at_plan(plan=plan, by=self.actor)
        return Response(PlanOut(plan).data)


class RecoveryPlanEntered(Endpoint):
    """Entering a plan that was agreed to."""

    permission = KEEP_PLANS
    moves_money = True

    @extend_schema(operation_id="recovery_plans_enter", request=PlanAsked, responses={201: PlanOut})
    def post(self, request: Any, organisation: str) -> Response:
        """The next pay that is calculated takes it."""
        given = asked(PlanAsked, request)
        whose = taken_employment(self.actor, given)
        plan = enter_plan(employment=whose, plan=NewPlan(**given), by=self.actor)
        return Response(PlanOut(plan).data, status=201)


class RecoveryPlanEnded(Endpoint):
    """Ending a plan before all is given back."""

    permission = KEEP_PLANS
    moves_money = True

    @extend_schema(operation_id="recovery_plans_end", request=EndAsked, responses=PlanOut)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """No pay that is calculated from then on takes it."""
        plan = one_plan(self.actor.organisation_id, number)
        end_plan(plan=plan, reason=asked(EndAsked, request)["reason"], by=self.actor)
        return Response(PlanOut(plan).data)
