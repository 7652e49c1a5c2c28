"""What the passing of time does to requests that wait: reminders, escalation, digests.

Set-based, one organisation after the other, and safe to do again: a step is reminded of once and
escalated once, and nobody is told the same twice. Time is working time of the organisation that
the approver acts for.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from approvals.authority import CAN_DECIDE, deciding_roles, role_in_words
from approvals.bands import Patience
from approvals.models import Step
from approvals.services import notices
from core.actors import Actor, system_actor
from core.scope import scope
from core.working_time import Calendar, is_working_day, working_minutes_before
from events.services import record_many
from tenants.models import Organisation
from tenants.selectors import all_organisations, working_calendar

DIGEST_HOUR = 8
# Requests that go by no route, such as a first change of routes, have the usual patience.
PATIENCES = """
SELECT DISTINCT coalesce(t.{column}, %(usual)s) FROM approvals_step s
  JOIN approvals_request r ON r.organisation_id = s.organisation_id AND r.id = s.request_id
  LEFT JOIN approvals_route t ON t.organisation_id = r.organisation_id AND t.id = r.route_id
 WHERE s.organisation_id = %(organisation)s AND s.state = 'open'
"""
LATE = """
  FROM approvals_request r
  LEFT JOIN approvals_route t ON t.organisation_id = r.organisation_id AND t.id = r.route_id
 WHERE r.organisation_id = s.organisation_id AND r.id = s.request_id
   AND s.organisation_id = %(organisation)s AND s.state = 'open'
   AND coalesce(t.{column}, %(usual)s) = %(minutes)s AND s.opened_at <= %(before)s
"""
REMIND = """
UPDATE approvals_step s SET reminded_at = %(now)s
{late} AND s.reminded_at IS NULL
""".replace("{late}", LATE)
ESCALATE = """
UPDATE approvals_step s SET escalated_at = %(now)s, escalated_because = 'late'
{late} AND s.escalated_at IS NULL AND s.escalates_to <> ''
RETURNING r.subject_key, s.escalates_to, r.subject_id, r.thread
""".replace("{late}", LATE)
REROUTE = """
UPDATE approvals_step s SET escalated_at = %(now)s, escalated_because = 'nobody'
  FROM approvals_request r
 WHERE r.organisation_id = s.organisation_id AND r.id = s.request_id
   AND s.organisation_id = %(organisation)s AND s.state = 'open'
   AND s.escalated_at IS NULL AND s.escalates_to <> ''
   AND s.id NOT IN (SELECT s.id {can_decide})
RETURNING r.subject_key, s.escalates_to, r.subject_id, r.thread
""".replace("{can_decide}", CAN_DECIDE)


def keep_time(*, as_of: datetime) -> None:
    """Every organisation in a scope of its own: those that left keep their books as they are."""
    for organisation in all_organisations():
        if organisation.status != Organisation.Status.FORMER:
            with scope(acting=organisation.id):
                keep_time_here(by=system_actor(organisation.id), as_of=as_of)


def keep_time_here(*, by: Actor, as_of: datetime) -> None:
    """Escalates, reminds and writes notices in one organisation.

    A step that nobody is left to take, as when a role was withdrawn, opens to the role above it at
    once. Event approvals.request.escalated.
    """
    facts: dict[str, Any] = {
        "organisation": by.organisation_id,
        "places": [by.organisation_id],
        "roles": deciding_roles(),
        "on": timezone.localdate(as_of),
        "now": as_of,
    }
    if not Step.objects.filter(organisation_id=by.organisation_id, state=Step.State.OPEN).exists():
        notices.tell_makers(facts)
        return
    calendar = working_calendar(by.organisation_id)
    with connection.cursor() as cursor:
        _run_late(cursor, REMIND, "remind_minutes", Patience().remind, facts, calendar)
        late = _run_late(cursor, ESCALATE, "escalate_minutes", Patience().escalate, facts, calendar)
        cursor.execute(REROUTE, facts)
        left = list(cursor.fetchall())
    _record(late, Step.Cause.LATE, by, as_of)
    _record(left, Step.Cause.NOBODY, by, as_of)
    notices.write_notices(facts)
    local = timezone.localtime(as_of)
    morning = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if local >= morning and is_working_day(calendar, local.date()):
        notices.write_digests({**facts, "morning": morning})


def _run_late(
    cursor: Any,
    statement: str,
    column: str,
    usual: int,
    facts: dict[str, Any],
    calendar: Calendar,
) -> list[tuple[Any, ...]]:
    """One statement for each patience in use: late is whatever opened before an instant."""
    given = {**facts, "usual": usual}
    cursor.execute(PATIENCES.format(column=column), given)
    found: list[tuple[Any, ...]] = []
    for (minutes,) in cursor.fetchall():
        before = working_minutes_before(calendar, facts["now"], minutes)
        cursor.execute(
            statement.format(column=column), {**given, "minutes": minutes, "before": before}
        )
        if cursor.description:
            found += cursor.fetchall()
    return found


def _record(rows: list[tuple[Any, ...]], cause: Step.Cause, by: Actor, at: datetime) -> None:
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for key, role, subject_id, thread in rows:
        groups[key, role].append((subject_id, thread))
    for (key, role), about in groups.items():
        words = {"role": role_in_words(role), "cause": cause.label.lower()}
        record_many("approvals.request.escalated", key, about, by=by, at=at, **words)
