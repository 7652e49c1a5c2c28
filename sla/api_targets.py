"""Targets and relief for programs: both wait for somebody else once they are asked for."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint, asked, checked, queried
from core.web.api_asked import as_typed
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from sla.forms import ReliefForm, TargetForm
from sla.models import ReliefEvent, TargetChange
from sla.permissions import CLAIM_RELIEF, SEE_MEASURES, SET_TARGETS
from sla.selectors import current_indicators, indicator_versions, target_history
from sla.selectors_relief import relief_events, relievable_codes
from sla.services import claim_relief, propose_target


def _line() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=14, decimal_places=4, default=None, allow_null=True)


class TargetAsked(serializers.Serializer):
    """A target and the two lines under it from a month such as 2026-04 on; none ends the target."""

    indicator = serializers.CharField(max_length=12)
    valid_from = serializers.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$")
    met_at = _line()
    approaching = _line()
    inadequate = _line()
    reason = serializers.CharField(max_length=300)


class TargetChangeRow(serializers.Serializer):
    """A change of a target that waits or was decided."""

    number = serializers.IntegerField(source="pk")
    indicator = serializers.CharField(source="indicator_code")
    valid_from = serializers.DateField()
    met_at = serializers.CharField(allow_null=True)
    approaching = serializers.CharField(allow_null=True)
    inadequate = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=TargetChange.State.values)
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()


class ReliefAsked(serializers.Serializer):
    """What happened on which days, the measures that misses of it are not to count for, and the
    numbers of the invoices if not all are meant."""

    kind = serializers.ChoiceField(choices=ReliefEvent.Kind.values)
    from_on = serializers.DateField()
    to_on = serializers.DateField()
    indicators = serializers.ListField(
        child=serializers.CharField(max_length=12), min_length=1, max_length=50
    )
    row_numbers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=10**12 - 1),
        default=list,
        max_length=1000,
    )
    reason = serializers.CharField(max_length=300)
    evidence = serializers.CharField(max_length=300)


class ReliefRow(serializers.Serializer):
    """Relief as it was claimed, and what was decided."""

    number = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(choices=ReliefEvent.Kind.values)
    from_on = serializers.DateField()
    to_on = serializers.DateField()
    indicators = serializers.ListField(child=serializers.CharField(), source="indicator_codes")
    row_numbers = serializers.ListField(child=serializers.IntegerField())
    reason = serializers.CharField()
    evidence = serializers.CharField()
    state = serializers.ChoiceField(choices=ReliefEvent.State.values)
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()
    decided_by = serializers.CharField(source="ended_by_name")
    decided_at = serializers.DateTimeField(source="ended_at", allow_null=True)
    comment = serializers.CharField()


ReliefPart = part_type(ReliefRow)


class TargetsQuery(serializers.Serializer):
    """What can be asked for."""

    indicator = serializers.CharField(required=False, max_length=12)


class TargetStepRow(serializers.Serializer):
    """What was wanted of a measure from when, in words; what was proposed has a decision."""

    indicator = serializers.CharField(source="indicator_code")
    valid_from = serializers.DateField()
    target = serializers.CharField(source="lines")
    state = serializers.CharField()
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()
    reason = serializers.CharField()
    decided_by = serializers.CharField(source="ended_by_name")
    decided_at = serializers.DateTimeField(source="ended_at", allow_null=True)
    comment = serializers.CharField()


class Targets(Endpoint):
    """The history of targets."""

    permission = SEE_MEASURES

    @extend_schema(
        operation_id="targets_history",
        responses=TargetStepRow(many=True),
        parameters=[TargetsQuery],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Every change of a target, of all measures or of one, the newest first."""
        code = queried(TargetsQuery, request).get("indicator", "")
        found = target_history(self.actor.organisation_id, code)
        return Response(TargetStepRow(found, many=True).data)


class TargetProposal(Endpoint):
    """New targets."""

    permission = SET_TARGETS

    @extend_schema(
        operation_id="targets_propose", request=TargetAsked, responses={201: TargetChangeRow}
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Proposes a target: it holds once somebody else agrees (SLA01 to SLA03, SLA11, SLA12)."""
        given = asked(TargetAsked, request)
        if not indicator_versions(given["indicator"]):
            raise NotFound("There is no such measure.")
        form = TargetForm(as_typed(given))
        facts = checked(form)
        row = propose_target(
            indicator_code=given["indicator"],
            valid_from=facts["valid_from"],
            lines=form.lines,
            reason=facts["reason"],
            by=self.actor,
        )
        return Response(TargetChangeRow(row).data, status=201)


class Relief(Endpoint):
    """Relief events."""

    permission = SEE_MEASURES

    @extend_schema(operation_id="relief_list", responses=ReliefPart, parameters=[CURSOR_PARAMETER])
    def get(self, request: Request, organisation: str) -> Response:
        """The newest first."""
        found = relief_events(self.actor.organisation_id)
        return Response(ReliefPart(part_of(request, found, "-from_on", "-id")).data)


class ReliefClaim(Endpoint):
    """New claims of relief."""

    permission = CLAIM_RELIEF

    @extend_schema(operation_id="relief_claim", request=ReliefAsked, responses={201: ReliefRow})
    def post(self, request: Any, organisation: str) -> Response:
        """The centre claims; somebody of the organisation decides (SLA13 to SLA16)."""
        given = asked(ReliefAsked, request)
        known = {row.code for row in current_indicators(request.today)}
        choices = [(code, code) for code in relievable_codes() if code in known]
        typed = {**as_typed(given), "indicators": given["indicators"]}
        typed["row_numbers"] = " ".join(map(str, given["row_numbers"]))
        facts = checked(ReliefForm(typed, choices=choices))
        days = (facts.pop("from_on"), facts.pop("to_on"))
        codes = facts.pop("indicators")
        row = claim_relief(days=days, indicator_codes=codes, by=self.actor, **facts)
        return Response(ReliefRow(row).data, status=201)
