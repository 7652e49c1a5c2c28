"""Parallel runs, for programs: results of the other payroll, and what its elements are here."""

import hashlib
import json
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, Pounds, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from payroll.api_deductions import EndAsked
from payroll.legacy import MOST_MINUTES, MOST_PENCE, NewAmount
from payroll.models import ParallelRun
from payroll.models.parallel import TARGETS
from payroll.permissions import RUN_PAY, SEE_PAY_RUNS
from payroll.selectors import parallel as selectors
from payroll.services.parallel import Chosen, confirm_element, load_results, withdraw

MOST_AT_ONCE = 50_000


class ParallelQuery(serializers.Serializer):
    """What can be asked for."""

    state = serializers.ChoiceField(choices=ParallelRun.State.values, required=False)


class ParallelRow(serializers.Serializer):
    """Results of a pay day, and what became of them."""

    number = serializers.IntegerField()
    group = serializers.CharField(source="period.pay_group.code")
    pays_on = serializers.DateField(source="period.pays_on")
    state = serializers.ChoiceField(choices=ParallelRun.State.values)
    file = serializers.CharField(source="name")
    rows = serializers.IntegerField()
    people = serializers.IntegerField()
    unexplained = serializers.IntegerField(allow_null=True)
    signed_by = serializers.CharField(source="signed_by_name")
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()


class LegacyElementRow(serializers.Serializer):
    """An element of the other payroll, and what it is here once somebody confirmed it."""

    code = serializers.CharField()
    name = serializers.CharField()
    target = serializers.CharField()
    ours = serializers.CharField(source="element.code", default=None, allow_null=True)
    reversed = serializers.BooleanField()
    confirmed_by = serializers.CharField(source="confirmed_by_name")


class ElementInFile(LegacyElementRow):
    """An element as it stands in a file."""

    rows = serializers.IntegerField()
    amount = Pounds(source="pence")


class ParallelOut(ParallelRow):
    """Results with their elements; whose amounts they are is not told."""

    elements = serializers.SerializerMethodField()

    @extend_schema_field(ElementInFile(many=True))
    def get_elements(self, one: ParallelRun) -> list[dict[str, Any]]:
        """By code."""
        found = ElementInFile(selectors.elements_of_file(one), many=True).data
        return [dict(row) for row in found]


class AmountAsked(serializers.Serializer):
    """What one person was paid, or had taken, as one element."""

    employee = serializers.IntegerField(min_value=1, max_value=10**9)
    element = serializers.CharField(max_length=40)
    pence = serializers.IntegerField(min_value=-MOST_PENCE, max_value=MOST_PENCE)
    name = serializers.CharField(max_length=80, default="", allow_blank=True)
    minutes = serializers.IntegerField(min_value=0, max_value=MOST_MINUTES, default=None)
    rate_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, default=None)
    code = serializers.CharField(max_length=10, default="", allow_blank=True)


class ResultsAsked(serializers.Serializer):
    """What another payroll paid a group on a pay day."""

    group = serializers.CharField(max_length=20)
    pays_on = serializers.DateField()
    name = serializers.CharField(max_length=120)
    amounts = serializers.ListField(child=AmountAsked(), min_length=1, max_length=MOST_AT_ONCE)


class MeaningAsked(serializers.Serializer):
    """What an element is here: a `target`, or `ours`, the short name of an element of pay."""

    code = serializers.CharField(max_length=40)
    target = serializers.ChoiceField(choices=[key for key, _ in TARGETS], default="")
    ours = serializers.CharField(max_length=20, default="")
    reversed = serializers.BooleanField(default=False)


ParallelPart = part_type(ParallelRow)
ElementPart = part_type(LegacyElementRow)


class Parallels(Endpoint):
    """Results of the other payroll, newest first."""

    permission = SEE_PAY_RUNS

    @extend_schema(
        operation_id="parallel_runs_list", responses=ParallelPart,
        parameters=[ParallelQuery, CURSOR_PARAMETER],
    )  # fmt: skip
    def get(self, request: Request, organisation: str) -> Response:
        """Counts, and nobody's pay."""
        query = queried(ParallelQuery, request)
        rows = selectors.parallels_here(self.actor.organisation_id, **query)
        return Response(ParallelPart(part_of(request, rows, "-number")).data)


class Parallel(Endpoint):
    """Results of one pay day."""

    permission = SEE_PAY_RUNS

    @extend_schema(operation_id="parallel_runs_read", responses=ParallelOut)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """With what each element comes to."""
        one = selectors.one_parallel(self.actor.organisation_id, number)
        return Response(ParallelOut(one).data)


class ParallelLoaded(Endpoint):
    """Sending in results."""

    permission = RUN_PAY
    moves_money = True

    @extend_schema(
        operation_id="parallel_runs_load", request=ResultsAsked, responses={201: ParallelOut}
    )
    def post(self, request: Any, organisation: str) -> Response:
        """All of them or none; elements that were never seen are guessed by name."""
        given = asked(ResultsAsked, request)
        amounts = [
            NewAmount(
                row=number, employee=one["employee"], element=one["element"],
                amount_pence=one["pence"], pays_on=given["pays_on"], name=one["name"],
                minutes=one["minutes"], rate_pence=one["rate_pence"], fact=one["code"],
            )
            for number, one in enumerate(given["amounts"], start=1)
        ]  # fmt: skip
        whole = json.dumps([given["group"], str(given["pays_on"]), given["amounts"]])
        made = load_results(
            group=selectors.group_coded(self.actor.organisation_id, given["group"]),
            amounts=amounts, name=given["name"], by=self.actor, at=timezone.now(),
            sha256=hashlib.sha256(whole.encode()).hexdigest(),
        )  # fmt: skip
        return Response(ParallelOut(made).data, status=201)


class ParallelWithdrawn(Endpoint):
    """Taking results out of the comparison."""

    permission = RUN_PAY
    moves_money = True

    @extend_schema(operation_id="parallel_runs_withdraw", request=EndAsked, responses=ParallelOut)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """Another file of the same pay day can be loaded then."""
        one = selectors.one_parallel(self.actor.organisation_id, number)
        withdraw(parallel=one, reason=asked(EndAsked, request)["reason"], by=self.actor)
        return Response(ParallelOut(one).data)


class LegacyElements(Endpoint):
    """Elements of the other payroll."""

    permission = SEE_PAY_RUNS

    @extend_schema(
        operation_id="legacy_elements_list", responses=ElementPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Request, organisation: str) -> Response:
        """By code, guesses among them."""
        rows = selectors.legacy_elements(self.actor.organisation_id)
        return Response(ElementPart(part_of(request, rows, "code")).data)


class LegacyElementConfirmed(Endpoint):
    """Saying what an element is here."""

    permission = RUN_PAY
    moves_money = True

    @extend_schema(
        operation_id="legacy_elements_confirm", request=MeaningAsked, responses=LegacyElementRow
    )
    def post(self, request: Any, organisation: str) -> Response:
        """For the files that are loaded and for all to come."""
        chosen = Chosen(**asked(MeaningAsked, request))
        row = confirm_element(chosen=chosen, by=self.actor, at=timezone.now())
        return Response(LegacyElementRow(row).data)
