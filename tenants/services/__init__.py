"""Making organisations, units, people and grants. Every function acts inside an open scope."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection

from core.actors import Actor
from core.db.schema import fingerprint
from core.scope import acting_organisation, scope
from tenants.models import (
    RESERVED,
    SLUG,
    Affiliation,
    ClosureDay,
    DemoMarker,
    Grant,
    Organisation,
    Person,
    Unit,
)
from tenants.rules import TEN01, TEN02


def next_number(series: str, *, by: Actor, count: int = 1) -> int:
    """The first of `count` new numbers of a series: gapless, as the row is locked to commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenants_counter AS c (organisation_id, series, next_number)"
            " VALUES (%s, %s, 1 + %s) ON CONFLICT (organisation_id, series)"
            " DO UPDATE SET next_number = c.next_number + %s RETURNING next_number - %s",
            [by.organisation_id, series, count, count, count],
        )
        return int(cursor.fetchone()[0])


def create_organisation(*, slug: str, name: str, kind: str, **facts: Any) -> Organisation:
    """A new organisation, in a scope of its own that is opened here (TEN01, TEN02)."""
    with new_organisation(slug=slug, name=name, kind=kind, **facts) as made:
        return made


@contextmanager
def new_organisation(*, slug: str, name: str, kind: str, **facts: Any) -> Iterator[Organisation]:
    """As `create_organisation`; inside it is acted for, and it is there only if all is done."""
    check_slug(slug=slug)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tenants_organisation', 'id'))")
        new_id = int(cursor.fetchone()[0])
    with scope(acting=new_id):
        facts.setdefault("short_name", name)
        yield Organisation.objects.create(id=new_id, slug=slug, name=name, kind=kind, **facts)


def check_slug(*, slug: str) -> None:
    """TEN01, TEN02."""
    TEN01.check(re.fullmatch(SLUG, slug), slug)
    TEN02.check(slug not in RESERVED, slug)


def create_person(*, email: str, name: str, password: str | None = None) -> Person:
    """A person who can be given rights; without a password they cannot sign in by one."""
    person = Person(email=email.lower(), name=name)
    if password:
        person.set_password(password)
    else:
        person.set_unusable_password()
    person.save()
    return person


def ensure_people(*, rows: Sequence[tuple[str, str]]) -> dict[str, Person]:
    """People by e-mail address in small letters, from (address, name); who is there stays as is.

    Nobody among them can sign in by a password before one is set.
    """
    wanted = {email.lower(): name for email, name in rows}
    Person.objects.bulk_create(
        [
            Person(email=email, name=name, password=make_password(None))
            for email, name in wanted.items()
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    return {person.email: person for person in Person.objects.filter(email__in=list(wanted))}


def create_units(*, rows: Sequence[tuple[str, str, str | None]], since: date) -> dict[str, Unit]:
    """Units from (code, name, code of the parent), parents first; returns them by code."""
    made: dict[str, Unit] = {
        u.code: u for u in Unit.objects.filter(organisation_id=acting_organisation())
    }
    for code, name, parent_code in rows:
        if code in made:
            continue
        parent = made[parent_code] if parent_code else None
        made[code] = Unit.objects.create(
            organisation_id=acting_organisation(),
            code=code,
            name=name,
            parent=parent,
            path=(parent.path if parent else "") + code + ".",
            valid=(since, None),
        )
    return made


def hold_unit(*, unit: Unit, person: Person) -> None:
    """The person answers for the unit's budget."""
    Unit.objects.filter(organisation_id=acting_organisation(), pk=unit.pk).update(holder=person)


def add_closure_days(*, days: Sequence[tuple[date, str]]) -> None:
    """Days, with their reasons, on which the acting organisation does not work."""
    ClosureDay.objects.bulk_create(
        ClosureDay(organisation_id=acting_organisation(), day=day, reason=reason)
        for day, reason in days
    )


def mark_demonstration() -> None:
    """The database says from now on that it is a demonstration, and of which version.

    Nothing takes the mark away.
    """
    DemoMarker.objects.get_or_create(pk=1, defaults={"made_by": fingerprint()})


def affiliate(*, person: Person, job_title: str, since: date, unit: Unit | None = None) -> None:
    """The person works here from a day on."""
    Affiliation.objects.create(
        organisation_id=acting_organisation(),
        person=person,
        unit=unit,
        job_title=job_title,
        valid=(since, None),
    )


def give_role(
    *,
    person: Person,
    role: str,
    since: date,
    until: date | None = None,
    unit: Unit | None = None,
    limit_pence: int | None = None,
) -> Grant:
    """A role in the acting organisation, from `since` up to but not including `until`."""
    return Grant.objects.create(
        organisation_id=acting_organisation(),
        person=person,
        role=role,
        unit=unit,
        limit_pence=limit_pence,
        valid=(since, until),
    )


def give_roles(*, people: Sequence[tuple[int, date, date | None]], role: str) -> None:
    """The role in the acting organisation to many: (id of the person, since, until)."""
    Grant.objects.bulk_create(
        [
            Grant(
                organisation_id=acting_organisation(),
                person_id=person_id,
                role=role,
                valid=(since, until),
            )
            for person_id, since, until in people
        ],
        batch_size=1000,
    )


def write_grants(*, new: Sequence[Grant], cut: Sequence[Grant]) -> None:
    """Adds these rights, and keeps the days to which those others were cut."""
    Grant.objects.bulk_update(cut, ["valid"], batch_size=1000)
    Grant.objects.bulk_create(new, batch_size=1000)


def end_roles(*, person: Person, from_on: date) -> None:
    """The person holds no role in the acting organisation from that day on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tenants_grant SET valid = valid * daterange(NULL, %s)"
            " WHERE organisation_id = %s AND person_id = %s AND valid && daterange(%s, NULL)",
            [from_on, acting_organisation(), person.pk, from_on],
        )
