"""How those who decide have decided, for programs."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.permissions import SEE_EVERY_REQUEST
from approvals.selectors.history import approver_figures
from core.web.api import Endpoint

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
