"""The comparison for programs: one's own figures beside what is published of all."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from benchmarking.boards import compared
from benchmarking.permissions import SEE_COMPARISON
from benchmarking.selectors import cells_of
from core.web.api import Endpoint
from core.web.api_lists import MONTH_PARAMETER
from sla.selectors import current_indicators, latest_month, measure_values, shown


class ComparedFigure(serializers.Serializer):
    """Quartiles are null where so few contribute that they would tell who; `withheld` says so."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    own = serializers.CharField()
    contributors = serializers.IntegerField(allow_null=True)
    lower = serializers.CharField(allow_null=True)
    median = serializers.CharField(allow_null=True)
    upper = serializers.CharField(allow_null=True)
    withheld = serializers.CharField()


class ComparisonOut(serializers.Serializer):
    """All compared indicators of a month; the month is null while nothing is computed."""

    month = serializers.DateField(allow_null=True)
    figures = ComparedFigure(many=True)


class Comparison(Endpoint):
    """The comparison of one month."""

    permission = SEE_COMPARISON

    @extend_schema(
        operation_id="comparison_read",
        responses=ComparisonOut,
        parameters=[MONTH_PARAMETER],
    )
    def get(self, request: Any, organisation: str) -> Response:
        """The same published figures as for everyone, no more than may be shown."""
        here, asked = self.actor.organisation_id, request.query_params.get("month", "")
        rows = compared(current_indicators(request.today))
        values = measure_values([here], rows)
        named = {f"{month:%Y-%m}": month for month in values.months}
        month = named.get(asked) if asked else latest_month(values.months, request.today)
        if asked and month is None:
            raise ValidationError({"month": [f"There are no figures of {asked}."]})
        if month is None:
            return Response(ComparisonOut({"month": None, "figures": []}).data)
        cells = cells_of(month, [row.code for row in rows])
        figures = [
            _figure(row, values.figure(here, row, month), cells.get(row.code)) for row in rows
        ]
        return Response(ComparisonOut({"month": month, "figures": figures}).data)


def _figure(row: Any, figure: Any, cell: Any) -> dict[str, Any]:
    told = {name: getattr(cell, name, None) for name in ("lower", "median", "upper")}
    return {
        "code": row.code,
        "name": row.name,
        "unit": row.unit,
        "own": shown(figure.value, row),
        "contributors": cell.contributors if told["median"] is not None else None,
        "withheld": cell.withheld if cell is not None else "Nothing is published for this month.",
        **{name: None if value is None else str(value) for name, value in told.items()},
    }
