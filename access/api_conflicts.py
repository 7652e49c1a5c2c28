"""Duties that conflict, for programs: who holds them, by which rights, and what was accepted."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access.permissions import SEE_CONFLICTS
from access.selectors.conflicts import (
    STATES,
    Found,
    conflict_of,
    conflicts_of,
    grants_behind,
    narrowed,
)
from core.web.api import Endpoint, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of_found, part_type
from tenants.roles import Role


class ConflictsQuery(serializers.Serializer):
    """What can be asked for."""

    conflict = serializers.CharField(
        required=False, max_length=40, help_text="The key of a conflict."
    )
    state = serializers.ChoiceField(choices=list(STATES), required=False)


class RightBehind(serializers.Serializer):
    """A right that makes the conflict: its number among the roles that people hold."""

    number = serializers.IntegerField(source="pk")
    role = serializers.ChoiceField(choices=Role.values)
    unit = serializers.CharField(source="unit.code", default=None, allow_null=True)


class AcceptanceRow(serializers.Serializer):
    """That somebody may hold both for a while: asked for, agreed to (else null), and ended."""

    number = serializers.IntegerField(source="pk")
    until = serializers.DateField()
    reason = serializers.CharField()
    asked_by = serializers.CharField(source="asked_by.name")
    asked_at = serializers.DateTimeField()
    agreed_by = serializers.CharField(source="agreed_by.name", default=None, allow_null=True)
    agreed_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_because = serializers.CharField()


class ConflictRow(serializers.Serializer):
    """A person who holds duties that conflict, and by which rights."""

    person = serializers.IntegerField(source="person_id")
    name = serializers.CharField()
    conflict = serializers.CharField(source="conflict.key")
    says = serializers.CharField(source="conflict.label")
    risk = serializers.CharField(source="conflict.risk")
    rights = serializers.SerializerMethodField()
    since = serializers.DateField(allow_null=True)
    state = serializers.SerializerMethodField()

    @extend_schema_field(RightBehind(many=True))
    def get_rights(self, one: Found) -> list[dict[str, Any]]:
        """Those of either duty."""
        known = self.context["grants"]
        rows = [known[number] for number in sorted(one.rights) if number in known]
        return [dict(row) for row in RightBehind(rows, many=True).data]

    @extend_schema_field(serializers.ChoiceField(choices=list(STATES)))
    def get_state(self, one: Found) -> str:
        """As of today."""
        return one.state(self.context["today"])


class ConflictOut(serializers.Serializer):
    """A conflict (null where it is over), and all that was asked and agreed, the newest first."""

    held = ConflictRow(allow_null=True)
    acceptances = AcceptanceRow(many=True)


ConflictPart = part_type(ConflictRow)


class Conflicts(Endpoint):
    """Duties that conflict."""

    permission = SEE_CONFLICTS

    @extend_schema(
        operation_id="conflicts_list",
        responses=ConflictPart,
        parameters=[ConflictsQuery, CURSOR_PARAMETER],
    )
    def get(self, request: Any, organisation: str) -> Response:
        """Everybody who holds such duties today."""
        here, query = self.actor.organisation_id, queried(ConflictsQuery, request)
        asked = {"key": query.get("conflict", ""), "state": query.get("state", "")}
        found = narrowed(conflicts_of(here, request.today), request.today, **asked)
        part = part_of_found(request, found, "person_id", "conflict__key")
        return Response(ConflictPart(part, context=_context(here, part.results, request)).data)


class ConflictOne(Endpoint):
    """The conflict of one person."""

    permission = SEE_CONFLICTS

    @extend_schema(operation_id="conflicts_read", responses=ConflictOut)
    def get(self, request: Any, organisation: str, person: int, key: str) -> Response:
        """With what was accepted of it, also once it is over."""
        here = self.actor.organisation_id
        one, past = conflict_of(here, person, key, request.today)
        context = _context(here, [one] if one else [], request)
        told = {"held": one, "acceptances": past}
        return Response(ConflictOut(told, context=context).data)


def _context(here: int, found: Any, request: Request) -> dict[str, Any]:
    today = request.today  # type: ignore[attr-defined]
    return {"grants": grants_behind(here, found, today), "today": today}
