"""Rules of approvals; each docstring is the sentence that the person reads."""

from approvals.models import Request
from core.actors import Actor
from core.errors import NotAllowed, NotFound
from core.rules import Rule


class APR01(Rule):
    """You cannot decide on something that you submitted yourself. Someone else has to."""


class APR02(Rule):
    """This is already waiting for a decision."""


class APR03(Rule):
    """Nobody is set to decide on this kind of thing for this amount. Add a route first."""


class APR04(Rule):
    """This amount is above your limit. Someone with a higher limit has to decide."""


class APR05(Rule):
    """Write one sentence of up to 500 characters that says what is wrong."""


class APR06(Rule):
    """The bands of a route start at nothing, follow each other without a gap and end open."""


class APR07(Rule):
    """Only the person who submitted this can withdraw it."""


class APR08(Rule):
    """A decision is taken by a person. The system approves by a named rule only."""


class APR09(Rule):
    """This role cannot decide on requests. Choose a role that can."""


def refusal_to_decide(request: Request, by: Actor) -> Exception | None:
    """Why this actor cannot decide on the request, or None: the one place that says so."""
    if by.system or by.person_id is None:
        return APR08.refuse()
    if request.organisation_id != by.organisation_id:
        return NotFound("There is no such request.")
    if request.made_by_id == by.person_id:
        return APR01.refuse()
    fitting = [
        right
        for right in by.rights_here()
        if right.role == request.role and request.unit_path.startswith(right.unit_path)
    ]
    if not fitting:
        role = request.role.replace("_", " ")
        return NotAllowed(f"You cannot decide on this. It waits for someone in this role: {role}.")
    size = abs(request.amount_pence)
    if not any(r.limit_pence is None or size <= r.limit_pence for r in fitting):
        return APR04.refuse()
    return None
