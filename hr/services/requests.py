"""Asking for a starter, a change, a transfer or a leaver; what was approved becomes true."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from approvals.services import request_approval
from core.actors import Actor, require
from core.states import move
from events.services import record
from hr.models import Assignment, PayPoint, Placement, Position, StaffRequest
from hr.permissions import REQUEST_CHANGES
from hr.rules import HRR02, HRR03, HRR04, HRR05, HRR06, HRR07, HRR08, HRR13, HRR18
from hr.selectors.jobs import current, employed
from hr.selectors.terms import full_time_minutes, value_of, yearly
from hr.services.placing import change, leave, start
from tenants.selectors import person_by_id, person_known
from tenants.services import next_number

Kind, State = StaffRequest.Kind, StaffRequest.State
MOVES = {
    "approve": ((State.WAITING,), State.APPROVED),
    "return": ((State.WAITING,), State.RETURNED),
    "reject": ((State.WAITING,), State.REJECTED),
}
WEEK_MINUTES = 7 * 24 * 60


def request_starter(
    *,
    name: str,
    email: str,
    position: Position,
    pay_point: PayPoint,
    weekly_minutes: int,
    from_on: date,
    reason: str,
    by: Actor,
    at: datetime | None = None,
) -> StaffRequest:
    """Asks that a person begins in a post on a day. HRR08 if they work here then already."""
    known = person_known(email)
    HRR08.check(known is None or not employed(by.organisation_id, known, from_on))
    waiting = StaffRequest.objects.filter(
        organisation_id=by.organisation_id, email=email.lower(), state=State.WAITING
    )
    HRR03.check(not waiting.exists())
    return _ask(
        Kind.STARTER,
        from_on,
        reason,
        (position, pay_point, weekly_minutes),
        by=by,
        at=at,
        name=name,
        email=email.lower(),
        position=position,
        pay_point=pay_point,
        weekly_minutes=weekly_minutes,
    )


def request_change(
    *,
    assignment: Assignment,
    from_on: date,
    reason: str,
    by: Actor,
    pay_point: PayPoint | None = None,
    weekly_minutes: int | None = None,
    at: datetime | None = None,
) -> StaffRequest:
    """Asks for another point, other hours, or both. HRR04 if nothing would change."""
    last = _last(assignment, from_on)
    now = (last.pay_point_id, last.weekly_minutes)
    wanted = (pay_point or last.pay_point, weekly_minutes or last.weekly_minutes)
    HRR04.check((wanted[0].pk, wanted[1]) != now)
    return _ask(
        Kind.CHANGE,
        from_on,
        reason,
        (last.position, *wanted),
        by=by,
        at=at,
        **_of(assignment),
        pay_point=pay_point,
        weekly_minutes=weekly_minutes,
    )


def request_transfer(
    *,
    assignment: Assignment,
    position: Position,
    pay_point: PayPoint,
    from_on: date,
    reason: str,
    by: Actor,
    weekly_minutes: int | None = None,
    at: datetime | None = None,
) -> StaffRequest:
    """Asks that a job becomes another post. HRR05 if it is the same one.

    Who asks has to answer for the unit that the person leaves; the second person decides.
    """
    last = _last(assignment, from_on)
    HRR05.check(position.pk != last.position_id)
    require(by, REQUEST_CHANGES, unit_path=last.position.unit.path)
    return _ask(
        Kind.TRANSFER,
        from_on,
        reason,
        (position, pay_point, weekly_minutes or last.weekly_minutes),
        by=by,
        at=at,
        path=last.position.unit.path,
        **_of(assignment),
        position=position,
        pay_point=pay_point,
        weekly_minutes=weekly_minutes,
    )


def request_leaver(
    *,
    assignment: Assignment,
    last_on: date,
    reason: str,
    by: Actor,
    at: datetime | None = None,
) -> StaffRequest:
    """Asks that the employment ends with a day. HRR02 if it has ended before."""
    last = _last(assignment, last_on)
    facts = (last.position, last.pay_point, last.weekly_minutes)
    return _ask(Kind.LEAVER, last_on, reason, facts, by=by, at=at, **_of(assignment))


def _of(assignment: Assignment) -> dict[str, Any]:
    employment = assignment.employment
    return {"assignment": assignment, "employment": employment, "name": employment.name}


def _last(assignment: Assignment, on: date) -> Placement:
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


def _ask(
    kind: StaffRequest.Kind,
    on: date,
    reason: str,
    facts: tuple[Position, PayPoint, int],
    *,
    by: Actor,
    at: datetime | None,
    path: str = "",
    **columns: Any,
) -> StaffRequest:
    """Keeps the request and sends it to whom the route names, with what it will cost a year."""
    position, pay_point, minutes = facts
    path = path or position.unit.path
    require(by, REQUEST_CHANGES, unit_path=path)
    HRR06.check((pay_point.scale_id, pay_point.grade) == (position.scale_id, position.grade))
    HRR07.check(0 < minutes <= WEEK_MINUTES)
    full = value_of(pay_point, on)
    basis = full_time_minutes(position.scale, on)
    if full is None or basis is None:
        raise HRR13.refuse()
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


def carry_out(row: StaffRequest, *, by: Actor) -> None:
    """What was asked for becomes true: called with the approval, in its transaction.

    HRR18 for a decision about oneself.
    """
    mine = row.employment.person.email if row.employment else row.email
    HRR18.check(by.person_id is None or person_by_id(by.person_id).email != mine)
    _close(row, "approve", by)
    at = timezone.now()
    if row.kind == Kind.STARTER:
        employment = start(request=row, at=at, by=by)
        StaffRequest.objects.filter(organisation_id=row.organisation_id, pk=row.pk).update(
            employment=employment
        )
    elif row.kind == Kind.LEAVER:
        leave(request=row, at=at, by=by)
    else:
        change(request=row, at=at, by=by)


def send_back(row: StaffRequest, *, by: Actor, comment: str) -> None:
    """Nothing becomes true; it can be asked for again."""
    _close(row, "return", by)


def turn_down(row: StaffRequest, *, by: Actor, comment: str) -> None:
    """Nothing becomes true."""
    _close(row, "reject", by)


def _close(row: StaffRequest, verb: str, by: Actor) -> None:
    rows = StaffRequest.objects.filter(organisation_id=by.organisation_id, pk=row.pk)
    move(rows, MOVES, verb, expected=1)
