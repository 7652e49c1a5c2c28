"""Accounts that people asked their pay to go to, and what the payroll service costs."""

from dataclasses import replace
from datetime import date, timedelta

from django.utils import timezone

from core.scope import scope
from hr.selectors.people import staff
from hr.services.accounts import NewAccount, ask_account, stop_account
from payroll.models import Payslip
from payroll.services.costs import record_service_cost
from sharedservices.demo.people import Place
from tenants.roles import Role

FIRST = 20  # of the list by name, so that nobody of the story is among them
WANTED = (
    NewAccount("309634", "40817263", "", ""),
    NewAccount("200415", "51726384", "", "4471/90812 C"),
    # Two people and one account: it stands out in the list of payroll.
    NewAccount("309634", "62738495", "", ""),
    NewAccount("309634", "62738495", "", ""),
)
PENCE_A_PAYSLIP = (452, 447)


def leave_account_changes(place: Place, *, today: date) -> None:
    """Some people changed where their pay goes since this morning; one of them stopped it."""
    by, now = place.actor(Role.PAYROLL_OFFICER, today), timezone.now()
    cast = [person.pk for person in place.people.values()]
    with scope(acting=place.organisation_id):
        jobs = staff(place.actor(Role.HR_OFFICER, today), today).filter(assignment__number=1)
        jobs = jobs.exclude(assignment__employment__person_id__in=cast)
        people = [one.assignment.employment for one in jobs[FIRST : FIRST + len(WANTED)]]
        for someone, new in zip(people, WANTED, strict=True):
            own = replace(by, person_id=someone.person_id, name=someone.name)
            asked = ask_account(new=replace(new, account_name=someone.name[:60]), by=own, at=now)
            if new.reference:
                stop_account(change=asked, reason="", by=own, at=now)


def record_costs(place: Place, *, today: date) -> None:
    """What payroll cost in the month that was paid, and for the few in the one before."""
    boss = place.actor(Role.FINANCE_MANAGER, today)
    with scope(acting=place.organisation_id):
        slips = Payslip.objects.filter(organisation_id=place.organisation_id)
        last = slips.order_by("-pays_on").values_list("pays_on", flat=True)[0].replace(day=1)
        for back, pence in enumerate(PENCE_A_PAYSLIP):
            month = (last - timedelta(days=27 * back)).replace(day=1)
            made = slips.filter(pays_on__year=month.year, pays_on__month=month.month).count()
            record_service_cost(
                month=month, cost_pence=pence * made, found_by="Charge of the centre",
                by=boss, at=timezone.now(),
            )  # fmt: skip
