"""A request about staff: what it is about, and how it gets to whoever decides on it."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from approvals.services import request_approval
from core.actors import Actor, require
from events.services import record
from hr.models import Allowance, Assignment, PayPoint, Placement, Position, StaffRequest
from hr.permissions import REQUEST_CHANGES
from hr.rules import HRR02, HRR03, HRR06, HRR07, HRR13
from hr.selectors.allowances import worth
from hr.selectors.grades import grade_of
from hr.selectors.jobs import current
from hr.selectors.terms import full_time_minutes, value_of, yearly
from tenants.services import next_number

Kind, State = StaffRequest.Kind, StaffRequest.State
WEEK_MINUTES = 7 * 24 * 60
# These say nothing of post and pay, and what is so already needs no check.
AS_IT_IS = (Kind.COST_SPLIT, Kind.SECONDMENT, Kind.ALLOWANCE, Kind.NO_MORE)


def facts_of(assignment: Assignment) -> dict[str, Any]:
    """Whose job it is, as a request keeps it."""
    employment = assignment.employment
    return {"assignment": assignment, "employment": employment, "name": employment.name}


def last_of(assignment: Assignment, on: date) -> Placement:
    """The newest placement of a job that has not ended by that day; HRR02, HRR03."""
    waiting = StaffRequest.objects.filter(
        organisation_id=assignment.organisation_id,
        employment_id=assignment.employment_id,
        state=State.WAITING,
    )
    HRR03.check(not waiting.exists())
    rows = current(assignment)
    HRR02.check(rows and (rows[-1].to_on is None or rows[-1].to_on > on))
    HRR02.check(assignment.employment.to_on is None or assignment.employment.to_on > on)
    HRR02.check(assignment.employment.from_on <= on)
    return rows[-1]


def ask(
    kind: StaffRequest.Kind,
    on: date,
    reason: str,
    facts: tuple[Position, PayPoint, int],
    *,
    by: Actor,
    at: datetime | None,
    path: str = "",
    allowance: Allowance | None = None,
    **columns: Any,
) -> StaffRequest:
    """Keeps the request and sends it to whom the route names, with what it will cost a year.

    That is the pay of the job, or what its allowance is worth.
    """
    position, pay_point, minutes = facts
    path = path or position.unit.path
    require(by, REQUEST_CHANGES, unit_path=path)
    of_grade = (pay_point.scale_id, pay_point.grade) == (position.scale_id, grade_of(position, on))
    HRR06.check(kind in AS_IT_IS or of_grade)
    HRR07.check(0 < minutes <= WEEK_MINUTES)
    full = value_of(pay_point, on)
    basis = full_time_minutes(position.scale, on)
    if full is None or basis is None:
        raise HRR13.refuse()
    if allowance is not None:
        full, columns = worth(allowance, full), {**columns, "allowance": allowance.code}
    asked = StaffRequest.objects.create(
        organisation_id=by.organisation_id,
        number=next_number("staff_request", by=by),
        kind=kind,
        effective_on=on,
        reason=reason,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at or timezone.now(),
        **columns,
    )
    about = {"by": by, "thread": asked.thread}
    record("hr.request.made", asked, at=asked.made_at, kind=asked.get_kind_display(),
           on=f"{on:%-d %B %Y}", reason=reason, **about)  # fmt: skip
    request_approval(
        subject=asked,
        amount_pence=yearly(full, minutes, basis),
        unit_path=path,
        summary=f"{asked.get_kind_display()}: {asked.name}, {position.title}",
        as_of=asked.made_at,
        **about,
    )
    return asked
