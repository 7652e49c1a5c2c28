"""Invoice responses for the operator's own access point: what to take, and what was taken."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, asked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.models import InvoiceResponse
from finance.permissions import HAND_OVER_RESPONSES, SEE_FILES
from finance.selectors.responses import responses_to_collect
from finance.services.responses import hand_over

MOST_AT_ONCE = 1000


class InvoiceResponseRow(serializers.Serializer):
    """A message: its parties are scheme:identifier, `xml` is the document to be sent."""

    number = serializers.IntegerField(source="pk")
    message_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=InvoiceResponse.Status.values)
    reason = serializers.CharField()
    action = serializers.CharField()
    words = serializers.CharField()
    effective_on = serializers.DateField()
    document_number = serializers.CharField()
    document_on = serializers.DateField()
    sender = serializers.CharField(source="buyer")
    receiver = serializers.CharField(source="seller")
    receiver_name = serializers.CharField(source="seller_name")
    made_at = serializers.DateTimeField()
    xml = serializers.SerializerMethodField()

    def get_xml(self, row: InvoiceResponse) -> str:
        """The bytes of the message, which are UTF-8."""
        return bytes(row.content).decode()


class HandingOverAsked(serializers.Serializer):
    """The numbers of messages."""

    numbers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62),
        min_length=1,
        max_length=MOST_AT_ONCE,
    )


class HandedOver(serializers.Serializer):
    """How many of them were not handed over before."""

    handed_over = serializers.IntegerField()


InvoiceResponsePart = part_type(InvoiceResponseRow)


class InvoiceResponses(Endpoint):
    """Messages that no access point has yet."""

    permission = SEE_FILES

    @extend_schema(
        operation_id="invoice_responses_list",
        responses=InvoiceResponsePart,
        parameters=[CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """In the order in which they are to be sent; none of a rehearsal."""
        found = responses_to_collect(self.actor.organisation_id)
        return Response(InvoiceResponsePart(part_of(request, found, "id")).data)


class InvoiceResponsesHandedOver(Endpoint):
    """Messages that the access point has."""

    permission = HAND_OVER_RESPONSES

    @extend_schema(
        operation_id="invoice_responses_hand_over",
        request=HandingOverAsked,
        responses=HandedOver,
    )
    def post(self, request: Request, organisation: str) -> Response:
        """They are not listed any more; said twice, it is done once (EIN06)."""
        done = hand_over(by=self.actor, **asked(HandingOverAsked, request))
        return Response(HandedOver({"handed_over": done}).data)
