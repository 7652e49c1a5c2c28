"""Holds of suppliers, for programs."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.permissions import HOLD_SUPPLIERS, RELEASE_SUPPLIERS, SEE_SUPPLIERS
from finance.selectors.supplier_holds import SHOWN, hold_by_number, hold_list
from finance.selectors.suppliers import supplier_by_code
from finance.services.supplier_holds import hold_supplier, release_supplier, review_hold

MOST = 2**31 - 1


class SupplierHoldRow(serializers.Serializer):
    """Nothing is paid to a supplier until somebody else than who held it releases it."""

    number = serializers.IntegerField()
    supplier_code = serializers.CharField(source="supplier.code")
    supplier_name = serializers.CharField(source="supplier.name")
    reason = serializers.CharField()
    owner = serializers.CharField(source="owner_name")
    review_on = serializers.DateField()
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()
    released_by = serializers.CharField(source="released_by_name")
    released_at = serializers.DateTimeField(allow_null=True)
    release_reason = serializers.CharField()
    version = serializers.IntegerField()


class SupplierHoldsQuery(serializers.Serializer):
    """What can be asked for: those in force, due for review, released, or all."""

    shown = serializers.ChoiceField(choices=list(SHOWN), required=False)


class SupplierHoldAsked(serializers.Serializer):
    """Whose payments are held and why; the owner, else who asks, is a person by their number."""

    supplier = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=300)
    owner = serializers.IntegerField(required=False, min_value=1, max_value=MOST)
    review_on = serializers.DateField()


class HoldReviewAsked(serializers.Serializer):
    """What the review found, who sees to it from now on if another, and the next review."""

    note = serializers.CharField(max_length=300)
    owner = serializers.IntegerField(required=False, min_value=1, max_value=MOST)
    review_on = serializers.DateField()
    version = serializers.IntegerField(min_value=1, max_value=MOST)


class HoldReleaseAsked(serializers.Serializer):
    """Why it can be paid again, and the version that was seen."""

    reason = serializers.CharField(max_length=300)
    version = serializers.IntegerField(min_value=1, max_value=MOST)


SupplierHoldPart = part_type(SupplierHoldRow)


class SupplierHolds(Endpoint):
    """Held suppliers, the newest hold first."""

    permission = SEE_SUPPLIERS

    @extend_schema(
        operation_id="supplier_holds_list",
        responses=SupplierHoldPart,
        parameters=[SupplierHoldsQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Any, organisation: str) -> Response:
        """The holds of this organisation; without `shown` those in force."""
        shown = queried(SupplierHoldsQuery, request).get("shown", "held")
        found = hold_list([self.actor.organisation_id], shown, request.today)
        return Response(SupplierHoldPart(part_of(request, found, "-number")).data)


class SupplierHolding(Endpoint):
    """New holds of suppliers."""

    permission = HOLD_SUPPLIERS

    @extend_schema(
        operation_id="supplier_holds_hold",
        request=SupplierHoldAsked,
        responses={201: SupplierHoldRow},
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Holds all payments to a supplier; its invoices are still entered."""
        given = asked(SupplierHoldAsked, request)
        found = supplier_by_code(self.actor.organisation_id, given.pop("supplier"))
        owner = given.pop("owner", self.actor.person_id)
        hold = hold_supplier(
            supplier=found, owner_id=owner, by=self.actor, at=timezone.now(), **given
        )
        return Response(SupplierHoldRow(hold).data, status=201)


class SupplierHoldOne(Endpoint):
    """One hold of a supplier."""

    permission = SEE_SUPPLIERS

    @extend_schema(operation_id="supplier_holds_read", responses=SupplierHoldRow)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """A hold of this organisation by its number."""
        hold = hold_by_number(self.actor.organisation_id, number)
        return Response(SupplierHoldRow(hold).data)


class SupplierHoldReview(Endpoint):
    """The review of a hold."""

    permission = HOLD_SUPPLIERS

    @extend_schema(
        operation_id="supplier_holds_review", request=HoldReviewAsked, responses=SupplierHoldRow
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """It was looked at and stays in force until a later review."""
        hold = hold_by_number(self.actor.organisation_id, number)
        given = asked(HoldReviewAsked, request)
        owner = given.pop("owner", hold.owner_id)
        review_hold(hold=hold, owner_id=owner, by=self.actor, at=timezone.now(), **given)
        return Response(SupplierHoldRow(hold_by_number(self.actor.organisation_id, number)).data)


class SupplierHoldRelease(Endpoint):
    """The release of a hold."""

    permission = RELEASE_SUPPLIERS

    @extend_schema(
        operation_id="supplier_holds_release", request=HoldReleaseAsked, responses=SupplierHoldRow
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """The supplier is paid again: by somebody else than who held it."""
        hold = hold_by_number(self.actor.organisation_id, number)
        given = asked(HoldReleaseAsked, request)
        release_supplier(hold=hold, by=self.actor, at=timezone.now(), **given)
        return Response(SupplierHoldRow(hold_by_number(self.actor.organisation_id, number)).data)
