"""The audit trail for programs: what happened, newest first."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.web.api import Endpoint, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from events.models import Event
from events.permissions import SEE_TRAIL
from events.selectors import trail_here
from events.verbs import sentence


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
