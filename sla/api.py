"""The figures of an organisation for programs, with what they come from."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint
from core.web.api_lists import CURSOR_PARAMETER, MONTH_PARAMETER, part_of, part_type
from sla.models import Indicator
from sla.permissions import SEE_MEASURES
from sla.registry import Kind
from sla.selectors import (
    Figure,
    assess,
    current_indicators,
    indicator_versions,
    indicators_in_force,
    latest_month,
    measure_values,
    rating_words,
    shown,
    target_on,
    targets_of,
)


@dataclass(frozen=True)
class Reading:
    """An indicator with its figure; `rating` and `reason` are empty where they do not apply."""

    indicator: Indicator
    figure: Figure
    shown: str
    rating: str
    reason: str
    net: Figure | None = None
    shown_after_relief: str = ""


class FigureOut(serializers.Serializer):
    """Numerator and denominator are stored apart; `shown` is the figure as people read it.

    Where relief was agreed, the rating is of what is left after it, and says so.
    """

    code = serializers.CharField(source="indicator.code")
    name = serializers.CharField(source="indicator.name")
    kind = serializers.ChoiceField(choices=[str(kind) for kind in Kind], source="indicator.kind")
    unit = serializers.CharField(source="indicator.unit")
    numerator = serializers.IntegerField(source="figure.numerator", allow_null=True)
    denominator = serializers.IntegerField(source="figure.denominator", allow_null=True)
    shown = serializers.CharField()
    numerator_after_relief = serializers.IntegerField(
        source="net.numerator", default=None, allow_null=True
    )
    denominator_after_relief = serializers.IntegerField(
        source="net.denominator", default=None, allow_null=True
    )
    shown_after_relief = serializers.CharField()
    rating = serializers.CharField()
    reason = serializers.CharField()


class MonthOut(serializers.Serializer):
    """All live indicators of a month; the month is null while nothing is computed."""

    month = serializers.DateField(allow_null=True)
    figures = FigureOut(many=True)


class Figures(Endpoint):
    """The live indicators of one month."""

    permission = SEE_MEASURES

    @extend_schema(
        operation_id="figures_list",
        responses=MonthOut,
        parameters=[MONTH_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Figures of the organisation, each with its rating where there is a target."""
        here, today = self.actor.organisation_id, request.today  # type: ignore[attr-defined]
        live = [row for row in current_indicators(today) if row.live]
        values = measure_values([here], live)
        asked = request.GET.get("month", "")
        month = _month(asked, values.months) if asked else latest_month(values.months, today)
        if month is None:
            return Response(MonthOut({"month": None, "figures": []}).data)
        targets = targets_of([here])
        readings = []
        for row in live:
            figure, lines = values.figure(here, row, month), target_on(targets, here, row, month)
            net = values.net(here, row, month)
            found = assess(net or figure, lines)
            rating = "" if row.kind == Kind.KAI else rating_words(found, net)
            told = shown(figure.value, row, lines), rating, found.reason
            after = shown(net.value, row, lines) if net else ""
            readings.append(Reading(row, figure, *told, net, after))
        return Response(MonthOut({"month": month, "figures": readings}).data)


def _month(asked: str, months: tuple[date, ...]) -> date:
    for month in months:
        if f"{month:%Y-%m}" == asked:
            return month
    raise ValidationError({"month": [f"There are no figures of {asked}."]})


class IndicatorOut(serializers.Serializer):
    """A definition: value = numerator / denominator x factor, in its unit."""

    code = serializers.CharField()
    name = serializers.CharField()
    function = serializers.CharField()
    kind = serializers.ChoiceField(choices=[str(kind) for kind in Kind])
    unit = serializers.CharField()
    polarity = serializers.CharField()
    formula = serializers.CharField()
    version = serializers.IntegerField()
    valid_from = serializers.DateField()
    not_live = serializers.CharField()


class MonthFigure(serializers.Serializer):
    """The figure of one month; `reason` says why there is none."""

    month = serializers.DateField()
    numerator = serializers.IntegerField(allow_null=True)
    denominator = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()


class IndicatorDetail(IndicatorOut):
    """A definition with the organisation's figures, oldest first."""

    months = MonthFigure(many=True, source="months_told")


IndicatorPart = part_type(IndicatorOut)


class Indicators(Endpoint):
    """The catalogue of measures."""

    permission = SEE_MEASURES

    @extend_schema(
        operation_id="indicators_list", responses=IndicatorPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Every indicator in force, also those that cannot be measured yet and why."""
        found = indicators_in_force(request.today)  # type: ignore[attr-defined]
        return Response(IndicatorPart(part_of(request, found, "code")).data)


class IndicatorOne(Endpoint):
    """One measure."""

    permission = SEE_MEASURES

    @extend_schema(operation_id="indicators_read", responses=IndicatorDetail)
    def get(self, request: Request, organisation: str, code: str) -> Response:
        """An indicator with every month that was computed."""
        versions = indicator_versions(code)
        if not versions:
            raise NotFound()
        row: Any = versions[0]
        here = self.actor.organisation_id
        row.months_told = measure_values([here], [row]).series(here, row)
        return Response(IndicatorDetail(row).data)
