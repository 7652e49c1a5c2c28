"""Looking through who may do what: each right is confirmed or ended, never by who holds it."""

import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from access.models import AccessReview, ReviewedRight
from access.permissions import KEEP_GRANTS
from access.rules import ACC21, ACC22, ACC23
from access.selectors import RIGHT
from access.selectors.reviews import CONFIRMED, ENDED, OPEN, Sought, review_of, rights_in
from access.services.grants import end_right
from core.actors import Actor, require
from core.errors import Clash
from core.templatetags.web import day
from events.services import record, record_many
from tenants.models import Person

LONGEST = timedelta(days=90)
# When somebody did anything here last, and who gave or changed each right: as the trail says.
OPENED = """
INSERT INTO access_reviewedright
       (organisation_id, review_id, right_id, person_id, given_by_name, used_at, signed_in_at,
        decision, comment)
SELECT g.organisation_id, %(review)s, g.id, g.person_id, coalesce(given.person_name, ''), used.at,
       p.last_login, '', ''
  FROM tenants_grant g
  JOIN tenants_person p ON p.id = g.person_id
  LEFT JOIN (SELECT person_id, max(at) AS at FROM events_event
              WHERE organisation_id = %(here)s AND person_id IS NOT NULL GROUP BY person_id) used
         ON used.person_id = g.person_id
  LEFT JOIN LATERAL (
       SELECT e.person_name FROM events_event e
        WHERE e.organisation_id = g.organisation_id AND e.subject_key = 'access.grant'
          AND e.subject_id = g.id AND e.verb IN ('access.grant.given', 'access.grant.changed')
        ORDER BY e.id DESC LIMIT 1) given ON true
 WHERE g.organisation_id = %(here)s AND g.valid @> %(today)s::date AND g.role <> 'staff'
"""


def open_review(*, due_on: date, by: Actor, at: datetime, today: date) -> AccessReview:
    """Lists every right in force beyond staff's, to be confirmed or ended up to a day.

    ACC21 for a day that is over or more than 90 days ahead, ACC22 while another review is open.
    Event access.review.opened.
    """
    require(by, KEEP_GRANTS)
    ACC21.check(today <= due_on <= today + LONGEST)
    row, made = AccessReview.objects.get_or_create(
        organisation_id=by.organisation_id,
        finished_at=None,
        defaults={"due_on": due_on, "opened_at": at, "opened_by_id": by.person_id},
    )
    ACC22.check(made)
    with connection.cursor() as cursor:
        given = {"review": row.pk, "here": by.organisation_id, "today": today}
        cursor.execute(OPENED, given)
        count = cursor.rowcount
    record("access.review.opened", row, by=by, at=at, rights=count, due=day(due_on))
    return row


def _open_review(number: int, by: Actor) -> AccessReview:
    require(by, KEEP_GRANTS)
    row = review_of(by.organisation_id, number)
    if row.finished_at is not None:
        raise Clash()
    return row


def confirm_rights(
    *,
    number: int,
    sought: Sought,
    lines: Collection[int] | None,
    by: Actor,
    at: datetime,
    today: date,
) -> int:
    """Confirms these rights, or with None all that are sought; returns how many.

    One's own are left for another administrator, and those decided on or ended stay as they are.
    Events access.grant.confirmed, one for each right.
    """
    review = _open_review(number, by)
    rows: QuerySet[ReviewedRight] = rights_in(review, sought, today)
    if lines is not None:
        rows = rows.filter(pk__in=lines)
    left = rights_in(review, Sought(state=OPEN), today).exclude(person_id=by.person_id or 0)
    wanted = list(left.filter(pk__in=rows.values("pk")).values_list("pk", flat=True))
    locked = ReviewedRight.objects.select_for_update().filter(
        organisation_id=by.organisation_id, pk__in=wanted, decision=""
    )
    found = list(locked.order_by("pk").values_list("pk", "right_id"))
    ReviewedRight.objects.filter(
        organisation_id=by.organisation_id, pk__in=[key for key, _ in found]
    ).update(decision=CONFIRMED, decided_by_id=by.person_id, decided_at=at)
    about = [(right, uuid.uuid4()) for _, right in found]
    record_many("access.grant.confirmed", RIGHT, about, by=by, at=at, due=day(review.due_on))
    return len(found)


@transaction.atomic
def end_reviewed(
    *, number: int, line: int, reason: str, by: Actor, at: datetime, today: date
) -> ReviewedRight:
    """Ends the right today, as `access.services.grants.end_right` does and refuses."""
    review = _open_review(number, by)
    rows = ReviewedRight.objects.select_for_update(of=("self",)).select_related("person")
    row: ReviewedRight | None = rows.filter(
        organisation_id=by.organisation_id, review_id=review.pk, pk=line, decision=""
    ).first()
    if row is None:
        raise Clash()
    end_right(grant_id=row.right_id, from_on=today, reason=reason, by=by, today=today)
    row.decision, row.decided_by, row.decided_at = ENDED, Person(pk=by.person_id), at
    row.comment = reason
    row.save(update_fields=["decision", "decided_by", "decided_at", "comment"])
    return row


def finish_review(*, number: int, by: Actor, at: datetime, today: date) -> AccessReview:
    """Signs the review off: nothing of it changes any more.

    ACC23 while a right waits to be looked at. Event access.review.finished.
    """
    review = _open_review(number, by)
    left = rights_in(review, Sought(state=OPEN), today).count()
    ACC23.check(left == 0, f"({left} left)" if left else "")
    done = AccessReview.objects.filter(
        organisation_id=by.organisation_id, pk=review.pk, finished_at=None
    ).update(finished_at=at, finished_by_id=by.person_id)
    if not done:
        raise Clash()
    record("access.review.finished", review, by=by, at=at, opened=day(review.opened_at))
    return review
