"""Deciding, several at once, taking a decision back, and withdrawing what waits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals.authority import Authority, authority
from approvals.models import Request, Step
from approvals.rules import APR05, APR07, APR15, APR16, APR17, APR21
from approvals.selectors.requests import Card, borrowed_rights
from approvals.services.requests import COMMENT_LENGTH, record_request
from core.actors import Actor
from core.errors import Clash, Refusal
from core.registry import SUBJECTS, Subject
from core.states import move
from core.working_time import HolidaysUnknown, working_minutes_between
from events.selectors import last_event_of
from tenants.selectors import working_calendar

Decision = Literal["approve", "return", "reject"]
State = Request.State
MOVES = {
    "approve": ((State.WAITING,), State.APPROVED),
    "return": ((State.WAITING,), State.RETURNED),
    "reject": ((State.WAITING,), State.REJECTED),
    "withdraw": ((State.WAITING,), State.WITHDRAWN),
    "undo": ((State.APPROVED, State.RETURNED, State.REJECTED), State.WAITING),
}
DECIDED = (Step.State.APPROVED, Step.State.RETURNED, Step.State.REJECTED)
STEP_MOVES = {
    "approve": ((Step.State.OPEN,), Step.State.APPROVED),
    "return": ((Step.State.OPEN,), Step.State.RETURNED),
    "reject": ((Step.State.OPEN,), Step.State.REJECTED),
    "open": ((Step.State.AHEAD,), Step.State.OPEN),
    "close": ((Step.State.OPEN, Step.State.AHEAD), Step.State.CLOSED),
}
UNDONE_WITHIN = timedelta(minutes=5)
UNDECIDED = {
    **dict.fromkeys(("decided_by_id", "decided_for_id", "decided_at"), None),
    **dict.fromkeys(("decided_by_name", "decided_for_name", "comment"), ""),
}


def decide(
    *,
    request: Request,
    decision: Decision,
    comment: str = "",
    step_id: int | None = None,
    by: Actor,
    as_of: datetime,
) -> Request:
    """Takes the open step that this person may take; the last one ends the request.

    Its subject's owner is told in the same transaction. `step_id` is the step that the person saw:
    Clash if it is no longer the one. Refused to the maker (APR01), to whoever has decided on it
    already (APR17), without role or unit (NotAllowed), over the limit (APR04), sent back without a
    sentence (APR05); Clash if it no longer waits. Events approvals.request.<state>, or
    approvals.request.step_approved while other steps are left.
    """
    current, steps = _locked(request, by)
    found = authority(current, steps, by, borrowed_rights(by, timezone.localdate(as_of)))
    said = " ".join(comment.split())
    APR05.check(len(said) <= COMMENT_LENGTH and (said or decision == "approve"))
    if step_id not in (None, found.step.pk):
        raise Clash()
    _take(found, decision, said, by, as_of)
    left = [s for s in steps if s.pk != found.step.pk and s.state in ("open", "ahead")]
    if decision == "approve" and left:
        _open_next(left, as_of)
        words = _for_words(found, by)
        record_request("step_approved", current, by, as_of, step=found.step.number, **words)
        return current
    if left:
        _move_steps(left, "close")
    return _end(found, current, decision, said, by, as_of)


def _locked(request: Request, by: Actor) -> tuple[Request, list[Step]]:
    """The request as it is now, locked, with its steps: two who decide at once take turns."""
    rows = Request.objects.filter(organisation_id=request.organisation_id, pk=request.pk)
    current = (
        rows.select_for_update().get() if request.organisation_id == by.organisation_id else request
    )
    steps = Step.objects.filter(organisation_id=request.organisation_id, request_id=request.pk)
    return current, list(steps.order_by("number", "id"))


def _take(found: Authority, decision: Decision, said: str, by: Actor, at: datetime) -> None:
    step = found.step
    assert step.opened_at is not None
    rows = Step.objects.filter(organisation_id=step.organisation_id, pk=step.pk)
    try:
        with transaction.atomic():
            move(
                rows,
                STEP_MOVES,
                decision,
                expected=1,
                decided_by_id=by.person_id,
                decided_by_name=by.name,
                decided_for_id=found.for_id,
                decided_for_name=found.for_name,
                decided_at=at,
                took_minutes=_worked_minutes(step.organisation_id, step.opened_at, at),
                comment=said,
            )
    except IntegrityError as error:
        if "decides_once" in str(error) or "decided_for_once" in str(error):
            raise APR17.refuse() from None
        raise


def _worked_minutes(organisation_id: int, since: datetime, until: datetime) -> int | None:
    """None where the bank holidays of that year are not known yet: a decision does not wait."""
    try:
        return working_minutes_between(working_calendar(organisation_id), since, until)
    except HolidaysUnknown:
        return None


def _open_next(left: Sequence[Step], at: datetime) -> None:
    """The lowest number opens when none of the one before is open any more."""
    if any(step.state == Step.State.OPEN for step in left):
        return
    number = min(step.number for step in left)
    _move_steps([s for s in left if s.number == number], "open", opened_at=at)


def _move_steps(steps: Sequence[Step], verb: str, **changes: Any) -> None:
    rows = Step.objects.filter(
        organisation_id=steps[0].organisation_id, pk__in=[step.pk for step in steps]
    )
    move(rows, STEP_MOVES, verb, expected=len(steps), **changes)


def _for_words(found: Authority, by: Actor) -> dict[str, str]:
    return {} if found.for_id == by.person_id else {"on_behalf_of": found.for_name}


def _end(
    found: Authority, request: Request, decision: Decision, said: str, by: Actor, at: datetime
) -> Request:
    words = _for_words(found, by)
    rows = Request.objects.filter(organisation_id=by.organisation_id, pk=request.pk)
    move(
        rows,
        MOVES,
        decision,
        expected=1,
        decided_by_id=by.person_id,
        decided_by_name=by.name,
        decided_for_name=words.get("on_behalf_of", ""),
        decided_at=at,
        comment=said,
    )
    decided = rows.get()
    said_too = {"comment": said} if said else {}
    record_request(decided.state, decided, by, at, **said_too, **words)
    # The owner asks what the person may do: for this one act that includes the right they used.
    acting = replace(by, rights=(*by.rights, found.right)) if words else by
    _tell_owner(decided, decision, said, acting)
    settled = last_event_of(decided.organisation_id, decided.subject_key, decided.subject_id)
    rows.update(settled_event_id=settled)
    decided.settled_event_id = settled
    return decided


@dataclass(frozen=True)
class Batch:
    """What became of several requests: those approved, and the others with the reason of each."""

    approved: tuple[Request, ...]
    refused: tuple[tuple[Request, str], ...]
    gone: int = 0

    @property
    def asked(self) -> int:
        return len(self.approved) + len(self.refused) + self.gone


def decide_many(*, cards: Sequence[Card], gone: int, by: Actor, as_of: datetime) -> Batch:
    """Approves each one that can be, by itself: what refuses one leaves the others alone.

    APR21 for those with a warning. `gone` counts those that were asked for and wait no more.
    """
    approved, refused = [], []
    for card in cards:
        try:
            with transaction.atomic():
                APR21.check(not card.warnings and card.link)
                done = decide(
                    request=card.request,
                    decision="approve",
                    step_id=card.step.pk if card.step else None,
                    by=by,
                    as_of=as_of,
                )
                approved.append(done)
        except Refusal as refusal:
            refused.append((card.request, refusal.message))
    return Batch(tuple(approved), tuple(refused), gone)


def undo(*, request: Request, by: Actor, as_of: datetime) -> Request:
    """Takes back the last decision on a request: it waits again, at the step where it was.

    APR15 unless this person took it within five minutes; APR16 once anything has happened since,
    or where the owner of the subject cannot take it back. Event approvals.request.undone.
    """
    current, steps = _locked(request, by)
    last = last_decided(steps)
    APR15.check(last is not None and last.decided_by_id == by.person_id)
    assert last is not None and last.decided_at is not None
    APR15.check(as_of - last.decided_at <= UNDONE_WITHIN)
    ended = current.state
    APR16.check(ended != State.WITHDRAWN)
    if ended != State.WAITING:
        APR16.check(_nothing_since(current))
    here = Step.objects.filter(organisation_id=current.organisation_id, request_id=current.pk)
    here.filter(pk=last.pk).update(state=Step.State.OPEN, took_minutes=None, **UNDECIDED)
    here.filter(number=last.number, state=Step.State.CLOSED).update(state=Step.State.OPEN)
    here.filter(number__gt=last.number).update(
        state=Step.State.AHEAD, opened_at=None, reminded_at=None, escalated_at=None
    )
    rows = Request.objects.filter(organisation_id=current.organisation_id, pk=current.pk)
    if ended != State.WAITING:
        move(rows, MOVES, "undo", expected=1, settled_event_id=None, **_undecided_request())
        _take_back(current, ended, by)
    back = rows.get()
    record_request("undone", back, by, as_of, decision=last.get_state_display().lower())
    return back


def may_be_undone(request: Request) -> bool:
    """Can a decision that was taken just now be taken back at all?"""
    kind = SUBJECTS.get(request.subject_key)
    return request.state == State.WAITING or (kind is not None and kind.on_undone is not None)


def undone_by(request: Request, steps: Sequence[Step], actor: Actor, at: datetime) -> bool:
    """May this person take back the last decision on it now? `undo` looks closer."""
    last = last_decided(steps)
    return (
        last is not None
        and last.decided_at is not None
        and last.decided_by_id == actor.person_id
        and at - last.decided_at <= UNDONE_WITHIN
        and request.state != State.WITHDRAWN
        and may_be_undone(request)
    )


def _undecided_request() -> dict[str, Any]:
    return {key: value for key, value in UNDECIDED.items() if key != "decided_for_id"}


def last_decided(steps: Sequence[Step]) -> Step | None:
    """The step that was decided last."""
    done = [s for s in steps if s.state in DECIDED and s.decided_at is not None]
    return max(done, key=lambda s: (s.decided_at, s.number, s.pk), default=None)


def _nothing_since(request: Request) -> bool:
    """No event of the subject, and none of the same supplier counted without this one."""
    latest = last_event_of(request.organisation_id, request.subject_key, request.subject_id)
    later = Request.objects.filter(
        organisation_id=request.organisation_id, spend_key=request.spend_key, pk__gt=request.pk
    )
    counted = bool(request.spend_key) and request.state != State.APPROVED and later.exists()
    return latest == request.settled_event_id and not counted


def _take_back(request: Request, ended: str, by: Actor) -> None:
    kind: Subject = SUBJECTS[request.subject_key]
    APR16.check(kind.on_undone is not None)
    assert kind.on_undone is not None
    kind.on_undone(_row_of(request, kind), by=by, outcome=str(ended))


def withdraw(*, request: Request, by: Actor, as_of: datetime | None = None) -> Request:
    """The maker takes a waiting request back (APR07; Clash if decided meanwhile).

    Its subject is returned to its owner. Event approvals.request.withdrawn.
    """
    APR07.check(by.system or request.made_by_id == by.person_id)
    rows = Request.objects.filter(organisation_id=by.organisation_id, pk=request.pk)
    move(rows, MOVES, "withdraw", expected=1)
    steps = Step.objects.filter(organisation_id=by.organisation_id, request_id=request.pk)
    sources, target = STEP_MOVES["close"]
    steps.filter(state__in=sources).update(state=target)
    taken = rows.get()
    record_request("withdrawn", taken, by, as_of or timezone.now())
    _tell_owner(taken, "return", "Withdrawn", by)
    return taken


def _tell_owner(request: Request, decision: Decision, comment: str, by: Actor) -> None:
    """Calls the owner back; what it refuses undoes the decision with it."""
    kind: Subject = SUBJECTS[request.subject_key]
    row = _row_of(request, kind)
    if decision == "approve":
        kind.on_approved(row, by=by)
    elif decision == "return":
        kind.on_returned(row, by=by, comment=comment)
    else:
        kind.on_rejected(row, by=by, comment=comment)


def _row_of(request: Request, kind: Subject) -> Any:
    row = kind.model._default_manager.filter(
        organisation_id=request.organisation_id, pk=request.subject_id
    ).first()
    if row is None:
        raise Clash()
    return row
