"""Statutory pay, for programs: stating earnings, and what is recovered of a tax year."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.web.api import Endpoint, Pounds, asked
from core.web.api_asked import MOST
from hr.selectors.absences import absence_of
from payroll.api_deductions import MOST_PENCE
from payroll.models import StatedEarnings
from payroll.permissions import KEEP_STATUTORY
from payroll.services.statutory import NewEarnings, state_earnings


class EarningsAsked(serializers.Serializer):
    """Earnings before an absence, in pence, of so many weeks or months, and where they stand."""

    absence = serializers.IntegerField(min_value=1, max_value=MOST)
    earnings_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE)
    parts = serializers.IntegerField(min_value=1, max_value=60)
    unit = serializers.ChoiceField(choices=StatedEarnings.Unit.values)
    paper = serializers.CharField(max_length=100)


class EarningsOut(serializers.Serializer):
    """Earnings as they were stated."""

    absence = serializers.IntegerField()
    earnings = Pounds(source="earnings_pence")
    parts = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=StatedEarnings.Unit.values)
    paper = serializers.CharField()


class EarningsStated(Endpoint):
    """Stating earnings."""

    permission = KEEP_STATUTORY
    moves_money = True

    @extend_schema(
        operation_id="pay_earnings_state", request=EarningsAsked, responses={201: EarningsOut}
    )
    def post(self, request: Any, organisation: str) -> Response:
        """They take the place of the payslips' for this absence (PRL90)."""
        given = asked(EarningsAsked, request)
        found = absence_of(self.actor, given.pop("absence"))
        made = state_earnings(absence=found, stated=NewEarnings(**given), by=self.actor)
        return Response(EarningsOut(made).data, status=201)
