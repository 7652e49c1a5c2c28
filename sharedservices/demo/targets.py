"""What each partner agreed with the centre: targets and the two lines under them."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from approvals.models import Request
from approvals.services import decide
from core.actors import Actor, system_actor
from core.scope import scope
from sharedservices.demo.people import Place
from sla.services import propose_target, set_target
from tenants.models import Organisation
from tenants.roles import Role

# Met at, approaching, inadequate beyond.
TARGETS = {
    "AP-03": ("95", "90", "80"),
    "AP-07": ("25", "28", "30"),
    "AP-13": ("12", "15", "20"),
    "AP-14": ("85", "82", "60"),
    "AP-16": ("10", "12", "15"),
}
NHS_TARGETS = {"AP-04": ("95", "90", "80"), "AP-05": ("95", "90", "80")}


def agree_targets(place: Place, *, since: date) -> None:
    """The targets of the service agreement, in force from the first month that is measured."""
    agreed = dict(TARGETS)
    if place.partner.kind == Organisation.Kind.NHS_TRUST:
        agreed |= NHS_TARGETS
    by = system_actor(place.organisation_id, "Service agreement")
    with scope(acting=place.organisation_id):
        for code, lines in agreed.items():
            met_at, approaching, inadequate = (Decimal(line) for line in lines)
            set_target(
                indicator_code=code,
                valid_from=since,
                lines=(met_at, approaching, inadequate),
                by=by,
            )


# From the next month on: this one was agreed, the other waits for the partner's finance manager.
AGREED = ("AP-13", ("10", "13", "18"), "Half of the files come as e-invoices now.")
WAITING = ("AP-03", ("97", "92", "85"), "The board asked for more than the law does.")


def change_targets(place: Place, *, manager: Actor, today: date) -> None:
    """The manager of the centre proposed two others; the partner agreed to one so far."""
    boss = place.actor(Role.FINANCE_MANAGER, today)
    begins = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    with scope(acting=place.organisation_id):
        for code, lines, why in (AGREED, WAITING):
            met_at, approaching, inadequate = (Decimal(line) for line in lines)
            made = propose_target(
                indicator_code=code,
                valid_from=begins,
                lines=(met_at, approaching, inadequate),
                reason=why,
                by=manager,
            )
            if code == AGREED[0]:
                key = {"subject_key": "sla.target_change", "subject_id": made.pk}
                request = Request.objects.get(organisation_id=place.organisation_id, **key)
                decide(request=request, decision="approve", by=boss, as_of=timezone.now())
