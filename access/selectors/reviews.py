"""Reviews of who may do what: what each holds, who confirmed it, and what is still open."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from access.models import AccessReview, ReviewedRight
from core.errors import NotFound

SUBJECT = "access.review"
# A year without a review counts as overdue, as does an open one whose day has passed.
EVERY = timedelta(days=365)
UNUSED_AFTER = timedelta(days=90)
OPEN, CONFIRMED, ENDED, GONE = "open", "confirmed", "ended", "gone"
STATES = {
    OPEN: "To be looked at",
    CONFIRMED: "Confirmed",
    ENDED: "Ended",
    GONE: "Ended meanwhile",
}


def _state(state: str, today: date) -> Q:
    goes_on = Q(right__valid__overlap=(today, None))
    return {
        OPEN: Q(decision="") & goes_on,
        GONE: Q(decision="") & ~goes_on,
        CONFIRMED: Q(decision=CONFIRMED),
        ENDED: Q(decision=ENDED),
    }[state]


def state_of(row: ReviewedRight, today: date) -> str:
    """Which of STATES it is in; what nobody decided on and holds no more is gone."""
    valid = row.right.valid
    goes_on = not valid.isempty and (valid.upper is None or valid.upper > today)
    return row.decision or (OPEN if goes_on else GONE)


def review_of(organisation_id: int, number: int) -> AccessReview:
    """One review there. NotFound unless there is one."""
    rows = AccessReview.objects.filter(organisation_id=organisation_id, pk=number)
    found: AccessReview | None = rows.select_related("opened_by", "finished_by").first()
    if found is None:
        raise NotFound()
    return found


def reviews_of(organisation_id: int) -> QuerySet[AccessReview, Any]:
    """All reviews there, the newest first."""
    rows = AccessReview.objects.filter(organisation_id=organisation_id)
    return rows.select_related("opened_by", "finished_by").order_by("-pk")


def counts_of(
    organisation_id: int, reviews: Collection[AccessReview], today: date
) -> dict[int, dict[str, int]]:
    """How many rights of each review are in each state; one query."""
    rows = ReviewedRight.objects.filter(
        organisation_id=organisation_id, review_id__in=[row.pk for row in reviews]
    )
    counted = {state: Count("pk", filter=_state(state, today)) for state in STATES}
    found = (
        rows.order_by().values("review_id").annotate(**{f"n_{k}": c for k, c in counted.items()})
    )
    return {row["review_id"]: {state: row[f"n_{state}"] for state in STATES} for row in found}


@dataclass(frozen=True)
class Sought:
    """What of a review is looked for; empty ones ask for everything."""

    state: str = ""
    text: str = ""
    role: str = ""
    unused: bool = False


def rights_in(review: AccessReview, sought: Sought, today: date) -> QuerySet[ReviewedRight, Any]:
    """The rights of a review by the name of who holds them."""
    rows = ReviewedRight.objects.filter(organisation_id=review.organisation_id, review_id=review.pk)
    if sought.state:
        rows = rows.filter(_state(sought.state, today))
    if sought.text:
        rows = rows.filter(
            Q(person__name__icontains=sought.text) | Q(person__email__icontains=sought.text)
        )
    if sought.role:
        rows = rows.filter(right__role=sought.role)
    if sought.unused:
        since = review.opened_at - UNUSED_AFTER
        rows = rows.filter(Q(used_at__lt=since) | Q(used_at__isnull=True))
    related = ("person", "right__unit", "decided_by")
    return rows.select_related(*related).order_by("person__name", "person_id", "pk")


def reviewed_right(review: AccessReview, line: int) -> ReviewedRight:
    """One right of a review. NotFound unless there is one."""
    rows = ReviewedRight.objects.filter(
        organisation_id=review.organisation_id, review_id=review.pk, pk=line
    )
    found: ReviewedRight | None = rows.select_related("person", "right__unit").first()
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class Standing:
    """Where an organisation stands with looking its rights through."""

    review: AccessReview | None
    left: int
    overdue_since: date | None
    finished_on: date | None


def review_standing(organisation_id: int, today: date) -> Standing:
    """The open review and what is left of it, or when the last one was finished."""
    rows = reviews_of(organisation_id)
    review = rows.filter(finished_at=None).first()
    last = rows.filter(finished_at__isnull=False).first()
    finished_on = last.finished_at.date() if last and last.finished_at else None
    if review is not None:
        left = counts_of(organisation_id, [review], today).get(review.pk, {}).get(OPEN, 0)
        late = review.due_on if review.due_on < today else None
        return Standing(review, left, late, finished_on)
    late = finished_on + EVERY if finished_on and finished_on + EVERY < today else None
    return Standing(None, 0, late, finished_on)
