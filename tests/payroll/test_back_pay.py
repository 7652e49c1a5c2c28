"""Back pay: what closed periods should have paid, as known now, less what was paid for them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.actors import Actor
from core.invariants import problems
from core.scope import scope
from hr.models import Assignment, Employment, PayPoint, PayScale, PayValue, Placement
from hr.selectors.pay import pay_facts
from hr.services.proposing import NewRegrading, propose_regrading
from hr.services.requests import request_change
from payroll.models import PayException, PayPeriod, PayRun, Payslip
from payroll.models import PayslipLine as Line
from payroll.paying.back import within
from payroll.paying.basic import pieces_of
from payroll.paying.inputs import Shared
from payroll.selectors.slips import explained, sentences
from payroll.services.replaying import replay
from tests.hr.record import agree, load
from tests.hr.test_awards import agreed
from tests.hr.test_regrading import point_of
from tests.payroll.pay_runs import calculated, committed, group, payroll, periods, person
from tests.world import World

Office = tuple[Actor, Actor, list[PayPeriod]]


@pytest.fixture
def office(world: World) -> Office:
    """The payroll officer of two people, the second person, and the periods of their group."""
    by = payroll(world, person(1), person(2))
    with scope(acting=by.organisation_id):
        days = periods(group(by))
    return by, world.actor("finance_manager@eastmere"), days


def change(world: World, number: int, from_on: date, **given: Any) -> None:
    """A change of a job that is agreed to now, from a day on that may lie behind."""
    hr = world.actor("hr_officer@eastmere")
    with scope(acting=hr.organisation_id):
        job = Assignment.objects.get(employment__number=number, number=1)
        asked = request_change(assignment=job, from_on=from_on, reason="Late", by=hr, **given)
        agree(asked, world)


def gross(by: Actor, number: int) -> int:
    with scope(acting=by.organisation_id):
        return sum(Payslip.objects.filter(number=number).values_list("gross_pence", flat=True))


def back(run: PayRun) -> dict[int, int]:
    """Back pay of a run by the number of the person."""
    with scope(acting=run.organisation_id):
        rows = Line.objects.filter(payslip__pay_run=run, kind="back")
        return dict(rows.values_list("payslip__number", "amount_pence"))


def test_back_pay_of_a_late_change_equals_having_known_it(world: World, office: Office) -> None:
    by, boss, (first, second, third, *_) = office
    committed(calculated(by, first), by, boss)
    # One person's hours change from the middle of the month that is paid, and nobody knew.
    middle = first.starts_on + timedelta(days=12)
    change(world, 1, middle, weekly_minutes=30 * 60)
    run = committed(calculated(by, second), by, boss)
    with scope(acting=by.organisation_id):
        slip = Payslip.objects.get(pay_run=run, number=1)
        line = Line.objects.get(payslip=slip, kind="back")
        assert line.origin_id == first.pk
        assert line.amount_pence < 0
        assert slip.net_pence == sum(slip.lines.values_list("amount_pence", flat=True))
        assert PayException.objects.filter(pay_run=run, cause="taken_back").count() == 1
        found = explained(slip)
        assert found.agrees
        said = next(one for one in found.lines if one.name.startswith("Back pay, "))
        assert "hours are 30 a week instead of 37" in said.workings[0].lower()
        assert any("Back pay, " in one and "less, because" in one for one in sentences(found))
        assert replay(pay_run=run, by=by).agrees
        assert list(problems(by.organisation_id)) == []
    assert 2 not in back(run)
    # Known in time, both months would have paid the same together.
    paid = gross(by, 1)
    known = _known_in_time(by, first) + _known_in_time(by, second)
    assert paid == known
    # What was corrected is not corrected again.
    assert back(calculated(by, third)) == {}


def _known_in_time(by: Actor, period: PayPeriod) -> int:
    """The basic pay of the first person for a period as it is known today, worked out alone."""
    with scope(acting=by.organisation_id):
        run = PayRun.objects.get(period=period)
        shared = Shared.read(run.inputs)
        one = Employment.objects.get(number=1)
        facts = pay_facts(
            by.organisation_id, [one.pk], first=shared.first, until=shared.until, on=shared.day,
            known_at=timezone.now(),
        )  # fmt: skip
        return int(pieces_of(shared, facts).amount.sum())


def test_several_periods_and_several_corrections_add_up(world: World, office: Office) -> None:
    by, boss, (first, second, third, fourth, *_) = office
    committed(calculated(by, first), by, boss)
    committed(calculated(by, second), by, boss)
    with scope(acting=by.organisation_id):
        higher = PayPoint.objects.get(point="06", grade="G2")
    change(world, 1, first.starts_on, pay_point=higher)
    run = committed(calculated(by, third), by, boss)
    with scope(acting=by.organisation_id):
        lines = Line.objects.filter(payslip__pay_run=run, kind="back").order_by("place")
        assert [one.origin_id for one in lines] == [first.pk, second.pk]
        assert all(one.amount_pence > 0 for one in lines)
    # The correction is itself corrected: hours from the second month on.
    change(world, 1, second.starts_on, weekly_minutes=35 * 60)
    run = committed(calculated(by, fourth), by, boss)
    with scope(acting=by.organisation_id):
        lines = Line.objects.filter(payslip__pay_run=run, kind="back").order_by("place")
        assert [one.origin_id for one in lines] == [second.pk, third.pk]
    assert gross(by, 1) == sum(_known_in_time(by, one) for one in (first, second, third, fourth))


def test_a_value_of_a_point_that_became_known_late_is_paid_back_to_all(
    world: World, office: Office
) -> None:
    by, boss, (first, second, *_) = office
    committed(calculated(by, first), by, boss)
    with scope(acting=by.organisation_id):
        used = Placement.objects.values_list("pay_point_id", flat=True)
        for value in PayValue.objects.filter(pay_point_id__in=used, to_on__isnull=True):
            PayValue.objects.filter(pk=value.pk).update(to_on=first.starts_on)
            value.pk, value.from_on, value.recorded_at = None, first.starts_on, timezone.now()
            value.annual_pence += 120_00
            value.save(force_insert=True)
    run = calculated(by, second)
    found = back(run)
    # £120 more a year is £10 more a month.
    assert found == {1: 1000, 2: 1000}
    with scope(acting=by.organisation_id):
        slip = Payslip.objects.get(pay_run=run, number=2)
        assert slip.taxable_pence > 0
        assert slip.pension_pence > 0


def test_a_mass_regrading_is_paid_back_by_person_and_period(world: World, office: Office) -> None:
    by, boss, (first, second, *_) = office
    committed(calculated(by, first), by, boss)
    with scope(acting=by.organisation_id):
        scale, top = PayScale.objects.get(code="njc"), point_of("G3")
        new = NewRegrading(scale, first.starts_on, "G2", "G3", {"05": top})
        hr = world.actor("hr_officer@eastmere")
        agreed(world, propose_regrading(new=new, reason="Job evaluation", by=hr))
    run = calculated(by, second)
    found = back(run)
    assert found.keys() == {1, 2} and min(found.values()) > 0
    with scope(acting=by.organisation_id):
        slip = Payslip.objects.get(pay_run=run, number=1)
        shown = explained(slip)
        assert shown.agrees
        line = next(one for one in shown.lines if one.name.startswith("Back pay, "))
        assert f"The point is G3, {top} instead of G2, 05" in line.workings[0]
    assert gross(by, 1) == sum(_known_in_time(by, one) for one in (first, second))


def test_who_started_before_it_was_known_is_paid_for_all_of_it(
    world: World, office: Office
) -> None:
    by, boss, (first, second, *_) = office
    committed(calculated(by, first), by, boss)
    hr = world.actor("hr_officer@eastmere")
    with scope(acting=by.organisation_id):
        load(hr, person(3, employed_from=first.starts_on.isoformat(),
                          **{"from": first.starts_on.isoformat()}), name="late.csv")  # fmt: skip
    run = calculated(by, second)
    with scope(acting=by.organisation_id):
        three, one = (Payslip.objects.get(pay_run=run, number=n) for n in (3, 1))
        assert three.gross_pence == 2 * one.gross_pence


def test_a_line_of_back_pay_has_to_name_its_period(world: World, office: Office) -> None:
    by, _, (first, *_) = office
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        line = Line.objects.filter(payslip__pay_run=run).order_by("id")[0]
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO payroll_payslipline (organisation_id, payslip_id, place, kind, job,"
                " amount_pence) VALUES (%s, %s, 99, 'back', 1, 5)",
                [by.organisation_id, line.payslip_id],
            )


ENTRIES = st.lists(st.integers(-5_000, 5_000).filter(bool), max_size=6)


def entries(amounts: list[int]) -> Iterator[list[Any]]:
    for number, pence in enumerate(amounts):
        yield [number, f"2026-0{number + 1}-01", "", 1, 0, 0, pence, "why"]


# The first draw after tests of the database may wait for their memory to be collected.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(ENTRIES, st.integers(-100, 8_000))
def test_no_more_is_taken_than_the_pay_and_nothing_owed_is_kept(
    amounts: list[int], available: int
) -> None:
    kept = within(list(entries(amounts)), available)
    total = sum(one[6] for one in kept)
    owed = sum(max(pence, 0) for pence in amounts)
    assert sum(max(one[6], 0) for one in kept) == owed
    assert total >= -max(available, 0)
    # All that can be taken is taken.
    assert total == max(sum(amounts), -max(available, 0))
