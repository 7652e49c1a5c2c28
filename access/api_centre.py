"""What people of the centre did in an organisation, for programs."""

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.selectors.centre import Asked, events_of_the_centre
from core.web.api import Endpoint, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from events.models import Event
from events.permissions import SEE_TRAIL
from events.verbs import is_look, sentence

SPAN = timedelta(days=30)


class CentreQuery(serializers.Serializer):
    """What can be asked for: days, both included, else the last 30; `looks` at sensitive data."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    person = serializers.IntegerField(required=False, min_value=1, max_value=2**62)
    verb = serializers.CharField(required=False, max_length=60)
    looks = serializers.BooleanField(default=False)


class CentreEventRow(serializers.Serializer):
    """Something that somebody of the centre did, in words, and whether it was a look."""

    number = serializers.IntegerField(source="pk")
    verb = serializers.CharField()
    words = serializers.SerializerMethodField()
    subject = serializers.CharField(source="subject_key")
    subject_number = serializers.IntegerField(source="subject_id")
    person = serializers.IntegerField(source="person_id")
    by = serializers.CharField(source="person_name")
    at = serializers.DateTimeField()
    look = serializers.SerializerMethodField()

    def get_words(self, row: Event) -> str:
        """The event as a sentence."""
        return sentence(row.verb, row.data)

    def get_look(self, row: Event) -> bool:
        """Was sensitive data looked at?"""
        return is_look(row.verb)


CentrePart = part_type(CentreEventRow)


class CentreWork(Endpoint):
    """What people of the centre did here."""

    permission = SEE_TRAIL

    @extend_schema(
        operation_id="trail_centre",
        responses=CentrePart,
        parameters=[CentreQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Any, organisation: str) -> Response:
        """The newest first."""
        first = {"since": request.today - SPAN, "until": request.today}
        wanted = Asked(**{**first, **queried(CentreQuery, request)})
        found = events_of_the_centre(self.actor.organisation_id, wanted)
        return Response(CentrePart(part_of(request, found, "-id")).data)
