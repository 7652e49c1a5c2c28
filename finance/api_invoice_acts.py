"""Sending an invoice for approval and reversing it, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import asked
from finance.api import MOST, InvoiceDetail, InvoiceMove, told
from finance.permissions import REVERSE_INVOICES
from finance.services.invoices import reverse_invoice, submit_for_approval


class InvoiceSubmissionAsked(serializers.Serializer):
    """The version that was seen."""

    version = serializers.IntegerField(min_value=1, max_value=MOST)


class InvoiceReversalAsked(InvoiceSubmissionAsked):
    """Why the invoice no longer counts, and the version that was seen."""

    reason = serializers.CharField(max_length=300)


class InvoiceSubmission(InvoiceMove):
    """The way into approval."""

    @extend_schema(
        operation_id="invoices_submit", request=InvoiceSubmissionAsked, responses=InvoiceDetail
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """It waits for whoever its approval route names (INV08, INV11)."""
        found, given = self.found(number), asked(InvoiceSubmissionAsked, request)
        submit_for_approval(invoice=found, by=self.actor, **given)
        return told(self.actor, number, organisation)


class InvoiceReversal(InvoiceMove):
    """The reversal of an invoice."""

    permission = REVERSE_INVOICES
    moves_money = True

    @extend_schema(
        operation_id="invoices_reverse", request=InvoiceReversalAsked, responses=InvoiceDetail
    )
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """For good; a posted one by a reversing journal (INV08, INV10)."""
        found, given = self.found(number), asked(InvoiceReversalAsked, request)
        reverse_invoice(invoice=found, by=self.actor, as_of=request.today, **given)
        return told(self.actor, number, organisation)
