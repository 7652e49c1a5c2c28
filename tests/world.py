"""The world of the tests: two clients, the centre, every role; Charlie sees nothing."""

from dataclasses import dataclass, field
from datetime import date

from core.actors import Actor
from core.scope import scope
from tenants.models import Organisation, Person
from tenants.roles import Role
from tenants.selectors import actor_for
from tenants.services import affiliate, create_organisation, create_person, create_units, give_role
from tests.kept import KEPT

SINCE = date(2020, 1, 1)
TODAY = date(2026, 6, 15)
LIMITS = {Role.MANAGER: 500_000, Role.FINANCE_MANAGER: 100_000_000}


@dataclass
class World:
    """Organisations by slug, people by «role@slug»; `charlie` belongs nowhere."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, who: str, slug: str | None = None) -> Actor:
        """The person of «role@slug» acting for that organisation, or for another one they serve."""
        person = self.people[who]
        return actor_for(person.pk, person.name, slug or who.split("@")[1], TODAY)[0]

    def id(self, slug: str) -> int:
        return self.organisations[slug].pk

    def becomes(self, status: str, slug: str = "eastmere") -> None:
        """The organisation is live, rehearses or has left from now on."""
        with scope(acting=self.id(slug)):
            Organisation.objects.filter(slug=slug).update(status=status)


def build_world() -> World:
    """Eastmere (a council), Northdale (an NHS trust) and the centre; a person for each role."""
    return KEPT.again() if KEPT.statement else make_world()


def make_world() -> World:
    """The same, by the services."""
    world = World()
    kinds = {"centre": "centre", "eastmere": "council", "northdale": "nhs_trust"}
    for slug, kind in kinds.items():
        world.organisations[slug] = create_organisation(slug=slug, name=slug.title(), kind=kind)
        with scope(acting=world.id(slug)):
            units = create_units(
                rows=[
                    ("100", "Corporate", None),
                    ("110", "Finance", "100"),
                    ("200", "Places", None),
                ],
                since=SINCE,
            )
            for role in Role:
                who = f"{role}@{slug}"
                person = create_person(
                    email=f"{role}@{slug}.example", name=f"{role.label} of {slug}"
                )
                world.people[who] = person
                affiliate(person=person, job_title=role.label, since=SINCE, unit=units["110"])
                give_role(person=person, role=role, since=SINCE, limit_pence=LIMITS.get(role))
    for slug in ("eastmere", "northdale"):
        with scope(acting=world.id(slug)):
            for role in (Role.CENTRE_AGENT, Role.CENTRE_MANAGER):
                give_role(person=world.people[f"{role}@centre"], role=role, since=SINCE)
    world.people["charlie@nowhere"] = create_person(email="charlie@nowhere.example", name="Charlie")
    return world
