"""A new organisation of the installation, with its first administrator."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from core.actors import Actor, require
from core.scope import scope
from events.services import record, record_about
from tenants.models import Organisation, Person
from tenants.permissions import FOUND_ORGANISATIONS
from tenants.roles import Role
from tenants.rules import TEN18, TEN19
from tenants.selectors import all_organisations
from tenants.selectors.place import ORGANISATION
from tenants.services import create_organisation, ensure_people, give_role


@dataclass(frozen=True)
class NewOrganisation:
    """What it is from its first day. `slug` is its part of every address, and never changes."""

    slug: str
    name: str
    short_name: str
    kind: str
    standing: str
    nation: str
    year_starts_month: int
    rehearsal: bool
    administrator_name: str
    administrator_email: str


def found_organisation(
    *, new: NewOrganisation, by: Actor, today: date
) -> tuple[Organisation, Person]:
    """For administrators of the centre (TEN18): the organisation and its first administrator.

    TEN01, TEN02, TEN19. Event tenants.organisation.founded at the centre and in the new one.
    """
    require(by, FOUND_ORGANISATIONS)
    kinds = {one.id: one.kind for one in all_organisations()}
    TEN18.check(kinds[by.organisation_id] == Organisation.Kind.CENTRE)
    made = open_organisation(new=new, by=by, today=today)
    record_about(
        "tenants.organisation.founded", ORGANISATION, by.organisation_id, by=by,
        name=made[0].name, person=made[1].name,
    )  # fmt: skip
    return made


@transaction.atomic
def open_organisation(
    *, new: NewOrganisation, by: Actor, today: date
) -> tuple[Organisation, Person]:
    """As `found_organisation`, for whoever runs the installation: it asks for no right."""
    TEN19.check(new.slug not in {one.slug for one in all_organisations()}, new.slug)
    status = Organisation.Status.REHEARSAL if new.rehearsal else Organisation.Status.LIVE
    made = create_organisation(
        slug=new.slug, name=" ".join(new.name.split()), short_name=" ".join(new.short_name.split()),
        kind=new.kind, standing=new.standing, nation=new.nation, status=status,
        year_starts_month=new.year_starts_month,
    )  # fmt: skip
    address = new.administrator_email.strip().lower()
    with scope(acting=made.pk):
        person = ensure_people(rows=[(address, " ".join(new.administrator_name.split()))])[address]
        give_role(person=person, role=Role.ADMINISTRATOR, since=today)
        by = replace(by, organisation_id=made.pk)
        record("tenants.organisation.founded", made, by=by, name=made.name, person=person.name)
    return made, person
