"""Supplier invoices for programs: the same lists, filters and rights as on the pages."""

from dataclasses import replace
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.web.api import Endpoint, Pounds, checked
from core.web.api_lists import CURSOR, CURSOR_PARAMETER, NOT_OURS
from finance.forms import InvoiceFilterForm
from finance.permissions import SEE_INVOICES
from finance.queries import read_query
from finance.selectors.invoice_sheet import invoice_sheet
from finance.selectors.invoices import PER_PAGE, page_of

# The order is the cursor's, and what the list may be filtered by is what its page offers.
FILTERS = [name for name in InvoiceFilterForm.base_fields if name != "sort"]


class InvoiceRow(serializers.Serializer):
    """A line of the list."""

    organisation = serializers.SerializerMethodField()
    number = serializers.IntegerField()
    supplier_code = serializers.CharField()
    supplier_name = serializers.CharField()
    supplier_ref = serializers.CharField()
    state = serializers.CharField()
    hold_cause = serializers.CharField()
    invoice_on = serializers.DateField()
    received_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField()
    paid_on = serializers.DateField(allow_null=True)
    gross = Pounds(source="gross_pence")
    open = Pounds(source="open_pence")
    duplicate_grade = serializers.CharField()
    version = serializers.IntegerField()

    def get_organisation(self, row: Any) -> str:
        """The organisation's name in addresses."""
        return str(self.context["slugs"][row.organisation_id])


class InvoicePage(serializers.Serializer):
    """Some invoices, newest first, and the address of those before them (null at the end)."""

    next = serializers.CharField(allow_null=True)
    results = InvoiceRow(many=True)


class InvoiceLine(serializers.Serializer):
    """A coded part of an invoice, with the reason for its coding."""

    line_no = serializers.IntegerField()
    description = serializers.CharField()
    coding = serializers.CharField()
    coding_reason = serializers.CharField()
    vat_code = serializers.CharField()
    net = Pounds(source="net_pence")
    vat = Pounds(source="vat_pence")


class InvoiceDetail(InvoiceRow):
    """An invoice with its lines."""

    supplier_code = serializers.CharField(source="supplier.code")
    supplier_name = serializers.CharField(source="supplier.name")
    description = serializers.CharField()
    net = Pounds(source="net_pence")
    vat = Pounds(source="vat_pence")
    lines = InvoiceLine(many=True, source="sheet.lines")


def text(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=description)


class InvoiceList(Endpoint):
    """Invoices, newest first."""

    permission = SEE_INVOICES

    @extend_schema(
        operation_id="invoices_list",
        responses=InvoicePage,
        parameters=[
            CURSOR_PARAMETER,
            *(text(name, "As on the page of invoices.") for name in FILTERS),
        ],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Up to 50 invoices; `next` leads to the ones before them."""
        query = read_query(request)
        checked(query.form)
        filters = replace(query.filters, before_id=self._cursor(request))
        found = page_of(filters, sort="-number", offset=0, limit=PER_PAGE + 1)
        rows, more = found[:PER_PAGE], len(found) > PER_PAGE
        here = request.build_absolute_uri()
        slugs = {key: place.slug for key, place in query.places.items()}
        answer = {
            "next": replace_query_param(here, CURSOR, rows[-1].id) if more else None,
            "results": rows,
        }
        return Response(InvoicePage(answer, context={"slugs": slugs}).data)

    def _cursor(self, request: Request) -> int | None:
        given = request.GET.get(CURSOR, "")
        if given and not (given.isdecimal() and len(given) < 19):
            raise ValidationError(NOT_OURS)
        return int(given) if given else None


class InvoiceOne(Endpoint):
    """One invoice."""

    permission = SEE_INVOICES

    @extend_schema(operation_id="invoices_read", responses=InvoiceDetail)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """An invoice of this organisation with its lines."""
        sheet = invoice_sheet(self.actor, number)
        invoice: Any = sheet.invoice
        invoice.sheet = sheet
        slugs = {self.actor.organisation_id: organisation}
        return Response(InvoiceDetail(invoice, context={"slugs": slugs}).data)
