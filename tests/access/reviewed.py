"""Reviews of rights for the tests of pages."""

from datetime import timedelta

from django.utils import timezone

from access.models import AccessReview, ReviewedRight
from access.services.reviews import open_review
from core.scope import scope
from tests.world import World


def begun_reviews(world: World, slug: str, times: int = 1) -> dict[str, int]:
    """So many reviews, the last one open: its key and that of a right of the finance officer."""
    by, today, at = world.actor(f"administrator@{slug}"), timezone.localdate(), timezone.now()
    with scope(acting=by.organisation_id):
        for _ in range(times):
            AccessReview.objects.update(finished_at=at, finished_by_id=by.person_id)
            row = open_review(due_on=today + timedelta(days=30), by=by, at=at, today=today)
        holder = world.people[f"finance_officer@{slug}"]
        rights = ReviewedRight.objects.filter(review_id=row.pk, person_id=holder.pk)
        return {"review": row.pk, "reviewed": rights.order_by("pk")[0].pk}
