"""Submitting: by which route, in which steps, and counted with what went before."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from approvals.models import Request, Route, RouteStep, Step
from approvals.rules import APR02, APR03, APR08
from core.actors import Actor
from core.registry import SUBJECTS, subject_of
from events.services import record_about

COMMENT_LENGTH = 500
# Limits are those of a year: whoever splits a purchase into parts meets them all the same.
COUNTED_DAYS = 365
# One after the other per supplier and category, so that two parts sent at once count each other.
LOCK_SPEND = "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))"
# What waits counts already; a credit only when it was agreed.
SPENT = """
SELECT coalesce(sum(amount_pence), 0)::bigint FROM approvals_request
 WHERE organisation_id = %s AND spend_key = %s AND made_at > %s
   AND (state = 'approved' OR state = 'waiting' AND amount_pence > 0)
"""


def route_steps(
    *, subject_key: str, counted_pence: int, by: Actor, as_of: datetime
) -> list[RouteStep]:
    """The steps of the band that the amount falls into, by the route of that day, first ones first.

    APR03 if there is none, unless the kind of subject says between whom it is agreed then.
    """
    here = by.organisation_id
    current = (
        Route.objects.filter(
            organisation_id=here,
            subject_key=subject_key,
            state=Route.State.AGREED,
            from_on__lte=timezone.localdate(as_of),
        )
        .order_by("-from_on")
        .values("pk")[:1]
    )
    found = RouteStep.objects.filter(
        models.Q(to_pence__isnull=True) | models.Q(to_pence__gt=counted_pence),
        organisation_id=here,
        route__in=current,
        from_pence__lte=counted_pence,
    )
    steps = list(found.order_by("number", "id"))
    between = SUBJECTS[subject_key].agreed_between
    if not steps and between:
        others = (role for role in between if role not in by.roles)
        return [RouteStep(number=1, role=next(others, between[-1]))]
    APR03.check(steps)
    return steps


def request_approval(
    *,
    subject: models.Model,
    amount_pence: int,
    unit_path: str = "",
    summary: str,
    thread: uuid.UUID,
    spend_key: str = "",
    by: Actor,
    as_of: datetime | None = None,
) -> Request:
    """Submits a registered subject to those whom its route names; the route is kept as it is.

    `by` is the person who answers for it, also when a run submits on their behalf: they will not
    decide. With a `spend_key` (a supplier and a category) the amount counts together with what was
    sent under the same key within 12 months: for the band, and for limits. APR02 while an earlier
    request waits, APR03 without a route. Event approvals.request.made.
    """
    key, at = subject_of(subject), as_of or timezone.now()
    counted = _counted(amount_pence, spend_key, by, at)
    steps = route_steps(subject_key=key, counted_pence=counted, by=by, as_of=at)
    try:
        with transaction.atomic():
            request = Request.objects.create(
                organisation_id=by.organisation_id,
                subject_key=key,
                subject_id=subject.pk,
                thread=thread,
                summary=summary[:200],
                amount_pence=amount_pence,
                counted_pence=counted,
                spend_key=spend_key,
                unit_path=unit_path,
                route_id=steps[0].route_id,
                made_by_id=by.person_id,
                made_by_name=by.name,
                made_at=at,
            )
    except IntegrityError as error:
        if "one_waiting_request" in str(error):
            raise APR02.refuse() from None
        raise
    last = steps[-1].number
    Step.objects.bulk_create(_step(request, step, at, step.number == last) for step in steps)
    record_request("made", request, by, at, summary=request.summary)
    return request


def _step(request: Request, of_route: RouteStep, at: datetime, commits: bool) -> Step:
    first = of_route.number == 1
    return Step(
        organisation_id=request.organisation_id,
        request=request,
        number=of_route.number,
        role=of_route.role,
        escalates_to=of_route.escalates_to,
        commits=commits,
        maker_id=request.made_by_id,
        state=Step.State.OPEN if first else Step.State.AHEAD,
        opened_at=at if first else None,
    )


def _counted(amount_pence: int, spend_key: str, by: Actor, at: datetime) -> int:
    size = abs(amount_pence)
    if not spend_key:
        return size
    with connection.cursor() as cursor:
        cursor.execute(LOCK_SPEND, [spend_key, by.organisation_id])
        since = at - timedelta(days=COUNTED_DAYS)
        cursor.execute(SPENT, [by.organisation_id, spend_key, since])
        return max(size, int(cursor.fetchone()[0]) + amount_pence)


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
            " summary, amount_pence, counted_pence, spend_key, unit_path, state, made_by_name,"
            " made_at, decided_by_name, decided_for_name, decided_at, decided_by_rule, comment)"
            " SELECT %s, %s, n.subject_id, n.thread, left(n.summary, 200), n.amount_pence,"
            " abs(n.amount_pence), '', n.unit_path, 'approved', %s, %s, %s, '', %s, true, %s"
            " FROM new_approval n",
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


def record_request(outcome: str, request: Request, by: Actor, at: datetime, **data: Any) -> None:
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
