"""Family pay goes on after the employment: by whom, how it is taxed, and only once."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from core.actors import Actor
from core.errors import Refused
from core.scope import scope
from finance.formats.bank_days import next_banking_day
from finance.paying.files import banking_holidays
from hr.models import Absence
from payroll.calculator.national_insurance import class_1, thresholds
from payroll.calculator.periods import Frequency
from payroll.models import PayPeriod, PayRun, Payslip
from payroll.selectors.slips import explained
from payroll.services.statutory import NewEarnings, state_earnings
from payroll.services.supplementary import Supplement, start_supplementary_run
from tests.payroll.groups import row
from tests.payroll.pay_runs import (
    _worked,
    calculated,
    committed,
    group,
    next_month_end,
    payroll,
    periods,
    person,
    refer,
)
from tests.payroll.test_reports_to_hmrc import TOLD, made, said
from tests.payroll.test_statutory_pay import agrees, away, lines, told
from tests.world import World

WEEK, LEAVER = 450_00, 2  # 90 per cent of £500
Office = tuple[Actor, Actor, Actor, list[PayPeriod]]


def office(world: World, last_on: date) -> Office:
    """Two people, of whom the second leaves on a day."""
    gone = {"employed_to": last_on.isoformat(), "leaving_reason": "Resigned"}
    by = payroll(world, person(1, **{**TOLD, "name": "Bo Reed"}), person(LEAVER, **TOLD, **gone))
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(2026, 4, 6))
        days = periods(group(by))
    return by, world.actor("finance_manager@eastmere"), world.actor("hr_officer@eastmere"), days


def leave(by: Actor, hr: Actor, begins: date, **given: Any) -> Absence:
    """Maternity leave of the leaver for a child due five weeks later, with stated earnings."""
    facts = {"kind": "maternity", "event_on": begins + timedelta(weeks=5), "evidence": "birth"}
    found = away(hr, LEAVER, from_on=begins, notice_on=begins, **{**facts, **given})
    with scope(acting=by.organisation_id):
        stated = NewEarnings(4_000_00, 8, "weeks", "Payslips of the old payroll")
        state_earnings(absence=found, stated=stated, by=by)
    return found


def due(first: date, last: date) -> int:
    """Pay of the days of whole weeks from the first, the rest in sevenths that are rounded up."""
    weeks, rest = divmod((last - first).days + 1, 7)
    return weeks * WEEK - (-WEEK * rest // 7)


def slip_of(run: PayRun) -> Payslip:
    return Payslip.objects.get(pay_run=run, number=LEAVER)


def test_a_leave_that_began_in_time_is_paid_on_without_a_code_and_as_regular_pay(
    world: World,
) -> None:
    leaves = next_month_end()
    leaves = (leaves + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    by, boss, hr, (first, second, third, *_) = office(world, leaves)
    assert leaves == second.ends_on
    leave(by, hr, second.ends_on - timedelta(days=6))
    committed(calculated(by, first), by, boss)
    run = committed(calculated(by, second), by, boss)
    assert (lines(run, LEAVER)["smp"], lines(run, LEAVER)["included"]) == (WEEK, -WEEK)
    run = committed(calculated(by, third), by, boss)
    found, expected = lines(run, LEAVER), due(third.starts_on, third.ends_on)
    assert found["smp"] == expected
    # Nobody who left is in the scheme, and no basic pay holds it.
    assert not {"basic", "included", "stopped", "pension"} & set(found)
    with scope(acting=by.organisation_id):
        slip = slip_of(run)
        assert (slip.inputs["code"], slip.inputs["cumulative"]) == ("0T", False)
        month = thresholds(third.pays_on, Frequency.MONTHLY)
        nic = class_1(row(expected), np.array(["A"]), month, third.pays_on)
        assert slip.nic_pence == nic.employee[0]
        shown = explained(slip)
        assert shown.agrees
        (words,) = (one.workings for one in shown.lines if one.name == "Statutory maternity pay")
        assert any(one.startswith("Employment ended on") for one in words), words
    agrees(by, run)
    _, root = made(by, run)
    assert said(root, "Payment", "PmtAfterLeaving") == ["yes"]
    assert len(told(run, "leaver")) == 1
    # Besides it nothing is left to pay for the period.
    pays_on = next_banking_day(third.pays_on + timedelta(days=1), banking_holidays(third.pays_on))
    more = Supplement([LEAVER], pays_on, "A late claim")
    with scope(acting=by.organisation_id):
        extra = start_supplementary_run(period=third, supplement=more, by=by)
    assert "smp" not in lines(_worked(extra), LEAVER)


def test_in_the_period_of_leaving_the_days_after_it_are_paid_besides_basic_pay(
    world: World,
) -> None:
    first_day = next_month_end() + timedelta(days=1)
    last = first_day + timedelta(days=12)
    by, boss, hr, (first, second, *_) = office(world, last)
    full = committed(calculated(by, first), by, boss)
    begins = first_day + timedelta(days=6)
    leave(by, hr, begins)
    run = committed(calculated(by, second), by, boss)
    found = lines(run, LEAVER)
    after = due(last + timedelta(days=1), second.ends_on)
    assert found["smp"] == WEEK + after
    assert found["included"] == -WEEK
    with scope(acting=by.organisation_id):
        then, now = slip_of(full), slip_of(run)
        # Contributions are of the pay of the employment alone.
        counted = now.gross_pence - after
        assert abs(now.pension_pence * then.gross_pence - then.pension_pence * counted) <= (
            then.gross_pence + counted
        )
        assert not now.inputs["left"] and now.inputs["cumulative"]
    agrees(by, run)


def test_a_leave_that_begins_after_it_is_paid_for_closed_periods_too(world: World) -> None:
    by, boss, hr, (first, second, third, fourth, *_) = office(world, next_month_end())
    committed(calculated(by, first), by, boss)
    committed(calculated(by, second), by, boss)
    about = {"event_on": first.starts_on, "notice_on": first.starts_on}
    for given in ({"kind": "sickness"}, {"kind": "paternity", **about}):
        with pytest.raises(Refused) as refused:
            away(hr, LEAVER, from_on=second.starts_on, **given)
        assert refused.value.code == "HRR24"
    begins = second.ends_on - timedelta(days=6)
    leave(by, hr, begins)
    run = committed(calculated(by, third), by, boss)
    assert lines(run, LEAVER)["smp"] == WEEK + due(third.starts_on, third.ends_on)
    assert "pension" not in lines(run, LEAVER)
    agrees(by, run)
    # What was paid is known, and the next period pays its own days.
    run = calculated(by, fourth)
    with scope(acting=by.organisation_id):
        slip = slip_of(run)
        assert slip.inputs["away_back"] == []
    assert 0 < lines(run, LEAVER)["smp"] < WEEK * 5


def test_who_left_before_the_week_that_counts_is_paid_nothing(world: World) -> None:
    by, boss, hr, (first, second, *_) = office(world, next_month_end())
    committed(calculated(by, first), by, boss)
    # The child is due so late that its fifteenth week before lies after the last day.
    leave(by, hr, second.starts_on, event_on=second.starts_on + timedelta(weeks=17))
    run = committed(calculated(by, second), by, boss)
    with scope(acting=by.organisation_id):
        assert list(run.payslips.values_list("number", flat=True)) == [1]


def test_whose_earnings_are_not_known_is_an_exception_until_they_are_stated(world: World) -> None:
    by, boss, hr, (first, second, *_) = office(world, next_month_end())
    committed(calculated(by, first), by, boss)
    begins = second.starts_on + timedelta(days=3)
    facts: dict[str, Any] = {"kind": "maternity", "evidence": "birth", "notice_on": begins}
    away(hr, LEAVER, from_on=begins, event_on=begins + timedelta(weeks=5), **facts)
    assert LEAVER in told(calculated(by, second), "no_earnings")


def test_a_leave_of_a_leaver_is_recorded_by_rows_that_stay(world: World) -> None:
    """What was stored before there was such pay is read as it was."""
    by, _, hr, (first, *_) = office(world, next_month_end())
    begins = first.starts_on + timedelta(days=3)
    leave(by, hr, begins, last_on=first.ends_on - timedelta(days=1))
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        (mine,) = slip_of(run).inputs["away"]
        assert len(mine) == 12
