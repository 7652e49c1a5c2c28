"""What was found out after the pay: somebody had left, hours of others came too late, and banks
returned the pay of a few."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from approvals.models import Request
from approvals.services import decide
from core.actors import Actor
from core.scope import scope
from finance.formats.bank_days import add_banking_days
from finance.paying.files import banking_holidays, last_day_to_submit
from hr.selectors.people import staff as staff_of
from hr.services.requests import request_leaver
from payroll.claimed import NewItem
from payroll.models import PayRun, Payslip
from payroll.services.claims import make_claim
from payroll.services.recovery import NewPlan, enter_plan
from payroll.services.returns import return_pay
from payroll.services.supplementary import Supplement, start_supplementary_run
from sharedservices.demo.pay import carry_through, last_run
from sharedservices.demo.people import Place
from tenants.roles import Role

UNIT = "H10"  # of the first manager
WORKED = 9  # days of the month that was paid whole
INSTALMENTS = 6
LATE = 2  # whose overtime came too late
HOURS_LATE, BANKING_DAYS_AFTER = 11, 3
# How pay came back, which code and words: of people behind those whose hours came late.
CAME_BACK = (
    ("returned", "B", "Account closed, as the letter of the bank says"),
    ("returned", "0", "Invalid details, told by the bank on the telephone"),
    ("unpaid", "", "Taken out by the bank's checks before it was sent"),
)


def find_out(place: Place, *, today: date) -> None:
    """A leaver was paid for a whole month and gives the rest back; two are paid what they missed.

    Nothing where nobody was paid yet.
    """
    with scope(acting=place.organisation_id):
        run = last_run(place)
        if run is None:
            return
        hr = place.actor(Role.HR_OFFICER, today)
        jobs = staff_of(hr, run.period.starts_on).filter(assignment__number=1, to_on=None)
        cast = [person.pk for person in place.people.values()]
        jobs = jobs.exclude(assignment__employment__person_id__in=cast).filter(
            position__scale__code="njc"
        )
        # In the middle of the list by name: the first and the last have stories of their own.
        jobs = jobs.filter(position__unit=place.units[UNIT])
        middle = jobs.count() // 2
        left, *late = [row.assignment for row in jobs[middle : middle + 1 + LATE]]
        leaver = request_leaver(
            assignment=left, last_on=run.period.starts_on + timedelta(days=WORKED - 1), by=hr,
            reason="Resigned; the manager sent the form after the pay",
        )  # fmt: skip
        by = place.actor(Role.PAYROLL_OFFICER, today)
        _agree(leaver.pk, "hr.request", by)
        _give_back(run, left.employment_id, today, by)
        numbers = [job.employment.number for job in late]
        on = run.period.starts_on + timedelta(days=WORKED)
        items = [NewItem(2 + n, number, "OT150", on, minutes=60 * HOURS_LATE, note="Flood watch")
                 for n, number in enumerate(numbers)]  # fmt: skip
        claim = make_claim(items=items, reason="Flood watch, sheets came late", by=by)
        _agree(claim.pk, "payroll.claim", place.actor(Role.MANAGER, today))
        rows = jobs[middle + 1 + LATE : middle + 1 + LATE + len(CAME_BACK)]
        _came_back(place, [row.assignment.employment.number for row in rows], today, by)
    _pay_late(place, run, numbers, today, by)


def _agree(subject: int, key: str, by: Actor) -> None:
    waits = Request.objects.get(subject_key=key, subject_id=subject)
    decide(request=waits, decision="approve", comment="", by=by, as_of=timezone.now())


def _came_back(place: Place, numbers: list[int], today: date, by: Actor) -> None:
    """Pay whose day is over: none comes back before it."""
    run = last_run(place, today)
    if run is None:
        return
    paid = Payslip.objects.filter(pay_run=run, number__in=numbers).order_by("number")
    numbers = list(paid.values_list("number", flat=True))
    for number, (kind, code, reason) in zip(numbers, CAME_BACK, strict=False):
        about = {"kind": kind, "code": code, "reason": reason}
        return_pay(pay_run=run, employee=number, by=by, at=timezone.now(), **about)


def _give_back(run: PayRun, employment: int, today: date, by: Actor) -> None:
    slip = Payslip.objects.select_related("employment").get(pay_run=run, employment_id=employment)
    days = run.period.ends_on.day
    gross, net = (pence * (days - WORKED) // days for pence in (slip.gross_pence, slip.net_pence))
    plan = NewPlan(
        overpaid_on=min(run.pays_on, today), why="Paid for a month of which they worked nine days",
        gross_pence=gross, net_pence=net, instalment_pence=-(-gross // INSTALMENTS),
        agreed_on=today, from_on=today,
    )  # fmt: skip
    enter_plan(employment=slip.employment, plan=plan, by=by)


def _pay_late(place: Place, run: PayRun, numbers: list[int], today: date, by: Actor) -> None:
    pays_on = add_banking_days(run.pays_on, BANKING_DAYS_AFTER, banking_holidays(run.pays_on))
    submit_on = last_day_to_submit(pays_on)
    assert submit_on is not None
    at = datetime.combine(submit_on, time(10), UTC) if submit_on < today else timezone.now()
    supplement = Supplement(numbers, pays_on, "Overtime of the flood watch, which came late")
    with scope(acting=place.organisation_id):
        more = start_supplementary_run(period=run.period, supplement=supplement, by=by, at=at)
    carry_through(place, more, today=today, at=at)
