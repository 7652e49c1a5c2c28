"""Supplier invoices for programs: the same lists, filters and rights as on the pages."""

from dataclasses import replace
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.actors import Actor
from core.money import to_pence
from core.web.api import Endpoint, Pounds, asked, checked
from core.web.api_asked import VersionAsked
from core.web.api_lists import CURSOR, CURSOR_PARAMETER, NOT_OURS
from finance.forms import InvoiceFilterForm
from finance.models import Invoice
from finance.permissions import ENTER_INVOICES, REVERSE_INVOICES, SEE_INVOICES
from finance.queries import read_query
from finance.selectors.invoice_sheet import invoice_sheet
from finance.selectors.invoices import PER_PAGE, page_of
from finance.services import invoices
from finance.services.withholding import withhold

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
    kept_back = Pounds(source="withheld_pence")
    lines = InvoiceLine(many=True, source="sheet.lines")


class InvoiceHoldAsked(VersionAsked):
    """Why the invoice stops; a sentence is needed for any other cause than those named."""

    cause = serializers.ChoiceField(choices=list(invoices.HOLD_CAUSES))
    text = serializers.CharField(max_length=300, required=False, allow_blank=True)


class InvoiceGoesOnAsked(VersionAsked):
    """What came of it, and the version that was seen."""

    text = serializers.CharField(max_length=300, required=False, allow_blank=True)


class InvoiceDisputeAsked(VersionAsked):
    """What is wrong, as the supplier is told, and the version that was seen."""

    text = serializers.CharField(max_length=300)


class InvoiceWithholdingAsked(InvoiceDisputeAsked):
    """How much is kept back, why, and the version that was seen."""

    amount = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0)


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


def told(actor: Actor, number: int, organisation: str, status: int = 200) -> Response:
    """An invoice as it is now."""
    sheet = invoice_sheet(actor, number)
    invoice: Any = sheet.invoice
    invoice.sheet = sheet
    slugs = {actor.organisation_id: organisation}
    return Response(InvoiceDetail(invoice, context={"slugs": slugs}).data, status=status)


class InvoiceOne(Endpoint):
    """One invoice."""

    permission = SEE_INVOICES

    @extend_schema(operation_id="invoices_read", responses=InvoiceDetail)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """An invoice of this organisation with its lines."""
        return told(self.actor, number, organisation)


class InvoiceMove(Endpoint):
    """What stops an invoice or lets it go on: each is an address of its own."""

    permission = ENTER_INVOICES

    def found(self, number: int) -> Invoice:
        return invoice_sheet(self.actor, number).invoice


class InvoiceHold(InvoiceMove):
    """The hold of an invoice."""

    @extend_schema(operation_id="invoices_hold", request=InvoiceHoldAsked, responses=InvoiceDetail)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """Nothing more is done with the invoice until it is released."""
        found, given = self.found(number), asked(InvoiceHoldAsked, request)
        invoices.hold(invoice=found, by=self.actor, as_of=request.today, **given)
        return told(self.actor, number, organisation)


class InvoiceHoldRelease(InvoiceMove):
    """The end of a hold."""

    @extend_schema(
        operation_id="invoices_release", request=InvoiceGoesOnAsked, responses=InvoiceDetail
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """A held invoice goes on where it stood."""
        found, given = self.found(number), asked(InvoiceGoesOnAsked, request)
        invoices.release_hold(invoice=found, by=self.actor, **given)
        return told(self.actor, number, organisation)


class InvoiceDispute(InvoiceMove):
    """The dispute of an invoice."""

    @extend_schema(
        operation_id="invoices_dispute", request=InvoiceDisputeAsked, responses=InvoiceDetail
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """It is disputed with the supplier and not paid."""
        found, given = self.found(number), asked(InvoiceDisputeAsked, request)
        invoices.dispute(invoice=found, by=self.actor, **given)
        return told(self.actor, number, organisation)


class InvoiceWithholding(InvoiceMove):
    """What is kept back of an invoice."""

    @extend_schema(
        operation_id="invoices_withhold", request=InvoiceWithholdingAsked, responses=InvoiceDetail
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Payment runs pay all but this amount of a posted invoice; 0 keeps nothing back."""
        found, given = self.found(number), asked(InvoiceWithholdingAsked, request)
        pence = to_pence(given.pop("amount"))
        withhold(invoice=found, by=self.actor, pence=pence, **given)
        return told(self.actor, number, organisation)


class InvoiceDisputeSettlement(InvoiceMove):
    """The end of a dispute."""

    @extend_schema(
        operation_id="invoices_settle", request=InvoiceGoesOnAsked, responses=InvoiceDetail
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """The dispute is settled; the invoice goes on."""
        found, given = self.found(number), asked(InvoiceGoesOnAsked, request)
        invoices.resolve(invoice=found, by=self.actor, **given)
        return told(self.actor, number, organisation)


class InvoiceReversalAsked(VersionAsked):
    """Why the invoice no longer counts, and the version that was seen."""

    reason = serializers.CharField(max_length=300)


class InvoiceSubmission(InvoiceMove):
    """The way into approval."""

    @extend_schema(operation_id="invoices_submit", request=VersionAsked, responses=InvoiceDetail)
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """It waits for whoever its approval route names (INV08, INV11)."""
        found, given = self.found(number), asked(VersionAsked, request)
        invoices.submit_for_approval(invoice=found, by=self.actor, **given)
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
        invoices.reverse_invoice(invoice=found, by=self.actor, as_of=request.today, **given)
        return told(self.actor, number, organisation)
