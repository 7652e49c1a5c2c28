"""The audit trail for programs, and who was told of it: deliveries and webhooks."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from core.web.api import Endpoint, NothingAsked, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from events.models import Delivery, Event, Seal, Webhook, WebhookDelivery
from events.permissions import (
    KEEP_WEBHOOKS,
    RETRY_DELIVERIES,
    SEE_DELIVERIES,
    SEE_TRAIL,
    SEE_WEBHOOKS,
)
from events.selectors import (
    Proof,
    deliveries_here,
    deliveries_to,
    events_of,
    seals,
    stuck_here,
    trail_here,
    webhooks_of,
)
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


class DeliveriesQuery(serializers.Serializer):
    """What can be asked for: those that nobody tries any more, or those that will be."""

    state = serializers.ChoiceField(choices=["stuck", "waiting"], default="stuck")


class DeliveryRow(serializers.Serializer):
    """An event on its way to a part of the product; `next_at` is null unless it waits."""

    number = serializers.IntegerField(source="pk")
    words = serializers.SerializerMethodField()
    subject = serializers.CharField(source="subject_key")
    subject_number = serializers.IntegerField(source="subject_id")
    handler = serializers.CharField()
    attempts = serializers.IntegerField()
    next_at = serializers.SerializerMethodField()
    error = serializers.CharField()

    def get_words(self, row: Delivery) -> str:
        """The event as a sentence."""
        event = self.context["events"][row.organisation_id, row.event_id]
        return sentence(event.verb, event.data)

    def get_next_at(self, row: Delivery) -> datetime | None:
        """When it is tried again."""
        return row.run_at if row.state == Delivery.State.WAITING else None


class WebhookRow(serializers.Serializer):
    """An address that is told of events whose verbs begin so; its secret is shown to nobody."""

    number = serializers.IntegerField(source="pk")
    purpose = serializers.CharField()
    url = serializers.CharField()
    verbs = serializers.SerializerMethodField()
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()
    ended_by = serializers.CharField(source="ended_by_name")
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_verbs(self, row: Webhook) -> list[str]:
        """The beginnings of verbs."""
        return row.verbs.split()


class WebhookDeliveryRow(serializers.Serializer):
    """What was or is to be sent to a webhook; `next_at` is null unless it waits."""

    number = serializers.IntegerField(source="pk")
    verb = serializers.CharField()
    words = serializers.SerializerMethodField()
    happened_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=WebhookDelivery.State.values)
    attempts = serializers.IntegerField()
    answer = serializers.CharField()
    next_at = serializers.SerializerMethodField()
    done_at = serializers.DateTimeField(allow_null=True)

    def get_words(self, row: Any) -> str:
        """The event as a sentence."""
        return sentence(row.verb, row.data)

    def get_next_at(self, row: Any) -> datetime | None:
        """When it is tried again."""
        return row.run_at if row.state == WebhookDelivery.State.WAITING else None


DeliveryPart = part_type(DeliveryRow)
WebhookPart = part_type(WebhookRow)
WebhookDeliveryPart = part_type(WebhookDeliveryRow)


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


class SealRow(serializers.Serializer):
    """A link of the hash chain: how many events it covers, and its hash in hexadecimal."""

    number = serializers.IntegerField()
    events = serializers.IntegerField()
    sealed_at = serializers.DateTimeField()
    hash = serializers.SerializerMethodField()

    def get_hash(self, row: Seal) -> str:
        """As it is published in an anchor."""
        return bytes(row.hash).hex()


SealPart = part_type(SealRow)


class Seals(Endpoint):
    """Seals over the trail."""

    permission = SEE_TRAIL

    @extend_schema(operation_id="seals_list", responses=SealPart, parameters=[CURSOR_PARAMETER])
    def get(self, request: Any, organisation: str) -> Response:
        """The newest first."""
        found = seals(self.actor.organisation_id)
        return Response(SealPart(part_of(request, found, "-number")).data)


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


class Deliveries(Endpoint):
    """Deliveries of events within the product."""

    permission = SEE_DELIVERIES

    @extend_schema(
        operation_id="deliveries_list",
        responses=DeliveryPart,
        parameters=[DeliveriesQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Any, organisation: str) -> Response:
        """Those of this organisation, in the order in which they were lined up."""
        here = self.actor.organisation_id
        part = part_of(request, deliveries_here(here, **queried(DeliveriesQuery, request)), "id")
        context = {"events": events_of(part.results)}
        return Response(DeliveryPart(part, context=context).data)


class DeliveriesRetry(Endpoint):
    """Stuck deliveries tried again."""

    permission = RETRY_DELIVERIES

    @extend_schema(operation_id="deliveries_retry", request=DeliveriesAsked, responses=InLine)
    def post(self, request: Any, organisation: str) -> Response:
        """Puts stuck deliveries of this organisation back in line."""
        given = asked(DeliveriesAsked, request)
        wanted = given["deliveries"] if "deliveries" in given else stuck_here(self.actor)
        return Response(InLine({"in_line": retry(deliveries=wanted, by=self.actor)}).data)


class Webhooks(Endpoint):
    """Webhooks."""

    permission = SEE_WEBHOOKS

    @extend_schema(
        operation_id="webhooks_list", responses=WebhookPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Any, organisation: str) -> Response:
        """The newest first, also those that have ended."""
        found = webhooks_of(self.actor.organisation_id)
        return Response(WebhookPart(part_of(request, found, "-id")).data)


class WebhookDeliveries(Endpoint):
    """Deliveries to a webhook."""

    permission = SEE_WEBHOOKS

    @extend_schema(
        operation_id="webhooks_deliveries",
        responses=WebhookDeliveryPart,
        parameters=[CURSOR_PARAMETER],
    )
    def get(self, request: Any, organisation: str, number: int) -> Response:
        """The newest first."""
        found = deliveries_to(webhook_numbered(self.actor.organisation_id, number))
        return Response(WebhookDeliveryPart(part_of(request, found, "-id")).data)


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
