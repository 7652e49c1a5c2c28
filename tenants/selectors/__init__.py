"""Who may act where: read through one function of the database that sees across organisations."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from core.actors import Actor, Right
from core.errors import NotFound
from core.outside import heard_since
from core.working_time import Calendar, Nation, national_calendar
from tenants.models import (
    Affiliation,
    ClosureDay,
    DemoMarker,
    Grant,
    Organisation,
    Person,
    Unit,
)
from tenants.roles import Role

# England and Wales have the same bank holidays.
BANK_HOLIDAYS_OF = {
    Organisation.Nation.ENGLAND: Nation.ENGLAND_AND_WALES,
    Organisation.Nation.WALES: Nation.ENGLAND_AND_WALES,
    Organisation.Nation.SCOTLAND: Nation.SCOTLAND,
    Organisation.Nation.NORTHERN_IRELAND: Nation.NORTHERN_IRELAND,
}


@dataclass(frozen=True)
class Membership:
    """An organisation in which a person holds at least one role today."""

    organisation_id: int
    slug: str
    name: str
    short_name: str
    kind: str
    status: str

    @property
    def id(self) -> int:
        return self.organisation_id

    @property
    def is_centre(self) -> bool:
        return self.kind == "centre"

    @property
    def read_only(self) -> bool:
        """A former organisation keeps its books, and nobody writes in them."""
        return self.status == Organisation.Status.FORMER


@dataclass(frozen=True)
class Standing:
    """All memberships and rights of a person today."""

    memberships: tuple[Membership, ...]
    rights: tuple[Right, ...]

    def membership(self, slug: str) -> Membership:
        """The membership of that address; absent and foreign organisations look the same."""
        for found in self.memberships:
            if found.slug == slug:
                return found
        raise NotFound()

    @property
    def needs_second_factor(self) -> bool:
        """Does any role they hold, anywhere, ask for more than a password?"""
        return any(Role(right.role).needs_second_factor for right in self.rights)

    def readable_from(self, here: Membership) -> frozenset[int]:
        """The centre looks across all the person's organisations; a partner at itself alone."""
        if here.is_centre:
            return frozenset(m.organisation_id for m in self.memberships)
        return frozenset({here.organisation_id})


def standing_of(person_id: int, on: date) -> Standing:
    """Read at each request, so that a change of rights applies at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ctx.memberships(%s, %s)", [person_id, on])
        return _standing(cursor.fetchall())


def _standing(rows: Sequence[tuple[Any, ...]]) -> Standing:
    memberships = {row[0]: Membership(*row[:6]) for row in rows}
    rights = tuple(Right(row[0], row[6], row[7], row[8]) for row in rows)
    return Standing(tuple(memberships.values()), rights)


def actor_for(
    person_id: int, name: str, slug: str, on: date, standing: Standing | None = None
) -> tuple[Actor, Membership, Standing]:
    """The person acting for the organisation at `slug`. NotFound unless they belong to it.

    Whoever asked for their standing that day before hands it on.
    """
    standing = standing or standing_of(person_id, on)
    here = standing.membership(slug)
    actor = Actor(
        person_id=person_id,
        name=name,
        organisation_id=here.organisation_id,
        rights=standing.rights,
        readable=standing.readable_from(here),
    )
    return actor, here, standing


@dataclass(frozen=True)
class OrganisationRow:
    """What every part may know of every organisation: names and standing, nothing of its data."""

    id: int
    slug: str
    name: str
    short_name: str
    kind: str
    standing: str
    status: str
    brand_colour: str


def all_organisations() -> list[OrganisationRow]:
    """Every organisation of the installation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ctx.organisations()")
        return [OrganisationRow(*row) for row in cursor.fetchall()]


def letterhead(organisation_id: int) -> tuple[str, datetime | None]:
    """The colour of its papers, and since when it is heard outside, None while it is not."""
    rows = Organisation.objects.filter(id=organisation_id)
    return rows.values_list("brand_colour", heard_since(organisation_id)).get()


def brand_colour(organisation_id: int) -> str:
    """The colour of an organisation's documents, #rrggbb; within a scope that may read it."""
    return str(Organisation.objects.values_list("brand_colour", flat=True).get(pk=organisation_id))


@dataclass(frozen=True)
class Holder:
    """Someone who holds a role: for a subtree of units, up to a limit (None: no limit)."""

    organisation_id: int
    role: str
    name: str
    person_id: int
    unit_path: str
    limit_pence: int | None


def role_holders(roles: Collection[str], on: date) -> list[Holder]:
    """Everyone who holds one of the roles that day, in the organisations of the open scope."""
    rows = (
        Grant.objects.filter(role__in=roles, valid__contains=on, person__is_active=True)
        .order_by("person__name")
        .values_list(
            "organisation_id", "role", "person__name", "person_id", "unit__path", "limit_pence"
        )
    )
    return [
        Holder(place, role, name, pk, path or "", top) for place, role, name, pk, path, top in rows
    ]


def grants_ever(organisation_id: int, roles: Collection[str]) -> QuerySet[Grant]:
    """Every right in one of these roles that somebody holds or held there."""
    return Grant.objects.filter(organisation_id=organisation_id, role__in=roles)


def grants_on(organisation_id: int, on: date) -> QuerySet[Grant]:
    """Every role in force that day, with its person and unit."""
    held = Grant.objects.filter(organisation_id=organisation_id, valid__contains=on)
    return held.select_related("person", "unit").order_by("id")


@dataclass(frozen=True)
class Colleague:
    """Someone who works in an organisation that day, and the roles they hold there."""

    person_id: int
    name: str
    email: str
    roles: tuple[str, ...]

    @property
    def needs_second_factor(self) -> bool:
        return any(Role(role).needs_second_factor for role in self.roles)


def colleagues(organisation_id: int, on: date) -> list[Colleague]:
    """Who is employed there and may sign in, by name; not those who only serve it."""
    employed = Affiliation.objects.filter(
        organisation_id=organisation_id, valid__contains=on, person__is_active=True
    )
    people = employed.order_by("person__name", "person_id").values_list(
        "person_id", "person__name", "person__email"
    )
    roles: dict[int, list[str]] = {}
    held = Grant.objects.filter(organisation_id=organisation_id, valid__contains=on)
    for person_id, role in held.order_by("role").values_list("person_id", "role"):
        roles.setdefault(person_id, []).append(role)
    return [
        Colleague(pk, name, email, tuple(dict.fromkeys(roles.get(pk, []))))
        for pk, name, email in dict.fromkeys(people)
    ]


DEMONSTRATION = """
SELECT cast_of.found, place.* FROM (
  SELECT coalesce(jsonb_object_agg(email, id), '{}') AS found FROM tenants_person
   WHERE email = ANY (%s) AND is_active AND EXISTS (SELECT FROM tenants_demomarker)) cast_of
  LEFT JOIN ctx.memberships(%s, %s) place ON true
"""


def demonstration_people(
    emails: Collection[str], person_id: int | None, on: date
) -> tuple[dict[str, int], Standing]:
    """Ids by e-mail address, in a database that says it is a demonstration; else nothing.

    What `standing_of` says of whoever is signed in comes along: so the bar costs no page a query.
    """
    with connection.cursor() as cursor:
        cursor.execute(DEMONSTRATION, [list(emails), person_id, on])
        rows = cursor.fetchall()
    return json.loads(rows[0][0]), _standing([row[1:] for row in rows if row[1] is not None])


def units(organisation_id: int, on: date) -> list[Unit]:
    """The units of an organisation that exist on a day, in the order of the tree."""
    return list(
        Unit.objects.filter(organisation_id=organisation_id, valid__contains=on).order_by("path")
    )


def person_by_id(person_id: int) -> Person:
    """A person who may sign in. NotFound unless there is one."""
    found = Person.objects.filter(pk=person_id, is_active=True).first()
    if found is None:
        raise NotFound()
    return found


def person_of(email: str) -> Person:
    """The person with that address who may sign in. NotFound unless there is one."""
    found = Person.objects.filter(email=email.lower(), is_active=True).first()
    if found is None:
        raise NotFound(f"Nobody with the address {email} may sign in.")
    return found


def people_waiting(person_ids: Iterable[int]) -> dict[int, Person]:
    """Those of these people who may sign in, and have neither a password nor ever signed in."""
    rows = Person.objects.filter(pk__in=list(person_ids), is_active=True, last_login=None)
    return {person.pk: person for person in rows if not person.has_usable_password()}


def person_known(email: str) -> Person | None:
    """The person with that address, whether or not they may sign in."""
    return Person.objects.filter(email=email.lower()).first()


def is_demonstration() -> bool:
    """Does the database say of itself that it is a demonstration?"""
    return DemoMarker.objects.exists()


def units_held(organisation_id: int, person_id: int | None, on: date) -> list[Unit]:
    """The units whose budget this person holds that day."""
    rows = Unit.objects.filter(
        organisation_id=organisation_id, holder_id=person_id, valid__contains=on
    )
    return list(rows.order_by("path"))


def is_rehearsal(organisation_id: int) -> bool:
    """Does this organisation only practise? What may leave is asked of `core.outside`."""
    rehearsal = Organisation.Status.REHEARSAL
    return Organisation.objects.filter(id=organisation_id, status=rehearsal).exists()


def year_starts_month(organisation_id: int) -> int:
    """The month, 1 to 12, in which the financial year of an organisation begins."""
    return Organisation.objects.get(id=organisation_id).year_starts_month


def working_calendar(organisation_id: int) -> Calendar:
    """Office hours, less the bank holidays of the organisation's nation and its own days off."""
    return working_calendars([organisation_id])[organisation_id]


def working_calendars(organisation_ids: Collection[int]) -> dict[int, Calendar]:
    """The calendar of each of the organisations, in one query."""
    days = ClosureDay.objects.filter(organisation_id=OuterRef("id")).values("day")
    rows = Organisation.objects.filter(id__in=organisation_ids).annotate(off=ArraySubquery(days))
    return {
        place: _calendar(nation, off)
        for place, nation, off in rows.values_list("id", "nation", "off")
    }


# For a query that asks for something else of organisation %s at the same time.
CALENDAR_FACTS = """
(SELECT jsonb_build_object('nation', o.nation, 'off',
   (SELECT array_agg(c.day) FROM tenants_closureday c WHERE c.organisation_id = o.id))
   FROM tenants_organisation o WHERE o.id = %s)
"""


def calendar_of(facts: Mapping[str, Any]) -> Calendar:
    """The working calendar of what `CALENDAR_FACTS` answered."""
    return _calendar(facts["nation"], [date.fromisoformat(day) for day in facts["off"] or ()])


def _calendar(nation: str, off: Collection[date]) -> Calendar:
    of_nation = national_calendar(BANK_HOLIDAYS_OF[Organisation.Nation(nation)])
    return replace(of_nation, holidays=of_nation.holidays | frozenset(off))


def addresses_of(person_ids: Collection[int]) -> dict[int, str]:
    """Where people who may sign in get their e-mail, by their ids."""
    rows = Person.objects.filter(pk__in=person_ids, is_active=True)
    return dict(rows.values_list("pk", "email"))


# Of the list of people: those with more than what every member of staff may do.
BEYOND, ANYBODY = "", "all"


def able_to_sign_in(organisation_id: int, person_ids: Collection[int], on: date) -> set[int]:
    """Of these people those who may sign in and hold a right there that day."""
    held = Grant.objects.filter(
        organisation_id=organisation_id, person_id__in=person_ids, valid__contains=on,
        person__is_active=True,
    )  # fmt: skip
    return set(held.values_list("person_id", flat=True))


def people_with_rights(
    organisation_id: int, on: date, *, text: str = "", role: str = BEYOND
) -> QuerySet[Person]:
    """People who hold a right there that day, by name; `role` is one role, BEYOND or ANYBODY.

    ANYBODY are all who ever worked or held a right there.
    """
    mine = {"organisation_id": organisation_id, "person_id": OuterRef("pk")}
    if role == ANYBODY:
        found = Person.objects.filter(
            Exists(Grant.objects.filter(**mine)) | Exists(Affiliation.objects.filter(**mine))
        )
    else:
        held = Grant.objects.filter(**mine, valid__contains=on)
        held = held.filter(role=role) if role else held.exclude(role=Role.STAFF)
        found = Person.objects.filter(Exists(held))
    if text:
        found = found.filter(Q(name__icontains=text) | Q(email__icontains=text))
    return found.order_by("name", "pk")


@dataclass(frozen=True)
class Rights:
    """A person as one organisation knows them."""

    person: Person
    job: str
    grants: tuple[Grant, ...]


def rights_of(organisation_id: int, people: Collection[Person], on: date) -> list[Rights]:
    """What these people do and may do there that day; nothing of other organisations."""
    wanted = {"organisation_id": organisation_id, "valid__contains": on}
    wanted["person_id__in"] = [one.pk for one in people]
    jobs = dict(
        Affiliation.objects.filter(**wanted).order_by("-pk").values_list("person_id", "job_title")
    )
    held: dict[int, list[Grant]] = {}
    for row in Grant.objects.filter(**wanted).select_related("unit").order_by("role", "pk"):
        held.setdefault(row.person_id, []).append(row)
    return [Rights(one, jobs.get(one.pk, ""), tuple(held.get(one.pk, ()))) for one in people]


def person_here(organisation_id: int, person_id: int) -> Person:
    """Who works, worked, holds or held a right there. NotFound for everybody else."""
    return _only(people_with_rights(organisation_id, date.min, role=ANYBODY), person_id)


def colleague_here(organisation_id: int, person_id: int, on: date) -> Any:
    """The same with the `job` that they do there that day; None where they do none."""
    here = {"organisation_id": organisation_id, "person_id": OuterRef("pk"), "valid__contains": on}
    jobs = Affiliation.objects.filter(**here).order_by("pk").values("job_title")
    people = people_with_rights(organisation_id, date.min, role=ANYBODY)
    return _only(people.annotate(job=Subquery(jobs[:1])), person_id)


def _only(people: QuerySet[Person], person_id: int) -> Person:
    found = people.filter(pk=person_id).first()
    if found is None:
        raise NotFound()
    return found


def all_grants_of(organisation_id: int, person_id: int) -> list[Grant]:
    """Every right a person has or had there, the newest first."""
    rows = Grant.objects.filter(organisation_id=organisation_id, person_id=person_id)
    return list(rows.select_related("unit", "person").order_by("-pk"))


def role_counts(organisation_id: int, on: date) -> dict[str, int]:
    """By role how many people hold it there that day."""
    held = Grant.objects.filter(organisation_id=organisation_id, valid__contains=on)
    counts = held.values("role").annotate(people=Count("person_id", distinct=True))
    return dict(counts.values_list("role", "people"))


def grants_going_on(organisation_id: int, people: Collection[int], today: date) -> list[Grant]:
    """The rights of these people there that hold today or later."""
    rows = Grant.objects.filter(
        organisation_id=organisation_id, person_id__in=people, valid__overlap=(today, None)
    )
    return list(rows.select_related("unit", "person").order_by("pk"))


def people_by_address(addresses: Collection[str]) -> dict[str, Person]:
    """Whoever has one of these addresses, in small letters, wherever they work."""
    return {one.email: one for one in Person.objects.filter(email__in=addresses)}


def locked_grant(organisation_id: int, grant_id: int) -> Grant:
    """A right there, locked until the transaction ends. NotFound unless there is one."""
    rows = Grant.objects.select_for_update(of=("self",)).select_related("person", "unit")
    found: Grant | None = rows.filter(organisation_id=organisation_id, pk=grant_id).first()
    if found is None:
        raise NotFound()
    return found


def holds_meanwhile(
    organisation_id: int, person: Person, role: str, unit: Unit | None, days: tuple[Any, Any]
) -> bool:
    """Does the person hold the role for that very unit in some of these days?"""
    held = Grant.objects.filter(organisation_id=organisation_id, person=person, role=role)
    return held.filter(unit=unit, valid__overlap=days).exists()
