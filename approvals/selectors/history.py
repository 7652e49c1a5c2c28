"""How those who decide have decided: how many, how long, how often sent back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from approvals.models import Step
from approvals.permissions import SEE_EVERY_REQUEST
from core.actors import Actor, may

FIGURES = """
SELECT decided_by_id, (array_agg(decided_by_name ORDER BY decided_at DESC))[1],
       count(*), count(*) FILTER (WHERE state = 'returned'),
       count(*) FILTER (WHERE state = 'rejected'),
       count(*) FILTER (WHERE decided_by_id <> decided_for_id),
       count(*) FILTER (WHERE escalated_at IS NOT NULL),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY took_minutes), max(took_minutes)
  FROM approvals_step
 WHERE organisation_id = %s AND decided_by_id IS NOT NULL AND decided_at >= %s
   AND (%s::bigint IS NULL OR decided_by_id = %s)
 GROUP BY decided_by_id ORDER BY 3 DESC, 2
"""


@dataclass(frozen=True)
class ApproverFigures:
    """One person's decisions since an instant; minutes are of working time."""

    person_id: int
    name: str
    decisions: int
    returned: int
    rejected: int
    for_others: int
    escalated: int
    median_minutes: int | None
    longest_minutes: int | None


def approver_figures(
    organisation_id: int, since: datetime, person_id: int | None = None
) -> list[ApproverFigures]:
    """Of everyone who decided here, or of one person; one query."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, [organisation_id, since, person_id, person_id])
        return [ApproverFigures(*row) for row in cursor.fetchall()]


def steps_decided_by(actor: Actor, person_id: int) -> QuerySet[Step]:
    """The decisions of a person here, newest first: one's own, or anyone's where one sees all."""
    rows = Step.objects.filter(organisation_id=actor.organisation_id, decided_at__isnull=False)
    if not may(actor, SEE_EVERY_REQUEST) and person_id != actor.person_id:
        return rows.none()
    about = Q(decided_by_id=person_id) | Q(decided_for_id=person_id)
    return rows.filter(about).select_related("request").order_by("-decided_at", "-id")
