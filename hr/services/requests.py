"""Asking for starters, changes of all kinds and leavers; what was approved becomes true."""

from datetime import date, datetime

from django.utils import timezone

from core.actors import Actor, require
from core.states import move
from hr.models import WHOLE, Assignment, PayPoint, Position, StaffRequest
from hr.permissions import REQUEST_CHANGES
from hr.rules import HRR03, HRR04, HRR05, HRR08, HRR18, HRR61, HRR62, HRR63, HRR77
from hr.selectors.bearing import bearers, others, written
from hr.selectors.codes import leaving_reasons
from hr.selectors.jobs import employed, held, holds
from hr.services.allowances import end, end_with_employment, give
from hr.services.asking import Kind, State, ask, facts_of, last_of
from hr.services.placing import DAY, change, join, leave, second, share_cost, start
from tenants.selectors import person_by_id, person_known

MOVES = {
    "approve": ((State.WAITING,), State.APPROVED),
    "return": ((State.WAITING,), State.RETURNED),
    "reject": ((State.WAITING,), State.REJECTED),
}
# What an approved request of each other kind makes true.
CARRIED_OUT = {
    Kind.CHANGE: change,
    Kind.TRANSFER: change,
    Kind.LEAVER: leave,
    Kind.COST_SPLIT: share_cost,
    Kind.SECONDMENT: second,
    Kind.JOINT_POST: join,
    Kind.ALLOWANCE: give,
    Kind.NO_MORE: end,
}


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
    return ask(
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
    last = last_of(assignment, from_on)
    now = (last.pay_point_id, last.weekly_minutes)
    wanted = (pay_point or last.pay_point, weekly_minutes or last.weekly_minutes)
    HRR04.check((wanted[0].pk, wanted[1]) != now)
    return ask(
        Kind.CHANGE,
        from_on,
        reason,
        (last.position, *wanted),
        by=by,
        at=at,
        **facts_of(assignment),
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
    last = last_of(assignment, from_on)
    HRR05.check(position.pk != last.position_id)
    require(by, REQUEST_CHANGES, unit_path=last.position.unit.path)
    return ask(
        Kind.TRANSFER,
        from_on,
        reason,
        (position, pay_point, weekly_minutes or last.weekly_minutes),
        by=by,
        at=at,
        path=last.position.unit.path,
        **facts_of(assignment),
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
    """Asks that the employment ends with a day. HRR02 if it has ended before.

    HRR77 for a reason that is neither a code nor a name of the employer's list, where it has one.
    """
    last = last_of(assignment, last_on)
    reasons = leaving_reasons(assignment.organisation_id, last_on)
    named = [one.name for one in reasons if reason in (one.code, one.name)]
    HRR77.check(named or not reasons)
    reason = named[0] if named else reason
    facts = (last.position, last.pay_point, last.weekly_minutes)
    return ask(Kind.LEAVER, last_on, reason, facts, by=by, at=at, **facts_of(assignment))


def request_cost_split(
    *,
    assignment: Assignment,
    cost_centres: str,
    from_on: date,
    reason: str,
    by: Actor,
    at: datetime | None = None,
) -> StaffRequest:
    """Asks that the cost of a job is borne otherwise from a day on, as «H10:60; northdale:40».

    A secondment ends with it. HRR17 for a day outside the job, HRR60 unless units here and other
    organisations bear the whole.
    """
    last = last_of(assignment, from_on)
    held(assignment, from_on)
    bearers(by.organisation_id, cost_centres, from_on)
    facts = (last.position, last.pay_point, last.weekly_minutes)
    return ask(Kind.COST_SPLIT, from_on, reason, facts, by=by, at=at,
                **facts_of(assignment), cost_centres=cost_centres)  # fmt: skip


def request_secondment(
    *,
    assignment: Assignment,
    host_id: int,
    ten_thousandths: int,
    from_on: date,
    last_on: date,
    reason: str,
    by: Actor,
    at: datetime | None = None,
) -> StaffRequest:
    """Asks that a person works elsewhere until a day; the host bears so much of the cost.

    It is made longer by another one from the day after. HRR17 for days outside the job, HRR61 for
    a host or days that cannot be, HRR62 if the person is seconded on one of them.
    """
    last = last_of(assignment, from_on)
    hosts = {one.id: one.slug for one in others(by.organisation_id)}
    HRR61.check(host_id in hosts)
    HRR61.check(last_on >= from_on and 0 < ten_thousandths <= WHOLE)
    to_on = last_on + DAY
    HRR62.check(not any(row.host_id for row in held(assignment, from_on, to_on)))
    facts = (last.position, last.pay_point, last.weekly_minutes)
    return ask(
        Kind.SECONDMENT,
        from_on,
        reason,
        facts,
        by=by,
        at=at,
        **facts_of(assignment),
        cost_centres=written([(hosts[host_id], ten_thousandths)]),
        host_id=host_id,
        to_on=to_on,
        ten_thousandths=ten_thousandths,
    )


def request_joint_post(
    *,
    assignment: Assignment,
    position: Position,
    pay_point: PayPoint,
    weekly_minutes: int,
    from_on: date,
    reason: str,
    by: Actor,
    cost_centres: str = "",
    at: datetime | None = None,
) -> StaffRequest:
    """Asks that a person holds another post besides a job, with hours and pay of its own.

    Who asks answers for the unit of that post, which bears its cost unless it is shared out. HRR60
    for shares that cannot be, HRR63 if the person holds the post already.
    """
    last_of(assignment, from_on)
    HRR63.check(not holds(assignment.employment, position, from_on))
    if cost_centres:
        bearers(by.organisation_id, cost_centres, from_on)
    return ask(
        Kind.JOINT_POST,
        from_on,
        reason,
        (position, pay_point, weekly_minutes),
        by=by,
        at=at,
        **facts_of(assignment),
        position=position,
        pay_point=pay_point,
        weekly_minutes=weekly_minutes,
        cost_centres=cost_centres,
    )


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
    else:
        CARRIED_OUT[Kind(row.kind)](request=row, at=at, by=by)
    if row.kind == Kind.LEAVER and row.employment:
        end_with_employment(row.employment, row.effective_on + DAY, row.pk, at)


def send_back(row: StaffRequest, *, by: Actor, comment: str) -> None:
    """Nothing becomes true; it can be asked for again."""
    _close(row, "return", by)


def turn_down(row: StaffRequest, *, by: Actor, comment: str) -> None:
    """Nothing becomes true."""
    _close(row, "reject", by)


def _close(row: StaffRequest, verb: str, by: Actor) -> None:
    rows = StaffRequest.objects.filter(organisation_id=by.organisation_id, pk=row.pk)
    move(rows, MOVES, verb, expected=1)
