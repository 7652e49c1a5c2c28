"""Who decides for whom, and whom one could ask."""

from datetime import date

from django.db.models import Q, QuerySet

from approvals.authority import deciding_roles
from approvals.models import Delegation
from approvals.permissions import SEE_EVERY_REQUEST
from core.actors import Actor, may
from tenants.selectors import role_holders


def delegations_of(actor: Actor) -> QuerySet[Delegation]:
    """Those that this person made or received here, newest first; all where they see everything."""
    rows = Delegation.objects.filter(organisation_id=actor.organisation_id)
    if not may(actor, SEE_EVERY_REQUEST):
        rows = rows.filter(Q(from_person_id=actor.person_id) | Q(to_person_id=actor.person_id))
    return rows.order_by("-made_at", "-id")


def possible_delegates(actor: Actor, on: date) -> list[tuple[int, str]]:
    """(id, name) of everyone else who can decide here that day."""
    holders = role_holders(deciding_roles(), on)
    found = {
        holder.person_id: holder.name
        for holder in holders
        if holder.organisation_id == actor.organisation_id and holder.person_id != actor.person_id
    }
    return list(found.items())
