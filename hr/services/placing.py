"""What an approved request makes true: placements end and begin, and nothing is overwritten."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Self

from core.actors import Actor
from core.errors import Clash
from core.money import split
from events.services import record
from hr.keys import hours, name_key, percent
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
from hr.rules import HRR08, HRR14, HRR17, HRR62, HRR63
from hr.selectors.bearing import Share, bearers, borne_by, organisation_name
from hr.selectors.jobs import current, employed, held, holds
from tenants.roles import Role
from tenants.services import end_roles, ensure_people, give_role, next_number

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Terms:
    """What a placement says of one job, who bears its cost, and where the person works."""

    position: Position
    pay_point: PayPoint
    weekly_minutes: int
    shares: tuple[Share, ...]
    host_id: int | None = None

    @classmethod
    def of(cls, row: Placement) -> Self:
        """Those of a placement that `current` read."""
        shares = (Share(s.unit_id, s.other_id, s.ten_thousandths) for s in row.shares.all())
        facts = (row.position, row.pay_point, row.weekly_minutes)
        return cls(*facts, tuple(shares), row.host_id)


class Piece(NamedTuple):
    """A placement to be: its terms, its days, and the request that it comes from."""

    terms: Terms
    from_on: date
    to_on: date | None
    request_id: int | None


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
    _place(job, [Piece(_asked(request), first, None, request.pk)], at)
    give_role(person=person, role=Role.STAFF, since=first)
    title, on = request.position.title, f"{first:%-d %B %Y}"
    record(
        "hr.staff.started",
        employment,
        on=on,
        title=title,
        **about_request(request=request, at=at, by=by),
    )
    return employment


def join(*, request: StaffRequest, at: datetime, by: Actor) -> None:
    """The employment has one more job from the day on, as long as it lasts.

    HRR17 for a day outside the employment, HRR63 if the person holds the post then. Event
    hr.staff.joined.
    """
    assert request.position and request.employment
    here, first = by.organisation_id, request.effective_on
    # Locked, so that two joint posts do not take one number.
    employment = Employment.objects.select_for_update().get(
        organisation_id=here, pk=request.employment_id
    )
    HRR17.check(employment.from_on <= first)
    HRR17.check(employment.to_on is None or employment.to_on > first)
    HRR63.check(not holds(employment, request.position, first))
    jobs = Assignment.objects.filter(organisation_id=here, employment=employment)
    job = Assignment.objects.create(
        organisation_id=here, employment=employment, number=jobs.count() + 1
    )
    _place(job, [Piece(_asked(request), first, employment.to_on, request.pk)], at)
    on, title = f"{first:%-d %B %Y}", request.position.title
    record("hr.staff.joined", employment, on=on, title=title, job=job.number,
           **about_request(request=request, at=at, by=by))  # fmt: skip


def change(*, request: StaffRequest, at: datetime, by: Actor) -> None:
    """The job has another point, other hours or another post from the day on.

    HRR14 if something later is recorded than a secondment or another split of the cost, HRR17 for
    a day outside the job. Event hr.staff.changed or hr.staff.transferred.
    """
    assert request.assignment and request.employment
    rows = held(request.assignment, request.effective_on)
    last, moves = rows[0], request.position_id not in (None, rows[0].position_id)
    HRR14.check(len(rows) == 1 or not moves)
    HRR14.check(len({(row.position_id, row.pay_point_id, row.weekly_minutes) for row in rows}) == 1)

    def to(was: Terms) -> Terms:
        point = request.pay_point or was.pay_point
        minutes = request.weekly_minutes or was.weekly_minutes
        if not (moves and request.position):
            return replace(was, pay_point=point, weekly_minutes=minutes)
        return Terms(request.position, point, minutes, borne_by(request.position))

    _rewrite(rows, (request.effective_on, None), to, at=at, request_id=request.pk)
    about = {
        **about_request(request=request, at=at, by=by),
        "on": f"{request.effective_on:%-d %B %Y}",
    }
    if request.kind == StaffRequest.Kind.TRANSFER:
        title = (request.position or last.position).title
        record("hr.staff.transferred", request.employment, title=title, **about)
    else:
        what = _difference(last, to(Terms.of(last)))
        record("hr.staff.changed", request.employment, what=what, **about)


def _difference(before: Placement, after: Terms) -> str:
    said = []
    if before.pay_point_id != after.pay_point.pk:
        said.append(f"point {before.pay_point.point} to {after.pay_point.point}")
    if before.weekly_minutes != after.weekly_minutes:
        said.append(f"{hours(before.weekly_minutes)} to {hours(after.weekly_minutes)} hours a week")
    return ", ".join(said)


def share_cost(*, request: StaffRequest, at: datetime, by: Actor) -> None:
    """The cost of the job is borne as asked for from the day on; a secondment ends with that.

    HRR14 if another post is recorded for later, HRR17 for a day outside the job, HRR60 if a unit
    has ended meanwhile. Event hr.staff.cost_shared.
    """
    assert request.assignment and request.employment
    first = request.effective_on
    rows = held(request.assignment, first)
    HRR14.check(len({row.position_id for row in rows}) == 1)
    shares = bearers(by.organisation_id, request.cost_centres, first)
    _rewrite(
        rows, (first, None), lambda was: replace(was, shares=shares, host_id=None),
        at=at, request_id=request.pk,
    )  # fmt: skip
    record("hr.staff.cost_shared", request.employment, on=f"{first:%-d %B %Y}",
           shares=request.cost_centres, **about_request(request=request, at=at, by=by))  # fmt: skip


def second(*, request: StaffRequest, at: datetime, by: Actor) -> None:
    """The person works elsewhere between the days, and the host bears its part of the cost.

    Afterwards everything is as it was recorded before. HRR17 for days outside the job, HRR62 if
    the person is seconded on one of them. Event hr.staff.seconded.
    """
    assert request.assignment and request.employment and request.host_id and request.to_on
    first, until, part = request.effective_on, request.to_on, request.ten_thousandths or WHOLE
    rows = held(request.assignment, first, until)
    HRR62.check(not any(row.host_id for row in rows))
    host = request.host_id

    def to(was: Terms) -> Terms:
        return replace(was, host_id=host, shares=_along(was, host, part))

    _rewrite(rows, (first, until), to, at=at, request_id=request.pk)
    record("hr.staff.seconded", request.employment, on=f"{first:%-d %B %Y}",
           last=f"{until - DAY:%-d %B %Y}", host=organisation_name(host), percent=percent(part),
           **about_request(request=request, at=at, by=by))  # fmt: skip


def _along(was: Terms, host: int, part: int) -> tuple[Share, ...]:
    """What the host bears, and the rest by those who bore it, to the last ten-thousandth."""
    rest = [one for one in was.shares if one.other_id != host] or borne_by(was.position)
    sizes = split(WHOLE - part, [one.ten_thousandths for one in rest])
    left = (one._replace(ten_thousandths=size) for one, size in zip(rest, sizes, strict=True))
    return (Share(None, host, part), *(one for one in left if one.ten_thousandths))


def _rewrite(
    rows: list[Placement],
    span: tuple[date, date | None],
    to: Callable[[Terms], Terms],
    *,
    at: datetime,
    request_id: int,
) -> None:
    """Other terms on the days of the span; what the rows say of other days is said again."""
    first, until = span
    pieces = []
    for row in rows:
        was, ends = Terms.of(row), row.to_on
        if row.from_on < first:
            pieces.append(Piece(was, row.from_on, first, row.request_id))
        after = until is not None and (ends is None or ends > until)
        pieces.append(Piece(to(was), max(row.from_on, first), until if after else ends, request_id))
        if after and until is not None:
            pieces.append(Piece(was, until, ends, row.request_id))
    _supersede(rows, at)
    _place(rows[0].assignment, pieces, at)


def _supersede(rows: list[Placement], at: datetime) -> None:
    changed = Placement.objects.filter(
        organisation_id=rows[0].organisation_id,
        pk__in=[row.pk for row in rows],
        superseded_at__isnull=True,
    ).update(superseded_at=at)
    if changed != len(rows):
        raise Clash()


def _place(assignment: Assignment, pieces: list[Piece], at: datetime) -> None:
    """New placements with the shares of their cost."""
    here = assignment.organisation_id
    made = Placement.objects.bulk_create(
        Placement(
            organisation_id=here,
            assignment=assignment,
            position=terms.position,
            pay_point=terms.pay_point,
            weekly_minutes=terms.weekly_minutes,
            host_id=terms.host_id,
            from_on=from_on,
            to_on=to_on,
            recorded_at=at,
            request_id=request_id,
        )
        for terms, from_on, to_on, request_id in pieces
    )
    CostShare.objects.bulk_create(
        CostShare(organisation_id=here, placement=placement, **share._asdict())
        for placement, piece in zip(made, pieces, strict=True)
        for share in piece.terms.shares
    )


def _asked(request: StaffRequest) -> Terms:
    """The terms of a new job: its cost is borne as asked for, or by the unit of the post."""
    assert request.position and request.pay_point and request.weekly_minutes
    shares = borne_by(request.position)
    if request.cost_centres:
        given = (request.organisation_id, request.cost_centres, request.effective_on)
        shares = bearers(*given)
    return Terms(request.position, request.pay_point, request.weekly_minutes, shares)


def about_request(*, request: StaffRequest, at: datetime, by: Actor) -> dict[str, Any]:
    """What the event of a request that is carried out says besides."""
    return {"by": by, "at": at, "thread": request.thread}


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
        rows = [row for row in current(assignment) if row.to_on is None or row.to_on > after]
        if rows:
            _supersede(rows, at)
        kept = [row for row in rows if row.from_on < after]
        _place(
            assignment,
            [Piece(Terms.of(row), row.from_on, after, request.pk) for row in kept],
            at,
        )
    end_roles(person=employment.person, from_on=after)
    record("hr.staff.left", employment, by=by, at=at, thread=request.thread,
           on=f"{request.effective_on:%-d %B %Y}", reason=request.reason)  # fmt: skip
