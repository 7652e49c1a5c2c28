"""What people were told."""

from django.db.models import QuerySet

from approvals.models import Notice, NoticeChoice
from approvals.permissions import SEE_EVERY_REQUEST
from core.actors import Actor, may


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """This person's here, newest first; everyone's where they see every decision."""
    rows = Notice.objects.filter(organisation_id=actor.organisation_id)
    if not may(actor, SEE_EVERY_REQUEST):
        rows = rows.filter(person_id=actor.person_id)
    return rows.order_by("-made_at", "-id")


def wants_only_daily(actor: Actor) -> bool:
    return NoticeChoice.objects.filter(
        organisation_id=actor.organisation_id, person_id=actor.person_id, only_daily=True
    ).exists()
