"""Organisations, units, people and rights of the cast, made by the services of tenants."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from core.actors import Actor
from core.scope import scope
from sharedservices.demo.cast import MEREFORD, Cast, Partner, closure_days
from tenants.models import Person, Unit
from tenants.roles import Role
from tenants.selectors import actor_for
from tenants.services import (
    add_closure_days,
    affiliate,
    create_organisation,
    create_person,
    create_units,
    give_role,
    hold_unit,
)


@dataclass
class Place:
    """A partner as it stands in the database."""

    partner: Partner
    organisation_id: int
    units: dict[str, Unit]
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, role: Role, today: date, nth: int = 0) -> Actor:
        """The nth person of the cast with this role, acting for this organisation."""
        cast = [member for member in self.partner.people if member.role == role][nth]
        person = self.people[cast.name]
        return actor_for(person.pk, person.name, self.partner.slug, today)[0]


def make_centre(places: Sequence[Place], *, since: date, today: date) -> Place:
    """The centre, and the rights of its people in every partner it works for."""
    centre = make_place(MEREFORD, since=since, today=today)
    for place in places:
        with scope(acting=place.organisation_id):
            for member in MEREFORD.people:
                if member.role in (Role.CENTRE_AGENT, Role.CENTRE_MANAGER):
                    give_role(person=centre.people[member.name], role=member.role, since=since)
    return centre


def make_place(partner: Partner, *, since: date, today: date) -> Place:
    """An organisation with its units, its own days off and its people."""
    organisation = create_organisation(
        slug=partner.slug,
        name=partner.name,
        kind=partner.kind,
        short_name=partner.short_name,
        brand_colour=partner.colour,
        nation=partner.nation,
        year_starts_month=partner.year_starts_month,
        named_in_comparison=partner.named_in_comparison,
        standing=partner.standing,
    )
    with scope(acting=organisation.pk):
        units = create_units(rows=partner.units, since=since)
        place = Place(partner, organisation.pk, units)
        for member in partner.people:
            _join(place, member, since)
        add_closure_days(days=closure_days(partner, since, today.replace(month=12, day=31)))
    return place


def _join(place: Place, member: Cast, since: date) -> None:
    person = create_person(email=member.email(place.partner.slug), name=member.name)
    unit = place.units.get(member.unit)
    affiliate(person=person, job_title=member.job, since=since, unit=unit)
    # Who is staff alone has that right from the day of their employment.
    if member.role != Role.STAFF:
        give_role(
            person=person,
            role=member.role,
            since=since,
            unit=unit if member.role == Role.MANAGER else None,
            limit_pence=member.limit_pence,
        )
    if member.role == Role.MANAGER and unit is not None:
        hold_unit(unit=unit, person=person)
    place.people[member.name] = person
