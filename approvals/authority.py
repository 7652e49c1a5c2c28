"""Who may take which step of a request: one person at a time in Python, everyone at once in SQL.

The two say the same; a test compares them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from approvals.models import Request, Step
from approvals.permissions import DECIDE
from approvals.rules import APR01, APR04, APR08, APR17
from core.actors import Actor, Right, may
from core.errors import Clash, NotAllowed, NotFound
from core.permissions import PERMISSIONS
from tenants.roles import Role


@dataclass(frozen=True)
class Borrowed:
    """A right of somebody else that this person may use today by a delegation."""

    person_id: int
    name: str
    right: Right


@dataclass(frozen=True)
class Authority:
    """The step that a person may take, by which right, and whose right that is."""

    step: Step
    right: Right
    for_id: int
    for_name: str


def roles_of(step: Step) -> set[str]:
    """Who may take it by role: those above too, once it was escalated."""
    return {step.role, step.escalates_to} - {""} if step.escalated_at else {step.role}


def authority(
    request: Request, steps: Sequence[Step], by: Actor, borrowed: Sequence[Borrowed]
) -> Authority:
    """By what right this actor decides on the request now; raises why they cannot.

    `steps` are all of the request. One's own right goes before one that was passed on.
    """
    if by.system or by.person_id is None:
        raise APR08.refuse()
    if request.organisation_id != by.organisation_id:
        raise NotFound("There is no such request.")
    if request.made_by_id == by.person_id:
        raise APR01.refuse()
    if request.state != Request.State.WAITING:
        raise Clash()
    claims = [Borrowed(by.person_id, by.name, right) for right in by.rights_here()]
    if may(by, DECIDE):
        claims += [b for b in borrowed if b.person_id != request.made_by_id]
    done = {person for s in steps for person in (s.decided_by_id, s.decided_for_id) if person}
    return _best(request, [s for s in steps if s.state == Step.State.OPEN], claims, done, by)


def _best(
    request: Request, steps: Iterable[Step], claims: list[Borrowed], done: set[int], by: Actor
) -> Authority:
    fitting = [
        Authority(step, claim.right, claim.person_id, claim.name)
        for step in steps
        for claim in claims
        if claim.right.organisation_id == request.organisation_id
        and claim.right.role in roles_of(step)
        and request.unit_path.startswith(claim.right.unit_path)
    ]
    if not fitting:
        raise NotAllowed(f"You cannot decide on this. It waits for {_roles_in_words(steps)}.")
    fresh = [a for a in fitting if by.person_id not in done and a.for_id not in done]
    if not fresh:
        raise APR17.refuse()
    for found in fresh:
        limit = found.right.limit_pence
        if limit is None or request.counted_pence <= limit or not found.step.commits:
            return found
    raise APR04.refuse(_counted_in_words(request))


def _roles_in_words(steps: Iterable[Step]) -> str:
    names = sorted({role.replace("_", " ") for step in steps for role in roles_of(step)})
    return "someone in this role: " + " or ".join(names)


def _counted_in_words(request: Request) -> str:
    """Why a small amount can be above a limit."""
    if request.counted_pence == abs(request.amount_pence):
        return ""
    return "It counts together with what was asked for from the same supplier within 12 months."


def deciding_roles() -> list[str]:
    """The roles whose holders may decide at all, and so may be delegated to."""
    return sorted(PERMISSIONS[DECIDE].roles)


# Every (step, person, person whose right it is) by which an open step can be taken on a day.
# Ends in WHERE, so that conditions can be added: s is the step, r its request, p by_id and for_id.
CAN_DECIDE = """
  FROM approvals_step s
  JOIN approvals_request r ON r.organisation_id = s.organisation_id AND r.id = s.request_id
  JOIN tenants_grant g ON g.organisation_id = s.organisation_id AND g.valid @> %(on)s::date
   AND (g.role = s.role OR s.escalated_at IS NOT NULL AND g.role = s.escalates_to)
   AND (NOT s.commits OR g.limit_pence IS NULL OR r.counted_pence <= g.limit_pence)
  JOIN tenants_person holder ON holder.id = g.person_id AND holder.is_active
  LEFT JOIN tenants_unit u ON u.organisation_id = g.organisation_id AND u.id = g.unit_id
 CROSS JOIN LATERAL (
        SELECT g.person_id AS by_id, g.person_id AS for_id
         UNION ALL
        SELECT d.to_person_id, d.from_person_id FROM approvals_delegation d
         WHERE d.organisation_id = g.organisation_id AND d.from_person_id = g.person_id
           AND d.valid @> %(on)s::date
           AND EXISTS (SELECT FROM tenants_grant own WHERE own.organisation_id = d.organisation_id
                          AND own.person_id = d.to_person_id AND own.valid @> %(on)s::date
                          AND own.role = ANY(%(roles)s))) p
  JOIN tenants_person decider ON decider.id = p.by_id AND decider.is_active
 WHERE s.organisation_id = ANY(%(places)s) AND s.state = 'open'
   AND starts_with(r.unit_path, coalesce(u.path, ''))
   AND (r.made_by_id IS NULL OR r.made_by_id NOT IN (p.by_id, p.for_id))
   AND NOT EXISTS (SELECT FROM approvals_step x WHERE x.organisation_id = s.organisation_id
                      AND x.request_id = s.request_id
                      AND (x.decided_by_id IN (p.by_id, p.for_id)
                           OR x.decided_for_id IN (p.by_id, p.for_id)))
"""


def role_in_words(role: str) -> str:
    """«finance manager», as it stands in a sentence."""
    return str(Role(role).label).lower()
