"""Months of figures for programs: who signed them, what was said of them."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.web.api import Endpoint, asked
from sla.permissions import REMARK_ON_FIGURES, SIGN_FIGURES
from sla.selectors import month_of
from sla.services import explain_corrections, remark, sign_month


class SignatureAsked(serializers.Serializer):
    """The job under which the month is signed, as it will stand beside the figures."""

    job_title = serializers.CharField(max_length=80)


class SignatureOut(serializers.Serializer):
    """A month whose figures are frozen."""

    month = serializers.DateField()
    signed_by = serializers.CharField(source="signed_by_name")
    job_title = serializers.CharField()
    signed_at = serializers.DateTimeField()


class RemarkAsked(serializers.Serializer):
    """Which figure of the month, and what there is to say of it."""

    indicator = serializers.CharField(max_length=12)
    text = serializers.CharField(max_length=500)


class RemarkOut(serializers.Serializer):
    """What was said of a figure."""

    month = serializers.DateField()
    indicator = serializers.CharField(source="indicator_code")
    text = serializers.CharField()
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()


class CorrectionReasonAsked(serializers.Serializer):
    """Which measure changed after the month was signed, and why."""

    measure = serializers.CharField(max_length=80)
    reason = serializers.CharField(max_length=300)


class Explained(serializers.Serializer):
    """How many corrections have a reason now."""

    explained = serializers.IntegerField()


class MonthCorrectionReasons(Endpoint):
    """Reasons of corrections of a signed month."""

    permission = REMARK_ON_FIGURES

    @extend_schema(
        operation_id="months_explain_corrections",
        request=CorrectionReasonAsked,
        responses=Explained,
    )
    def post(self, request: Any, organisation: str, month: str) -> Response:
        """Says why a measure changed, for each correction without a reason (SLA08)."""
        given, first = asked(CorrectionReasonAsked, request), month_of(month)
        done = explain_corrections(month=first, by=self.actor, **given)
        return Response(Explained({"explained": done}).data)


class MonthSignature(Endpoint):
    """The signature of a month."""

    permission = SIGN_FIGURES

    @extend_schema(operation_id="months_sign", request=SignatureAsked, responses=SignatureOut)
    def post(self, request: Any, organisation: str, month: str) -> Response:
        """Freezes the figures of a month such as 2026-05 (SLA04 to SLA07)."""
        given = asked(SignatureAsked, request)
        first: date = month_of(month)
        signed = sign_month(month=first, job_title=given["job_title"], by=self.actor)
        return Response(SignatureOut(signed).data)


class MonthRemarks(Endpoint):
    """Remarks on the figures of a month."""

    permission = REMARK_ON_FIGURES

    @extend_schema(operation_id="months_remark", request=RemarkAsked, responses=RemarkOut)
    def post(self, request: Any, organisation: str, month: str) -> Response:
        """Says something of a figure, for everybody who sees it (SLA08)."""
        given = asked(RemarkAsked, request)
        code, text = given["indicator"], given["text"]
        said = remark(indicator_code=code, month=month_of(month), text=text, by=self.actor)
        return Response(RemarkOut(said).data)
