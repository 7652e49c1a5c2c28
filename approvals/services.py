"""Submitting, deciding and withdrawing. Every function acts inside an open scope."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from approvals.models import Request, Route
from approvals.permissions import DECIDE, SET_ROUTES
from approvals.rules import APR02, APR03, APR05, APR06, APR07, APR08, APR09, refusal_to_decide
from core.actors import Actor, require
from core.errors import Clash
from core.permissions import PERMISSIONS
from core.registry import SUBJECTS, Subject, subject_of
from core.states import move
from events.services import record_about

Decision = Literal["approve", "return", "reject"]
State = Request.State
MOVES = {
    "approve": ((State.WAITING,), State.APPROVED),
    "return": ((State.WAITING,), State.RETURNED),
    "reject": ((State.WAITING,), State.REJECTED),
    "withdraw": ((State.WAITING,), State.WITHDRAWN),
}
COMMENT_LENGTH = 500


class Band(NamedTuple):
    """`role` decides on amounts from `from_pence` up to, not including, `to_pence`."""

    from_pence: int
    to_pence: int | None
    role: str


def set_routes(
    *, subject_key: str, bands: Sequence[tuple[int, int | None, str]], by: Actor
) -> None:
    """Replaces who decides on one kind of subject here. Requests that wait keep their route.

    `bands` are `Band`s, or plain (from, to, role). APR06 unless they cover every amount from
    nothing up, once; APR09 for a role that decides nothing. Event approvals.routes.set.
    """
    require(by, SET_ROUTES)
    ordered = sorted((Band(*band) for band in bands), key=lambda band: band.from_pence)
    edges = [band.to_pence for band in ordered]
    APR06.check([0, *edges] == [*(band.from_pence for band in ordered), None])
    APR09.check({band.role for band in ordered} <= PERMISSIONS[DECIDE].roles)
    here = Route.objects.filter(organisation_id=by.organisation_id, subject_key=subject_key)
    here.delete()
    Route.objects.bulk_create(
        Route(
            organisation_id=by.organisation_id,
            subject_key=subject_key,
            from_pence=band.from_pence,
            to_pence=band.to_pence,
            role=band.role,
        )
        for band in ordered
    )
    record_about(
        "approvals.routes.set",
        "tenants.organisation",
        by.organisation_id,
        by=by,
        kind=subject_key,
        bands=[[b.from_pence, b.to_pence, b.role] for b in ordered],
    )


def route_for(*, subject_key: str, amount_pence: int, by: Actor) -> Route:
    """The band that the amount falls into, credits by their size. APR03 if there is none."""
    size = abs(amount_pence)
    found = (
        Route.objects.filter(
            organisation_id=by.organisation_id, subject_key=subject_key, from_pence__lte=size
        )
        .order_by("-from_pence")
        .first()
    )
    if found is None or (found.to_pence is not None and size >= found.to_pence):
        raise APR03.refuse()
    return found


def request_approval(
    *,
    subject: models.Model,
    amount_pence: int,
    unit_path: str = "",
    summary: str,
    thread: uuid.UUID,
    by: Actor,
    as_of: datetime | None = None,
) -> Request:
    """Submits a registered subject to whoever its route names; role and limit are kept as they are.

    `by` is the person who answers for it, also when a run submits on their behalf: they will not
    decide. APR02 while an earlier request waits, APR03 without a route. Event
    approvals.request.made.
    """
    key = subject_of(subject)
    route = route_for(subject_key=key, amount_pence=amount_pence, by=by)
    try:
        with transaction.atomic():
            request = Request.objects.create(
                **_submission(key, subject, amount_pence, unit_path, summary, thread, by, as_of),
                role=route.role,
                limit_pence=route.to_pence,
            )
    except IntegrityError as error:
        if "one_waiting_request" in str(error):
            raise APR02.refuse() from None
        raise
    _record("made", request, by, request.made_at, summary=request.summary)
    return request


def _submission(
    key: str,
    subject: models.Model,
    amount_pence: int,
    unit_path: str,
    summary: str,
    thread: uuid.UUID,
    by: Actor,
    as_of: datetime | None,
) -> dict[str, Any]:
    return {
        "organisation_id": by.organisation_id,
        "subject_key": key,
        "subject_id": subject.pk,
        "thread": thread,
        "summary": summary[:200],
        "amount_pence": amount_pence,
        "unit_path": unit_path,
        "made_by_id": by.person_id,
        "made_by_name": by.name,
        "made_at": as_of or timezone.now(),
    }


def decide(
    *, request: Request, decision: Decision, comment: str = "", by: Actor, as_of: datetime
) -> Request:
    """Approves, returns or rejects, and tells the owner of the subject in the same transaction.

    Refused to the maker (APR01), without role or unit (NotAllowed), over the limit (APR04), sent
    back without a sentence (APR05); Clash if it no longer waits. Event approvals.request.<state>.
    """
    refusal = refusal_to_decide(request, by)
    if refusal is not None:
        raise refusal
    said = " ".join(comment.split())
    APR05.check(len(said) <= COMMENT_LENGTH and (said or decision == "approve"))
    move(
        Request.objects.filter(organisation_id=by.organisation_id, pk=request.pk),
        MOVES,
        decision,
        expected=1,
        decided_by_id=by.person_id,
        decided_by_name=by.name,
        decided_at=as_of,
        comment=said,
    )
    decided = Request.objects.get(organisation_id=by.organisation_id, pk=request.pk)
    _record(decided.state, decided, by, as_of, **({"comment": said} if said else {}))
    _tell_owner(decided, decision, said, by)
    return decided


def stage_rule_approvals(cursor: Any) -> None:
    """Creates the TEMP table new_approval, for `approve_staged_by_rule`; the caller fills it."""
    cursor.execute(
        "DROP TABLE IF EXISTS new_approval; CREATE TEMP TABLE new_approval (subject_id bigint,"
        " thread uuid, amount_pence bigint, unit_path text, summary text) ON COMMIT DROP"
    )


def approve_staged_by_rule(
    *, subject_key: str, rule: str, by: Actor, as_of: datetime | None = None
) -> int:
    """Approves every subject in new_approval by one statement; returns how many.

    The caller moves its own rows: no callback is called. One summary event for all of them, whose
    subject is the organisation. Refuses persons (APR08) and subjects that wait already (APR02).
    """
    APR08.check(by.system)
    at = as_of or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM new_approval n JOIN approvals_request r ON r.organisation_id = %s"
            " AND r.subject_key = %s AND r.subject_id = n.subject_id AND r.state = 'waiting'"
            " LIMIT 1",
            [by.organisation_id, subject_key],
        )
        APR02.check(cursor.fetchone() is None)
        cursor.execute(
            "INSERT INTO approvals_request (organisation_id, subject_key, subject_id, thread,"
            " summary, amount_pence, unit_path, role, state, made_by_name, made_at,"
            " decided_by_name, decided_at, decided_by_rule, comment)"
            " SELECT %s, %s, n.subject_id, n.thread, left(n.summary, 200), n.amount_pence,"
            " n.unit_path, '', 'approved', %s, %s, %s, %s, true, %s FROM new_approval n",
            [by.organisation_id, subject_key, by.name, at, by.name, at, rule],
        )
        count = int(cursor.rowcount)
    if count:
        record_about(
            "approvals.requests.approved_by_rule",
            "tenants.organisation",
            by.organisation_id,
            by=by,
            at=at,
            kind=subject_key,
            count=count,
            rule=rule,
        )
    return count


def withdraw(*, request: Request, by: Actor, as_of: datetime | None = None) -> Request:
    """The maker takes a waiting request back (APR07; Clash if decided meanwhile).

    Its subject is returned to its owner. Event approvals.request.withdrawn.
    """
    APR07.check(by.system or request.made_by_id == by.person_id)
    move(
        Request.objects.filter(organisation_id=by.organisation_id, pk=request.pk),
        MOVES,
        "withdraw",
        expected=1,
    )
    taken = Request.objects.get(organisation_id=by.organisation_id, pk=request.pk)
    _record("withdrawn", taken, by, as_of or timezone.now())
    _tell_owner(taken, "return", "Withdrawn", by)
    return taken


def _record(outcome: str, request: Request, by: Actor, at: datetime, **data: Any) -> None:
    """The event goes to the subject, so that the subject's own timeline shows it."""
    record_about(
        f"approvals.request.{outcome}",
        request.subject_key,
        request.subject_id,
        by=by,
        thread=request.thread,
        at=at,
        request=request.pk,
        amount_pence=request.amount_pence,
        **data,
    )


def _tell_owner(request: Request, decision: Decision, comment: str, by: Actor) -> None:
    """Calls the owner back; what it refuses undoes the decision with it."""
    kind: Subject = SUBJECTS[request.subject_key]
    row = kind.model._default_manager.filter(
        organisation_id=request.organisation_id, pk=request.subject_id
    ).first()
    if row is None:
        raise Clash()
    if decision == "approve":
        kind.on_approved(row, by=by)
    elif decision == "return":
        kind.on_returned(row, by=by, comment=comment)
    else:
        kind.on_rejected(row, by=by, comment=comment)
