"""Delegations for programs: who decides for whom, making one and ending one."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.models import Delegation
from approvals.permissions import DECIDE, SEE_WAITING
from approvals.selectors.delegations import delegations_of
from approvals.services.delegations import delegate, end_delegation
from core.web.api import Endpoint, NothingAsked, asked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type


class DelegationRow(serializers.Serializer):
    """One decides with the rights of another; the days are null where it ended before them."""

    number = serializers.IntegerField(source="pk")
    from_person = serializers.CharField(source="from_person_name")
    to_person = serializers.CharField(source="to_person_name")
    reason = serializers.CharField()
    first_on = serializers.DateField(source="valid.lower", allow_null=True)
    last_on = serializers.SerializerMethodField()
    made_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_last_on(self, row: Delegation) -> date | None:
        """The last of the days, which is included."""
        after: date | None = row.valid.upper
        return after - timedelta(days=1) if after else None


class DelegationAsked(serializers.Serializer):
    """Who decides for the person of the token, a person by their number, on which days and why."""

    to_person = serializers.IntegerField(source="to_person_id", min_value=1, max_value=2**31 - 1)
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    reason = serializers.CharField(max_length=200, default="", allow_blank=True)


DelegationPart = part_type(DelegationRow)


class Delegations(Endpoint):
    """Delegations, the newest first."""

    permission = SEE_WAITING

    @extend_schema(
        operation_id="delegations_list", responses=DelegationPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Those that one made or received; all for those who see the decisions of others."""
        return Response(DelegationPart(part_of(request, delegations_of(self.actor), "-id")).data)


class DelegationMade(Endpoint):
    """New delegations."""

    permission = DECIDE

    @extend_schema(
        operation_id="delegations_make", request=DelegationAsked, responses={201: DelegationRow}
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Somebody else decides with one's rights, from the first day to the last (APR10-14)."""
        given = asked(DelegationAsked, request)
        made = delegate(by=self.actor, as_of=timezone.now(), **given)
        made.refresh_from_db()
        return Response(DelegationRow(made).data, status=201)


class DelegationEnd(Endpoint):
    """The end of a delegation."""

    permission = DECIDE

    @extend_schema(operation_id="delegations_end", request=NothingAsked, responses=DelegationRow)
    def post(self, request: Any, organisation: str, id: int) -> Response:
        """Ends a delegation of one's own at once."""
        asked(NothingAsked, request)
        ended = end_delegation(delegation_id=id, by=self.actor, as_of=timezone.now())
        return Response(DelegationRow(ended).data)
