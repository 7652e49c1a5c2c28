"""Somebody who holds conflicting duties, and its acceptance."""

from django.utils import timezone

from access.models import ConflictAcceptance
from access.services.conflicts import agree_acceptance, ask_acceptance
from core.scope import scope
from tenants.roles import Role
from tenants.services import create_person, give_role
from tests.world import SINCE, World

KEY = "invoice_pay"


def accepted_conflict(
    world: World,
    slug: str,
    *,
    name: str = "Two Hats",
    reason: str = "Only two here",
    times: int = 1,
) -> ConflictAcceptance:
    """A newcomer enters and releases, which was accepted so many times; the newest is returned."""
    today, at = timezone.localdate(), timezone.now()
    email = f"{name.lower().replace(' ', '.')}@{slug}.example"
    person = create_person(email=email, name=name)
    asker, second = (world.actor(f"{who}@{slug}") for who in ("administrator", "finance_manager"))
    given = {"person": person, "key": KEY, "until": today, "reason": reason, "by": asker}
    with scope(acting=world.id(slug)):
        for role in (Role.FINANCE_OFFICER, Role.FINANCE_MANAGER):
            give_role(person=person, role=role, since=SINCE)
        for _ in range(times):
            row = ask_acceptance(**given, at=at, today=today)
            agree_acceptance(number=row.pk, by=second, at=at, today=today)
        row.refresh_from_db()
        return row
