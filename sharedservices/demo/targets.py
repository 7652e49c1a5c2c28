"""What each partner agreed with the centre: targets and the two lines under them."""

from datetime import date
from decimal import Decimal

from core.scope import scope
from sharedservices.demo.people import Place
from sla.services import set_target
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


def agree_targets(place: Place, *, since: date, today: date) -> None:
    """The targets of the service agreement, in force from the first month that is measured."""
    agreed = dict(TARGETS)
    if place.partner.kind == Organisation.Kind.NHS_TRUST:
        agreed |= NHS_TARGETS
    by = place.actor(Role.FINANCE_MANAGER, today)
    with scope(acting=place.organisation_id):
        for code, lines in agreed.items():
            met_at, approaching, inadequate = (Decimal(line) for line in lines)
            set_target(
                indicator_code=code,
                valid_from=since,
                lines=(met_at, approaching, inadequate),
                by=by,
            )
