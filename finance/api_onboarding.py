"""Requests for new suppliers, for programs: asked for here, agreed to among the approvals."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, NothingAsked, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.models import SupplierRequest
from finance.permissions import CHANGE_SUPPLIERS, SEE_SUPPLIERS
from finance.registers import LABELS, REGISTERED, UNANSWERED, UNKNOWN
from finance.selectors.onboarding import asked_registers, request_by_number, request_list
from finance.services.lookups import look_up_supplier
from finance.services.onboarding import NewSupplier, ask_supplier


class RegisterAnswer(serializers.Serializer):
    """What a register said of a number: `waiting` until it has, or was asked four times."""

    register = serializers.ChoiceField(choices=list(LABELS))
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=["waiting", REGISTERED, UNKNOWN, UNANSWERED])
    said = serializers.CharField()
    asked_by = serializers.CharField()


class SupplierRequestRow(serializers.Serializer):
    """Somebody wants a supplier to be opened; `alike` are those that are like it."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=SupplierRequest.State.values)
    supplier_code = serializers.CharField(source="supplier.code")
    supplier_name = serializers.CharField(source="supplier.name")
    vat_number = serializers.CharField(source="supplier.vat_number")
    no_vat = serializers.CharField()
    company_number = serializers.CharField(source="supplier.company_number")
    no_company = serializers.CharField()
    category = serializers.ChoiceField(choices=SupplierRequest.Category.values)
    asked_by = serializers.CharField()
    wanted_for = serializers.CharField()
    alike = serializers.ListField(child=serializers.CharField())
    despite = serializers.CharField()
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()
    decided_by = serializers.CharField(source="agreed_by_name")
    decided_at = serializers.DateTimeField(allow_null=True)
    registers = serializers.SerializerMethodField()

    @extend_schema_field(RegisterAnswer(many=True))
    def get_registers(self, row: SupplierRequest) -> list[dict[str, Any]]:
        """What registers were asked, and have said."""
        asked = asked_registers(row)
        waiting = [
            {"register": key, "number": one.number, "state": "waiting", "said": one.problem,
             "asked_by": one.asked_by_name}
            for key, one in asked.items()
        ]  # fmt: skip
        return waiting + [
            {"register": key, "number": one["number"], "state": one["outcome"],
             "said": one["words"], "asked_by": one["by"]}
            for key, one in row.looked_up.items()
            if key not in asked
        ]  # fmt: skip


class SupplierRequestsQuery(serializers.Serializer):
    """What can be asked for."""

    state = serializers.ChoiceField(choices=SupplierRequest.State.values, required=False)


def _text(most: int, required: bool = True) -> serializers.CharField:
    if required:
        return serializers.CharField(max_length=most)
    return serializers.CharField(max_length=most, required=False, allow_blank=True)


def _one_of(values: list[str]) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=values, required=False, allow_blank=True)


class SupplierAsked(serializers.Serializer):
    """A number, or the reason why there is none; sort code, account and its name, or none of them.

    `despite` says why this is another supplier when there is one like it, `sure` that an account is
    right although it fails the modulus check.
    """

    name = _text(200)
    vat_number = _text(20, False)
    no_vat = _one_of(SupplierRequest.NoVat.values)
    company_number = _text(20, False)
    no_company = _one_of(SupplierRequest.NoCompany.values)
    public_body = serializers.BooleanField(required=False)
    address = _text(200)
    town = _text(60, False)
    postcode = _text(10, False)
    contact_name = _text(80)
    contact_phone = _text(24, False)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    category = serializers.ChoiceField(choices=SupplierRequest.Category.values)
    wanted_for = _text(200)
    asked_by = _text(80)
    terms_days = serializers.IntegerField(required=False, min_value=0, max_value=120)
    account_name = _text(60, False)
    sort_code = _text(8, False)
    account_number = _text(10, False)
    sure = serializers.BooleanField(required=False)
    despite = _text(200, False)


SupplierRequestPart = part_type(SupplierRequestRow)


class SupplierRequests(Endpoint):
    """Requests for new suppliers, newest first."""

    permission = SEE_SUPPLIERS

    @extend_schema(
        operation_id="supplier_requests_list",
        responses=SupplierRequestPart,
        parameters=[SupplierRequestsQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """The requests of this organisation."""
        wanted = queried(SupplierRequestsQuery, request)
        found = request_list([self.actor.organisation_id], state=wanted.get("state", ""))
        return Response(SupplierRequestPart(part_of(request, found, "-number")).data)


class SupplierAsking(Endpoint):
    """New requests for suppliers."""

    permission = CHANGE_SUPPLIERS
    bank = True

    @extend_schema(
        operation_id="supplier_requests_ask",
        request=SupplierAsked,
        responses={201: SupplierRequestRow},
    )
    def post(self, request: Any, organisation: str) -> Response:
        """Sends a supplier to a second person: nothing is paid to it before they agree."""
        wanted = NewSupplier(**asked(SupplierAsked, request))
        row = ask_supplier(wanted=wanted, by=self.actor, at=timezone.now())
        return Response(SupplierRequestRow(row).data, status=201)


class SupplierRequestOne(Endpoint):
    """One request for a supplier."""

    permission = SEE_SUPPLIERS

    @extend_schema(operation_id="supplier_requests_read", responses=SupplierRequestRow)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """A request of this organisation by its number."""
        row = request_by_number(self.actor.organisation_id, number)
        return Response(SupplierRequestRow(row).data)


class SupplierLooking(Endpoint):
    """Numbers looked up at registers."""

    permission = CHANGE_SUPPLIERS

    @extend_schema(
        operation_id="supplier_requests_look_up",
        request=NothingAsked,
        responses={202: SupplierRequestRow},
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Has registers asked (SUP30, SUP31); the request tells what they say."""
        asked(NothingAsked, request)
        here = self.actor.organisation_id
        row = request_by_number(here, number)
        look_up_supplier(row=row, by=self.actor, at=timezone.now())
        return Response(SupplierRequestRow(request_by_number(here, number)).data, status=202)
