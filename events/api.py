"""The audit trail for programs: what happened, newest first."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from core.web.api import Endpoint, NothingAsked, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from events.models import Event
from events.permissions import KEEP_WEBHOOKS, RETRY_DELIVERIES, SEE_TRAIL
from events.selectors import Proof, stuck_here, trail_here
from events.services import retry, verify_trail
from events.verbs import sentence
from events.webhooks import send_again, webhook_numbered


class TrailQuery(serializers.Serializer):
    """What can be asked for."""

    verb = serializers.CharField(required=False, max_length=60)
    subject = serializers.CharField(required=False, max_length=60, help_text="finance.invoice")
    thread = serializers.UUIDField(required=False)


class EventRow(serializers.Serializer):
    """Something that happened: by whom, to what, in words, and what goes with it."""

    number = serializers.IntegerField(source="pk")
    verb = serializers.CharField()
    words = serializers.SerializerMethodField()
    subject = serializers.CharField(source="subject_key")
    subject_number = serializers.IntegerField(source="subject_id")
    thread = serializers.UUIDField()
    by = serializers.CharField(source="person_name")
    at = serializers.DateTimeField()

    def get_words(self, row: Event) -> str:
        """The event as a sentence."""
        return sentence(row.verb, row.data)


EventPart = part_type(EventRow)


class Trail(Endpoint):
    """The audit trail."""

    permission = SEE_TRAIL

    @extend_schema(
        operation_id="trail_list",
        responses=EventPart,
        parameters=[TrailQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Any, organisation: str) -> Response:
        """What happened in this organisation, newest first."""
        query = queried(TrailQuery, request)
        found = trail_here(self.actor.organisation_id, **query)
        return Response(EventPart(part_of(request, found, "-id")).data)


class SealProblem(serializers.Serializer):
    """A link of the chain that does not hold."""

    seal = serializers.IntegerField()
    problem = serializers.CharField()


class ProofOut(serializers.Serializer):
    """What was recomputed: seals, the events in them, those not sealed yet, and what is broken."""

    seals = serializers.IntegerField(source="sealed.seals")
    events = serializers.IntegerField(source="sealed.events")
    problems = serializers.SerializerMethodField()

    @extend_schema_field(SealProblem(many=True))
    def get_problems(self, proof: Proof) -> list[dict[str, Any]]:
        """None where the trail is whole."""
        return [{"seal": number, "problem": said} for number, said in proof.problems]


class DeliveriesAsked(serializers.Serializer):
    """Numbers of deliveries; without them all that are stuck here."""

    deliveries = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62),
        required=False,
        max_length=1000,
    )


class AgainAsked(serializers.Serializer):
    """Numbers of deliveries of the webhook."""

    deliveries = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62), min_length=1, max_length=1000
    )


class InLine(serializers.Serializer):
    """How many are in line again."""

    in_line = serializers.IntegerField()


class TrailProof(Endpoint):
    """A proof of the trail."""

    permission = SEE_TRAIL

    @extend_schema(operation_id="trail_verify", request=NothingAsked, responses=ProofOut)
    def post(self, request: Any, organisation: str) -> Response:
        """Recomputes the whole chain of seals now."""
        asked(NothingAsked, request)
        return Response(ProofOut(verify_trail(by=self.actor)).data)


class DeliveriesRetry(Endpoint):
    """Stuck deliveries tried again."""

    permission = RETRY_DELIVERIES

    @extend_schema(operation_id="deliveries_retry", request=DeliveriesAsked, responses=InLine)
    def post(self, request: Any, organisation: str) -> Response:
        """Puts stuck deliveries of this organisation back in line."""
        given = asked(DeliveriesAsked, request)
        wanted = given["deliveries"] if "deliveries" in given else stuck_here(self.actor)
        return Response(InLine({"in_line": retry(deliveries=wanted, by=self.actor)}).data)


class WebhookAgain(Endpoint):
    """Deliveries of a webhook sent again."""

    permission = KEEP_WEBHOOKS

    @extend_schema(operation_id="webhooks_send_again", request=AgainAsked, responses=InLine)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """Also those that were delivered (WHK03)."""
        hook = webhook_numbered(self.actor.organisation_id, number)
        given = asked(AgainAsked, request)
        done = send_again(webhook=hook, by=self.actor, at=timezone.now(), **given)
        return Response(InLine({"in_line": done}).data)
