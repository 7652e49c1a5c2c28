"""The comparison for programs: one's own figures beside what is published of all."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from benchmarking.boards import compared
from benchmarking.models import BoardPack
from benchmarking.permissions import MAKE_PACKS, SEE_COMPARISON
from benchmarking.selectors import cells_of, packs_of
from benchmarking.services import make_pack
from core.web.api import Endpoint, asked
from core.web.api_lists import CURSOR_PARAMETER, MONTH_PARAMETER, part_of, part_type
from sla.permissions import SEE_BOARD
from sla.selectors import current_indicators, latest_month, measure_values, month_of, shown


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


class PackAsked(serializers.Serializer):
    """A month such as 2026-05."""

    month = serializers.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$")


class PackRow(serializers.Serializer):
    """A version of the board pack of a month; its bytes have this SHA-256."""

    month = serializers.DateField()
    version = serializers.IntegerField()
    sha256 = serializers.CharField()
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()
    file = serializers.SerializerMethodField()

    def get_file(self, pack: BoardPack) -> str:
        """The address of its document."""
        month = f"{pack.month:%Y-%m}"
        where = {"organisation": self.context["organisation"], "month": month}
        return reverse("board_pack", kwargs={**where, "version": pack.version})


PackPart = part_type(PackRow)


class Packs(Endpoint):
    """Board packs."""

    permission = SEE_BOARD

    @extend_schema(
        operation_id="board_packs_list", responses=PackPart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Any, organisation: str) -> Response:
        """Every version that was kept, the newest month and version first."""
        found = part_of(request, packs_of(self.actor.organisation_id), "-month", "-version")
        return Response(PackPart(found, context={"organisation": organisation}).data)


class PackMaking(Endpoint):
    """New board packs."""

    permission = MAKE_PACKS

    @extend_schema(operation_id="board_packs_make", request=PackAsked, responses={201: PackRow})
    def post(self, request: Any, organisation: str) -> Response:
        """The pack of a month; the newest one kept, where nothing changed since (BMK01)."""
        month = month_of(asked(PackAsked, request)["month"])
        pack = make_pack(month=month, by=self.actor)
        told = PackRow(pack, context={"organisation": organisation}).data
        return Response(told, status=201)
