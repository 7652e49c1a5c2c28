"""What people of the centre did in the data of an organisation, as its audit trail says."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from events.models import Event
from events.selectors import trail_between
from events.verbs import looks
from tenants.roles import Role
from tenants.selectors import grants_ever

ROLES = (Role.CENTRE_AGENT, Role.CENTRE_MANAGER)
PEOPLE, DAYS, VERBS = "person", "day", "verb"


@dataclass(frozen=True)
class Asked:
    """Days, both included, and what else narrows the events; empty ones ask for everything."""

    since: date
    until: date
    person: int | None = None
    verb: str = ""
    looks: bool = False


def people_of_the_centre(organisation_id: int) -> dict[int, str]:
    """Who acts or acted for the organisation as somebody of the centre, by name."""
    rows = grants_ever(organisation_id, ROLES).order_by("person__name", "person_id")
    return dict(rows.values_list("person_id", "person__name"))


def events_of_the_centre(organisation_id: int, asked: Asked) -> QuerySet[Event]:
    """What somebody did who held a role of the centre there on that day, newest first."""
    rows = trail_between(organisation_id, asked.since, asked.until).alias(on_day=TruncDate("at"))
    held = grants_ever(organisation_id, ROLES).filter(
        person_id=OuterRef("person_id"), valid__contains=OuterRef("on_day")
    )
    rows = rows.filter(Exists(held))
    if asked.person:
        rows = rows.filter(person_id=asked.person)
    if asked.verb:
        rows = rows.filter(verb=asked.verb)
    if asked.looks:
        rows = rows.filter(verb__in=looks())
    return rows


def counted(rows: QuerySet[Event], by: str) -> list[dict[str, Any]]:
    """How many of these events there are of each person, day or verb, and of them looks."""
    figures: dict[str, Any] = {
        "events": Count("pk"),
        "looks": Count("pk", filter=Q(verb__in=looks())),
        "first": Min("at"),
        "last": Max("at"),
    }
    plain: QuerySet[Any, Any] = rows.order_by()
    order: tuple[str, ...]
    if by == DAYS:
        grouped, order = plain.values(key=TruncDate("at")), ("-key",)
    elif by == VERBS:
        grouped, order = plain.values("verb"), ("-events", "verb")
    else:
        grouped, order = plain.values("person_id"), ("-events", "person_id")
        figures["name"] = Max("person_name")
    return list(grouped.annotate(**figures).order_by(*order))
