"""What waits for whom, as cards that hold everything needed to decide."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from approvals.models import Request
from approvals.permissions import SEE_EVERY_REQUEST
from approvals.rules import refusal_to_decide
from core.actors import Actor, Right, may, places_where
from core.db.merged import Merged
from core.errors import NotFound
from core.registry import SUBJECTS
from tenants.roles import Role
from tenants.selectors import Holder, Membership, role_holders


@dataclass(frozen=True)
class Card:
    """One request with its subject, ready to be shown; `subject` is None if it is gone."""

    request: Request
    place: Membership
    label: str
    link: str
    facts: list[tuple[str, str]]
    warnings: list[str]
    age: str
    decidable: bool
    why_not: str
    foreign: bool

    @property
    def clear(self) -> bool:
        """May it be approved together with others?"""
        return self.decidable and not self.warnings and bool(self.link)


def waiting_for(actor: Actor) -> QuerySet[Request]:
    """What this person may decide on now, oldest first, in every organisation they look at."""
    mine = Q(pk__in=())
    for right in actor.rights:
        if right.organisation_id in (actor.readable or {actor.organisation_id}):
            mine |= _within(right)
    return (
        Request.objects.filter(mine, state=Request.State.WAITING)
        .exclude(made_by_id=actor.person_id)
        .order_by("made_at", "id")
    )


def _within(right: Right) -> Q:
    found = Q(organisation_id=right.organisation_id, role=right.role)
    if right.unit_path:
        found &= Q(unit_path__startswith=right.unit_path)
    if right.limit_pence is not None:
        found &= Q(amount_pence__range=(-right.limit_pence, right.limit_pence))
    return found


def submitted_by(actor: Actor) -> Merged[Request]:
    """What this person submitted, newest first."""
    made = Request.objects.filter(made_by_id=actor.person_id).order_by("-made_at", "-id")
    return Merged([made.filter(organisation_id=place) for place in _looked_at(actor)])


def decided_by(actor: Actor) -> Merged[Request]:
    """What this person decided on, and the decisions of all people where they see those."""
    decided = Request.objects.exclude(state=Request.State.WAITING).order_by("-decided_at", "-id")
    everything = places_where(actor, SEE_EVERY_REQUEST)
    return Merged(
        [
            decided.filter(organisation_id=place)
            if place in everything
            else decided.filter(organisation_id=place, decided_by_id=actor.person_id)
            for place in _looked_at(actor)
        ]
    )


def _looked_at(actor: Actor) -> list[int]:
    return sorted(actor.readable | {actor.organisation_id})


def rounds_about(subject_key: str, organisation_id: int, subject_id: int) -> QuerySet[Request]:
    """Every submission of one subject, newest first, for the page of its owner."""
    return Request.objects.filter(
        organisation_id=organisation_id, subject_key=subject_key, subject_id=subject_id
    ).order_by("-id")


def rounds_of(actor: Actor, pk: int) -> list[Request]:
    """The request first, then the other submissions of the same subject, newest first.

    NotFound unless the actor is its maker, its decider, a holder of its role here, or sees all.
    """
    same = Request.objects.filter(
        organisation_id=actor.organisation_id,
        subject_key=OuterRef("subject_key"),
        subject_id=OuterRef("subject_id"),
        pk=pk,
    )
    found = Request.objects.filter(Exists(same), organisation_id=actor.organisation_id)
    rounds = sorted(found.order_by("-id"), key=lambda one: one.pk != pk)
    if not rounds or not _may_see(actor, rounds[0]):
        raise NotFound()
    return rounds


def request_for(actor: Actor, pk: int) -> Request:
    """The request; NotFound as in `rounds_of`."""
    found = Request.objects.filter(organisation_id=actor.organisation_id, pk=pk).first()
    if found is None or not _may_see(actor, found):
        raise NotFound()
    return found


def _may_see(actor: Actor, request: Request) -> bool:
    in_line = any(
        right.role == request.role and request.unit_path.startswith(right.unit_path)
        for right in actor.rights_here()
    )
    took_part = actor.person_id in (request.made_by_id, request.decided_by_id)
    return in_line or took_part or may(actor, SEE_EVERY_REQUEST)


def cards(
    requests: Sequence[Request],
    actor: Actor,
    places: Iterable[Membership],
    *,
    with_subjects: bool = True,
) -> list[Card]:
    """Cards in the order of the requests: one query for each kind of subject among them.

    Lists that show no facts leave the subjects out; such cards have no link to them.
    """
    rows = _subjects(requests) if with_subjects else {}
    by_id = {place.organisation_id: place for place in places}
    now = timezone.now()
    return [
        _card(request, rows.get(_place_of(request)), actor, by_id[request.organisation_id], now)
        for request in requests
    ]


def _place_of(request: Request) -> tuple[str, int, int]:
    return request.subject_key, request.organisation_id, request.subject_id


def _subjects(requests: Sequence[Request]) -> dict[tuple[str, int, int], Any]:
    wanted: dict[str, list[Request]] = defaultdict(list)
    for request in requests:
        wanted[request.subject_key].append(request)
    found = {}
    for key, group in wanted.items():
        kind = SUBJECTS.get(key)
        if kind is None:
            continue
        rows: QuerySet[Any] = kind.model._default_manager.filter(
            organisation_id__in={r.organisation_id for r in group},
            pk__in={r.subject_id for r in group},
        )
        for row in kind.reading(rows):
            found[key, row.organisation_id, row.pk] = row
    return found


def _card(request: Request, row: Any, actor: Actor, place: Membership, now: datetime) -> Card:
    kind = SUBJECTS.get(request.subject_key)
    local = Actor(
        actor.person_id, actor.name, request.organisation_id, actor.rights, actor.readable
    )
    refusal = refusal_to_decide(request, local)
    waits = request.state == Request.State.WAITING
    shown = row is not None and kind is not None
    return Card(
        request=request,
        place=place,
        label=kind.label if kind else request.subject_key,
        link=kind.link(place.slug, row) if kind and shown else "",
        facts=kind.card(row) if kind and shown else [],
        warnings=kind.warnings(row) if kind and shown else [],
        age=age(request.made_at, now),
        decidable=waits and refusal is None,
        why_not=str(refusal) if waits and refusal else "",
        foreign=request.organisation_id != actor.organisation_id,
    )


def age(since: datetime, now: datetime) -> str:
    """How long something waits, in calendar days."""
    days = (timezone.localdate(now) - timezone.localdate(since)).days
    if days <= 0:
        return "Sent today"
    return "Waiting since yesterday" if days == 1 else f"Waiting {days} days"


def who_has(requests: Sequence[Request], on: date) -> dict[int, str]:
    """The names of those who can decide on each waiting request, in words; one query in all."""
    waiting = [r for r in requests if r.state == Request.State.WAITING]
    holders = role_holders({r.role for r in waiting}, on) if waiting else []
    return {request.pk: _names(request, holders) for request in waiting}


def _names(request: Request, holders: Sequence[Holder]) -> str:
    size = abs(request.amount_pence)
    names = [
        holder.name
        for holder in holders
        if holder.organisation_id == request.organisation_id
        and holder.role == request.role
        and request.unit_path.startswith(holder.unit_path)
        and (holder.limit_pence is None or size <= holder.limit_pence)
        and holder.person_id != request.made_by_id
    ]
    unique = list(dict.fromkeys(names))
    if not unique:
        role = Role(request.role).label.lower()
        return f"Nobody can decide on this now: it needs another {role} with a higher limit"
    if len(unique) > 3:
        return f"{unique[0]}, {unique[1]} or {len(unique) - 2} others"
    return " or ".join(unique)
