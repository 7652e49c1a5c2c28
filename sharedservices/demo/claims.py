"""Claims and attachment orders of a partner, and a pay award to decide on."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from approvals.models import Request
from approvals.services import decide
from core.actors import Actor
from core.scope import scope
from hr.models import PayScale
from hr.selectors.allowances import claimed_terms, term_of
from hr.selectors.awards import Terms
from hr.selectors.jobs import employments_numbered
from hr.selectors.pay import job_rates
from hr.selectors.people import staff as staff_of
from hr.services.awards import propose_award
from hr.services.proposing import NewRegrading, propose_regrading
from payroll.claimed import NewItem
from payroll.services.claims import create_element, make_claim
from payroll.services.notices import NewNotice, record_notice
from payroll.services.orders import NewOrder, end_order, enter_order
from payroll.services.recovery import NewPlan, enter_plan
from sharedservices.demo.pay import last_run
from sharedservices.demo.people import Place
from sharedservices.demo.suppliers import COUNCIL_TAX, DEBTS
from tenants.roles import Role

HOURS: dict[str, Any] = {"basis": "hours", "taxed": True, "pensionable": False}
AMOUNT: dict[str, Any] = {"basis": "amount", "percent": 0, "pensionable": False}
ELEMENTS: tuple[dict[str, Any], ...] = (
    {"code": "EXTRA", "name": "Additional hours", **HOURS, "percent": 100, "pensionable": True},
    {"code": "OT150", "name": "Overtime at time and a half", **HOURS, "percent": 150},
    {"code": "OT200", "name": "Overtime at double time", **HOURS, "percent": 200},
    {"code": "TRAVEL", "name": "Travel and subsistence", **AMOUNT, "taxed": False},
    {"code": "HONOR", "name": "Honorarium", **AMOUNT, "taxed": True},
)
ENHANCED: dict[str, Any] = {"basis": "enhanced", "percent": 0, "taxed": True, "pensionable": True}
SESSIONS: dict[str, Any] = {**ENHANCED, "basis": "sessions", "pensionable": False}
# Set up where the terms have them: under which name, and how much somebody did.
OF_THE_TERMS: tuple[tuple[dict[str, Any], dict[str, int]], ...] = (
    ({"code": "NIGHT", "name": "Nights and Saturdays", **ENHANCED}, {"minutes": 600}),
    ({"code": "SUNDAY", "name": "Sundays and public holidays", **ENHANCED}, {"minutes": 450}),
    ({"code": "STANDBY", "name": "Standby", **SESSIONS}, {"sessions": 2}),
)
ON_THE_ROTA, WAITING, UNSOCIAL = 60, 3, 12


def unsocial(people: list[int], on: date, *, by: Actor) -> list[NewItem]:
    """Nights, Sundays and standby of some people, as the terms of this employer have them."""
    names = [element["code"] for element, _ in OF_THE_TERMS]
    terms = claimed_terms(by.organisation_id, names)
    found: list[NewItem] = []
    numbers = {one.pk: one.number for one in employments_numbered(by.organisation_id, set(people))}
    jobs = job_rates(by.organisation_id, [(key, 1, on) for key in numbers], timezone.now())
    for element, done in OF_THE_TERMS:
        if not any(one.claimed_as == element["code"] for one in terms):
            continue
        create_element(**element, by=by)
        found += [
            NewItem(100 + len(found), numbers[key], element["code"], on, note="Winter rota", **done)
            for (key, _, _), job in jobs.items()
            if term_of(terms, element["code"], job.scale, job.grade, on)
        ]
    return found


def leave_claims(place: Place, *, today: date) -> None:
    """What can be claimed, a file that the next pay run pays, and some claims to decide on."""
    by = place.actor(Role.PAYROLL_OFFICER, today)
    boss = place.actor(Role.FINANCE_MANAGER, today)
    with scope(acting=place.organisation_id):
        for element in ELEMENTS:
            create_element(**element, by=by)
        on = today - timedelta(days=9)
        jobs = staff_of(place.actor(Role.HR_OFFICER, today), on)
        # Nobody of the story claims here: who decides may not decide on their own pay.
        cast = [person.pk for person in place.people.values()]
        jobs = jobs.filter(assignment__number=1).exclude(assignment__employment__person_id__in=cast)
        jobs = jobs.order_by("assignment__employment__number")
        people = [one.assignment.employment.number for one in jobs[: ON_THE_ROTA + WAITING]]
        rota = [
            NewItem(
                2 + n, number, "OT150" if n % 3 else "OT200", on - timedelta(days=n % 5),
                minutes=60 + 30 * (n % 7), note="Winter rota",
            )
            for n, number in enumerate(people[:ON_THE_ROTA])
        ]  # fmt: skip
        rota += unsocial(people[:UNSOCIAL], on, by=by)
        claim = make_claim(items=rota, reason="Winter rota", name="winter-rota.csv", by=by)
        asked = Request.objects.get(subject_key="payroll.claim", subject_id=claim.pk)
        decide(request=asked, decision="approve", comment="", by=boss, as_of=timezone.now())
        for n, number in enumerate(people[ON_THE_ROTA:]):
            trip = NewItem(1, number, "TRAVEL", on, amount_pence=1_840 + 725 * n, note="By train")
            make_claim(items=[trip], reason="Meeting of the partnership", by=by)

        leave_orders(people, on, by=by)


def leave_orders(people: list[int], on: date, *, by: Actor) -> None:
    """Benefit debts and council tax to take, one of them recalled; an overpayment to give back."""
    orders = (
        NewOrder("direct_earnings", "DEA 4471-0932", DEBTS,
                 made_on=on - timedelta(days=21), received_on=on, debt_pence=186_420),
        NewOrder("council_tax_england", "CT 7718204", COUNCIL_TAX,
                 made_on=on - timedelta(days=6), received_on=on, debt_pence=91_255),
        NewOrder("council_tax_england", "CT 7702961", COUNCIL_TAX,
                 made_on=on - timedelta(days=40), received_on=on, debt_pence=12_800),
    )  # fmt: skip
    for someone, order in zip(employments_numbered(by.organisation_id, people[:3]), orders,
                              strict=True):  # fmt: skip
        made = enter_order(employment=someone, order=order, by=by)
    end_order(order=made, reason="Paid to the council direct", by=by)
    plan = NewPlan(on - timedelta(days=30), "Night shift entered twice", 312_40, 214_75, 60_00,
                   agreed_on=on, from_on=on, protected_pence=900_00)  # fmt: skip
    (someone,) = employments_numbered(by.organisation_id, people[3:4])
    enter_plan(employment=someone, plan=plan, by=by)
    notices = (
        NewNotice(on, "SL1 of HMRC, plan 2", loans="2"),
        NewNotice(on, "SL1 and PGL1 of HMRC", loans="1+PGL"),
        NewNotice(on, "SL1 of HMRC, plan 5", loans="5"),
        NewNotice(on, "SL1 of HMRC, plan 4", loans="4"),
        NewNotice(on, "Authority to give, Air Ambulance", gift_pence=10_00),
        NewNotice(on, "Agreement, cycle to work", sacrifice_pence=45_50),
    )
    whose = employments_numbered(by.organisation_id, people[4:10])
    for one, notice in zip(whose, notices, strict=True):
        record_notice(employment=one, notice=notice, by=by)


def leave_award(place: Place, *, today: date) -> None:
    """A rise of the scale from the month that was paid already: agreed to, it brings back pay."""
    by = place.actor(Role.HR_OFFICER, today)
    with scope(acting=place.organisation_id):
        paid = last_run(place)
        if paid is None:
            return
        scale = PayScale.objects.get(code="njc")
        terms = Terms(
            scale, paid.period.starts_on, percent_hundredths=320, least_pence=0, whole_pounds=True
        )
        propose_award(terms=terms, reason="Award of this year, agreed late", by=by)


def leave_regrading(place: Place, *, today: date) -> None:
    """One kind of post was evaluated anew: from the next month on a grade higher, if agreed to."""
    by = place.actor(Role.HR_OFFICER, today)
    from_on = (today.replace(day=1) + timedelta(days=31)).replace(day=1)
    with scope(acting=place.organisation_id):
        scale = PayScale.objects.get(code="local")
        new = NewRegrading(scale, from_on, from_grade="L1", to_grade="L2")
        propose_regrading(new=new, reason="Museum attendants were evaluated anew", by=by)
