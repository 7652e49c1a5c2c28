"""Allowances of jobs in pay: what they come to, when they are known late, and who bears them.

NJC point 05 is £25,583 a year and point 06 £25,989; December 2026 has 31 days, 23 of them working
days.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from core.actors import Actor
from core.errors import Refused
from core.invariants import problems
from core.scope import scope
from hr.models import Allowance, Employment, HeldAllowance
from hr.selectors.pay import pay_facts
from hr.services.absences import NewAbsence, record_absence_terms, record_absences
from hr.services.allowances import NewAllowance, record_allowance
from hr.services.requests import request_leaver
from payroll.calculator.periods import Frequency
from payroll.models import PayException, PayPeriod, PayRun, Payslip
from payroll.models import PayslipLine as Line
from payroll.paying.allowances import allowances_of
from payroll.paying.basic import Pieces, pieces_of
from payroll.paying.enrolment import member_days
from payroll.paying.group import work_out
from payroll.paying.inputs import FULL, Inputs, Shared, allowance_of
from payroll.selectors.slips import explained, sentences
from payroll.services.replaying import replay
from payroll.variance import causes_of
from tests.hr.allowed import allowance, ask_allowance, ask_end, job
from tests.hr.record import FIRST, agree, employer, load
from tests.payroll.pay_runs import calculated, committed, group, payroll, periods, person
from tests.payroll.test_back_pay import back, change, gross
from tests.payroll.test_variance import point_named
from tests.world import World

Office = tuple[Actor, Actor, list[PayPeriod]]
DECEMBER = date(2026, 12, 1)
MIDDLE = date(2026, 12, 16)
MONTHLY = 2_131_92


@pytest.fixture
def by(world: World) -> Actor:
    return employer(world)


def given(by: Actor, *rows: dict[str, str], **terms: Any) -> None:
    """These people, with an allowance in the terms: five per cent unless said otherwise."""
    allowance(by, **terms)
    assert load(by, *rows, name=f"{rows[0]['employee']}.csv").state == "loaded"


def december(by: Actor, rule: str = "working") -> Pieces:
    """What December pays to everybody, as it is known now."""
    shared = Shared(
        date(2026, 12, 31), DECEMBER, date(2026, 12, 31), Frequency.MONTHLY, rule,
        allow_derived=True,
    )  # fmt: skip
    ids = list(Employment.objects.order_by("number").values_list("pk", flat=True))
    facts = pay_facts(
        by.organisation_id, ids, first=DECEMBER, until=shared.until, on=shared.day,
        known_at=timezone.now(),
    )  # fmt: skip
    return pieces_of(shared, facts)


def of_one(pieces: Pieces) -> int:
    """The allowances of the one person."""
    return int(pieces.amount[pieces.allowance > 0].sum())


@pytest.mark.parametrize(
    ("terms", "hours", "pence"),
    [
        # 5% of 25,583.00 is 1,279.15 a year, and a twelfth of that 106.5958.
        ({}, "37", 106_60),
        # Half of 1,279.15 is 639.575, to the penny 639.58, and a twelfth of that 53.2983.
        ({}, "18.5", 53_30),
        # 1,279.15 lies below 1,303, and 1,303 / 12 is 108.5833.
        ({"least_pence": 1_303_00, "most_pence": 2_198_00}, "37", 108_58),
        # 5,116.60 lies above 4,000, and 4,000 / 12 is 333.3333; half of it 166.6667.
        ({"rate_percent": Decimal(20), "most_pence": 4_000_00}, "37", 333_33),
        ({"rate_percent": Decimal(20), "most_pence": 4_000_00}, "18.5", 166_67),
        ({"amount_pence": 3_000_00}, "37", 250_00),
        ({"amount_pence": 3_000_00}, "18.5", 125_00),
    ],
)
def test_a_whole_month(by: Actor, terms: dict[str, Any], hours: str, pence: int) -> None:
    with scope(acting=by.organisation_id):
        given(by, person(1, hours=hours, allowances="SHARE"), **terms)
        pieces = december(by)
        assert of_one(pieces) == pence
        # Basic pay and its hours are those of who has no allowance.
        load(by, person(2, hours=hours), name="plain.csv")
        both = december(by)
        assert both.of(2, 1).tolist()[0] == both.of(2, 1).tolist()[1]
        assert both.minutes_of(2).tolist()[0] == both.minutes_of(2).tolist()[1]


def test_parts_of_a_month(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        # Who starts on the 16th works 12 of 23 days: 250.00 * 12 / 23.
        began = {"employed_from": MIDDLE.isoformat(), "from": MIDDLE.isoformat()}
        given(by, person(1, **began, allowances="SHARE"), amount_pence=3_000_00)
        assert of_one(december(by)) == 130_43
        # By calendar days 16 of 31.
        assert of_one(december(by, "calendar")) == 129_03
        # It is given on the 16th to whom the job is whole: by calendar days, as a change is.
        load(by, person(2), name="whole.csv")
        hr = world.actor("hr_officer@eastmere")
        agree(ask_allowance(hr, 2, MIDDLE), world)
        pieces = december(by)
        assert pieces.of(2, 1).tolist()[1] == MONTHLY
        assert int(pieces.amount[(pieces.person == 1) & (pieces.allowance > 0)].sum()) == 129_03
        # It ends before the 21st: 5 of 31 days.
        agree(ask_end(hr, 2, date(2026, 12, 21)), world)
        pieces = december(by)
        assert int(pieces.amount[(pieces.person == 1) & (pieces.allowance > 0)].sum()) == 40_32


def test_a_leaver(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        given(by, person(1, allowances="SHARE"), amount_pence=3_000_00)
        hr, last = world.actor("hr_officer@eastmere"), date(2026, 12, 10)
        agree(request_leaver(assignment=job(1), last_on=last, reason="Moves", by=hr), world)
        # Eight of 23 working days.
        assert of_one(december(by)) == 86_96
        assert list(problems(by.organisation_id)) == []


def test_it_follows_the_point_and_the_terms(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        given(by, person(1, allowances="SHARE"))
    change(world, 1, MIDDLE, pay_point=point_named(by, "06"))
    with scope(acting=by.organisation_id):
        # 1,279.15 for 15 of 31 days and 5% of 25,989, 1,299.45, for 16: together 107.4689.
        assert of_one(december(by)) == 107_47
        # From the 16th six per cent instead: 1,559.34 for 16 of 31 days, together 118.6471.
        share = allowance(by, "NEW", from_on=MIDDLE, rate_percent=Decimal(6), name="Area SHARE")
        type(share).objects.filter(code="SHARE").update(to_on=MIDDLE)
        type(share).objects.filter(code="NEW").update(code="SHARE")
        pieces = december(by)
        assert of_one(pieces) == 118_65
        # One allowance all along, and of the year at the end: 25,989.00 + 1,559.34.
        assert np.unique(pieces.allowance).size == 2
        assert pieces.annual_of(1).tolist() == [27_548_34]


def test_what_ended_within_the_month_is_no_pay_of_a_year(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        given(by, person(1, allowances="SHARE"))
        assert december(by).annual_of(1).tolist() == [26_862_15]
        agree(ask_end(world.actor("hr_officer@eastmere"), 1, MIDDLE), world)
        assert december(by).annual_of(1).tolist() == [25_583_00]


def test_of_a_second_job_it_is_named_so_and_old_inputs_have_none(by: Actor) -> None:
    with scope(acting=by.organisation_id):
        second = person(1, job="2", post="P2", point="09", hours="7.4", allowances="SHARE")
        given(by, person(1, hours="20"), second)
        pieces = december(by)
        # 5% of 27,254 is 1,362.70; a fifth of it 272.54, and a twelfth of that 22.71.
        assert of_one(pieces) == 22_71
        names = [one.element.name for one in allowances_of(pieces, 1)]
        assert names == ["High-cost area, Area SHARE, job 2"]
        assert [allowance_of(piece) for piece in pieces.given[:2]] == [0, 0]


def test_days_of_a_member_are_those_of_the_job(by: Actor) -> None:
    with scope(acting=by.organisation_id):
        given(by, person(1, allowances="SHARE"))
        assert member_days(december(by).given, MIDDLE) == [16, 31]


@pytest.fixture
def office(world: World) -> Office:
    """The payroll officer of two people, the second person, and the periods of their group."""
    by = payroll(world, person(1, cost_centres="110:60; 200:40"), person(2))
    with scope(acting=by.organisation_id):
        days = periods(group(by))
        allowance(by)
    return by, world.actor("finance_manager@eastmere"), days


def allow(world: World, from_on: date, number: int = 1, **facts: Any) -> None:
    hr = world.actor("hr_officer@eastmere")
    with scope(acting=hr.organisation_id):
        agree(ask_allowance(hr, number, from_on, **facts), world)


def line(run: PayRun, number: int, kind: str) -> Line:
    found: Line = Line.objects.get(payslip__pay_run=run, payslip__number=number, kind=kind)
    return found


def test_a_run_pays_it_as_a_line_of_its_own(world: World, office: Office) -> None:
    by, boss, (first, second, *_) = office
    plain = committed(calculated(by, first), by, boss)
    allow(world, second.starts_on)
    run = committed(calculated(by, second), by, boss)
    with scope(acting=by.organisation_id):
        assert not Line.objects.filter(payslip__pay_run=plain, kind="allowance").exists()
        paid = line(run, 1, "allowance")
        assert (paid.amount_pence, paid.job, paid.allowance.code) == (106_60, 1, "SHARE")
        slip, other = (Payslip.objects.get(pay_run=run, number=n) for n in (1, 2))
        assert slip.gross_pence == other.gross_pence + 106_60 == MONTHLY + 106_60
        # Taxed, with contributions of 8% of it and a pension contribution.
        assert slip.nic_pence - other.nic_pence in (8_52, 8_53)
        assert slip.pension_pence > other.pension_pence
        assert slip.taxable_pence > other.taxable_pence
        found = explained(slip)
        assert found.agrees
        (said,) = (one for one in found.lines if one.name == "High-cost area, Area SHARE")
        assert said.workings[0].startswith(
            "High-cost area, Area SHARE, 5% of G2, 05: £1,279.15 a year full time, 37 of 37 hours"
        )
        assert "A twelfth of it is £106.60." in said.workings
        told = sentences(found)
        assert any(
            one.startswith("High-cost area, Area SHARE: £106.60 more, because this allowance was")
            for one in told
        )
        # Units bear it as they bear the pay: 60 and 40 per cent of 2,238.52.
        costs = slip.costs.order_by("unit__code").values_list("unit__code", "pay_pence")
        assert [pence for _, pence in costs] == [1_343_11, 895_41]
        assert found.inputs.pieces[0][:3] == [1, "Clerk", "G2, 05"]
        assert [len(piece) for piece in found.inputs.pieces] == [9, 10]
        assert replay(pay_run=run, by=by).agrees
        assert replay(pay_run=plain, by=by).agrees
        assert list(problems(by.organisation_id)) == []
        causes = {one.cause: one.gross for one in causes_of(run.variance) if one.gross}
        assert causes == {"allowances": 106_60}


def test_given_late_it_is_paid_back_and_known_in_time_it_is_the_same(
    world: World, office: Office
) -> None:
    by, boss, (first, second, third, *_) = office
    committed(calculated(by, first), by, boss)
    committed(calculated(by, second), by, boss)
    allow(world, first.starts_on)
    run = committed(calculated(by, third), by, boss)
    with scope(acting=by.organisation_id):
        rows = Line.objects.filter(payslip__pay_run=run, kind="back").order_by("place")
        assert [(one.origin_id, one.amount_pence) for one in rows] == [
            (first.pk, 106_60), (second.pk, 106_60),
        ]  # fmt: skip
        found = explained(Payslip.objects.get(pay_run=run, number=1))
        (said, _) = (one for one in found.lines if one.name.startswith("Back pay, "))
        assert "High-cost area, Area SHARE is paid." in said.workings[0]
        assert replay(pay_run=run, by=by).agrees
        assert list(problems(by.organisation_id)) == []
    assert gross(by, 1) == 3 * (MONTHLY + 106_60)
    assert gross(by, 2) == 3 * MONTHLY


def test_ended_for_days_that_were_paid_it_is_taken_back(world: World, office: Office) -> None:
    by, boss, (first, second, third, *_) = office
    allow(world, first.starts_on)
    committed(calculated(by, first), by, boss)
    hr = world.actor("hr_officer@eastmere")
    with scope(acting=by.organisation_id):
        agree(ask_end(hr, 1, first.starts_on), world)
    run = committed(calculated(by, second), by, boss)
    assert back(run) == {1: -106_60}
    with scope(acting=by.organisation_id):
        assert not Line.objects.filter(payslip__pay_run=run, kind="allowance").exists()
        found = explained(Payslip.objects.get(pay_run=run, number=1))
        (said,) = (one for one in found.lines if one.name.startswith("Back pay, "))
        assert "High-cost area, Area SHARE is not paid." in said.workings[0]
        assert any("this allowance is not paid any more" in one for one in sentences(found))
    assert gross(by, 1) == 2 * MONTHLY
    assert back(calculated(by, third)) == {}


def priced(world: World, percent: int, from_on: date) -> None:
    """The terms say another share of the allowance from a day on, which becomes known now."""
    hr = world.actor("hr_officer@eastmere")
    new = NewAllowance(
        "SHARE", "Area SHARE", "high_cost", "year", "Late agreement", "published",
        rate_percent=Decimal(percent),
    )  # fmt: skip
    with scope(acting=hr.organisation_id):
        record_allowance(new=new, from_on=from_on, today=timezone.localdate(), by=hr)


def test_terms_that_become_known_late_are_paid_back(world: World, office: Office) -> None:
    """5% is £106.60 a month, 10% is £213.19 and 15% £319.79: what was known before stays."""
    by, boss, (first, second, third, *rest) = office
    allow(world, first.starts_on)
    for period in (first, second):
        committed(calculated(by, period), by, boss)
    known = timezone.now()
    priced(world, 10, second.starts_on)
    run = committed(calculated(by, third), by, boss)
    assert back(run) == {1: 106_59}
    with scope(acting=by.organisation_id):
        (row,) = Line.objects.filter(payslip__pay_run=run, kind="back")
        assert row.origin_id == second.pk
        found = explained(Payslip.objects.get(pay_run=run, number=1))
        (said,) = (one for one in found.lines if one.name.startswith("Back pay, "))
        assert (
            "High-cost area, Area SHARE is worth £2,558.30 a year instead of £1,279.15."
            in said.workings[0]
        )
        assert replay(pay_run=run, by=by).agrees
    # From the day of the last change it may be said otherwise once more, and before it not.
    priced(world, 15, second.starts_on)
    with pytest.raises(Refused) as refused:
        priced(world, 20, first.starts_on)
    assert refused.value.code == "HRR69"
    run = committed(calculated(by, rest[0]), by, boss)
    with scope(acting=by.organisation_id):
        rows = Line.objects.filter(payslip__pay_run=run, kind="back").order_by("place")
        assert [(one.origin_id, one.amount_pence) for one in rows] == [
            (second.pk, 106_60), (third.pk, 106_60),
        ]  # fmt: skip
    assert gross(by, 1) == 4 * MONTHLY + 106_60 + 3 * 319_79
    assert gross(by, 2) == 4 * MONTHLY
    assert back(calculated(by, rest[1])) == {}
    with scope(acting=by.organisation_id):
        one = Employment.objects.get(number=1)
        days = {"first": second.starts_on, "until": third.starts_on, "on": second.pays_on}
        worth = [
            [
                piece[FULL]
                for piece in pay_facts(by.organisation_id, [one.pk], **days, known_at=at)[0].pieces
                if allowance_of(piece)
            ]
            for at in (known, timezone.now())
        ]
        assert worth == [[1_279_15], [3_837_45]]
        assert Allowance.objects.filter(code="SHARE").count() == 4
        assert list(problems(by.organisation_id)) == []


def test_days_that_the_terms_say_nothing_of_are_shown(world: World, office: Office) -> None:
    by, _boss, (first, *_) = office
    with scope(acting=by.organisation_id):
        ends = first.starts_on + timedelta(days=10)
        allowance(by, "SHORT", from_on=FIRST, to_on=ends)
    allow(world, first.starts_on, code="SHORT")
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        (told,) = PayException.objects.filter(pay_run=run, cause="no_value")
        left = (first.ends_on - ends).days + 1
        assert (told.number, told.text) == (
            1, f"{left} days of an allowance have no value in the terms.",
        )  # fmt: skip


def test_where_pay_stops_the_allowance_stops_and_the_minimum_wage_counts_none(
    world: World, office: Office
) -> None:
    by, boss, (first, second, *_) = office
    with scope(acting=by.organisation_id):
        # As much again as basic pay: had it counted, nobody would be short of anything.
        allowance(by, "AGAIN", amount_pence=25_583_00)
        record_absence_terms(
            sick_full=False, family_full=False, from_on=FIRST,
            by=world.actor("hr_officer@eastmere"), at=timezone.now(),
        )  # fmt: skip
    for number in (1, 2):
        allow(world, first.starts_on, number, code="AGAIN")
    committed(calculated(by, first), by, boss)
    with scope(acting=by.organisation_id):
        hr, whose = world.actor("hr_officer@eastmere"), Employment.objects.get(number=1)
        week = NewAbsence(
            "sickness", second.starts_on + timedelta(days=3),
            second.starts_on + timedelta(days=9), evidence="self",
        )  # fmt: skip
        record_absences(absences=[(whose, week)], by=hr, at=timezone.now())
    run = calculated(by, second)
    with scope(acting=by.organisation_id):
        slip = Payslip.objects.get(pay_run=run, number=1)
        stopped = -line(run, 1, "stopped").amount_pence
        shared, inputs = Shared.read(run.inputs), Inputs(**slip.inputs)
        found = explained(slip)
        assert found.agrees
        (said,) = (one.workings for one in found.lines if one.name.endswith("stopped while away"))
        assert said[0].endswith("of basic pay and allowances.")
        wage = work_out(shared, [inputs]).payment.minimum_wage
        # Half of what stops is of the allowance: what counts is basic pay less the other half.
        assert int(wage.given.pay[0]) == MONTHLY - stopped // 2
        assert int(wage.shortfall[0]) == 0
        assert HeldAllowance.objects.count() == 2
