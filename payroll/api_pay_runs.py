"""Pay runs for programs: the board, one run with its totals, and every act on it."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.money import to_pence
from core.web.api import Endpoint, NothingAsked, Pounds, asked
from core.web.api_asked import ReasonAsked, VersionAsked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from payroll.models import PayRun
from payroll.permissions import APPROVE_PAY, RUN_PAY, SEE_PAY_RUNS, SEE_PAYSLIPS
from payroll.selectors import runs as selectors
from payroll.services import paying
from payroll.services import runs as services
from payroll.services.supplementary import Supplement, start_supplementary_run
from payroll.variance import CAUSES, causes_of


class PayPeriodRow(serializers.Serializer):
    """A period of a pay group, and the number and state of its run if it was begun."""

    number = serializers.IntegerField(source="period.pk")
    group = serializers.CharField(source="period.pay_group.code")
    pays_on = serializers.DateField()
    approve_on = serializers.DateField(source="period.approve_on")
    run = serializers.IntegerField(source="run.number", default=None, allow_null=True)
    state = serializers.CharField(source="run.state", default="")


class PayCauseRow(serializers.Serializer):
    """Exceptions of one cause: those that are open, and those that were waived."""

    cause = serializers.CharField()
    open = serializers.IntegerField()
    waived = serializers.IntegerField()


class PayExceptionRow(serializers.Serializer):
    """Something to look at in somebody's pay; with a reason once it is waived."""

    employee = serializers.IntegerField(source="number")
    says = serializers.CharField(source="text")
    reason = serializers.CharField()
    waived_by = serializers.CharField(source="waived_by_name")
    waived_at = serializers.DateTimeField(allow_null=True)


PayExceptionPart = part_type(PayExceptionRow)


class PayVarianceRow(serializers.Serializer):
    """What one cause changed since the run before; all causes add up to the change of the run."""

    cause = serializers.ChoiceField(choices=list(CAUSES))
    gross = Pounds()
    net = Pounds()
    employer = Pounds(help_text="Gross pay with the employer's National Insurance and pension")


class PayRunOut(serializers.Serializer):
    """A run with its totals and what stands in its way; nobody's pay."""

    number = serializers.IntegerField()
    group = serializers.CharField(source="period.pay_group.code")
    pays_on = serializers.DateField()
    state = serializers.ChoiceField(choices=PayRun.State.values)
    people = serializers.IntegerField(source="results.people", default=None, allow_null=True)
    net = Pounds(source="results.net", default=None, allow_null=True)
    causes = PayCauseRow(many=True, source="told")
    variance = PayVarianceRow(many=True, source="changed")
    made_by = serializers.CharField(source="made_by_name")
    submitted_by = serializers.CharField(source="submitted_by_name")
    approved_by = serializers.CharField(source="approved_by_name")
    version = serializers.IntegerField()


class PayApprovalAsked(VersionAsked):
    """The net pay as the second person has added it up, and the version that they saw."""

    total = serializers.DecimalField(max_digits=15, decimal_places=2)


class EmployeesAsked(serializers.Serializer):
    """Employee numbers."""

    employees = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=10**12), min_length=1, max_length=500
    )


class PayWaiverAsked(EmployeesAsked, ReasonAsked):
    """Whose exceptions are settled, and why."""


class SupplementaryAsked(EmployeesAsked, ReasonAsked):
    """Whom a supplementary run pays, when, and why it does not wait."""

    pays_on = serializers.DateField()


class PayPeriods(Endpoint):
    """Pay periods around today."""

    permission = SEE_PAY_RUNS

    @extend_schema(operation_id="pay_periods_list", responses=PayPeriodRow(many=True))
    def get(self, request: Any, organisation: str) -> Response:
        """By pay day."""
        found = selectors.board(self.actor.organisation_id, request.today)
        return Response(PayPeriodRow(found, many=True).data)


class PayRunHere(Endpoint):
    """What is asked or done of one run: each answers with the run as it is now."""

    permission = RUN_PAY
    moves_money = True

    def found(self, number: int) -> PayRun:
        """NotFound."""
        return selectors.pay_run(self.actor.organisation_id, number)

    def told(self, number: int, status: int = 200) -> Response:
        """The run with its exceptions by cause."""
        row: Any = self.found(number)
        row.told, row.changed = selectors.causes(row), causes_of(row.variance)
        return Response(PayRunOut(row).data, status=status)

    def done(self, request: Request, number: int, act: Callable[..., PayRun]) -> Response:
        """An act on the version that was seen."""
        run, given = self.found(number), asked(VersionAsked, request)
        act(pay_run=run, by=self.actor, **given)
        return self.told(number)

    def chosen(self, run: PayRun, cause: str, given: dict[str, Any]) -> list[int]:
        """The employments behind numbers whose exceptions of the cause are open. NotFound."""
        return selectors.open_numbered(run, cause, given.pop("employees"))


class PayRunOne(PayRunHere):
    """One run."""

    permission = SEE_PAY_RUNS

    @extend_schema(operation_id="pay_runs_read", responses=PayRunOut)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """Its totals, and its exceptions by cause."""
        return self.told(number)


class PayRunStart(PayRunHere):
    """The run of a period."""

    @extend_schema(operation_id="pay_runs_start", request=NothingAsked, responses={201: PayRunOut})
    def post(self, request: Request, organisation: str, period: int) -> Response:
        """Begins it, or answers with the one that was begun (PRL01, PRL15, PRL16)."""
        asked(NothingAsked, request)
        found = selectors.pay_period(self.actor.organisation_id, period)
        run = services.start_pay_run(period=found, by=self.actor)
        return self.told(run.number, status=201)


class SupplementaryRunStart(PayRunHere):
    """A supplementary run of a period."""

    @extend_schema(
        operation_id="pay_runs_supplement", request=SupplementaryAsked, responses={201: PayRunOut}
    )
    def post(self, request: Request, organisation: str, period: int) -> Response:
        """What chosen people were not paid yet (PRL13, PRL25, PRL64, PRL65, PRL66)."""
        found = selectors.pay_period(self.actor.organisation_id, period)
        given = Supplement(**asked(SupplementaryAsked, request))
        run = start_supplementary_run(period=found, supplement=given, by=self.actor)
        return self.told(run.number, status=201)


class PayRunRecalculation(PayRunHere):
    """Everybody calculated again."""

    @extend_schema(operation_id="pay_runs_recalculate", request=VersionAsked, responses=PayRunOut)
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """With the figures of the law as they are now (PRL09)."""
        return self.done(request, number, services.recalculate_all)


class PayRunSubmission(PayRunHere):
    """The way into approval."""

    @extend_schema(operation_id="pay_runs_submit", request=VersionAsked, responses=PayRunOut)
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Sends the run to a second person (PRL09, PRL10)."""
        return self.done(request, number, services.submit)


class PayRunApproval(PayRunHere):
    """The approval of a run."""

    permission = APPROVE_PAY

    @extend_schema(operation_id="pay_runs_approve", request=PayApprovalAsked, responses=PayRunOut)
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """By a second person who knows the net pay (PRL09, PRL11, PRL12)."""
        run, given = self.found(number), asked(PayApprovalAsked, request)
        total = to_pence(given.pop("total"))
        services.approve(pay_run=run, typed_total_pence=total, by=self.actor, **given)
        return self.told(number)


class PayRunSendingBack(PayRunHere):
    """A run given back to payroll."""

    permission = APPROVE_PAY

    @extend_schema(operation_id="pay_runs_send_back", request=ReasonAsked, responses=PayRunOut)
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """With a reason (PRL09, PRL13)."""
        run = self.found(number)
        services.send_back(pay_run=run, by=self.actor, **asked(ReasonAsked, request))
        return self.told(number)


class PayRunPayment(PayRunHere):
    """The bank files of a run."""

    @extend_schema(operation_id="pay_runs_pay", request=NothingAsked, responses={202: PayRunOut})
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Has a worker make them; asked again, it is the same work (PRL09, PRL17)."""
        asked(NothingAsked, request)
        paying.order_payment(pay_run=self.found(number), by=self.actor)
        return self.told(number, status=202)


class PayExceptions(Endpoint):
    """Exceptions of a run."""

    permission = SEE_PAYSLIPS

    @extend_schema(
        operation_id="pay_exceptions_list",
        responses=PayExceptionPart,
        parameters=[CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str, number: int, cause: str) -> Response:
        """Those of one cause, open and waived."""
        run = selectors.pay_run(self.actor.organisation_id, number)
        part = part_of(request, selectors.exceptions_of(run, cause), "number", "id")
        return Response(PayExceptionPart(part).data)


class PayExceptionsWaiver(PayRunHere):
    """Exceptions settled with a reason."""

    @extend_schema(operation_id="pay_exceptions_waive", request=PayWaiverAsked, responses=PayRunOut)
    def post(self, request: Request, organisation: str, number: int, cause: str) -> Response:
        """Those of one cause that are open, never of one's own pay (PRL09, PRL13, PRL14)."""
        run, given = self.found(number), asked(PayWaiverAsked, request)
        people = self.chosen(run, cause, given)
        services.waive(pay_run=run, cause=cause, employments=people, by=self.actor, **given)
        return self.told(number)


class PayExceptionsRecalculation(PayRunHere):
    """A few people calculated again."""

    @extend_schema(
        operation_id="pay_exceptions_recalculate", request=EmployeesAsked, responses=PayRunOut
    )
    def post(self, request: Request, organisation: str, number: int, cause: str) -> Response:
        """Those whose exceptions of one cause are open, at once (PRL09)."""
        run, given = self.found(number), asked(EmployeesAsked, request)
        people = self.chosen(run, cause, given)
        services.recalculate_some(pay_run=run, employments=people, by=self.actor)
        return self.told(number)
