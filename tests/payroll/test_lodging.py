"""The minimum wage in pay runs: lodging with the employer, and apprentices."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from core.actors import Actor
from core.scope import scope
from hr.models import Employment
from payroll.calculator.minimum_wage import MINIMUM_WAGE
from payroll.models import PayException, PayGroup, Payslip
from payroll.services.particulars import Particulars, change_particulars
from payroll.services.replaying import replay
from tests.payroll.pay_runs import calculated, committed, group, payroll, periods, person
from tests.world import World

A_DAY = 100_00


def said_of(by: Actor, number: int, **given: Any) -> None:
    with scope(acting=by.organisation_id):
        paid, whose = PayGroup.objects.get(), Employment.objects.get(number=number)
        to = Particulars(paid, "A", paid.scheme, **given)
        change_particulars(employment=whose, to=to, reason="Lodges", by=by, at=timezone.now())


def test_lodging_above_the_offset_lowers_what_counts_and_apprentices_need_less(
    world: World,
) -> None:
    by = payroll(world, *(person(number) for number in (1, 2, 3, 4)))
    with scope(acting=by.organisation_id):
        (first, *_) = periods(group(by))
    lodged, began = first.starts_on + timedelta(days=10), first.starts_on - timedelta(days=90)
    offset = MINIMUM_WAGE.on(first.starts_on).accommodation_daily
    said_of(by, 1, lodged_from=lodged, lodging_pence=A_DAY)
    said_of(by, 2, lodged_from=lodged)
    said_of(by, 3, lodged_from=first.starts_on, lodging_pence=offset)
    said_of(by, 4, lodged_from=lodged, lodging_pence=A_DAY // 2, apprentice_from=began)
    run = calculated(by, first)
    days = (first.ends_on - lodged).days + 1
    with scope(acting=by.organisation_id):
        short = PayException.objects.filter(pay_run=run, cause="minimum_wage")
        assert list(short.values_list("number", flat=True)) == [1]
        inputs = {one.number: one.inputs for one in Payslip.objects.filter(pay_run=run)}
    assert [inputs[n]["lodging"] for n in (1, 2)] == [[days, days * A_DAY], [days, 0]]
    assert inputs[4]["apprentice_from"] == began.isoformat()
    done = committed(run, by, world.actor("finance_manager@eastmere"))
    with scope(acting=by.organisation_id):
        assert replay(pay_run=done, by=by).agrees
