"""Months of figures for programs: who signed them, what was said of them."""

from collections import Counter
from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint, asked
from sla.permissions import REMARK_ON_FIGURES, SEE_MEASURES, SIGN_FIGURES
from sla.selectors import (
    corrections_of,
    live_values,
    month_of,
    notes_of,
    remarks_of,
    signed_months,
)
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


class MonthRow(serializers.Serializer):
    """A month with figures, and its signature (null while they are provisional)."""

    month = serializers.DateField()
    signed = SignatureOut(allow_null=True)
    remarks = serializers.IntegerField()
    corrections = serializers.IntegerField(help_text="Figures that are known otherwise now.")


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


class RemarkTold(serializers.Serializer):
    """What was said of a figure, by whom."""

    indicator = serializers.CharField()
    text = serializers.CharField(source="said.text")
    made_by = serializers.CharField(source="said.made_by_name")
    made_at = serializers.DateTimeField(source="said.made_at")


class CorrectionRow(serializers.Serializer):
    """A measure that is known otherwise than it was signed (null is no figure), and why."""

    measure = serializers.CharField()
    part = serializers.CharField()
    signed_value = serializers.IntegerField(allow_null=True)
    value = serializers.IntegerField(allow_null=True)
    found_at = serializers.DateTimeField()
    reason = serializers.CharField()
    reason_by = serializers.CharField(source="reason_by_name")


class MonthTold(serializers.Serializer):
    """A month: its signature, what was said of its figures, and what is known otherwise now."""

    month = serializers.DateField()
    signed = SignatureOut(allow_null=True)
    remarks = RemarkTold(many=True)
    corrections = CorrectionRow(many=True)


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


class Months(Endpoint):
    """Months with figures."""

    permission = SEE_MEASURES

    @extend_schema(operation_id="months_list", responses=MonthRow(many=True))
    def get(self, request: Any, organisation: str) -> Response:
        """The newest first, and who answers for each."""
        here = self.actor.organisation_id
        signed = signed_months(here)
        remarks = Counter(one.month for one in remarks_of(here))
        corrections = Counter(one.month for one in corrections_of(here))
        rows = [
            {
                **{"month": month, "signed": signed.get(month)},
                **{"remarks": remarks[month], "corrections": corrections[month]},
            }
            for month in reversed(live_values(here, request.today).months)
        ]
        return Response(MonthRow(rows, many=True).data)


class MonthOne(Endpoint):
    """A month with figures."""

    permission = SEE_MEASURES

    @extend_schema(operation_id="months_read", responses=MonthTold)
    def get(self, request: Any, organisation: str, month: str) -> Response:
        """A month such as 2026-05: what people put to its figures."""
        here, first = self.actor.organisation_id, month_of(month)
        if first not in live_values(here, request.today).months:
            raise NotFound("There are no figures of this month.")
        said = notes_of(here, first).remarks
        told = {
            **{"month": first, "signed": signed_months(here).get(first)},
            "remarks": [
                {"indicator": code, "said": one} for code, found in said.items() for one in found
            ],
            "corrections": corrections_of(here, first),
        }
        return Response(MonthTold(told).data)


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
