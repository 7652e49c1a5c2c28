"""What calls about orders and plans of recovery share."""

from typing import Any

from rest_framework import serializers

from core.actors import Actor
from core.errors import NotFound
from hr.models import Employment
from hr.selectors.jobs import employments_numbered

MOST_PENCE = 100_000_000


class DeductionAsked(serializers.Serializer):
    """Whose pay it comes off."""

    employee = serializers.IntegerField(min_value=1, max_value=10**9)


class EndAsked(serializers.Serializer):
    """Why it ends."""

    reason = serializers.CharField(max_length=200)


def taken_employment(actor: Actor, given: dict[str, Any]) -> Employment:
    """Takes the employee number out of what was asked. NotFound if nobody here has it."""
    found = employments_numbered(actor.organisation_id, {given.pop("employee")})
    if not found:
        raise NotFound("There is no such employee number.")
    return found[0]
