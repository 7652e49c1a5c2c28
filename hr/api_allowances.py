"""Allowances for programs: asking that jobs have one or have it no more, and their terms."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.web.api import Endpoint, asked
from hr.api_requests import JobAsked, StaffRequestRow
from hr.models import Allowance, Status
from hr.permissions import KEEP_TERMS, REQUEST_CHANGES
from hr.selectors.people import job_of
from hr.services.allowances import (
    NewAllowance,
    record_allowance,
    request_allowance,
    request_allowance_end,
)


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


class AllowanceTermsAsked(serializers.Serializer):
    """What the terms say of an allowance from a day on: pence, or a share in per cent with least
    and most; of what is claimed, under which name and for which grades of a scale, by comma."""

    code = serializers.SlugField(max_length=20)
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=Allowance.Kind.choices)
    paid = serializers.ChoiceField(choices=Allowance.Paid.choices)
    amount_pence = serializers.IntegerField(min_value=1, max_value=10**9, default=None,
                                            allow_null=True)  # fmt: skip
    rate_percent = serializers.DecimalField(
        max_digits=6, decimal_places=3, min_value=0, max_value=400, default=None, allow_null=True
    )
    least_pence = serializers.IntegerField(min_value=0, max_value=10**9, default=None,
                                           allow_null=True)  # fmt: skip
    most_pence = serializers.IntegerField(min_value=0, max_value=10**9, default=None,
                                          allow_null=True)  # fmt: skip
    claimed_as = serializers.CharField(max_length=20, default="", allow_blank=True)
    scale_code = serializers.CharField(max_length=20, default="", allow_blank=True)
    grades = serializers.CharField(max_length=200, default="", allow_blank=True)
    from_on = serializers.DateField()
    source = serializers.CharField(max_length=200)  # type: ignore[assignment]
    status = serializers.ChoiceField(choices=Status.choices)


class AllowanceTerms(Endpoint):
    """What the terms say of allowances."""

    permission = KEEP_TERMS

    @extend_schema(
        operation_id="allowance_terms_record",
        request=AllowanceTermsAsked,
        responses={201: AllowanceTermsAsked},
    )
    def post(self, request: Any, organisation: str) -> Response:
        """What they said of the code from that day on is superseded (HRR68, HRR69)."""
        given = asked(AllowanceTermsAsked, request)
        from_on = given.pop("from_on")
        made = record_allowance(
            new=NewAllowance(**given), from_on=from_on, today=request.today, by=self.actor
        )
        return Response(AllowanceTermsAsked(made).data, status=201)
