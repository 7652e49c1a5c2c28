"""Runs for programs: what was or is being worked off in bulk."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.web.api import Endpoint, NothingAsked, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from runs.models import Run
from runs.permissions import SEE_RUNS, STEER_RUNS
from runs.selectors import run_numbered, runs
from runs.services import cancel_run, retry_run


class RunsQuery(serializers.Serializer):
    """What can be asked for."""

    state = serializers.ChoiceField(choices=Run.State.values, required=False)


class RunRow(serializers.Serializer):
    """A run: how far it is, and why it is held."""

    number = serializers.IntegerField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=Run.State.values)
    rows_total = serializers.IntegerField()
    rows_done = serializers.IntegerField()
    problem = serializers.CharField()
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


RunPart = part_type(RunRow)


class Runs(Endpoint):
    """Runs, newest first."""

    permission = SEE_RUNS

    @extend_schema(
        operation_id="runs_list", responses=RunPart, parameters=[RunsQuery, CURSOR_PARAMETER]
    )
    def get(self, request: Any, organisation: str) -> Response:
        """The runs of this organisation."""
        query = queried(RunsQuery, request)
        found = runs(self.actor, **query)
        found = found.filter(organisation_id=self.actor.organisation_id)
        return Response(RunPart(part_of(request, found, "-number")).data)


class RunOne(Endpoint):
    """One run."""

    permission = SEE_RUNS

    @extend_schema(operation_id="runs_read", responses=RunRow)
    def get(self, request: Any, organisation: str, number: int) -> Response:
        """A run of this organisation."""
        return Response(RunRow(run_numbered(self.actor, number)).data)


class RunCancellation(Endpoint):
    """A run stopped."""

    permission = STEER_RUNS

    @extend_schema(operation_id="runs_cancel", request=NothingAsked, responses=RunRow)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """Stops a run; parts that are done stay done (RUN02, RUN04)."""
        asked(NothingAsked, request)
        run = run_numbered(self.actor, number)
        cancel_run(run=run, by=self.actor)
        return Response(RunRow(run_numbered(self.actor, number)).data)


class RunRetry(Endpoint):
    """A held run tried again."""

    permission = STEER_RUNS
    moves_money = True

    @extend_schema(operation_id="runs_retry", request=NothingAsked, responses=RunRow)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """Puts the parts of a held run that failed back in line (RUN03)."""
        asked(NothingAsked, request)
        run = run_numbered(self.actor, number)
        retry_run(run=run, by=self.actor)
        return Response(RunRow(run_numbered(self.actor, number)).data)
