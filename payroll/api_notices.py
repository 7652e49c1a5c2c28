"""Notices of loans, gifts and pay given up, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.web.api import Endpoint, Pounds, asked
from payroll.api_deductions import MOST_PENCE, DeductionAsked, taken_employment
from payroll.calculator.loans import plan_names
from payroll.models import PayNotice
from payroll.permissions import KEEP_NOTICES
from payroll.services.notices import NewNotice, record_notice


class NoticeAsked(DeductionAsked):
    """All that holds from the day on; plans of loan as `2+PGL`, amounts in pence of one pay day."""

    from_on = serializers.DateField()
    paper = serializers.CharField(max_length=100)
    loans = serializers.CharField(max_length=20, default="", allow_blank=True)
    gift_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, default=0)
    sacrifice_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, default=0)
    pension_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, default=0)


class PayNoticeOut(serializers.Serializer):
    """A notice as it was recorded."""

    employee = serializers.IntegerField(source="employment.number")
    from_on = serializers.DateField()
    loans = serializers.SerializerMethodField()
    gift = Pounds(source="gift_pence")
    sacrifice = Pounds(source="sacrifice_pence")
    pension = Pounds(source="pension_pence")
    paper = serializers.CharField()

    def get_loans(self, notice: PayNotice) -> str:
        """The plans, as they are asked for."""
        return plan_names(notice.loans)


class NoticeRecorded(Endpoint):
    """Recording a notice."""

    permission = KEEP_NOTICES
    moves_money = True

    @extend_schema(
        operation_id="pay_notices_record", request=NoticeAsked, responses={201: PayNoticeOut}
    )
    def post(self, request: Any, organisation: str) -> Response:
        """It takes the place of the one before; the next pay that is calculated takes it."""
        given = asked(NoticeAsked, request)
        whose = taken_employment(self.actor, given)
        made = record_notice(employment=whose, notice=NewNotice(**given), by=self.actor)
        return Response(PayNoticeOut(made).data, status=201)
