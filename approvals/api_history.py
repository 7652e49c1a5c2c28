"""How those who decide have decided, for programs."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.models import Step
from approvals.permissions import SEE_EVERY_REQUEST, SEE_WAITING
from approvals.selectors.history import approver_figures, steps_decided_by
from core.errors import NotFound
from core.web.api import Endpoint
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type

SINCE = timedelta(days=365)


class ApproverRow(serializers.Serializer):
    """The decisions of one person; minutes are of working time, null where it is not known."""

    number = serializers.IntegerField(source="person_id")
    name = serializers.CharField()
    decisions = serializers.IntegerField()
    returned = serializers.IntegerField()
    rejected = serializers.IntegerField()
    for_others = serializers.IntegerField()
    escalated = serializers.IntegerField()
    median_minutes = serializers.IntegerField(allow_null=True)
    longest_minutes = serializers.IntegerField(allow_null=True)


class Approvers(Endpoint):
    """Those who decided."""

    permission = SEE_EVERY_REQUEST

    @extend_schema(operation_id="approvers_list", responses=ApproverRow(many=True))
    def get(self, request: Request, organisation: str) -> Response:
        """Within the last 365 days, those who decided most first."""
        found = approver_figures(self.actor.organisation_id, timezone.now() - SINCE)
        return Response(ApproverRow(found, many=True).data)


class DecisionRow(serializers.Serializer):
    """A decision: minutes are of working time, null where it is not known."""

    request = serializers.IntegerField(source="request_id")
    summary = serializers.CharField(source="request.summary")
    state = serializers.ChoiceField(choices=Step.State.values)
    decided_by = serializers.CharField(source="decided_by_name")
    decided_for = serializers.CharField(source="decided_for_name")
    decided_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(source="took_minutes", allow_null=True)


DecisionPart = part_type(DecisionRow)


class ApproverDecisions(Endpoint):
    """The decisions of one person."""

    permission = SEE_WAITING

    @extend_schema(
        operation_id="approvers_decisions", responses=DecisionPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Request, organisation: str, person: int) -> Response:
        """One's own, or anybody's for those who see every decision, newest first."""
        part = part_of(request, steps_decided_by(self.actor, person), "-id")
        if not part.results and person != self.actor.person_id:
            raise NotFound()
        return Response(DecisionPart(part).data)
