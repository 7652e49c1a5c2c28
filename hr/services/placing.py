"""What an approved request makes true: placements end and begin, and nothing is overwritten."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.actors import Actor
from core.errors import Clash
from events.services import record
from hr.keys import hours, name_key
from hr.models import (
    WHOLE,
    Assignment,
    CostShare,
    Employment,
    PayPoint,
    Placement,
    Position,
    StaffRequest,
)
from hr.rules import HRR08, HRR14, HRR17
from hr.selectors.jobs import current, employed
from tenants.roles import Role
from tenants.services import end_roles, ensure_people, give_role, next_number

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Terms:
    """What a placement says of one job."""

    position: Position
    pay_point: PayPoint
    weekly_minutes: int


def start(*, request: StaffRequest, at: datetime, by: Actor) -> Employment:
    """The person works here from the day, and may see their own record.

    HRR08 if they work here on that day already. Event hr.staff.started.
    """
    assert request.position and request.pay_point and request.weekly_minutes
    person = ensure_people(rows=[(request.email, request.name)])[request.email.lower()]
    here, first = by.organisation_id, request.effective_on
    HRR08.check(not employed(here, person, first))
    employment = Employment.objects.create(
        organisation_id=here,
        person=person,
        number=next_number("employment", by=by),
        name=request.name,
        name_norm=name_key(request.name),
        from_on=first,
    )
    job = Assignment.objects.create(organisation_id=here, employment=employment, number=1)
    terms = Terms(request.position, request.pay_point, request.weekly_minutes)
    _place(job, terms, first, None, at, request.pk)
    give_role(person=person, role=Role.STAFF, since=first)
    about: dict[str, Any] = {"by": by, "at": at, "thread": request.thread}
    title, on = request.position.title, f"{first:%-d %B %Y}"
    record("hr.staff.started", employment, on=on, title=title, **about)
    return employment


def change(*, request: StaffRequest, at: datetime, by: Actor) -> None:
    """The job has another point, other hours or another post from the day on.

    HRR14 if something later is recorded, HRR17 for a day outside the job. Event hr.staff.changed or
    hr.staff.transferred.
    """
    assert request.assignment and request.employment
    last = _cut(request.assignment, request.effective_on, at)
    position = request.position or last.position
    terms = Terms(
        position,
        request.pay_point or last.pay_point,
        request.weekly_minutes or last.weekly_minutes,
    )
    stays = position.pk == last.position_id
    given = (request.effective_on, last.to_on, at, request.pk)
    _place(request.assignment, terms, *given, as_before=last if stays else None)
    on = f"{request.effective_on:%-d %B %Y}"
    about: dict[str, Any] = {"by": by, "at": at, "thread": request.thread, "on": on}
    if request.kind == StaffRequest.Kind.TRANSFER:
        record("hr.staff.transferred", request.employment, title=position.title, **about)
    else:
        record("hr.staff.changed", request.employment, what=_difference(last, terms), **about)


def _difference(before: Placement, after: Terms) -> str:
    said = []
    if before.pay_point_id != after.pay_point.pk:
        said.append(f"point {before.pay_point.point} to {after.pay_point.point}")
    if before.weekly_minutes != after.weekly_minutes:
        said.append(f"{hours(before.weekly_minutes)} to {hours(after.weekly_minutes)} hours a week")
    return ", ".join(said)


def _cut(assignment: Assignment, first: date, at: datetime) -> Placement:
    """Ends the last placement before the day; returns it as it was known until now."""
    rows = current(assignment)
    if not rows:
        raise Clash()
    last = rows[-1]
    HRR14.check(last.from_on <= first)
    HRR17.check(last.to_on is None or last.to_on > first)
    _supersede(last, at)
    if last.from_on < first:
        kept = Terms(last.position, last.pay_point, last.weekly_minutes)
        _place(assignment, kept, last.from_on, first, at, last.request_id, as_before=last)
    return last


def _supersede(row: Placement, at: datetime) -> None:
    changed = Placement.objects.filter(
        organisation_id=row.organisation_id, pk=row.pk, superseded_at__isnull=True
    ).update(superseded_at=at)
    if changed != 1:
        raise Clash()


def _place(
    assignment: Assignment,
    terms: Terms,
    from_on: date,
    to_on: date | None,
    at: datetime,
    request_id: int | None,
    *,
    as_before: Placement | None = None,
) -> None:
    """A new placement. Its cost is shared as before, or borne by the unit of the post."""
    made = Placement.objects.create(
        organisation_id=assignment.organisation_id,
        assignment=assignment,
        position=terms.position,
        pay_point=terms.pay_point,
        weekly_minutes=terms.weekly_minutes,
        from_on=from_on,
        to_on=to_on,
        recorded_at=at,
        request_id=request_id,
    )
    if as_before:
        _copy_shares(as_before, made)
    else:
        CostShare.objects.create(
            organisation_id=made.organisation_id,
            placement=made,
            unit_id=terms.position.unit_id,
            ten_thousandths=WHOLE,
        )


def _copy_shares(before: Placement, after: Placement) -> None:
    here = before.organisation_id
    CostShare.objects.bulk_create(
        CostShare(
            organisation_id=here,
            placement=after,
            unit_id=share.unit_id,
            other_id=share.other_id,
            ten_thousandths=share.ten_thousandths,
        )
        for share in CostShare.objects.filter(organisation_id=here, placement=before)
    )


def leave(*, request: StaffRequest, at: datetime, by: Actor) -> None:
    """The employment and all of its jobs end with the day, and so do the person's roles here.

    What was recorded for later never becomes true. Event hr.staff.left.
    """
    assert request.employment
    employment, after = request.employment, request.effective_on + DAY
    HRR17.check(request.effective_on >= employment.from_on)
    changed = Employment.objects.filter(
        organisation_id=by.organisation_id, pk=employment.pk, to_on__isnull=True
    ).update(to_on=after, leaving_reason=request.reason[:80])
    if changed != 1:
        raise Clash()
    for assignment in employment.assignments.order_by("number"):
        for row in current(assignment):
            if row.to_on is not None and row.to_on <= after:
                continue
            _supersede(row, at)
            if row.from_on < after:
                kept = Terms(row.position, row.pay_point, row.weekly_minutes)
                _place(assignment, kept, row.from_on, after, at, request.pk, as_before=row)
    end_roles(person=employment.person, from_on=after)
    record("hr.staff.left", employment, by=by, at=at, thread=request.thread,
           on=f"{request.effective_on:%-d %B %Y}", reason=request.reason)  # fmt: skip
