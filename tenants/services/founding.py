"""A new organisation of the installation, with its first administrator."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from core.actors import Actor, require
from events.services import record
from tenants.models import Organisation, Person
from tenants.permissions import FOUND_ORGANISATIONS
from tenants.roles import Role
from tenants.rules import TEN18, TEN19
from tenants.selectors import all_organisations
from tenants.services import check_slug, ensure_people, give_role, new_organisation


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


def check_founding(*, new: NewOrganisation, by: Actor) -> None:
    """For administrators of the centre (TEN18), with a short name that is free (TEN01, 02, 19).

    It is asked where the centre is acted for; what follows needs a scope of the new one.
    """
    require(by, FOUND_ORGANISATIONS)
    found = all_organisations()
    kinds = {one.id: one.kind for one in found}
    TEN18.check(kinds[by.organisation_id] == Organisation.Kind.CENTRE)
    check_slug(slug=new.slug)
    TEN19.check(new.slug not in {one.slug for one in found}, new.slug)


@contextmanager
def founded(
    *, new: NewOrganisation, by: Actor, today: date
) -> Iterator[tuple[Organisation, Person]]:
    """The organisation with its first administrator; inside it is acted for, and it is there only
    if all is done. Event tenants.organisation.founded in its trail."""
    TEN19.check(new.slug not in {one.slug for one in all_organisations()}, new.slug)
    status = Organisation.Status.REHEARSAL if new.rehearsal else Organisation.Status.LIVE
    facts = {"standing": new.standing, "nation": new.nation, "status": status,
             "short_name": " ".join(new.short_name.split()),
             "year_starts_month": new.year_starts_month}  # fmt: skip
    address, name = new.administrator_email.strip().lower(), " ".join(new.name.split())
    with new_organisation(slug=new.slug, name=name, kind=new.kind, **facts) as made:
        person = ensure_people(rows=[(address, " ".join(new.administrator_name.split()))])[address]
        give_role(person=person, role=Role.ADMINISTRATOR, since=today)
        by = replace(by, organisation_id=made.pk)
        record("tenants.organisation.founded", made, by=by, name=made.name, person=person.name)
        yield made, person
