"""Automatic enrolment in pay runs: enrolled, postponed, told; contributions and refunds."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core.actors import Actor
from core.errors import Refused
from core.invariants import problems
from core.scope import scope
from hr.models import Employment
from payroll.calculator.pension_schemes import Scheme
from payroll.models import (
    EnrolmentSetting,
    PayException,
    PayGroup,
    PayRun,
    Payslip,
    PayslipLine,
    PensionLetter,
    PensionStatus,
)
from payroll.services.enrolment import (
    NewSetting,
    ask_to_join,
    cease,
    give_letters,
    opt_out,
    set_enrolment,
)
from payroll.services.replaying import replay
from payroll.services.runs import recalculate_all, submit
from tests.payroll.pay_runs import (
    _worked,
    calculated,
    committed,
    group,
    payroll,
    periods,
    person,
    waive_all,
)
from tests.world import World

BOSS = "finance_manager@eastmere"
# Point 05 at 37 hours earns far above the trigger, at 14 hours less than it, at 8 hours too little
# to be a jobholder.
FULL, SOME, LITTLE = {"hours": "37"}, {"hours": "14"}, {"hours": "8"}


def office(world: World, *people: dict[str, str], **setting: Any) -> tuple[Actor, Actor, PayGroup]:
    """A payroll whose group has no scheme, and whose employer enrols."""
    by = payroll(world, *people)
    with scope(acting=by.organisation_id):
        one = group(by, scheme=Scheme.NONE.value, employer_rate_percent=Decimal(0))
        enrols(by, **setting)
    return by, world.actor(BOSS), one


def enrols(by: Actor, **given: Any) -> EnrolmentSetting:
    facts: dict[str, Any] = {
        "from_on": date(2026, 4, 6), "duties_from": date(2026, 4, 6),
        "scheme": Scheme.MONEY_PURCHASE.value, "member_rate_percent": Decimal(5),
        "employer_rate_percent": Decimal(3),
    }  # fmt: skip
    setting = NewSetting(**{**facts, **given})
    return set_enrolment(setting=setting, by=by, at=timezone.now())


def found(by: Actor, number: int = 1) -> list[tuple[str, str]]:
    """The record of somebody: what became of them and from which day, oldest first."""
    with scope(acting=by.organisation_id):
        rows = PensionStatus.objects.filter(employment__number=number).order_by("id")
        return [(one.event, one.from_on.isoformat()) for one in rows]


def slip(by: Actor, run: PayRun, number: int = 1) -> Payslip:
    with scope(acting=by.organisation_id):
        return Payslip.objects.get(pay_run=run, number=number)


def whose(number: int = 1) -> Employment:
    return Employment.objects.get(number=number)


def at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def letter(by: Actor, number: int = 1) -> PensionLetter:
    rows = PensionLetter.objects.filter(status__employment__number=number)
    return rows.select_related("status").latest("pk")


def give(by: Actor, day: date, number: int = 1) -> None:
    give_letters(letters=[letter(by, number).pk], given_on=day, by=by, at=at(day))


def test_a_run_enrols_who_is_eligible_and_tells_the_others(world: World) -> None:
    by, boss, one = office(world, person(1, **FULL), person(2, **SOME), person(3, **LITTLE))
    with scope(acting=by.organisation_id):
        period = periods(one)[0]
    run = calculated(by, period)
    with scope(acting=by.organisation_id):
        asked = PayException.objects.filter(pay_run=run, cause="enrolment")
        assert [e.number for e in asked] == [1]
        assert f"Enrolled from {period.starts_on.day} " in asked[0].text
        assert not PensionStatus.objects.exists()
    run = committed(run, by, boss)
    first = period.starts_on.isoformat()
    assert found(by) == [("enrolled", first)]
    assert found(by, 2) == [("assessed", first)] and found(by, 3) == [("assessed", first)]
    with scope(acting=by.organisation_id):
        rows = PensionLetter.objects.order_by("status__employment__number")
        assert [(r.kind, r.due_on - period.starts_on) for r in rows] == [
            (3, timedelta(weeks=6)), (2, timedelta(weeks=6)), (1, timedelta(weeks=6))
        ]  # fmt: skip
        status = PensionStatus.objects.get(employment__number=1)
        facts = (status.period_from, status.period_to, status.pay_run_id, status.category)
        assert facts == (period.starts_on, period.ends_on, run.pk, 3)
        assert list(problems(by.organisation_id)) == []
    mine = slip(by, run)
    assert status.earnings_pence == mine.gross_pence
    # 5% of what is between 520 and 4,189 pounds a month, less basic-rate relief; 3% on top.
    base = min(mine.gross_pence, 4_189_00) - 520_00
    assert mine.pension_pence == round(base * 0.05) - (round(base * 0.05) - round(base * 0.04))
    assert mine.employer_pension_pence == round(base * 0.03)
    assert slip(by, run, 2).pension_pence == 0 == slip(by, run, 3).employer_pension_pence
    with scope(acting=by.organisation_id):
        assert replay(pay_run=run, by=by).agrees


def test_who_starts_in_a_period_or_turns_22_contributes_from_that_day(world: World) -> None:
    by, _, one = office(world, person(1, **FULL))
    with scope(acting=by.organisation_id):
        first = periods(one)[0]
    day = first.starts_on + timedelta(days=9)
    young = day.replace(year=day.year - 22)
    started = {"employed_from": day.isoformat(), "from": day.isoformat()}
    from tests.hr.record import load

    hr = world.actor("hr_officer@eastmere")
    with scope(acting=by.organisation_id):
        load(hr, person(2, **FULL, **started), person(3, **FULL, born_on=young.isoformat()))
    run = calculated(by, first)
    days = (first.ends_on - first.starts_on).days + 1
    whole, starter, birthday = (slip(by, run, n) for n in (1, 2, 3))
    assert [one.inputs["enrolment"][2] for one in (starter, birthday)] == [day.isoformat()] * 2
    # Pay of the starter is for days as a member alone.
    assert (starter.inputs["member_days"], birthday.inputs["member_days"]) == ([], [days - 9, days])
    assert birthday.gross_pence == whole.gross_pence
    assert abs(birthday.pension_pence - whole.pension_pence * (days - 9) / days) < 1
    assert whole.pension_pence > starter.pension_pence > 0


def test_a_postponed_enrolment_waits_for_its_last_day(world: World) -> None:
    by, boss, one = office(world, person(1, **FULL), postponement_months=1)
    with scope(acting=by.organisation_id):
        first, second, third = periods(one)[:3]
    run = committed(calculated(by, first), by, boss)
    assert slip(by, run).pension_pence == 0
    assert found(by) == [("postponed", first.starts_on.isoformat())]
    with scope(acting=by.organisation_id):
        status, told = PensionStatus.objects.get(), letter(by)
        assert status.until_on == second.starts_on
        assert (told.kind, told.due_on) == (4, first.starts_on + timedelta(weeks=6))
    run = committed(calculated(by, second), by, boss)
    assert slip(by, run).pension_pence > 0
    assert found(by)[1:] == [("enrolled", second.starts_on.isoformat())]
    run = committed(calculated(by, third), by, boss)
    assert slip(by, run).pension_pence > 0
    assert len(found(by)) == 2
    with scope(acting=by.organisation_id):
        assert list(problems(by.organisation_id)) == []


def test_opting_out_gives_everything_back_once(world: World) -> None:
    by, boss, one = office(world, person(1, **FULL), person(2, **FULL))
    with scope(acting=by.organisation_id):
        first, second, third = periods(one)[:3]
    run = committed(calculated(by, first), by, boss)
    taken, notice = slip(by, run), first.ends_on
    with scope(acting=by.organisation_id):
        with pytest.raises(Refused) as refusal:
            opt_out(employment=whose(), by=by, at=at(notice))
        assert refusal.value.code == "PEN03"
        give(by, notice)
        with pytest.raises(Refused):
            opt_out(employment=whose(), by=by, at=at(notice + timedelta(days=32)))
        opt_out(employment=whose(), by=by, at=at(notice + timedelta(days=5)))
        with pytest.raises(Refused) as refusal:
            ask_to_join(employment=whose(), by=by, at=at(notice + timedelta(days=6)))
        assert refusal.value.code == "PEN10"
    run = committed(calculated(by, second), by, boss)
    back, other = slip(by, run), slip(by, run, 2)
    assert back.pension_pence == -taken.pension_pence < 0
    assert back.employer_pension_pence == -taken.employer_pension_pence < 0
    # Relief at source: what comes back was taxed already.
    assert back.taxable_pence == other.taxable_pence
    assert back.net_pence == other.net_pence + other.pension_pence + taken.pension_pence
    with scope(acting=by.organisation_id):
        line = PayslipLine.objects.get(payslip=back, kind="pension")
        assert line.amount_pence == taken.pension_pence
        assert list(problems(by.organisation_id)) == []
        assert replay(pay_run=run, by=by).agrees
    run = committed(calculated(by, third), by, boss)
    assert slip(by, run).pension_pence == 0
    assert [event for event, _ in found(by)] == ["enrolled", "opted_out"]
    with scope(acting=by.organisation_id):
        assert list(problems(by.organisation_id)) == []


def test_who_asks_joins_with_the_next_period_and_once(world: World) -> None:
    by, boss, one = office(world, person(1, **SOME), person(2, **LITTLE), person(3, **FULL))
    with scope(acting=by.organisation_id):
        first, second = periods(one)[:2]
        with pytest.raises(Refused) as refusal:
            ask_to_join(employment=whose(), by=by, at=timezone.now())
        assert refusal.value.code == "PEN07"
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        with pytest.raises(Refused) as refusal:
            ask_to_join(employment=whose(), by=by, at=timezone.now())
        assert refusal.value.code == "PEN05"
    committed(run, by, boss)
    with scope(acting=by.organisation_id):
        for number in (1, 2):
            made = ask_to_join(employment=whose(number), by=by, at=timezone.now())
            assert made.from_on == second.starts_on
            assert letter(by, number).due_on == second.starts_on + timedelta(weeks=6)
        for number in (1, 3):
            with pytest.raises(Refused) as refusal:
                ask_to_join(employment=whose(number), by=by, at=timezone.now())
            assert refusal.value.code == "PEN04"
    run = committed(calculated(by, second), by, boss)
    assert found(by)[-1][0] == "opted_in" and found(by, 2)[-1][0] == "joined"
    # Little pay is below qualifying earnings: nothing is due of it.
    assert slip(by, run).pension_pence > 0 == slip(by, run, 2).pension_pence
    assert slip(by, run).employer_pension_pence > 0
    with scope(acting=by.organisation_id):
        assert list(problems(by.organisation_id)) == []


def test_who_left_is_enrolled_again_on_the_re_enrolment_date(world: World) -> None:
    by, boss, one = office(world, person(1, **FULL), person(2, **FULL))
    with scope(acting=by.organisation_id):
        first, second, third = periods(one)[:3]
    committed(calculated(by, first), by, boss)
    with scope(acting=by.organisation_id):
        cease(employment=whose(1), by=by, at=at(second.starts_on - timedelta(days=400)))
        cease(employment=whose(2), by=by, at=at(second.starts_on - timedelta(days=5)))
        with pytest.raises(Refused) as refusal:
            cease(employment=whose(2), by=by, at=timezone.now())
        assert refusal.value.code == "PEN08"
        day = third.starts_on + timedelta(days=1)
        began = day.replace(year=day.year - 3)
        for wrong in (first.ends_on, day + timedelta(days=400)):
            with pytest.raises(Refused) as refusal:
                enrols(by, duties_from=began, re_enrol_on=wrong)
            assert refusal.value.code == "PEN02"
        enrols(by, duties_from=began, re_enrol_on=day)
    run = committed(calculated(by, second), by, boss)
    assert slip(by, run, 1).pension_pence == 0 == slip(by, run, 2).pension_pence
    run = committed(calculated(by, third), by, boss)
    assert found(by)[-1] == ("re_enrolled", day.isoformat())
    assert found(by, 2)[-1][0] == "ceased"
    days = (third.ends_on - third.starts_on).days + 1
    assert slip(by, run).inputs["member_days"] == [days - 1, days]
    assert slip(by, run).pension_pence > 0 == slip(by, run, 2).pension_pence
    with scope(acting=by.organisation_id):
        assert letter(by).kind == 3
        assert list(problems(by.organisation_id)) == []


def test_members_of_the_scheme_of_their_group_are_recorded_and_not_enrolled(world: World) -> None:
    by = payroll(world, person(1, **FULL))
    with scope(acting=by.organisation_id):
        first, second = periods(group(by))[:2]
        enrols(by, scheme=Scheme.LGPS.value)
    run = committed(calculated(by, first), by, world.actor(BOSS))
    assert found(by) == [("assessed", first.starts_on.isoformat())]
    assert slip(by, run).pension_pence > 0
    with scope(acting=by.organisation_id):
        assert not PensionLetter.objects.exists()
        assert not PayException.objects.filter(cause="enrolment").exists()
        cease(employment=whose(), by=by, at=timezone.now())
    run = calculated(by, second)
    assert slip(by, run).pension_pence == 0
    assert slip(by, run).inputs["enrolment"] == []


def test_nobody_is_enrolled_twice(world: World) -> None:
    """Not by who asks while a run is open, and not by the run that knows nothing of it."""
    by, boss, one = office(world, person(1, **FULL))
    with scope(acting=by.organisation_id):
        first = periods(one)[0]
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        # As if two had asked at the same moment, one of them before the run was calculated.
        PensionStatus.objects.create(
            organisation_id=by.organisation_id,
            employment=whose(),
            event="opted_in",
            category=2,
            from_on=first.starts_on + timedelta(days=40),
            scheme=5,
            recorded_at=timezone.now(),
        )
        waive_all(run, by)
        with pytest.raises(Refused) as refusal:
            submit(pay_run=run, version=run.version, by=by)
        assert refusal.value.code == "PEN06"
        recalculate_all(pay_run=run, version=run.version, by=by)
    run = committed(_worked(run), by, boss)
    assert [event for event, _ in found(by)] == ["opted_in"]
    with scope(acting=by.organisation_id):
        assert not PensionLetter.objects.exists()


def test_settings_keep_to_the_law(world: World) -> None:
    by = payroll(world)
    with scope(acting=by.organisation_id):
        for wrong in (
            {"scheme": 0}, {"postponement_months": 4}, {"member_rate_percent": Decimal("4.99")},
            {"member_rate_percent": Decimal(9), "employer_rate_percent": Decimal("2.99")},
        ):  # fmt: skip
            with pytest.raises(Refused) as refusal:
                enrols(by, **wrong)
            assert refusal.value.code == "PEN01"
        assert not EnrolmentSetting.objects.exists()
        enrols(by, member_rate_percent=Decimal(0), employer_rate_percent=Decimal(8))
