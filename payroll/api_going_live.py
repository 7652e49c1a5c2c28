"""Signing parallel runs off and going live, for programs."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, asked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from payroll.api_parallel import ParallelOut
from payroll.models import GoLive
from payroll.permissions import APPROVE_PAY, RUN_PAY, SEE_PAY_RUNS
from payroll.selectors import going_live as selectors
from payroll.selectors.parallel import one_parallel
from payroll.services.going_live import agree_go_live, ask_go_live, decline_go_live, sign_off


class SignedRow(serializers.Serializer):
    """A signed parallel run, and how many differences it left."""

    number = serializers.IntegerField()
    unexplained = serializers.IntegerField()


class RestsOn(serializers.Serializer):
    """A pay group with its last signed parallel runs."""

    group = serializers.CharField()
    ready = serializers.BooleanField()
    signed = SignedRow(many=True)


class GoLiveRow(serializers.Serializer):
    """What was asked for, and what was decided."""

    state = serializers.ChoiceField(choices=GoLive.State.values)
    waiver = serializers.CharField()
    asked_by = serializers.CharField(source="asked_by_name")
    asked_at = serializers.DateTimeField()
    decided_by = serializers.CharField(source="decided_by_name")
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    rests_on = serializers.SerializerMethodField()

    @extend_schema_field(RestsOn(many=True))
    def get_rests_on(self, one: GoLive) -> list[dict[str, Any]]:
        """As it stood when it was asked for."""
        return [dict(row) for row in RestsOn(one.figures, many=True).data]


class GoLiveAsked(serializers.Serializer):
    """Why it should go live where not every pay group is ready."""

    waiver = serializers.CharField(max_length=300, default="", allow_blank=True)


class GoLiveDecided(serializers.Serializer):
    """What is decided; declining takes a reason."""

    decision = serializers.ChoiceField(choices=["agree", "decline"])
    reason = serializers.CharField(max_length=200, default="", allow_blank=True)


GoLivePart = part_type(GoLiveRow)


class GoLives(Endpoint):
    """Decisions to go live."""

    permission = SEE_PAY_RUNS

    @extend_schema(operation_id="go_live_list", responses=GoLivePart, parameters=[CURSOR_PARAMETER])
    def get(self, request: Request, organisation: str) -> Response:
        """Newest first."""
        rows = selectors.decisions(self.actor.organisation_id)
        return Response(GoLivePart(part_of(request, rows, "-id")).data)


class GoLiveNew(Endpoint):
    """Asking to go live."""

    permission = RUN_PAY
    moves_money = True

    @extend_schema(operation_id="go_live_ask", request=GoLiveAsked, responses={201: GoLiveRow})
    def post(self, request: Any, organisation: str) -> Response:
        """A second person decides."""
        waiver = asked(GoLiveAsked, request)["waiver"]
        made = ask_go_live(waiver=waiver, by=self.actor, at=timezone.now())
        return Response(GoLiveRow(made).data, status=201)


class GoLiveDecision(Endpoint):
    """Deciding on going live."""

    permission = APPROVE_PAY
    moves_money = True

    @extend_schema(operation_id="go_live_decide", request=GoLiveDecided, responses=GoLiveRow)
    def post(self, request: Any, organisation: str) -> Response:
        """Agreed to, the organisation is live at once."""
        given, at = asked(GoLiveDecided, request), timezone.now()
        one = selectors.decision_asked(self.actor.organisation_id)
        if given["decision"] == "agree":
            one = agree_go_live(asked=one, by=self.actor, at=at)
        else:
            one = decline_go_live(asked=one, reason=given["reason"], by=self.actor, at=at)
        return Response(GoLiveRow(one).data)


class ParallelSigned(Endpoint):
    """Signing a parallel run off."""

    permission = APPROVE_PAY
    moves_money = True

    @extend_schema(operation_id="parallel_runs_sign", request=None, responses=ParallelOut)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """Nothing of it changes any more."""
        one = one_parallel(self.actor.organisation_id, number)
        sign_off(parallel=one, by=self.actor, at=timezone.now())
        return Response(ParallelOut(one).data)
