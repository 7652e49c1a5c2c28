"""Staff for programs: the same list and rights as on the page."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from hr.keys import hours
from hr.permissions import SEE_STAFF
from hr.selectors.people import staff

BY_NAME = ("assignment__employment__name_norm", "id")


class StaffQuery(serializers.Serializer):
    """What can be asked for."""

    on = serializers.DateField(required=False, help_text="As of this day; today if absent")
    q = serializers.CharField(required=False, max_length=80)


class StaffRow(serializers.Serializer):
    """A job of somebody on a day. Private details have no place here."""

    number = serializers.IntegerField(source="assignment.employment.number")
    job = serializers.IntegerField(source="assignment.number")
    name = serializers.CharField(source="assignment.employment.name")
    post_code = serializers.CharField(source="position.code")
    post = serializers.CharField(source="position.title")
    unit = serializers.CharField(source="position.unit.code")
    scale = serializers.CharField(source="position.scale.code")
    grade = serializers.CharField(source="pay_point.grade")
    point = serializers.CharField(source="pay_point.point")
    weekly_hours = serializers.SerializerMethodField()
    from_on = serializers.DateField()
    to_on = serializers.DateField(allow_null=True)

    def get_weekly_hours(self, row: Any) -> str:
        """Hours with two decimals at most."""
        return hours(row.weekly_minutes)


StaffPart = part_type(StaffRow)


class StaffList(Endpoint):
    """The jobs of an organisation on a day, by name."""

    permission = SEE_STAFF

    @extend_schema(
        operation_id="staff_list",
        parameters=[StaffQuery, CURSOR_PARAMETER],
        responses=StaffPart,
    )
    def get(self, request: Request, organisation: str) -> Response:
        asked = queried(StaffQuery, request)
        given = asked
        on = given.get("on") or request.today  # type: ignore[attr-defined]
        rows = staff(self.actor, on, text=given.get("q", ""))
        return Response(StaffPart(part_of(request, rows, *BY_NAME)).data)
