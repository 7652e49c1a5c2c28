"""Who works for more than one organisation or unit: lent to others, or in two posts at once."""

from datetime import date, timedelta

from django.utils import timezone

from approvals.models import Request
from approvals.services import decide
from core.actors import Actor
from core.scope import scope
from hr.models import StaffRequest
from hr.selectors.bearing import others
from hr.selectors.people import staff as staff_of
from hr.selectors.posts import points_of, position_of
from hr.services.requests import request_joint_post, request_secondment
from sharedservices.demo.history import leaves
from sharedservices.demo.people import Place
from tenants.roles import Role

LENT = ((10_000, "To bring up the shared service"), (6_000, "Two bodies plan the work as one"))
YEAR = timedelta(days=364)
A_DAY = 7 * 60 + 24  # minutes


def lend_people(place: Place, *, from_on: date, today: date) -> None:
    """Two people work for others for a year: one whole, one for a part of the cost. A third has
    another post besides, of which another organisation bears a half. Nothing without others."""
    hr = place.actor(Role.HR_OFFICER, today)
    boss = place.actor(Role.PAYROLL_OFFICER, today)
    with scope(acting=place.organisation_id):
        hosts = others(place.organisation_id)
        if not hosts:
            return
        known = {member.email(place.partner.slug) for member in place.partner.people}
        rows = staff_of(hr, from_on).filter(assignment__number=1, to_on=None)
        rows = rows.exclude(assignment__employment__person__email__in=known)
        # The last by name: others have stories of their own.
        *lent, joint = [row.assignment for row in rows.reverse()[: len(LENT) + 1]]
        for number, (job, (part, reason)) in enumerate(zip(lent, LENT, strict=True)):
            host = hosts[-1 - number % len(hosts)]
            asked = request_secondment(
                assignment=job, host_id=host.id, ten_thousandths=part, from_on=from_on,
                last_on=from_on + YEAR, reason=reason, by=hr,
            )  # fmt: skip
            _agree(asked, boss)
        unit = leaves(place.partner)[-1]
        post = position_of(place.organisation_id, f"{unit}-02")
        assert post is not None
        asked = request_joint_post(
            assignment=joint, position=post, pay_point=points_of(post, from_on)[0],
            weekly_minutes=A_DAY, from_on=from_on, by=hr,
            cost_centres=f"{unit}:50; {hosts[-1].slug}:50",
            reason="One day a week for the plan that both bodies make",
        )  # fmt: skip
        _agree(asked, boss)


def _agree(asked: StaffRequest, boss: Actor) -> None:
    waits = Request.objects.get(subject_key="hr.request", subject_id=asked.pk)
    decide(request=waits, decision="approve", comment="", by=boss, as_of=timezone.now())
