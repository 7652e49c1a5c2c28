"""Whose rows a page shows: one organisation's, or at the centre's address those of many."""

from typing import Any

from core.permissions import PERMISSIONS


def places(request: Any, permission: str) -> dict[int, Any]:
    """Memberships by organisation id in which the person holds `permission`, readable here."""
    roles = PERMISSIONS[permission].roles
    held = {right.organisation_id for right in request.actor.rights if right.role in roles}
    return {
        place.organisation_id: place
        for place in request.standing.memberships
        if place.organisation_id in held & request.actor.readable
    }


def wants_fragment(request: Any) -> bool:
    """Is only a part of the page asked for, to be put into one that is there?"""
    return bool(request.htmx) and not request.htmx.history_restore_request
