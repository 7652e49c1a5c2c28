"""Allowances of jobs for programs: asking that they are given, and that they end."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.web.api import Endpoint, asked
from hr.api_requests import JobAsked, StaffRequestRow
from hr.permissions import REQUEST_CHANGES
from hr.selectors.people import job_of
from hr.services.allowances import request_allowance, request_allowance_end


class AllowanceEndAsked(JobAsked):
    """Which allowance a job has no more, by its code; `from_on` is the first day without it."""

    code = serializers.CharField(max_length=20)


class AllowanceAsked(AllowanceEndAsked):
    """Which allowance a job is to have, by the code of the terms, from a day on or until a last."""

    last_on = serializers.DateField(default=None, allow_null=True)


class Allowances(Endpoint):
    """Allowances that jobs have besides the pay of their point."""

    permission = REQUEST_CHANGES

    @extend_schema(
        operation_id="staff_requests_allowance",
        request=AllowanceAsked,
        responses={201: StaffRequestRow},
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Asks for one; nothing changes before a second person agrees (HRR64, HRR65, HRR67)."""
        given = asked(AllowanceAsked, request)
        last = job_of(self.actor, given.pop("number"), given.pop("job"), request.today)
        row = request_allowance(assignment=last.assignment, **given, by=self.actor)
        return Response(StaffRequestRow(row).data, status=201)


class AllowanceEnds(Endpoint):
    """Allowances that end."""

    permission = REQUEST_CHANGES

    @extend_schema(
        operation_id="staff_requests_allowance_end",
        request=AllowanceEndAsked,
        responses={201: StaffRequestRow},
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Asks that one ends; nothing changes before a second person agrees (HRR66)."""
        given = asked(AllowanceEndAsked, request)
        last = job_of(self.actor, given.pop("number"), given.pop("job"), request.today)
        row = request_allowance_end(assignment=last.assignment, **given, by=self.actor)
        return Response(StaffRequestRow(row).data, status=201)
