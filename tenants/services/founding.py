"""New organisations of the installation, each with its first administrator.

What is wanted is planned first, so that a file of them can be shown before it is done.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from core.actors import Actor, require
from core.errors import Refused
from core.plans import Plan
from events.services import record
from tenants.models import Organisation, Person
from tenants.permissions import FOUND_ORGANISATIONS
from tenants.roles import Role
from tenants.rules import TEN12, TEN18, TEN19, TEN20, TEN21, TEN22, TEN23
from tenants.selectors import OrganisationRow, all_organisations
from tenants.selectors.place import readable
from tenants.services import check_slug, ensure_people, give_role, new_organisation


@dataclass(frozen=True)
class NewOrganisation:
    """What it is from its first day. `slug` is its part of every address, and never changes;
    `parent` is that of the organisation whose agency it is."""

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
    parent: str = ""
    brand_colour: str = ""


@dataclass
class PlannedFounding(Plan):
    """What would become of one organisation; nothing of one that is there and is the same."""

    facts: NewOrganisation
    acts: bool


def plan_foundings(*, wanted: Sequence[NewOrganisation], by: Actor) -> list[PlannedFounding]:
    """What would become of each of these, in their order; nothing is changed.

    It is asked where the centre is acted for (TEN18); the founding needs a scope of each new one.
    """
    require(by, FOUND_ORGANISATIONS)
    there = {one.slug: one for one in all_organisations()}
    here = next(one for one in there.values() if one.id == by.organisation_id)
    plans, named = [], set(there)
    for new in wanted:
        old = there.pop(new.slug, None)
        plan = PlannedFounding(new, acts=old is None)
        if here.kind != Organisation.Kind.CENTRE:
            plan.check(TEN18, holds=False)
        elif old:
            other = _others(new, old)
            plan.check(TEN22, not other, f"Other than there: {', '.join(other)}.")
        else:
            _look_at_new(plan, named)
        named.add(new.slug)
        plans.append(plan)
    return plans


def _others(new: NewOrganisation, old: OrganisationRow) -> list[str]:
    """What the centre knows of an organisation that is there, and a row says otherwise."""
    names = ("name", "short_name", "kind", "standing", "brand_colour")
    said = [(name, getattr(new, name)) for name in names]
    return [name.replace("_", " ") for name, now in said if now and now != getattr(old, name)]


def _look_at_new(plan: PlannedFounding, named: set[str]) -> None:
    new, agency = plan.facts, Organisation.Standing.SUB_TENANT
    try:
        check_slug(slug=new.slug)
    except Refused as refused:
        plan.refusals.append(refused)
    plan.check(TEN19, new.slug not in named, new.slug)
    plan.check(TEN23, new.kind != Organisation.Kind.CENTRE)
    known = new.parent in named and new.parent != new.slug
    plan.check(TEN20, known if new.standing == agency else not new.parent, new.parent)
    plan.check(TEN21, new.nation and new.administrator_name and new.administrator_email)
    plan.check(TEN12, not new.brand_colour or readable(new.brand_colour))


def check_founding(*, new: NewOrganisation, by: Actor) -> None:
    """For administrators of the centre (TEN18), under an address that is free (TEN01, 02, 19).

    TEN12 for a colour that white words cannot be read on, TEN20 for an agency without a parent.
    """
    (plan,) = plan_foundings(wanted=[new], by=by)
    TEN19.check(plan.acts, new.slug)
    for refused in plan.refusals:
        raise refused


@contextmanager
def founded(
    *, new: NewOrganisation, by: Actor, today: date, reason: str = ""
) -> Iterator[tuple[Organisation, Person]]:
    """The organisation with its first administrator; inside it is acted for, and it is there only
    if all is done (TEN19, TEN20). Event tenants.organisation.founded in its trail."""
    there = {one.slug: one.id for one in all_organisations()}
    TEN19.check(new.slug not in there, new.slug)
    TEN20.check(not new.parent or new.parent in there, new.parent)
    address, name = new.administrator_email.strip().lower(), " ".join(new.name.split())
    facts = {**_facts(new), "parent_id": there.get(new.parent)}
    with new_organisation(slug=new.slug, name=name, kind=new.kind, **facts) as made:
        person = ensure_people(rows=[(address, " ".join(new.administrator_name.split()))])[address]
        give_role(person=person, role=Role.ADMINISTRATOR, since=today)
        by = replace(by, organisation_id=made.pk)
        said: dict[str, Any] = {"name": made.name, "person": person.name, "comment": reason}
        record("tenants.organisation.founded", made, by=by, **said)
        yield made, person


def _facts(new: NewOrganisation) -> dict[str, Any]:
    status = Organisation.Status.REHEARSAL if new.rehearsal else Organisation.Status.LIVE
    colour = {"brand_colour": new.brand_colour.lower()} if new.brand_colour else {}
    return {
        "standing": new.standing,
        "nation": new.nation,
        "status": status,
        "short_name": " ".join(new.short_name.split()),
        "year_starts_month": new.year_starts_month,
        **colour,
    }
