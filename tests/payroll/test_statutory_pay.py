"""Statutory pay in pay runs: what is due, what basic pay becomes, late news, and HMRC's share."""

from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from core.actors import Actor
from core.errors import Refused
from core.invariants import problems
from core.scope import scope
from hr.models import Absence, Employment
from hr.services.absences import (
    NewAbsence,
    correct_absence,
    record_absence_terms,
    record_absences,
    withdraw_absence,
)
from payroll.models import LineKind, PayException, PayPeriod, PayRun, Payslip, PayslipLine
from payroll.models import Submission as Report
from payroll.paying.reckoned import NAMES
from payroll.selectors.slips import explained, sentences
from payroll.selectors.statutory import Recoverable, recoverable
from payroll.services.replaying import replay
from payroll.services.reporting import make_fps, take_fps
from payroll.services.runs import recalculate_some
from payroll.services.statutory import NewEarnings, state_earnings
from tests.payroll.pay_runs import (
    again,
    calculated,
    committed,
    group,
    payroll,
    periods,
    person,
    refer,
)
from tests.payroll.test_reports_to_hmrc import FPS, TOLD
from tests.world import World

Office = tuple[Actor, Actor, Actor, list[PayPeriod]]
BEGAN = {"employed_from": "2026-12-01", "from": "2026-12-01"}
WEEK_PENCE, DAY_PENCE = 123_25, 24_65


@pytest.fixture
def office(world: World) -> Office:
    """Payroll, the second person, HR and the periods; one person is paid since they began."""
    by = payroll(world, person(1, **{**BEGAN, **TOLD}), person(2, **{**TOLD, "name": "Bo Dale"}))
    with scope(acting=by.organisation_id):
        days = periods(group(by))
    return by, world.actor("finance_manager@eastmere"), world.actor("hr_officer@eastmere"), days


def away(by: Actor, number: int = 1, **given: Any) -> Absence:
    facts: dict[str, Any] = {"kind": "sickness", "evidence": "self"}
    with scope(acting=by.organisation_id):
        whose = Employment.objects.get(number=number)
        new = NewAbsence(**{**facts, **given})
        return record_absences(absences=[(whose, new)], by=by, at=timezone.now())[0]


def lines(run: PayRun, number: int = 1) -> dict[str, int]:
    with scope(acting=run.organisation_id):
        rows = PayslipLine.objects.filter(payslip__pay_run=run, payslip__number=number)
        return {one.kind: one.amount_pence for one in rows}


def told(run: PayRun, cause: str) -> dict[int, str]:
    with scope(acting=run.organisation_id):
        rows = PayException.objects.filter(pay_run=run, cause=cause)
        return dict(rows.values_list("number", "text"))


def monday(day: date) -> date:
    return day + timedelta(days=(7 - day.weekday()) % 7)


def agrees(by: Actor, run: PayRun) -> None:
    with scope(acting=by.organisation_id):
        assert replay(pay_run=run, by=by).agrees
        assert list(problems(by.organisation_id)) == []


def test_sick_pay_is_part_of_basic_pay_that_goes_on_and_late_news_are_paid_or_taken_back(
    office: Office,
) -> None:
    by, boss, hr, (first, second, third, fourth, *_) = office
    full = lines(committed(calculated(by, first), by, boss))["basic"]
    begins = monday(second.starts_on)
    week = {"from_on": begins, "last_on": begins + timedelta(days=6)}
    made = away(hr, **week)
    run = committed(calculated(by, second), by, boss)
    found = lines(run)
    assert (found["basic"], found["ssp"], found["included"]) == (full, WEEK_PENCE, -WEEK_PENCE)
    assert "ssp" not in lines(run, 2)
    with scope(acting=by.organisation_id):
        slip = Payslip.objects.get(pay_run=run, number=1)
        assert slip.gross_pence == full
        shown = explained(slip)
        assert shown.agrees
        (said,) = (one.workings for one in shown.lines if one.name == "Statutory sick pay")
        assert said[0].startswith("Average weekly earnings £"), said
        assert "5 days: paid." in said
        assert any("5 days at £123.25 a week, £123.25" in one for one in said), said
        # Two days more are known once the month is closed, and none at all after that.
        longer = NewAbsence("sickness", begins, begins + timedelta(days=8), evidence="self")
        made = correct_absence(absence=made, to=longer, by=hr, at=timezone.now())
    agrees(by, run)
    run = committed(calculated(by, third), by, boss)
    found = lines(run)
    assert (found["ssp"], found["included"]) == (2 * DAY_PENCE, -2 * DAY_PENCE)
    with scope(acting=by.organisation_id):
        slip = Payslip.objects.get(pay_run=run, number=1)
        shown = explained(slip)
        (said,) = (one.workings for one in shown.lines if one.name == "Statutory sick pay")
        assert (
            "For closed periods £172.55 is due as it is known now; £123.25 was counted" in said[0]
        )
        assert any("days away are others" in one for one in sentences(shown))
        withdraw_absence(absence=made, reason="Was at work", by=hr, at=timezone.now())
    agrees(by, run)
    found = lines(calculated(by, fourth))
    assert (found["ssp"], found["included"]) == (-172_55, 172_55)


def test_without_known_earnings_nothing_is_guessed_until_they_are_stated(
    world: World, office: Office
) -> None:
    by, boss, hr, (first, second, *_) = office
    committed(calculated(by, first), by, boss)
    begins = monday(second.starts_on)
    made = away(hr, 2, from_on=begins, last_on=begins + timedelta(days=4))
    run = calculated(by, second)
    assert "ssp" not in lines(run, 2)
    text = told(run, "no_earnings")
    assert list(text) == [2]
    assert f"Absence {made.number}: payslips here reach back to" in text[2]
    little = NewEarnings(1_000_00, 10, "weeks", "Payslips of the old payroll")
    with scope(acting=by.organisation_id):
        with pytest.raises(Refused) as refused:
            state_earnings(absence=made, stated=NewEarnings(1, 0, "weeks", "P"), by=by)
        assert refused.value.code == "PRL90"
        state_earnings(absence=made, stated=little, by=by)
        recalculate_some(pay_run=run, employments=[made.employment_id], by=by)
    run = again(run)
    # A hundred a week: four fifths of it are less than the rate of the law.
    assert lines(run, 2)["ssp"] == 80_00
    assert told(run, "no_earnings") == {}


def test_where_basic_pay_stops_the_days_away_bring_statutory_pay_alone(office: Office) -> None:
    by, boss, hr, (first, second, third, *_) = office
    with scope(acting=by.organisation_id):
        record_absence_terms(
            sick_full=False, family_full=True, from_on=third.starts_on, by=hr, at=timezone.now()
        )
    full = lines(committed(calculated(by, first), by, boss))["basic"]
    committed(calculated(by, second), by, boss)
    begins = monday(third.starts_on)
    away(hr, from_on=begins, last_on=begins + timedelta(days=4))
    run = committed(calculated(by, third), by, boss)
    found = lines(run)
    days = [third.starts_on + timedelta(days=n) for n in range(31)]
    working = sum(d.weekday() < 5 and d <= third.ends_on for d in days)
    assert found["basic"] == full and "included" not in found
    assert abs(found["stopped"] + full * 5 / working) <= 1
    assert found["ssp"] == WEEK_PENCE
    assert told(run, "minimum_wage") == {}
    agrees(by, run)
    # A whole period away leaves nothing of basic pay.
    away(hr, from_on=office[3][3].starts_on)
    found = lines(calculated(by, office[3][3]))
    assert found["stopped"] == -found["basic"]


def test_maternity_pay_is_reported_and_recovered(world: World, office: Office) -> None:
    by, boss, hr, (first, second, third, *_) = office
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(2026, 4, 6))
    due = third.ends_on + timedelta(days=50)
    begins = third.ends_on - timedelta(days=13)
    leave: dict[str, Any] = {"kind": "maternity", "from_on": begins, "event_on": due}
    leave |= {"notice_on": first.starts_on, "evidence": "none"}
    made = away(hr, 2, **leave)
    short = away(hr, 1, **{**leave, "evidence": "birth"})
    committed(calculated(by, first), by, boss)
    committed(calculated(by, second), by, boss)
    run = calculated(by, third)
    text = told(run, "no_statutory")
    assert "no evidence was seen" in text[2] and "fewer than 26 weeks" in text[1]
    with scope(acting=by.organisation_id):
        withdraw_absence(absence=short, reason="Not entitled", by=hr, at=timezone.now())
        seen = NewAbsence(**{**leave, "evidence": "birth"})
        made = correct_absence(absence=made, to=seen, by=hr, at=timezone.now())
        stated = NewEarnings(4_000_00, 8, "weeks", "Payslips of the old payroll")
        state_earnings(absence=made, stated=stated, by=by)
        both = list(Employment.objects.values_list("pk", flat=True))
        recalculate_some(pay_run=run, employments=both, by=by)
    run = committed(again(run), by, boss)
    # Two weeks at 90 per cent of 500 pounds.
    assert lines(run, 2)["smp"] == 900_00
    assert told(run, "no_statutory") == {}
    agrees(by, run)
    year = third.pays_on.year - (third.pays_on < date(third.pays_on.year, 4, 6))
    month = (third.pays_on.month - 4) % 12 + (third.pays_on.day >= 6)
    with scope(acting=by.organisation_id):
        given = recoverable(by.organisation_id, year, month)
        assert given["smp"] == Recoverable(900_00, 828_00, 0)
        assert given["spp"] == Recoverable(0, 0, 0)
        assert recoverable(by.organisation_id, year, month - 1)["smp"].paid == 0
        report = make_fps(pay_run=run, by=by, at=timezone.now())
        assert isinstance(report, Report), report
        root = ElementTree.fromstring(take_fps(submission=report, by=by))
    assert [one.text for one in root.iter(f"{FPS}SMPYTD")] == ["900.00"]


def test_lines_are_called_the_same_on_payslips_and_in_lists() -> None:
    assert {kind: LineKind(kind).label for kind in NAMES} == NAMES
