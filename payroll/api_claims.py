"""Claims of hours and expenses, for programs such as a rota: what was sent in, and sending in."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, Pounds, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from payroll.claimed import MOST_MINUTES, MOST_PENCE, MOST_ROWS, MOST_SESSIONS, NewItem
from payroll.models import PayClaim, PayElement
from payroll.permissions import MAKE_CLAIMS, SEE_CLAIMS
from payroll.selectors.claims import claims_for, claims_open_to, elements_of, items_of, one_claim
from payroll.services.claims import make_claim


class ClaimsQuery(serializers.Serializer):
    """What can be asked for."""

    state = serializers.ChoiceField(choices=PayClaim.State.values, required=False)


class ClaimRow(serializers.Serializer):
    """A claim as it stands in the list."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=PayClaim.State.values)
    reason = serializers.CharField()
    file = serializers.CharField(source="name")
    items = serializers.IntegerField(source="items_count")
    worth = Pounds(source="total_pence")
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()


class ItemRow(serializers.Serializer):
    """Hours in minutes, sessions or an amount; the pay run that paid it, once one did."""

    employee = serializers.IntegerField(source="employment.number")
    job = serializers.IntegerField()
    element = serializers.CharField(source="element.code")
    day = serializers.DateField(source="worked_on")
    minutes = serializers.IntegerField()
    sessions = serializers.IntegerField()
    amount = Pounds(source="amount_pence")
    note = serializers.CharField()
    pay_run = serializers.IntegerField(source="pay_run.number", default=None, allow_null=True)


class ClaimElementRow(serializers.Serializer):
    """A kind of pay that can be claimed; percent is of the hourly rate, for hours alone."""

    code = serializers.CharField()
    name = serializers.CharField()
    basis = serializers.ChoiceField(choices=PayElement.Basis.values)
    percent = serializers.IntegerField()
    taxed = serializers.BooleanField()
    pensionable = serializers.BooleanField()


class ClaimOut(ClaimRow):
    """A claim with its items."""

    items = serializers.SerializerMethodField()  # type: ignore[assignment]

    @extend_schema_field(ItemRow(many=True))
    def get_items(self, claim: PayClaim) -> list[dict[str, Any]]:
        """By person and day."""
        return [dict(row) for row in ItemRow(items_of(claim), many=True).data]


class ItemAsked(serializers.Serializer):
    """Minutes, sessions or pence, as the element asks, for a day of a job."""

    employee = serializers.IntegerField(min_value=1, max_value=10**9)
    element = serializers.CharField(max_length=20)
    day = serializers.DateField()
    minutes = serializers.IntegerField(min_value=0, max_value=MOST_MINUTES, default=0)
    sessions = serializers.IntegerField(min_value=0, max_value=MOST_SESSIONS, default=0)
    pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, default=0)
    job = serializers.IntegerField(min_value=1, max_value=99, default=1)
    note = serializers.CharField(max_length=100, default="", allow_blank=True)


class ClaimAsked(serializers.Serializer):
    """Items that a second person approves as one."""

    reason = serializers.CharField(max_length=200)
    items = serializers.ListField(child=ItemAsked(), min_length=1, max_length=MOST_ROWS)


ClaimPart = part_type(ClaimRow)


class Claims(Endpoint):
    """Claims, newest first."""

    permission = SEE_CLAIMS

    @extend_schema(
        operation_id="claims_list", responses=ClaimPart, parameters=[ClaimsQuery, CURSOR_PARAMETER]
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Those of one's own part of the organisation."""
        query = queried(ClaimsQuery, request)
        return Response(
            ClaimPart(part_of(request, claims_for(self.actor, **query), "-number")).data
        )


class Claim(Endpoint):
    """One claim with its items."""

    permission = SEE_CLAIMS

    @extend_schema(operation_id="claims_read", responses=ClaimOut)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """A claim of one's own part of the organisation."""
        return Response(ClaimOut(one_claim(claims_open_to(self.actor), number)).data)


class ClaimsMade(Endpoint):
    """Sending items in."""

    permission = MAKE_CLAIMS
    moves_money = True

    @extend_schema(operation_id="claims_make", request=ClaimAsked, responses={201: ClaimOut})
    def post(self, request: Any, organisation: str) -> Response:
        """All of them or none; nothing is paid before a second person approves."""
        given = asked(ClaimAsked, request)
        items = [
            NewItem(
                row=number, employee=one["employee"], element=one["element"], worked_on=one["day"],
                minutes=one["minutes"], amount_pence=one["pence"], job=one["job"],
                note=one["note"], sessions=one["sessions"],
            )
            for number, one in enumerate(given["items"], start=1)
        ]  # fmt: skip
        claim = make_claim(items=items, reason=given["reason"], by=self.actor)
        return Response(ClaimOut(claim).data, status=201)


class PayElements(Endpoint):
    """Kinds of pay that can be claimed."""

    permission = SEE_CLAIMS

    @extend_schema(operation_id="pay_elements_list", responses=ClaimElementRow(many=True))
    def get(self, request: Request, organisation: str) -> Response:
        """By name."""
        found = elements_of(self.actor.organisation_id)
        return Response(ClaimElementRow(found, many=True).data)
