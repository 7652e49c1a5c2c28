"""Roles and who holds them, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.permissions import SEE_GRANTS
from core.permissions import PERMISSIONS
from core.web.api import Endpoint, Pounds, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from tenants.roles import Role
from tenants.selectors import grants_on, role_counts


class GrantsQuery(serializers.Serializer):
    """What can be asked for."""

    on = serializers.DateField(required=False, help_text="As of this day; today if absent")


class GrantRow(serializers.Serializer):
    """A role of a person in a part of the organisation, up to a limit; none where they are null."""

    number = serializers.IntegerField(source="pk")
    person = serializers.CharField(source="person.name")
    email = serializers.EmailField(source="person.email")
    role = serializers.ChoiceField(choices=Role.values)
    unit = serializers.CharField(source="unit.code", default=None, allow_null=True)
    limit = Pounds(source="limit_pence", allow_null=True)
    from_on = serializers.DateField(source="valid.lower")
    until_on = serializers.DateField(source="valid.upper", allow_null=True)


GrantPart = part_type(GrantRow)


class Grants(Endpoint):
    """Roles that people hold."""

    permission = SEE_GRANTS

    @extend_schema(
        operation_id="grants_list",
        responses=GrantPart,
        parameters=[GrantsQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Any, organisation: str) -> Response:
        """Every role in force on a day, in the order in which they were given."""
        query = queried(GrantsQuery, request)
        on = query.get("on") or request.today
        found = grants_on(self.actor.organisation_id, on)
        return Response(GrantPart(part_of(request, found, "id")).data)


class RoleRow(serializers.Serializer):
    """A role of the product: what it may do, and how many people hold it today."""

    role = serializers.ChoiceField(choices=Role.values)
    name = serializers.CharField()
    needs_second_factor = serializers.BooleanField()
    people = serializers.IntegerField()
    may = serializers.ListField(child=serializers.CharField())


class Roles(Endpoint):
    """Roles."""

    permission = SEE_GRANTS

    @extend_schema(operation_id="roles_list", responses=RoleRow(many=True))
    def get(self, request: Any, organisation: str) -> Response:
        """All that there are: they are part of the product."""
        held = role_counts(self.actor.organisation_id, request.today)
        rows = [
            {
                **{"role": role.value, "name": role.label, "people": held.get(role.value, 0)},
                "needs_second_factor": role.needs_second_factor,
                "may": sorted(key for key, one in PERMISSIONS.items() if role in one.roles),
            }
            for role in Role
        ]
        return Response(RoleRow(rows, many=True).data)
