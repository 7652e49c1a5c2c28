"""What a pay would be, for programs: the page's questions, and every line with its workings."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.money import pounds
from core.web.api import Endpoint, checked
from payroll.forms import WhatIfForm
from payroll.permissions import ASK_PAY

QUESTIONS = {
    "type": "object",
    "required": ["day", "frequency"],
    "properties": {
        name: {"type": "string", "description": str(field.label)}
        for name, field in WhatIfForm.base_fields.items()
    },
}


class LineOut(serializers.Serializer):
    """A line: what is paid is above zero, what is taken below, in pounds."""

    name = serializers.CharField()
    amount = serializers.SerializerMethodField()
    workings = serializers.ListField(child=serializers.CharField())

    def get_amount(self, line: Any) -> str:
        """Pounds with two decimals."""
        return str(pounds(line.amount))


class PayAnswerOut(serializers.Serializer):
    """The lines add up to the net pay, those of the employer to what the person costs in all."""

    period = serializers.CharField()
    year = serializers.CharField()
    lines = LineOut(many=True)
    net = serializers.SerializerMethodField()
    employer = LineOut(many=True)
    checks = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))

    def get_net(self, found: Any) -> str:
        """Pounds with two decimals."""
        return str(pounds(found.net))


class PayAnswer(Endpoint):
    """One payment worked out; nothing is kept."""

    permission = ASK_PAY

    @extend_schema(
        operation_id="pay_answers", request={"application/json": QUESTIONS}, responses=PayAnswerOut
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Takes the names of the page's fields; days as 2026-11-30, amounts in pounds."""
        form = WhatIfForm(request.data, today=request.today)  # type: ignore[attr-defined]
        checked(form)
        return Response(PayAnswerOut(form.answer).data)
