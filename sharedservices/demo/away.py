"""Who is away at a partner: two are sick, one of them with stated earnings, one has a child."""

from datetime import date, timedelta

from django.utils import timezone

from core.scope import scope
from hr.models import Evidence
from hr.selectors.people import staff as staff_of
from hr.services.absences import NewAbsence, record_absences
from payroll.services.statutory import NewEarnings, state_earnings
from sharedservices.demo.people import Place
from tenants.roles import Role

SERVED, APART = timedelta(days=500), 7
PAPER = "Payslips of the payroll before"


def be_away(place: Place, *, today: date) -> None:
    """Three people without a part in the story; the next pay shows lines and an exception."""
    hr = place.actor(Role.HR_OFFICER, today)
    by = place.actor(Role.PAYROLL_OFFICER, today)
    with scope(acting=place.organisation_id):
        cast = [person.pk for person in place.people.values()]
        jobs = staff_of(hr, today).filter(assignment__number=1, to_on__isnull=True)
        jobs = jobs.exclude(assignment__employment__person_id__in=cast)
        jobs = jobs.filter(assignment__employment__from_on__lt=today - SERVED)
        jobs = jobs.order_by("assignment__employment__number")
        people = [one.assignment.employment for one in jobs[: 3 * APART : APART]]
        begun = today - timedelta(days=9)
        new = (
            NewAbsence("sickness", begun, evidence=Evidence.SELF, reason="Influenza"),
            NewAbsence("sickness", begun, evidence=Evidence.FIT_NOTE, reason="Back pain"),
            NewAbsence(
                "maternity", begun, event_on=today + timedelta(days=40),
                notice_on=today - timedelta(days=60), evidence=Evidence.BIRTH,
            ),
        )  # fmt: skip
        absences = list(zip(people, new, strict=False))
        made = record_absences(absences=absences, by=hr, at=timezone.now())
        for one in made[1:]:
            stated = NewEarnings(3_600_00, 2, "months", PAPER)
            state_earnings(absence=one, stated=stated, by=by)
