"""Routes are dated data: agreed by a second person, and never changed afterwards."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals.bands import Band, Patience, check_bands
from approvals.models import Route, RouteStep
from approvals.permissions import SET_ROUTES
from approvals.rules import APR02, APR18, APR19, APR20
from approvals.services.requests import COMMENT_LENGTH, request_approval
from core.actors import Actor, require
from core.registry import SUBJECTS
from core.states import move
from events.services import record_about

State = Route.State
MOVES = {
    "agree": ((State.PROPOSED,), State.AGREED),
    "refuse": ((State.PROPOSED,), State.REFUSED),
    "replace": ((State.AGREED,), State.REPLACED),
}


def set_routes(
    *,
    subject_key: str,
    bands: Sequence[tuple[int, int | None, str] | Band],
    patience: Patience = Patience(),  # noqa: B008
    from_on: date | None = None,
    by: Actor,
) -> Route:
    """The first route of a kind of subject here, in force at once; the system may replace one.

    APR18 where there is one: a person proposes its change. APR06 unless the bands cover every
    amount from nothing up, once; APR09 for a role that decides nothing. Event
    approvals.routes.set.
    """
    require(by, SET_ROUTES)
    agreed = Route.objects.filter(
        organisation_id=by.organisation_id, subject_key=subject_key, state=State.AGREED
    )
    APR18.check(by.system or not agreed.exists())
    begins = from_on or timezone.localdate()
    agreed.filter(from_on=begins).update(state=State.REPLACED)
    route = _write(subject_key, bands, patience, begins, State.AGREED, "", by, timezone.now())
    _record("approvals.routes.set", route, by)
    return route


def propose_route(
    *,
    subject_key: str,
    bands: Sequence[Band],
    patience: Patience,
    from_on: date,
    reason: str,
    by: Actor,
    as_of: datetime,
) -> Route:
    """A change of who decides, which itself waits for a decision of somebody else.

    APR19 without a reason, APR20 for the past, APR06 and APR09 as for `set_routes`, APR02 while
    another change of the same kind waits. Event approvals.routes.proposed.
    """
    require(by, SET_ROUTES)
    said = " ".join(reason.split())
    APR19.check(said and len(said) <= COMMENT_LENGTH)
    APR20.check(from_on >= timezone.localdate(as_of) and patience.escalate > patience.remind)
    try:
        with transaction.atomic():
            route = _write(subject_key, bands, patience, from_on, State.PROPOSED, said, by, as_of)
    except IntegrityError as error:
        if "one_route_proposed" in str(error):
            raise APR02.refuse() from None
        raise
    thread = uuid.uuid4()
    _record("approvals.routes.proposed", route, by, thread)
    request_approval(
        subject=route,
        amount_pence=0,
        summary=f"New route for: {kind_label(subject_key)}",
        thread=thread,
        by=by,
        as_of=as_of,
    )
    return route


def agree_route(route: Route, by: Actor) -> None:
    """Called by approvals: in force from its day, or from today if that has passed meanwhile."""
    begins = max(route.from_on, timezone.localdate())
    here = Route.objects.filter(organisation_id=route.organisation_id)
    here.filter(subject_key=route.subject_key, from_on=begins, state=State.AGREED).update(
        state=State.REPLACED
    )
    facts = {"from_on": begins, "agreed_by_id": by.person_id, "agreed_by_name": by.name}
    move(here.filter(pk=route.pk), MOVES, "agree", expected=1, **facts)
    route.refresh_from_db()
    _record("approvals.routes.set", route, by)


def refuse_route(route: Route, by: Actor, comment: str) -> None:
    """Called by approvals: the route stays as it was."""
    here = Route.objects.filter(organisation_id=route.organisation_id, pk=route.pk)
    move(here, MOVES, "refuse", expected=1)
    _record("approvals.routes.refused", route, by)


def kind_label(subject_key: str) -> str:
    """«Invoice» for finance.invoice, as far as its owner is known here."""
    kind = SUBJECTS.get(subject_key)
    return kind.label if kind else subject_key


def _write(
    subject_key: str,
    bands: Sequence[tuple[int, int | None, str] | Band],
    patience: Patience,
    from_on: date,
    state: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> Route:
    ordered = sorted((Band(*band) for band in bands), key=lambda b: (b.from_pence, b.number))
    check_bands(ordered)
    route = Route.objects.create(
        organisation_id=by.organisation_id,
        subject_key=subject_key,
        from_on=from_on,
        state=state,
        remind_minutes=patience.remind,
        escalate_minutes=patience.escalate,
        reason=reason,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )
    RouteStep.objects.bulk_create(
        RouteStep(organisation_id=by.organisation_id, route=route, **band._asdict())
        for band in ordered
    )
    return route


def _record(verb: str, route: Route, by: Actor, thread: uuid.UUID | None = None) -> None:
    steps = route.steps.filter(organisation_id=route.organisation_id).order_by("from_pence", "id")
    record_about(
        verb,
        "approvals.route",
        route.pk,
        by=by,
        thread=thread,
        kind=route.subject_key,
        from_on=route.from_on.isoformat(),
        steps=[[s.from_pence, s.to_pence, s.number, s.role, s.escalates_to] for s in steps],
    )
