"""Pay awards, for programs: what was proposed, what it costs by unit, and proposing one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, Pounds, checked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from hr.forms import AwardForm
from hr.models import PayAward
from hr.permissions import KEEP_TERMS, SEE_AWARDS
from hr.selectors.awards import Terms, award_of, awards_of, kept_costs
from hr.selectors.terms import scales_of
from hr.services.awards import propose_award


class AwardRow(serializers.Serializer):
    """A rise of every value of a scale from a day on, or a regrading in words."""

    number = serializers.IntegerField()
    scale = serializers.CharField(source="scale.code")
    from_on = serializers.DateField()
    percent = serializers.SerializerMethodField()
    least = Pounds(source="least_pence")
    whole_pounds = serializers.BooleanField()
    regrading = serializers.CharField(source="words")
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=PayAward.State.values)
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()

    def get_percent(self, row: PayAward) -> str:
        """Per cent with two decimals."""
        return f"{row.percent_hundredths // 100}.{row.percent_hundredths % 100:02d}"


class CostRow(serializers.Serializer):
    """What a unit bears: pay, and on top for the employer in a year, as it was when proposed."""

    code = serializers.CharField()
    name = serializers.CharField()
    people = serializers.IntegerField()
    yearly = Pounds(source="yearly_pence")
    owed = Pounds(source="owed_pence")
    on_cost = Pounds(source="on_cost_pence")


class AwardOut(AwardRow):
    """An award with its cost by unit."""

    costs = CostRow(many=True, source="kept")


class AwardAsked(serializers.Serializer):
    """The terms as on the page: scale by its code, rise in per cent, least rise in pounds."""

    scale = serializers.CharField(max_length=20)
    from_on = serializers.DateField()
    percent = serializers.CharField(max_length=8, default="")
    least = serializers.CharField(max_length=12, default="")
    whole_pounds = serializers.BooleanField(default=True)
    reason = serializers.CharField(max_length=200)


AwardPart = part_type(AwardRow)


def award_out(award: PayAward) -> dict[str, Any]:
    award.kept = kept_costs(award)  # type: ignore[attr-defined]
    return dict(AwardOut(award).data)


class Awards(Endpoint):
    """Pay awards, newest first."""

    permission = SEE_AWARDS

    @extend_schema(operation_id="awards_list", responses=AwardPart, parameters=[CURSOR_PARAMETER])
    def get(self, request: Request, organisation: str) -> Response:
        """All of the organisation."""
        found = awards_of(self.actor.organisation_id)
        return Response(AwardPart(part_of(request, found, "-number")).data)


class Award(Endpoint):
    """One pay award."""

    permission = SEE_AWARDS

    @extend_schema(operation_id="awards_read", responses=AwardOut)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """With its cost by unit."""
        return Response(award_out(award_of(self.actor.organisation_id, number)))


class AwardsProposed(Endpoint):
    """Proposing an award."""

    permission = KEEP_TERMS

    @extend_schema(operation_id="awards_propose", request=AwardAsked, responses={201: AwardOut})
    def post(self, request: Any, organisation: str) -> Response:
        """Nothing rises before a second person agrees."""
        scales = {one.code: one for one in scales_of(self.actor.organisation_id)}
        form = AwardForm(request.data, scales=scales)
        given = checked(form)
        award = propose_award(terms=Terms(**form.terms), reason=given["reason"], by=self.actor)
        return Response(award_out(award), status=201)
