"""Days worked in a family leave: pay goes on for them, and up to a number statutory pay stays."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.errors import Refused
from core.scope import scope
from events.models import Event
from hr.models import Absence, Employment
from hr.services.absences import record_absence_terms, record_worked_day
from payroll.models import PayPeriod, PayRun, Payslip
from payroll.selectors.slips import explained
from payroll.services.runs import recalculate_some
from payroll.services.statutory import NewEarnings, state_earnings
from tests.calls import call, code
from tests.payroll.pay_runs import again, calculated, committed, group, payroll, periods, person
from tests.payroll.test_statutory_pay import agrees, away, lines, monday
from tests.world import World

WEEK, LOWER_WEEK, DAY = 450_00, 194_32, timedelta(days=1)
Office = tuple[Actor, Actor, Actor, list[PayPeriod]]


@pytest.fixture
def office(world: World) -> Office:
    """One person, whose basic pay stops in family leave."""
    by, hr = payroll(world, person(1)), world.actor("hr_officer@eastmere")
    with scope(acting=by.organisation_id):
        days = periods(group(by))
        record_absence_terms(
            sick_full=True, family_full=False, from_on=days[0].starts_on, by=hr, at=timezone.now()
        )
    return by, world.actor("finance_manager@eastmere"), hr, days


def leave(by: Actor, hr: Actor, begins: date, kind: str = "maternity", **given: Any) -> Absence:
    about = {"event_on": begins + timedelta(weeks=5), "notice_on": begins, "evidence": "birth"}
    found = away(hr, 1, kind=kind, from_on=begins, **{**about, **given})
    with scope(acting=by.organisation_id):
        stated = NewEarnings(4_000_00, 8, "weeks", "Payslips of the old payroll")
        state_earnings(absence=found, stated=stated, by=by)
    return found


def work(hr: Actor, found: Absence, *days: date, worked: bool = True) -> None:
    with scope(acting=hr.organisation_id):
        for one in days:
            facts = {"by": hr, "at": timezone.now()}
            record_worked_day(absence=found, worked_on=one, worked=worked, **facts)


def anew(by: Actor, run: PayRun) -> PayRun:
    with scope(acting=by.organisation_id):
        people = list(Employment.objects.values_list("pk", flat=True))
        recalculate_some(pay_run=run, employments=people, by=by)
    return again(run)


def words(run: PayRun, name: str = "Statutory maternity pay") -> Sequence[str]:
    with scope(acting=run.organisation_id):
        shown = explained(Payslip.objects.get(pay_run=run))
        assert shown.agrees
        (found,) = (one.workings for one in shown.lines if one.name == name)
    return found


def eleven(begins: date) -> list[date]:
    """Two days of the first week, all of the second, four of the third."""
    weeks = ((1, 2), range(5), range(4))
    return [begins + timedelta(weeks=n, days=d) for n, some in enumerate(weeks) for d in some]


def test_a_day_is_paid_as_work_and_the_eleventh_ends_the_statutory_pay_of_its_week(
    office: Office,
) -> None:
    by, boss, hr, (first, second, third, *_) = office
    committed(calculated(by, first), by, boss)
    begins = monday(second.starts_on)
    found = leave(by, hr, begins)
    run = calculated(by, second)
    before = lines(run)
    days = eleven(begins)
    work(hr, found, *days[:2])
    run = anew(by, run)
    now = lines(run)
    month = [second.starts_on + n * DAY for n in range(31)]
    working = sum(one.weekday() < 5 and one <= second.ends_on for one in month)
    assert now["smp"] == before["smp"]
    assert abs(now["stopped"] - before["stopped"] - before["basic"] * 2 / working) <= 1
    said = words(run)
    assert sum("of 10 that may be worked: the statutory pay of its week stays" in one
               for one in said) == 2, said  # fmt: skip
    work(hr, found, *days[2:])
    run = committed(anew(by, run), by, boss)
    now = lines(run)
    assert now["smp"] == before["smp"] - WEEK
    assert any("day 11 of 10" in one and "no statutory pay for its week" in one
               for one in words(run))  # fmt: skip
    agrees(by, run)
    # It is known later that they did not work on the last day: the week is paid after all.
    work(hr, found, days[-1], worked=False)
    run = committed(calculated(by, third), by, boss)
    with scope(acting=by.organisation_id):
        back = {line: due - had for line, due, had in Payslip.objects.get(
            pay_run=run).inputs["away_back"]}  # fmt: skip
    assert back["smp"] == WEEK
    assert abs(back["stopped"] + before["basic"] / working) <= 1
    agrees(by, run)


def test_in_shared_leave_twenty_days_may_be_worked_and_in_paternity_leave_none(
    office: Office,
) -> None:
    by, boss, hr, (first, second, *_) = office
    committed(calculated(by, first), by, boss)
    begins = monday(second.starts_on)
    facts = {"event_on": first.starts_on, "evidence": "declaration"}
    found = leave(by, hr, begins, "shared", last_on=begins + 13 * DAY, **facts)
    run = calculated(by, second)
    assert lines(run)["shpp"] == 2 * LOWER_WEEK
    work(hr, found, *(begins + n * DAY for n in range(12)))
    run = anew(by, run)
    assert lines(run)["shpp"] == 2 * LOWER_WEEK
    assert "day 12 of 20" in words(run, "Statutory shared parental pay")[-1]
    # All of another leave in the same two weeks is worked on one day.
    with scope(acting=by.organisation_id):
        Absence.objects.filter(number=found.number).update(kind="paternity")
    run = anew(by, run)
    assert "spp" not in lines(run)
    work(hr, found, *(begins + n * DAY for n in range(1, 12)), worked=False)
    run = anew(by, run)
    assert lines(run)["spp"] == LOWER_WEEK
    assert "day 1 of 0" in words(run, "Statutory paternity pay")[-1]


def test_a_day_lies_in_a_family_leave_and_is_recorded_once(
    world: World, office: Office, client: Client
) -> None:
    by, _, hr, (first, *_) = office
    begins = monday(first.starts_on)
    found = leave(by, hr, begins, last_on=begins + 20 * DAY)
    ill = away(hr, 1, kind="sickness", from_on=begins + 21 * DAY)
    work(hr, found, begins)
    for wrong, day, worked in (
        (found, begins, True), (found, begins - DAY, True), (found, begins + 21 * DAY, True),
        (ill, begins + 22 * DAY, True), (found, begins + DAY, False),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            work(hr, wrong, day, worked=worked)
        assert refused.value.code == "HRR39"
    with scope(acting=by.organisation_id):
        event = Event.objects.filter(verb="hr.absence.worked").order_by("-id")[0]
        assert event.data == {"number": found.number, "what": "recorded"}
        Employment.objects.update(person_id=hr.person_id)
        found.employment.refresh_from_db()
    with pytest.raises(Refused) as refused:
        work(hr, found, begins + DAY)
    assert refused.value.code == "HRR26"
    with scope(acting=by.organisation_id):
        Employment.objects.update(person_id=by.person_id)
    client.force_login(world.people["hr_officer@eastmere"])
    page = reverse("absence_worked", args=["eastmere", found.number])
    given = {"worked_on": (begins + DAY).isoformat(), "worked": "yes"}
    answer = client.post(page, given, follow=True)
    assert "2 of 10 that keep the pay of the week" in answer.content.decode()
    assert client.post(page, given).status_code == 422
    where = f"absences/{found.number}/worked/"
    body: dict[str, Any] = {"worked_on": (begins + DAY).isoformat(), "worked": False}
    answer = call(world, "hr_officer", where, body)
    assert answer.json() == {"absence": found.number, "worked": [begins.isoformat()]}
    assert code(call(world, "hr_officer", where, body)) == (422, "HRR39")
