"""Loads of files for programs: one act, with the same rights and rules as on its page."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, asked
from finance.permissions import REVERSE_INVOICES
from finance.selectors.files import source_file
from finance.services.taking_back import take_back_load


class TakingBackAsked(serializers.Serializer):
    """Why a load is taken back."""

    reason = serializers.CharField(max_length=200)


class TakingBack(serializers.Serializer):
    """The run that takes the load back, or that was given up with nothing done."""

    run = serializers.IntegerField(source="number")
    state = serializers.CharField()


class FileTakingBack(Endpoint):
    """A load that is taken back: asked for twice, it is done once."""

    permission = REVERSE_INVOICES
    moves_money = True

    @extend_schema(
        operation_id="files_take_back", request=TakingBackAsked, responses={202: TakingBack}
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Reverses every invoice of the file, and the payments that it recorded, in a run."""
        file = source_file(organisation_id=self.actor.organisation_id, number=number)
        reason = asked(TakingBackAsked, request)["reason"]
        run = take_back_load(
            file=file,
            reason=reason,
            by=self.actor,
            as_of=timezone.localdate(),
        )
        return Response(TakingBack(run).data, status=202)
