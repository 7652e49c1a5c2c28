"""Differences of parallel runs, for programs: found, listed, assigned, explained and agreed to."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint, Pounds, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from payroll.models import DifferenceCause, ParallelRun
from payroll.models.parallel import SAYABLE, TARGETS
from payroll.permissions import RUN_PAY, SEE_PAYSLIPS
from payroll.selectors import parallel as selectors
from payroll.services import differences as services

MOST_AT_ONCE = 10_000


class DifferencesQuery(serializers.Serializer):
    """What can be asked for."""

    cause = serializers.ChoiceField(choices=DifferenceCause.values, required=False)
    kind = serializers.ChoiceField(choices=[key for key, _ in TARGETS], required=False)
    standing = serializers.ChoiceField(choices=list(selectors.STANDINGS), required=False)


class DifferenceRow(serializers.Serializer):
    """What one person is paid, or has taken, as one kind of pay; by both payrolls."""

    id = serializers.IntegerField(source="pk")
    employee = serializers.IntegerField()
    kind = serializers.CharField(source="target")
    element = serializers.CharField(source="element.code", default=None, allow_null=True)
    legacy = Pounds(source="legacy_pence")
    here = Pounds(source="ours_pence")
    cause = serializers.ChoiceField(choices=DifferenceCause.values)
    found = serializers.CharField()
    assigned_to = serializers.CharField(source="assigned_to_name")
    said = serializers.CharField()
    explanation = serializers.CharField()
    explained_by = serializers.CharField(source="explained_by_name")
    agreed_by = serializers.CharField(source="agreed_by_name")


class CauseRow(serializers.Serializer):
    """How many differences have a cause."""

    cause = serializers.CharField()
    count = serializers.IntegerField()
    more = Pounds()
    less = Pounds()
    waiting = serializers.IntegerField()


class Compared(serializers.Serializer):
    """What a comparison found."""

    number = serializers.IntegerField()
    compared_at = serializers.DateTimeField()
    causes = CauseRow(many=True)


class Some(serializers.Serializer):
    """Which differences."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), min_length=1, max_length=MOST_AT_ONCE
    )


class AssignmentAsked(Some):
    """To whom they are given: the number of a person who runs the pay here."""

    person = serializers.IntegerField(min_value=1)


class ExplanationAsked(Some):
    """Why they differ."""

    cause = serializers.ChoiceField(choices=[key for key, _ in SAYABLE])
    words = serializers.CharField(max_length=300)


class Done(serializers.Serializer):
    """How many it was done with."""

    count = serializers.IntegerField()


DifferencePart = part_type(DifferenceRow)


class ParallelCompared(Endpoint):
    """Comparing results with the pay run of the same period."""

    permission = RUN_PAY
    moves_money = True

    @extend_schema(operation_id="parallel_runs_compare", request=None, responses=Compared)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """As often as wanted; what says the same keeps what people said of it."""
        one = selectors.one_parallel(self.actor.organisation_id, number)
        one = services.compare(parallel=one, by=self.actor, at=timezone.now())
        causes = [
            {"cause": cause, "count": n.count, "more": n.more_pence, "less": n.less_pence,
             "waiting": n.waiting}
            for cause, n in selectors.counts_of(one).items()
        ]  # fmt: skip
        told = {"number": one.number, "compared_at": one.compared_at, "causes": causes}
        return Response(Compared(told).data)


class ParallelDifferences(Endpoint):
    """The differences of a parallel run."""

    permission = SEE_PAYSLIPS

    @extend_schema(
        operation_id="parallel_runs_differences", responses=DifferencePart,
        parameters=[DifferencesQuery, CURSOR_PARAMETER],
    )  # fmt: skip
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """What people are paid: each look is recorded."""
        one = selectors.one_parallel(self.actor.organisation_id, number)
        services.look_at_differences(parallel=one, by=self.actor)
        rows = selectors.differences_of(one, **queried(DifferencesQuery, request))
        return Response(DifferencePart(part_of(request, rows, "id")).data)


class _Settled(Endpoint):
    """Acts on differences of a parallel run."""

    permission = RUN_PAY
    moves_money = True

    def parallel(self, number: int) -> ParallelRun:
        return selectors.one_parallel(self.actor.organisation_id, number)


class DifferencesAssigned(_Settled):
    """Giving differences to somebody."""

    @extend_schema(operation_id="parallel_runs_assign", request=AssignmentAsked, responses=Done)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """To somebody who runs the pay here."""
        parallel, given = self.parallel(number), asked(AssignmentAsked, request)
        people = selectors.who_explains(self.actor.organisation_id, timezone.localdate())
        to = next((one for one in people if one.person_id == given["person"]), None)
        if to is None:
            raise NotFound("Nobody who runs the pay here has this number.")
        done = services.assign(parallel=parallel, ids=given["ids"], to=to, by=self.actor)
        return Response(Done({"count": done}).data)


class DifferencesExplained(_Settled):
    """Saying why differences are there."""

    @extend_schema(operation_id="parallel_runs_explain", request=ExplanationAsked, responses=Done)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """For a second person to agree to."""
        parallel, given = self.parallel(number), asked(ExplanationAsked, request)
        done = services.explain(parallel=parallel, **given, by=self.actor)
        return Response(Done({"count": done}).data)


class DifferencesAgreed(_Settled):
    """Agreeing to what was said of differences."""

    @extend_schema(operation_id="parallel_runs_agree", request=Some, responses=Done)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """Never by who said it."""
        parallel, ids = self.parallel(number), asked(Some, request)["ids"]
        done = services.agree(parallel=parallel, ids=ids, by=self.actor, at=timezone.now())
        return Response(Done({"count": done}).data)
