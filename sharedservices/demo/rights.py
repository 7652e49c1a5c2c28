"""Who may do what in the demonstration: cover, duties that conflict, a late review, a look."""

from datetime import date, timedelta

from django.utils import timezone

from access.selectors.reviews import Sought
from access.services.conflicts import agree_acceptance, ask_acceptance
from access.services.grants import grant_right
from access.services.invitations import invite
from access.services.reviews import confirm_rights, open_review
from core.actors import Actor
from core.scope import scope
from finance.models import SupplierBank
from finance.services.suppliers import look_at_bank
from sharedservices.demo.people import Place
from tenants.roles import Role

# Who may enter invoices for the unit whose budget they hold.
DOUBLED = (("Nadia Rahmani", "H90"), ("Peter Arkwell", "H40"))

INVITED = "Joanna Tull"


def give_cover(place: Place, *, today: date) -> None:
    """The administrator has let somebody stand in for the holder of a budget, for four weeks."""
    by = place.actor(Role.ADMINISTRATOR, today)
    with scope(acting=place.organisation_id):
        grant_right(
            person=place.people["Tom Adeyemi"],
            role=Role.MANAGER,
            unit_id=place.units["H11"].pk,
            limit_pence=500_00,
            from_on=today,
            until=today + timedelta(days=28),
            reason="Orders salt for the winter service while it is understaffed.",
            by=by,
            today=today,
        )


def double_up(place: Place, *, today: date) -> None:
    """Two holders of budgets enter invoices too: one conflict accepted, one to be remedied."""
    by, second = (place.actor(role, today) for role in (Role.ADMINISTRATOR, Role.FINANCE_MANAGER))
    at = timezone.now()
    with scope(acting=place.organisation_id):
        for name, unit in DOUBLED:
            grant_right(
                person=place.people[name],
                role=Role.FINANCE_OFFICER,
                unit_id=place.units[unit].pk,
                from_on=today,
                reason="Enters what suppliers send to the department itself.",
                by=by,
                today=today,
            )
        row = ask_acceptance(
            person=place.people[DOUBLED[0][0]],
            key="invoice_approve",
            until=today + timedelta(days=60),
            reason="Until the second clerk starts. Finance looks at each invoice over £500.",
            by=by,
            at=at,
            today=today,
        )
        agree_acceptance(number=row.pk, by=second, at=at, today=today)


def review_rights(place: Place, *, today: date) -> None:
    """A review of rights that should have been done last week: holders of budgets are left."""
    by, began = place.actor(Role.ADMINISTRATOR, today), today - timedelta(days=30)
    at = timezone.now()
    with scope(acting=place.organisation_id):
        due_on, opened_at = today - timedelta(days=6), at - timedelta(days=30)
        review = open_review(due_on=due_on, by=by, at=opened_at, today=began)
        for role in (Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, Role.AUDITOR):
            sought = Sought(role=role)
            confirm_rights(number=review.pk, sought=sought, lines=None, by=by, at=at, today=today)


def invite_again(place: Place, *, today: date) -> None:
    """Somebody lost their password: the link with which to choose another is not used yet."""
    by, who = place.actor(Role.ADMINISTRATOR, today), place.people[INVITED]
    with scope(acting=place.organisation_id):
        invite(person_id=who.pk, by=by, at=timezone.now())


def look_into_bank(place: Place, agent: Actor) -> None:
    """Somebody of the centre has looked at bank details in full, which the county sees."""
    with scope(acting=place.organisation_id):
        rows = SupplierBank.objects.filter(organisation_id=place.organisation_id)
        bank = rows.select_related("supplier").order_by("id")[0]
        look_at_bank(bank=bank, reason="The supplier rang about a payment.", by=agent)
