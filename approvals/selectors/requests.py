"""What waits for whom, as cards that hold everything needed to decide."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.expressions import RawSQL
from django.utils import timezone

from approvals.authority import (
    CAN_DECIDE,
    Authority,
    Borrowed,
    authority,
    deciding_roles,
    role_in_words,
    roles_of,
)
from approvals.models import Request, Step
from approvals.permissions import SEE_EVERY_REQUEST
from core.actors import Actor, Right, may, places_where
from core.db.merged import Merged
from core.db.together import together
from core.errors import NotFound, Refusal
from core.registry import SUBJECTS
from tenants.selectors import Membership

# The rights that others passed on to a person, in the organisations they look at.
BORROWED = """
SELECT d.from_person_id AS person_id, d.from_person_name AS name, g.organisation_id, g.role,
       coalesce(u.path, '') AS unit_path, g.limit_pence
  FROM approvals_delegation d
  JOIN tenants_grant g ON g.organisation_id = d.organisation_id AND g.person_id = d.from_person_id
   AND g.valid @> %(on)s::date
  JOIN tenants_person p ON p.id = g.person_id AND p.is_active
  LEFT JOIN tenants_unit u ON u.organisation_id = g.organisation_id AND u.id = g.unit_id
 WHERE d.organisation_id = ANY(%(places)s) AND d.to_person_id = %(person)s
   AND d.valid @> %(on)s::date
 ORDER BY d.id, g.id
"""


# Of the step in hand.
DECIDERS = f"""
SELECT array_agg(DISTINCT decider.name::text) {CAN_DECIDE}
   AND s.organisation_id = approvals_step.organisation_id AND s.id = approvals_step.id
"""


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
    steps: list[Step]
    step: Step | None
    on_behalf_of: str
    why_not: str
    foreign: bool

    @property
    def decidable(self) -> bool:
        return self.step is not None

    @property
    def clear(self) -> bool:
        """May it be approved together with others?"""
        return self.decidable and not self.warnings and bool(self.link)

    @property
    def counted(self) -> bool:
        """Does it count as more than it is, with what went before?"""
        return self.request.counted_pence > abs(self.request.amount_pence)

    @property
    def escalated(self) -> str:
        """Why the step at hand was escalated, or nothing."""
        if self.step is None or self.step.escalated_at is None:
            return ""
        return str(self.step.get_escalated_because_display())


def _places(actor: Actor) -> list[int]:
    return sorted(actor.readable | {actor.organisation_id})


def _deciders(actor: Actor, on: date | None) -> dict[str, Any]:
    return {
        "on": on or timezone.localdate(),
        "places": _places(actor),
        "roles": deciding_roles(),
        "person": actor.person_id,
    }


def borrowed_rights(actor: Actor, on: date) -> list[Borrowed]:
    """The rights this person may use for somebody else that day; one query."""
    with connection.cursor() as cursor:
        cursor.execute(BORROWED, _deciders(actor, on))
        return [Borrowed(who, name, Right(*right)) for who, name, *right in cursor.fetchall()]


def _by_place(sql: str, facts: dict[str, Any], kind: Any) -> RawSQL:
    """Parameters by their names become those by their place, which Django wants."""
    names = re.findall(r"%\((\w+)\)s", sql)
    by_place = re.sub(r"%\(\w+\)s", "%s", sql)
    return RawSQL(by_place, [facts[name] for name in names], kind)  # noqa: S611


def _decidable(actor: Actor, on: date | None) -> RawSQL:
    """Ids of the requests with a step that this person may take."""
    sql = f"SELECT s.request_id {CAN_DECIDE} AND p.by_id = %(person)s"
    return _by_place(sql, _deciders(actor, on), BigIntegerField())


def waiting_for(actor: Actor, on: date | None = None) -> QuerySet[Request]:
    """What this person may decide on now, oldest first, in every organisation they look at."""
    return Request.objects.filter(
        organisation_id__in=_places(actor),
        state=Request.State.WAITING,
        pk__in=_decidable(actor, on),
    ).order_by("made_at", "id")


def submitted_at(actor: Actor, place: int) -> QuerySet[Request]:
    """What this person submitted in one organisation, newest first."""
    rows = Request.objects.filter(organisation_id=place, made_by_id=actor.person_id)
    return rows.order_by("-made_at", "-id")


def submitted_by(actor: Actor) -> Merged[Request]:
    """What this person submitted, newest first."""
    return Merged([submitted_at(actor, place) for place in _places(actor)])


def decided_at(actor: Actor, place: int) -> QuerySet[Request]:
    """What this person decided on in one organisation; that of all people where they see it."""
    rows = Request.objects.filter(organisation_id=place).exclude(state=Request.State.WAITING)
    if place not in places_where(actor, SEE_EVERY_REQUEST):
        rows = rows.filter(decided_by_id=actor.person_id)
    return rows.order_by("-decided_at", "-id")


def decided_by(actor: Actor) -> Merged[Request]:
    """What this person decided on, and the decisions of all people where they see those."""
    return Merged([decided_at(actor, place) for place in _places(actor)])


class Waiting(NamedTuple):
    """A request that waits: the roles it waits for, and whether the one who asks may open it."""

    request: Request
    roles: str
    opens: bool


def waiting_about(actor: Actor, subject_key: str, subject_id: int) -> Waiting | None:
    """The request about a subject of the actor's organisation that waits; one query."""
    here = {"organisation_id": actor.organisation_id}
    open_steps = Step.objects.filter(request_id=OuterRef("pk"), state=Step.State.OPEN, **here)
    found = (
        Request.objects.filter(
            subject_key=subject_key, subject_id=subject_id, state=Request.State.WAITING, **here
        )
        .annotate(
            open_roles=ArraySubquery(open_steps.order_by("role").values("role")),
            opens=Exists(_visible(actor).filter(pk=OuterRef("pk"))),
        )
        .first()
    )
    if found is None:
        return None
    roles = " and ".join(role_in_words(role) for role in found.open_roles)
    return Waiting(found, roles, found.opens)


def rounds_of(actor: Actor, pk: int) -> list[Request]:
    """The request first, then the other submissions of the same subject, newest first.

    NotFound unless the actor is its maker, took a step of it or may take one, holds a role of
    its line here, or sees all.
    """
    same = _visible(actor).filter(
        subject_key=OuterRef("subject_key"), subject_id=OuterRef("subject_id"), pk=pk
    )
    found = Request.objects.filter(Exists(same), organisation_id=actor.organisation_id)
    rounds = sorted(found.order_by("-id"), key=lambda one: one.pk != pk)
    if not rounds:
        raise NotFound()
    return rounds


def request_for(actor: Actor, pk: int) -> Request:
    """The request; NotFound as in `rounds_of`."""
    found = _visible(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def seen_among(actor: Actor, ids: Collection[int]) -> set[int]:
    """Those of the requests that the actor may open, as in `rounds_of`."""
    return set(_visible(actor).filter(pk__in=ids).values_list("pk", flat=True))


def subjects_before(actor: Actor, subject_key: str) -> QuerySet[Request, int]:
    """Ids of the subjects of a kind on which this person decides, for whomever, or has decided."""
    rows = Request.objects.filter(organisation_id=actor.organisation_id, subject_key=subject_key)
    steps = Step.objects.filter(organisation_id=actor.organisation_id, request_id=OuterRef("pk"))
    taken = Q(decided_by_id=actor.person_id) | Q(
        Exists(steps.filter(decided_by_id=actor.person_id))
    )
    rows = rows.filter(taken | Q(pk__in=_decidable(actor, None)))
    return rows.values_list("subject_id", flat=True)


def steps_of(request: Request) -> list[Step]:
    """The steps of a request in their order."""
    rows = Step.objects.filter(organisation_id=request.organisation_id, request_id=request.pk)
    return list(rows.order_by("number", "id"))


def _visible(actor: Actor) -> QuerySet[Request]:
    here = Request.objects.filter(organisation_id=actor.organisation_id)
    if may(actor, SEE_EVERY_REQUEST):
        return here
    steps = Step.objects.filter(organisation_id=actor.organisation_id, request_id=OuterRef("pk"))
    seen = Q(made_by_id=actor.person_id) | Q(decided_by_id=actor.person_id)
    seen |= Q(pk__in=_decidable(actor, None))
    seen |= Q(Exists(steps.filter(decided_by_id=actor.person_id)))
    for right in actor.rights_here():
        in_line = Q(Exists(steps.filter(role=right.role)))
        seen |= in_line & Q(unit_path__startswith=right.unit_path)
    return here.filter(seen)


def _steps_of(requests: Sequence[Request], actor: Actor, *, more: bool) -> dict[int, list[Step]]:
    """The steps of each request in their order; one query.

    With `more` each knows who can take it (`deciders`), and what this person borrows today.
    """
    places = {request.organisation_id for request in requests}
    found: dict[int, list[Step]] = {request.pk: [] for request in requests}
    rows = Step.objects.filter(organisation_id__in=places, request_id__in=list(found))
    if more:
        facts = {**_deciders(actor, None), "places": sorted(places | set(_places(actor)))}
        names = ArrayField(CharField())
        rows = rows.annotate(
            deciders=_by_place(DECIDERS, facts, names),
            borrowed=_by_place(f"SELECT jsonb_agg(b) FROM ({BORROWED}) b", facts, JSONField()),  # noqa: S608
        )
    for step in rows.order_by("number", "id"):
        found[step.request_id].append(step)
    return found


def _borrowed(steps: Sequence[Any]) -> list[Borrowed]:
    """What the steps say of rights that were passed on to this person; the same on each."""
    rows = (getattr(steps[0], "borrowed", None) or []) if steps else []
    return [
        Borrowed(
            row["person_id"],
            row["name"],
            Right(row["organisation_id"], row["role"], row["unit_path"], row["limit_pence"]),
        )
        for row in rows
    ]


def cards(
    requests: Sequence[Request],
    actor: Actor,
    places: Iterable[Membership],
    *,
    with_subjects: bool = True,
) -> list[Card]:
    """Cards in the order of the requests: one query, whatever kinds of subjects are among them.

    Lists that show no facts leave the subjects out; such cards have no link to them.
    """
    rows = _subjects(requests) if with_subjects else {}
    waits = any(request.state == Request.State.WAITING for request in requests)
    steps = _steps_of(requests, actor, more=waits)
    by_id = {place.organisation_id: place for place in places}
    now = timezone.now()
    return [
        _card(
            rows.get(_place_of(request)),
            request,
            _standing(request, steps[request.pk], actor),
            steps[request.pk],
            by_id[request.organisation_id],
            now,
            foreign=request.organisation_id != actor.organisation_id,
            by=actor,
        )
        for request in requests
    ]


def _standing(request: Request, steps: Sequence[Step], actor: Actor) -> Authority | str:
    """How this person may decide on it, in its own organisation, or why they may not."""
    if request.state != Request.State.WAITING:
        return ""
    local = Actor(
        actor.person_id, actor.name, request.organisation_id, actor.rights, actor.readable
    )
    try:
        return authority(request, steps, local, _borrowed(steps))
    except Refusal as refusal:
        return str(refusal)


def _place_of(request: Request) -> tuple[str, int, int]:
    return request.subject_key, request.organisation_id, request.subject_id


def _subjects(requests: Sequence[Request]) -> dict[tuple[str, int, int], Any]:
    wanted: dict[str, list[Request]] = defaultdict(list)
    for request in requests:
        wanted[request.subject_key].append(request)
    kinds = [key for key in wanted if key in SUBJECTS]
    lists: list[QuerySet[Any]] = [
        SUBJECTS[key].reading(
            SUBJECTS[key].model._default_manager.filter(
                organisation_id__in={r.organisation_id for r in wanted[key]},
                pk__in={r.subject_id for r in wanted[key]},
            )
        )
        for key in kinds
    ]
    found = {}
    for key, rows in zip(kinds, together(lists), strict=True):
        SUBJECTS[key].gather(rows)
        found.update({(key, row.organisation_id, row.pk): row for row in rows})
    return found


def _card(
    row: Any,
    request: Request,
    standing: Authority | str,
    steps: list[Step],
    place: Membership,
    now: datetime,
    *,
    foreign: bool,
    by: Actor,
) -> Card:
    kind = SUBJECTS.get(request.subject_key)
    found = standing if isinstance(standing, Authority) else None
    shown = row is not None and kind is not None
    return Card(
        request=request,
        place=place,
        label=kind.label if kind else request.subject_key,
        link=kind.link(place.slug, row) if kind and shown else "",
        facts=kind.card(row) if kind and shown else [],
        warnings=kind.warnings(row) if kind and shown else [],
        age=age(request.made_at, now),
        steps=steps,
        step=found.step if found else None,
        on_behalf_of=found.for_name if found and found.for_id != by.person_id else "",
        why_not=standing if isinstance(standing, str) else "",
        foreign=foreign,
    )


def age(since: datetime, now: datetime) -> str:
    """How long something waits, in calendar days."""
    days = (timezone.localdate(now) - timezone.localdate(since)).days
    if days <= 0:
        return "Sent today"
    return "Waiting since yesterday" if days == 1 else f"Waiting {days} days"


def who_has(card: Card) -> str:
    """The names of those who can decide on it, in words; nothing once it is decided."""
    if card.request.state != Request.State.WAITING:
        return ""
    names = sorted({name for step in card.steps for name in getattr(step, "deciders", None) or ()})
    return _names(names, card.steps)


def _names(unique: Sequence[str], steps: Iterable[Step]) -> str:
    if not unique:
        opened = [step for step in steps if step.state == Step.State.OPEN]
        roles = sorted({role_in_words(role) for step in opened for role in roles_of(step)})
        wanted = " or ".join(roles)
        return f"Nobody can decide on this now: it needs another {wanted} with a higher limit"
    if len(unique) > 3:
        return f"{unique[0]}, {unique[1]} or {len(unique) - 2} others"
    return " or ".join(unique)
