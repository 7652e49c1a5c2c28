"""Claims of a partner, a file of them approved and some waiting, and a pay award to decide on."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from approvals.models import Request
from approvals.services import decide
from core.scope import scope
from hr.models import PayScale
from hr.selectors.awards import Terms
from hr.selectors.people import staff as staff_of
from hr.services.awards import propose_award
from payroll.claimed import NewItem
from payroll.models import PayRun
from payroll.services.claims import create_element, make_claim
from sharedservices.demo.people import Place
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
ON_THE_ROTA, WAITING = 60, 3


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
        claim = make_claim(items=rota, reason="Winter rota", name="winter-rota.csv", by=by)
        asked = Request.objects.get(subject_key="payroll.claim", subject_id=claim.pk)
        decide(request=asked, decision="approve", comment="", by=boss, as_of=timezone.now())
        for n, number in enumerate(people[ON_THE_ROTA:]):
            trip = NewItem(1, number, "TRAVEL", on, amount_pence=1_840 + 725 * n, note="By train")
            make_claim(items=[trip], reason="Meeting of the partnership", by=by)


def leave_award(place: Place, *, today: date) -> None:
    """A rise of the scale from the month that was paid already: agreed to, it brings back pay."""
    by = place.actor(Role.HR_OFFICER, today)
    with scope(acting=place.organisation_id):
        paid = PayRun.objects.filter(state__in=PayRun.FINAL).select_related("period").first()
        if paid is None:
            return
        scale = PayScale.objects.order_by("code")[0]
        terms = Terms(
            scale, paid.period.starts_on, percent_hundredths=320, least_pence=0, whole_pounds=True
        )
        propose_award(terms=terms, reason="Award of this year, agreed late", by=by)
