"""Proposing a mass regrading by program."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint, asked
from core.web.api_asked import ReasonAsked
from hr.api_awards import AwardOut, award_out
from hr.permissions import KEEP_TERMS
from hr.selectors.terms import scales_of
from hr.services.proposing import JobMove, NewRegrading, propose_regrading


class JobMoveAsked(serializers.Serializer):
    """A job by employee number and its own, and the grade and point that it gets."""

    employee = serializers.IntegerField(min_value=1, max_value=10**12)
    job = serializers.IntegerField(min_value=1, max_value=99, default=1)
    grade = serializers.CharField(max_length=20)
    point = serializers.CharField(max_length=20)


class RegradingAsked(ReasonAsked):
    """From grade to grade of a scale, with the points that lead elsewhere, or jobs by name."""

    scale = serializers.CharField(max_length=20)
    from_on = serializers.DateField()
    from_grade = serializers.CharField(max_length=20, default="")
    to_grade = serializers.CharField(max_length=20, default="")
    points = serializers.DictField(child=serializers.CharField(max_length=20), default=dict)
    jobs = JobMoveAsked(many=True, default=list)


class RegradingsProposed(Endpoint):
    """Proposing a regrading."""

    permission = KEEP_TERMS

    @extend_schema(operation_id="awards_regrade", request=RegradingAsked, responses={201: AwardOut})
    def post(self, request: Any, organisation: str) -> Response:
        """Nobody moves before a second person agrees (HRR03, HRR50, HRR51)."""
        scales = {one.code: one for one in scales_of(self.actor.organisation_id)}
        given = asked(RegradingAsked, request)
        reason, code = given.pop("reason"), given.pop("scale")
        if code not in scales:
            raise NotFound("There is no such pay scale.")
        jobs = [JobMove(**one) for one in given.pop("jobs")]
        new = NewRegrading(scale=scales[code], jobs=jobs, **given)
        award = propose_regrading(new=new, reason=reason, by=self.actor)
        return Response(award_out(award), status=201)
