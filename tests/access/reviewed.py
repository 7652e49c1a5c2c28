"""Reviews of rights for the tests of pages."""

from datetime import timedelta

from django.utils import timezone

from access.models import AccessReview, ReviewedRight
from access.services.reviews import open_review
from core.scope import scope
from tests.world import World


def begun_reviews(world: World, slug: str, times: int = 1) -> dict[str, int]:
    """So many reviews of which the last is open: its key and that of one of its rights."""
    by, today, at = world.actor(f"administrator@{slug}"), timezone.localdate(), timezone.now()
    with scope(acting=by.organisation_id):
        for _ in range(times):
            AccessReview.objects.update(finished_at=at, finished_by_id=by.person_id)
            row = open_review(due_on=today + timedelta(days=30), by=by, at=at, today=today)
        rights = ReviewedRight.objects.filter(review_id=row.pk).exclude(person_id=by.person_id)
        return {"review": row.pk, "reviewed": rights.order_by("pk")[0].pk}
