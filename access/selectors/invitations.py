"""Who was sent a link and has not come in by it."""

from core.actors import Actor
from events.selectors import trail_here
from tenants.models import Person
from tenants.selectors import people_waiting

FOUNDED = "tenants.organisation.founded"


def waiting_for_link(by: Actor) -> dict[str, Person]:
    """By the address of the organisation, those whom the centre that is acted for sent a link when
    it was founded, and who have neither chosen a password nor signed in since."""
    told = trail_here(by.organisation_id, verb=FOUNDED).values_list("data", flat=True)
    people = {data["slug"]: data["person_id"] for data in told if "slug" in data}
    waiting = people_waiting(people.values())
    return {slug: waiting[key] for slug, key in people.items() if key in waiting}
